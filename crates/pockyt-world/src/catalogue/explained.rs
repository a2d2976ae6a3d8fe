//! The differences that are meant, each with its reason.

const ALWAYS_SENT: &str = "optional in some sources; the model always sends it, so that every reading of the documentation is served";
const ASKED_BY: &str =
    "optional in some sources; the model requires it, since after a lost answer it is the only way to ask";
const ONE_VIEW: &str =
    "one type of answer serves several operations; a field that this one does not show is absent";
const NO_SAMPLE: &str = "no source shows this answer: the simulator answers the least, the model reads what other answers call so";
const NOT_SHOWN: &str = "no source shows the parameters, so the model sends what the caller gives; the simulator takes those of the sister operation";
const OF_THE_PAYEE: &str =
    "what an example shows of the payee beside the account; reachable untyped in the model";
const RECURRING: &str = "one type says how a card is charged again, in both versions of the checkout";
const PAYOUT_2021: &str = "the form of 2021 is a type of its own in the model, and the same path";
const MISPRINT: &str = "a misprint in one SDK, which the simulator understands and the model does not repeat";
const PRE_AUTH: &str = "only in a comment of the vendor's JavaScript SDK of API version 2";

/// (what the comparison says, with `*` for any part of a word; why it is so).
pub(super) const EXPLAINED: &[(&str, &str)] = &[
    ("*: request field settleCurrency is required in the model only", ALWAYS_SENT),
    ("*: request field reference is required in the model only", ASKED_BY),
    ("*: request field timestamp is required in the model only", ALWAYS_SENT),
    ("*: request field preAuth is only in the simulator", PRE_AUTH),
    ("*: request field needQrcode is required in the model only", ALWAYS_SENT),
    (
        "add: request field currency is required in the model only",
        "the vendor's Go SDK leaves it out and gets USD; the model never lets a currency be guessed",
    ),
    (
        "create-trans-qrcode: request field transactionNo is only in the simulator",
        "only the vendor's PHP SDK lets it stand for the reference, and no source says what it would name",
    ),
    (
        "create-trans-qrcode: request field vendor is required in the model only",
        "the documentation requires it; some SDKs do not check, so the simulator lets it go",
    ),
    ("refund: request field refundReference is required in the model only", ASKED_BY),
    (
        "secure-pay: request field appId is only in the simulator",
        "only the vendor's Java SDK has it, and no source says what for",
    ),
    (
        "secure-pay: request field callbackUrl is required in the model only",
        "the documentation requires it; the vendor's Java SDK does not, so the simulator lets it go",
    ),
    ("add: answer field exchangeRate is only in the model", ONE_VIEW),
    ("add: answer field vendor is only in the model", ONE_VIEW),
    ("prepay: answer field exchangeRate is only in the model", ONE_VIEW),
    ("prepay: answer field vendor is only in the model", ONE_VIEW),
    ("customers-*: answer field * is only in the model", ONE_VIEW),
    ("payee-register: answer field * is only in the model", ONE_VIEW),
    ("payouts-inquiry: answer field * is only in the model", ONE_VIEW),
    ("secure-pay-v4: answer field * is only in the model", ONE_VIEW),
    ("customers-account-*: answer field *ame is only in the simulator", OF_THE_PAYEE),
    ("customers-account-*: answer field email is only in the simulator", OF_THE_PAYEE),
    ("customers-account-create: answer field customerCode is only in the simulator", OF_THE_PAYEE),
    (
        "customers-*: answer field timestamp is only in the simulator",
        "read under another name: createdAt or createdTime",
    ),
    ("auth-*: answer field * is only in the model", NO_SAMPLE),
    ("voucher-create: answer field * is only in the model", NO_SAMPLE),
    ("capture: answer field * is only in the model", NO_SAMPLE),
    ("create-*-account: answer field status is only in the model", NO_SAMPLE),
    ("auto-debit-consult: answer field *Url is only in the model", "one copy of the documentation shows it"),
    ("acquire-create: answer field * is only in the simulator", NO_SAMPLE),
    ("auth-capture: answer field * is only in the simulator", NO_SAMPLE),
    ("cashier-add: answer field * is only in the simulator", NO_SAMPLE),
    ("express-pay: answer field * is only in the simulator", NO_SAMPLE),
    ("in-store-auth-*: answer field * is only in the simulator", NO_SAMPLE),
    ("payee-update: answer field customerNo is only in the simulator", NO_SAMPLE),
    (
        "micropay-prepay: answer field merchantNo is only in the simulator",
        "what the merchant knows; reachable untyped in the model",
    ),
    (
        "micropay-prepay: answer field * is only in the simulator",
        "read by the accessor of its other spelling",
    ),
    ("account-configurations: request field timestamp is only in the simulator", NOT_SHOWN),
    ("in-store-auth-*: request field * is only in the simulator", NOT_SHOWN),
    ("notes-add: request field * is only in the simulator", NOT_SHOWN),
    ("payor-*: request field timestamp is only in the simulator", NOT_SHOWN),
    ("transaction-list: request field * is only in the simulator", NOT_SHOWN),
    ("*: request field frequency is only in the model", RECURRING),
    ("*: request field paymentCount is only in the model", RECURRING),
    (
        "secure-pay-v4: request field osType is only in the model",
        "one type says where the customer is, with the phone's system",
    ),
    (
        "acquire-create: request field vendor is required in the model only",
        "required in the vendor's Java and Python SDKs; the simulator lets it go, since no document says so",
    ),
    (
        "acquire-create: request field alipayUserId is required in the model only",
        "required in the vendor's Java and Python SDKs; the simulator lets it go, since no document says so",
    ),
    (
        "auto-debit-consult: request field customerBelongsTo is only in the simulator",
        "the older name of vendor, which the model reads and does not send",
    ),
    (
        "auto-debit-consult: request field vendor is required in the model only",
        "the simulator takes it under its older name too",
    ),
    (
        "auto-debit-pay: request field vendor is only in the simulator",
        "in one table of the documentation, and not in the body that the documentation signed",
    ),
    ("auto-debit-revoke: request field note is only in the simulator", "only some SDKs send it"),
    (
        "capture: request field cardCvv is required in the model only",
        "the documentation requires it; the vendor's PHP SDK does not, so the simulator lets it go",
    ),
    ("payouts-pay: request field ipcUrl is only in the simulator", MISPRINT),
    ("payee-update: alias /3/payee/update is only in the simulator", MISPRINT),
    (
        "payouts-pay: request field memo is only in the simulator",
        "another page's name for description; give it as an extra field if description is not taken",
    ),
    ("payouts-pay: request field * is only in the simulator", PAYOUT_2021),
    ("payouts-pay: request field * is required in the model only", PAYOUT_2021),
    ("payouts-pay-2021: the simulator does not have it", PAYOUT_2021),
    (
        "refund: alias /app-data-search/v2/refund is only in the simulator",
        "version 2 wants other names for the same fields, so the model does not call it the same",
    ),
    (
        "refund: request field amount is only in the simulator",
        "the name of refundAmount in API version 2, whose path is an alias",
    ),
    (
        "refund: request field refundAmount is required in the model only",
        "the simulator takes it under its older name too",
    ),
    (
        "update-recurring: request field scheduleNo is required in the model only",
        "three of four SDKs forget it, so the simulator lets it go; without it nothing says which schedule is meant",
    ),
    ("voucher-create: request field currency is required in the model only", ALWAYS_SENT),
    (
        "create-plan: the model does not have it",
        "only the vendor's Python SDK has it, and it sends a secret of another company's account",
    ),
    (
        "delete-payee-account: the simulator does not have it",
        "no source shows its path, so it cannot be served",
    ),
    (
        "update-recurring: request field paymentCount is required in the simulator only",
        "the SDKs demand it even to cancel; the model sends a number of payments or the end, never both",
    ),
];
