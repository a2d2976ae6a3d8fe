//! Where a notification came in.

use std::fmt;
use std::sync::Arc;

use pockyt_model::NotificationKind;

/// Whose notifications they are: a name chosen by the program that runs the listener.
///
/// Notifications carry no merchant number, so this comes from the route. One inbox that serves sandbox
/// and production needs a tenant for each. 1 to 64 letters, digits or `. _ -`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tenant(Arc<str>);

impl Tenant {
    /// Checks and takes the name.
    ///
    /// # Errors
    ///
    /// It is empty, longer than 64 characters, or has another character.
    pub fn new(name: &str) -> Result<Self, InvalidTenant> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
            return Err(InvalidTenant(()));
        }
        Ok(Self(name.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no [`Tenant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tenant must be 1 to 64 letters, digits or . _ -")]
pub struct InvalidTenant(());

/// Whose notifications and of which kind: what the address says that Pockyt posted to.
///
/// Notices of different routes never meet: they are deduplicated and claimed apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route {
    tenant: Tenant,
    kind: NotificationKind,
}

impl Route {
    /// The route of this tenant and kind.
    pub fn new(tenant: Tenant, kind: NotificationKind) -> Self {
        Self { tenant, kind }
    }

    /// Whose notifications.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Of which kind.
    pub fn kind(&self) -> NotificationKind {
        self.kind
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.tenant, self.kind.as_str())
    }
}
