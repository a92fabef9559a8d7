//! Printers as data: the border they leave white, the pixels they take, and what measuring one may give.

use serde::{Deserialize, Serialize};

use super::calibration::{Calibration, Limits};
use super::data::{self, DataError, UnknownName};
use super::paper::Paper;
use crate::photo::units::{Dpi, Mm};

const FILE: &str = "assets/print/printers.toml";
/// Larger than any printer's sheet at any density; keeps arithmetic on pixels safe.
const MOST_PX: u32 = 40_000;
const DENSITIES: std::ops::RangeInclusive<u32> = 72..=1200;

/// One printer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Printer {
    pub id: String,
    pub name: String,
    pub name_en: String,
    /// Density of sheets for it.
    pub dpi: Dpi,
    /// Left, top, right and bottom of the paper that stay white.
    unprintable_mm: [Mm; 4],
    #[serde(default)]
    raster: Vec<Raster>,
    pub source: String,
}

/// The pixels of a whole sheet, overprint included.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raster {
    paper: String,
    width_px: u32,
    height_px: u32,
}

/// What a printer does to the sheets of one paper. The default leaves them as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Press {
    /// The border that stays white; the widest of the four sides.
    pub unprintable: Mm,
    /// Width and height of a sheet in the printer's own pixels, lying as the paper does.
    pub raster: Option<(u32, u32)>,
    pub calibration: Calibration,
}

/// The known printers.
#[derive(Clone, Debug)]
pub struct Printers {
    printers: Vec<Printer>,
    limits: Limits,
}

#[derive(Deserialize)]
struct File {
    limits: Limits,
    printer: Vec<Printer>,
}

#[derive(Deserialize)]
struct OwnFile {
    printer: Vec<Printer>,
}

impl Printers {
    /// The printers that come with the program.
    pub fn built_in() -> Result<Self, DataError> {
        let File { limits, printer } = data::parse(FILE, include_str!("../../assets/print/printers.toml"))?;
        printer.iter().try_for_each(|printer| printer.check(FILE))?;
        Ok(Self { printers: printer, limits })
    }

    /// Adds the printers of a file of the user's own; one of a known id takes its place.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), DataError> {
        let OwnFile { printer } = data::parse(file, text)?;
        printer.iter().try_for_each(|printer| printer.check(file))?;
        for own in printer {
            self.printers.retain(|known| known.id != own.id);
            self.printers.push(own);
        }
        Ok(())
    }

    pub fn entries(&self) -> &[Printer] {
        &self.printers
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub fn find(&self, id: &str) -> Result<&Printer, UnknownName> {
        self.printers.iter().find(|known| known.id == id.trim()).ok_or_else(|| UnknownName {
            what: "printer",
            name: id.trim().into(),
            known: self.printers.iter().map(|known| known.id.clone()).collect(),
        })
    }
}

impl Printer {
    /// What it does to sheets of `paper`, once measured.
    pub fn press(&self, paper: &Paper, calibration: Calibration) -> Press {
        let unprintable = self.unprintable_mm.into_iter().max().unwrap_or_default();
        Press { unprintable, raster: self.raster(paper), calibration }
    }

    /// Left, top, right and bottom of the paper that stay white.
    pub fn margins(&self) -> [Mm; 4] {
        self.unprintable_mm
    }

    fn raster(&self, paper: &Paper) -> Option<(u32, u32)> {
        let own = self.raster.iter().find(|raster| raster.paper == paper.name)?;
        let (short, long) = (own.width_px.min(own.height_px), own.width_px.max(own.height_px));
        Some(if paper.width >= paper.height { (long, short) } else { (short, long) })
    }

    fn check(&self, file: &str) -> Result<(), DataError> {
        let wrong = |key, reason: &str| {
            Err(DataError::Entry { file: file.into(), name: self.id.clone(), key, reason: reason.into() })
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if self.id.is_empty() || !self.id.chars().all(is_plain) {
            return wrong("id", "must consist of letters, digits, - and _");
        }
        if !DENSITIES.contains(&self.dpi.0) {
            return wrong("dpi", "must lie between 72 and 1200");
        }
        if self.unprintable_mm.iter().any(|side| *side < Mm::ZERO || *side > Mm::from_tenths(500)) {
            return wrong("unprintable_mm", "must lie between 0 and 50 mm");
        }
        let is_sheet = |side: u32| (100..=MOST_PX).contains(&side);
        if self.raster.iter().any(|raster| !is_sheet(raster.width_px) || !is_sheet(raster.height_px)) {
            return wrong("raster", "must have from 100 to 40000 px a side");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::Papers;

    #[test]
    fn a_native_raster_lies_as_the_paper_does() {
        let (printers, papers) = (Printers::built_in().unwrap(), Papers::built_in().unwrap());
        let press =
            printers.find("dnp_ds620").unwrap().press(papers.find("6寸").unwrap(), Calibration::default());
        assert_eq!(press.raster, Some((1844, 1240)));
        let office =
            printers.find("office").unwrap().press(papers.find("A4").unwrap(), Calibration::default());
        assert_eq!((office.raster, office.unprintable), (None, Mm(42)));
    }

    #[test]
    fn an_own_printer_takes_the_place_of_a_known_one() {
        let mut printers = Printers::built_in().unwrap();
        let known = printers.entries().len();
        let own = |id: &str, dpi: u32| {
            format!(
                "[[printer]]\nid = \"{id}\"\nname = \"x\"\nname_en = \"x\"\ndpi = {dpi}\n\
                 unprintable_mm = [3, 3, 3, 12.7]\nsource = \"measured\"\n"
            )
        };
        printers.add("own.toml", &own("office", 600)).unwrap();
        printers.add("own.toml", &own("counter", 300)).unwrap();
        assert_eq!(printers.entries().len(), known + 1);
        assert_eq!(printers.find("office").unwrap().dpi, Dpi(600));
        let error = printers.add("own.toml", &own("a b", 300)).unwrap_err().to_string();
        assert!(error.contains("own.toml") && error.contains("letters"), "{error}");
        assert!(printers.find("laser").unwrap_err().to_string().contains("known are plain"));
    }
}
