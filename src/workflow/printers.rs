//! The printers of this computer: those of the program, the user's own files, and what was measured of each.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Desk;
use super::desk::now_ms;
use super::error::DeskError;
use crate::durable::{private_folder, write_shared};
use crate::i18n::{self, words};
use crate::photo::units::Dpi;
use crate::print::Paper;
use crate::print::calibration::{
    CalibrationPage, Calibrations, Fit, KeptCalibration, Measured, PageWords, crosses, fit,
};
use crate::print::printer::{Press, Printer, Printers};
use crate::print::sheet::SheetFormat;
use crate::printing::{Limits, queue_at};
use crate::settings::Language;
use crate::standard::user_file;

/// Folder of the user's own printers inside the desk's folder.
const FOLDER: &str = "printers";
/// What was measured, in the same folder.
const CALIBRATIONS: &str = "calibration.json";
/// Which printer's sheets go to which queue, in the same folder.
const QUEUES: &str = "queues.json";

/// A print queue and whether it may be spoken to in the open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueAddress {
    /// For example `ipp://localhost/printers/lab`.
    pub uri: String,
    /// It may be on another computer: whoever listens on the network sees the sheets.
    #[serde(default)]
    pub open_network: bool,
}

/// The known printers and what was measured of them.
#[derive(Clone, Debug)]
pub struct PrinterRoom {
    pub printers: Printers,
    pub calibrations: Calibrations,
    queues: BTreeMap<String, QueueAddress>,
    folder: PathBuf,
    /// Files that were left out, each with the reason.
    pub refused: Vec<String>,
}

/// A printer chosen for a paper.
#[derive(Clone, Debug)]
pub struct Chosen<'a> {
    pub printer: &'a Printer,
    pub press: Press,
    pub kept: Option<&'a KeptCalibration>,
}

impl PrinterRoom {
    /// Reads what lies in a desk's folder; nothing need be there.
    pub fn of(desk_folder: &Path) -> Result<Self, DeskError> {
        let folder = desk_folder.join(FOLDER);
        let mut printers = Printers::built_in()
            .map_err(|error| DeskError::Refused { code: error.code(), message: error.to_string() })?;
        let mut refused = Vec::new();
        for path in user_file::files(&folder) {
            let name = path.display().to_string();
            let added = text(&path).and_then(|text| printers.add(&name, &text).map_err(|e| e.to_string()));
            refused.extend(added.err());
        }
        let calibrations = match calibrations(&folder.join(CALIBRATIONS)) {
            Ok(known) => known,
            Err(cause) => {
                refused.push(cause);
                Calibrations::default()
            }
        };
        let queues = match queues(&folder.join(QUEUES)) {
            Ok(known) => known,
            Err(cause) => {
                refused.push(cause);
                BTreeMap::new()
            }
        };
        Ok(Self { printers, calibrations, queues, folder, refused })
    }

    /// A printer with its calibration for this paper.
    pub fn choose(&self, id: &str, paper: &Paper) -> Result<Chosen<'_>, DeskError> {
        let printer = self
            .printers
            .find(id)
            .map_err(|error| DeskError::Refused { code: "unknown_printer", message: error.to_string() })?;
        let kept = self.calibrations.find(&printer.id, &paper.name);
        let calibration = kept.map(|kept| kept.calibration).unwrap_or_default();
        Ok(Chosen { printer, press: printer.press(paper, calibration), kept })
    }

    /// What measured crosses give, without keeping it.
    pub fn fit(&self, id: &str, paper: &Paper, measured: &[Measured]) -> Result<Fit, DeskError> {
        let chosen = self.choose(id, paper)?;
        fit(paper, chosen.press.unprintable, measured, self.printers.limits())
            .map_err(|error| DeskError::Refused { code: error.code(), message: error.to_string() })
    }

    /// Keeps what measured crosses give; from now on every sheet of this paper for this printer is sent by it.
    pub fn calibrate(&mut self, id: &str, paper: &Paper, measured: &[Measured]) -> Result<Fit, DeskError> {
        let fit = self.fit(id, paper, measured)?;
        let kept = KeptCalibration {
            calibration: fit.calibration,
            residual_mm: fit.residual_mm,
            crosses: measured.len(),
            measured_at_ms: now_ms(),
        };
        self.calibrations.keep(id.trim(), &paper.name, kept);
        self.save()?;
        Ok(fit)
    }

    /// Takes a printer for true again; false when nothing was measured.
    pub fn forget(&mut self, id: &str, paper: &Paper) -> Result<bool, DeskError> {
        let known = self.calibrations.forget(id.trim(), &paper.name);
        if known {
            self.save()?;
        }
        Ok(known)
    }

    /// Writes the calibration page of a printer and paper into `out`, which is made when it is absent.
    pub fn write_page(
        &self,
        id: &str,
        paper: &Paper,
        format: SheetFormat,
        words: &PageWords,
        out: &Path,
    ) -> Result<PathBuf, DeskError> {
        let Chosen { printer, press, .. } = self.choose(id, paper)?;
        let refused = |code, message: String| DeskError::Refused { code, message };
        let page = CalibrationPage::new(paper, &press, words);
        let bytes = match format {
            SheetFormat::Pdf => page.pdf().map_err(|error| refused("calibration_page", error.to_string()))?,
            format => {
                page.raster(printer.dpi, format).map_err(|error| refused(error.code(), error.to_string()))?
            }
        };
        let path = out.join(format!("calibration-{}-{}.{}", printer.id, paper.name, format.extension()));
        let written = fs::create_dir_all(out).and_then(|()| write_shared(&path, &bytes));
        written.map_err(|cause| {
            refused(
                "not_written",
                format!("{} cannot be written ({cause}); choose another folder", path.display()),
            )
        })?;
        Ok(path)
    }

    /// Where the page's crosses stand, number 1 first.
    pub fn crosses(&self, id: &str, paper: &Paper) -> Result<Vec<(f64, f64)>, DeskError> {
        let at = crosses(paper, self.choose(id, paper)?.press.unprintable);
        Ok(at.into_iter().map(|(x, y)| (x.mm(), y.mm())).collect())
    }

    /// The queue that prints this printer's sheets.
    pub fn queue(&self, id: &str) -> Option<QueueAddress> {
        self.queues.get(id.trim()).cloned()
    }

    /// Keeps the queue of a printer; nothing forgets it.
    ///
    /// # Errors
    /// An unknown printer, or an address that names no queue or one that may not be used.
    pub fn set_queue(&mut self, id: &str, queue: Option<QueueAddress>) -> Result<(), DeskError> {
        let refused = |code, message| DeskError::Refused { code, message };
        let known = self.printers.find(id).map_err(|error| refused("unknown_printer", error.to_string()))?;
        match queue {
            Some(queue) => {
                let limits = Limits::built_in().map_err(|error| refused(error.code(), error.to_string()))?;
                queue_at(&queue.uri, queue.open_network, &limits)
                    .map_err(|error| refused(error.code(), error.to_string()))?;
                self.queues.insert(known.id.clone(), queue);
            }
            None => drop(self.queues.remove(&known.id)),
        }
        self.keep(QUEUES, &self.queues)
    }

    fn save(&self) -> Result<(), DeskError> {
        self.keep(CALIBRATIONS, &self.calibrations)
    }

    fn keep(&self, name: &str, what: &impl Serialize) -> Result<(), DeskError> {
        let path = self.folder.join(name);
        let json = serde_json::to_vec_pretty(what).map_err(std::io::Error::other);
        let saved = json.and_then(|json| {
            private_folder(&self.folder)?;
            write_shared(&path, &json)
        });
        saved.map_err(|cause| DeskError::Refused {
            code: "not_written",
            message: format!(
                "{} cannot be written ({cause}); check that the disk is there and not full",
                path.display()
            ),
        })
    }
}

impl Chosen<'_> {
    /// Refuses a density that is not the printer's, where its pixels are given.
    pub fn check_dpi(&self, dpi: Dpi) -> Result<(), DeskError> {
        if self.press.raster.is_none() || self.printer.dpi == dpi {
            return Ok(());
        }
        Err(DeskError::Refused {
            code: "printer_dpi",
            message: format!(
                "{} takes its own pixels at {} dpi, not {}; leave the density out",
                self.printer.id, self.printer.dpi.0, dpi.0
            ),
        })
    }
}

impl Desk {
    /// The printers of this desk as they are now.
    pub fn printers(&self) -> Result<PrinterRoom, DeskError> {
        PrinterRoom::of(&self.folder)
    }
}

/// The words of a calibration page in this thread's language.
pub fn page_words(room: &PrinterRoom, id: &str, paper: &Paper) -> Result<PageWords, DeskError> {
    let printer = room.choose(id, paper)?.printer;
    let name = if i18n::locale() == Language::English.tag() { &printer.name_en } else { &printer.name };
    Ok(PageWords {
        title: words!("ticket.calibration", printer = name, paper = paper.name).into_owned(),
        lines: vec![
            words!("ticket.calibration_print").into_owned(),
            words!("ticket.calibration_measure").into_owned(),
            words!("ticket.calibration_type").into_owned(),
        ],
    })
}

fn text(path: &Path) -> Result<String, String> {
    user_file::text(path, "a printer").map_err(|cause| format!("{}: {cause}", path.display()))
}

fn queues(path: &Path) -> Result<BTreeMap<String, QueueAddress>, String> {
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    serde_json::from_str(&text(path)?)
        .map_err(|error| format!("{}: {error}; name the printers' queues again", path.display()))
}

fn calibrations(path: &Path) -> Result<Calibrations, String> {
    if !path.exists() {
        return Ok(Calibrations::default());
    }
    let known: Calibrations = serde_json::from_str(&text(path)?)
        .map_err(|error| format!("{}: {error}; measure the printers again", path.display()))?;
    if known.is_usable() {
        Ok(known)
    } else {
        Err(format!("{} holds numbers that no printer has; measure the printers again", path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::Papers;

    fn measured(room: &PrinterRoom, paper: &Paper, by: (f64, f64)) -> Vec<Measured> {
        let at = room.crosses("office", paper).unwrap();
        let moved = |(cross, (x, y)): (usize, (f64, f64))| Measured { cross, x_mm: x + by.0, y_mm: y + by.1 };
        (1..).zip(at).map(moved).collect()
    }

    #[test]
    fn a_calibration_is_kept_for_its_printer_and_paper_and_can_be_forgotten() {
        let (folder, papers) = (tempfile::tempdir().unwrap(), Papers::built_in().unwrap());
        let (a4, a5) = (papers.find("A4").unwrap(), papers.find("A5").unwrap());
        let mut room = PrinterRoom::of(folder.path()).unwrap();
        let crosses = measured(&room, a4, (1.0, -0.5));
        room.calibrate("office", a4, &crosses).unwrap();
        assert_eq!(room.calibrate("office", a4, &crosses[..2]).unwrap_err().code(), "too_few_crosses");
        let mut again = PrinterRoom::of(folder.path()).unwrap();
        let chosen = again.choose("office", a4).unwrap();
        assert!((chosen.press.calibration.x.offset_mm - 1.0).abs() < 1e-9);
        assert_eq!(again.choose("office", a5).unwrap().press.calibration, Default::default());
        assert!(again.forget("office", a4).unwrap() && !again.forget("office", a4).unwrap());
        assert!(PrinterRoom::of(folder.path()).unwrap().choose("office", a4).unwrap().kept.is_none());
    }

    #[test]
    fn a_faulty_file_is_left_out_and_told() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(FOLDER)).unwrap();
        fs::write(folder.path().join(FOLDER).join("mine.toml"), "[[printer]]\nid = 3").unwrap();
        fs::write(folder.path().join(FOLDER).join(CALIBRATIONS), "{\"a\":").unwrap();
        let room = PrinterRoom::of(folder.path()).unwrap();
        assert_eq!(room.refused.len(), 2, "{:?}", room.refused);
        assert!(room.printers.find("office").is_ok());
    }
}
