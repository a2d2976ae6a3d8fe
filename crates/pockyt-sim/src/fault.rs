//! What goes wrong on purpose: which request, connection or notification is hit, and by what.

mod alter;
mod book;
mod kind;
mod notice;
mod profile;

use serde::{Deserialize, Serialize};

pub(crate) use alter::{Subject, alter, instead_of_carrying_out};
pub(crate) use book::{Arrival, Book};
pub use kind::{BadBody, BadHeaders, ConnectionFault, FaultKind, NotificationFault};
pub(crate) use notice::altered;
pub use profile::{FaultProfile, UnknownFaultProfile};

/// Something that goes wrong, and what it hits: requests, connections or notifications, by the kind.
///
/// Whatever a fault names must fit: `Fault::new("till-1", ..).operation("prepay")` hits the next `prepay`
/// about `till-1`, `Fault::any(..).for_merchant("200043").request(3)` the third request of that merchant.
/// One fault hits a request: the oldest that fits.
///
/// A reference is believed only under a right signature, so a fault that names one passes over requests
/// that are not signed rightly. The merchant number and the path are taken as they are given.
///
/// In JSON the names are those of the fields, in camel case:
/// `{"reference":"till-1","operation":"prepay","kind":"lose-reply","times":2}`.
///
/// ```
/// use pockyt_sim::{Fault, FaultKind};
///
/// let fault = Fault::new("till-1", FaultKind::LoseReply).operation("prepay").times(2);
/// assert_eq!((fault.merchant_no, fault.times), (None, 2));
/// let fault: Fault = serde_json::from_str(r#"{"request":3,"kind":{"delay-answer":{"ms":500}}}"#).unwrap();
/// assert_eq!(fault, Fault::any(FaultKind::DelayAnswer { ms: 500 }).request(3));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// Only for this merchant; none: for every merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_no: Option<String>,
    /// Only what is about the order with this `reference`; none: about any, or about none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Only for this operation, by its name in the catalogue, such as `prepay`; none: for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Only requests to exactly this path; none: to any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Only the request of this number, from 1, among those that give the same merchant number, since the
    /// start or the merchant's latest reset. A request that gives no configured merchant has no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<u64>,
    /// Only the delivery attempt of this number, from 1, of each notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// What happens.
    pub kind: FaultKind,
    /// How many more requests, connections or attempts it hits. A fault that is used up is forgotten.
    #[serde(default = "once")]
    pub times: u32,
}

impl Fault {
    /// A fault that hits the next request, or delivery attempt, of every merchant about this reference, once.
    #[must_use]
    pub fn new(reference: impl Into<String>, kind: FaultKind) -> Self {
        Self { reference: Some(reference.into()), ..Self::any(kind) }
    }

    /// A fault that hits the next request, connection or delivery attempt, whatever it is, once.
    #[must_use]
    pub fn any(kind: FaultKind) -> Self {
        Self {
            merchant_no: None,
            reference: None,
            operation: None,
            path: None,
            request: None,
            attempt: None,
            kind,
            times: once(),
        }
    }

    /// A fault of the next connection.
    #[must_use]
    pub fn connection(fault: ConnectionFault) -> Self {
        Self::any(FaultKind::Connection(fault))
    }

    /// A fault of the next delivery attempt about this reference.
    #[must_use]
    pub fn notification(reference: impl Into<String>, fault: NotificationFault) -> Self {
        Self::new(reference, FaultKind::Notification(fault))
    }

    /// Only for this operation, by its name in the catalogue or an alias of it, such as `pay`.
    #[must_use]
    pub fn operation(mut self, name: impl Into<String>) -> Self {
        self.operation = Some(name.into());
        self
    }

    /// Only for requests to exactly this path.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Only for a merchant's request of this number, from 1.
    #[must_use]
    pub fn request(mut self, number: u64) -> Self {
        self.request = Some(number);
        self
    }

    /// Only for a notification's delivery attempt of this number, from 1.
    #[must_use]
    pub fn attempt(mut self, number: u32) -> Self {
        self.attempt = Some(number);
        self
    }

    /// For this many requests, connections or attempts.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Only for this merchant.
    #[must_use]
    pub fn for_merchant(mut self, merchant_no: impl Into<String>) -> Self {
        self.merchant_no = Some(merchant_no.into());
        self
    }

    /// Whether it makes sense; else why not.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let names_a_call = self.operation.is_some() || self.path.is_some() || self.request.is_some();
        let names_an_order = self.merchant_no.is_some() || self.reference.is_some();
        match self.kind {
            FaultKind::Connection(_) if names_a_call || names_an_order || self.attempt.is_some() => {
                return Err("a connection fault comes before any request and can name nothing of it");
            }
            FaultKind::Notification(_) if names_a_call => {
                return Err("a notification fault cannot name an operation, a path or a request number");
            }
            FaultKind::Connection(_) | FaultKind::Notification(_) => {}
            _ if self.attempt.is_some() => {
                return Err("only a notification fault can name an attempt");
            }
            _ => {}
        }
        // How long connections are refused, its kind says.
        let is_counted = !matches!(self.kind, FaultKind::Connection(ConnectionFault::Refuse { .. }));
        if self.times == 0 && is_counted {
            return Err("a fault of no times never strikes; times is 1 or more");
        }
        if self.request == Some(0) || self.attempt == Some(0) {
            return Err("requests and attempts are numbered from 1");
        }
        if self.path.as_ref().is_some_and(|path| !path.starts_with('/')) {
            return Err("a path begins with a slash");
        }
        self.kind.check()
    }

    /// Whether a look at the path is enough to know that it hits.
    fn is_known_from_the_head(&self) -> bool {
        self.merchant_no.is_none() && self.reference.is_none() && self.request.is_none()
    }

    fn fits_place(&self, path: &str, operation: Option<&str>) -> bool {
        self.times > 0
            && self.path.as_deref().is_none_or(|wanted| wanted == path)
            && self.operation.as_deref().is_none_or(|wanted| Some(wanted) == operation)
    }

    fn fits_merchant(&self, merchant_no: Option<&str>) -> bool {
        self.merchant_no.as_deref().is_none_or(|wanted| Some(wanted) == merchant_no)
    }
}

fn once() -> u32 {
    1
}
