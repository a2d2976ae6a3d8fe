//! Where the customer is.

use crate::Params;
use crate::operation::{FieldSpec, maybe, needed};
use crate::params::Part;
use crate::wire_enum::wire_enum;

/// Where the customer is, and on a phone by which system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Terminal {
    /// `APP`: in the merchant's own app.
    App(OsType),
    /// `MWEB`: at a phone's browser, outside of WeChat's (only the vendor's PHP SDK names it).
    Mweb(OsType),
    /// `ONLINE`: at a desktop browser.
    Online,
    /// `WAP`: at a phone's browser.
    Wap(OsType),
    /// `YIP`: payment fields on the merchant's own page.
    Yip,
}

impl Terminal {
    /// The wire value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App(_) => "APP",
            Self::Mweb(_) => "MWEB",
            Self::Online => "ONLINE",
            Self::Wap(_) => "WAP",
            Self::Yip => "YIP",
        }
    }

    pub(crate) fn write_to(self, params: &mut Params<'_>) {
        params.push_some("osType", self.os_type().map(OsType::as_str));
        params.push("terminal", self.as_str());
    }

    fn os_type(self) -> Option<OsType> {
        match self {
            Self::App(os) | Self::Mweb(os) | Self::Wap(os) => Some(os),
            Self::Online | Self::Yip => None,
        }
    }
}

impl Part for Terminal {
    const FIELDS: &'static [FieldSpec] = &[maybe("osType"), needed("terminal")];

    fn write<'a>(&'a self, params: &mut Params<'a>) {
        self.write_to(params);
    }
}

wire_enum! {
    /// The phone's system, which Pockyt wants to know for phones.
    OsType {
        /// Android.
        Android = "ANDROID",
        /// iOS.
        Ios = "IOS",
    }
}
