//! How dark a module would be against its neighbourhood, for a module of one size at every place of a picture: measured once,
//! looked up for every grid that is tried.

use std::sync::OnceLock;

use super::light::Plane;

/// Half a side of what is measured of a module, in modules.
const CORE: f32 = 0.3;
/// Half a side of the neighbourhood it is compared with, in modules.
const AROUND: f32 = 4.0;
/// A module that differs from its neighbourhood by this share of its light is wholly dark or light.
const FULL: f32 = 0.25;
/// Sizes of modules within this ratio share their measurements.
const ALIKE: f32 = 1.1;
/// How many such sizes there are, from one pixel on.
const SIZES: usize = 50;
/// Places are measured this many times along a module.
const PER_MODULE: f32 = 8.0;
/// What stands for wholly dark.
const WHOLLY: f32 = 127.0;

/// The measurements of one picture, each size when it is first asked for.
pub struct Contrasts<'a> {
    pub plane: &'a Plane,
    sizes: [OnceLock<Contrast>; SIZES],
}

/// For modules of one size.
pub struct Contrast {
    /// Places to a pixel, and how far the first lies before the middle of the first pixel.
    scale: f32,
    shift: f32,
    width: usize,
    height: usize,
    /// From wholly light to wholly dark, row by row.
    dark: Vec<i8>,
}

impl<'a> Contrasts<'a> {
    pub fn new(plane: &'a Plane) -> Self {
        Self { plane, sizes: [const { OnceLock::new() }; SIZES] }
    }

    /// For modules with sides of about so many pixels.
    pub fn of(&self, module: f32) -> &Contrast {
        let size = (module.max(1.0).ln() / ALIKE.ln()).round() as usize;
        let size = size.min(SIZES - 1);
        self.sizes[size].get_or_init(|| Contrast::measure(self.plane, ALIKE.powi(size as i32)))
    }
}

impl Contrast {
    fn measure(plane: &Plane, module: f32) -> Self {
        let step = ((module / PER_MODULE) as usize).max(1);
        let (width, height) = (plane.width.div_ceil(step), plane.height.div_ceil(step));
        let mut dark = Vec::with_capacity(width * height);
        let middle = step / 2;
        let (mut core, mut around) = (vec![0.0; width], vec![0.0; width]);
        for row in 0..height {
            plane.means(row * step + middle, step, CORE * module, &mut core);
            plane.means(row * step + middle, step, AROUND * module, &mut around);
            dark.extend(core.iter().zip(&around).map(|(light, around)| {
                (((around - light) / (FULL * around + 1.0)).clamp(-1.0, 1.0) * WHOLLY) as i8
            }));
        }
        // The nearest place is looked up; boxes with an even side lie half a pixel before their pixel.
        let even = if Plane::side(CORE * module).is_multiple_of(2) { 0.5 } else { 0.0 };
        let shift = step as f32 / 2.0 - middle as f32 + even;
        Self { scale: 1.0 / step as f32, shift, width, height, dark }
    }

    /// From -1, wholly light, to 1, wholly dark. `None` outside the picture.
    pub fn at(&self, [x, y]: [f32; 2]) -> Option<f32> {
        let (x, y) = ((x + self.shift) * self.scale, (y + self.shift) * self.scale);
        if !(x >= 0.0 && y >= 0.0) {
            return None;
        }
        let (column, row) = (x as usize, y as usize);
        (column < self.width && row < self.height)
            .then(|| f32::from(self.dark[row * self.width + column]) / WHOLLY)
    }
}
