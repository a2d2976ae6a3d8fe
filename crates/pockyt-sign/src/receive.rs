//! The receiving policy: what may be believed of a signed message.

use alloc::string::String;
use core::fmt;
use core::ops::Range;

use crate::fields::{Decoded, Form, Span};
use crate::hashing::Text;
use crate::names::is_plain;
use crate::order::{self, Keyed, Ordered};
use crate::{Fields, KeyRing, Signature, SigningKey, VERIFY_SIGN, form, reads_as_another_field};

/// Judges signed messages: notifications, and requests at a server.
///
/// The rules, in this order: the body decodes strictly; names are `[A-Za-z_][A-Za-z0-9_]*` and occur
/// once; `verifySign` is there, exactly 32 lower-case hexadecimal digits, and equals, in constant time,
/// the signature over all other fields, or else over all that are not empty (vendor SDKs part over
/// empty values). In the second case the empty fields are dropped from what is handed over, since
/// nobody signed them. A message that passes and has a value that could be read as another field is
/// [`Ambiguous`], else it is [`Verified`].
///
/// While a token is being replaced, use a [`KeyRing`] instead.
#[derive(Clone, Debug)]
pub struct Verifier {
    key: SigningKey,
}

impl Verifier {
    /// A verifier for messages signed with this key.
    pub fn new(key: SigningKey) -> Self {
        Self { key }
    }

    /// Judges a raw `application/x-www-form-urlencoded` body.
    ///
    /// # Errors
    ///
    /// The rule that refused it.
    pub fn form<'a>(&self, body: &'a [u8]) -> Result<Received<'a>, Rejection> {
        let mut decoded = Decoded::default();
        form::decode(body, &mut decoded)?;
        let verdict = judge(&mut decoded, [(0, &self.key)])?;
        Ok(verdict.on(decoded.fields))
    }

    /// Judges a raw JSON object. Numbers count as their literal text, nested values as compact JSON.
    ///
    /// # Errors
    ///
    /// The rule that refused it.
    #[cfg(feature = "json")]
    pub fn json<'a>(&self, body: &'a [u8]) -> Result<Received<'a>, Rejection> {
        let mut decoded = Decoded::default();
        crate::json::decode(body, &mut decoded)?;
        let verdict = judge(&mut decoded, [(0, &self.key)])?;
        Ok(verdict.on(decoded.fields))
    }
}

impl KeyRing {
    /// Judges a raw `application/x-www-form-urlencoded` body as [`Verifier`] does, with every key that
    /// is valid at `now` (milliseconds since 1970-01-01T00:00:00Z).
    ///
    /// # Errors
    ///
    /// The rule that refused it.
    pub fn form<'a>(&self, body: &'a [u8], now: u64) -> Result<Received<'a>, Rejection> {
        let mut decoded = Decoded::default();
        form::decode(body, &mut decoded)?;
        let verdict = judge(&mut decoded, self.valid_at(now))?;
        Ok(verdict.on(decoded.fields))
    }

    /// Judges a raw JSON object as [`Verifier`] does, with every key that is valid at `now`
    /// (milliseconds since 1970-01-01T00:00:00Z).
    ///
    /// # Errors
    ///
    /// The rule that refused it.
    #[cfg(feature = "json")]
    pub fn json<'a>(&self, body: &'a [u8], now: u64) -> Result<Received<'a>, Rejection> {
        let mut decoded = Decoded::default();
        crate::json::decode(body, &mut decoded)?;
        let verdict = judge(&mut decoded, self.valid_at(now))?;
        Ok(verdict.on(decoded.fields))
    }
}

/// What was found of a message that passes. The fields stay where they are until the end, since moving them
/// takes as long as looking at them.
struct Verdict {
    key: usize,
    empties_signed: bool,
    ambiguous: Option<String>,
}

impl Verdict {
    #[inline]
    fn on(self, fields: Fields<'_>) -> Received<'_> {
        let Self { key, empties_signed, ambiguous } = self;
        match ambiguous {
            None => Received::Verified(Verified { fields, key, empties_signed }),
            Some(field) => doubtful(fields, key, empties_signed, field),
        }
    }
}

/// Apart, so that an ordinary message is moved as one piece.
#[cold]
#[inline(never)]
fn doubtful(fields: Fields<'_>, key: usize, empties_signed: bool, field: String) -> Received<'_> {
    Received::Ambiguous(Ambiguous { fields, key, empties_signed, field })
}

/// Leaves the fields that are signed.
fn judge<'k>(
    decoded: &mut Decoded<'_>,
    keys: impl IntoIterator<Item = (usize, &'k SigningKey)>,
) -> Result<Verdict, Rejection> {
    let Decoded { fields: Fields { text, spans, form }, plain } = decoded;
    let (bytes, form, plain) = (text.as_bytes(), *form, *plain);
    let mut presented = None;
    let mut in_order = true;
    let mut last = 0;
    for (at, span) in spans.iter().enumerate() {
        let prefix = order::prefix_at(bytes, span.start(), span.name_length());
        if prefix == VERIFY_SIGN_PREFIX && span.name(bytes) == VERIFY_SIGN.as_bytes() {
            if presented.replace(at).is_some() {
                return Err(Rejection::DuplicateName);
            }
        } else {
            in_order &= prefix > last;
            last = prefix;
        }
    }
    let presented = presented.map(|at| spans.remove(at));
    if !plain && !spans.iter().all(|span| is_plain(span.name(bytes))) {
        return Err(Rejection::NameNotAllowed);
    }
    // Many senders send the fields in the signed order, and then there is nothing to sort.
    let mut ordered = Ordered::new();
    if !in_order {
        order_spans(bytes, spans, &mut ordered)?;
    }
    let presented = match presented.map(|span| span.value(bytes, form)) {
        None => return Err(Rejection::SignatureMissing),
        Some([]) => return Err(Rejection::SignatureEmpty),
        Some(value) => Signature::parse_bytes(value).ok_or(Rejection::SignatureMalformed)?,
    };
    let Match { key, empties_signed } = if in_order {
        find_key(bytes, form, &spans.iter().copied(), &presented, keys)?
    } else {
        find_key(bytes, form, &ordered.iter().map(|field| field.item), &presented, keys)?
    };
    let fields = &mut decoded.fields;
    if !empties_signed {
        fields.drop_empty();
    }
    let ambiguous = if plain { None } else { fields.iter().find(|(_, value)| reads_as_another_field(value)) };
    let ambiguous = ambiguous.map(|(name, _)| String::from(name));
    Ok(Verdict { key, empties_signed, ambiguous })
}

/// The start of [`VERIFY_SIGN`] as [`order::prefix`] has it.
const VERIFY_SIGN_PREFIX: u64 = u64::from_be_bytes(*b"verifySi");

/// Puts the fields into the signed order, which is an error when a name occurs twice.
fn order_spans(text: &[u8], spans: &[Span], ordered: &mut Ordered<Span>) -> Result<(), Rejection> {
    for span in spans {
        let prefix = order::prefix_at(text, span.start(), span.name_length());
        ordered.push(Keyed { prefix, item: *span });
    }
    let repeated = order::sort(ordered, |span| span.name(text));
    if repeated { Err(Rejection::DuplicateName) } else { Ok(()) }
}

/// How a signature was found right.
struct Match {
    key: usize,
    empties_signed: bool,
}

fn find_key<'k>(
    text: &[u8],
    form: Form,
    ordered: &(impl Iterator<Item = Span> + Clone),
    presented: &Signature,
    keys: impl IntoIterator<Item = (usize, &'k SigningKey)>,
) -> Result<Match, Rejection> {
    let has_empties = ordered.clone().any(|span| span.is_empty(form));
    let mut found = None;
    // Every key is tried, so that the time does not show which one it was.
    for (key, secret) in keys {
        if presented.is_of(digest(text, form, ordered.clone(), secret)) {
            found = found.or(Some(Match { key, empties_signed: true }));
        } else if has_empties {
            let filled = ordered.clone().filter(|span| !span.is_empty(form));
            if presented.is_of(digest(text, form, filled, secret)) {
                found = found.or(Some(Match { key, empties_signed: false }));
            }
        }
    }
    found.ok_or(Rejection::SignatureMismatch)
}

/// The digest of the fields in their order.
fn digest(text: &[u8], form: Form, ordered: impl Iterator<Item = Span>, key: &SigningKey) -> [u8; 16] {
    let mut hashed = Text::new();
    match form {
        Form::Pairs => push_pairs(&mut hashed, text, ordered),
        #[cfg(feature = "json")]
        Form::Members => {
            for span in ordered {
                hashed.push_field(span.name(text), span.value(text, form));
            }
        }
    }
    hashed.digest(key)
}

/// Pairs that follow one another in the text as well are hashed in one go, with the separators between them:
/// many senders send them in the signed order.
fn push_pairs(hashed: &mut Text, text: &[u8], ordered: impl Iterator<Item = Span>) {
    let mut run = 0..0;
    for span in ordered {
        if span.start() != run.end + 1 || run.is_empty() {
            push_run(hashed, text, run);
            run = span.start()..span.end();
        } else {
            run.end = span.end();
        }
    }
    push_run(hashed, text, run);
}

/// Adds `name=value&…name=value` and the separator after it, which the text may lack at its end.
#[inline]
fn push_run(hashed: &mut Text, text: &[u8], run: Range<usize>) {
    if run.is_empty() {
        return;
    }
    if let Some(whole) = text.get(run.start..=run.end) {
        hashed.push(whole);
    } else {
        hashed.push(text.get(run).unwrap_or_default());
        hashed.push(b"&");
    }
}

/// A message whose signature is right.
#[derive(Clone, Debug)]
#[must_use]
pub enum Received<'a> {
    /// It can be read in one way only.
    Verified(Verified<'a>),
    /// It can be read in more than one way.
    Ambiguous(Ambiguous<'a>),
}

/// A message whose signature is right and whose signed text can be read in one way only.
///
/// Only a [`Verifier`] or a [`KeyRing`] makes one. Of all messages that share one signed text, at most one is verified.
#[derive(Clone, Debug)]
pub struct Verified<'a> {
    fields: Fields<'a>,
    key: usize,
    empties_signed: bool,
}

impl<'a> Verified<'a> {
    /// The signed fields, without `verifySign`.
    pub fn fields(&self) -> &Fields<'a> {
        &self.fields
    }

    /// Which key matched: its place in the [`KeyRing`], 0 for a [`Verifier`]'s only one.
    pub fn key(&self) -> usize {
        self.key
    }

    /// Whether the message came with empty fields that the signature does not cover, and that are
    /// therefore not among [`Verified::fields`].
    pub fn dropped_empties(&self) -> bool {
        !self.empties_signed
    }

    /// The same message without borrowing from the body.
    pub fn into_owned(self) -> Verified<'static> {
        Verified { fields: self.fields.into_owned(), key: self.key, empties_signed: self.empties_signed }
    }
}

/// A message whose signature is right, but whose signed text can also be cut into other fields.
///
/// A genuine message can be cut into this one by somebody who does not have the key, so its fields are
/// a hint of what to ask Pockyt about, not a fact.
#[derive(Clone, Debug)]
pub struct Ambiguous<'a> {
    fields: Fields<'a>,
    key: usize,
    empties_signed: bool,
    field: String,
}

impl<'a> Ambiguous<'a> {
    /// The signed fields. Do not act on them before Pockyt has confirmed them by a query.
    pub fn unconfirmed_fields(&self) -> &Fields<'a> {
        &self.fields
    }

    /// The name of the first field whose value could be read as another field.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Which key matched: its place in the [`KeyRing`], 0 for a [`Verifier`]'s only one.
    pub fn key(&self) -> usize {
        self.key
    }

    /// Whether the message came with empty fields that the signature does not cover, and that are
    /// therefore not among [`Ambiguous::unconfirmed_fields`].
    pub fn dropped_empties(&self) -> bool {
        !self.empties_signed
    }

    /// The same message without borrowing from the body.
    pub fn into_owned(self) -> Ambiguous<'static> {
        Ambiguous {
            fields: self.fields.into_owned(),
            key: self.key,
            empties_signed: self.empties_signed,
            field: self.field,
        }
    }
}

/// Why a message is not believed. It does not repeat the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rejection {
    /// A name occurs twice; implementations differ over which one counts.
    DuplicateName,
    /// A `%` is not followed by two hexadecimal digits.
    InvalidEscape,
    /// The body is not one valid JSON object.
    InvalidJson,
    /// The body, once decoded, is not UTF-8.
    InvalidUtf8,
    /// A name is not of the form `[A-Za-z_][A-Za-z0-9_]*`.
    NameNotAllowed,
    /// `verifySign` has no value.
    SignatureEmpty,
    /// `verifySign` is not 32 lower-case hexadecimal digits.
    SignatureMalformed,
    /// `verifySign` does not belong to these fields and this key.
    SignatureMismatch,
    /// There is no `verifySign`.
    SignatureMissing,
    /// The body is longer than 4 GiB. Bound bodies long before this.
    TooLarge,
}

impl Rejection {
    /// A stable word for it, in kebab case, for logs, metrics and scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DuplicateName => "duplicate-name",
            Self::InvalidEscape => "invalid-escape",
            Self::InvalidJson => "invalid-json",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::NameNotAllowed => "name-not-allowed",
            Self::SignatureEmpty => "signature-empty",
            Self::SignatureMalformed => "signature-malformed",
            Self::SignatureMismatch => "signature-mismatch",
            Self::SignatureMissing => "signature-missing",
            Self::TooLarge => "too-large",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DuplicateName => "a name occurs twice",
            Self::InvalidEscape => "a percent escape is broken",
            Self::InvalidJson => "the body is not one valid JSON object",
            Self::InvalidUtf8 => "the text is not UTF-8",
            Self::NameNotAllowed => "a name is not [A-Za-z_][A-Za-z0-9_]*",
            Self::SignatureEmpty => "verifySign is empty",
            Self::SignatureMalformed => "verifySign is not 32 lower-case hexadecimal digits",
            Self::SignatureMismatch => "verifySign does not match",
            Self::SignatureMissing => "verifySign is missing",
            Self::TooLarge => "the body is too long",
        })
    }
}

impl core::error::Error for Rejection {}
