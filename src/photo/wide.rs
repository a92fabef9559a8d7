//! Runs plain arithmetic in a copy that was compiled for the widest vectors of the processor it runs on.
//!
//! The results are the same to the last bit in every copy: nothing is fused or reordered.

use rten_simd::{Isa, SimdOp};

struct Plain<F>(F);

impl<T, F: FnOnce() -> T> SimdOp for Plain<F> {
    type Output = T;

    #[inline(always)]
    fn eval<I: Isa>(self, _isa: I) -> T {
        (self.0)()
    }
}

/// Does `work`. Only what is inlined into it becomes part of the copy, so it and whatever it calls for each element
/// are marked `#[inline(always)]`.
#[inline(always)]
pub(super) fn wide<T>(work: impl FnOnce() -> T) -> T {
    Plain(work).dispatch()
}
