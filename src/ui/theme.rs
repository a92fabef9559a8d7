//! The desk's look: spacing, type scale, surfaces, accent and status colours; no other file holds a colour or a size.

use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Ui, Vec2,
    Visuals, vec2,
};

use crate::inspect::Verdict;
use crate::settings::ThemeChoice;

/// Steps of empty space between things, in points.
pub mod space {
    pub const XS: f32 = 4.0;
    pub const S: f32 = 8.0;
    pub const M: f32 = 12.0;
    pub const L: f32 = 16.0;
    pub const XL: f32 = 24.0;
}

/// Sizes of the frame and of things that repeat, in points.
pub mod size {
    pub const RAIL: f32 = 56.0;
    pub const RAIL_BUTTON: f32 = 44.0;
    pub const BOTTOM_BAR: f32 = 28.0;
    pub const FILMSTRIP: f32 = 116.0;
    pub const THUMB: f32 = 92.0;
    pub const FACTS: f32 = 340.0;
    pub const BATCHES: f32 = 292.0;
    pub const SHEET_LIST: f32 = 232.0;
    pub const SHEET_OPTIONS: f32 = 312.0;
    /// Least width of a sheet between its list and its options.
    pub const SHEET_LEAST: f32 = 300.0;
    pub const TABLE_ROW: f32 = 36.0;
    pub const TABLE_HEADER: f32 = 32.0;
    pub const CONTROL: f32 = 28.0;
    pub const TALL_CONTROL: f32 = 36.0;
    pub const GAUGE_WIDTH: f32 = 84.0;
    pub const GAUGE_HEIGHT: f32 = 8.0;
    pub const PART_BAR: f32 = 6.0;
    pub const PROGRESS: f32 = 6.0;
    pub const CARD: f32 = 440.0;
    pub const DIALOG: f32 = 480.0;
    /// Width of a dialog that shows a table.
    pub const WIDE_DIALOG: f32 = 840.0;
    pub const FIELD: f32 = 240.0;
    pub const RULER: f32 = 34.0;
    pub const STATUS_ICON: f32 = 14.0;
    /// Width of a place below which its parts cannot stand side by side as usual: a small screen at a large scale.
    pub const NARROW: f32 = 760.0;
    pub const MIN_WINDOW: [f32; 2] = [1024.0, 640.0];
    pub const FIRST_WINDOW: [f32; 2] = [1440.0, 900.0];
}

/// Radius of corners: controls and cards.
pub const RADIUS: u8 = 6;
pub const CARD_RADIUS: u8 = 8;

/// Seconds that something may move to keep its place.
pub const MOTION_S: f32 = 0.12;

/// Text of 16 points, for what matters in a paragraph.
pub fn emphasis() -> TextStyle {
    TextStyle::Name("emphasis".into())
}

/// Text of 28 points, for numbers that matter.
pub fn number() -> TextStyle {
    TextStyle::Name("number".into())
}

/// Icons of 16 points.
pub fn icon_font() -> FontId {
    FontId::new(16.0, FontFamily::Name(egui_material_icons::FONT_FAMILY.into()))
}

/// Icons of 20 points.
pub fn large_icon_font() -> FontId {
    FontId::new(20.0, FontFamily::Name(egui_material_icons::FONT_FAMILY.into()))
}

/// Icons of 48 points, for empty states.
pub fn empty_icon_font() -> FontId {
    FontId::new(48.0, FontFamily::Name(egui_material_icons::FONT_FAMILY.into()))
}

/// The colours of one theme.
#[derive(Debug, PartialEq)]
pub struct Palette {
    pub window: Color32,
    pub panel: Color32,
    pub raised: Color32,
    pub hover: Color32,
    pub hairline: Color32,
    pub text: Color32,
    pub weak: Color32,
    pub accent: Color32,
    /// Fill of the one primary button, with `on_accent` as its text.
    pub accent_fill: Color32,
    pub accent_fill_hover: Color32,
    pub on_accent: Color32,
    /// Quiet fill behind what is selected.
    pub selected: Color32,
    pub pass: Color32,
    pub warn: Color32,
    pub fail: Color32,
    pub unknown: Color32,
    pub shadow: Color32,
}

/// Neutral surround of photos, the same in every theme (after ISO 3664).
pub const VIEWING_GREY: Color32 = Color32::from_rgb(0x77, 0x77, 0x77);
/// Guides over a photo: a light line on a dark halo reads on any picture.
pub const GUIDE: Color32 = Color32::from_rgb(0xFF, 0xF4, 0xC2);
pub const GUIDE_FAINT: Color32 = Color32::from_rgba_premultiplied(0x80, 0x7A, 0x61, 0x80);
pub const GUIDE_BAND: Color32 = Color32::from_rgba_premultiplied(0x1C, 0x1B, 0x15, 0x1C);
pub const FAINT_HALO: Color32 = Color32::from_rgba_premultiplied(0, 0, 0, 0x50);
pub const HALO: Color32 = Color32::from_rgba_premultiplied(0, 0, 0, 0xA0);
/// A contour where it is lost, doubtful and clear.
pub const CONTRAST: [Color32; 3] = [
    Color32::from_rgb(0xFF, 0x4B, 0x4B),
    Color32::from_rgb(0xFF, 0xD2, 0x4A),
    Color32::from_rgb(0x5F, 0xE3, 0x8C),
];
pub const EVIDENCE: Color32 = Color32::from_rgb(0xFF, 0x5C, 0xC8);
/// What lies outside the crop.
pub const OUTSIDE: Color32 = Color32::from_rgba_premultiplied(0x1C, 0x1C, 0x1C, 0x80);
/// Chips that lie on the viewing grey.
pub const ON_GREY_FILL: Color32 = Color32::from_rgba_premultiplied(0x10, 0x11, 0x13, 0xD8);
pub const ON_GREY_TEXT: Color32 = Color32::from_rgb(0xF2, 0xF3, 0xF4);

const DARK: Palette = Palette {
    window: Color32::from_rgb(0x15, 0x17, 0x1A),
    panel: Color32::from_rgb(0x1C, 0x1F, 0x23),
    raised: Color32::from_rgb(0x24, 0x28, 0x2D),
    hover: Color32::from_rgb(0x2E, 0x33, 0x3A),
    hairline: Color32::from_rgb(0x33, 0x38, 0x3F),
    text: Color32::from_rgb(0xE6, 0xE8, 0xEB),
    weak: Color32::from_rgb(0xA3, 0xAA, 0xB3),
    accent: Color32::from_rgb(0xA0, 0x94, 0xFF),
    accent_fill: Color32::from_rgb(0x5B, 0x4F, 0xDB),
    accent_fill_hover: Color32::from_rgb(0x6A, 0x5E, 0xE6),
    on_accent: Color32::WHITE,
    selected: Color32::from_rgb(0x33, 0x30, 0x55),
    pass: Color32::from_rgb(0x4C, 0xC9, 0xA0),
    warn: Color32::from_rgb(0xF0, 0xB8, 0x3C),
    fail: Color32::from_rgb(0xFF, 0x80, 0x7A),
    unknown: Color32::from_rgb(0x9F, 0xAD, 0xBD),
    shadow: Color32::from_rgba_premultiplied(0, 0, 0, 0x80),
};

const LIGHT: Palette = Palette {
    window: Color32::from_rgb(0xF6, 0xF7, 0xF8),
    panel: Color32::WHITE,
    raised: Color32::from_rgb(0xEC, 0xEE, 0xF0),
    hover: Color32::from_rgb(0xE0, 0xE3, 0xE7),
    hairline: Color32::from_rgb(0xD3, 0xD7, 0xDC),
    text: Color32::from_rgb(0x1B, 0x1E, 0x22),
    weak: Color32::from_rgb(0x52, 0x5A, 0x64),
    accent: Color32::from_rgb(0x4A, 0x3F, 0xC4),
    accent_fill: Color32::from_rgb(0x51, 0x45, 0xCD),
    accent_fill_hover: Color32::from_rgb(0x43, 0x38, 0xB5),
    on_accent: Color32::WHITE,
    selected: Color32::from_rgb(0xE2, 0xDF, 0xFA),
    pass: Color32::from_rgb(0x08, 0x6B, 0x4A),
    warn: Color32::from_rgb(0x80, 0x50, 0x00),
    fail: Color32::from_rgb(0xB4, 0x20, 0x28),
    unknown: Color32::from_rgb(0x4A, 0x56, 0x64),
    shadow: Color32::from_rgba_premultiplied(0, 0, 0, 0x28),
};

/// Every surface without a hue, so that nothing beside the photo shifts the eye.
const GREY: Palette = Palette {
    window: Color32::from_gray(0x46),
    panel: Color32::from_gray(0x4C),
    raised: Color32::from_gray(0x55),
    hover: Color32::from_gray(0x5F),
    hairline: Color32::from_gray(0x6A),
    text: Color32::from_gray(0xF4),
    weak: Color32::from_gray(0xD2),
    accent: Color32::from_rgb(0xD6, 0xD0, 0xFF),
    accent_fill: Color32::from_rgb(0x5B, 0x4F, 0xDB),
    accent_fill_hover: Color32::from_rgb(0x6A, 0x5E, 0xE6),
    on_accent: Color32::WHITE,
    selected: Color32::from_gray(0x6A),
    pass: Color32::from_rgb(0x8C, 0xEB, 0xD8),
    warn: Color32::from_rgb(0xFF, 0xD5, 0x80),
    fail: Color32::from_rgb(0xFF, 0xBC, 0xB7),
    unknown: Color32::from_rgb(0xD3, 0xDB, 0xE4),
    shadow: Color32::from_rgba_premultiplied(0, 0, 0, 0x70),
};

/// The colours of the theme this part of the window is drawn in.
pub fn palette(ui: &Ui) -> &'static Palette {
    of_visuals(ui.visuals())
}

/// The colours of the whole window, where no `Ui` is at hand.
pub fn of_window(ctx: &Context) -> &'static Palette {
    of_visuals(&ctx.global_style().visuals)
}

/// The colours of marks on photos, whatever the theme.
pub fn on_photo() -> &'static Palette {
    &DARK
}

fn of_visuals(visuals: &Visuals) -> &'static Palette {
    [&GREY, &LIGHT].into_iter().find(|p| p.window == visuals.panel_fill).unwrap_or(&DARK)
}

fn of_choice(theme: ThemeChoice) -> &'static Palette {
    match theme {
        ThemeChoice::Dark => &DARK,
        ThemeChoice::Light => &LIGHT,
        ThemeChoice::Grey => &GREY,
    }
}

impl Palette {
    /// The colour of a verdict; its shape comes from the status mark.
    pub fn verdict(&self, verdict: Verdict) -> Color32 {
        match verdict {
            Verdict::Pass => self.pass,
            Verdict::Warn => self.warn,
            Verdict::Fail => self.fail,
            Verdict::Unknown => self.unknown,
        }
    }
}

/// Gives the whole window this look and scale.
pub fn apply(ctx: &Context, theme: ThemeChoice, scale_percent: u16) {
    let egui_theme = if theme == ThemeChoice::Light { egui::Theme::Light } else { egui::Theme::Dark };
    ctx.set_theme(egui_theme);
    ctx.set_style_of(egui_theme, style(theme));
    // The scale is the person's choice in the settings; a key that changes it would not be remembered.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    ctx.set_zoom_factor(f32::from(scale_percent) / 100.0);
}

fn style(theme: ThemeChoice) -> Style {
    let mut style = Style { visuals: visuals(theme), animation_time: MOTION_S, ..Style::default() };
    style.text_styles = [
        (TextStyle::Small, 12.0),
        (TextStyle::Body, 14.0),
        (TextStyle::Button, 14.0),
        (TextStyle::Monospace, 14.0),
        (emphasis(), 16.0),
        (TextStyle::Heading, 20.0),
        (number(), 28.0),
    ]
    .map(|(name, points)| (name, FontId::new(points, FontFamily::Proportional)))
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(space::S, space::S);
    spacing.button_padding = vec2(space::M, space::XS);
    spacing.interact_size = vec2(size::CONTROL, size::CONTROL);
    spacing.combo_width = size::FIELD;
    spacing.text_edit_width = size::FIELD;
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 10.0;
    spacing.menu_margin = Margin::same(space::XS as i8);
    spacing.window_margin = Margin::same(space::XL as i8);
    spacing.tooltip_width = 360.0;
    spacing.scroll = egui::style::ScrollStyle::thin();
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.scroll_animation = egui::style::ScrollAnimation::none();
    #[cfg(debug_assertions)]
    {
        style.debug.show_unaligned = false;
        style.debug.warn_if_rect_changes_id = false;
    }
    style
}

fn visuals(theme: ThemeChoice) -> Visuals {
    let p = of_choice(theme);
    let is_light = theme == ThemeChoice::Light;
    let mut v = if is_light { Visuals::light() } else { Visuals::dark() };
    v.panel_fill = p.window;
    v.window_fill = p.panel;
    v.window_stroke = Stroke::new(1.0, p.hairline);
    v.window_corner_radius = CornerRadius::same(CARD_RADIUS);
    v.menu_corner_radius = CornerRadius::same(RADIUS);
    v.window_shadow = Shadow { offset: [0, 8], blur: 24, spread: 0, color: p.shadow };
    v.popup_shadow = Shadow { offset: [0, 4], blur: 12, spread: 0, color: p.shadow };
    v.faint_bg_color = p.panel;
    v.extreme_bg_color = p.window;
    v.text_edit_bg_color = Some(if is_light { p.panel } else { p.window });
    v.weak_text_color = Some(p.weak);
    v.hyperlink_color = p.accent;
    v.warn_fg_color = p.warn;
    v.error_fg_color = p.fail;
    v.selection.bg_fill = p.selected;
    v.selection.stroke = Stroke::new(1.0, p.accent);
    v.text_cursor.stroke = Stroke::new(2.0, p.accent);
    // A blinking cursor repaints for ever; a steady one keeps an idle window idle.
    v.text_cursor.blink = false;
    v.interact_cursor = Some(egui::CursorIcon::PointingHand);
    v.striped = false;
    v.disabled_alpha = 0.5;
    let w = &mut v.widgets;
    for (visuals, fill, stroke, text) in [
        (&mut w.noninteractive, p.panel, p.hairline, p.text),
        (&mut w.inactive, p.raised, p.hairline, p.text),
        (&mut w.hovered, p.hover, p.weak, p.text),
        (&mut w.active, p.hover, p.accent, p.text),
        (&mut w.open, p.hover, p.accent, p.text),
    ] {
        visuals.bg_fill = fill;
        visuals.weak_bg_fill = fill;
        visuals.bg_stroke = Stroke::new(1.0, stroke);
        visuals.fg_stroke = Stroke::new(1.0, text);
        visuals.corner_radius = CornerRadius::same(RADIUS);
        visuals.expansion = 0.0;
    }
    // The focus ring.
    w.active.bg_stroke = Stroke::new(2.0, p.accent);
    v
}

/// The light stripe of clipped pixels: burnt out or drowned.
pub fn clipped(burnt: bool) -> Color32 {
    if burnt { Color32::from_rgb(0xFF, 0x5C, 0x5C) } else { Color32::from_rgb(0x5C, 0xA8, 0xFF) }
}

/// Boxes and discs to tick stand out from the ground while they are empty.
pub fn outline(ui: &mut Ui) {
    let p = palette(ui);
    ui.visuals_mut().widgets.inactive.bg_stroke = Stroke::new(1.0, p.weak);
    ui.visuals_mut().widgets.inactive.bg_fill = p.window;
}

/// A frame for panels on this surface, without a stroke.
pub fn surface(fill: Color32, margin: Vec2) -> egui::Frame {
    egui::Frame::new().fill(fill).inner_margin(Margin::symmetric(margin.x as i8, margin.y as i8))
}

/// A card: raised, hairline, rounded.
pub fn card(ui: &Ui) -> egui::Frame {
    let p = palette(ui);
    egui::Frame::new()
        .fill(p.panel)
        .stroke(Stroke::new(1.0, p.hairline))
        .corner_radius(CornerRadius::same(CARD_RADIUS))
        .inner_margin(Margin::same(space::L as i8))
}

/// The hairline between parts.
pub fn hairline(ui: &Ui) -> Stroke {
    Stroke::new(1.0, palette(ui).hairline)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relative_luminance(colour: Color32) -> f64 {
        let linear = |byte: u8| {
            let c = f64::from(byte) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    /// WCAG 2 contrast ratio.
    fn contrast(one: Color32, other: Color32) -> f64 {
        let (a, b) = (relative_luminance(one), relative_luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_and_status_colour_reads_on_every_surface() {
        for p in [&DARK, &LIGHT, &GREY] {
            for surface in [p.window, p.panel, p.raised] {
                for ink in [p.text, p.weak, p.accent, p.pass, p.warn, p.fail, p.unknown] {
                    let ratio = contrast(ink, surface);
                    assert!(ratio >= 4.5, "{ink:?} on {surface:?} is only {ratio:.2}");
                }
            }
            for fill in [p.accent_fill, p.accent_fill_hover] {
                assert!(contrast(p.on_accent, fill) >= 4.5, "{:.2}", contrast(p.on_accent, fill));
            }
            assert!(contrast(p.text, p.selected) >= 4.5);
        }
    }

    #[test]
    fn the_window_knows_its_own_theme() {
        for (choice, expect) in
            [(ThemeChoice::Dark, &DARK), (ThemeChoice::Light, &LIGHT), (ThemeChoice::Grey, &GREY)]
        {
            let ctx = Context::default();
            apply(&ctx, choice, 100);
            assert_eq!(of_window(&ctx), expect);
        }
    }

    #[test]
    fn the_grey_theme_has_no_hue_in_its_surfaces() {
        for surface in [GREY.window, GREY.panel, GREY.raised, GREY.hover, GREY.hairline, GREY.selected] {
            assert!(surface.r() == surface.g() && surface.g() == surface.b());
        }
    }

    /// Brettel-style check kept simple: pass and fail must differ in lightness or in blue, the channels left to a person
    /// who cannot tell red from green.
    #[test]
    fn pass_and_fail_differ_without_red_and_green() {
        for p in [&DARK, &LIGHT, &GREY] {
            let blue = (i32::from(p.pass.b()) - i32::from(p.fail.b())).abs();
            assert!(blue >= 30, "only {blue} apart in blue");
        }
    }
}
