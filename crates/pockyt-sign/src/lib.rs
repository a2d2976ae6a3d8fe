//! Pockyt's request and notification signature, `verifySign`.
//!
//! Pockyt (formerly Yuansfer) signs every API request and every notification (IPN) the same way:
//!
//! 1. take every parameter except `verifySign`;
//! 2. order them by the bytes of their names;
//! 3. write `name=value&` for each, values raw: not escaped, not trimmed;
//! 4. append the lower-case hex MD5 of the merchant's API token;
//! 5. `verifySign` is the lower-case hex MD5 of the whole text, in UTF-8.
//!
//! # MD5 is Pockyt's choice, not ours
//!
//! MD5 is broken as a hash, the token is a suffix, and nothing in a message says when or to whom it
//! was sent. A right signature therefore proves less than it seems to: keep TLS and Pockyt's IP
//! allow-list, and confirm by `tran-query` what is worth money.
//!
//! # Two layers
//!
//! * [`algorithm`] is the pure rule: any token, any names, of a repeated name the last value.
//! * The policies say what may be sent and what may be believed: [`send`] refuses to sign what another
//!   implementation might read differently, [`Verifier`] refuses what is not exactly as it should be
//!   and tells [`Verified`] from [`Ambiguous`] messages. Nothing is escaped in the signed text, so two
//!   different messages can carry one signature; an ambiguous one is a type of its own that cannot be
//!   mistaken for a verified one.
//!
//! # Example
//!
//! ```
//! use pockyt_sign::{ApiToken, Received, SigningKey, Verifier, send};
//!
//! // The sandbox token printed in Pockyt's own signing tutorial.
//! let token = ApiToken::new("5cbfb079f15b150122261c8537086d77a")?;
//! let key = SigningKey::new(&token);
//!
//! let request = [("merchantNo", "200043"), ("storeNo", "300014"), ("transactionNo", "297553638300708562")];
//! assert_eq!(send::sign(&request, &key)?.as_str(), "0df745088d7202a6d186596acdc82c6a");
//!
//! let body = b"amount=0.01&currency=USD&reference=test1666247277861&settleCurrency=USD&status=success\
//!     &time=20221020142817&transactionNo=305680500880311923&verifySign=435d01c5d5fa88cfe8168fbfbf732519";
//! match Verifier::new(key).form(body)? {
//!     Received::Verified(message) => assert_eq!(message.fields().get("status"), Some("success")),
//!     Received::Ambiguous(message) => println!("ask Pockyt before believing it: {}", message.field()),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! None is on by default, and then the tree is a dozen small crates. `json` adds [`Verifier::json`],
//! [`KeyRing::json`], [`decode::json`] and [`explain::Suspect::of_json`]: some of Pockyt's notifications are JSON.
//!
//! # What it does not do
//!
//! No I/O, no clock, no knowledge of field names but the signature's own. It does not decide whether a
//! payment happened: a verified message is what Pockyt, or somebody who has the key, wrote.

#![no_std]

extern crate alloc;

pub mod algorithm;
pub mod decode;
pub mod explain;
mod fields;
mod form;
mod hashing;
#[cfg(feature = "json")]
mod json;
mod names;
mod order;
mod receive;
mod ring;
pub mod send;
mod signature;
mod token;
mod words;

pub use fields::{Fields, Iter};
pub use names::{is_plain_name, reads_as_another_field};
pub use receive::{Ambiguous, Received, Rejection, Verified, Verifier};
pub use ring::KeyRing;
pub use signature::Signature;
pub use token::{ApiToken, SigningKey, TokenError};

/// The name of the signature's own parameter, left out of the signed text.
pub const VERIFY_SIGN: &str = "verifySign";
