//! Light and colour of the facial skin: lightness, clipping, evenness, cast.

use image::RgbImage;

use crate::inspect::face::FaceMesh;
use crate::photo::Rect;
use crate::photo::color::{Lab, lab_from_srgb, lightness_from_srgb, linear_luminance};

use super::geometry::{FaceAxes, FaceGeometry};
use super::patch::{Patch, Region, luma};
use super::{median, points, quantile, sides};

/// Eye distance of the patch skin is measured on, pixels.
const PATCH_IED_PX: f64 = 40.0;
const FACE: Region = Region { left: -1.4, top: -1.1, right: 1.4, bottom: 2.1 };
/// Side of a zone square in eye distances.
const ZONE_IED: f64 = 0.3;
/// Greatest channel from which a pixel counts as burnt out, and luma up to which it counts as drowned.
const CLIPPED_HIGH: u8 = 250;
const CLIPPED_LOW: f32 = 25.0;
/// Fewest skin pixels of the patch for a judgement.
const LEAST_SKIN_PX: usize = 200;
/// Share of a zone that must be skin for the zone to be judged.
const ZONE_SKIN_SHARE: f64 = 0.4;
/// A highlight is lighter than this L* and keeps less than this share of the skin's usual chroma.
const HIGHLIGHT_L: f32 = 92.0;
const HIGHLIGHT_CHROMA_SHARE: f32 = 0.5;
/// Greatest distance in linear red-green chromaticity from the cheeks that is still skin (hair is not).
const SKIN_CHROMATICITY: f32 = 0.06;
/// On forehead and chin, what has less than this share of the brighter cheek's light is hair of the skin's hue, not shade:
/// dense fringes measure 0.06 to 0.12, a forehead in the shade of a cap more than 0.2.
const HAIR_LIGHT_SHARE: f32 = 0.15;
/// A forehead or chin whose light is spread more than this is under strands or stubble: difference of its quartiles over
/// their sum. Smooth skin measures 0.02 to 0.18, in the shade too; a fringe with skin between its strands from 0.35 on.
const HAIR_TEXTURE: f32 = 0.3;
/// CIELAB box of natural cheeks under neutral light: a* and b* (OFIQ's natural-colour measure).
const CHEEK_A: (f32, f32) = (5.0, 25.0);
const CHEEK_B: (f32, f32) = (5.0, 35.0);

/// The light on the face.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceLight {
    /// Median L* of the skin.
    pub lightness: f64,
    /// L* of the brightest spots of the face: 98th percentile inside the outline, eyes included.
    pub brightest: f64,
    /// L* of the white of the eyes: 90th percentile between the lids.
    pub eye_white: f64,
    /// Median b* of the white of the eyes: the lighter quarter between the lids. Yellow light raises it.
    pub eye_white_b: f64,
    /// Shares 0..=1 of skin pixels that are burnt out in a channel, and that are drowned.
    pub clipped_high: f64,
    pub clipped_low: f64,
    /// Share of skin pixels that are a highlight: almost white and far less colourful than the skin.
    pub highlight: f64,
    /// Stops by which the half of the face at the left of the screen is lit more than the other one.
    pub side_stops: f64,
    /// Darkest over brightest of forehead, cheeks and chin in linear light.
    pub zone_ratio: f64,
    /// Distance of the cheeks' a*, b* from the box of natural skin.
    pub cast: f64,
    /// 95th percentile of the difference between a pixel's channels, 8-bit levels; near 0 in a grey picture.
    pub channel_spread: f64,
    /// The judged zones in photo pixels with their median linear luminance.
    pub zones: Vec<(Rect, f64)>,
}

/// Dark skin in good light: the white of the eyes is lighter by so many L* at least, and something in the picture
/// reaches this L*. Dim faces measured from -20 to 13, sitters of dark skin from 14 to 33.
const EYE_WHITE_ABOVE_SKIN: f64 = 12.0;
const WELL_LIT: f64 = 90.0;
/// What the white of the eyes lets expect of ordinary skin: this much more than itself, for the lids shade it, and no
/// more than the L* of ordinary skin.
const LIDS_SHADE: f64 = 8.0;
const LIFTED_AT_MOST: f64 = 55.0;

impl FaceLight {
    /// Lightness of the light rather than of the skin: median skin, or what the white of the eyes lets expect of ordinary
    /// skin where the sitter's own is dark and the picture itself, whose `brightest` L* is given, is well lit.
    pub fn fair_lightness(&self, brightest: f64) -> f64 {
        let dark_skin = self.eye_white >= self.lightness + EYE_WHITE_ABOVE_SKIN && brightest >= WELL_LIT;
        let expected = if dark_skin { (self.eye_white + LIDS_SHADE).min(LIFTED_AT_MOST) } else { 0.0 };
        self.lightness.max(expected)
    }

    /// `mesh` and `geometry` are in photo pixels, `in_copy` are the face's axes in those of `pixels`.
    pub fn of(
        pixels: &RgbImage,
        in_copy: &FaceAxes,
        mesh: &FaceMesh,
        geometry: &FaceGeometry,
    ) -> Option<Self> {
        let axes = geometry.axes();
        let patch = Patch::cut(pixels, in_copy, FACE, PATCH_IED_PX);
        let masks = Masks::of(&patch, mesh, &axes)?;
        let skin = masks.colours(&patch, &masks.skin);
        if skin.len() < LEAST_SKIN_PX {
            return None;
        }
        let bright = |mask: &[bool], share: f64| {
            let values: Vec<f32> =
                masks.colours(&patch, mask).iter().map(|rgb| lightness_from_srgb(*rgb)).collect();
            quantile(&values, share).map_or(0.0, f64::from)
        };
        let lumas: Vec<f32> = skin.iter().map(|rgb| luma(*rgb)).collect();
        let lightness: Vec<f32> = skin.iter().map(|rgb| lightness_from_srgb(*rgb)).collect();
        let share = |inside: &dyn Fn(f32) -> bool| {
            lumas.iter().filter(|value| inside(**value)).count() as f64 / lumas.len() as f64
        };
        let spreads: Vec<f32> = skin.iter().map(|rgb| channel_spread(*rgb)).collect();
        let zones = Zones::of(&patch, mesh, &axes)?;
        Some(Self {
            lightness: f64::from(median(&lightness)?),
            brightest: bright(&masks.face, 0.98),
            eye_white: bright(&masks.eyes, 0.9),
            eye_white_b: eye_white_b(&masks.colours(&patch, &masks.eyes)),
            clipped_high: skin.iter().filter(|rgb| rgb.iter().any(|value| *value >= CLIPPED_HIGH)).count()
                as f64
                / skin.len() as f64,
            clipped_low: share(&|value| value <= CLIPPED_LOW),
            highlight: highlight(&skin),
            side_stops: sides::stops(&patch, mesh, &axes)?,
            zone_ratio: zones.ratio(),
            cast: f64::from(zones.cast()),
            channel_spread: f64::from(quantile(&spreads, 0.95)?),
            zones: zones.in_photo(&axes),
        })
    }
}

/// Which patch pixels are which part of the face.
struct Masks {
    face: Vec<bool>,
    eyes: Vec<bool>,
    /// The face without eyes, brows and lips.
    skin: Vec<bool>,
}

impl Masks {
    fn of(patch: &Patch, mesh: &FaceMesh, axes: &FaceAxes) -> Option<Self> {
        let mask = |indices: &[usize]| -> Option<Vec<bool>> {
            let outline: Option<Vec<(f64, f64)>> = indices
                .iter()
                .map(|&index| mesh.points.get(index).map(|point| axes.to_face(point.at())))
                .collect();
            Some(patch.mask(outline?))
        };
        let either = |one: Vec<bool>, other: Vec<bool>| -> Vec<bool> {
            one.into_iter().zip(other).map(|(one, other)| one || other).collect()
        };
        let face = mask(&points::FACE_OUTLINE)?;
        let eyes = either(mask(&points::EYE_OUTLINE_LEFT)?, mask(&points::EYE_OUTLINE_RIGHT)?);
        let brows = either(mask(&points::BROW_OUTLINE_LEFT)?, mask(&points::BROW_OUTLINE_RIGHT)?);
        let features = either(either(eyes.clone(), brows), mask(&points::OUTER_LIP_OUTLINE)?);
        let skin = face.iter().zip(&features).map(|(face, feature)| *face && !feature).collect();
        Some(Self { face, eyes, skin })
    }

    fn colours(&self, patch: &Patch, mask: &[bool]) -> Vec<[u8; 3]> {
        patch.pixels.pixels().zip(mask).filter(|(_, inside)| **inside).map(|(pixel, _)| pixel.0).collect()
    }
}

/// Median b* of the lighter quarter of the pixels between the lids.
fn eye_white_b(eyes: &[[u8; 3]]) -> f64 {
    let colours: Vec<Lab> = eyes.iter().map(|rgb| lab_from_srgb(*rgb)).collect();
    let lightness: Vec<f32> = colours.iter().map(|lab| lab.l).collect();
    let Some(light) = quantile(&lightness, 0.75) else { return 0.0 };
    let whites: Vec<f32> = colours.iter().filter(|lab| lab.l >= light).map(|lab| lab.b).collect();
    median(&whites).map_or(0.0, f64::from)
}

/// Share of skin pixels that mirror the lamp.
fn highlight(skin: &[[u8; 3]]) -> f64 {
    let colours: Vec<Lab> = skin.iter().map(|rgb| lab_from_srgb(*rgb)).collect();
    let chromas: Vec<f32> = colours.iter().map(|lab| lab.a.hypot(lab.b)).collect();
    let Some(typical) = median(&chromas) else { return 0.0 };
    let mirrors = |lab: &Lab, chroma: f32| lab.l > HIGHLIGHT_L && chroma < HIGHLIGHT_CHROMA_SHARE * typical;
    let count = colours.iter().zip(&chromas).filter(|(lab, chroma)| mirrors(lab, **chroma)).count();
    count as f64 / colours.len().max(1) as f64
}

/// Greatest difference between two channels of one pixel.
fn channel_spread(rgb: [u8; 3]) -> f32 {
    let most = rgb.into_iter().max().unwrap_or(0);
    f32::from(most - rgb.into_iter().min().unwrap_or(0))
}

/// Forehead, left cheek, right cheek, chin: place in eye distances, and median light where skin was found.
struct Zones {
    places: [(f64, f64); 4],
    light: [Option<f64>; 4],
    cheeks: Lab,
}

impl Zones {
    fn of(patch: &Patch, mesh: &FaceMesh, axes: &FaceAxes) -> Option<Self> {
        let place = |index: usize| mesh.points.get(index).map(|point| axes.to_face(point.at()));
        let places = [
            place(points::FOREHEAD_CENTRE)?,
            place(points::CHEEK_LEFT_CENTRE)?,
            place(points::CHEEK_RIGHT_CENTRE)?,
            place(points::CHIN_CENTRE)?,
        ];
        let squares = places.map(|place| square(patch, place));
        let cheek_colours: Vec<[u8; 3]> = squares[1].iter().chain(&squares[2]).copied().collect();
        let reference = chromaticity(mean(&cheek_colours)?);
        let typical = |colours: &[[u8; 3]]| {
            median(&colours.iter().map(|rgb| linear_luminance(*rgb)).collect::<Vec<f32>>())
        };
        let hair = HAIR_LIGHT_SHARE * typical(&squares[1])?.max(typical(&squares[2])?);
        let light = squares.each_ref().map(|square| {
            let skin: Vec<f32> = square
                .iter()
                .filter(|rgb| is_near(chromaticity(rgb.map(f32::from)), reference))
                .map(|rgb| linear_luminance(*rgb))
                .filter(|light| *light > hair)
                .collect();
            let enough = skin.len() as f64 >= ZONE_SKIN_SHARE * square.len() as f64;
            if enough { median(&skin).map(f64::from) } else { None }
        });
        let strands = |square: &[[u8; 3]]| {
            let light: Vec<f32> = square.iter().map(|rgb| linear_luminance(*rgb)).collect();
            let (low, high) = (quantile(&light, 0.25).unwrap_or(0.0), quantile(&light, 0.75).unwrap_or(0.0));
            high - low > HAIR_TEXTURE * (high + low)
        };
        let smooth = |index: usize| light[index].filter(|_| !strands(&squares[index]));
        // A cheek in the shade may have another colour; it is still a cheek.
        let cheek = |square: &[[u8; 3]]| typical(square).map(f64::from);
        let light = [smooth(0), cheek(&squares[1]), cheek(&squares[2]), smooth(3)];
        let average = mean(&cheek_colours)?.map(|value| value.round() as u8);
        Some(Self { places, light, cheeks: lab_from_srgb(average) })
    }

    fn ratio(&self) -> f64 {
        ratio(&self.light)
    }

    fn cast(&self) -> f32 {
        let outside = |value: f32, (low, high): (f32, f32)| (low - value).max(value - high).max(0.0);
        outside(self.cheeks.a, CHEEK_A).hypot(outside(self.cheeks.b, CHEEK_B))
    }

    fn in_photo(&self, axes: &FaceAxes) -> Vec<(Rect, f64)> {
        let side = (ZONE_IED * axes.ied_px) as f32;
        let judged = self.places.iter().zip(self.light).filter_map(|(place, light)| Some((place, light?)));
        judged
            .map(|(place, light)| {
                let centre = axes.to_photo(*place);
                (Rect::new(centre.x - side / 2.0, centre.y - side / 2.0, side, side), light)
            })
            .collect()
    }
}

/// The colours of a zone square.
fn square(patch: &Patch, (x, y): (f64, f64)) -> Vec<[u8; 3]> {
    let (from, to) = (
        patch.locate((x - ZONE_IED / 2.0, y - ZONE_IED / 2.0)),
        patch.locate((x + ZONE_IED / 2.0, y + ZONE_IED / 2.0)),
    );
    let (width, height) = patch.pixels.dimensions();
    let columns = from.x.max(0.0) as u32..(to.x.max(0.0) as u32).min(width);
    columns
        .flat_map(|column| {
            let rows = from.y.max(0.0) as u32..(to.y.max(0.0) as u32).min(height);
            rows.map(move |row| patch.pixels.get_pixel(column, row).0)
        })
        .collect()
}

fn mean(colours: &[[u8; 3]]) -> Option<[f32; 3]> {
    let count = colours.len() as f32;
    let sum = |channel: usize| colours.iter().map(|rgb| f32::from(rgb[channel])).sum::<f32>();
    (!colours.is_empty()).then(|| std::array::from_fn(|channel| sum(channel) / count))
}

/// Red and green share of the linear light: the same in sun and shade.
fn chromaticity(rgb: [f32; 3]) -> [f32; 2] {
    let linear = rgb.map(|value| (value / 255.0).max(0.004).powf(2.2));
    let sum: f32 = linear.iter().sum();
    [linear[0] / sum, linear[1] / sum]
}

fn is_near(one: [f32; 2], other: [f32; 2]) -> bool {
    (one[0] - other[0]).hypot(one[1] - other[1]) <= SKIN_CHROMATICITY
}

/// Least over greatest; 1 when fewer than two zones are known.
fn ratio(light: &[Option<f64>]) -> f64 {
    let known = || light.iter().flatten().copied();
    let (least, greatest) = (known().fold(f64::MAX, f64::min), known().fold(0.0, f64::max));
    if known().count() < 2 || greatest <= 0.0 { 1.0 } else { least / greatest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;
    use crate::photo::Point;
    use image::Rgb;

    fn light(paint: impl Fn(u32, u32) -> [u8; 3]) -> FaceLight {
        let mesh = fixture::mesh(Point::new(200.0, 160.0), 80.0, 0.0);
        let pixels = RgbImage::from_fn(400, 400, |x, y| Rgb(paint(x, y)));
        let geometry = FaceGeometry::of(&mesh).unwrap();
        FaceLight::of(&pixels, &geometry.axes(), &mesh, &geometry).unwrap()
    }

    #[test]
    fn even_skin_is_even_and_natural() {
        let light = light(|_, _| [205, 160, 140]);
        assert!(light.cast < 1e-6);
        assert!((60.0..75.0).contains(&light.lightness));
        assert!(light.side_stops.abs() < 1e-6);
    }

    #[test]
    fn half_the_light_on_one_side_is_seen_as_half() {
        // 0.5 of the linear light is 0.73 of the coded value.
        let light = light(|x, _| if x < 200 { [205, 160, 140] } else { [150, 117, 102] });
        assert!((light.zone_ratio - 0.5).abs() < 0.03, "{}", light.zone_ratio);
        assert!((light.side_stops - 1.0).abs() < 0.1, "{}", light.side_stops);
    }

    #[test]
    fn a_dark_fringe_over_the_forehead_is_no_shadow() {
        let fringe = light(|_, y| if y < 140 { [52, 40, 35] } else { [205, 160, 140] });
        assert!(fringe.zone_ratio > 0.95, "{}", fringe.zone_ratio);
        let shade = light(|_, y| if y < 140 { [125, 98, 85] } else { [205, 160, 140] });
        assert!(shade.zone_ratio < 0.45, "{}", shade.zone_ratio);
    }

    #[test]
    fn a_thin_fringe_that_lets_skin_through_is_no_shadow() {
        let skin = [205, 160, 140];
        let thin = light(|x, y| if y < 140 && x % 6 < 4 { [84, 66, 55] } else { skin });
        assert!(thin.zone_ratio > 0.95, "{}", thin.zone_ratio);
    }

    #[test]
    fn highlights_grow_with_the_shining_spot() {
        let share = |radius: u32| {
            let spot = |x: u32, y: u32| x.abs_diff(200).pow(2) + y.abs_diff(130).pow(2) < radius * radius;
            light(|x, y| if spot(x, y) { [252, 250, 248] } else { [205, 160, 140] }).highlight
        };
        let shares = [0, 8, 16, 24].map(share);
        assert_eq!(shares[0], 0.0);
        assert!(shares.windows(2).all(|pair| pair[0] < pair[1]), "{shares:?}");
    }

    #[test]
    fn only_dark_skin_in_good_light_is_judged_by_the_eyes() {
        let dark = FaceLight { lightness: 24.0, eye_white: 42.0, ..light(|_, _| [205, 160, 140]) };
        assert!(dark.fair_lightness(99.0) >= 45.0);
        assert_eq!(dark.fair_lightness(60.0), 24.0);
        assert_eq!(FaceLight { eye_white: 20.0, ..dark }.fair_lightness(99.0), 24.0);
    }

    #[test]
    fn a_grey_picture_has_no_channel_spread() {
        assert_eq!(light(|_, _| [140, 140, 140]).channel_spread, 0.0);
    }

    #[test]
    fn a_green_face_has_a_cast() {
        assert!(light(|_, _| [120, 180, 120]).cast > 10.0);
    }
}
