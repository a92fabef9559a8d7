//! `photodesk demo`.

#[cfg_attr(not(feature = "hub"), path = "demo/alone.rs")]
mod centre;

use std::io::Write;
use std::path::{Path, PathBuf};
#[cfg(feature = "desk")]
use std::sync::Arc;

use anyhow::Context;

use centre::Centre;

use super::{DeskPlace, Outcome};
#[cfg(feature = "desk")]
use crate::camera::drawn::DrawnCameras;
use crate::inspect::{Report, Verdict};
use crate::submission::{Decision, ReasonCatalogue, State, Verb};
use crate::workflow::desk::{Batch, QueueFilter, QueueItem};
use crate::workflow::export::{self, ExportReport, ExportRequest};
use crate::workflow::job::Job;
use crate::workflow::review::decide;
use crate::workflow::{Desk, DeskError};

/// Signs the decisions of the demonstration.
const REVIEWER: &str = "demo rule";
/// 版式一 on 6寸.
const LAYOUT: &str = "1寸×8+2寸×4";
const PAPER: &str = "6寸";
/// A damaged photo names no check; this is the reason the student reads.
const CHECK_OF_DAMAGE: &str = "file";

/// A self-contained centre with a hub on loopback and drawn sample submissions: pull, check, review, export.
///
/// With a display the desk opens on it, ready to review. Without one, or with --headless, the whole round runs and
/// its files stay in DIR.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Run the whole round without a window.
    #[arg(long)]
    headless: bool,
    /// Where the demonstration keeps its desk, photos and sheets.
    #[arg(long, value_name = "DIR", default_value = "demo-out")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let folder = Folder::make(&args.out)?;
    let centre = Centre::open(&folder.root)?;
    #[cfg(feature = "desk")]
    if !args.headless && has_display() {
        return in_the_window(&folder, centre);
    }
    round(&folder, &centre, out)
}

/// What a centre gave the desk to review.
struct Delivered {
    batch: Batch,
    photos: usize,
    /// The way they came, for the reader.
    how: String,
    /// Address of the student's page while the centre runs; empty where there is none.
    page: String,
}

/// The desk on its centre; an empty one is filled at once.
#[cfg(feature = "desk")]
fn in_the_window(folder: &Folder, centre: Centre) -> anyhow::Result<Outcome> {
    let (place, drawn) = (folder.place(), folder.of_batch("photos", "drawn"));
    std::fs::create_dir_all(&drawn)?;
    let centre = Arc::new(centre);
    let deliverer = Arc::clone(&centre);
    let opened = place.clone();
    // The hub outlives the window, which gives back at its end what it holds.
    let kept = Arc::clone(&centre);
    let shown = super::window::show(super::window::Opening {
        place,
        open: Arc::new(move || {
            let desk = opened.open()?;
            centre.attach(&desk)?;
            Ok(desk)
        }),
        samples: Arc::new(move |desk, job| {
            let delivered = deliverer.deliver(desk, &drawn, job)?;
            // Whoever started it from a terminal can try the other end; without one nobody reads it.
            drop(tell_page(&delivered, &mut std::io::stdout()));
            Ok(())
        }),
        samples_at_start: true,
        // Nobody stands before a demonstration: the camera shows drawn sitters.
        cameras: Arc::new(DrawnCameras::sitters("Demo camera 演示摄像头", [1, 32, 35])),
    });
    drop(kept);
    shown
}

/// Everything of the demonstration lies in one folder; running it again adds a batch.
struct Folder {
    root: PathBuf,
}

impl Folder {
    fn make(root: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("{} cannot be made; name another folder with --out DIR", root.display());
        std::fs::create_dir_all(root).with_context(cannot)?;
        Ok(Self { root: std::path::absolute(root).with_context(cannot)? })
    }

    fn place(&self) -> DeskPlace {
        DeskPlace { data: Some(self.root.join("desk")), key_file: Some(self.root.join("demo.key")) }
    }

    fn of_batch(&self, kind: &str, batch: &str) -> PathBuf {
        self.root.join(kind).join(batch)
    }
}

/// The whole round: draw, bring in, check, decide, export, count.
fn round(folder: &Folder, centre: &Centre, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let desk = folder.place().open()?;
    centre.attach(&desk)?;
    let job = Job::default();
    let drawn = folder.of_batch("photos", "drawn");
    std::fs::create_dir_all(&drawn)?;
    writeln!(out, "Drawing the sample portraits and checking them; this takes a minute or two.")?;
    let delivered = centre.deliver(&desk, &drawn, &job)?;
    let batch = &delivered.batch;
    writeln!(
        out,
        "Batch {} ({}): {} photos, {}. Originals: {}",
        batch.code,
        batch.standard,
        delivered.photos,
        delivered.how,
        drawn.display()
    )?;
    tell_page(&delivered, out)?;
    writeln!(
        out,
        "Rule of this demonstration (a person decides otherwise): approve where no check fails, else reject with the failing checks' reasons."
    )?;
    let waiting = queue(&desk, batch, State::PendingReview)?;
    for item in &waiting {
        decide_by_rule(&desk, item, out)?;
    }
    let (sent, all_sent) = centre.send(&desk, waiting.len())?;
    writeln!(out, "{sent}")?;
    let sheets = folder.of_batch("sheets", &batch.code);
    let request = ExportRequest::usual(&batch.code, LAYOUT, PAPER, &sheets);
    let exported = export::run(&desk, &request, &job)?;
    let reconciles = summary(&desk, &delivered, &exported, &sheets, out)? && all_sent;
    writeln!(out, "{}", if reconciles { "The counts reconcile." } else { "THE COUNTS DO NOT RECONCILE." })?;
    Ok(if reconciles { Outcome::Done } else { Outcome::SomeFailed })
}

/// Where a student would submit, as long as the demonstration runs.
fn tell_page(delivered: &Delivered, out: &mut dyn Write) -> std::io::Result<()> {
    if delivered.page.is_empty() {
        return Ok(());
    }
    writeln!(out, "The student's page, while this runs: {}", delivered.page)
}

fn queue(desk: &Desk, batch: &Batch, state: State) -> Result<Vec<QueueItem>, DeskError> {
    desk.queue(&QueueFilter { batch: Some(batch.code.clone()), state: Some(state), ..QueueFilter::default() })
}

fn decide_by_rule(desk: &Desk, item: &QueueItem, out: &mut dyn Write) -> anyhow::Result<()> {
    let report = desk
        .report(&item.submission)?
        .with_context(|| format!("{} was not checked; run the demonstration again", item.submission))?;
    let reasons = match &report {
        Ok(report) => failing_reasons(report, &desk.reasons),
        Err(_) => reasons_of(CHECK_OF_DAMAGE, &desk.reasons),
    };
    let verb = if reasons.is_empty() { Verb::Approve } else { Verb::Reject };
    writeln!(out, "  {:<6} {:<8} {}", item.masked_name, verb.as_str(), titles(&reasons, &desk.reasons))?;
    let decision = Decision {
        submission: item.submission.clone(),
        photo_sha256: item.photo_sha256.clone(),
        revision: item.revision,
        verb,
        reasons,
        reviewer: REVIEWER.to_owned(),
    };
    decide(desk, &decision)?;
    Ok(())
}

/// The reason of every failing check, each once; a failing check always gives one.
fn failing_reasons(report: &Report, catalogue: &ReasonCatalogue) -> Vec<String> {
    let failing = report.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
    let mut reasons = Vec::new();
    for finding in failing {
        let named = finding.reason.clone().filter(|code| catalogue.get(code).is_some());
        let codes = named.map_or_else(|| reasons_of(finding.check.as_str(), catalogue), |code| vec![code]);
        for code in codes {
            if !reasons.contains(&code) {
                reasons.push(code);
            }
        }
    }
    reasons
}

fn reasons_of(check: &str, catalogue: &ReasonCatalogue) -> Vec<String> {
    catalogue.for_check(check).into_iter().take(1).map(|reason| reason.code.clone()).collect()
}

fn titles(reasons: &[String], catalogue: &ReasonCatalogue) -> String {
    let title = |code: &String| {
        catalogue.get(code).map_or_else(|| code.clone(), |reason| format!("{code} {}", reason.title.zh))
    };
    reasons.iter().map(title).collect::<Vec<_>>().join(", ")
}

/// Counts what the desk holds against what was brought in, and what lies on disk against the approvals.
fn summary(
    desk: &Desk,
    delivered: &Delivered,
    exported: &ExportReport,
    sheets: &Path,
    out: &mut dyn Write,
) -> anyhow::Result<bool> {
    let (batch, brought_in) = (&delivered.batch, delivered.photos);
    let in_production = queue(desk, batch, State::InProduction)?.len();
    let rejected = queue(desk, batch, State::Rejected)?.len();
    let reconciles = in_production + rejected == brought_in
        && exported.people == in_production
        && exported.difference == 0;
    writeln!(out, "{brought_in} submissions = {in_production} exported + {rejected} rejected")?;
    writeln!(
        out,
        "{} people, {} pieces on {} sheets of {LAYOUT} on {PAPER}, difference {}",
        exported.people, exported.pieces, exported.sheets, exported.difference
    )?;
    writeln!(out, "journal: {} entries, chain verified", desk.verify_journal()?)?;
    writeln!(out, "sheets: {}", sheets.display())?;
    writeln!(out, "manifest: {}", exported.manifest.display())?;
    Ok(reconciles)
}

/// Windows and macOS always have one.
#[cfg(feature = "desk")]
fn has_display() -> bool {
    let is_named = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos"))) || is_named("DISPLAY") || is_named("WAYLAND_DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::report;

    #[test]
    fn a_failing_check_always_leads_to_a_reason() {
        let catalogue = ReasonCatalogue::built_in().unwrap();
        let passing = report(&[Verdict::Pass, Verdict::Warn, Verdict::Unknown]);
        assert!(failing_reasons(&passing, &catalogue).is_empty());
        let failing = report(&[Verdict::Fail, Verdict::Fail]);
        assert_eq!(failing_reasons(&failing, &catalogue).len(), 1, "each reason once");
        assert_eq!(reasons_of(CHECK_OF_DAMAGE, &catalogue).len(), 1);
    }
}
