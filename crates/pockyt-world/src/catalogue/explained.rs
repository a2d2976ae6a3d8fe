//! The differences that are meant, each with its reason.

const STORE_ADMIN: &str = "only the vendor's Java and C# SDKs add it, to any call and by configuration; the client's builder adds such fields to every call";
const ALWAYS_SENT: &str = "optional in some sources; the model always sends it, so that every reading of the documentation is served";
const ASKED_BY: &str =
    "optional in some sources; the model requires it, since after a lost answer it is the only way to ask";
const RECURRING: &str = "belongs to recurring and saved-card checkouts, which the model does not type; no source shows a whole request";
const PRE_AUTH: &str = "only in a comment of the vendor's JavaScript SDK of API version 2";

/// (what the comparison says, why it is so).
pub(super) const EXPLAINED: &[(&str, &str)] = &[
    ("add: request field preAuth is only in the simulator", PRE_AUTH),
    (
        "add: request field currency is required in the model only",
        "the vendor's Go SDK leaves it out and gets USD; the model never lets a currency be guessed",
    ),
    ("add: request field settleCurrency is required in the model only", ALWAYS_SENT),
    ("add: request field reference is required in the model only", ASKED_BY),
    ("cancel: request field storeAdminNo is only in the simulator", STORE_ADMIN),
    ("create-trans-qrcode: request field preAuth is only in the simulator", PRE_AUTH),
    (
        "create-trans-qrcode: request field transactionNo is only in the simulator",
        "only the vendor's PHP SDK lets it stand for the reference, and no source says what it would name",
    ),
    ("create-trans-qrcode: request field settleCurrency is required in the model only", ALWAYS_SENT),
    (
        "create-trans-qrcode: request field vendor is required in the model only",
        "the documentation requires it; some SDKs do not check, so the simulator lets it go",
    ),
    ("create-trans-qrcode: request field reference is required in the model only", ASKED_BY),
    (
        "create-trans-qrcode: request field needQrcode is required in the model only",
        "the sources part over its default, so the model always sends it",
    ),
    ("refund: request field storeAdminNo is only in the simulator", STORE_ADMIN),
    ("refund: request field settleCurrency is required in the model only", ALWAYS_SENT),
    ("refund: request field refundReference is required in the model only", ASKED_BY),
    ("secure-pay: request field creditType is only in the simulator", RECURRING),
    ("secure-pay: request field customerNo is only in the simulator", RECURRING),
    ("secure-pay: request field frequency is only in the simulator", RECURRING),
    ("secure-pay: request field paymentCount is only in the simulator", RECURRING),
    ("secure-pay: request field vaultId is only in the simulator", RECURRING),
    (
        "secure-pay: request field appId is only in the simulator",
        "only the vendor's Java SDK has it, and no source says what for",
    ),
    ("secure-pay: request field osVersion is only in the simulator", "only the vendor's Java SDK has it"),
    ("secure-pay: request field storeAdminNo is only in the simulator", STORE_ADMIN),
    ("secure-pay: request field settleCurrency is required in the model only", ALWAYS_SENT),
    ("secure-pay: request field reference is required in the model only", ASKED_BY),
    (
        "secure-pay: request field callbackUrl is required in the model only",
        "the documentation requires it; the vendor's Java SDK does not, so the simulator lets it go",
    ),
    ("tran-query: request field storeAdminNo is only in the simulator", STORE_ADMIN),
];
