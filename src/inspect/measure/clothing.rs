//! Whether the clothes stand out from the background the final photo will have, and from the skin.

use image::RgbImage;

use crate::inspect::matte::Matte;
use crate::photo::color::{Lab, delta_e_2000, is_within_2000, lab_from_srgb};
use crate::photo::{Point, Rect};

use super::WorkingCopy;
use super::geometry::{FaceAxes, FaceGeometry};
use super::median;

/// Opacity from which a pixel is surely person.
const SOLID: f32 = 0.95;
/// Clothes are looked for from here below the chin on, and so far beside the middle, in eye distances.
const BELOW_CHIN_IED: f64 = 0.35;
const BESIDE_IED: f64 = 2.4;
/// The band beside the person's outline, in eye distances inwards.
const BAND_IED: (f64, f64) = (0.06, 0.30);
/// Pixels more like the cheeks than this are skin, ΔE00.
const SKIN_DE: f32 = 9.0;
/// Fewest pixels of the band for a judgement.
const LEAST_PX: usize = 80;
/// Below this ΔE00 clothes and background run into each other.
const CLOSE_DE: f32 = 8.0;
/// Hue span and least chroma of a blue top.
const BLUE_HUE_DEG: (f32, f32) = (220.0, 280.0);
const BLUE_CHROMA: f32 = 15.0;

/// The clothes beside the person's outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Clothing {
    /// Median ΔE00 between the clothes along the outline and the background of the final photo.
    pub contrast: f64,
    /// Share of the outline where it is below 8.
    pub close_share: f64,
    /// Share of the clothes that is blue.
    pub blue_share: f64,
    /// ΔE00 between the clothes' median colour and the cheeks'.
    pub from_skin: f64,
    /// Where they were looked at, in pixels of the copy until `in_photo`.
    pub place: Rect,
}

impl Clothing {
    /// `pixels`, `matte` and `axes` belong to one copy; `target` is the background the final photo gets.
    /// `None` where no clothes are in the picture.
    pub fn of(
        pixels: &RgbImage,
        matte: &Matte,
        axes: &FaceAxes,
        geometry: &FaceGeometry,
        target: [u8; 3],
    ) -> Option<Self> {
        let skin = cheek_colour(pixels, axes)?;
        let place = place(pixels, axes, geometry)?;
        let band = band(pixels, matte, axes, place);
        let clothes: Vec<Lab> =
            band.into_iter().filter(|colour| !is_within_2000(SKIN_DE, *colour, skin)).collect();
        if clothes.len() < LEAST_PX {
            return None;
        }
        let target = lab_from_srgb(target);
        let distances: Vec<f32> = clothes.iter().map(|colour| delta_e_2000(*colour, target)).collect();
        let share = |count: usize| count as f64 / clothes.len() as f64;
        let of = |value: fn(&Lab) -> f32| median(&clothes.iter().map(value).collect::<Vec<f32>>());
        let middle = Lab { l: of(|lab| lab.l)?, a: of(|lab| lab.a)?, b: of(|lab| lab.b)? };
        Some(Self {
            contrast: f64::from(median(&distances)?),
            close_share: share(distances.iter().filter(|distance| **distance < CLOSE_DE).count()),
            blue_share: share(clothes.iter().filter(|colour| is_blue(colour)).count()),
            from_skin: f64::from(delta_e_2000(middle, skin)),
            place,
        })
    }

    /// The same with its place in photo pixels.
    pub fn in_photo(mut self, copy: &WorkingCopy) -> Self {
        self.place = copy.rect_to_photo(self.place);
        self
    }
}

/// The part of the copy in which clothes can be.
fn place(pixels: &RgbImage, axes: &FaceAxes, geometry: &FaceGeometry) -> Option<Rect> {
    let chin = f64::from(axes.origin.y) + geometry.eye_to_chin_px / geometry.ied_px * axes.ied_px;
    let top = chin + BELOW_CHIN_IED * axes.ied_px;
    let reach = BESIDE_IED * axes.ied_px;
    let picture = Rect::new(0.0, 0.0, pixels.width() as f32, pixels.height() as f32);
    let wanted = Rect::new(
        axes.origin.x - reach as f32,
        top as f32,
        2.0 * reach as f32,
        pixels.height() as f32 - top as f32,
    );
    let place = wanted.intersection(picture);
    (place.width >= 4.0 && place.height >= 4.0).then_some(place)
}

/// Colours of the person's pixels just inside the outline.
fn band(pixels: &RgbImage, matte: &Matte, axes: &FaceAxes, place: Rect) -> Vec<Lab> {
    let (from, to) = ((BAND_IED.0 * axes.ied_px) as isize, (BAND_IED.1 * axes.ied_px).ceil() as isize);
    let (width, height) = (pixels.width() as isize, pixels.height() as isize);
    let solid = |x: isize, y: isize| {
        // Beyond the lower edge the person goes on; beyond the sides nobody knows.
        let inside = (0..width).contains(&x) && y >= 0;
        inside && matte.at(x as u32, y.min(height - 1) as u32) >= SOLID
    };
    let outside = |x: isize, y: isize, by: isize| {
        (x - by >= 0 && !solid(x - by, y)) || (x + by < width && !solid(x + by, y)) || !solid(x, y - by)
    };
    let mut colours = Vec::new();
    for y in place.y as isize..(place.bottom() as isize).min(height) {
        for x in place.x as isize..(place.right() as isize).min(width) {
            if solid(x, y) && !outside(x, y, from) && outside(x, y, to) {
                colours.push(lab_from_srgb(pixels.get_pixel(x as u32, y as u32).0));
            }
        }
    }
    colours
}

/// Median colour of both cheeks.
pub(super) fn cheek_colour(pixels: &RgbImage, axes: &FaceAxes) -> Option<Lab> {
    let reach = (0.15 * axes.ied_px).max(1.0) as i64;
    let mut colours = Vec::new();
    for side in [-0.6, 0.6] {
        let Point { x, y } = axes.to_photo((side, 0.6));
        for row in -reach..=reach {
            for column in -reach..=reach {
                let at = (i64::from(x as i32) + column, i64::from(y as i32) + row);
                if (0..i64::from(pixels.width())).contains(&at.0)
                    && (0..i64::from(pixels.height())).contains(&at.1)
                {
                    colours.push(lab_from_srgb(pixels.get_pixel(at.0 as u32, at.1 as u32).0));
                }
            }
        }
    }
    let of = |value: fn(&Lab) -> f32| median(&colours.iter().map(value).collect::<Vec<f32>>());
    Some(Lab { l: of(|lab| lab.l)?, a: of(|lab| lab.a)?, b: of(|lab| lab.b)? })
}

fn is_blue(colour: &Lab) -> bool {
    let hue = colour.b.atan2(colour.a).to_degrees().rem_euclid(360.0);
    (BLUE_HUE_DEG.0..=BLUE_HUE_DEG.1).contains(&hue) && colour.a.hypot(colour.b) >= BLUE_CHROMA
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;
    use image::Rgb;

    const LIGHT_BLUE: [u8; 3] = [100, 197, 255];

    fn clothing(top: [u8; 3]) -> Clothing {
        let geometry = FaceGeometry::of(&fixture::mesh(Point::new(200.0, 150.0), 60.0, 0.0)).unwrap();
        let body = |x: u32, y: u32| y > 280 && x.abs_diff(200) < 110;
        let face = |x: u32, y: u32| y <= 280 && x.abs_diff(200) < 65;
        let pixels = RgbImage::from_fn(400, 400, |x, y| {
            Rgb(if body(x, y) {
                top
            } else if face(x, y) {
                [205, 160, 140]
            } else {
                [240, 240, 240]
            })
        });
        let alpha = (0..400_u32 * 400)
            .map(|index| (index % 400, index / 400))
            .map(|(x, y)| f32::from(u8::from(body(x, y) || face(x, y))))
            .collect();
        let matte = Matte { width_px: 400, height_px: 400, photo_width_px: 400, photo_height_px: 400, alpha };
        Clothing::of(&pixels, &matte, &geometry.axes(), &geometry, LIGHT_BLUE).unwrap()
    }

    #[test]
    fn contrast_falls_as_the_top_comes_near_the_background() {
        let tops = [[30, 30, 35], [60, 110, 150], [80, 160, 210], [100, 197, 255]];
        let contrasts: Vec<f64> = tops.map(|top| clothing(top).contrast).to_vec();
        assert!(contrasts.windows(2).all(|pair| pair[0] > pair[1]), "{contrasts:?}");
        assert!(contrasts[0] > 15.0 && contrasts[3] < 1.0);
        assert_eq!((clothing(tops[0]).close_share, clothing(tops[3]).close_share), (0.0, 1.0));
    }

    #[test]
    fn a_blue_top_is_blue_and_a_white_one_is_not() {
        assert!(clothing([60, 110, 170]).blue_share > 0.9);
        assert!(clothing([245, 245, 245]).blue_share < 0.1);
    }

    #[test]
    fn a_top_near_the_skin_is_near_the_skin() {
        assert!(clothing([170, 115, 85]).from_skin < clothing([110, 50, 30]).from_skin);
    }
}
