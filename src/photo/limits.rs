//! What a file may ask for before it is refused, loaded from the limits that ship with the program.

use serde::Deserialize;

use super::decode::DecodeError;

const BUILT_IN: &str = include_str!("../../assets/limits.toml");

/// What a file may ask for before it is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecodeLimits {
    /// Largest file in bytes.
    pub max_file_bytes: u64,
    /// Most pixels (width × height) that will be decoded.
    pub max_pixels: u64,
    /// Most memory in bytes that decoding may allocate.
    pub max_memory_bytes: u64,
    /// A picture of more pixels than this …
    pub max_hollow_pixels: u64,
    /// … may have so many of them for each byte of its file, no more.
    pub max_pixels_per_byte: u64,
}

/// The built-in limits file is damaged: a fault of the build, held by a test.
#[derive(Debug, thiserror::Error)]
#[error("the built-in limits could not be read: {0}; reinstall the program")]
pub struct LimitsError(#[from] toml::de::Error);

impl LimitsError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        "limits"
    }
}

#[derive(Deserialize)]
struct LimitsFile {
    decode: DecodeLimits,
}

impl DecodeLimits {
    /// The limits that ship with the program.
    pub fn built_in() -> Result<Self, LimitsError> {
        Ok(toml::from_str::<LimitsFile>(BUILT_IN)?.decode)
    }

    pub(super) fn check_file(&self, bytes: u64) -> Result<(), DecodeError> {
        if bytes > self.max_file_bytes {
            return Err(DecodeError::FileTooLarge { bytes, max_bytes: self.max_file_bytes });
        }
        Ok(())
    }

    pub(super) fn check_size(&self, width: u32, height: u32) -> Result<(), DecodeError> {
        if width == 0 || height == 0 {
            return Err(DecodeError::Unreadable { cause: "its width or height is zero".to_owned() });
        }
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(DecodeError::TooManyPixels { width, height, max_pixels: self.max_pixels });
        }
        Ok(())
    }

    /// Refuses a large picture whose file is too small to hold one.
    pub(super) fn check_hollow(&self, width: u32, height: u32, bytes: u64) -> Result<(), DecodeError> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.max_hollow_pixels && pixels > bytes.saturating_mul(self.max_pixels_per_byte) {
            return Err(DecodeError::Hollow { width, height, bytes });
        }
        Ok(())
    }

    /// `bytes_per_pixel` counts every buffer that lives at the same time.
    pub(super) fn check_memory(
        &self,
        width: u32,
        height: u32,
        bytes_per_pixel: u64,
    ) -> Result<(), DecodeError> {
        let needed = u64::from(width) * u64::from(height) * bytes_per_pixel;
        if needed > self.max_memory_bytes {
            return Err(DecodeError::TooMuchMemory { needed, max_bytes: self.max_memory_bytes });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_108_megapixel_phone_picture_passes() {
        let limits = DecodeLimits::built_in().unwrap();
        limits.check_size(12_000, 9_000).unwrap();
        limits.check_memory(12_000, 9_000, 6).unwrap();
    }

    #[test]
    fn a_bomb_is_refused_by_its_claimed_size() {
        let limits = DecodeLimits::built_in().unwrap();
        assert_eq!(limits.check_size(60_000, 60_000).unwrap_err().code(), "too_large");
        assert_eq!(limits.check_size(u32::MAX, u32::MAX).unwrap_err().code(), "too_large");
        assert_eq!(limits.check_size(0, 5).unwrap_err().code(), "unreadable");
    }

    #[test]
    fn a_large_picture_in_a_small_file_is_refused_and_a_small_one_is_not() {
        let limits = DecodeLimits::built_in().unwrap();
        let check =
            |width, height, bytes| limits.check_hollow(width, height, bytes).map_err(|error| error.code());
        assert_eq!(check(10_000, 10_000, 300_000), Err("too_large"));
        assert_eq!(check(12_000, 9_000, 12_000_000), Ok(()));
        assert_eq!(check(4_000, 3_000, 60_000), Ok(()));
    }
}
