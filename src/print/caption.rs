//! Captions in the waste of a sheet: where one fits, and its line of glyphs in the bundled font.

use serde::Serialize;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use super::area::Area;
use super::pack::Packing;
use crate::photo::units::Mm;

/// The font of all captions; it covers the simplified characters in common use.
pub static FONT: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-Regular.ttf");

/// Height of the strip that a ganged set keeps below its pieces.
pub const STRIP: Mm = Mm::from_tenths(40);
/// Lower than this nobody reads a caption.
pub const LOWEST_SLOT: Mm = Mm::from_tenths(25);
/// Captions keep this far from pieces, marks and the sheet's edge.
const CLEARANCE: Mm = Mm::from_tenths(7);
const LARGEST_TYPE_MM: f64 = 3.0;
const SMALLEST_TYPE_MM: f64 = 1.7;
const SHORTEST_SLOT: Mm = Mm::from_tenths(150);
/// Line height over type size of the font: ascent and descent of Chinese type without leading.
const LINE_PER_TYPE: f64 = 1.2;

/// Chinese type fills from about 0.88 em above to 0.12 em below the baseline.
const ASCENT_EMS: f64 = 0.88;

/// Where a caption stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Slot {
    pub area: Area,
    /// Read from top to bottom, a quarter turn clockwise.
    pub turned: bool,
}

impl Slot {
    fn length(self) -> Mm {
        if self.turned { self.area.height } else { self.area.width }
    }

    fn thickness(self) -> Mm {
        if self.turned { self.area.width } else { self.area.height }
    }
}

/// A slot for each set: its own strip, or else the best stretch of the sheet's margin. Empty without room.
pub fn slots(packing: &Packing, marks: &[Area]) -> Vec<Slot> {
    if packing.strips.is_empty() {
        return in_margin(packing, marks).into_iter().collect();
    }
    let inset = |strip: &Area| Slot { area: strip.grown(Mm::ZERO - CLEARANCE), turned: false };
    packing.strips.iter().map(inset).collect()
}

/// The thickest free stretch of the margin, of equal ones the lower, then the longer.
fn in_margin(packing: &Packing, marks: &[Area]) -> Option<Slot> {
    let (sheet, block) = (packing.sheet.grown(Mm::ZERO - CLEARANCE), packing.block.grown(CLEARANCE));
    let below = Area::new(sheet.x, block.bottom(), sheet.width, sheet.bottom() - block.bottom());
    let above = Area::new(sheet.x, sheet.y, sheet.width, block.y - sheet.y);
    let left = Area::new(sheet.x, sheet.y, block.x - sheet.x, sheet.height);
    let right = Area::new(block.right(), sheet.y, sheet.right() - block.right(), sheet.height);
    [(below, false), (above, false), (left, true), (right, true)]
        .into_iter()
        .filter_map(|(area, turned)| longest_free(Slot { area, turned }, marks))
        .rev()
        .max_by_key(|slot| {
            (slot.thickness().min(Mm::from_mm(LARGEST_TYPE_MM * LINE_PER_TYPE)), slot.length())
        })
}

/// The longest stretch of a slot between marks.
fn longest_free(slot: Slot, marks: &[Area]) -> Option<Slot> {
    let along = |area: Area| if slot.turned { (area.y, area.bottom()) } else { (area.x, area.right()) };
    let mut taken: Vec<(Mm, Mm)> =
        marks.iter().map(|mark| mark.grown(CLEARANCE)).filter(|m| m.overlaps(slot.area)).map(along).collect();
    let (start, end) = along(slot.area);
    taken.push((end, end));
    taken.sort();
    let mut free_from = start;
    let mut stretches = Vec::new();
    for (from, to) in taken {
        stretches.push((from - free_from, free_from));
        free_from = free_from.max(to);
    }
    let (length, from) = stretches.into_iter().max_by_key(|(length, from)| (*length, Mm::ZERO - *from))?;
    let area = if slot.turned {
        Area { y: from, height: length, ..slot.area }
    } else {
        Area { x: from, width: length, ..slot.area }
    };
    let free = Slot { area, ..slot };
    (free.length() >= SHORTEST_SLOT && free.thickness() >= LOWEST_SLOT - CLEARANCE).then_some(free)
}

/// A glyph of a line; its distance from the line's start in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glyph {
    pub id: u16,
    pub character: char,
    pub at_mm: f64,
}

/// A caption set in type.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub glyphs: Vec<Glyph>,
    /// Em size in millimetres.
    pub size_mm: f64,
    pub length_mm: f64,
    /// From the slot's upper edge (right edge when turned) to the baseline.
    pub baseline_mm: f64,
}

/// Sets `text` into a slot: as large as the slot is high, smaller when it is long, cut with … when too long.
///
/// Returns nothing for a text without visible characters or a font that cannot be read.
pub fn set_line(text: &str, slot: Slot) -> Option<Line> {
    let font = FontRef::new(FONT).ok()?;
    let text = text.trim();
    let (length, thickness) = (slot.length().mm(), slot.thickness().mm());
    let largest = (thickness / LINE_PER_TYPE).min(LARGEST_TYPE_MM);
    let natural = advances(&font, text).iter().map(|(_, _, advance)| advance).sum::<f64>();
    if natural <= 0.0 {
        return None;
    }
    let size_mm = largest.min((length / natural).max(SMALLEST_TYPE_MM.min(largest)));
    let shown = shortened(&font, text, length / size_mm);
    let mut at_mm = 0.0;
    let mut glyphs = Vec::new();
    for (id, character, advance) in advances(&font, &shown) {
        glyphs.push(Glyph { id, character, at_mm });
        at_mm += advance * size_mm;
    }
    let baseline_mm = (thickness - size_mm) / 2.0 + size_mm * ASCENT_EMS;
    Some(Line { glyphs, size_mm, length_mm: at_mm, baseline_mm })
}

/// A line of text of a given size, as long as it becomes; nothing for a text without visible characters.
pub fn line_of(text: &str, size_mm: f64) -> Option<Line> {
    let font = FontRef::new(FONT).ok()?;
    let mut at_mm = 0.0;
    let mut glyphs = Vec::new();
    for (id, character, advance) in advances(&font, text.trim()) {
        glyphs.push(Glyph { id, character, at_mm });
        at_mm += advance * size_mm;
    }
    (at_mm > 0.0).then_some(Line { glyphs, size_mm, length_mm: at_mm, baseline_mm: size_mm * ASCENT_EMS })
}

/// Characters of `text` that the font cannot show.
pub fn missing_characters(text: &str) -> Vec<char> {
    let Ok(font) = FontRef::new(FONT) else { return text.chars().collect() };
    let map = font.charmap();
    text.chars().filter(|c| !c.is_whitespace() && map.map(*c).is_none()).collect()
}

/// Glyph, character and advance in ems.
fn advances(font: &FontRef<'_>, text: &str) -> Vec<(u16, char, f64)> {
    let map = font.charmap();
    let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
    text.chars()
        .map(|character| {
            let glyph = map.map(character).unwrap_or_default();
            let advance = metrics.advance_width(glyph).unwrap_or(1.0);
            (glyph.to_u32() as u16, character, f64::from(advance))
        })
        .collect()
}

fn shortened(font: &FontRef<'_>, text: &str, most_ems: f64) -> String {
    let ems = |text: &str| advances(font, text).iter().map(|(_, _, advance)| advance).sum::<f64>();
    if ems(text) <= most_ems + 1e-9 {
        return text.into();
    }
    let mut kept: Vec<char> = text.chars().collect();
    loop {
        kept.pop();
        let shown: String = kept.iter().copied().chain(['…']).collect();
        if kept.is_empty() || ems(&shown) <= most_ems {
            return shown;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(length: i32, thickness: i32) -> Slot {
        Slot { area: Area::new(Mm(0), Mm(0), Mm(length), Mm(thickness)), turned: false }
    }

    fn shown(line: &Line) -> String {
        line.glyphs.iter().map(|glyph| glyph.character).collect()
    }

    #[test]
    fn a_short_caption_takes_the_largest_type() {
        let line = set_line("高三2班 张三", slot(500, 60)).unwrap();
        assert_eq!((shown(&line).as_str(), line.size_mm), ("高三2班 张三", 3.0));
        assert!(line.length_mm <= 50.0);
    }

    #[test]
    fn a_long_caption_becomes_smaller_then_is_cut() {
        let smaller = set_line("一二三四五六七八九十", slot(200, 60)).unwrap();
        assert!((smaller.size_mm - 2.0).abs() < 0.01, "{}", smaller.size_mm);
        let cut = set_line("一二三四五六七八九十一二三四五六七八九十", slot(200, 60)).unwrap();
        assert!(shown(&cut).ends_with('…') && cut.length_mm <= 20.0, "{}", shown(&cut));
    }

    #[test]
    fn every_glyph_of_a_common_name_is_in_the_font() {
        assert!(missing_characters("张三 学号 20260001（女）").is_empty());
        assert_eq!(missing_characters("\u{10FFFD}"), ['\u{10FFFD}']);
    }

    #[test]
    fn an_empty_caption_sets_nothing() {
        assert!(set_line("  ", slot(500, 60)).is_none());
    }

    #[test]
    fn a_stretch_between_marks_is_chosen() {
        let slot = slot(1000, 40);
        let mark = Area::new(Mm(300), Mm(0), Mm(2), Mm(40));
        let free = longest_free(slot, &[mark]).unwrap();
        assert_eq!((free.area.x, free.area.right()), (Mm(309), Mm(1000)));
    }
}
