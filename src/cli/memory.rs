//! Memory of runs that need blocks of the same sizes for every photo.

/// As large as the blocks get that a photo or a sheet takes.
const LARGEST: usize = 24 << 20;

/// Keeps what one photo gave back for the next one, instead of handing it back to the system and fetching it anew, page by
/// page. The GNU C library does so up to the largest block that was ever freed (mallopt(3), M_MMAP_THRESHOLD): here is one.
/// It is never written to, so that it takes no memory; elsewhere nothing comes of it.
pub(super) fn keep_freed_blocks() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGEST)));
}
