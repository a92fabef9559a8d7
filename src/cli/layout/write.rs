//! Renders sheets on all processors and writes them whole, in the order of the photos.

use std::collections::HashMap;
use std::io::Write;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::{fs, thread};

use anyhow::Context;

use super::photos::{Captions, Loaded};
use super::{Misuse, complain, short_name};
use crate::durable::{WholeFile, write_shared};
use crate::photo::DecodeLimits;
use crate::photo::units::Dpi;
use crate::print::caption;
use crate::print::pdf::PdfSheets;
use crate::print::raster;
use crate::print::sheet::{SheetFormat, SheetPhoto, SheetPlan};

const PDF_NAME: &str = "sheets.pdf";

/// Everything that stays the same during a run.
pub(super) struct Run<'a> {
    pub plan: &'a SheetPlan,
    pub dpi: Dpi,
    pub format: SheetFormat,
    pub out: &'a Path,
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
        let limits = DecodeLimits::built_in()?;
        let mut done = Done::default();
        let mut waiting: Vec<Loaded> = Vec::new();
        let mut pdf = self.begin_pdf()?;
        let people = self.plan.people().max(1);
        let workers = thread::available_parallelism().map_or(1, NonZero::get);
        for files in files.chunks(workers * people) {
            let loaded = in_parallel(files, |file| Loaded::read(file, &limits, captions));
            for loaded in loaded {
                match loaded {
                    Ok(photo) => waiting.push(photo),
                    Err(message) => {
                        complain(&message);
                        done.failed += 1;
                    }
                }
            }
            let whole_sheets = waiting.len() / people * people;
            let ready: Vec<Loaded> = waiting.drain(..whole_sheets).collect();
            self.write_sheets(&ready, pdf.as_mut(), &mut done, out)?;
        }
        self.write_sheets(&waiting, pdf.as_mut(), &mut done, out)?;
        if let Some(pdf) = pdf.filter(|_| done.sheets > 0) {
            pdf.finish()?
                .commit()
                .with_context(|| format!("{PDF_NAME} cannot be put into {}", self.out.display()))?;
        }
        Ok(done)
    }

    fn begin_pdf(&self) -> anyhow::Result<Option<PdfSheets<WholeFile>>> {
        if self.format != SheetFormat::Pdf {
            return Ok(None);
        }
        let file = WholeFile::create(&self.out.join(PDF_NAME))
            .with_context(|| format!("nothing can be written into {}", self.out.display()))?;
        Ok(Some(PdfSheets::new(file)?))
    }

    fn write_sheets(
        &self,
        photos: &[Loaded],
        pdf: Option<&mut PdfSheets<WholeFile>>,
        done: &mut Done,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let groups: Vec<&[Loaded]> = photos.chunks(self.plan.people().max(1)).collect();
        match pdf {
            Some(pdf) => {
                for group in groups {
                    pdf.page(self.plan, self.dpi, &sheet_photos(group))?;
                    done.sheets += 1;
                    self.report(group, &format!("{PDF_NAME} page {}", done.sheets), done, out)?;
                }
            }
            None => {
                let sheets = in_parallel(&groups, |group| {
                    let sheet = raster::render(self.plan, self.dpi, &sheet_photos(group));
                    raster::encode(&sheet, self.dpi, self.format)
                });
                for (group, bytes) in groups.iter().zip(sheets) {
                    let Some(first) = group.first() else { continue };
                    let target = self.target(done.sheets, &first.path);
                    write_shared(&target, &bytes?)
                        .with_context(|| format!("{} cannot be written", target.display()))?;
                    done.sheets += 1;
                    self.report(group, &target.display().to_string(), done, out)?;
                }
            }
        }
        Ok(())
    }

    fn report(
        &self,
        group: &[Loaded],
        sheet: &str,
        done: &mut Done,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        for photo in group {
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
        writeln!(out, "{sheet}: {} pieces of {}", group.len() * self.plan.layout.pieces(), names.join(", "))
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

fn sheet_photos(group: &[Loaded]) -> Vec<SheetPhoto<'_>> {
    group.iter().map(Loaded::sheet_photo).collect()
}

fn is_same_file(one: &Path, two: &Path) -> bool {
    matches!((fs::canonicalize(one), fs::canonicalize(two)), (Ok(one), Ok(two)) if one == two)
}

/// Works on all items at once, each on its own thread; results come in the items' order.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    thread::scope(|scope| {
        let running: Vec<_> = items.iter().map(|item| scope.spawn(|| work(item))).collect();
        running
            .into_iter()
            .map(|thread| match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}
