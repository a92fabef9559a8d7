//! A bundle file: bytes in sealed pieces under a passphrase, so that a stick that is lost tells nothing, and a piece that
//! is changed, moved, missing or cut off is found.

use std::io::{self, Read, Write};

use zeroize::Zeroizing;

use super::seal::{self, SealError};
use super::stretch::{Costs, stretch};

/// Begins every bundle; the number is the format's.
const MAGIC: &[u8; 20] = b"photodesk bundle 001";
/// Plain bytes of one piece.
const PIECE_BYTES: usize = 1 << 20;
const SALT_BYTES: usize = 16;

type Key = Zeroizing<[u8; 32]>;

/// A bundle could not be written or read. The text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("the bundle cannot be read or written ({0}); check the disk and its free space, then try again")]
    Io(#[from] io::Error),
    #[error("this file is no bundle of a station; choose the file that the other station wrote")]
    NoBundle,
    #[error("the bundle's passphrase must have at least {least} characters; choose a longer one")]
    ShortPassphrase { least: usize },
    #[error(
        "the passphrase is not the bundle's, or the bundle was changed; type it again, or copy the file anew"
    )]
    WrongPassphrase,
    #[error("the bundle was changed or cut off; copy it anew from the other station")]
    Damaged,
    #[error(transparent)]
    Seal(SealError),
    #[error("the key of the bundle could not be derived ({cause}); free some memory and try again")]
    Derivation { cause: String },
}

/// A shorter one is guessed by whoever finds the stick.
pub const SHORTEST_PASSPHRASE: usize = 8;

impl BundleError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "io",
            Self::NoBundle => "no_bundle",
            Self::ShortPassphrase { .. } => "short_passphrase",
            Self::WrongPassphrase => "bundle_passphrase",
            Self::Damaged => "bundle_damaged",
            Self::Seal(_) => "sealed_data",
            Self::Derivation { .. } => "derivation",
        }
    }
}

/// Writes a bundle; it is whole only after [`BundleWriter::finish`].
pub struct BundleWriter<W> {
    out: W,
    key: Key,
    waiting: Vec<u8>,
    pieces: u64,
}

impl<W: Write> BundleWriter<W> {
    pub fn begin(mut out: W, passphrase: &str) -> Result<Self, BundleError> {
        if passphrase.chars().count() < SHORTEST_PASSPHRASE {
            return Err(BundleError::ShortPassphrase { least: SHORTEST_PASSPHRASE });
        }
        let mut salt = [0; SALT_BYTES];
        seal::fill_random(&mut salt).map_err(BundleError::Seal)?;
        let key = derive(passphrase, &salt)?;
        out.write_all(MAGIC)?;
        out.write_all(&salt)?;
        Ok(Self { out, key, waiting: Vec::with_capacity(PIECE_BYTES), pieces: 0 })
    }

    pub fn write(&mut self, mut bytes: &[u8]) -> Result<(), BundleError> {
        while !bytes.is_empty() {
            // A full piece waits until more comes, for the last one is marked.
            if self.waiting.len() == PIECE_BYTES {
                self.seal_piece(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(PIECE_BYTES - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Seals the last piece and gives the file back.
    pub fn finish(mut self) -> Result<W, BundleError> {
        self.seal_piece(true)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn seal_piece(&mut self, is_last: bool) -> Result<(), BundleError> {
        let bound = bound(self.pieces, is_last);
        let sealed = seal::seal(&self.key, &bound, &self.waiting, || "a bundle".to_owned())
            .map_err(BundleError::Seal)?;
        self.out.write_all(&(sealed.len() as u32).to_be_bytes())?;
        self.out.write_all(&[u8::from(is_last)])?;
        self.out.write_all(&sealed)?;
        self.waiting.clear();
        self.pieces += 1;
        Ok(())
    }
}

/// Reads a bundle piece by piece; every byte that comes out has been authenticated.
pub struct BundleReader<R> {
    from: R,
    key: Key,
    piece: Vec<u8>,
    at: usize,
    pieces: u64,
    is_over: bool,
}

impl<R: Read> BundleReader<R> {
    /// Opens a bundle; the passphrase is proved by the first piece.
    pub fn begin(mut from: R, passphrase: &str) -> Result<Self, BundleError> {
        let mut magic = [0; MAGIC.len()];
        from.read_exact(&mut magic).map_err(|_| BundleError::NoBundle)?;
        if &magic != MAGIC {
            return Err(BundleError::NoBundle);
        }
        let mut salt = [0; SALT_BYTES];
        from.read_exact(&mut salt).map_err(|_| BundleError::NoBundle)?;
        let key = derive(passphrase, &salt)?;
        let mut reader = Self { from, key, piece: Vec::new(), at: 0, pieces: 0, is_over: false };
        reader.next_piece().map_err(|error| match error {
            BundleError::Damaged => BundleError::WrongPassphrase,
            error => error,
        })?;
        Ok(reader)
    }

    /// Exactly these many bytes.
    pub fn take(&mut self, mut bytes: usize) -> Result<Vec<u8>, BundleError> {
        let mut taken = Vec::new();
        while bytes > 0 {
            if self.at == self.piece.len() {
                self.next_piece()?;
            }
            let part = &self.piece[self.at..];
            let part = &part[..part.len().min(bytes)];
            taken.extend_from_slice(part);
            self.at += part.len();
            bytes -= part.len();
        }
        Ok(taken)
    }

    /// Passes over bytes; they are authenticated all the same.
    pub fn skip(&mut self, mut bytes: usize) -> Result<(), BundleError> {
        while bytes > 0 {
            if self.at == self.piece.len() {
                self.next_piece()?;
            }
            let step = bytes.min(self.piece.len() - self.at);
            self.at += step;
            bytes -= step;
        }
        Ok(())
    }

    /// Nothing may come after what was taken, and the last piece must have been seen.
    pub fn finish(self) -> Result<(), BundleError> {
        if self.is_over && self.at == self.piece.len() { Ok(()) } else { Err(BundleError::Damaged) }
    }

    fn next_piece(&mut self) -> Result<(), BundleError> {
        if self.is_over {
            return Err(BundleError::Damaged);
        }
        let mut head = [0; 5];
        self.read(&mut head)?;
        let [a, b, c, d, last] = head;
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        // Format byte, nonce and tag are no more than this.
        if length > PIECE_BYTES + 64 || last > 1 {
            return Err(BundleError::Damaged);
        }
        let mut sealed = vec![0; length];
        self.read(&mut sealed)?;
        let is_last = last == 1;
        self.piece = seal::open(&self.key, &bound(self.pieces, is_last), &sealed, || "a bundle".to_owned())
            .map_err(|_| BundleError::Damaged)?;
        self.at = 0;
        self.pieces += 1;
        self.is_over = is_last;
        Ok(())
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), BundleError> {
        self.from.read_exact(bytes).map_err(|cause| match cause.kind() {
            io::ErrorKind::UnexpectedEof => BundleError::Damaged,
            _ => BundleError::Io(cause),
        })
    }
}

/// A piece opens only in its place, and only the last one as the last.
fn bound(number: u64, is_last: bool) -> Vec<u8> {
    [&MAGIC[..], &number.to_be_bytes(), &[u8::from(is_last)]].concat()
}

fn derive(passphrase: &str, salt: &[u8]) -> Result<Key, BundleError> {
    stretch(passphrase, salt, Costs::USUAL)
        .map_err(|cause| BundleError::Derivation { cause: cause.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSPHRASE: &str = "campus day seven";

    fn bundle(content: &[u8]) -> Vec<u8> {
        let mut writer = BundleWriter::begin(Vec::new(), PASSPHRASE).unwrap();
        content.chunks(300_000).for_each(|part| writer.write(part).unwrap());
        writer.finish().unwrap()
    }

    fn read(file: &[u8], bytes: usize) -> Result<Vec<u8>, BundleError> {
        let mut reader = BundleReader::begin(file, PASSPHRASE)?;
        let content = reader.take(bytes)?;
        reader.finish()?;
        Ok(content)
    }

    #[test]
    fn a_bundle_comes_back_and_shows_nothing() {
        for length in [0, 10, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES] {
            let content: Vec<u8> = (0..length).map(|at| (at / 7 % 251) as u8).collect();
            let file = bundle(&content);
            assert_eq!(read(&file, length).unwrap(), content, "{length} bytes");
            let shows = length >= 64 && file.windows(64).any(|window| window == &content[..64]);
            assert!(!shows);
        }
    }

    #[test]
    fn a_cut_changed_or_reordered_bundle_is_found() {
        let content = vec![7; PIECE_BYTES + 100];
        let file = bundle(&content);
        let code = |file: &[u8]| read(file, content.len()).unwrap_err().code();
        assert_eq!(code(&file[..file.len() - 1]), "bundle_damaged");
        let first_piece = MAGIC.len() + SALT_BYTES + 5 + PIECE_BYTES + 41;
        assert_eq!(code(&file[..first_piece]), "bundle_damaged", "the last piece is missing");
        let mut changed = file.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(code(&changed), "bundle_damaged");
        let mut early = file.clone();
        early[MAGIC.len() + SALT_BYTES + 4] = 1;
        assert_eq!(code(&early), "bundle_passphrase", "a piece made the last one does not open");
        assert_eq!(read(&file, 5).unwrap_err().code(), "bundle_damaged", "more stands in it than was taken");
        assert_eq!(code(b"something else, long enough"), "no_bundle");
        let wrong = BundleReader::begin(&file[..], "another phrase").err().unwrap();
        assert_eq!(wrong.code(), "bundle_passphrase");
        assert_eq!(BundleWriter::begin(Vec::new(), "short").err().unwrap().code(), "short_passphrase");
    }
}
