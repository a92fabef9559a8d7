//! Where the sealing key lives: the system's key store, a passphrase, or an explicit key file.

/// The 256-bit key that seals personal fields and photo files.
#[derive(zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct SealingKey(pub [u8; 32]);

/// The key could not be had. The text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("not implemented")]
    Todo,
}

/// Gives the sealing key of a profile, making it at the first opening.
pub trait KeyStore: Send + Sync {
    fn key(&self) -> Result<SealingKey, KeyError>;
}
