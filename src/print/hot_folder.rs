//! Watched folders of print software as data: where a sheet's file goes, what it is called, and the ticket.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::data::{self, DataError, UnknownName};
use super::paper::Paper;
use super::sheet::SheetFormat;

const FILE: &str = "assets/print/hot_folders.toml";
/// Where a DPOF reader looks for the order.
const DPOF_TICKET: &str = "MISC/AUTPRINT.MRK";
/// DCF numbers its folders from 100 to 999.
const DCF_FOLDERS: std::ops::RangeInclusive<u32> = 100..=999;

/// One kind of watched folder.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HotFolder {
    pub id: String,
    pub name: String,
    pub name_en: String,
    /// The kinds of file it takes, the usual one first.
    pub formats: Vec<SheetFormat>,
    names: String,
    pub ticket: Ticket,
    /// Folder inside the watched one by paper name; empty where papers are not told apart.
    #[serde(default)]
    folders: BTreeMap<String, String>,
    /// Whether the print software makes these folders itself, so that a missing one means it is not there.
    #[serde(default)]
    pub folders_exist: bool,
    #[serde(default)]
    numbered: bool,
    /// The most sheets that one order can name.
    #[serde(default)]
    pub most_sheets: Option<usize>,
    pub source: String,
}

/// What is put into the folder last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ticket {
    None,
    Json,
    Dpof,
}

/// The known kinds of watched folder.
#[derive(Clone, Debug)]
pub struct HotFolders {
    hot_folders: Vec<HotFolder>,
}

#[derive(Deserialize)]
struct File {
    hot_folder: Vec<HotFolder>,
}

/// Why an order cannot go into a watched folder. `code()` is stable; the text carries the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HotFolderError {
    #[error("the hot folder {id} takes {} only; choose one of these with --format", takes.join(", "))]
    Format { id: String, takes: Vec<String> },
    #[error("the hot folder {id} has no folder for {paper}; choose one of {}", papers.join(", "))]
    Paper { id: String, paper: String, papers: Vec<String> },
    #[error("the hot folder {id} takes {most} sheets at once, not {sheets}; export fewer people at once")]
    TooMany { id: String, most: usize, sheets: usize },
}

impl HotFolderError {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Format { .. } => "hot_folder_format",
            Self::Paper { .. } => "hot_folder_paper",
            Self::TooMany { .. } => "hot_folder_too_many",
        }
    }
}

/// What an order's file names are made of.
#[derive(Clone, Copy, Debug)]
pub struct HotFolderOrder<'a> {
    pub batch: &'a str,
    pub job: &'a str,
    pub paper: &'a Paper,
    pub format: SheetFormat,
    pub sheets: usize,
}

/// A sheet in the ticket; `path` is relative to the watched folder, with `/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketSheet {
    pub path: String,
    pub sha256: String,
    pub people: usize,
}

impl HotFolders {
    /// The kinds that come with the program.
    pub fn built_in() -> Result<Self, DataError> {
        let File { hot_folder } = data::parse(FILE, include_str!("../../assets/print/hot_folders.toml"))?;
        for entry in hot_folder.iter().filter(|entry| entry.formats.is_empty()) {
            let (file, name, reason) = (FILE.into(), entry.id.clone(), "names no kind of file".into());
            return Err(DataError::Entry { file, name, key: "formats", reason });
        }
        Ok(Self { hot_folders: hot_folder })
    }

    pub fn entries(&self) -> &[HotFolder] {
        &self.hot_folders
    }

    pub fn find(&self, id: &str) -> Result<&HotFolder, UnknownName> {
        self.hot_folders.iter().find(|known| known.id == id).ok_or_else(|| UnknownName {
            what: "hot folder",
            name: id.into(),
            known: self.hot_folders.iter().map(|known| known.id.clone()).collect(),
        })
    }
}

impl HotFolder {
    /// Where the sheets go, in order, relative to the watched folder and with `/`; `taken` says what lies there.
    pub fn places(
        &self,
        order: &HotFolderOrder<'_>,
        taken: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, HotFolderError> {
        let id = || self.id.clone();
        if !self.formats.contains(&order.format) {
            let takes = self.formats.iter().map(|format| format.name().to_owned()).collect();
            return Err(HotFolderError::Format { id: id(), takes });
        }
        if let Some(most) = self.most_sheets.filter(|most| order.sheets > *most) {
            return Err(HotFolderError::TooMany { id: id(), most, sheets: order.sheets });
        }
        let folder = self.folder(order.paper)?;
        let number = DCF_FOLDERS
            .filter(|_| self.numbered)
            .find(|number| !taken(&self.path(order, folder, *number, 1)))
            .unwrap_or(*DCF_FOLDERS.start());
        Ok((1..=order.sheets).map(|sheet| self.path(order, folder, number, sheet)).collect())
    }

    /// The folder of a paper's sheets inside the watched one, empty where it is the watched one itself.
    pub fn folder(&self, paper: &Paper) -> Result<&str, HotFolderError> {
        if self.folders.is_empty() {
            return Ok("");
        }
        self.folders.get(&paper.name).map(String::as_str).ok_or_else(|| HotFolderError::Paper {
            id: self.id.clone(),
            paper: paper.name.clone(),
            papers: self.folders.keys().cloned().collect(),
        })
    }

    fn path(&self, order: &HotFolderOrder<'_>, folder: &str, numbered: u32, sheet: usize) -> String {
        // The last part of a time-ordered id is its random one.
        let job = order.job.rsplit('-').next().unwrap_or(order.job);
        let name = self
            .names
            .replace("{batch}", order.batch)
            .replace("{job}", job)
            .replace("{folder}", &numbered.to_string())
            .replace("{number}", &format!("{sheet:04}"));
        let slash = if folder.is_empty() { "" } else { "/" };
        let has_extension = name.rsplit('/').next().is_some_and(|file| file.contains('.'));
        let extension = if has_extension { String::new() } else { format!(".{}", order.format.extension()) };
        format!("{folder}{slash}{name}{extension}")
    }

    /// The ticket's place in the watched folder and its bytes; nothing where the software wants none.
    pub fn ticket(&self, order: &HotFolderOrder<'_>, sheets: &[TicketSheet]) -> Option<(String, Vec<u8>)> {
        match self.ticket {
            Ticket::None => None,
            Ticket::Json => {
                let text = serde_json::json!({
                    "job": order.job, "batch": order.batch, "paper": order.paper.name, "sheets": sheets,
                });
                let job = order.job.rsplit('-').next().unwrap_or(order.job);
                Some((format!("{}-{job}.json", order.batch), format!("{text:#}\n").into_bytes()))
            }
            Ticket::Dpof => Some((DPOF_TICKET.to_owned(), dpof(sheets).into_bytes())),
        }
    }
}

/// A DPOF 1.10 order of one standard print of each picture.
fn dpof(sheets: &[TicketSheet]) -> String {
    let mut text = String::from("[HDR]\r\nGEN REV=01.10\r\nGEN CRT=\"Photodesk\"\r\n");
    for (number, sheet) in (1..).zip(sheets) {
        text.push_str(&format!(
            "\r\n[JOB]\r\nPRT PID={number:03}\r\nPRT TYP=STD\r\nPRT QTY=001\r\nIMG FMT=EXIF2 -J\r\n<IMG SRC=\"../{}\">\r\n",
            sheet.path
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::Papers;

    fn places(
        id: &str,
        paper: &str,
        format: SheetFormat,
        sheets: usize,
    ) -> Result<Vec<String>, HotFolderError> {
        let papers = Papers::built_in().unwrap();
        let paper = papers.find(paper).unwrap();
        let order = HotFolderOrder { batch: "AB12CD", job: "0190-7c0f", paper, format, sheets };
        let taken = |path: &str| path.starts_with("DCIM/100");
        HotFolders::built_in().unwrap().find(id).unwrap().places(&order, taken)
    }

    #[test]
    fn each_kind_names_its_files_by_its_own_rule() {
        for (id, format, expect) in [
            ("plain", SheetFormat::Jpeg, "AB12CD-7c0f-0002.jpg"),
            ("dnp", SheetFormat::Jpeg, "s4x6/AB12CD-7c0f-0002.jpg"),
            ("dpof", SheetFormat::Jpeg, "DCIM/101PHDSK/PHD_0002.JPG"),
        ] {
            assert_eq!(places(id, "6寸", format, 2).unwrap()[1], expect);
        }
        assert_eq!(places("pdf", "A4", SheetFormat::Pdf, 1).unwrap(), ["AB12CD-7c0f.pdf"]);
    }

    #[test]
    fn what_the_folder_cannot_take_is_refused_with_what_it_can() {
        let refused = |id, paper, format, sheets| places(id, paper, format, sheets).unwrap_err();
        assert!(refused("pdf", "6寸", SheetFormat::Jpeg, 1).to_string().contains("takes pdf only"));
        let paper = refused("dnp", "A4", SheetFormat::Jpeg, 1);
        assert_eq!(paper.code(), "hot_folder_paper");
        assert!(paper.to_string().contains("6寸"));
        assert_eq!(refused("dpof", "6寸", SheetFormat::Jpeg, 1000).code(), "hot_folder_too_many");
        let unknown = HotFolders::built_in().unwrap().find("fuji").unwrap_err().to_string();
        assert!(unknown.contains("plain, dnp, dpof, pdf"), "{unknown}");
    }

    #[test]
    fn a_dpof_order_names_every_sheet_from_its_own_folder() {
        let sheet = |path: &str| TicketSheet { path: path.into(), sha256: String::new(), people: 1 };
        let text = dpof(&[sheet("DCIM/100PHDSK/PHD_0001.JPG"), sheet("DCIM/100PHDSK/PHD_0002.JPG")]);
        assert_eq!(text.matches("[JOB]").count(), 2);
        assert!(
            text.contains("PRT PID=002\r\n")
                && text.ends_with("<IMG SRC=\"../DCIM/100PHDSK/PHD_0002.JPG\">\r\n")
        );
    }

    #[test]
    fn every_paper_with_a_folder_is_known() {
        let papers = Papers::built_in().unwrap();
        for hot_folder in HotFolders::built_in().unwrap().entries() {
            assert!(hot_folder.folders.keys().all(|paper| papers.find(paper).is_ok()), "{}", hot_folder.id);
        }
    }
}
