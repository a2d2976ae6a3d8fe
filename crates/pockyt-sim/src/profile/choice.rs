//! The switches of the profile as a table, for manuals and pages.

/// One question that the sources leave open, and what this Pockyt does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The switch: the name of the field of [`crate::Profile`] in JSON.
    pub switch: &'static str,
    /// What the sources say.
    pub sources: &'static str,
    /// What the lenient profile does.
    pub lenient: &'static str,
    /// What the strict profile does.
    pub strict: &'static str,
}

const fn choice(
    switch: &'static str,
    sources: &'static str,
    lenient: &'static str,
    strict: &'static str,
) -> Choice {
    Choice { switch, sources, lenient, strict }
}

/// All switches, in the order of [`crate::Profile`]'s fields.
pub const CHOICES: &[Choice] = &[
    choice(
        "requirements",
        "the sources disagree over which fields are required",
        "what every source requires",
        "what any source requires",
    ),
    choice(
        "refuseEmptyValues",
        "the SDKs part over sending empty values; a page lists them as a common error",
        "taken, signed or not",
        "000020",
    ),
    choice(
        "refuseBothIdentifiers",
        "pages mark transactionNo and reference required, every SDK sends one",
        "both are taken when they agree, else 000022",
        "000022",
    ),
    choice(
        "refuseUnlistedValues",
        "open sets of vendors and minimum amounts; the PHP SDK has its own",
        "any vendor, any amount",
        "only vendors that are named, with the minimums and pairs of the PHP SDK",
    ),
    choice(
        "refuseForeignCurrencies",
        "pages and SDKs pair vendors with currencies, each differently",
        "a pair that no source has is 000022",
        "the same",
    ),
    choice(
        "refuseFractions",
        "no rule for currencies without a smaller unit",
        "1000.50 in IDR, JPY and KRW is 000023",
        "the same",
    ),
    choice(
        "maxAmount",
        "no greatest amount is stated",
        "ten digits before the point",
        "ten digits before the point",
    ),
    choice(
        "maxReferenceLength",
        "no greatest length of references is stated; the samples have up to 32",
        "128",
        "128",
    ),
    choice("timestampToleranceMinutes", "a request's timestamp; no tolerance stated", "any", "any"),
    choice("wrongSignatureStatus", "the older documentation says 400", "400", "400"),
    choice("wrongSignatureKey", "most pages print retMsg, some ret_msg", "retMsg", "retMsg"),
    choice("refusalStatus", "samples with codes have 200, one page 400", "200", "200"),
    choice(
        "refuseDuplicates",
        "a repeated reference is an error; no code, no end of memory stated",
        "refused",
        "refused",
    ),
    choice("duplicateCode", "the text is given, the code is not", "000023", "000023"),
    choice(
        "honourRequestId",
        "the guide says every call, the reference shows payouts",
        "every call that changes something",
        "the same",
    ),
    choice("requestIdMinutes", "how long a key lives is not stated", "for ever", "for ever"),
    choice(
        "refuseReusedRequestId",
        "a key with another body is not described",
        "the stored answer",
        "000022",
    ),
    choice(
        "cancelOfPaid",
        "only closed is shown; the text says the money is returned, a plug-in knows reversed",
        "closed",
        "closed",
    ),
    choice(
        "refuseRepeatedCancel",
        "a cancel of what is closed is not described",
        "the same answer again",
        "000040",
    ),
    choice("excessRefundCode", "a refund above the remainder is not described", "000040", "000040"),
    choice("unpaidRefundCode", "a refund of an unpaid order is not described", "000040", "000040"),
    choice(
        "refundedStatus",
        "the one sample of a query shows success; full refunds are not described",
        "success with refundInfo",
        "the same",
    ),
    choice("failedWord", "tables say failed, a plug-in handles fail", "failed", "failed"),
    choice(
        "refusedPayment",
        "what a refused payment is answered is not shown",
        "the ordinary answer with the status failed",
        "000080",
    ),
    choice(
        "amountsAsNumbers",
        "tables say number, samples have strings but for three operations",
        "as in the samples",
        "as in the samples",
    ),
    choice("customerKey", "prose says customer, the sample result", "customer", "customer"),
    choice("autoDebitStatus", "a vendor back end reads status, no sample has it", "left out", "left out"),
    choice("accessTokenDays", "the sample's token is good for 180 days", "180", "180"),
    choice(
        "threeDSecure",
        "a capture has authUrl when 3-D Secure is on; where that is decided is not said",
        "only where a script or a magic value says so",
        "the same",
    ),
    choice(
        "notify",
        "only success is promised; plug-ins handle fail, closed and reversed",
        "success, failed and closed",
        "success",
    ),
    choice(
        "notifyRefunds",
        "refund has an ipnUrl on one page; no page describes the message",
        "yes, with the fields of the answer",
        "no",
    ),
    choice(
        "resendForEver",
        "8 resends within 2 hours, or at regular intervals until success; no spacing, no end",
        "8 resends; switched on, every 15 minutes for a week",
        "the same",
    ),
    choice(
        "notificationForm",
        "texts say form, payout samples are JSON",
        "form, for payouts JSON",
        "the same",
    ),
    choice(
        "acknowledgement",
        "the text is success; status, case and white space are not stated",
        "any 2xx, white space around it",
        "200 and exactly success",
    ),
    choice(
        "notificationZoneHours",
        "the zone of time in notifications is not stated; Pockyt works in UTC+8",
        "8",
        "8",
    ),
    choice("notifyVendorId", "listed, but the only genuine notification lacks it", "yes", "yes"),
    choice(
        "notifyEmptyNote",
        "note is listed; the genuine notification lacks it",
        "left out when there is none",
        "the same",
    ),
];
