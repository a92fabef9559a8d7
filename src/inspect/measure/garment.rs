//! What kind of clothes show below the neck: how much of the shoulders is bare, how busy the stuff is.

use image::RgbImage;

use crate::inspect::matte::Matte;
use crate::photo::Rect;
use crate::photo::color::{Lab, is_within_2000, lab_from_srgb};

use super::WorkingCopy;
use super::clothing::cheek_colour;
use super::geometry::{FaceAxes, FaceGeometry};
use super::median;

/// Opacity from which a pixel is surely person.
const SOLID: f32 = 0.95;
/// The shoulders: so far below the chin and beside the middle of the face, eye distances.
const BELOW_CHIN_IED: (f64, f64) = (0.75, 1.9);
const BESIDE_IED: (f64, f64) = (0.8, 2.3);
/// Side of the squares the stuff is looked at in, eye distances: wider than a stripe, narrower than a fold.
const SQUARE_IED: f64 = 0.3;
/// Pixels more like the cheeks than this are skin, ΔE00, where the light on neck and shoulder may be a third less.
const SKIN_DE: f32 = 10.0;
/// White stuff beside light skin keeps far less of its chroma than this.
const SKIN_CHROMA_SHARE: f32 = 0.6;
/// Fewest squares of person for a judgement.
const LEAST_SQUARES: usize = 6;

/// The clothes on both shoulders.
#[derive(Clone, Debug, PartialEq)]
pub struct Garment {
    /// Share of the shoulders, 0..=1, that is skin.
    pub bare_share: f64,
    /// Median over squares of stuff of the spread of L* within one; `None` where there is hardly any.
    pub busy: Option<f64>,
    /// Where it was looked, in pixels of the copy until `in_photo`.
    pub place: Rect,
}

impl Garment {
    /// `pixels`, `matte` and `axes` belong to one copy. `None` where the picture ends above the shoulders.
    pub fn of(pixels: &RgbImage, matte: &Matte, axes: &FaceAxes, geometry: &FaceGeometry) -> Option<Self> {
        let skin = cheek_colour(pixels, axes)?;
        let chin = f64::from(axes.origin.y) + geometry.eye_to_chin_px / geometry.ied_px * axes.ied_px;
        let (mut bare, mut seen, mut spreads) = (0_usize, 0_usize, Vec::new());
        for square in squares(axes, chin) {
            let Some(colours) = person(pixels, matte, square) else { continue };
            seen += 1;
            let like_skin = colours.iter().filter(|colour| is_skin(colour, &skin)).count();
            if 2 * like_skin > colours.len() { bare += 1 } else { spreads.push(spread(&colours)) }
        }
        let enough = |count: usize| count >= LEAST_SQUARES;
        enough(seen).then(|| Self {
            bare_share: bare as f64 / seen as f64,
            busy: enough(spreads.len()).then(|| median(&spreads)).flatten().map(f64::from),
            place: place(pixels, axes, chin),
        })
    }

    /// The same with its place in photo pixels.
    pub fn in_photo(mut self, copy: &WorkingCopy) -> Self {
        self.place = copy.rect_to_photo(self.place);
        self
    }
}

/// The squares of both shoulders; `chin` is the row of the chin.
fn squares(axes: &FaceAxes, chin: f64) -> impl Iterator<Item = Rect> {
    let (side, ied) = (SQUARE_IED * axes.ied_px, axes.ied_px);
    let count = |(from, to): (f64, f64)| ((to - from) / SQUARE_IED) as usize;
    let (middle, top) = (f64::from(axes.origin.x), chin + BELOW_CHIN_IED.0 * ied);
    (0..count(BELOW_CHIN_IED)).flat_map(move |row| {
        (0..count(BESIDE_IED)).flat_map(move |column| {
            let inner = BESIDE_IED.0 * ied + column as f64 * side;
            [middle + inner, middle - inner - side].map(|left| {
                Rect::new(left as f32, (top + row as f64 * side) as f32, side as f32, side as f32)
            })
        })
    })
}

/// The colours in a square that is all person; `None` of any other.
fn person(pixels: &RgbImage, matte: &Matte, square: Rect) -> Option<Vec<Lab>> {
    let inside = square.x >= 0.0
        && square.y >= 0.0
        && square.right() <= pixels.width() as f32
        && square.bottom() <= pixels.height() as f32;
    let (columns, rows) = (square.x as u32..square.right() as u32, square.y as u32..square.bottom() as u32);
    if !inside || columns.is_empty() || rows.is_empty() {
        return None;
    }
    let places = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
    places.map(|(x, y)| (matte.at(x, y) >= SOLID).then(|| lab_from_srgb(pixels.get_pixel(x, y).0))).collect()
}

fn is_skin(colour: &Lab, cheeks: &Lab) -> bool {
    let chroma = |lab: &Lab| lab.a.hypot(lab.b);
    chroma(colour) >= SKIN_CHROMA_SHARE * chroma(cheeks) && is_within_2000(SKIN_DE, *colour, *cheeks)
}

/// Standard deviation of L*.
fn spread(colours: &[Lab]) -> f32 {
    let count = colours.len().max(1) as f32;
    let mean = colours.iter().map(|colour| colour.l).sum::<f32>() / count;
    (colours.iter().map(|colour| (colour.l - mean).powi(2)).sum::<f32>() / count).sqrt()
}

fn place(pixels: &RgbImage, axes: &FaceAxes, chin: f64) -> Rect {
    let ied = axes.ied_px;
    let reach = (BESIDE_IED.1 * ied) as f32;
    let top = (chin + BELOW_CHIN_IED.0 * ied) as f32;
    let height = ((BELOW_CHIN_IED.1 - BELOW_CHIN_IED.0) * ied) as f32;
    let picture = Rect::new(0.0, 0.0, pixels.width() as f32, pixels.height() as f32);
    Rect::new(axes.origin.x - reach, top, 2.0 * reach, height).intersection(picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;
    use crate::photo::Point;
    use image::Rgb;

    const SKIN: [u8; 3] = [205, 160, 140];

    /// A person of skin who fills the picture, in clothes from below the neck on.
    fn dressed(stuff: impl Fn(u32, u32) -> [u8; 3]) -> Garment {
        let pixels = RgbImage::from_fn(600, 700, |x, y| Rgb(if y > 440 { stuff(x, y) } else { SKIN }));
        let matte = Matte {
            width_px: 600,
            height_px: 700,
            photo_width_px: 600,
            photo_height_px: 700,
            alpha: vec![1.0; 420_000],
        };
        let mesh = fixture::mesh(Point::new(300.0, 200.0), 100.0, 0.0);
        let geometry = FaceGeometry::of(&mesh).unwrap();
        Garment::of(&pixels, &matte, &geometry.axes(), &geometry).unwrap()
    }

    #[test]
    fn a_plain_shirt_is_neither_bare_nor_busy() {
        let garment = dressed(|_, _| [40, 50, 90]);
        assert_eq!(garment.bare_share, 0.0);
        assert!(garment.busy.unwrap() < 0.5, "{:?}", garment.busy);
    }

    #[test]
    fn a_white_shirt_is_no_light_skin() {
        assert_eq!(dressed(|_, _| [225, 215, 210]).bare_share, 0.0);
    }

    #[test]
    fn bare_shoulders_are_skin_all_over() {
        let garment = dressed(|_, _| SKIN);
        assert_eq!((garment.bare_share, garment.busy), (1.0, None));
    }

    #[test]
    fn stripes_are_busy() {
        let garment = dressed(|x, _| if x % 12 < 6 { [30; 3] } else { [220; 3] });
        assert!(garment.busy.unwrap() > 30.0, "{:?}", garment.busy);
    }
}
