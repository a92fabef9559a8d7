//! sRGB, linear light, CIELAB (D65) and the CIEDE2000 difference.

/// CIELAB under D65.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lab {
    pub l: f32,
    pub a: f32,
    pub b: f32,
}

/// One 8-bit sRGB colour in CIELAB.
pub fn lab_from_srgb(_rgb: [u8; 3]) -> Lab {
    todo!()
}

/// CIEDE2000 colour difference with unit weights.
pub fn delta_e_2000(_one: Lab, _other: Lab) -> f32 {
    todo!()
}

/// Linear luminance 0..=1 of an 8-bit sRGB colour (ITU-R BT.709 weights).
pub fn linear_luminance(_rgb: [u8; 3]) -> f32 {
    todo!()
}
