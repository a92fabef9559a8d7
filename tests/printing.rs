//! Sheets given to a printer of our own that speaks IPP: what arrives, and that nothing is lost or doubled whatever it
//! does.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop on a broken fixture")]

mod common;
mod ipp_printer;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{BATCH, Folder, Random, add_approved, open_desk};
use image::{Rgb, RgbImage};
use ipp_printer::{Fault, IppPrinter, integer, member, word};
use photodesk::photo::encode::{JpegSetting, Subsampling, encode_jpeg_at};
use photodesk::photo::units::Dpi;
use photodesk::printing::Limits;
use photodesk::workflow::export::printing::{self, PrintingOrder, PrintingReport};
use photodesk::workflow::export::{ExportRequest, plan, run};
use photodesk::workflow::job::Job;
use photodesk::workflow::printers::QueueAddress;
use photodesk::workflow::{Desk, DeskError};

/// A desk with an export whose sheets were not printed.
struct Centre {
    folder: Folder,
    job: String,
    sheets: Vec<PathBuf>,
}

impl Centre {
    fn new(people: usize) -> Self {
        let folder = Folder::new();
        let store = folder.store();
        for number in 0..people {
            add_approved(&store, &format!("p{number:03}"), &portrait(number), number as i64);
        }
        drop(store);
        let desk = open_desk(folder.path());
        let report = run(&desk, &request(folder.path()), &Job::default()).unwrap();
        let is_sheet = |path: &&PathBuf| path.parent().is_some_and(|parent| parent.ends_with("sheets"));
        let sheets = report.files.iter().filter(is_sheet).cloned().collect();
        Self { folder, job: report.job, sheets }
    }

    fn desk(&self) -> Desk {
        open_desk(self.folder.path())
    }

    /// Prints, or goes on, with a desk that is opened for it.
    fn print(&self, printer: &IppPrinter) -> Result<PrintingReport, DeskError> {
        self.print_watched(printer, &Job::default())
    }

    fn print_watched(&self, printer: &IppPrinter, work: &Job) -> Result<PrintingReport, DeskError> {
        let desk = self.desk();
        let done = printing::run_within(&desk, &self.order(printer), &quick(), work);
        desk.verify_journal().unwrap();
        done
    }

    fn order(&self, printer: &IppPrinter) -> PrintingOrder {
        let queue = QueueAddress { uri: printer.uri(), open_network: false };
        PrintingOrder { job: self.job.clone(), printer: None, queue: Some(queue), copies: 1 }
    }

    /// Everything that happened on this desk.
    fn journal(&self) -> String {
        let entries = self.folder.store().journal_after(0).unwrap();
        format!("{entries:?}")
    }
}

fn request(folder: &Path) -> ExportRequest {
    ExportRequest { dpi: Dpi(72), ..ExportRequest::usual(BATCH, "版式一", "6寸", &folder.join("out")) }
}

/// The product's limits with short waits.
fn quick() -> Limits {
    Limits::built_in().unwrap().times(0.004)
}

fn portrait(number: usize) -> Vec<u8> {
    let pixels =
        RgbImage::from_fn(480, 640, |x, y| Rgb([(number * 9 % 256) as u8, (x / 2) as u8, (y / 3) as u8]));
    let setting = JpegSetting {
        dpi: Dpi(300),
        quality: 90,
        subsampling: Subsampling::Chroma444,
        optimized_tables: true,
        embed_icc: false,
    };
    encode_jpeg_at(&pixels, setting).unwrap().bytes
}

/// The number of each sheet that came out, from its job's name.
fn came_out(printer: &IppPrinter) -> Vec<usize> {
    printer.tray().iter().map(|name| name.split('-').nth(2).unwrap().parse().unwrap()).collect()
}

#[test]
fn every_sheet_arrives_once_in_order_as_it_lies_on_the_disk() {
    let (centre, printer) = (Centre::new(6), IppPrinter::start());
    let report = centre.print(&printer).unwrap();
    assert_eq!((report.printed, report.sheets), (6, 6));
    assert_eq!(came_out(&printer), [1, 2, 3, 4, 5, 6]);
    let state = printer.state();
    assert_eq!(state.complaints, Vec::<String>::new());
    for (job, sheet) in state.jobs.iter().zip(&centre.sheets) {
        assert!(job.document == fs::read(sheet).unwrap(), "{}", sheet.display());
        assert_eq!(job.format, "image/jpeg");
        assert!(job.name.starts_with(BATCH), "{}", job.name);
        let size = member(&job.asked["media-col"], "media-size");
        let side = |name: &str| integer(member(size, name));
        // 101.6 × 152.4 mm in hundredths; the sheet lies across.
        assert_eq!((side("x-dimension"), side("y-dimension")), (10_160, 15_240));
        assert_eq!(integer(&job.asked["orientation-requested"]), 4);
        assert_eq!(integer(&job.asked["copies"]), 1);
        assert_eq!(word(&job.asked["print-color-mode"]), "color");
        // The queue does not print at 72 dpi; the size is the paper's all the same.
        assert!(!job.asked.contains_key("printer-resolution"));
    }
    drop(state);
    assert_eq!(centre.print(&printer).unwrap_err().code(), "printed_already");
    let journal = centre.journal();
    assert!(journal.contains("printing_begun") && journal.contains("printing_ended"), "{journal}");
    assert_eq!(printing::open(&centre.desk()).unwrap(), []);
}

#[test]
fn an_empty_printer_is_told_before_and_waited_for_while_it_prints() {
    let (centre, printer) = (Centre::new(5), IppPrinter::start());
    printer.state().paper = Some(2);
    let work = Job::default();
    std::thread::scope(|scope| {
        let printing = scope.spawn(|| centre.print_watched(&printer, &work));
        while work.told() != Some("out_of_paper") {
            assert!(!printing.is_finished());
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(work.is_paused());
        assert_eq!(printer.tray().len(), 2);
        printer.state().paper = None;
        assert_eq!(printing.join().unwrap().unwrap().printed, 5);
    });
    assert!(!work.is_paused() && work.told().is_none());
    printer.state().paper = Some(0);
    printer.state().accepting = false;
    let queue = Some(QueueAddress { uri: printer.uri(), open_network: false });
    let request = ExportRequest { queue, ..request(centre.folder.path()) };
    let planned = plan(&centre.desk(), &request).unwrap();
    let told: Vec<&str> = planned.problems.iter().map(|problem| problem.remedy.as_str()).collect();
    assert!(
        told.contains(&"put paper in") && told.contains(&"let it accept jobs in the print system"),
        "{told:?}"
    );
}

#[test]
fn a_queue_that_would_change_the_sheets_gets_none() {
    let (centre, printer) = (Centre::new(2), IppPrinter::start());
    printer.state().scalings = vec!["auto", "fit"];
    assert_eq!(centre.print(&printer).unwrap_err().code(), "queue_scales");
    printer.state().scalings = vec!["none"];
    printer.state().media = vec!["iso_a4_210x297mm"];
    assert_eq!(centre.print(&printer).unwrap_err().code(), "queue_no_paper");
    printer.state().media = vec!["na_index-4x6_4x6in"];
    printer.state().faults = vec![Fault::Refuse];
    assert_eq!(centre.print(&printer).unwrap_err().code(), "queue_refused");
    assert!(printer.state().jobs.is_empty());
    assert_eq!(centre.print(&printer).unwrap().printed, 2);
    assert_eq!(came_out(&printer), [1, 2]);
}

#[test]
fn whatever_breaks_off_is_printed_once() {
    let away = Duration::from_millis(60);
    for fault in [Fault::LostAnswer, Fault::Cut, Fault::VanishedAfter(away), Fault::VanishedBefore(away)] {
        let (centre, printer) = (Centre::new(4), IppPrinter::start());
        printer.state().faults = vec![Fault::Fine, fault];
        let report = centre.print(&printer).unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!((report.printed, report.doubtful.len()), (4, 0), "{fault:?}");
        assert_eq!(came_out(&printer), [1, 2, 3, 4], "{fault:?}");
    }
}

#[test]
fn a_printer_that_stays_away_is_given_up_and_gone_on_with_later() {
    for fault in [Fault::VanishedAfter, Fault::VanishedBefore] {
        let (centre, printer) = (Centre::new(4), IppPrinter::start());
        // Longer than the 3.6 seconds of patience.
        printer.state().faults = vec![Fault::Fine, fault(Duration::from_secs(5))];
        assert_eq!(centre.print(&printer).unwrap_err().code(), "queue_lost");
        let open = printing::open(&centre.desk()).unwrap();
        assert_eq!((open.len(), open[0].sheets), (1, 4));
        std::thread::sleep(Duration::from_secs(2));
        let report = centre.print(&printer).unwrap();
        assert_eq!((report.printed, report.doubtful.len()), (4, 0));
        assert_eq!(came_out(&printer), [1, 2, 3, 4]);
    }
}

#[test]
fn a_sheet_of_which_nobody_knows_is_told_and_settled_by_a_person() {
    let (centre, printer) = (Centre::new(3), IppPrinter::start());
    printer.state().faults = vec![Fault::Fine, Fault::SwitchedOff];
    printer.state().held = true;
    let report = centre.print(&printer).unwrap();
    // The first was in the queue that forgot it; the second was being sent when it did.
    assert_eq!((report.printed, report.doubtful.as_slice()), (0, [1, 2].as_slice()));
    printer.state().held = false;
    let desk = centre.desk();
    assert_eq!(printing::open(&desk).unwrap()[0].doubtful.len(), 2);
    printing::settle(&desk, &centre.job, 1, false, "li").unwrap();
    printing::settle(&desk, &centre.job, 2, true, "li").unwrap();
    let again = printing::settle(&desk, &centre.job, 2, true, "li");
    assert_eq!(again.unwrap_err().code(), "sheet_not_doubtful");
    drop(desk);
    assert_eq!(centre.print(&printer).unwrap().printed, 3);
    // The second came out when the printer went off; the first is printed under a new name.
    assert_eq!(came_out(&printer), [2, 1, 3]);
    let journal = centre.journal();
    assert_eq!(journal.matches("sheet_settled").count(), 2, "{journal}");
}

#[test]
fn a_sheet_given_back_stops_the_pile_and_goes_again_when_asked() {
    let (centre, printer) = (Centre::new(4), IppPrinter::start());
    printer.state().faults = vec![Fault::Fine, Fault::Abort];
    let report = centre.print(&printer).unwrap();
    assert_eq!(report.failed, [(2, "aborted-by-system".to_owned())]);
    let report = centre.print(&printer).unwrap();
    assert_eq!(report.printed, 4);
    let out = came_out(&printer);
    assert_eq!(out.iter().copied().collect::<BTreeSet<_>>().len(), out.len(), "{out:?}");
    assert_eq!(centre.journal().matches("sheet_sent_again").count(), 1);
}

#[test]
fn cancelling_takes_back_what_has_not_come_out() {
    let (centre, printer) = (Centre::new(6), IppPrinter::start());
    printer.state().held = true;
    let work = Job::default();
    std::thread::scope(|scope| {
        let printing = scope.spawn(|| centre.print_watched(&printer, &work));
        while printer.state().jobs.len() < 4 {
            std::thread::sleep(Duration::from_millis(1));
        }
        work.cancel();
        let report = printing.join().unwrap().unwrap();
        assert!(report.cancelled && report.printed == 0 && report.doubtful.is_empty(), "{report:?}");
    });
    printer.state().held = false;
    assert!(printer.state().jobs.iter().all(|job| job.state == 7));
    assert_eq!(centre.print(&printer).unwrap().printed, 6);
    assert_eq!(came_out(&printer), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_changed_sheet_is_not_printed_and_a_recalled_person_neither() {
    let (centre, printer) = (Centre::new(2), IppPrinter::start());
    let whole = fs::read(&centre.sheets[1]).unwrap();
    fs::write(&centre.sheets[1], b"another sheet").unwrap();
    assert_eq!(centre.print(&printer).unwrap_err().code(), "sheet_changed");
    fs::write(&centre.sheets[1], whole).unwrap();
    let store = centre.folder.store();
    store.write(|tx| tx.set_state("p001", photodesk::submission::State::PendingReview)).unwrap();
    drop(store);
    assert_eq!(centre.print(&printer).unwrap_err().code(), "print_recalled");
    assert!(came_out(&printer).len() <= 1);
    printing::give_up(&centre.desk(), &centre.job, "li").unwrap();
    assert_eq!(printing::open(&centre.desk()).unwrap(), []);
}

/// Any order of breakdowns, the program ended and begun again in between: each sheet comes out once, or is told.
#[test]
fn nobody_is_doubled_or_left_out_in_any_order_of_breakdowns() {
    let mut random = Random::new();
    for round in 0..12 {
        let (centre, printer) = (Centre::new(8), IppPrinter::start());
        let away = Duration::from_millis(20);
        for _ in 0..12 {
            let fault = match random.next() % 7 {
                0 => Fault::LostAnswer,
                1 => Fault::Cut,
                2 => Fault::VanishedAfter(away),
                3 => Fault::VanishedBefore(away),
                4 => Fault::Abort,
                _ => Fault::Fine,
            };
            printer.state().faults.push(fault);
        }
        let place = format!("round {round}, seed {}", random.seed);
        let mut runs = 0;
        loop {
            runs += 1;
            assert!(runs < 30, "{place}: it never ends");
            match centre.print(&printer) {
                Ok(report) if report.printed == 8 => break,
                Ok(report) => assert_eq!(report.doubtful, Vec::<usize>::new(), "{place}"),
                Err(error) => assert!(error.code().starts_with("queue_"), "{place}: {error}"),
            }
        }
        let mut out = came_out(&printer);
        out.sort_unstable();
        assert_eq!(out, [1, 2, 3, 4, 5, 6, 7, 8], "{place}");
    }
}
