//! What the sources leave open and no switch turns, for manuals and pages.

/// One question, and what this Pockyt does in every profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What it is about.
    pub about: &'static str,
    /// What the sources say.
    pub sources: &'static str,
    /// What is done here.
    pub here: &'static str,
}

const fn settled(about: &'static str, sources: &'static str, here: &'static str) -> Settled {
    Settled { about, sources, here }
}

/// The questions: requests first, then answers, notifications, and what is not there.
pub const SETTLED: &[Settled] = &[
    settled(
        "form of a body",
        "JSON in the documents, forms in some SDKs",
        "both, also JSON that is called a form or nothing",
    ),
    settled(
        "values that are not strings",
        "numbers in one table, texts in its sample; one SDK signs `True` and sends `true`",
        "the JSON text is what is signed: `true`, `120`, `null`, an array without blanks in its own order",
    ),
    settled(
        "slashes and Unicode in `goodsInfo`",
        "the PHP SDK escapes them, the others do not",
        "a string is signed as it is",
    ),
    settled(
        "`goods_name` or `goods_info`, an array or an object",
        "the samples and a table differ",
        "any JSON",
    ),
    settled(
        "published signatures that do not fit their request",
        "printed beside add, cancel, consult, process and others",
        "judged as they are: wrong",
    ),
    settled("length of a token", "the published one has 33 characters", "any"),
    settled(
        "names of paths",
        "`pay` or `prepay`, `cancel` or `reverse`, `tran-query` or `trans-query`, and more",
        "all are served alike, of versions 2 and 3",
    ),
    settled(
        "names of hosts",
        "yuansfer.com, pockyt.io and their test hosts",
        "any name; `--tls-host` for certificates",
    ),
    settled(
        "`wechat` or `wechatpay`, `GCASH` or `gcash`",
        "both",
        "both, in any case; capitals in answers about agreements and payouts",
    ),
    settled(
        "`vendor` or `customerBelongsTo`",
        "the newer and the older name",
        "both are taken, `vendor` is answered",
    ),
    settled("`description` or `memo` of a payout", "two pages differ", "both"),
    settled("`paymentMethodNonce` or `partnerGatewayID`", "one guide against all else", "the first"),
    settled("`customerNo`, `customerCode`", "both, either, or exactly one", "either"),
    settled("`settleCurrency`, `creditType`", "each source has another set", "any"),
    settled("`countryCode`", "`US`, in a tutorial `1`", "both forms"),
    settled("`clientIp`", "with points or with commas", "any text"),
    settled("`authConfirmModel`", "its values are not shown", "any text, without effect"),
    settled("longest URL", "not stated", "2048 characters"),
    settled(
        "cards",
        "no test numbers for this API",
        "only numbers that networks publish for tests; anything else is 000023, so that no real card gets in",
    ),
    settled("000040", "an order's state, or a balance that is too small", "both, each with its own text"),
    settled("000010", "in one table of two", "a path that nobody serves, with HTTP 404"),
    settled("`status` or `transactionStatus`", "each in its own answers", "as in the samples"),
    settled(
        "`completed`, `Activated`, `ACTIVE`",
        "older and newer words",
        "success; Activated for payees, activated for accounts",
    ),
    settled(
        "blanks in `ret_msg`",
        "`query success `, ` prepay success`, `add success` of prepay",
        "as in the samples",
    ),
    settled(
        "where a result is",
        "`result`, `customer`, `accounts`, `balance`, and others in version 2",
        "as in the samples",
    ),
    settled("`authUrl` or `authenticationUrl`", "both for the step of 3-D Secure", "`authUrl`"),
    settled(
        "`timeout`",
        "a number in tables, a string in samples; default 120, of a mixed code 5",
        "both are taken, a string is answered",
    ),
    settled(
        "answers that no source shows",
        "capture, process, mixed codes, holds, accounts, lists",
        "the fewest fields; `Pockyt-Mock-Note` says what is missing",
    ),
    settled("pages of a list", "not described", "all in one"),
    settled("limits of rate", "not stated", "none; a fault answers 429 or 503"),
    settled("addresses of notifications' sender", "not stated", "the mock's own machine"),
    settled("time a listener has", "not stated", "5 s to connect, 10 s in all"),
    settled("a listener that answers `success` with an error", "not stated", "resent on schedule"),
    settled("spacing of resends", "not stated", "`--ipn-schedule`: five presets"),
    settled(
        "notification of an agreement",
        "\"if autoIpnUrl is null\", elsewhere \"not null\"",
        "when it is given and the customer agrees; a refusal has no word",
    ),
    settled("notification of a mixed code", "`ipnUrl` is there, no message is shown", "that of a payment"),
    settled("notification of a hold", "not described", "none"),
    settled(
        "times in notifications",
        "`time`, `completedAt` and `paymentTime` in different forms",
        "each in its own kind",
    ),
    settled(
        "`{macros}` of a callbackUrl",
        "one example puts the amount where the number belongs; encoding is not stated",
        "each by its name, percent-encoded",
    ),
    settled("disputes, invoices, exchange rates of payouts", "named, without path or fields", "not served"),
    settled(
        "PayPal, Venmo and the fields of a wallet of coins",
        "pages without the names on the wire",
        "not served; extra fields are taken",
    ),
];
