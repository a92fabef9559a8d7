//! How the system's allocator treats photos.

/// Blocks of this many bytes and more are handed back to the system as soon as they are free.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const HANDED_BACK: libc::c_int = 64 * 1024;

/// Keeps a sitting of thousands of photos from leaving holes in memory: glibc would keep ever larger blocks for itself, up
/// to 32 MB each (mallopt(3), M_MMAP_THRESHOLD). Other systems need nothing of the kind. BENCHMARKS.md has the growth over
/// 24,000 decisions.
pub fn hand_back_large_blocks() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[allow(
        unsafe_code,
        reason = "the system offers no safe call; it takes two numbers and keeps no pointer"
    )]
    let is_set = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, HANDED_BACK) } == 1;
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    if !is_set {
        tracing::warn!("the allocator keeps large blocks: memory may grow over a long day");
    }
}
