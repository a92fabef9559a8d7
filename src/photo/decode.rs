//! Bytes to an upright sRGB picture, refusing before it decodes whatever is too large or not a photo.

use super::Photo;

/// What a file may ask for before it is refused.
#[derive(Clone, Copy, Debug)]
pub struct DecodeLimits {
    /// Largest file in bytes.
    pub max_file_bytes: u64,
    /// Most pixels (width × height) that will be decoded.
    pub max_pixels: u64,
    /// Most memory in bytes that decoding may allocate.
    pub max_memory_bytes: u64,
}

/// Why a file did not become a photo. `code()` is stable; the text carries the remedy.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("not implemented")]
    Todo,
}

impl DecodeError {
    /// Stable machine-readable code, for example `empty`, `not_a_photo`, `truncated`, `too_large`, `heic`, `unreadable`.
    pub fn code(&self) -> &'static str {
        todo!()
    }
}

/// Decodes a whole file held in memory.
pub fn decode(_bytes: &[u8], _limits: &DecodeLimits) -> Result<Photo, DecodeError> {
    todo!()
}
