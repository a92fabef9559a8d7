//! TLS of the hub itself, from certificate files; a proxy in front is the other way.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Certificate chain and private key, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The hub's certificate first, then those that signed it.
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// A certificate or key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{path} cannot be read as {what} ({cause}); name a PEM file that the hub may read")]
    File { path: PathBuf, what: &'static str, cause: String },
    #[error("certificate and key cannot be used ({0}); see whether the key belongs to the certificate")]
    Pair(rustls::Error),
}

impl TlsFiles {
    /// Reads both files; TLS 1.2 and 1.3 are spoken, nothing older.
    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, TlsError> {
        let chain = self.chain()?;
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .map_err(|cause| unreadable(&self.key, "a private key", &cause))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(TlsError::Pair)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let path = &self.certificate;
        let refuse = |cause: &dyn std::fmt::Display| unreadable(path, "a certificate", cause);
        let read = CertificateDer::pem_file_iter(path).map_err(|cause| refuse(&cause))?;
        let chain = read.collect::<Result<Vec<_>, _>>().map_err(|cause| refuse(&cause))?;
        if chain.is_empty() {
            return Err(refuse(&io::Error::other("no certificate is in it")));
        }
        Ok(chain)
    }
}

fn unreadable(path: &Path, what: &'static str, cause: &dyn std::fmt::Display) -> TlsError {
    TlsError::File { path: path.to_owned(), what, cause: cause.to_string() }
}
