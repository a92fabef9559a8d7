//! Fits a picture into a byte band: transformed once, weighed at a few finenesses, encoded once.

use image::RgbImage;

use super::baseline::{Coding, FileFrame, TableScale, TransformedPicture};
use super::encode::{EncodeError, EncodedJpeg, JpegTarget, Subsampling};

/// From this quality on full chroma is worth its bytes; below it they are better spent on luma.
const FULL_CHROMA_FROM_QUALITY: u8 = 85;
const BEST_QUALITY: u8 = 100;
/// Weighing leaves out the zeros stuffed behind bytes of ones: a share of the file that hardly ever exceeds this.
const STUFFED_SHARE: f64 = 0.002;
/// A file that fills its band up to this share is not improved any more.
const CLOSE_SHARE: f64 = 0.003;
/// The power of the scale with which a photo's bytes shrink, for the first guess.
const USUAL_POWER: f64 = 0.7;
/// Flatter than this a curve says nothing about where it meets a limit.
const LEAST_POWER: f64 = 0.05;

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

/// A fineness and the weight of its file.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Weighed {
    scale: u32,
    bytes: u64,
}

/// The finenesses around a limit: `finer` is too heavy, `coarser` is not.
#[derive(Clone, Copy, Debug, Default)]
struct Bracket {
    finer: Option<Weighed>,
    coarser: Option<Weighed>,
    /// The power of the scale with which the bytes shrank between the last two weighings.
    power: Option<f64>,
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

    fn encode(&self, scale: u32, subsampling: Subsampling, optimized_tables: bool) -> EncodedJpeg {
        let coding = Coding { scale: TableScale(scale), subsampling, optimized_tables };
        EncodedJpeg::new(self.picture.encode(self.frame, coding), coding)
    }

    fn best_below_maximum(&self) -> Result<EncodedJpeg, EncodeError> {
        let (lowest, highest) = self.qualities();
        let ends = |from: u8| (scale_of(highest), scale_of(from));
        if highest < FULL_CHROMA_FROM_QUALITY {
            return self.largest_fit(Subsampling::Chroma420, ends(lowest), Bracket::default());
        }
        let turn = lowest.max(FULL_CHROMA_FROM_QUALITY);
        // Full chroma weighs more than halved chroma at any fineness.
        let halved = self.weigh(scale_of(turn), Subsampling::Chroma420, true);
        if halved.bytes > self.max_bytes() {
            let known = Bracket { finer: Some(halved), ..Bracket::default() };
            return self.largest_fit(Subsampling::Chroma420, ends(lowest), known);
        }
        let full = self.weigh(scale_of(turn), Subsampling::Chroma444, true);
        if full.bytes <= self.max_bytes() {
            let known = Bracket { coarser: Some(full), ..Bracket::default() };
            if let Ok(best) = self.largest_fit(Subsampling::Chroma444, ends(turn), known) {
                return Ok(best);
            }
        }
        let known = Bracket { coarser: Some(halved), ..Bracket::default() };
        self.largest_fit(Subsampling::Chroma420, ends(lowest), known)
    }

    /// The file of the finest scale that is not too large.
    fn largest_fit(
        &self,
        subsampling: Subsampling,
        ends: (u32, u32),
        mut known: Bracket,
    ) -> Result<EncodedJpeg, EncodeError> {
        let max_bytes = self.max_bytes();
        let mut limit = max_bytes - share(max_bytes, STUFFED_SHARE);
        loop {
            let close = |found: &Bracket| {
                found.coarser.is_some_and(|at| at.bytes >= limit - share(limit, CLOSE_SHARE))
            };
            let found = narrow(known, ends, limit, close, |scale| self.weigh(scale, subsampling, true));
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
        let found = narrow(Bracket::default(), ends, limit, close, |scale| {
            self.weigh(scale, subsampling, optimized_tables)
        });
        self.encode(found.finer.map_or(ends.0, |at| at.scale), subsampling, optimized_tables)
    }
}

fn scale_of(quality: u8) -> u32 {
    TableScale::of_quality(quality).0
}

fn share(bytes: u64, share: f64) -> u64 {
    (bytes as f64 * share) as u64
}

/// Closes in on the scale at which the weight crosses `limit`, from `ends` (the finest and the coarsest scale).
///
/// Ends when `close` is content, when neighbouring scales lie on both sides, or at an end that never crosses.
fn narrow(
    mut bracket: Bracket,
    ends: (u32, u32),
    limit: u64,
    close: impl Fn(&Bracket) -> bool,
    weigh: impl Fn(u32) -> Weighed,
) -> Bracket {
    while !close(&bracket) {
        let Some(scale) = next_scale(&bracket, ends, limit) else { break };
        let weighed = weigh(scale);
        // Where both sides are known they tell the power themselves.
        let last = bracket.finer.or(bracket.coarser);
        bracket.power = last.and_then(|last| power_between(last, weighed));
        if weighed.bytes > limit {
            bracket.finer = Some(weighed);
        } else {
            bracket.coarser = Some(weighed);
        }
    }
    bracket
}

/// Where to weigh next: where a power law through what is known meets the limit, kept inside the bracket.
fn next_scale(bracket: &Bracket, (finest, coarsest): (u32, u32), limit: u64) -> Option<u32> {
    let from = bracket.finer.map_or(finest, |at| at.scale + 1);
    let to = match bracket.coarser {
        Some(at) if at.scale <= finest => return None,
        Some(at) => at.scale - 1,
        None => coarsest,
    };
    if from > to {
        return None;
    }
    let log = |value: u64| (value.max(1) as f64).ln();
    let usual = bracket.power.unwrap_or(USUAL_POWER);
    let aim = |at: Weighed, power: f64| {
        (log(at.scale.into()) + (log(at.bytes) - log(limit)) / power).exp().clamp(0.0, f64::from(u32::MAX))
            as u32
    };
    let guess = match (bracket.finer, bracket.coarser) {
        (None, None) => finest,
        (Some(at), None) | (None, Some(at)) => aim(at, usual),
        (Some(fine), Some(coarse)) => {
            let power = power_between(fine, coarse).unwrap_or(USUAL_POWER);
            // Never so near an end that the other stays far off.
            let inside = (coarse.scale - fine.scale) / 16;
            aim(fine, power).clamp(fine.scale + inside, coarse.scale - inside)
        }
    };
    Some(guess.clamp(from, to))
}

/// The power of the scale with which the bytes shrink from one weighing to another; nothing where they do not.
fn power_between(one: Weighed, other: Weighed) -> Option<f64> {
    let ratio = |a: f64, b: f64| (a.max(1.0) / b.max(1.0)).ln();
    let power = ratio(one.bytes as f64, other.bytes as f64) / ratio(other.scale.into(), one.scale.into());
    (power.is_finite() && power > LEAST_POWER).then_some(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose weight falls as the square root of the scale.
    fn weight(scale: u32) -> Weighed {
        Weighed { scale, bytes: (3_000_000.0 / f64::from(scale.max(1)).sqrt()) as u64 }
    }

    fn exact(limit: u64) -> Bracket {
        narrow(Bracket::default(), (1000, 20_000), limit, |_| false, weight)
    }

    #[test]
    fn the_crossing_is_found_to_the_last_step() {
        for limit in [22_000, 40_000, 60_000, 94_000] {
            let found = exact(limit);
            let (finer, coarser) = (found.finer.unwrap(), found.coarser.unwrap());
            assert_eq!(finer.scale + 1, coarser.scale);
            assert!(finer.bytes > limit && coarser.bytes <= limit);
        }
    }

    #[test]
    fn an_end_that_never_crosses_is_told() {
        assert_eq!(exact(1_000_000).coarser.unwrap().scale, 1000);
        let heavy = exact(100);
        assert!(heavy.coarser.is_none() && heavy.finer.unwrap().scale == 20_000);
    }

    #[test]
    fn few_weighings_come_close() {
        let count = std::cell::Cell::new(0);
        let close = |found: &Bracket| found.coarser.is_some_and(|at| at.bytes >= 39_880);
        narrow(Bracket::default(), (1000, 20_000), 40_000, close, |scale| {
            count.set(count.get() + 1);
            weight(scale)
        });
        assert!(count.get() <= 6, "{}", count.get());
    }
}
