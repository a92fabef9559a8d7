//! How far the person stands out from the background the final photo will have, place by place along the outline.

use image::{GrayImage, Luma, RgbImage};
use imageproc::contours::{BorderType, find_contours};

use crate::inspect::matte::Matte;
use crate::photo::Point;
use crate::photo::color::{Lab, delta_e_2000, lab_from_srgb};

use super::WorkingCopy;
use super::geometry::FaceAxes;

/// Opacity from which a pixel is surely person, and from which it belongs to the person's shape.
const SOLID: f32 = 0.95;
const SHAPE: f32 = 0.5;
/// Between two places along the outline, and how far around each is looked, in eye distances.
const STEP_IED: f64 = 0.1;
const REACH_IED: f64 = 0.18;
/// Every so many pixels of the neighbourhood are looked at, across and down.
const STRIDE: usize = 2;
/// Fewest pixels of a neighbourhood for a colour.
const LEAST_PX: usize = 4;

/// One place of the outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutlinePlace {
    /// In pixels of the copy until `in_photo`.
    pub at: Point,
    /// ΔE00 between the person just inside and the background of the final photo.
    pub contrast: f32,
}

/// The outline of head and shoulders in pieces: it breaks where the picture ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    pub pieces: Vec<Vec<OutlinePlace>>,
}

impl Outline {
    /// `pixels`, `matte` and `axes` belong to one copy; `target` is the background the final photo gets.
    pub fn of(pixels: &RgbImage, matte: &Matte, axes: &FaceAxes, target: [u8; 3]) -> Self {
        let target = lab_from_srgb(target);
        let step = (STEP_IED * axes.ied_px).round().max(1.0) as usize;
        let reach = (REACH_IED * axes.ied_px).ceil().max(1.0) as i64;
        let mut pieces = vec![Vec::new()];
        let border = longest_border(matte);
        for (index, (x, y)) in border.iter().copied().enumerate() {
            if is_edge(pixels, x, y) {
                pieces.push(Vec::new());
            } else if index % step == 0
                && let Some(colour) = colour_inside(pixels, matte, (x, y), reach)
                && let Some(piece) = pieces.last_mut()
            {
                let at = Point::new(x as f32 + 0.5, y as f32 + 0.5);
                piece.push(OutlinePlace { at, contrast: delta_e_2000(colour, target) });
            }
        }
        let is_inside = |end: Option<&(u32, u32)>| end.is_some_and(|(x, y)| !is_edge(pixels, *x, *y));
        if is_inside(border.first()) && is_inside(border.last()) {
            close(&mut pieces);
        }
        pieces.retain(|piece| piece.len() > 1);
        Self { pieces }
    }

    /// The same with its places in photo pixels.
    pub fn in_photo(mut self, copy: &WorkingCopy) -> Self {
        self.pieces.iter_mut().flatten().for_each(|place| place.at = copy.to_photo(place.at));
        self
    }
}

/// The border goes round: what was traced last leads to where it began.
fn close(pieces: &mut Vec<Vec<OutlinePlace>>) {
    if let [only] = pieces.as_mut_slice() {
        only.extend(only.first().copied());
    } else if pieces.len() > 1 {
        let first = pieces.remove(0);
        pieces.iter_mut().rev().take(1).for_each(|last| last.extend(&first));
    }
}

/// The border of the largest shape of the matte, pixel by pixel.
fn longest_border(matte: &Matte) -> Vec<(u32, u32)> {
    // One empty pixel around, so that a shape that reaches the edge has a border there.
    let shape = GrayImage::from_fn(matte.width_px + 2, matte.height_px + 2, |x, y| {
        let inside = x > 0 && y > 0 && x <= matte.width_px && y <= matte.height_px;
        Luma([u8::from(inside && matte.at(x - 1, y - 1) >= SHAPE) * u8::MAX])
    });
    let borders = find_contours::<u32>(&shape).into_iter().filter(|one| one.border_type == BorderType::Outer);
    let longest = borders.max_by_key(|one| one.points.len());
    let points = longest.map(|border| border.points).unwrap_or_default();
    points.into_iter().map(|point| (point.x.saturating_sub(1), point.y.saturating_sub(1))).collect()
}

/// The person may go on beyond the picture: there is no outline here.
fn is_edge(pixels: &RgbImage, x: u32, y: u32) -> bool {
    x == 0 || y == 0 || x + 1 >= pixels.width() || y + 1 >= pixels.height()
}

/// Mean colour of what is surely person around a place.
fn colour_inside(pixels: &RgbImage, matte: &Matte, (x, y): (u32, u32), reach: i64) -> Option<Lab> {
    let (mut sum, mut count) = (Lab { l: 0.0, a: 0.0, b: 0.0 }, 0_usize);
    for row in (i64::from(y) - reach..=i64::from(y) + reach).step_by(STRIDE) {
        for column in (i64::from(x) - reach..=i64::from(x) + reach).step_by(STRIDE) {
            let inside = (0..i64::from(pixels.width())).contains(&column)
                && (0..i64::from(pixels.height())).contains(&row);
            if inside && matte.at(column as u32, row as u32) >= SOLID {
                let colour = lab_from_srgb(pixels.get_pixel(column as u32, row as u32).0);
                sum = Lab { l: sum.l + colour.l, a: sum.a + colour.a, b: sum.b + colour.b };
                count += 1;
            }
        }
    }
    let each = |value: f32| value / count as f32;
    (count >= LEAST_PX).then(|| Lab { l: each(sum.l), a: each(sum.a), b: each(sum.b) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;
    use crate::inspect::measure::geometry::FaceGeometry;
    use image::Rgb;

    const LIGHT_BLUE: [u8; 3] = [100, 197, 255];

    /// A dark head over a top whose right half is as blue as the background.
    fn outline() -> Outline {
        let geometry = FaceGeometry::of(&fixture::mesh(Point::new(200.0, 150.0), 60.0, 0.0)).unwrap();
        let is_person = |x: u32, y: u32| {
            (y > 280 && x.abs_diff(200) < 130) || (y > 60 && y <= 280 && x.abs_diff(200) < 65)
        };
        let pixels = RgbImage::from_fn(400, 400, |x, y| {
            Rgb(match (is_person(x, y), y > 280 && x > 200) {
                (true, true) => LIGHT_BLUE,
                (true, false) => [40, 35, 30],
                (false, _) => [240, 240, 240],
            })
        });
        let alpha = (0..400_u32 * 400).map(|at| f32::from(u8::from(is_person(at % 400, at / 400)))).collect();
        let matte = Matte { width_px: 400, height_px: 400, photo_width_px: 400, photo_height_px: 400, alpha };
        Outline::of(&pixels, &matte, &geometry.axes(), LIGHT_BLUE)
    }

    #[test]
    fn contrast_is_told_place_by_place_and_breaks_at_the_picture_edge() {
        let outline = outline();
        let places: Vec<&OutlinePlace> = outline.pieces.iter().flatten().collect();
        assert!(places.len() > 80, "{}", places.len());
        assert!(places.iter().all(|place| place.at.y < 399.0), "no outline where the picture ends");
        assert_eq!(outline.pieces.len(), 1, "one line from the lower edge over the head and back");
        let of = |inside: fn(&Point) -> bool| -> Vec<f32> {
            places.iter().filter(|place| inside(&place.at)).map(|place| place.contrast).collect()
        };
        let (clear, lost) = (of(|at| at.y < 270.0), of(|at| at.y > 300.0 && at.x > 300.0));
        assert!(!lost.is_empty() && lost.iter().all(|contrast| *contrast < 2.0), "{lost:?}");
        assert!(clear.iter().all(|contrast| *contrast > 30.0), "{clear:?}");
    }

    #[test]
    fn nobody_has_no_outline() {
        let matte =
            Matte { width_px: 4, height_px: 4, photo_width_px: 4, photo_height_px: 4, alpha: vec![0.0; 16] };
        let geometry = FaceGeometry::of(&fixture::mesh(Point::new(200.0, 150.0), 60.0, 0.0)).unwrap();
        let outline = Outline::of(&RgbImage::new(4, 4), &matte, &geometry.axes(), LIGHT_BLUE);
        assert_eq!(outline, Outline::default());
    }
}
