//! `photodesk onsite …`: a day of collection without a window.

mod bundle;
#[cfg(feature = "hub")]
mod hand_in;
mod run;
mod second;
mod secret;

use std::io::Write;
use std::path::PathBuf;

use serde::Serialize;

use super::{DeskPlace, Outcome};
use crate::camera::{self, tether};
use crate::workflow::job::Job;
use crate::workflow::{bundle as bundles, shots, who};

/// On-site collection without a window: watch a folder, finalise, send, wipe, count. Every answer is a line of JSON.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Watch a folder. Commands come line by line on standard input, what happens goes to standard output.
    #[command(long_about = run::LONG_ABOUT)]
    Run {
        #[command(flatten)]
        batch: BatchArg,
        /// Folder into which the tethering program or the card reader writes.
        #[arg(long, value_name = "DIR", required_unless_present = "camera")]
        folder: Option<PathBuf>,
        /// Camera, as `photodesk onsite cameras` lists them. One that gphoto2 finds fills the folder, any other is a
        /// webcam whose shutter is the command shoot.
        #[arg(long, value_name = "ID")]
        camera: Option<String>,
        /// Who signs what is decided.
        #[arg(long, value_name = "NAME", default_value = "operator")]
        operator: String,
    },
    /// The webcams of this computer, and the cameras on a cable that gphoto2 finds.
    Cameras,
    /// Counts of people, shots and states; they add up.
    Count(BatchArg),
    /// Every shot with its person, mark, doubt and state.
    Shots(BatchArg),
    /// People who have no photo yet.
    Missing(BatchArg),
    /// Finalise everybody whose photos are beyond doubt.
    Finalise {
        #[command(flatten)]
        batch: BatchArg,
        #[arg(long, value_name = "NAME", default_value = "operator")]
        operator: String,
    },
    /// Send what is finalised to the hub, marked photos first, and let it prove what it holds.
    #[cfg(feature = "hub")]
    Send(hand_in::Args),
    /// Write people and photos of the batch into one encrypted file, for another station.
    Bundle {
        #[command(flatten)]
        batch: BatchArg,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        passphrase: bundle::Passphrase,
    },
    /// Take another station's bundle into this one.
    Merge {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        passphrase: bundle::Passphrase,
    },
    /// What two stations, or a station and the hub, say differently.
    Conflicts(BatchArg),
    /// A conflict was looked at and settled.
    Resolve {
        #[arg(value_name = "SEQ")]
        seq: u64,
        #[arg(long, value_name = "NAME", default_value = "operator")]
        operator: String,
    },
    /// Set a colleague's own code, change it, or see whether it is right.
    SignIn(second::SignIn),
    /// What one person said and a second one must confirm: list it, or confirm it as somebody else.
    Countersign(second::Countersign),
    /// Delete the files the hub has proved to hold.
    Wipe {
        #[command(flatten)]
        batch: BatchArg,
        #[arg(long, value_name = "NAME", default_value = "operator")]
        operator: String,
    },
}

#[derive(Debug, clap::Args)]
struct BatchArg {
    /// Signature code of the batch.
    #[arg(long = "batch", value_name = "CODE")]
    signature: String,
}

pub(super) fn run(args: &Args, place: &DeskPlace, out: &mut dyn Write) -> anyhow::Result<Outcome> {
    match &args.verb {
        Verb::Run { batch, folder, camera, operator } => {
            let sources = run::Sources { folder: folder.as_deref(), camera: camera.as_deref() };
            run::run(&batch.signature, sources, operator, place, out)
        }
        Verb::Cameras => {
            let webcams = camera::system().list();
            let tethered = tether::list(&tether::program())?;
            for camera in webcams.iter().flatten().chain(&tethered) {
                line(out, camera)?;
            }
            webcams?;
            Ok(Outcome::Done)
        }
        Verb::Count(batch) => {
            line(out, &shots::count(&place.open()?, &batch.signature)?)?;
            Ok(Outcome::Done)
        }
        Verb::Shots(batch) => {
            for shot in shots::shots(&place.open()?, &batch.signature)? {
                line(out, &shot)?;
            }
            Ok(Outcome::Done)
        }
        Verb::Missing(batch) => {
            for person in who::missing(&place.open()?, &batch.signature)? {
                line(out, &person)?;
            }
            Ok(Outcome::Done)
        }
        Verb::Finalise { batch, operator } => {
            let done = shots::finalise(&place.open()?, &batch.signature, operator)?;
            line(out, &done)?;
            let is_all = done.held.is_empty() && done.nobodys == 0;
            Ok(if is_all { Outcome::Done } else { Outcome::SomeFailed })
        }
        #[cfg(feature = "hub")]
        Verb::Send(args) => hand_in::run(args, place, out),
        Verb::Bundle { batch, out: path, passphrase } => {
            line(
                out,
                &bundles::write(
                    &place.open()?,
                    &batch.signature,
                    path,
                    &passphrase.read()?,
                    &Job::default(),
                )?,
            )?;
            Ok(Outcome::Done)
        }
        Verb::Merge { file, passphrase } => {
            let merged = bundles::merge(&place.open()?, file, &passphrase.read()?, &Job::default())?;
            line(out, &merged)?;
            Ok(if merged.conflicts.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
        }
        Verb::Conflicts(batch) => {
            for conflict in bundles::conflicts(&place.open()?, &batch.signature)? {
                line(out, &conflict)?;
            }
            Ok(Outcome::Done)
        }
        Verb::Resolve { seq, operator } => {
            let settled = bundles::resolve(&place.open()?, *seq, operator)?;
            Ok(if settled { Outcome::Done } else { Outcome::SomeFailed })
        }
        Verb::SignIn(args) => second::sign_in(args, place, out),
        Verb::Countersign(args) => second::countersign(args, place, out),
        Verb::Wipe { batch, operator } => {
            #[derive(Serialize)]
            struct Wiped {
                wiped: usize,
            }
            let wiped = shots::wipe(&place.open()?, &batch.signature, operator)?;
            line(out, &Wiped { wiped })?;
            Ok(Outcome::Done)
        }
    }
}

/// One line of JSON, out at once: whoever reads it may be waiting.
fn line(out: &mut dyn Write, what: &impl Serialize) -> anyhow::Result<()> {
    writeln!(out, "{}", serde_json::to_string(what)?)?;
    Ok(out.flush()?)
}
