//! Measuring printers and settling recalls: what is kept, and the sheet that is drawn anew.

use std::path::Path;

use super::Session;
use crate::i18n::words;
use crate::print::calibration::Measured;
use crate::print::sheet::SheetFormat;
use crate::ui::app::Equipment;
use crate::ui::dialogs::Dialog;
use crate::workflow::DeskError;
use crate::workflow::export::recall;
use crate::workflow::printers::page_words;

impl Session {
    pub(super) fn write_calibration_page(
        &mut self,
        printer: &str,
        paper: &str,
        folder: &Path,
        equipment: &Equipment,
    ) {
        let Ok(paper) = equipment.shop.papers.find(paper) else { return };
        let room = &equipment.shop.printers;
        // A printer with pixels of its own is measured with these; any other with a page that every viewer prints.
        let formats: &[SheetFormat] = match room.choose(printer, paper) {
            Ok(chosen) if chosen.press.raster.is_some() => &[SheetFormat::Png, SheetFormat::Jpeg],
            _ => &[SheetFormat::Pdf],
        };
        let written: Result<Vec<_>, DeskError> = page_words(room, printer, paper).and_then(|words| {
            formats.iter().map(|format| room.write_page(printer, paper, *format, &words, folder)).collect()
        });
        match written {
            Ok(paths) => {
                let path = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
                self.say_done(words!("calibration.written", path = path).into_owned(), false);
            }
            Err(error) => self.say_error(&error),
        }
    }

    /// Keeps what the crosses give; no cross at all forgets what was measured before.
    pub(super) fn keep_calibration(
        &mut self,
        printer: &str,
        paper: &str,
        measured: &[Measured],
        equipment: &mut Equipment,
    ) {
        let Ok(paper) = equipment.shop.papers.find(paper).cloned() else { return };
        let room = &mut equipment.shop.printers;
        let kept = if measured.is_empty() {
            room.forget(printer, &paper).map(|_| words!("calibration.forgotten"))
        } else {
            room.calibrate(printer, &paper, measured).map(|_| words!("calibration.done"))
        };
        match kept {
            Ok(said) => {
                let said = said.into_owned();
                self.dialog = Dialog::None;
                self.print_room.approvals_changed();
                self.say_done(said, false);
            }
            Err(error) => self.say_error(&error),
        }
    }

    /// The print was destroyed; the list goes on without it.
    pub(super) fn settle_recall(&mut self, job: &str, submission: &str, equipment: &Equipment) {
        match recall::settle(&self.desk, job, submission, &equipment.settings.reviewer) {
            Ok(()) => {
                if let Dialog::Recalls(card) = &mut self.dialog {
                    card.recalls.retain(|recall| recall.job != job || recall.submission != submission);
                }
                self.print_room.approvals_changed();
                self.say_done(words!("recalls.settled").into_owned(), false);
            }
            Err(error) => self.say_error(&error),
        }
    }
}
