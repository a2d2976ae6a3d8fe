//! Sealed addresses: the ipnUrl says what the notification posted to it may be about.

mod terms;

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use pockyt_model::{InvalidField, IpnUrl};
use pockyt_store::Tenant;
use sha2::Sha256;
use zeroize::Zeroizing;

pub use self::terms::SealedTerms;

/// How many bytes of the HMAC are kept: 128 bits, written as 32 hexadecimal digits.
const TAG: usize = 16;

/// HMAC-SHA-256 takes a key of this many bytes; a shorter one is filled up with zeros.
const BLOCK: usize = 64;

/// A secret of 32 bytes, drawn at random, that never leaves the merchant's programs. It is wiped when dropped,
/// and `Debug` does not show it.
#[derive(Clone)]
pub struct SealKey(Zeroizing<[u8; BLOCK]>);

impl SealKey {
    /// The key of these bytes. They must come from a secure source of randomness.
    pub fn new(bytes: [u8; 32]) -> Self {
        let bytes = Zeroizing::new(bytes);
        let mut block = Zeroizing::new([0; BLOCK]);
        for (to, from) in block.iter_mut().zip(bytes.iter()) {
            *to = *from;
        }
        Self(block)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(..)")
    }
}

/// Seals ipnUrls, and finds out whether a notification came by the one that was made for it.
///
/// Nothing in a notification is escaped before it is signed, it names no merchant, and it bears no time. So a
/// genuine one can be cut into other fields, or be sent to another shop or to the route of another kind. An
/// address that holds a tag over what was agreed stops all of that: the listener computes the tag again from the
/// body that came, and somebody who does not have the key cannot make one.
///
/// The tag is HMAC-SHA-256 under the local key, cut to 128 bits, over the version of this format, the
/// environment, the tenant, the kind, and the [`SealedTerms`]; each part is preceded by its length, so no two
/// lists of parts read alike. It is compared in constant time.
///
/// ```
/// use pockyt_ipn::{SealKey, SealedTerms, Sealer};
/// use pockyt_model::{Currency, Price, Reference};
/// use pockyt_store::Tenant;
///
/// # let random = [7; 32];
/// let sealer = Sealer::new("production", SealKey::new(random));
/// let terms = SealedTerms::payment(&Reference::new("order-2041-1")?, &Price::new("13.00", Currency::USD)?);
/// let url = sealer.url("https://shop.example/ipn", &Tenant::new("shop")?, &terms)?;
/// // `SecurePay::new(…).ipn_url(url)`
/// assert!(url.as_str().starts_with("https://shop.example/ipn/shop/pay/"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Replacing the key
///
/// Make the new key the first one and keep the old one with [`Sealer::with_retired`] for as long as addresses
/// sealed with it are in use: two hours of resends after the last order's timeout, or for ever where agreements
/// and payees' accounts live long.
#[derive(Clone, Debug)]
pub struct Sealer {
    environment: String,
    /// The first one seals.
    keys: Vec<SealKey>,
}

impl Sealer {
    /// Seals with this key for this environment, any word such as `production` or `sandbox`: what is sealed for
    /// one is worth nothing in another.
    pub fn new(environment: impl Into<String>, key: SealKey) -> Self {
        Self { environment: environment.into(), keys: Vec::from([key]) }
    }

    /// Believes in what was sealed with this key too.
    #[must_use]
    pub fn with_retired(mut self, key: SealKey) -> Self {
        self.keys.push(key);
        self
    }

    /// The tag: 32 lower-case hexadecimal digits.
    pub fn tag(&self, tenant: &Tenant, terms: &SealedTerms) -> String {
        let tag = self.keys.first().map(|key| self.mac(key, tenant, terms).finalize().into_bytes());
        // There is a first key: `new` takes one and none is ever removed.
        hex::encode(tag.unwrap_or_default().get(..TAG).unwrap_or_default())
    }

    /// The address for a request: `{base}/{tenant}/{kind}/{tag}`, which is what
    /// [`IpnRouter`](crate::IpnRouter) serves when it is mounted at the path of `base`.
    ///
    /// # Errors
    ///
    /// `base` is not an absolute `http` or `https` URL.
    pub fn url(&self, base: &str, tenant: &Tenant, terms: &SealedTerms) -> Result<IpnUrl, InvalidField> {
        let (base, tag) = (base.trim_end_matches('/'), self.tag(tenant, terms));
        IpnUrl::new(format!("{base}/{tenant}/{}/{tag}", terms.kind()))
    }

    /// Whether one of the keys made this tag for this tenant and these terms, or for the same terms with an
    /// open amount.
    pub(crate) fn fits(&self, tag: &str, tenant: &Tenant, terms: &SealedTerms) -> bool {
        let mut presented = [0; TAG];
        if !has_form_of_a_tag(tag) || hex::decode_to_slice(tag, &mut presented).is_err() {
            return false;
        }
        let readings = [Some(terms.clone()), terms.with_open_amount()];
        // Each of them is tried, so that the time does not show which one it was.
        let made = |terms: &SealedTerms, key: &SealKey| {
            self.mac(key, tenant, terms).verify_truncated_left(&presented).is_ok()
        };
        let readings = readings.iter().flatten();
        readings.fold(false, |fits, terms| self.keys.iter().fold(fits, |fits, key| fits | made(terms, key)))
    }

    fn mac(&self, key: &SealKey, tenant: &Tenant, terms: &SealedTerms) -> Hmac<Sha256> {
        let SealedTerms { kind, identifier, currency, amount } = terms;
        let (form, amount) = amount.parts();
        let parts = [
            "pockyt-seal-1",
            &self.environment,
            tenant.as_str(),
            kind.as_str(),
            identifier,
            currency,
            form,
            amount,
        ];
        let mut mac = Hmac::<Sha256>::new(&(*key.0).into());
        mac.update(&encoding(&parts));
        mac
    }
}

/// Each part after its length in eight bytes, so that no two lists share an encoding.
fn encoding(parts: &[&str]) -> Vec<u8> {
    let mut encoding = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        encoding.extend_from_slice(&(part.len() as u64).to_be_bytes());
        encoding.extend_from_slice(part.as_bytes());
    }
    encoding
}

/// Whether a segment of a path can be a tag at all.
pub(crate) fn has_form_of_a_tag(segment: &str) -> bool {
    segment.len() == 2 * TAG && segment.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// What is made of addresses without a tag; see [`ListenerBuilder::seal_policy`](crate::ListenerBuilder::seal_policy).
///
/// A tag that is there and wrong is the same under both of the last two: the message is kept in quarantine and
/// answered `success`, since its signature is right and a resend would be no better; where there is somebody to
/// ask, it is then confirmed by a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SealPolicy {
    /// Tags are not looked at.
    Off,
    /// A message without a tag is taken as it is, but confirmed before it is handed over where there is
    /// somebody to ask. Without anybody to ask this protects from mistakes only: whoever wants to cheat leaves
    /// the tag out.
    #[default]
    Preferred,
    /// A message without a tag is treated as one with a wrong tag.
    Required,
}

/// What a message's address is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealCheck {
    Missing,
    NotLookedAt,
    Right,
    Wrong,
}

/// How a listener judges addresses.
#[derive(Clone, Debug)]
pub(crate) struct Seals {
    pub(crate) sealer: Sealer,
    pub(crate) policy: SealPolicy,
}

impl Seals {
    pub(crate) fn check(&self, tag: Option<&str>, tenant: &Tenant, terms: &SealedTerms) -> SealCheck {
        match (self.policy, tag) {
            (SealPolicy::Off, _) => SealCheck::NotLookedAt,
            (_, None) => SealCheck::Missing,
            (_, Some(tag)) if self.sealer.fits(tag, tenant, terms) => SealCheck::Right,
            _ => SealCheck::Wrong,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_two_lists_of_parts_share_an_encoding(
            one in proptest::collection::vec("[a&=/\u{0}]{0,4}", 0..6),
            other in proptest::collection::vec("[a&=/\u{0}]{0,4}", 0..6),
        ) {
            let encode = |parts: &[String]| encoding(&parts.iter().map(String::as_str).collect::<Vec<_>>());
            prop_assert_eq!(encode(&one) == encode(&other), one == other);
        }
    }

    #[test]
    fn a_key_is_not_shown() {
        let sealer = Sealer::new("production", SealKey::new(*b"thirty-two bytes of a secret key"));
        assert_eq!(format!("{sealer:?}"), r#"Sealer { environment: "production", keys: [SealKey(..)] }"#);
    }

    /// By another implementation: Python's `hmac` over the documented encoding.
    #[test]
    fn the_format_is_what_it_is_said_to_be() {
        let sealer = Sealer::new("production", SealKey::new(*b"thirty-two bytes of a secret key"));
        let terms = SealedTerms::payment(
            &pockyt_model::Reference::new("order-1").unwrap(),
            &pockyt_model::Price::new("13.00", pockyt_model::Currency::USD).unwrap(),
        );
        assert_eq!(sealer.tag(&Tenant::new("shop").unwrap(), &terms), "d43a9697d18c1d5cdbdc37201ac18371");
    }
}
