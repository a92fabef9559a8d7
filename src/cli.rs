//! The command line: one sub-command per workflow verb, and the desk when there is none.

mod catalogue;
mod check;
mod compare;
mod demo;
mod export;
#[cfg(feature = "hub")]
mod hub;
mod import;
mod layout;
#[cfg(any(feature = "desk", feature = "hub"))]
mod log;
mod memory;
mod onsite;
mod ordered;
mod orders;
mod place;
mod prepare;
mod print;
mod printers;
mod recalls;
mod review;
mod sheet_options;
#[cfg(feature = "hub")]
mod sync;
#[cfg(feature = "desk")]
mod window;
#[cfg(not(feature = "desk"))]
#[path = "cli/no_window.rs"]
mod window;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Review desk for graduation and ID portraits. Without a sub-command the desk window opens.
#[derive(Debug, Parser)]
#[command(name = "photodesk", version, about, max_term_width = 100)]
struct Cli {
    /// Folder of this desk's data (default: the user's data folder).
    #[arg(long, global = true, value_name = "DIR", env = "PHOTODESK_DATA")]
    data: Option<PathBuf>,
    /// Key file that unseals the data, for use without a key store (made when it is absent).
    #[arg(long, global = true, value_name = "FILE", env = "PHOTODESK_KEY_FILE")]
    key_file: Option<PathBuf>,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// A self-contained centre with sample submissions: check, review, export.
    Demo(demo::Args),
    /// The local initial check, one line a photo.
    Check(check::Args),
    /// Two photos: the same exposure, the same person?
    Compare(compare::Args),
    /// The final electronic photos of a standard.
    Prepare(prepare::Args),
    /// Print sheets of photos in a layout.
    Layout(layout::Args),
    /// Photos into a batch of this desk.
    Import(import::Args),
    /// On-site collection without a window: watch a folder, finalise, send, wipe.
    Onsite(onsite::Args),
    /// Decisions made elsewhere, each verified like a key press.
    Review(review::Args),
    /// Print sheets of a batch's approved photos; the states move with the files.
    Export(export::Args),
    /// The known printers; a calibration page to measure one, and what was measured.
    Printers(printers::Args),
    /// An export's sheets to a printer, each once.
    Print(print::Args),
    /// Orders for prints: taken, printed, packed, sent off.
    Orders(orders::Args),
    /// Prints whose approval was taken back since.
    Recalls(recalls::Args),
    /// One round with the hub: decisions up, changes down.
    #[cfg(feature = "hub")]
    Sync(sync::Args),
    /// The server that desks pull from.
    #[cfg(feature = "hub")]
    Hub(hub::Args),
    /// The known photo standards, with sources.
    Standards(catalogue::Args),
    /// The known layouts, papers and piece sizes.
    Layouts(catalogue::Args),
    /// The preset rejection reasons.
    Reasons(catalogue::Args),
}

/// How a verb ended; an `Err` means the work could not be done (3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Done and all pass (0).
    Done,
    /// Done, some photo failed or was refused (1).
    SomeFailed,
    /// Wrong use (2).
    WrongUse,
}

/// Which desk a verb works on.
#[derive(Clone, Debug)]
struct DeskPlace {
    data: Option<PathBuf>,
    key_file: Option<PathBuf>,
}

/// Runs the program; a verb's results go to standard output, everything else to standard error.
#[allow(clippy::print_stderr, reason = "this is the edge where an error meets the person")]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let place = DeskPlace { data: cli.data, key_file: cli.key_file };
    let mut out = std::io::stdout().lock();
    let ended = match cli.verb {
        None => window::run(&place),
        Some(verb) => verb.run(&place, &mut out),
    };
    match ended.and_then(|outcome| out.flush().map(|()| outcome).map_err(anyhow::Error::from)) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::from(1),
        Ok(Outcome::WrongUse) => ExitCode::from(2),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("photodesk: {error:#}");
            ExitCode::from(3)
        }
    }
}

impl Verb {
    fn run(self, place: &DeskPlace, out: &mut impl Write) -> anyhow::Result<Outcome> {
        match self {
            Self::Demo(args) => demo::run(&args, out),
            Self::Check(args) => check::run(&args, out),
            Self::Compare(args) => compare::run(&args, out),
            Self::Prepare(args) => prepare::run(&args, out),
            Self::Layout(args) => layout::run(&args, place, out),
            Self::Import(args) => import::run(&args, place, out),
            Self::Onsite(args) => onsite::run(&args, place, out),
            Self::Review(args) => review::run(&args, place, out),
            Self::Export(args) => export::run(&args, place, out),
            Self::Print(args) => print::run(&args, place, out),
            Self::Orders(args) => orders::run(&args, place, out),
            Self::Recalls(args) => recalls::run(&args, place, out),
            Self::Printers(args) => printers::run(&args, place, out),
            #[cfg(feature = "hub")]
            Self::Sync(args) => sync::run(&args, place, out),
            #[cfg(feature = "hub")]
            Self::Hub(args) => hub::run(&args, place, out),
            Self::Standards(args) => catalogue::standards(&args, out),
            Self::Layouts(args) => catalogue::layouts(&args, out),
            Self::Reasons(args) => catalogue::reasons(&args, out),
        }
    }
}

/// Says what was wrong with the command line's words.
fn wrong_use(error: &dyn std::fmt::Display) -> anyhow::Result<Outcome> {
    tell(error);
    Ok(Outcome::WrongUse)
}

/// One line on standard error.
#[allow(clippy::print_stderr, reason = "errors of a verb go to standard error")]
fn tell(what: &dyn std::fmt::Display) {
    eprintln!("photodesk: {what}");
}

/// The reader of our output has gone: `photodesk check … | head`.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
