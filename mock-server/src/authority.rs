//! The mock's own certificate authority, and the certificates it makes.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PublicKeyData, date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// The file holds no certificate, or its key is not the one in the file beside it.
    #[error(
        "{0} is not a certificate of this mock's, or the key beside it is another one's: remove both to make new ones"
    )]
    Foreign(PathBuf),
    /// A certificate could not be made, such as for a host name that is none.
    #[error("a certificate cannot be made")]
    Making(#[from] rcgen::Error),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Signs certificates that are trusted by whoever trusts it. It exists for one mock, or for one file.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate_pem: String,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authority")
    }
}

impl Authority {
    pub(crate) fn new() -> Result<Self, AuthorityError> {
        let key = KeyPair::generate()?;
        let certificate = params()?.self_signed(&key)?;
        Ok(Self { issuer: Issuer::new(params()?, key), certificate_pem: certificate.pem() })
    }

    /// Reads the certificate from this file and the key from the one beside it that ends in `.key`; makes
    /// both when there are none.
    pub(crate) fn kept_in(path: &Path) -> Result<Self, AuthorityError> {
        let key_path = path.with_extension("key");
        match std::fs::read_to_string(path) {
            Ok(certificate_pem) => {
                let key_pem = std::fs::read_to_string(&key_path).map_err(|error| about(&key_path, error))?;
                Self::read(certificate_pem, &key_pem).ok_or_else(|| AuthorityError::Foreign(path.to_owned()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let made = Self::new()?;
                write_private(&key_path, &made.issuer.key().serialize_pem())
                    .map_err(|error| about(&key_path, error))?;
                std::fs::write(path, &made.certificate_pem).map_err(|error| about(path, error))?;
                Ok(made)
            }
            Err(error) => Err(about(path, error)),
        }
    }

    fn read(certificate_pem: String, key_pem: &str) -> Option<Self> {
        let key = KeyPair::from_pem(key_pem).ok()?;
        let certificate = CertificateDer::from_pem_slice(certificate_pem.as_bytes()).ok()?;
        // The public key stands in the certificate as it is.
        let public = key.der_bytes();
        let is_its_own = certificate.windows(public.len()).any(|window| window == public);
        let issuer = Issuer::new(params().ok()?, key);
        is_its_own.then_some(Self { issuer, certificate_pem })
    }

    pub(crate) fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// A certificate for these names and addresses, and its key.
    pub(crate) fn certify(
        &self,
        hosts: impl IntoIterator<Item = String>,
    ) -> Result<(Certificate, PrivateKeyDer<'static>), AuthorityError> {
        let mut params = CertificateParams::new(hosts.into_iter().collect::<Vec<_>>())?;
        set_validity(&mut params);
        params.distinguished_name.push(DnType::CommonName, "pockyt-mock");
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok((certificate, PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
    }
}

fn params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    set_validity(&mut params);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "pockyt-mock test authority");
    params.distinguished_name.push(DnType::OrganizationName, "Not for production");
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

/// Long enough for a test tool, and within what a 32-bit clock can tell.
fn set_validity(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2037, 12, 31);
}

fn about(path: &Path, source: io::Error) -> AuthorityError {
    AuthorityError::File { path: path.to_owned(), source }
}

/// Whoever reads the key can pretend to be any host to who trusts the authority.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
