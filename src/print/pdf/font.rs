//! The caption font inside a PDF: only the glyphs in use, with a map back to text so that it can be searched.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Chunk, Finish, Name, Rect, Ref, Str};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use subsetter::GlyphRemapper;

use super::{PdfError, compact};
use crate::print::caption::{FONT, Glyph};

const BASE_NAME: Name<'static> = Name(b"PHDESK+NotoSansSC-Regular");
const IDENTITY: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
const MAP_NAME: Name<'static> = Name(b"Photodesk-Captions-UCS");

/// Collects the glyphs of all captions while pages are written.
pub(super) struct CaptionFont {
    font: Ref,
    descendant: Ref,
    descriptor: Ref,
    file: Ref,
    to_unicode: Ref,
    remapper: GlyphRemapper,
    /// New glyph number to old number and character.
    used: BTreeMap<u16, (u16, char)>,
}

impl CaptionFont {
    pub fn new(mut next: impl FnMut() -> Ref) -> Self {
        Self {
            font: next(),
            descendant: next(),
            descriptor: next(),
            file: next(),
            to_unicode: next(),
            remapper: GlyphRemapper::new(),
            used: BTreeMap::new(),
        }
    }

    /// The object that pages name as their font.
    pub fn id(&self) -> Ref {
        self.font
    }

    /// The two-byte code that shows this glyph.
    pub fn code(&mut self, glyph: &Glyph) -> u16 {
        let code = self.remapper.remap(glyph.id);
        self.used.entry(code).or_insert((glyph.id, glyph.character));
        code
    }

    /// The font's objects, once all captions are known.
    pub fn objects(&self) -> Result<Vec<(Ref, Chunk)>, PdfError> {
        let failed = |reason: String| PdfError::Build { what: "caption font", reason };
        let font = FontRef::new(FONT).map_err(|error| failed(error.to_string()))?;
        let subset = subsetter::subset(FONT, 0, &self.remapper).map_err(|error| failed(error.to_string()))?;
        Ok(vec![
            (self.file, self.file_object(&subset)),
            (self.to_unicode, self.map_object()),
            (self.descriptor, self.descriptor_object(&font)),
            (self.descendant, self.descendant_object(&font)),
            (self.font, self.font_object()),
        ])
    }

    fn file_object(&self, subset: &[u8]) -> Chunk {
        let mut chunk = compact();
        chunk.stream(self.file, subset).pair(Name(b"Length1"), subset.len() as i32);
        chunk
    }

    fn map_object(&self) -> Chunk {
        let mut map = UnicodeCmap::new(MAP_NAME, IDENTITY);
        for (code, (_, character)) in &self.used {
            map.pair(*code, *character);
        }
        let mut chunk = compact();
        chunk.cmap(self.to_unicode, map.finish().as_slice());
        chunk
    }

    fn descriptor_object(&self, font: &FontRef<'_>) -> Chunk {
        // One thousand units an em is the scale of every number in a PDF font.
        let metrics = font.metrics(Size::new(1000.0), LocationRef::default());
        let bounds = metrics.bounds.unwrap_or_default();
        let mut chunk = compact();
        let mut descriptor = chunk.font_descriptor(self.descriptor);
        descriptor
            .name(BASE_NAME)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max))
            .italic_angle(0.0)
            .ascent(metrics.ascent)
            .descent(metrics.descent)
            .cap_height(metrics.cap_height.unwrap_or(metrics.ascent))
            .stem_v(80.0)
            .font_file2(self.file);
        descriptor.finish();
        chunk
    }

    fn descendant_object(&self, font: &FontRef<'_>) -> Chunk {
        let metrics = font.glyph_metrics(Size::new(1000.0), LocationRef::default());
        let mut chunk = compact();
        let mut descendant = chunk.cid_font(self.descendant);
        descendant
            .subtype(CidFontType::Type2)
            .base_font(BASE_NAME)
            .system_info(IDENTITY)
            .font_descriptor(self.descriptor)
            .default_width(1000.0)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = descendant.widths();
        for (code, (glyph, _)) in &self.used {
            let width = metrics.advance_width(GlyphId::new((*glyph).into())).unwrap_or(1000.0);
            widths.same(*code, *code, width);
        }
        widths.finish();
        descendant.finish();
        chunk
    }

    fn font_object(&self) -> Chunk {
        let mut chunk = compact();
        chunk
            .type0_font(self.font)
            .base_font(BASE_NAME)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(self.descendant)
            .to_unicode(self.to_unicode);
        chunk
    }
}
