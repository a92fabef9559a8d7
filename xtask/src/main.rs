//! Maintainer commands: `cargo xtask COMMAND`.
#![allow(clippy::print_stderr, reason = "a command-line tool speaks on its standard streams")]

mod flatbuffer;
mod lower;
mod models;
mod onnx_write;
mod provenance;
mod tflite;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND

commands:
  models convert --from DIR   convert the TFLite files in DIR into assets/models
  models verify               compare every file in assets/models with PROVENANCE.toml";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["models", rest @ ..] => models::run(rest),
        _ => Err(anyhow::anyhow!("{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
