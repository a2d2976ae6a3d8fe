//! The known ways to sign otherwise than documented.

use core::fmt;

macro_rules! variations {
    ($($(#[$meta:meta])* $name:ident = $word:literal, $sentence:literal;)*) => {
        /// Something done otherwise than the documentation says. Each is a habit of one of the vendor's
        /// SDKs or plug-ins, or a mistake seen with such signatures elsewhere.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Variation {
            $($(#[$meta])* $name,)*
        }

        impl Variation {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// A stable word for it, in kebab case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// What happened, as a clause for people.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence),* }
            }
        }
    };
}

variations! {
    /// Names are ordered without regard to case first, as a dictionary does: the vendor's C# SDK.
    CultureOrder = "culture-order", "the names are ordered as in a dictionary, not by their bytes";
    /// Empty values are left out: the vendor's Go, iOS and JavaScript SDKs.
    EmptiesDropped = "empties-dropped", "fields with an empty value are left out of the signed text";
    /// A field was added after signing.
    FieldAdded = "field-added", "one field was not signed: it was added afterwards";
    /// Of a repeated name the first value counts: the vendor's Go SDK.
    FirstOfRepeated = "first-of-repeated", "of a repeated name the first value was signed, not the last";
    /// Only seven fields are signed: the vendor's WHMCS and nopCommerce plug-ins.
    FixedFields = "fixed-fields", "only a fixed list of seven fields was signed";
    /// JSON inside a value has `\/` and `\u` escapes where it was signed: PHP's `json_encode`.
    JsonEscaped = "json-escaped", "slashes and other characters of a JSON value were escaped when it was signed";
    /// JSON inside a value has these escapes where it was sent, and was signed without them.
    JsonUnescaped = "json-unescaped", "a JSON value was signed without the escapes it was sent with";
    /// Text outside Latin-1 or ASCII was hashed in the platform's character set: the vendor's Java SDK.
    PlatformCharset = "platform-charset", "the text was hashed in another character set than UTF-8";
    /// There is no `&` between the parameters and the key.
    NoFinalSeparator = "no-final-separator", "the & before the key is missing";
    /// A JSON null was left out, as most SDKs do.
    NullsDropped = "nulls-dropped", "fields with the value null are left out of the signed text";
    /// A JSON null was signed as an empty value: the vendor's PHP SDK.
    NullsEmptied = "nulls-emptied", "fields with the value null are signed as empty ones";
    /// No parameters: `&` and the key are hashed, as by the vendor's Java, Python and C# SDKs.
    LoneSeparator = "lone-separator", "with no parameters, & stands before the key";
    /// The key was left out.
    NoToken = "no-token", "no key was appended";
    /// The signature is that of an earlier message.
    OlderBody = "older-body", "the signature belongs to an earlier message";
    /// Another key of the ring fits.
    OtherKey = "other-key", "another key was used";
    /// The signature has blanks around it.
    SignaturePadded = "signature-padded", "the signature has white space around it";
    /// The signature is in upper case, which every vendor verifier refuses.
    SignatureUpperCase = "signature-upper-case", "the signature is written in upper case";
    /// The hash of the token is in upper case.
    TokenHashUpperCase = "token-hash-upper-case", "the token's hash is written in upper case";
    /// The hash of the token was hashed again: a hash was configured as the token.
    TokenHashedTwice = "token-hashed-twice", "the token's hash was hashed once more";
    /// The token itself was appended: or its hash was configured and taken for the key.
    TokenNotHashed = "token-not-hashed", "the token was appended as it is, without hashing it";
    /// The token has white space around it where it was signed.
    TokenPadded = "token-padded", "the token has white space around it";
    /// The token has white space around it here, and was trimmed where it was signed.
    TokenTrimmed = "token-trimmed", "the token was trimmed before it was hashed";
    /// The parameters are not in order.
    Unordered = "unordered", "the names are not ordered at all";
    /// Names are ordered by UTF-16 units, as Java and JavaScript compare texts.
    Utf16Order = "utf-16-order", "the names are ordered by UTF-16 units, not by their bytes";
    /// Values were signed as they travel, percent-encoded.
    ValuesEncoded = "values-encoded", "the values were percent-encoded before they were signed";
    /// Values were trimmed before signing.
    ValuesTrimmed = "values-trimmed", "the values were trimmed before they were signed";
    /// Zeros are left out with empty values and nulls: the vendor's JavaScript SDK.
    ZerosDropped = "zeros-dropped", "fields with the value 0 are left out of the signed text";
    /// An empty `verifySign` was among the signed fields: SDKs that leave its removal to the caller.
    VerifySignKept = "verify-sign-kept", "an empty verifySign was signed with the rest";
}

impl fmt::Display for Variation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
