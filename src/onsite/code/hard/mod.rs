//! A reader for the codes that the decoders lose. It looks for finder patterns at several scales, fits the whole grid of
//! known modules to the picture, and learns from the code itself what blur and slanting light did to its modules. The waves
//! of a photographed screen are taken away first where there are any. Correcting errors is left to a decoder.

mod equal;
mod finder;
mod fit;
mod light;
mod pair;
mod pattern;
mod sample;
pub mod screen;
mod triple;

use light::Plane;

/// The contents of the codes in a picture of grey pixels, row by row.
pub fn codes(width: usize, height: usize, light: &[u8]) -> Vec<Vec<u8>> {
    let Some(plane) = Plane::new(width, height, light) else { return Vec::new() };
    let mut finders = finder::find(&plane);
    let mut contents = Vec::new();
    while let Some((used, content)) = first(&plane, &finders) {
        finders.retain(|finder| !used.contains(finder));
        contents.push(content);
    }
    if contents.is_empty() {
        contents.extend(pair::grids(&plane, &finders).iter().find_map(|grid| sample::read(&plane, grid)));
    }
    contents
}

/// The likeliest three patterns that are the corners of a code, and what it holds.
fn first(plane: &Plane, finders: &[finder::Finder]) -> Option<(triple::Corners, Vec<u8>)> {
    triple::candidates(finders).into_iter().find_map(|corners| {
        let content = fit::grids(plane, &corners).iter().find_map(|grid| sample::read(plane, grid))?;
        Some((corners, content))
    })
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
    fn nothing_is_read_where_nothing_stands() {
        assert!(codes(0, 0, &[]).is_empty());
        assert!(codes(40, 30, &[128; 1200]).is_empty());
        let stripes: Vec<u8> =
            (0..300 * 200).map(|at| if at % 300 / 9 % 2 == 0 { 20 } else { 230 }).collect();
        assert!(codes(300, 200, &stripes).is_empty());
    }
}
