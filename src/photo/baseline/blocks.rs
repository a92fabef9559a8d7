//! Blocks of pixels as the rounded coefficients of their components, eight blocks worked out at a time.

use fearless_simd::{Simd, dispatch};

use super::dct::{BLUE, LUMA, RED, transform};
use super::octet::{ABREAST, Colours, NONE};
use super::rounded::{Rounded, RoundedOctet};
use super::{BaselineCoder, BlockPixels, WHITE_BLOCK};

pub(super) const COMPONENTS: usize = 3;

/// The blocks of a source in its order.
pub struct RoundedBlocks<'a, I> {
    coder: &'a BaselineCoder,
    source: I,
    colours: Box<Colours>,
    octets: Box<[RoundedOctet; COMPONENTS]>,
    /// Blocks of the present octet, and how many of them were given out.
    count: usize,
    given: usize,
}

impl<'a, I: Iterator<Item = BlockPixels>> RoundedBlocks<'a, I> {
    pub(super) fn new(coder: &'a BaselineCoder, source: I) -> Self {
        let octets = Box::new([const { RoundedOctet::NONE }; COMPONENTS]);
        Self { coder, source, colours: Box::new(Colours::NONE), octets, count: 0, given: 0 }
    }

    /// The next block's luma, blue and red.
    #[inline]
    pub(super) fn next(&mut self) -> Option<[Rounded<'_>; COMPONENTS]> {
        if self.given == self.count {
            self.work_out();
        }
        if self.given == self.count {
            return None;
        }
        self.given += 1;
        Some(self.octets.each_ref().map(|octet| octet.block(self.given - 1)))
    }

    fn work_out(&mut self) {
        let mut pixels = [WHITE_BLOCK; ABREAST];
        (self.count, self.given) = (0, 0);
        for (place, block) in pixels.iter_mut().zip(&mut self.source) {
            *place = block;
            self.count += 1;
        }
        if self.count > 0 {
            let (coder, colours) = (self.coder, &mut self.colours);
            dispatch!(coder.level, simd => {
                colours.take(simd, &pixels);
                coder.round(simd, colours, &mut self.octets);
            });
        }
    }
}

impl BaselineCoder {
    #[inline(always)]
    fn round<S: Simd>(&self, simd: S, colours: &Colours, into: &mut [RoundedOctet; COMPONENTS]) {
        let mut octet = NONE;
        let kinds = [(&LUMA, &self.luma), (&BLUE, &self.chroma), (&RED, &self.chroma)];
        for (rounded, (weights, factors)) in into.iter_mut().zip(kinds) {
            colours.component(simd, weights, &mut octet);
            transform(simd, &mut octet);
            rounded.round(simd, &octet, factors);
        }
    }
}
