//! A reader for the codes that the decoders lose. It looks for finder patterns at several scales, fits the whole grid of
//! known modules to the picture, and learns from the code itself what blur and slanting light did to its modules. The waves
//! of a photographed screen are taken away first where there are any. Correcting errors is left to a decoder.

mod contrast;
mod equal;
mod finder;
mod fit;
mod light;
mod pair;
mod pattern;
mod sample;
pub mod screen;
mod triple;

use contrast::Contrasts;
use finder::Finder;
use fit::Grid;
use light::Plane;

/// Beside a code that was read only patterns crossed by so many rows a pixel of their modules are taken for another's: what is
/// seen less often is chance.
const CLEAR: f32 = 4.0;

/// The contents of the codes in a picture of grey pixels, row by row.
pub fn codes(width: usize, height: usize, light: &[u8]) -> Vec<Vec<u8>> {
    let Some(plane) = Plane::new(width, height, light) else { return Vec::new() };
    let mut finders = finder::find(&plane);
    let contrasts = Contrasts::new(&plane);
    let mut contents = Vec::new();
    while let Some((used, (grid, content))) = first(&contrasts, &finders) {
        let may_be_another = |finder: &Finder| {
            finder.seen >= CLEAR * finder.module && !used.contains(finder) && !grid.is_over(finder.at)
        };
        finders.retain(may_be_another);
        contents.push(content);
    }
    if contents.is_empty() {
        let read = read_first(&contrasts, pair::grids(&contrasts, &finders));
        contents.extend(read.map(|(_, content)| content));
    }
    contents
}

/// The likeliest three patterns that are the corners of a code, where it lies and what it holds.
fn first(contrasts: &Contrasts<'_>, finders: &[Finder]) -> Option<(triple::Corners, (Grid, Vec<u8>))> {
    triple::candidates(finders).into_iter().find_map(|corners| {
        let read = read_first(contrasts, fit::grids(contrasts, &corners))?;
        Some((corners, read))
    })
}

/// The first of these grids that can be read.
fn read_first(contrasts: &Contrasts<'_>, grids: Vec<Grid>) -> Option<(Grid, Vec<u8>)> {
    grids.into_iter().find_map(|grid| sample::read(contrasts, &grid).map(|content| (grid, content)))
}

#[cfg(test)]
mod tests {
    use super::super::{Modules, draw::QUIET_MODULES};
    use super::*;

    const PIXELS: usize = 7;

    /// A drawn code with its blank border, one of its finder patterns under a white spot.
    fn covered(modules: &Modules, corner: Option<[usize; 2]>) -> (usize, Vec<u8>) {
        let side = (modules.width + 2 * QUIET_MODULES) * PIXELS;
        let light = |at: usize| {
            let module = |at: usize| (at / PIXELS).checked_sub(QUIET_MODULES);
            let (Some(x), Some(y)) = (module(at % side), module(at / side)) else { return 235 };
            let is_covered = corner
                .is_some_and(|[left, top]| (left..left + 9).contains(&x) && (top..top + 9).contains(&y));
            if modules.is_dark(x, y) && !is_covered { 30 } else { 235 }
        };
        (side, (0..side * side).map(light).collect())
    }

    #[test]
    fn a_code_is_read_without_one_of_its_finder_patterns() {
        let text = "opaque".repeat(25);
        let modules = Modules::of(&text).unwrap();
        let far = modules.width - 9;
        for corner in [None, Some([0, 0]), Some([far, 0]), Some([0, far])] {
            let (side, light) = covered(&modules, corner);
            assert_eq!(codes(side, side, &light), [text.as_bytes()], "covered at {corner:?}");
        }
    }

    #[test]
    fn two_codes_beside_each_other_are_both_read() {
        let texts = ["one".repeat(30), "other".repeat(30)];
        let [(side, one), (other_side, other)] =
            texts.each_ref().map(|text| covered(&Modules::of(text).unwrap(), None));
        let (width, height) = (side + other_side, side.max(other_side));
        let mut light = vec![235; width * height];
        for (drawn, side, left) in [(one, side, 0), (other, other_side, side)] {
            for (y, row) in drawn.chunks_exact(side).enumerate() {
                light[y * width + left..][..side].copy_from_slice(row);
            }
        }
        let mut read = codes(width, height, &light);
        read.sort();
        assert_eq!(read, texts.each_ref().map(|text| text.as_bytes()));
    }

    #[test]
    fn nothing_is_read_where_nothing_stands() {
        assert!(codes(0, 0, &[]).is_empty());
        assert!(codes(40, 30, &[128; 1200]).is_empty());
        let stripes: Vec<u8> =
            (0..300 * 200).map(|at| if at % 300 / 9 % 2 == 0 { 20 } else { 230 }).collect();
        assert!(codes(300, 200, &stripes).is_empty());
    }
}
