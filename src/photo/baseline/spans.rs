//! The blocks of a span, quantised side by side and given out one by one in the order of the file.

use fearless_simd::Simd;

use super::blocks::COMPONENTS;
use super::dct::Factors;
use super::octet::ABREAST;
use super::planes::Transformed;
use super::rounded::{Rounded, RoundedOctet};

/// The same block of every lane.
pub(super) struct Part<'a> {
    component: usize,
    octet: &'a Transformed,
    /// Nothing of its unit is behind it.
    pub ends_unit: bool,
}

impl<'a> Part<'a> {
    /// 0 is luma.
    pub fn new((component, octet): (usize, &'a Transformed)) -> Self {
        Self { component, octet, ends_unit: false }
    }
}

/// What is taken of a span.
#[derive(Clone, Copy)]
pub(super) struct Lanes {
    /// Those before it are only what it stands behind.
    pub first: usize,
    /// The picture's units from the span's beginning on.
    pub units: usize,
}

/// Goes through blocks in the order of the file.
pub(super) struct Quantising {
    /// One over the steps of luma and chroma.
    factors: [Factors; 2],
    /// The last first coefficient of each component.
    before: [i32; COMPONENTS],
    rounded: Box<[RoundedOctet; Self::MOST_PARTS]>,
}

impl Quantising {
    /// In a span: two units of three parts, or one of six.
    pub const MOST_PARTS: usize = 6;

    /// `steps` of luma and chroma, row by row.
    pub fn new(steps: &[[u8; 64]; 2]) -> Self {
        let rounded = Box::new([const { RoundedOctet::NONE }; Self::MOST_PARTS]);
        let factors = steps.map(|steps| steps.map(|step| 1.0 / f32::from(step)));
        Self { factors, before: [0; COMPONENTS], rounded }
    }

    /// Calls with every block of the lanes taken, as [`super::TransformedPicture`] goes through them; gives how many units
    /// that were.
    #[inline(always)]
    pub fn span<S: Simd>(
        &mut self,
        simd: S,
        parts: &[Part<'_>],
        lanes: Lanes,
        take: &mut impl FnMut(u32, i32, Rounded<'_>),
    ) -> usize {
        for (rounded, part) in self.rounded.iter_mut().zip(parts) {
            rounded.round(simd, part.octet, &self.factors[part.component.min(1)]);
        }
        let (mut ended, mut taken) = (0, 0);
        for lane in 0..ABREAST {
            for (rounded, part) in self.rounded.iter().zip(parts) {
                if ended == lanes.units {
                    return taken;
                }
                let block = rounded.block(lane);
                let before = std::mem::replace(&mut self.before[part.component % COMPONENTS], block.first());
                if lane >= lanes.first {
                    take(part.component.min(1) as u32, block.first() - before, block);
                    taken += usize::from(part.ends_unit);
                }
                ended += usize::from(part.ends_unit);
            }
        }
        taken
    }
}
