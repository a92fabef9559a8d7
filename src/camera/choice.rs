//! Which of a camera's sizes is shown and which is kept.

use super::Coding;

/// The live picture is shown at no more than this many pixels a side: it must follow the movement.
const LIVE_PX: u32 = 1280;
/// Shapes count as equal up to this share.
const SAME_SHAPE: f64 = 0.02;

/// One way in which a camera offers its picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    pub width_px: u32,
    pub height_px: u32,
    pub coding: Coding,
}

impl Mode {
    fn area(self) -> u64 {
        u64::from(self.width_px) * u64::from(self.height_px)
    }

    fn shape(self) -> f64 {
        f64::from(self.width_px) / f64::from(self.height_px.max(1))
    }
}

/// The mode of the live picture and that of the stills: the largest there is, and the largest of the same shape that moves
/// well, so that the lines over the live picture stand where they will stand on the still.
pub fn choose(modes: &[Mode]) -> Option<(Mode, Mode)> {
    let rank = |mode: &&Mode| (mode.area(), mode.coding == Coding::Mjpeg);
    let still = *modes.iter().filter(|mode| mode.area() > 0).max_by_key(rank)?;
    let is_same_shape = |mode: &&Mode| (mode.shape() / still.shape() - 1.0).abs() <= SAME_SHAPE;
    let moves_well = |mode: &&Mode| mode.width_px.max(mode.height_px) <= LIVE_PX;
    let live = modes
        .iter()
        .filter(is_same_shape)
        .filter(moves_well)
        .max_by_key(|mode| (mode.coding == Coding::Mjpeg, mode.area()));
    Some((live.copied().unwrap_or(still), still))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn mode(width_px: u32, height_px: u32, coding: Coding) -> Mode {
        Mode { width_px, height_px, coding }
    }

    #[test]
    fn the_still_is_the_largest_and_the_live_picture_has_its_shape() {
        let modes = [
            mode(640, 480, Coding::Yuyv),
            mode(1280, 720, Coding::Mjpeg),
            mode(640, 480, Coding::Mjpeg),
            mode(2592, 1944, Coding::Yuyv),
            mode(2592, 1944, Coding::Mjpeg),
            mode(1920, 1080, Coding::Mjpeg),
        ];
        let (live, still) = (mode(640, 480, Coding::Mjpeg), mode(2592, 1944, Coding::Mjpeg));
        assert_eq!(choose(&modes), Some((live, still)));
    }

    #[test]
    fn one_large_size_serves_for_both_and_nothing_gives_nothing() {
        let only = mode(1920, 1080, Coding::Mjpeg);
        assert_eq!(choose(&[only, mode(0, 0, Coding::Yuyv)]), Some((only, only)));
        assert_eq!(choose(&[]), None);
    }
}
