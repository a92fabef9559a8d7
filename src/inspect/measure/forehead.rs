//! How far up the forehead is bare: what covers a head mostly begins below the hairline.

use image::RgbImage;

use crate::inspect::face::FaceMesh;

use super::geometry::FaceAxes;
use super::head_skin::{HeadSkin, PATCH_IED_PX};
use super::points;

/// The middle of the forehead reaches so far to either side, eye distances; temples are often under hair.
const HALF_WIDTH_IED: f64 = 0.35;
/// The brows' own hair ends within this distance above the mesh's brows, eye distances.
const ABOVE_BROWS_IED: f64 = 0.05;
/// A level is bare where this share of it is skin; so many levels that are not, of a fortieth of the eye distance each, end
/// the forehead: fewer are a wrinkle or a strand.
const BARE_LEVEL: f64 = 0.5;
const COVERED_LEVELS: usize = 3;
/// Lowest forehead of a mesh that is one, eye distances.
const LEAST_HEIGHT_IED: f64 = 0.05;
/// More bare skin than this says nothing more: a bald head.
const MOST: f64 = 2.0;

/// Height of the bare skin above the brows over that of the mesh's forehead, 0..=2: nothing bare right above the brows is 0,
/// and from 1 on it is bare up to where the mesh has its upper end. `in_copy` are the face's axes in `pixels`, `axes` those
/// in the photo, where the mesh is. `None` where the picture ends below the mesh's forehead and all that can be seen is bare.
pub fn bare_share(
    head: &HeadSkin,
    pixels: &RgbImage,
    in_copy: &FaceAxes,
    mesh: &FaceMesh,
    axes: &FaceAxes,
) -> Option<f64> {
    let level_of = |index: usize| Some(axes.to_face(mesh.points.get(index)?.at()).1);
    let brows: Option<Vec<f64>> =
        points::BROW_TOP_LEFT.iter().chain(&points::BROW_TOP_RIGHT).map(|&index| level_of(index)).collect();
    let brows = brows?.into_iter().fold(f64::MAX, f64::min);
    let height = brows - level_of(points::FOREHEAD_TOP)?;
    if height < LEAST_HEIGHT_IED {
        return None;
    }
    let first = head.patch.locate((-HALF_WIDTH_IED, brows - ABOVE_BROWS_IED));
    let columns = first.x as u32..first.x as u32 + (2.0 * HALF_WIDTH_IED * PATCH_IED_PX) as u32;
    let (mut bare, mut covered) = (brows, 0);
    for row in (0..=first.y.max(0.0) as u32).rev() {
        let level = head.patch.place(0.0, f64::from(row) + 0.5).1;
        if !is_inside(pixels, in_copy, level) {
            let share = (brows - bare) / height;
            return (covered > 0 || share >= 1.0).then_some(share);
        }
        let skin = columns.clone().filter(|&column| head.is_skin(column, row)).count();
        if skin as f64 >= BARE_LEVEL * columns.len() as f64 {
            (bare, covered) = (level, 0);
        } else {
            covered += 1;
        }
        if covered == COVERED_LEVELS || brows - bare >= MOST * height {
            break;
        }
    }
    Some(((brows - bare) / height).min(MOST))
}

/// Whether the face's middle line is in the picture at this level.
fn is_inside(pixels: &RgbImage, in_copy: &FaceAxes, level: f64) -> bool {
    let at = in_copy.to_photo((0.0, level));
    at.x >= 0.0 && at.y >= 0.0 && at.x < pixels.width() as f32 && at.y < pixels.height() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::fixture;
    use crate::photo::Point;
    use image::Rgb;

    const EYES_Y: f32 = 252.0;
    const IED_PX: f64 = 96.0;

    /// A face of skin all over up to so many eye distances above the eyes, cloth above; the picture's top row lies `top`
    /// above the eyes.
    fn forehead(bare_to: f64, top: f64) -> Option<f64> {
        let eyes_y = (top * IED_PX) as f32;
        let edge = eyes_y - (bare_to * IED_PX) as f32;
        let pixels = RgbImage::from_fn(480, 640, |_, y| {
            if (y as f32) < edge { Rgb([30, 60, 160]) } else { Rgb([205, 160, 135]) }
        });
        let mesh = fixture::mesh(Point::new(240.0, eyes_y), IED_PX as f32, 0.0);
        let axes = FaceAxes { origin: Point::new(240.0, eyes_y), roll_deg: 0.0, ied_px: IED_PX };
        let head = HeadSkin::of(&pixels, &axes, &mesh, &axes).unwrap();
        bare_share(&head, &pixels, &axes, &mesh, &axes)
    }

    #[test]
    fn a_bare_forehead_is_seen_to_its_end_and_a_cap_ends_it() {
        let whole = f64::from(EYES_Y) / IED_PX;
        let (bald, low, lower) = (forehead(9.0, whole), forehead(0.8, whole), forehead(0.55, whole));
        assert_eq!(bald, Some(MOST));
        assert!(lower.unwrap() < low.unwrap() && low.unwrap() < 2.0, "{lower:?} {low:?}");
    }

    #[test]
    fn a_picture_that_ends_on_bare_skin_below_the_hairline_tells_nothing() {
        assert_eq!(forehead(9.0, 0.5), None);
    }
}
