//! TLS: 1.2 and 1.3 by rustls. The provider is given here, never installed for the whole process: that
//! choice is the application's.

use std::error::Error as StdError;
use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

use crate::BuildError;

/// How TLS is done: by which cryptography, and whom it trusts. There is no switch that turns the check
/// of certificates off.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Tls {
    crypto: Option<Crypto>,
    roots: Option<Roots>,
}

/// The cryptography of TLS. Each needs the feature of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Crypto {
    /// `aws-lc-rs`: post-quantum key exchange, FIPS builds; takes long to compile.
    #[cfg(feature = "aws-lc-rs")]
    AwsLcRs,
    /// `ring`.
    #[cfg(feature = "ring")]
    Ring,
}

/// Whom TLS trusts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Roots {
    /// Mozilla's list, compiled in (feature `webpki-roots`): works in an empty container.
    #[cfg(feature = "webpki-roots")]
    Bundled,
    /// These certificates in DER only, such as a company's own or a mock's.
    Given(Vec<Vec<u8>>),
    /// The certificates of the operating system, read once when the client is built (`native-roots`).
    #[cfg(feature = "native-roots")]
    Native,
    /// The operating system's own verifier (`platform-verifier`): right behind inspecting proxies.
    #[cfg(feature = "platform-verifier")]
    Platform,
}

impl Roots {
    /// The certificates of a PEM file, and no others.
    ///
    /// # Errors
    ///
    /// It is no PEM, or holds no certificate.
    pub fn from_pem(pem: &[u8]) -> Result<Self, BuildError> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        match certificates {
            Ok(certificates) if !certificates.is_empty() => {
                Ok(Self::Given(certificates.iter().map(|certificate| certificate.to_vec()).collect()))
            }
            _ => Err(BuildError::TlsNotUsable),
        }
    }
}

impl Tls {
    /// By this cryptography. Without it: ring, or what the features leave.
    pub fn crypto(mut self, crypto: Crypto) -> Self {
        self.crypto = Some(crypto);
        self
    }

    /// Trusting these. Without it: the bundled ones, or what the features leave.
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = Some(roots);
        self
    }

    /// `needed` is whether the environment is `https`: without it, no roots are as good as any.
    pub(crate) fn config(self, needed: bool) -> Result<ClientConfig, BuildError> {
        let provider = Arc::new(provider(self.crypto)?);
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| BuildError::TlsNotUsable)?;
        let none = || (!needed).then(|| Roots::Given(Vec::new()));
        let roots = self.roots.or_else(usual_roots).or_else(none).ok_or(BuildError::TlsNotCompiled)?;
        Ok(trusting(builder, roots)?.with_no_client_auth())
    }
}

fn provider(chosen: Option<Crypto>) -> Result<CryptoProvider, BuildError> {
    let usual = [
        #[cfg(feature = "ring")]
        Crypto::Ring,
        #[cfg(feature = "aws-lc-rs")]
        Crypto::AwsLcRs,
    ];
    match chosen.or_else(|| usual.first().copied()) {
        #[cfg(feature = "aws-lc-rs")]
        Some(Crypto::AwsLcRs) => Ok(rustls::crypto::aws_lc_rs::default_provider()),
        #[cfg(feature = "ring")]
        Some(Crypto::Ring) => Ok(rustls::crypto::ring::default_provider()),
        _ => Err(BuildError::TlsNotCompiled),
    }
}

fn usual_roots() -> Option<Roots> {
    let usual = [
        #[cfg(feature = "webpki-roots")]
        Roots::Bundled,
        #[cfg(feature = "platform-verifier")]
        Roots::Platform,
        #[cfg(feature = "native-roots")]
        Roots::Native,
    ];
    usual.into_iter().next()
}

#[cfg_attr(
    not(any(feature = "webpki-roots", feature = "native-roots", feature = "platform-verifier")),
    expect(unused_imports, reason = "the extensions are for the features' roots")
)]
fn trusting(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    roots: Roots,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, BuildError> {
    use hyper_rustls::ConfigBuilderExt as _;
    match roots {
        #[cfg(feature = "webpki-roots")]
        Roots::Bundled => Ok(builder.with_webpki_roots()),
        #[cfg(feature = "native-roots")]
        Roots::Native => builder.with_native_roots().map_err(|_| BuildError::TlsNotUsable),
        #[cfg(feature = "platform-verifier")]
        Roots::Platform => builder.try_with_platform_verifier().map_err(|_| BuildError::TlsNotUsable),
        Roots::Given(certificates) => {
            let mut store = RootCertStore::empty();
            for certificate in certificates {
                store.add(certificate.into()).map_err(|_| BuildError::TlsNotUsable)?;
            }
            Ok(builder.with_root_certificates(store))
        }
    }
}

/// Trying again does not make a certificate right.
pub(crate) fn is_distrust(error: &(dyn StdError + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))
}
