//! Renders sheets on all processors and writes them whole, in the order of the photos.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::photos::{Captions, Loaded, Purpose, Reading};
use super::{Misuse, complain, short_name};
use crate::cli::ordered;
use crate::durable::{WholeFile, sync_folder, write_one_of_many};
use crate::photo::DecodeLimits;
use crate::photo::units::Dpi;
use crate::print::caption;
use crate::print::impose::cut_and_stack;
use crate::print::pdf::PdfSheets;
use crate::print::raster::SheetRenderer;
use crate::print::sheet::{SheetFormat, SheetPhoto, SheetPlan};
use crate::workflow::export::exported::ExportedPhotos;

const PDF_NAME: &str = "sheets.pdf";
/// Pages of a PDF that a thread prepares before it hands them over: each alone takes hardly longer than that.
const PAGES_AT_ONCE: usize = 16;

/// Everything that stays the same during a run.
pub(super) struct Run<'a> {
    pub plan: &'a SheetPlan,
    pub dpi: Dpi,
    pub format: SheetFormat,
    pub out: &'a Path,
    /// Sheets that the cutter takes at once.
    pub lift: usize,
}

/// What a run wrote.
#[derive(Default)]
pub(super) struct Done {
    pub people: usize,
    pub sheets: usize,
    pub failed: usize,
}

impl Run<'_> {
    /// Refuses, before anything is written, two sheets of one name and a sheet in the place of its photo.
    pub fn check_names(&self, files: &[PathBuf]) -> Result<(), Misuse> {
        if files.is_empty() {
            return Err(Misuse("no photo was found; name photos or folders that hold some".into()));
        }
        let mut taken: HashMap<String, &Path> = HashMap::new();
        for (index, file) in files.iter().enumerate() {
            let target = self.target(index / self.plan.people().max(1), file);
            if is_same_file(&target, file) {
                let shown = file.display();
                return Err(Misuse(format!(
                    "the sheet would replace its photo {shown}; choose another --out"
                )));
            }
            let one_each = self.format != SheetFormat::Pdf && self.plan.people() == 1;
            // Names that differ in case only are one file on some systems.
            let name = short_name(&target).to_lowercase();
            if let Some(other) = taken.insert(name, file).filter(|_| one_each) {
                let (one, two) = (other.display(), file.display());
                return Err(Misuse(format!(
                    "{one} and {two} would both become {}; rename one of them",
                    short_name(&target)
                )));
            }
        }
        Ok(())
    }

    /// Writes every sheet, printing one line for each; a photo that cannot be read stops no other.
    pub fn write(
        &self,
        files: &[PathBuf],
        captions: Option<&Captions>,
        out: &mut dyn Write,
    ) -> anyhow::Result<Done> {
        fs::create_dir_all(self.out).with_context(|| {
            format!("the folder {} cannot be made; choose another --out", self.out.display())
        })?;
        let bench = Bench {
            run: self,
            renderer: SheetRenderer::new(self.plan, self.dpi),
            reading: Reading {
                purpose: self.purpose(),
                limits: DecodeLimits::built_in()?,
                captions,
                exported: self.exported(files),
            },
        };
        let mut done = Done::default();
        let mut pdf = self.begin_pdf()?;
        let groups = self.groups(files, &bench, &mut done);
        let at_once = if pdf.is_some() { PAGES_AT_ONCE } else { 1 };
        let batches: Vec<(usize, &[Vec<PathBuf>])> =
            (0..).step_by(at_once).zip(groups.chunks(at_once)).collect();
        let make = |_, (first, batch): &(usize, &[Vec<PathBuf>])| {
            let numbered = (*first..).zip(batch.iter());
            numbered.map(|(number, group)| bench.make(number, group)).collect::<Vec<_>>()
        };
        let ended = ordered::for_each(&batches, ordered::all_cores(), make, |batch| {
            let mut lines = Vec::new();
            for made in batch {
                let Some((photos, sheet)) = done.count(made)? else { continue };
                done.sheets += 1;
                let sheet = match (sheet, pdf.as_mut()) {
                    (None, Some(pdf)) => {
                        let pages: Vec<_> = photos.iter().filter_map(Loaded::embedded).collect();
                        pdf.embed(self.plan, self.dpi, &pages)?;
                        format!("{PDF_NAME} page {}", done.sheets)
                    }
                    (sheet, _) => sheet.unwrap_or_default().display().to_string(),
                };
                self.report(&photos, &sheet, &mut done, &mut lines)?;
            }
            Ok::<_, anyhow::Error>(out.write_all(&lines)?)
        });
        // Also what was written before a fault; a PDF has its folder synced with its name.
        if pdf.is_none() {
            sync_folder(self.out).with_context(|| format!("{} cannot be synced", self.out.display()))?;
        }
        ended?;
        if let Some(pdf) = pdf.filter(|_| done.sheets > 0) {
            pdf.finish()?
                .commit()
                .with_context(|| format!("{PDF_NAME} cannot be put into {}", self.out.display()))?;
        }
        Ok(done)
    }

    /// The photos of each sheet. Where several share one, those that cannot be read are left out beforehand, for
    /// the order of all the others depends on them.
    fn groups(&self, files: &[PathBuf], bench: &Bench<'_>, done: &mut Done) -> Vec<Vec<PathBuf>> {
        let people = self.plan.people().max(1);
        if people == 1 {
            return files.iter().map(|file| vec![file.clone()]).collect();
        }
        let mut readable: Vec<PathBuf> = Vec::new();
        let read = |_, file: &PathBuf| (file.clone(), bench.load(file).map(drop));
        let taken: Result<(), Infallible> =
            ordered::for_each(files, ordered::all_cores(), read, |(file, read)| {
                match read {
                    Ok(()) => readable.push(file),
                    Err(message) => done.refuse(&message),
                }
                Ok(())
            });
        let Ok(()) = taken;
        let sheets = cut_and_stack(readable.len(), people, self.lift);
        sheets.into_iter().map(|sheet| sheet.into_iter().map(|at| readable[at].clone()).collect()).collect()
    }

    fn purpose(&self) -> Purpose {
        match self.format {
            SheetFormat::Pdf => Purpose::Pdf(self.dpi),
            _ => Purpose::Pixels,
        }
    }

    /// Exports that the files come from: of use only where photos are not decoded.
    fn exported(&self, files: &[PathBuf]) -> ExportedPhotos {
        match self.purpose() {
            Purpose::Pdf(_) => ExportedPhotos::beside(files),
            Purpose::Pixels => ExportedPhotos::default(),
        }
    }

    fn begin_pdf(&self) -> anyhow::Result<Option<PdfSheets<WholeFile>>> {
        if self.format != SheetFormat::Pdf {
            return Ok(None);
        }
        let file = WholeFile::create(&self.out.join(PDF_NAME))
            .with_context(|| format!("nothing can be written into {}", self.out.display()))?;
        Ok(Some(PdfSheets::new(file)?))
    }

    fn report(
        &self,
        group: &[Loaded],
        sheet: &str,
        done: &mut Done,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        for photo in group {
            if photo.changed {
                let shown = photo.path.display();
                complain(&format!(
                    "{shown}: has other bytes than were exported; look at its page before you print"
                ));
            }
            let missing = photo.caption.as_deref().map(caption::missing_characters).unwrap_or_default();
            if !missing.is_empty() {
                let shown: String = missing.into_iter().collect();
                complain(&format!("{}: the caption font lacks {shown}", photo.path.display()));
            }
            if photo.caption.is_none() && !self.plan.captions.is_empty() {
                complain(&format!("{}: the captions name no text for it", photo.path.display()));
            }
        }
        done.people += group.len();
        let names: Vec<String> = group.iter().map(|photo| short_name(&photo.path)).collect();
        writeln!(out, "{sheet}: {} pieces of {}", group.len() * self.plan.layout.pieces(), names.join(", "))?;
        Ok(())
    }

    /// Where a sheet goes: under its photo's name, or numbered when it holds several.
    fn target(&self, sheet: usize, photo: &Path) -> PathBuf {
        let extension = self.format.extension();
        let stem = photo.file_stem().unwrap_or(photo.as_os_str()).to_string_lossy();
        self.out.join(match (self.format, self.plan.people()) {
            (SheetFormat::Pdf, _) => PDF_NAME.to_owned(),
            (_, 1) => format!("{stem}.{extension}"),
            _ => format!("sheet-{:03}.{extension}", sheet + 1),
        })
    }
}

impl Done {
    fn refuse(&mut self, message: &str) {
        complain(message);
        self.failed += 1;
    }

    /// What was made; a photo that cannot be read is counted, anything else ends the run.
    fn count(&mut self, made: Result<Made, Fault>) -> anyhow::Result<Option<Made>> {
        match made {
            Ok(made) => Ok(Some(made)),
            Err(Fault::Photo(message)) => {
                self.refuse(&message);
                Ok(None)
            }
            Err(Fault::Sheet(error)) => Err(error),
        }
    }
}

/// A sheet's photos, and its place when it is a file of its own.
type Made = (Vec<Loaded>, Option<PathBuf>);

/// Why a sheet was not made.
enum Fault {
    Photo(String),
    Sheet(anyhow::Error),
}

/// What every sheet needs.
struct Bench<'a> {
    run: &'a Run<'a>,
    renderer: SheetRenderer<'a>,
    reading: Reading<'a>,
}

impl Bench<'_> {
    fn load(&self, file: &Path) -> Result<Loaded, String> {
        Loaded::read(file, &self.reading)
    }

    /// Reads a sheet's photos, and writes the sheet unless it becomes a page of the PDF.
    fn make(&self, number: usize, group: &[PathBuf]) -> Result<Made, Fault> {
        let photos = group.iter().map(|file| self.load(file)).collect::<Result<Vec<_>, _>>();
        let photos = photos.map_err(Fault::Photo)?;
        match (self.run.format, photos.first()) {
            (SheetFormat::Pdf, _) | (_, None) => Ok((photos, None)),
            (_, Some(first)) => {
                let target = self.run.target(number, &first.path);
                self.write(&target, &photos).map_err(Fault::Sheet)?;
                Ok((photos, Some(target)))
            }
        }
    }

    fn write(&self, target: &Path, photos: &[Loaded]) -> anyhow::Result<()> {
        let bytes = self.renderer.encode(&sheet_photos(photos), self.run.format)?;
        write_one_of_many(target, &bytes).with_context(|| format!("{} cannot be written", target.display()))
    }
}

fn sheet_photos(group: &[Loaded]) -> Vec<SheetPhoto<'_>> {
    group.iter().filter_map(Loaded::sheet_photo).collect()
}

/// Two names of one file; a file is only ever replaced under its own name.
fn is_same_file(one: &Path, two: &Path) -> bool {
    short_name(one).to_lowercase() == short_name(two).to_lowercase()
        && matches!((fs::canonicalize(one), fs::canonicalize(two)), (Ok(one), Ok(two)) if one == two)
}
