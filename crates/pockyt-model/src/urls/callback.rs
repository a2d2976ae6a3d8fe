//! The browser's return: a URL with macros, filled by Pockyt.

use std::borrow::Cow;
use std::fmt;

use super::web_url;
use crate::InvalidField;
use crate::params::Text;

/// Where the customer's browser is sent back to.
///
/// Every `{name}` of a known [`Macro`] in it is replaced by Pockyt (Pockyt docs, SecurePay API); the URL is
/// signed with its macros unreplaced. The return is not signed: never take it for a payment.
///
/// ```
/// use pockyt_model::{CallbackUrl, Macro};
///
/// let url = CallbackUrl::new("https://shop.example/back?no={transactionNo}&state={status}&x={other}")?;
/// assert_eq!(url.macros().collect::<Vec<_>>(), [Macro::TransactionNo, Macro::Status]);
///
/// let filled = url.fill(|wanted| match wanted {
///     Macro::TransactionNo => Some("297553636764407286".into()),
///     Macro::Status => Some("success".into()),
///     _ => None,
/// });
/// assert_eq!(filled, "https://shop.example/back?no=297553636764407286&state=success&x={other}");
///
/// let back = url.parse(&filled).unwrap();
/// assert_eq!(back.get(Macro::Status), Some("success"));
/// # Ok::<(), pockyt_model::InvalidField>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallbackUrl(String);

impl CallbackUrl {
    /// Checks and takes the URL, macros unreplaced.
    ///
    /// # Errors
    ///
    /// It is not an absolute `http` or `https` URL with a host, or has blanks or control characters.
    pub fn new(url: impl Into<String>) -> Result<Self, InvalidField> {
        web_url("callbackUrl", url.into()).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The macros in it, in their order, as often as they occur.
    pub fn macros(&self) -> impl Iterator<Item = Macro> {
        pieces(&self.0).filter_map(|piece| match piece {
            Piece::Macro(wanted) => Some(wanted),
            Piece::Text(_) => None,
        })
    }

    /// The URL with its macros replaced, as Pockyt does it. Values are percent-encoded: how Pockyt encodes
    /// them is not stated, and this is what survives in a URL. A macro without a value becomes empty.
    pub fn fill(&self, value: impl Fn(Macro) -> Option<String>) -> String {
        let mut filled = String::with_capacity(self.0.len() + 32);
        for piece in pieces(&self.0) {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Macro(wanted) => {
                    let value = value(wanted).unwrap_or_default();
                    filled.extend(form_urlencoded::byte_serialize(value.as_bytes()));
                }
            }
        }
        filled
    }

    /// Reads a URL on which a browser came back, by the places of the macros in this one's query.
    ///
    /// A parameter counts when its value in this URL is one macro and nothing else, as in
    /// `no={transactionNo}`. `None` when the URL is another one before the query. Nothing in it is
    /// signed: it says where the customer is, not what they paid.
    pub fn parse(&self, returned: &str) -> Option<BrowserReturn> {
        let (base, query) = self.0.split_once('?').unwrap_or((&self.0, ""));
        let (came_base, came_query) = returned.split_once('?').unwrap_or((returned, ""));
        if base != came_base {
            return None;
        }
        let came: Vec<_> = form_urlencoded::parse(without_fragment(came_query)).into_owned().collect();
        let values = form_urlencoded::parse(without_fragment(query))
            .filter_map(|(name, value)| {
                let wanted = Macro::from_braces(&value)?;
                let (_, value) = came.iter().find(|(came, _)| *came == name)?;
                Some((wanted, value.clone()))
            })
            .collect();
        Some(BrowserReturn { values })
    }
}

fn without_fragment(query: &str) -> &[u8] {
    query.split('#').next().unwrap_or_default().as_bytes()
}

enum Piece<'a> {
    Macro(Macro),
    Text(&'a str),
}

/// Cuts a URL at its known macros. Braces around anything else are text.
fn pieces(url: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = url;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((wanted, after)) = leading_macro(rest) {
            rest = after;
            return Some(Piece::Macro(wanted));
        }
        let mut next = rest.char_indices().skip(1).map(|(i, _)| i);
        let end = next.find(|i| rest.get(*i..).is_some_and(|tail| leading_macro(tail).is_some()));
        let (text, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(Piece::Text(text))
    })
}

fn leading_macro(text: &str) -> Option<(Macro, &str)> {
    let close = text.strip_prefix('{')?.find('}')? + 2;
    let (braces, after) = text.split_at(close);
    Some((Macro::from_braces(braces)?, after))
}

impl fmt::Display for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Text for CallbackUrl {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

/// What a browser brought back. Not signed, so not a proof of anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserReturn {
    values: Vec<(Macro, String)>,
}

impl BrowserReturn {
    /// What the browser says this macro was.
    pub fn get(&self, wanted: Macro) -> Option<&str> {
        self.values.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str())
    }
}

macro_rules! known {
    ($( $name:ident = $wire:literal, $doc:literal; )*) => {
        /// What Pockyt replaces in a callback URL: `{transactionNo}` and so on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Macro {
            $( #[doc = $doc] $name, )*
        }

        impl Macro {
            /// The name between the braces.
            pub fn name(self) -> &'static str {
                match self {
                    $( Self::$name => $wire, )*
                }
            }

            fn from_braces(text: &str) -> Option<Self> {
                match text.strip_prefix('{')?.strip_suffix('}')? {
                    $( $wire => Some(Self::$name), )*
                    _ => None,
                }
            }
        }
    };
}

known! {
    AccountStatus = "accountStatus", "For payee accounts: the account's state.";
    AccountTag = "accountTag", "For payee accounts: the merchant's tag.";
    AccountType = "accountType", "For payee accounts: the account's type.";
    Amount = "amount", "The price, in major units.";
    Currency = "currency", "For payee accounts: the account's currency.";
    CustomerNo = "customerNo", "For payee accounts: the payee.";
    Note = "note", "The request's note.";
    PayeeAccount = "payeeAccount", "For payee accounts: the account, as the payee knows it.";
    Reference = "reference", "The merchant's identifier.";
    Status = "status", "The state.";
    Time = "time", "When it happened, `yyyyMMddHHmmss`.";
    TransactionNo = "transactionNo", "Pockyt's number of the order.";
    YuansferId = "yuansferId", "Pockyt's number of the order, by its name in API version 2.";
}
