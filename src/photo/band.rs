//! Fits a picture into a byte band: transformed once, weighed roughly at some finenesses and exactly at one or two,
//! encoded once.

mod narrow;

use image::RgbImage;

use super::baseline::{Coding, FileFrame, TableScale, TransformedPicture};
use super::encode::{EncodeError, EncodedJpeg, JpegTarget, Subsampling};
use narrow::{Bracket, CLOSE_SHARE, Goal, USUAL_POWER, Weighed, aim_from, narrow, share};

/// From this quality on full chroma is worth its bytes; below it they are better spent on luma.
const FULL_CHROMA_FROM_QUALITY: u8 = 85;
const BEST_QUALITY: u8 = 100;
/// Where most photos come to lie; only the first step of a search.
const USUAL_QUALITY: u8 = 88;
/// Weighing leaves out the zeros stuffed behind bytes of ones: a share of the file that hardly ever exceeds this.
const STUFFED_SHARE: f64 = 0.002;
/// A rough weight hardly ever lies further from the true one.
const ROUGH_SHARE: f64 = 0.04;
/// Rough weights as near to a limit as this are as good as the limit itself.
const ROUGHLY_CLOSE_SHARE: f64 = 0.004;

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

    fn weigh(&self, scale: u32, subsampling: Subsampling, optimized_tables: bool) -> Weighed {
        let coding = Coding { scale: TableScale(scale), subsampling, optimized_tables };
        Weighed { scale, bytes: self.picture.weigh(self.frame, coding) }
    }

    /// About the weight, for a fraction of the work.
    fn weigh_roughly(&self, scale: u32, subsampling: Subsampling, optimized_tables: bool) -> Weighed {
        let coding = Coding { scale: TableScale(scale), subsampling, optimized_tables };
        Weighed { scale, bytes: self.picture.weigh_roughly(self.frame, coding) }
    }

    /// Whether the file of this fineness weighs more than the maximum.
    fn is_too_heavy(&self, scale: u32, subsampling: Subsampling) -> bool {
        let (rough, most) = (self.weigh_roughly(scale, subsampling, true).bytes, self.max_bytes());
        if rough.abs_diff(most) > share(most, ROUGH_SHARE) {
            return rough > most;
        }
        self.weigh(scale, subsampling, true).bytes > most
    }

    /// A bracket that knows nothing but about where the weight comes to the goal.
    fn rough_crossing(
        &self,
        goal: Goal,
        ends: (u32, u32),
        subsampling: Subsampling,
        optimized_tables: bool,
    ) -> Bracket {
        let near = |at: Option<Weighed>| {
            at.is_some_and(|at| at.bytes.abs_diff(goal.aim) <= share(goal.aim, ROUGHLY_CLOSE_SHARE))
        };
        let close = |found: &Bracket| near(found.finer) || near(found.coarser);
        let start =
            Bracket { first: Some(scale_of(USUAL_QUALITY).clamp(ends.0, ends.1)), ..Bracket::default() };
        let found = narrow(start, ends, goal, close, |scale| {
            self.weigh_roughly(scale, subsampling, optimized_tables)
        });
        let known = [found.coarser, found.finer].into_iter().flatten();
        let nearest = known.min_by_key(|at| at.bytes.abs_diff(goal.aim)).map(|at| {
            // The last step of a power law, which no weighing needs to confirm.
            aim_from(at, goal.aim, found.power.unwrap_or(USUAL_POWER)).clamp(ends.0, ends.1)
        });
        Bracket { first: nearest, power: found.power, ..Bracket::default() }
    }

    fn encode(&self, scale: u32, subsampling: Subsampling, optimized_tables: bool) -> EncodedJpeg {
        let coding = Coding { scale: TableScale(scale), subsampling, optimized_tables };
        EncodedJpeg::new(self.picture.encode(self.frame, coding), coding)
    }

    fn best_below_maximum(&self) -> Result<EncodedJpeg, EncodeError> {
        let (lowest, highest) = self.qualities();
        let ends = |from: u8| (scale_of(highest), scale_of(from));
        if highest < FULL_CHROMA_FROM_QUALITY {
            return self.largest_fit(Subsampling::Chroma420, ends(lowest));
        }
        let turn = lowest.max(FULL_CHROMA_FROM_QUALITY);
        // Full chroma weighs more than halved chroma at any fineness.
        if !self.is_too_heavy(scale_of(turn), Subsampling::Chroma420)
            && !self.is_too_heavy(scale_of(turn), Subsampling::Chroma444)
            && let Ok(best) = self.largest_fit(Subsampling::Chroma444, ends(turn))
        {
            return Ok(best);
        }
        self.largest_fit(Subsampling::Chroma420, ends(lowest))
    }

    /// The file of the finest scale that is not too large.
    fn largest_fit(&self, subsampling: Subsampling, ends: (u32, u32)) -> Result<EncodedJpeg, EncodeError> {
        let max_bytes = self.max_bytes();
        let mut limit = max_bytes - share(max_bytes, STUFFED_SHARE);
        let mut known = self.rough_crossing(Goal::below(limit), ends, subsampling, true);
        loop {
            let close = |found: &Bracket| {
                found.coarser.is_some_and(|at| at.bytes >= limit - share(limit, CLOSE_SHARE))
            };
            let weigh = |scale| self.weigh(scale, subsampling, true);
            let found = narrow(known, ends, Goal::below(limit), close, weigh);
            let scale = found.coarser.map_or(ends.1, |at| at.scale);
            let jpeg = self.encode(scale, subsampling, true);
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
            known = Bracket { finer: found.coarser, ..Bracket::default() };
        }
    }

    /// A file of at least `min_bytes`: finer tables, full chroma, and at last unoptimized code tables.
    fn raised_to(&self, min_bytes: u64) -> Result<EncodedJpeg, EncodeError> {
        let mut largest = 0;
        for optimized_tables in [true, false] {
            for subsampling in [Subsampling::Chroma444, Subsampling::Chroma420] {
                let jpeg = self.smallest_from(min_bytes, subsampling, optimized_tables);
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
    fn smallest_from(&self, min_bytes: u64, subsampling: Subsampling, optimized_tables: bool) -> EncodedJpeg {
        let ends = (scale_of(BEST_QUALITY), scale_of(self.qualities().0));
        let close = |found: &Bracket| {
            found.finer.is_some_and(|at| at.bytes <= min_bytes + share(min_bytes, CLOSE_SHARE))
        };
        let limit = min_bytes.saturating_sub(1);
        let goal = Goal { limit, aim: limit + share(limit, CLOSE_SHARE / 2.0) };
        let known = self.rough_crossing(goal, ends, subsampling, optimized_tables);
        let found =
            narrow(known, ends, goal, close, |scale| self.weigh(scale, subsampling, optimized_tables));
        self.encode(found.finer.map_or(ends.0, |at| at.scale), subsampling, optimized_tables)
    }
}

fn scale_of(quality: u8) -> u32 {
    TableScale::of_quality(quality).0
}
