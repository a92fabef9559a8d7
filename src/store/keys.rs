//! Where the sealing key lives: the system's key store, a passphrase, or an explicit key file.

mod key_file;
mod passphrase;
mod system;

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use key_file::KeyFileStore;
pub use passphrase::PassphraseKeyStore;
pub use system::OsKeyStore;

use super::seal::SealError;

/// The 256-bit key that seals personal fields and photo files.
#[derive(zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct SealingKey(pub [u8; 32]);

/// The kinds of key store; a profile remembers which one keeps its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    System,
    Passphrase,
    KeyFile,
}

/// The profile a key belongs to.
#[derive(Clone, Copy, Debug)]
pub struct ProfilePlace<'a> {
    pub folder: &'a Path,
    /// Random id, the name of the key in the system's key store.
    pub id: &'a str,
}

/// Keeps the sealing key of profiles.
pub trait KeyStore: Send + Sync {
    fn kind(&self) -> KeyKind;

    /// The key kept for this profile; `None` when none was ever made.
    fn find(&self, profile: ProfilePlace<'_>) -> Result<Option<SealingKey>, KeyError>;

    /// Makes and keeps a new key. Called once, at the first opening of a profile.
    fn make(&self, profile: ProfilePlace<'_>) -> Result<SealingKey, KeyError>;
}

/// The key could not be had. The text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error(
        "the system's key store cannot be used ({cause}). Unlock or start it (Linux: a Secret Service such as GNOME Keyring or KWallet), or give a key file with --key-file FILE, or set a passphrase in PHOTODESK_PASSPHRASE"
    )]
    System { cause: String },
    #[error("the passphrase is wrong; type it again (there is no way to read the data without it)")]
    WrongPassphrase,
    #[error("the passphrase is empty; choose one, or use a key file with --key-file FILE")]
    EmptyPassphrase,
    #[error("the key derivation failed ({cause}); close other programs to free memory and try again")]
    Derivation { cause: String },
    #[error("{path} is no key file ({cause}); name the file that was made with this desk")]
    BadKeyFile { path: PathBuf, cause: String },
    #[error("others can read the key file {path} (mode {mode:03o}); run `chmod 600` on it and try again")]
    ExposedKeyFile { path: PathBuf, mode: u32 },
    #[error("the key file {path} cannot be read or written ({cause}); check the folder and its permissions")]
    KeyFile { path: PathBuf, cause: std::io::Error },
    #[error("{path} cannot be read or written ({cause}); check the data folder and its permissions")]
    ProfileFile { path: PathBuf, cause: std::io::Error },
    #[error("{path} is damaged ({cause}); restore the data folder from a backup")]
    DamagedProfileFile { path: PathBuf, cause: String },
    #[error(
        "{path} is missing although the desk holds data; restore it from a backup, the data cannot be read without it"
    )]
    MissingProfileFile { path: PathBuf },
    #[error("the key of this desk is not in {kind}; {remedy}", remedy = .kind.remedy())]
    Missing { kind: KeyKind },
    #[error("this desk was made with {made_with}, not with {offered}; {remedy}", remedy = .made_with.remedy())]
    OtherKind { made_with: KeyKind, offered: KeyKind },
    #[error("this key belongs to another desk; {remedy}", remedy = .kind.remedy())]
    WrongKey { kind: KeyKind },
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl KeyError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::System { .. } => "key_store_unavailable",
            Self::WrongPassphrase => "wrong_passphrase",
            Self::EmptyPassphrase => "empty_passphrase",
            Self::Derivation { .. } => "key_derivation_failed",
            Self::BadKeyFile { .. } => "bad_key_file",
            Self::ExposedKeyFile { .. } => "exposed_key_file",
            Self::KeyFile { .. } => "key_file_io",
            Self::ProfileFile { .. } => "profile_io",
            Self::DamagedProfileFile { .. } => "profile_damaged",
            Self::MissingProfileFile { .. } => "profile_missing",
            Self::Missing { .. } => "key_missing",
            Self::OtherKind { .. } => "other_key_kind",
            Self::WrongKey { .. } => "wrong_key",
            Self::Seal(_) => "seal",
        }
    }
}

impl KeyKind {
    fn remedy(self) -> &'static str {
        match self {
            Self::System => "open it as the user and on the computer that made it",
            Self::Passphrase => "set its passphrase in PHOTODESK_PASSPHRASE and give no key file",
            Self::KeyFile => "name its key file with --key-file FILE",
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "the system's key store",
            Self::Passphrase => "a passphrase",
            Self::KeyFile => "a key file",
        })
    }
}
