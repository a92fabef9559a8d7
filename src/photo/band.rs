//! Fits a picture into a byte band: transformed once, weighed roughly at some finenesses and exactly at one or two,
//! encoded once.

mod narrow;
mod rough;

use image::RgbImage;

use super::baseline::{Coding, FileFrame, TableScale, TransformedPicture};
use super::encode::{EncodeError, EncodedJpeg, JpegTarget, Subsampling};
use narrow::{Bracket, CLOSE_SHARE, Goal, Weighed, narrow, share};
use rough::RoughWeights;

/// From this quality on full chroma is worth its bytes; below it they are better spent on luma.
const FULL_CHROMA_FROM_QUALITY: u8 = 85;
const BEST_QUALITY: u8 = 100;
/// Where most photos come to lie; only the first step of a search.
const USUAL_QUALITY: u8 = 88;
/// Weighing leaves out the zeros stuffed behind bytes of ones: a share of the file that hardly ever exceeds this.
const STUFFED_SHARE: f64 = 0.002;
/// A rough weight hardly ever lies further from the true one.
const ROUGH_SHARE: f64 = 0.02;

/// The best JPEG of `pixels` inside the target's byte band.
pub(super) fn fit(pixels: &RgbImage, target: &JpegTarget) -> Result<EncodedJpeg, EncodeError> {
    let picture = TransformedPicture::new(pixels)?;
    let frame = FileFrame { dpi: target.dpi, embed_icc: target.embed_icc };
    let search = Search { picture, frame, target };
    let best = search.best_below_maximum()?;
    match target.min_bytes {
        Some(min_bytes) if (best.bytes.len() as u64) < min_bytes => search.raised_to(min_bytes),
        _ => Ok(best),
    }
}

/// What a file is beside its fineness.
#[derive(Clone, Copy)]
struct Kind {
    subsampling: Subsampling,
    optimized_tables: bool,
}

impl Kind {
    fn coding(self, scale: u32) -> Coding {
        let Self { subsampling, optimized_tables } = self;
        Coding { scale: TableScale(scale), subsampling, optimized_tables }
    }
}

struct Search<'a> {
    picture: TransformedPicture<'a>,
    frame: FileFrame,
    target: &'a JpegTarget,
}

impl Search<'_> {
    fn qualities(&self) -> (u8, u8) {
        let lowest = self.target.min_quality.clamp(1, BEST_QUALITY);
        (lowest, self.target.max_quality.clamp(lowest, BEST_QUALITY))
    }

    fn max_bytes(&self) -> u64 {
        self.target.max_bytes.unwrap_or(u64::MAX)
    }

    fn weigh(&self, scale: u32, kind: Kind) -> Weighed {
        Weighed { scale, bytes: self.picture.weigh(self.frame, kind.coding(scale)) }
    }

    /// Weights of files of this kind for a fraction of the work.
    fn rough(&self, kind: Kind) -> RoughWeights<impl Fn(u32) -> u64> {
        let weigh = move |scale| self.picture.weigh_roughly(self.frame, kind.coding(scale));
        RoughWeights::new(kind, scale_of(USUAL_QUALITY), weigh)
    }

    fn luma_weighs_about(&self, scale: u32) -> u64 {
        self.picture.weigh_luma_roughly(self.frame, TableScale(scale))
    }

    /// Whether the file of this fineness weighs more than the maximum.
    fn is_too_heavy(&self, scale: u32, rough: &RoughWeights<impl Fn(u32) -> u64>) -> bool {
        let (about, most) = (rough.weigh(scale).bytes, self.max_bytes());
        if about.abs_diff(most) > share(most, ROUGH_SHARE) {
            return about > most;
        }
        self.weigh(scale, rough.kind).bytes > most
    }

    /// The finenesses around the goal, weighed exactly until `close` is content.
    fn crossing(
        &self,
        goal: Goal,
        ends: (u32, u32),
        rough: &RoughWeights<impl Fn(u32) -> u64>,
        close: impl Fn(&Bracket) -> bool,
    ) -> Bracket {
        let guess = |_: &Bracket, open: (u32, u32)| rough.guess(open, goal);
        narrow(Bracket::default(), ends, goal, close, guess, |scale| {
            let weighed = self.weigh(scale, rough.kind);
            rough.learn(weighed);
            weighed
        })
    }

    fn encode(&self, scale: u32, kind: Kind) -> EncodedJpeg {
        let coding = kind.coding(scale);
        EncodedJpeg::new(self.picture.encode(self.frame, coding), coding)
    }

    fn best_below_maximum(&self) -> Result<EncodedJpeg, EncodeError> {
        let (lowest, highest) = self.qualities();
        let ends = |from: u8| (scale_of(highest), scale_of(from));
        let half = self.rough(Kind { subsampling: Subsampling::Chroma420, optimized_tables: true });
        if highest < FULL_CHROMA_FROM_QUALITY {
            return self.largest_fit(&half, ends(lowest));
        }
        let full = self.rough(Kind { subsampling: Subsampling::Chroma444, optimized_tables: true });
        let turn = lowest.max(FULL_CHROMA_FROM_QUALITY);
        // Where luma alone is too heavy, nobody needs to know what chroma adds.
        if self.luma_weighs_about(scale_of(turn)) <= self.max_bytes()
            && !self.is_too_heavy(scale_of(turn), &full)
            && let Ok(best) = self.largest_fit(&full, ends(turn))
        {
            return Ok(best);
        }
        self.largest_fit(&half, ends(lowest))
    }

    /// The file of the finest scale that is not too large.
    fn largest_fit(
        &self,
        rough: &RoughWeights<impl Fn(u32) -> u64>,
        ends: (u32, u32),
    ) -> Result<EncodedJpeg, EncodeError> {
        let max_bytes = self.max_bytes();
        let mut limit = max_bytes - share(max_bytes, STUFFED_SHARE);
        loop {
            let close = |found: &Bracket| {
                found.coarser.is_some_and(|at| at.bytes >= limit - share(limit, CLOSE_SHARE))
            };
            let found = self.crossing(Goal::below(limit), ends, rough, close);
            let scale = found.coarser.map_or(ends.1, |at| at.scale);
            let jpeg = self.encode(scale, rough.kind);
            let bytes = jpeg.bytes.len() as u64;
            if bytes <= max_bytes {
                return Ok(jpeg);
            }
            if scale >= ends.1 {
                let quality = TableScale(ends.1).nearest_quality();
                return Err(EncodeError::TooLarge { bytes, max_bytes, quality });
            }
            // More zeros were stuffed than usual: once more with so much less.
            limit = limit.saturating_sub(bytes - max_bytes + share(max_bytes, STUFFED_SHARE));
        }
    }

    /// A file of at least `min_bytes`: finer tables, full chroma, and at last unoptimized code tables.
    fn raised_to(&self, min_bytes: u64) -> Result<EncodedJpeg, EncodeError> {
        let mut largest = 0;
        for optimized_tables in [true, false] {
            for subsampling in [Subsampling::Chroma444, Subsampling::Chroma420] {
                let jpeg = self.smallest_from(min_bytes, Kind { subsampling, optimized_tables });
                let bytes = jpeg.bytes.len() as u64;
                if (min_bytes..=self.max_bytes()).contains(&bytes) {
                    return Ok(jpeg);
                }
                largest = largest.max(bytes);
            }
        }
        Err(if largest >= min_bytes {
            EncodeError::NoFit { min_bytes, max_bytes: self.max_bytes() }
        } else {
            EncodeError::TooSmall { bytes: largest, min_bytes, missing: min_bytes.saturating_sub(largest) }
        })
    }

    /// The file of the coarsest scale that reaches `min_bytes`, else the one of the best quality.
    fn smallest_from(&self, min_bytes: u64, kind: Kind) -> EncodedJpeg {
        let ends = (scale_of(BEST_QUALITY), scale_of(self.qualities().0));
        let close = |found: &Bracket| {
            found.finer.is_some_and(|at| at.bytes <= min_bytes + share(min_bytes, CLOSE_SHARE))
        };
        let limit = min_bytes.saturating_sub(1);
        let goal = Goal { limit, aim: limit + share(limit, CLOSE_SHARE / 2.0) };
        let found = self.crossing(goal, ends, &self.rough(kind), close);
        self.encode(found.finer.map_or(ends.0, |at| at.scale), kind)
    }
}

fn scale_of(quality: u8) -> u32 {
    TableScale::of_quality(quality).0
}
