//! Why a signature does not fit: which known habit of other implementations would have made it.
//!
//! It needs the token and tries what an attacker could only dream of trying, so it is for developers at
//! their own desk. Never make it reachable from a listener: its answer tells which of two guesses is
//! nearer.
//!
//! ```
//! use pockyt_sign::explain::{Suspect, Variation};
//!
//! // Signed by an SDK that leaves empty values out.
//! let body = b"amount=1.00&note=&verifySign=89b575d82fcb07c75adeb907b1a52768";
//! let explanation = Suspect::of_form(body)?.token("production", "not-a-real-token").explain();
//! let finding = &explanation.findings()[0];
//! assert_eq!(finding.variations(), [Variation::EmptiesDropped]);
//! assert_eq!(finding.difference().unwrap().field(), "note");
//! # Ok::<(), pockyt_sign::Rejection>(())
//! ```

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use md5::{Digest, Md5};
use zeroize::Zeroizing;

use crate::signature::hex_text;
use crate::{Rejection, VERIFY_SIGN, form};

mod difference;
mod readings;
mod variation;

pub use difference::{Difference, masked};
pub use variation::Variation;

use readings::Reading;

/// Name and value, as they came.
pub(crate) type Pairs = Vec<(String, String)>;

/// A message whose signature is to be explained, with what is known about it.
pub struct Suspect {
    pairs: Pairs,
    tokens: Vec<(String, Zeroizing<String>)>,
    older: Vec<(String, Pairs)>,
}

impl Suspect {
    /// A message from a raw form body. Repeated and odd names are kept.
    ///
    /// # Errors
    ///
    /// The body cannot be decoded at all.
    pub fn of_form(body: &[u8]) -> Result<Self, Rejection> {
        crate::fields::Decoded::by(form::decode, body).map(|decoded| Self::of_pairs(decoded.into_pairs()))
    }

    /// A message from a raw JSON object.
    ///
    /// # Errors
    ///
    /// The body cannot be decoded at all.
    #[cfg(feature = "json")]
    pub fn of_json(body: &[u8]) -> Result<Self, Rejection> {
        crate::fields::Decoded::by(crate::json::decode, body)
            .map(|decoded| Self::of_pairs(decoded.into_pairs()))
    }

    /// A message from its pairs, `verifySign` among them, in the order in which they came.
    pub fn of_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { pairs: pairs.into_iter().collect(), tokens: Vec::new(), older: Vec::new() }
    }

    /// A token with which it may have been signed: the one that should fit first, then others of the
    /// ring. The label is shown, the token never.
    #[must_use]
    pub fn token(mut self, label: impl Into<String>, token: &str) -> Self {
        self.tokens.push((label.into(), Zeroizing::new(token.to_owned())));
        self
    }

    /// An earlier message to which the signature may belong: bodies are changed after signing, and
    /// examples are copied with the hash of another one.
    #[must_use]
    pub fn older(
        mut self,
        label: impl Into<String>,
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        self.older.push((label.into(), pairs.into_iter().collect()));
        self
    }

    /// Tries what is known. The work is bounded: a few dozen passes over the message, and what takes one
    /// pass a field only for messages of up to 64 fields and 64 KiB.
    pub fn explain(&self) -> Explanation {
        let documented = readings::documented(&self.pairs);
        let canonical = cut(masked(&self.pairs));
        let presented = self.pairs.iter().rev().find(|(name, _)| name == VERIFY_SIGN);
        let Some((_, presented)) = presented.filter(|(_, text)| !text.is_empty()) else {
            return Explanation { fits: false, findings: Vec::new(), canonical };
        };
        let (presented, oddly_written) = readings::presented(presented);
        let keys: Vec<Keys> = self.tokens.iter().map(|(_, token)| Keys::of(token)).collect();
        let mut search =
            Search { documented: &documented, oddly_written, ordinary: Vec::new(), odd: Vec::new() };
        readings::each(&self.pairs, &self.older, &mut |reading| {
            for (at, ((label, _), keys)) in self.tokens.iter().zip(&keys).enumerate() {
                let other = (at > 0).then_some(Variation::OtherKey);
                if reading.signs(&keys.ordinary, &presented) {
                    search.found(&reading, label, other, None);
                }
                let odd = keys.odd.iter().filter(|_| reading.is_simple());
                for (_, variation) in odd.filter(|(key, _)| reading.signs(key, &presented)) {
                    search.found(&reading, label, other, Some(*variation));
                }
            }
        });
        search.finish(canonical)
    }
}

/// Collects what fits: with ordinary keys, and with odd ones, which are less likely.
struct Search<'a> {
    documented: &'a Pairs,
    oddly_written: Option<Variation>,
    ordinary: Vec<(Vec<u8>, Finding)>,
    odd: Vec<(Vec<u8>, Finding)>,
}

impl Search<'_> {
    fn found(&mut self, reading: &Reading, label: &str, other: Option<Variation>, odd: Option<Variation>) {
        let found = if odd.is_some() { &mut self.odd } else { &mut self.ordinary };
        // The first cause of a text explains it; others that lead to the same text say nothing more.
        if found.len() >= MOST_FINDINGS || found.iter().any(|(text, _)| *text == reading.text) {
            return;
        }
        let causes = [self.oddly_written, reading.variation, odd, other];
        let finding = Finding {
            variations: causes.into_iter().flatten().collect(),
            key: label.to_owned(),
            note: reading.note.clone(),
            difference: difference::first(self.documented, &reading.text),
        };
        found.push((reading.text.clone(), finding));
    }

    fn finish(self, canonical: String) -> Explanation {
        let all = self.ordinary.into_iter().chain(self.odd);
        let mut findings: Vec<Finding> = all.map(|(_, finding)| finding).take(MOST_FINDINGS).collect();
        let fits = findings.iter().any(|finding| finding.variations.is_empty());
        if fits {
            findings.clear();
        }
        Explanation { fits, findings, canonical }
    }
}

/// At 4 KiB, with a mark where more was.
fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().find(|(at, _)| *at >= 4096) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// More would not be read.
const MOST_FINDINGS: usize = 5;

/// Names only: values may be personal, and tokens are secret.
impl core::fmt::Debug for Suspect {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Suspect")?;
        f.debug_list().entries(self.pairs.iter().map(|(name, _)| name)).finish()
    }
}

/// What may be appended to the signed text for one token.
struct Keys {
    ordinary: Zeroizing<String>,
    odd: Vec<(Zeroizing<String>, Variation)>,
}

impl Keys {
    fn of(token: &str) -> Self {
        let mut odd = Vec::new();
        let mut add = |key: String, variation| odd.push((Zeroizing::new(key), variation));
        for (before, after) in [("", "\n"), ("", "\r\n"), ("", " "), ("", "\t"), (" ", "")] {
            add(hashed(&Zeroizing::new(format!("{before}{token}{after}"))), Variation::TokenPadded);
        }
        if token.trim() != token {
            add(hashed(token.trim()), Variation::TokenTrimmed);
        }
        add(token.to_owned(), Variation::TokenNotHashed);
        add(Zeroizing::new(hashed(token)).to_ascii_uppercase(), Variation::TokenHashUpperCase);
        add(hashed(&Zeroizing::new(hashed(token))), Variation::TokenHashedTwice);
        add(String::new(), Variation::NoToken);
        Self { ordinary: Zeroizing::new(hashed(token)), odd }
    }
}

fn hashed(token: &str) -> String {
    let digest = Zeroizing::new(<[u8; 16]>::from(Md5::digest(token)));
    core::str::from_utf8(&hex_text(&digest)).unwrap_or_default().to_string()
}

/// What was found out.
#[derive(Clone, Debug)]
pub struct Explanation {
    fits: bool,
    findings: Vec<Finding>,
    canonical: String,
}

impl Explanation {
    /// Whether the signature is right as it is, with the first token.
    pub fn fits(&self) -> bool {
        self.fits
    }

    /// What would have made this signature, likeliest first; empty when nothing known would.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The text that should have been signed, without the key: [`masked`], and cut at 4 KiB.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

/// One way in which the signature could have been made.
#[derive(Clone, Debug)]
pub struct Finding {
    variations: Vec<Variation>,
    key: String,
    note: Option<String>,
    difference: Option<Difference>,
}

impl Finding {
    /// What was done otherwise than documented.
    pub fn variations(&self) -> &[Variation] {
        &self.variations
    }

    /// The label of the token it was made with.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Where the signed text first differs from the documented one; `None` when it does not, because
    /// only the key or the writing of the signature differs.
    pub fn difference(&self) -> Option<&Difference> {
        self.difference.as_ref()
    }

    /// A sentence for people.
    pub fn sentence(&self) -> String {
        let causes: Vec<&str> = self.variations.iter().map(|variation| variation.sentence()).collect();
        let mut text = causes.join("; ");
        if let Some(note) = &self.note {
            text.push_str(&format!(" ({note})"));
        }
        text
    }
}
