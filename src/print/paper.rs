//! Papers by name, in the orientation in which their sheets are delivered.

use serde::{Deserialize, Serialize};

use super::area::Area;
use super::data::{self, DataError, UnknownName};
use super::piece::check_sides;
use crate::photo::units::Mm;

const FILE: &str = "assets/print/papers.toml";

/// A paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    pub name: String,
    pub name_en: String,
    pub aliases: Vec<String>,
    #[serde(rename = "width_mm")]
    pub width: Mm,
    #[serde(rename = "height_mm")]
    pub height: Mm,
    pub source: String,
}

impl Paper {
    /// The whole paper.
    pub fn area(&self) -> Area {
        Area::sheet(self.width, self.height)
    }
}

/// The known papers.
#[derive(Clone, Debug)]
pub struct Papers {
    papers: Vec<Paper>,
}

#[derive(Deserialize)]
struct File {
    paper: Vec<Paper>,
}

impl Papers {
    /// The papers that come with the program.
    pub fn built_in() -> Result<Self, DataError> {
        let file: File = data::parse(FILE, include_str!("../../assets/print/papers.toml"))?;
        for paper in &file.paper {
            check_sides(FILE, &paper.name, paper.width, paper.height)?;
        }
        Ok(Self { papers: file.paper })
    }

    pub fn entries(&self) -> &[Paper] {
        &self.papers
    }

    /// The paper called `name`, in any of its spellings.
    pub fn find(&self, name: &str) -> Result<&Paper, UnknownName> {
        let wanted = data::folded(name);
        self.papers
            .iter()
            .find(|paper| data::is_called(&wanted, &paper.name, &paper.name_en, &paper.aliases))
            .ok_or_else(|| UnknownName {
                what: "paper",
                name: name.trim().into(),
                known: self.papers.iter().map(|paper| paper.name.clone()).collect(),
            })
    }

    /// Papers of more square millimetres than `paper`, smallest first.
    pub fn larger_than(&self, paper: &Paper) -> Vec<&Paper> {
        let surface = |paper: &Paper| i64::from(paper.width.tenths()) * i64::from(paper.height.tenths());
        let mut larger: Vec<&Paper> =
            self.papers.iter().filter(|other| surface(other) > surface(paper)).collect();
        larger.sort_by_key(|paper| surface(paper));
        larger
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::units::Dpi;

    #[test]
    fn six_inch_paper_is_1800_by_1200_px_and_152_by_102_mm() {
        let papers = Papers::built_in().unwrap();
        for name in ["6寸", "六寸", "4R", "4r", "6 inch", "4×6"] {
            let paper = papers.find(name).unwrap();
            assert_eq!((paper.width.px(Dpi(300)), paper.height.px(Dpi(300))), (1800, 1200), "{name}");
            assert_eq!((paper.width.mm().round(), paper.height.mm().round()), (152.0, 102.0), "{name}");
        }
    }

    #[test]
    fn larger_papers_come_smallest_first() {
        let papers = Papers::built_in().unwrap();
        let names: Vec<&str> =
            papers.larger_than(papers.find("6寸").unwrap()).iter().map(|paper| paper.name.as_str()).collect();
        assert_eq!(names, ["A6", "7寸", "8寸", "A5", "10寸", "Letter", "A4", "A3"]);
    }

    #[test]
    fn an_unknown_paper_names_the_known_ones() {
        let error = Papers::built_in().unwrap().find("B5").unwrap_err();
        assert!(error.to_string().starts_with("no paper is called \"B5\"; known are 5寸, 6寸"), "{error}");
    }
}
