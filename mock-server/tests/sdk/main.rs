//! The vendor's own Python SDK, as the package registry has it: by the vendor's host name, by TLS, unchanged.
//!
//! `VENDORS_SDK` names the folder it was installed to (`pip install --target`); `cargo xtask test` installs it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod proxy;
mod with_the_vendors_sdk;
