//! The faces the desk is written in: one embedded Chinese sans and the icon font, so that no font need be installed.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily};

const CHINESE_SANS: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-Regular.ttf");
const CHINESE_SANS_NAME: &str = "NotoSansSC";

/// Makes the embedded faces the only ones of this window.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::empty();
    fonts.font_data.insert(CHINESE_SANS_NAME.into(), Arc::new(FontData::from_static(CHINESE_SANS)));
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        fonts.families.insert(family, vec![CHINESE_SANS_NAME.into()]);
    }
    ctx.set_fonts(fonts);
    egui_material_icons::initialize(ctx);
}
