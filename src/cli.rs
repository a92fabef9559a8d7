//! The command line: one sub-command per workflow verb, and the desk when there is none.

mod catalogue;
mod check;
mod demo;
mod export;
mod import;
mod layout;
mod place;
mod prepare;
mod review;

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
    /// The final electronic photos of a standard.
    Prepare(prepare::Args),
    /// Print sheets of photos in a layout.
    Layout(layout::Args),
    /// Photos into a batch of this desk.
    Import(import::Args),
    /// Decisions made elsewhere, each verified like a key press.
    Review(review::Args),
    /// Print sheets of a batch's approved photos; the states move with the files.
    Export(export::Args),
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

/// Runs the program; everything printed goes through here or a verb's own standard output.
pub fn main() -> ExitCode {
    todo!()
}
