//! TLS on both sides: the certificate that clients see, and whom deliveries trust.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::authority::{Authority, AuthorityError};

/// What a mock that speaks TLS is told.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsSettings {
    pub(crate) hosts: Vec<String>,
    /// Where the authority is kept; none: it lives as long as the mock.
    pub(crate) kept_in: Option<PathBuf>,
}

/// Serves TLS on the port, beside plain HTTP.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) authority_pem: Arc<str>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

impl Tls {
    pub(crate) fn new(settings: &TlsSettings, listens_on: std::net::IpAddr) -> Result<Self, AuthorityError> {
        let authority = match &settings.kept_in {
            Some(path) => Authority::kept_in(path)?,
            None => Authority::new()?,
        };
        let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
        hosts.push(listens_on.to_string());
        hosts.extend(settings.hosts.iter().cloned());
        hosts.sort();
        hosts.dedup();
        let (certificate, key) = authority.certify(hosts)?;
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key)
            })
            .map_err(|_| AuthorityError::Making(rcgen::Error::CouldNotParseKeyPair))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let authority_pem = authority.certificate_pem().into();
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), authority_pem })
    }
}

/// Whom the deliveries of notifications trust: the authorities of the web, and those that are added.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    roots: RootCertStore,
}

impl Default for Trust {
    fn default() -> Self {
        Self { roots: RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() } }
    }
}

impl Trust {
    /// Adds the certificates of a PEM text; says how many there were.
    pub(crate) fn add(&mut self, pem: &[u8]) -> usize {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).collect();
        self.roots.add_parsable_certificates(certificates).0
    }

    pub(crate) fn connector(&self) -> Option<TlsConnector> {
        let config =
            ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().ok()?;
        let config = config.with_root_certificates(self.roots.clone()).with_no_client_auth();
        Some(TlsConnector::from(Arc::new(config)))
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
