//! The top of the head including hair, from the matte, with stray hairs taken away.

use crate::inspect::crop::Touches;
use crate::inspect::matte::Matte;
use crate::photo::Point;

use super::geometry::FaceAxes;

/// Opacity from which a pixel belongs to the head.
const SOLID: f32 = 0.5;
/// Radius of the opening that removes stray hairs, in eye distances.
const STRAY_HAIR_IED: f64 = 0.03;
/// Half width of the columns looked at, in eye distances.
const HALF_WIDTH_IED: f64 = 1.3;
/// A crown nearer to the eyes than this is a hole in the matte, not a head.
const LOWEST_CROWN_IED: f64 = 0.9;
/// Rows from the upper edge within which the head counts as cut, in matte pixels.
const CUT_ROWS: f64 = 1.5;
/// Person pixels on an edge from which the person counts as touching it.
const TOUCHING_PX: usize = 3;

/// Finds the crown in matte coordinates. `axes` are the face's axes in matte pixels.
/// `None` when the matte does not cover the face.
pub fn find(matte: &Matte, axes: &FaceAxes) -> Option<Point> {
    let window = Window::above_eyes(matte, axes)?;
    let radius = (STRAY_HAIR_IED * axes.ied_px).round() as usize;
    let solid = window.opened(matte, radius);
    let head = window.connected(&solid, axes)?;
    let row = (0..window.height).find(|row| head[row * window.width..][..window.width].contains(&true))?;
    let columns: Vec<usize> = (0..window.width).filter(|column| head[row * window.width + column]).collect();
    let column = columns[columns.len() / 2];
    let exact = window.exact_row(matte, column, row);
    let crown = Point::new((window.left + column) as f32 + 0.5, exact);
    let height = f64::from(axes.origin.y - crown.y) / axes.ied_px;
    (height >= LOWEST_CROWN_IED || f64::from(crown.y) <= CUT_ROWS).then_some(crown)
}

/// Which edges of the photo the person reaches; `photo_edges` says which edges of the matte those are.
/// Side edges count above `lowest_row` only.
pub fn touches(matte: &Matte, crown: Point, lowest_row: f64, photo_edges: Touches) -> Touches {
    let (width, height) = (matte.width_px, matte.height_px);
    let rows = (lowest_row.max(1.0) as u32).min(height);
    let column = |x: u32| (0..rows).filter(|&y| matte.at(x, y) >= SOLID).count() >= TOUCHING_PX;
    Touches {
        top: photo_edges.top && f64::from(crown.y) <= CUT_ROWS,
        left: photo_edges.left && column(0),
        right: photo_edges.right && column(width - 1),
        bottom: photo_edges.bottom
            && (0..width).filter(|&x| matte.at(x, height - 1) >= SOLID).count() >= TOUCHING_PX,
    }
}

/// The columns around the head, from the upper edge down to the eyes.
struct Window {
    left: usize,
    width: usize,
    height: usize,
}

impl Window {
    fn above_eyes(matte: &Matte, axes: &FaceAxes) -> Option<Self> {
        let (middle, reach) = (f64::from(axes.origin.x), HALF_WIDTH_IED * axes.ied_px);
        let left = (middle - reach).max(0.0) as usize;
        let right = ((middle + reach).max(0.0) as usize).min(matte.width_px as usize);
        let height = (f64::from(axes.origin.y).max(0.0) as usize).min(matte.height_px as usize);
        (right > left && height > 0).then_some(Self { left, width: right - left, height })
    }

    /// Solid pixels after an opening with a square of the given radius. The edge of the window is
    /// repeated, so that a head that runs out of the photo stays.
    fn opened(&self, matte: &Matte, radius: usize) -> Vec<bool> {
        let solid: Vec<bool> = (0..self.width * self.height)
            .map(|index| {
                matte.at((self.left + index % self.width) as u32, (index / self.width) as u32) >= SOLID
            })
            .collect();
        let eroded = self.spread(&solid, radius, false);
        self.spread(&eroded, radius, true)
    }

    /// Pixels within `radius` of which any pixel has the value `spreading`, set to it.
    fn spread(&self, mask: &[bool], radius: usize, spreading: bool) -> Vec<bool> {
        let rows = spread_lines(mask, self.width, 1, self.height, self.width, radius, spreading);
        spread_lines(&rows, self.height, self.width, self.width, 1, radius, spreading)
    }

    /// The part of `solid` that hangs together with the forehead.
    fn connected(&self, solid: &[bool], axes: &FaceAxes) -> Option<Vec<bool>> {
        let column = (axes.origin.x as usize).checked_sub(self.left)?;
        let seed_row = (f64::from(axes.origin.y) - 0.3 * axes.ied_px).max(0.0) as usize;
        let seed = seed_row.min(self.height - 1) * self.width + column.min(self.width - 1);
        if !solid[seed] {
            return None;
        }
        let mut reached = vec![false; solid.len()];
        let mut open = vec![seed];
        reached[seed] = true;
        while let Some(index) = open.pop() {
            let (x, y) = (index % self.width, index / self.width);
            let left = (x > 0).then(|| index - 1);
            let right = (x + 1 < self.width).then_some(index + 1);
            let above = (y > 0).then(|| index - self.width);
            let below = (y + 1 < self.height).then_some(index + self.width);
            for next in [left, right, above, below].into_iter().flatten() {
                if solid[next] && !reached[next] {
                    reached[next] = true;
                    open.push(next);
                }
            }
        }
        Some(reached)
    }

    /// Where opacity crosses one half between the row above and the first solid row.
    fn exact_row(&self, matte: &Matte, column: usize, row: usize) -> f32 {
        if row == 0 {
            return 0.0;
        }
        let x = (self.left + column) as u32;
        let (above, below) = (matte.at(x, row as u32 - 1), matte.at(x, row as u32));
        if below > SOLID && above < SOLID {
            row as f32 - 0.5 + (SOLID - above) / (below - above)
        } else {
            row as f32
        }
    }
}

/// One pass of `spread` along lines of `length` pixels that are `step` apart, `lines` of them `stride` apart.
fn spread_lines(
    mask: &[bool],
    length: usize,
    step: usize,
    lines: usize,
    stride: usize,
    radius: usize,
    spreading: bool,
) -> Vec<bool> {
    let mut out = mask.to_vec();
    for line in 0..lines {
        let start = line * stride;
        let mut behind: Option<usize> = None;
        for position in 0..length {
            if mask[start + position * step] == spreading {
                behind = Some(position);
            }
            if behind.is_some_and(|last| position - last <= radius) {
                out[start + position * step] = spreading;
            }
        }
        let mut ahead: Option<usize> = None;
        for position in (0..length).rev() {
            if mask[start + position * step] == spreading {
                ahead = Some(position);
            }
            if ahead.is_some_and(|next| next - position <= radius) {
                out[start + position * step] = spreading;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matte(solid: impl Fn(u32, u32) -> bool) -> Matte {
        let alpha =
            (0..200 * 200).map(|index| f32::from(u8::from(solid(index % 200, index / 200)))).collect();
        Matte { width_px: 200, height_px: 200, photo_width_px: 200, photo_height_px: 200, alpha }
    }

    fn axes() -> FaceAxes {
        FaceAxes { origin: Point::new(100.0, 120.0), roll_deg: 0.0, ied_px: 40.0 }
    }

    #[test]
    fn stray_hairs_do_not_raise_the_crown() {
        let head = matte(|x, y| ((60..140).contains(&x) && y >= 50) || (x == 100 && y >= 20));
        assert!((find(&head, &axes()).unwrap().y - 50.0).abs() <= 1.0);
    }

    #[test]
    fn a_thing_above_the_head_is_not_the_head() {
        let head = matte(|x, y| (60..140).contains(&x) && !(20..50).contains(&y));
        assert!((find(&head, &axes()).unwrap().y - 50.0).abs() <= 1.0);
    }

    #[test]
    fn a_head_at_the_edge_is_cut() {
        let head = matte(|x, _| (60..140).contains(&x));
        let crown = find(&head, &axes()).unwrap();
        assert!(touches(&head, crown, 200.0, Touches { top: true, ..Touches::default() }).top);
    }

    #[test]
    fn a_matte_without_the_face_has_no_crown() {
        assert_eq!(find(&matte(|_, y| y > 190), &axes()), None);
    }
}
