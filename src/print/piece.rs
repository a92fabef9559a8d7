//! Sizes of single photos on paper, by name or by millimetres.

use serde::{Deserialize, Serialize};

use super::data::{self, DataError, UnknownName};
use crate::photo::units::Mm;

const FILE: &str = "assets/print/pieces.toml";

/// The size of one printed photo, upright.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Piece {
    /// Catalogue name, or the millimetres themselves (`33mm×48mm`).
    pub name: String,
    pub width: Mm,
    pub height: Mm,
}

impl Piece {
    /// A size without a name.
    pub fn from_size(width: Mm, height: Mm) -> Self {
        Self { name: format!("{width}mm×{height}mm"), width, height }
    }
}

/// One entry of the catalogue.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PieceEntry {
    pub name: String,
    pub name_en: String,
    pub aliases: Vec<String>,
    pub width_mm: Mm,
    pub height_mm: Mm,
    pub source: String,
}

/// The known piece sizes.
#[derive(Clone, Debug)]
pub struct Pieces {
    entries: Vec<PieceEntry>,
}

#[derive(Deserialize)]
struct File {
    piece: Vec<PieceEntry>,
}

impl Pieces {
    /// The sizes that come with the program.
    pub fn built_in() -> Result<Self, DataError> {
        let file: File = data::parse(FILE, include_str!("../../assets/print/pieces.toml"))?;
        for entry in &file.piece {
            check_sides(FILE, &entry.name, entry.width_mm, entry.height_mm)?;
        }
        Ok(Self { entries: file.piece })
    }

    pub fn entries(&self) -> &[PieceEntry] {
        &self.entries
    }

    /// The size called `name`, in any of its spellings.
    pub fn find(&self, name: &str) -> Result<Piece, UnknownName> {
        let wanted = data::folded(name);
        self.entries
            .iter()
            .find(|entry| data::is_called(&wanted, &entry.name, &entry.name_en, &entry.aliases))
            .map(|entry| Piece { name: entry.name.clone(), width: entry.width_mm, height: entry.height_mm })
            .ok_or_else(|| UnknownName {
                what: "piece size",
                name: name.trim().into(),
                known: self.entries.iter().map(|entry| entry.name.clone()).collect(),
            })
    }
}

/// Refuses sides that no printer has, so that later arithmetic cannot overflow.
pub(super) fn check_sides(file: &str, name: &str, width: Mm, height: Mm) -> Result<(), DataError> {
    const LONGEST: Mm = Mm::from_tenths(20_000);
    for (key, side) in [("width_mm", width), ("height_mm", height)] {
        if side <= Mm::ZERO || side > LONGEST {
            let reason = format!("must lie between 0.1 and {LONGEST} mm");
            return Err(DataError::Entry { file: file.into(), name: name.into(), key, reason });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::units::Dpi;

    fn check(name: &str, expect: (f64, f64)) {
        let piece = Pieces::built_in().unwrap().find(name).unwrap();
        assert_eq!((piece.width.mm(), piece.height.mm()), expect, "{name}");
    }

    #[test]
    fn the_usual_sizes_are_known_under_their_names() {
        check("1寸", (25.0, 35.0));
        check("一寸", (25.0, 35.0));
        check("1 inch", (25.0, 35.0));
        check("小一寸", (22.0, 32.0));
        check("大1寸", (33.0, 48.0));
        check("小二寸", (35.0, 45.0));
        check("２寸", (35.0, 49.0));
        check("两寸", (35.0, 49.0));
        check("大 2 寸", (35.0, 53.0));
        check("三寸", (55.0, 84.0));
    }

    #[test]
    fn pixels_at_300_dpi_are_the_ones_the_trade_uses() {
        let two = Pieces::built_in().unwrap().find("2寸").unwrap();
        assert_eq!((two.width.px(Dpi(300)), two.height.px(Dpi(300))), (413, 579));
    }

    #[test]
    fn an_unknown_size_names_the_known_ones() {
        let error = Pieces::built_in().unwrap().find("9寸").unwrap_err();
        assert!(error.to_string().contains("known are 小1寸, 1寸, 大1寸"), "{error}");
    }
}
