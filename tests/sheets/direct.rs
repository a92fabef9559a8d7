//! Sheets that went to a printer directly, measured on what the printer got.

use std::fs;

use super::{KNOWN, TRUE_TO_MM, decoded, photo_folder, tool, worst_edge_mm};
use crate::common::{BATCH, Folder, add_approved, key_path};
use crate::ipp_printer::{IppPrinter, integer, member, word};
use crate::program::photodesk;

#[test]
fn what_a_printer_gets_is_true_to_a_tenth_of_a_millimetre() {
    let (photos, photo) = photo_folder();
    let known = &KNOWN[0];
    for (format, kind) in [("pdf", "application/pdf"), ("jpeg", "image/jpeg")] {
        let (desk, printer) = (Folder::new(), IppPrinter::start());
        add_approved(&desk.store(), "one", &fs::read(&photo).expect("photo"), 1);
        let run = |words: &[&str]| {
            let mut command = photodesk();
            command.arg("--data").arg(desk.path()).arg("--key-file").arg(key_path(desk.path())).args(words);
            let run = command.output().expect("runs");
            let said = String::from_utf8_lossy(&run.stdout).into_owned();
            (run.status.code(), said, String::from_utf8_lossy(&run.stderr).into_owned())
        };
        let told = run(&["printers", "--printer", "plain", "--queue", &printer.uri()]);
        assert!(told.0 == Some(0) && told.1.contains("Virtual photo printer"), "{told:?}");
        let out = photos.path().join(kind.replace('/', "-"));
        let words =
            ["export", "--batch", BATCH, "--layout", known.layout, "--paper", "6寸", "--format", format];
        let more = ["--printer", "plain", "--print", "--out", out.to_str().expect("UTF-8")];
        printer.state().paper = Some(0);
        let told = run(&[words.as_slice(), &more].concat());
        assert!(told.0 == Some(1) && told.1.contains("is out of paper; put paper in"), "{told:?}");
        assert!(!out.exists(), "nothing is written for a printer that cannot print");
        printer.state().paper = None;
        let told = run(&[words.as_slice(), &more].concat());
        assert!(told.0 == Some(0) && told.1.contains("1 of 1 sheets printed"), "{told:?}");
        let state = printer.state();
        assert_eq!((state.jobs.len(), state.complaints.as_slice()), (1, [].as_slice()));
        let job = &state.jobs[0];
        assert_eq!((job.format.as_str(), word(&job.asked["print-scaling"]).as_str()), (kind, "none"));
        let size = member(&job.asked["media-col"], "media-size");
        let medium_mm =
            ["y-dimension", "x-dimension"].map(|side| f64::from(integer(member(size, side))) / 100.0);
        let got = photos.path().join(format!("got.{format}"));
        fs::write(&got, &job.document).expect("written");
        let pixels = decoded(&got);
        let printed_mm = [pixels.width(), pixels.height()].map(|side| f64::from(side) / 300.0 * 25.4);
        for (printed, medium) in printed_mm.into_iter().zip(medium_mm) {
            assert!((printed - medium).abs() < TRUE_TO_MM, "{printed} mm of sheet on {medium} mm of medium");
        }
        let worst = worst_edge_mm(&pixels, known);
        assert!(worst <= TRUE_TO_MM, "{kind}: an edge is {worst:.3} mm off");
        if format == "pdf" {
            tool("qpdf", &["--check"], &got, &[]);
            let has = |words: &[u8]| job.document.windows(words.len()).any(|window| window == words);
            assert!(has(b"/PrintScaling/None"), "viewers are told, too");
        }
    }
}
