//! Authenticated encryption of personal fields and photo files (XChaCha20-Poly1305), each under its own derived key.

use chacha20poly1305::aead::{Aead, AeadInOut, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::keys::SealingKey;

/// First byte of every sealed value, so that a later format can be told apart.
const FORMAT: u8 = 1;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

type DerivedKey = Zeroizing<[u8; 32]>;

/// Where a sealed value belongs. A value moved to another place does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: &'a str,
}

/// A value could not be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("{what} was changed or damaged since it was stored; restore it from a backup")]
    Tampered { what: String },
    #[error("{what} was sealed by a newer version of the program; install that version")]
    NewerFormat { what: String },
    #[error("the system gives no random numbers ({cause}); restart the computer")]
    NoRandomness { cause: String },
    #[error("{what} is too large to be sealed")]
    TooLarge { what: String },
}

/// Seals and opens with the keys of one profile.
pub struct Sealer {
    fields: DerivedKey,
    photos: DerivedKey,
    names: DerivedKey,
    journal: DerivedKey,
    lookups: DerivedKey,
    sessions: DerivedKey,
}

impl Sealer {
    pub fn new(key: &SealingKey) -> Self {
        let derive = |purpose: &[u8]| Zeroizing::new(mac(&key.0, &[b"photodesk 1 ", purpose]));
        Self {
            fields: derive(b"personal fields"),
            photos: derive(b"photo files"),
            names: derive(b"photo file names"),
            journal: derive(b"journal head"),
            lookups: derive(b"equal fields"),
            sessions: derive(b"page sessions"),
        }
    }

    /// Seals a field of a row.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        seal(&self.fields, &place.bound(), plain, || place.to_string())
    }

    /// Opens a field of a row.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        open(&self.fields, &place.bound(), sealed, || place.to_string())
    }

    /// Seals a whole file whose content has this SHA-256.
    pub fn seal_photo(&self, sha256: &str, plain: Vec<u8>) -> Result<Sealed, SealError> {
        seal_whole(&self.photos, sha256.as_bytes(), plain, || photo_name(sha256))
    }

    /// Opens a whole file whose content must have this SHA-256.
    pub fn open_photo(&self, sha256: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        open(&self.photos, sha256.as_bytes(), sealed, || photo_name(sha256))
    }

    /// Name of the file that holds the content with this SHA-256. Keyed, so that a folder listing cannot be
    /// compared with known photos.
    pub fn photo_file_name(&self, sha256: &str) -> String {
        hex::encode(mac(&self.names, &[sha256.as_bytes()]))
    }

    /// Code by which equal values of a field are found in a database that shows none of them. `scope` keeps equal
    /// values of different batches apart.
    pub fn lookup_key(&self, field: &str, scope: &str, value: &str) -> [u8; 32] {
        mac(&self.lookups, &[field.as_bytes(), b"\0", scope.as_bytes(), b"\0", value.as_bytes()])
    }

    /// Authentication code of the journal's head.
    pub fn journal_code(&self, head: &[u8]) -> [u8; 32] {
        mac(&self.journal, &[head])
    }

    /// By which a database is known to be this key's.
    #[cfg(feature = "hub")]
    pub fn database_code(&self) -> [u8; 32] {
        mac(&self.journal, &[b"database"])
    }

    /// Authentication code of what the student's page gives out and wants back unchanged.
    pub fn session_code(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.sessions, parts)
    }

    /// Whether `code` is that of these parts, in constant time.
    pub fn is_session_code(&self, parts: &[&[u8]], code: &[u8]) -> bool {
        is_mac(&self.sessions, parts, code)
    }

    /// Whether `code` belongs to this head, in constant time.
    pub fn is_journal_code(&self, head: &[u8], code: &[u8]) -> bool {
        is_mac(&self.journal, &[head], code)
    }
}

impl Place<'_> {
    fn bound(&self) -> Vec<u8> {
        [self.table, self.column, self.row].join("\0").into_bytes()
    }
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{} of {}", self.table, self.column, self.row)
    }
}

/// 32 random bytes from the system.
pub fn random_key() -> Result<SealingKey, SealError> {
    let mut key = SealingKey([0; 32]);
    fill_random(&mut key.0)?;
    Ok(key)
}

pub fn fill_random(bytes: &mut [u8]) -> Result<(), SealError> {
    getrandom::fill(bytes).map_err(|cause| SealError::NoRandomness { cause: cause.to_string() })
}

/// HMAC-SHA-256 over the parts, one after the other.
pub fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    running_mac(key, parts).finalize().into_bytes().into()
}

/// Whether `code` is the HMAC-SHA-256 over the parts, in constant time.
pub fn is_mac(key: &[u8; 32], parts: &[&[u8]], code: &[u8]) -> bool {
    running_mac(key, parts).verify_slice(code).is_ok()
}

fn running_mac(key: &[u8; 32], parts: &[&[u8]]) -> Hmac<Sha256> {
    // A block-sized key cannot be refused, so this way needs no error.
    let mut block = Zeroizing::new([0_u8; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
    parts.iter().for_each(|part| mac.update(part));
    mac
}

/// Format byte, nonce, ciphertext with tag.
pub fn seal(
    key: &[u8; 32],
    bound: &[u8],
    plain: &[u8],
    what: impl FnOnce() -> String,
) -> Result<Vec<u8>, SealError> {
    let sealed = seal_whole(key, bound, plain.to_vec(), what)?;
    Ok(sealed.pieces().concat())
}

/// What [`seal`] gives, in pieces: the content is sealed where it lies, so that a large one is in memory once.
pub struct Sealed {
    head: [u8; 1 + NONCE_BYTES],
    message: Vec<u8>,
    tag: [u8; TAG_BYTES],
}

impl Sealed {
    /// In the order in which they are stored.
    pub fn pieces(&self) -> [&[u8]; 3] {
        [&self.head, &self.message, &self.tag]
    }

    /// Bytes of all pieces together.
    pub fn bytes(&self) -> usize {
        self.pieces().iter().map(|piece| piece.len()).sum()
    }
}

fn seal_whole(
    key: &[u8; 32],
    bound: &[u8],
    mut message: Vec<u8>,
    what: impl FnOnce() -> String,
) -> Result<Sealed, SealError> {
    let mut nonce = [0; NONCE_BYTES];
    fill_random(&mut nonce)?;
    let tag = cipher(key)
        .encrypt_inout_detached(&XNonce::from(nonce), bound, message.as_mut_slice().into())
        .map_err(|_| SealError::TooLarge { what: what() })?;
    let mut head = [FORMAT; 1 + NONCE_BYTES];
    head[1..].copy_from_slice(&nonce);
    Ok(Sealed { head, message, tag: tag.into() })
}

/// Opens what [`seal`] made with the same key and the same `bound` bytes.
pub fn open(
    key: &[u8; 32],
    bound: &[u8],
    sealed: &[u8],
    what: impl Fn() -> String,
) -> Result<Vec<u8>, SealError> {
    let (format, rest) = sealed.split_first().ok_or_else(|| SealError::Tampered { what: what() })?;
    if *format > FORMAT {
        return Err(SealError::NewerFormat { what: what() });
    }
    // No older format was ever written, so a lower number is damage.
    if *format < FORMAT {
        return Err(SealError::Tampered { what: what() });
    }
    let (nonce, message) =
        rest.split_first_chunk::<NONCE_BYTES>().ok_or_else(|| SealError::Tampered { what: what() })?;
    cipher(key)
        .decrypt(&XNonce::from(*nonce), Payload { msg: message, aad: bound })
        .map_err(|_| SealError::Tampered { what: what() })
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*key))
}

fn photo_name(sha256: &str) -> String {
    format!("photo {}", sha256.get(..12).unwrap_or(sha256))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLACE: Place<'static> = Place { table: "personal", column: "name", row: "r1" };

    fn sealer(seed: u8) -> Sealer {
        Sealer::new(&SealingKey([seed; 32]))
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_again(plain in proptest::collection::vec(any::<u8>(), 0..200)) {
            let sealer = sealer(1);
            let sealed = sealer.seal(PLACE, &plain).unwrap();
            prop_assert_eq!(sealer.open(PLACE, &sealed).unwrap(), plain);
        }

        #[test]
        fn any_flipped_bit_is_found(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let sealer = sealer(1);
            let mut sealed = sealer.seal(PLACE, "吴小兰".as_bytes()).unwrap();
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(sealer.open(PLACE, &sealed).is_err());
        }

        #[test]
        fn any_shortened_value_is_found(keep in any::<prop::sample::Index>()) {
            let sealer = sealer(1);
            let sealed = sealer.seal(PLACE, "吴小兰".as_bytes()).unwrap();
            prop_assert!(sealer.open(PLACE, &sealed[..keep.index(sealed.len())]).is_err());
        }
    }

    #[test]
    fn a_value_does_not_open_in_another_place_or_under_another_key() {
        let sealed = sealer(1).seal(PLACE, b"1").unwrap();
        let tampered = Err(SealError::Tampered { what: "personal.name of r2".into() });
        assert_eq!(sealer(1).open(Place { row: "r2", ..PLACE }, &sealed), tampered);
        assert!(sealer(1).open(Place { column: "phone", ..PLACE }, &sealed).is_err());
        assert!(sealer(1).open(Place { table: "report", ..PLACE }, &sealed).is_err());
        assert!(sealer(2).open(PLACE, &sealed).is_err());
    }

    #[test]
    fn fields_and_photos_do_not_share_a_key() {
        let sealer = sealer(1);
        let sealed = sealer.seal_photo("personal\0name\0r1", b"1".to_vec()).unwrap().pieces().concat();
        assert!(sealer.open(PLACE, &sealed).is_err());
    }

    #[test]
    fn the_same_value_is_sealed_differently_each_time() {
        let sealer = sealer(1);
        assert_ne!(sealer.seal(PLACE, b"1").unwrap(), sealer.seal(PLACE, b"1").unwrap());
    }

    #[test]
    fn file_names_depend_on_the_key() {
        assert_eq!(sealer(1).photo_file_name("ab"), sealer(1).photo_file_name("ab"));
        assert_ne!(sealer(1).photo_file_name("ab"), sealer(2).photo_file_name("ab"));
    }

    #[test]
    fn the_authentication_code_is_hmac_sha_256() {
        // RFC 4231 test case 2 has a short key; ours are 32 bytes, zero-padded to a block as HMAC defines.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let code = mac(&key, &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex::encode(code), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
