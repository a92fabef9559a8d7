//! What to print for one person, `1寸×8+2寸×4`: parsed, shown canonically, or taken by name.

mod parse;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use parse::LayoutError;

use super::data::{self, DataError};
use super::piece::{Piece, Pieces};

const FILE: &str = "assets/print/layouts.toml";

/// So many pieces of one size.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Item {
    pub piece: Piece,
    pub count: u32,
}

/// The pieces one person gets; never empty, and no size appears twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Layout {
    items: Vec<Item>,
}

impl Layout {
    /// Reads an expression such as `1寸×8+2寸×4`, `33mm×48mm×6`, or the name of a known layout.
    pub fn parse(text: &str, pieces: &Pieces, layouts: &Layouts) -> Result<Self, LayoutError> {
        match layouts.find(text) {
            Some(entry) => parse::expression(&entry.expression, pieces),
            None => parse::expression(text, pieces),
        }
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Number of pieces of all sizes.
    pub fn pieces(&self) -> usize {
        self.items.iter().map(|item| item.count as usize).sum()
    }

    /// Items of one name are added up, in the order of their first mention.
    pub(super) fn from_items(all: Vec<Item>) -> Self {
        let mut items: Vec<Item> = Vec::new();
        for item in all {
            match items.iter_mut().find(|known| known.piece == item.piece) {
                Some(known) => known.count += item.count,
                None => items.push(item),
            }
        }
        Self { items }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, item) in self.items.iter().enumerate() {
            let plus = if position == 0 { "" } else { "+" };
            write!(f, "{plus}{}×{}", item.piece.name, item.count)?;
        }
        Ok(())
    }
}

/// One named layout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutEntry {
    pub name: String,
    pub name_en: String,
    pub aliases: Vec<String>,
    pub expression: String,
    /// The paper it is made for.
    pub paper: String,
    pub source: String,
}

/// The known layouts.
#[derive(Clone, Debug)]
pub struct Layouts {
    entries: Vec<LayoutEntry>,
}

#[derive(Deserialize)]
struct File {
    layout: Vec<LayoutEntry>,
}

impl Layouts {
    /// The layouts that come with the program.
    pub fn built_in() -> Result<Self, DataError> {
        let file: File = data::parse(FILE, include_str!("../../assets/print/layouts.toml"))?;
        let pieces = Pieces::built_in()?;
        for entry in &file.layout {
            parse::expression(&entry.expression, &pieces).map_err(|error| DataError::Entry {
                file: FILE.into(),
                name: entry.name.clone(),
                key: "expression",
                reason: error.to_string(),
            })?;
        }
        Ok(Self { entries: file.layout })
    }

    pub fn entries(&self) -> &[LayoutEntry] {
        &self.entries
    }

    /// The layout called `name`, in any of its spellings.
    pub fn find(&self, name: &str) -> Option<&LayoutEntry> {
        let wanted = data::folded(name);
        self.entries
            .iter()
            .find(|entry| data::is_called(&wanted, &entry.name, &entry.name_en, &entry.aliases))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Layout, LayoutError> {
        Layout::parse(text, &Pieces::built_in().unwrap(), &Layouts::built_in().unwrap())
    }

    fn check(text: &str, canonical: &str) {
        let layout = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(layout.to_string(), canonical, "{text}");
    }

    fn refused(text: &str, message: &str) {
        assert_eq!(read(text).unwrap_err().to_string(), message, "{text}");
    }

    #[test]
    fn every_spelling_of_an_order_is_read() {
        for text in [
            "1寸×8+2寸×4",
            "1寸x8+2寸x4",
            "1寸X8 + 2寸*4",
            "一寸×8＋二寸＊４",
            " 1 寸 × 8 + 两寸 x 4 ",
            "1 inch x 8 + 2 inch x 4",
            "１寸＊８＋２寸Ｘ４",
            "1寸×4+2寸×4+1寸×4",
            "版式一",
            "版式 1",
            "layout1",
        ] {
            check(text, "1寸×8+2寸×4");
        }
        check("版式二", "2寸×8");
        check("小一寸×2", "小1寸×2");
    }

    #[test]
    fn millimetres_may_stand_for_a_name() {
        for text in ["33mm×48mm×6", "33×48mm×6", "33mm*48*6", "33.0 x 48 毫米 x 6", "３３×４８ｍｍ×６"]
        {
            check(text, "33mm×48mm×6");
        }
        check("25*35mm*8+1寸×2", "25mm×35mm×8+1寸×2");
        check("33.5mm×48mm×1", "33.5mm×48mm×1");
    }

    #[test]
    fn an_error_points_at_its_column() {
        refused("", "the layout is empty; write for example 1寸×8+2寸×4");
        refused("1寸×8+", "column 6: a size such as 2寸 or 35mm×49mm is expected, but the text ends here");
        refused("1寸×8+×4", "column 6: a size such as 2寸 or 35mm×49mm is expected, not \"×\"");
        refused("1寸+2寸×4", "column 3: × and a count are expected, not \"+\"");
        refused("1寸", "column 3: × and a count are expected, but the text ends here");
        refused("1寸×", "column 4: a count from 1 to 999 is expected, but the text ends here");
        refused("1寸×八", "column 4: a count from 1 to 999 is expected, not \"八\"");
        refused("1寸×0", "column 4: a count from 1 to 999 is expected, not \"0\"");
        refused("2寸×4+1寸×1000", "column 9: a count from 1 to 999 is expected, not \"1000\"");
        refused(
            "33×48×6",
            "column 1: millimetres are expected for a size of two lengths (33mm×48mm×6), not \"33×48\"",
        );
        refused("33mm×0mm×6", "column 6: a length from 5 to 1000 mm is expected, not \"0mm\"");
        refused("1寸×8×9×1", "column 7: + or the end is expected, not \"×\"");
    }

    #[test]
    fn an_unknown_size_lists_the_known_ones() {
        let text = read("1寸×8+9寸×4").unwrap_err().to_string();
        assert!(
            text.starts_with("column 6: no piece size is called \"9寸\"; known are 小1寸, 1寸"),
            "{text}"
        );
    }

    #[test]
    fn every_built_in_layout_is_on_a_known_paper() {
        let papers = super::super::Papers::built_in().unwrap();
        for entry in Layouts::built_in().unwrap().entries() {
            assert!(papers.find(&entry.paper).is_ok(), "{}", entry.name);
        }
    }

    proptest! {
        #[test]
        fn a_shown_layout_reads_back_the_same(items in prop::collection::vec(item(), 1..5)) {
            let layout = Layout::from_items(items);
            prop_assume!(layout.items.iter().all(|item| item.count <= 999));
            prop_assert_eq!(read(&layout.to_string()).unwrap(), layout);
        }
    }

    fn item() -> impl Strategy<Value = Item> {
        let named = (0..7usize).prop_map(|index| {
            let pieces = Pieces::built_in().unwrap();
            pieces.find(&pieces.entries()[index].name).unwrap()
        });
        let sized = (50..=10_000i32, 50..=10_000i32).prop_map(|(width, height)| {
            Piece::from_size(crate::photo::units::Mm(width), crate::photo::units::Mm(height))
        });
        (prop_oneof![named, sized], 1..=200u32).prop_map(|(piece, count)| Item { piece, count })
    }
}
