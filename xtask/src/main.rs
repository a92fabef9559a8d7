//! The project's own commands: set up this machine, run the demo, lint, test, and look after the models.

#[cfg(feature = "evaluate")]
mod cores;
#[cfg(feature = "evaluate")]
mod evaluate;
mod face_api;
mod flatbuffer;
#[cfg(feature = "evaluate")]
mod identity;
#[cfg(feature = "evaluate")]
mod jpeg;
mod lower;
mod models;
mod onnx_write;
mod provenance;
mod reorder;
mod run;
mod setup;
mod tflite;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  demo [ARGS…]    set up, build the release program and run `photodesk demo ARGS…`
  run [ARGS…]     set up, build the release program and run `photodesk ARGS…`
  test            set up and run every test, the window smoke test included
  lint            formatting and clippy, warnings are errors
  check           lint, then test: what CI runs
  setup           only install the system packages that building, running and testing need
  evaluate DIR --labels FILE [--out FILE]
                  measure the checks on labelled photos and write the accuracy table
  identity DIR --pairs FILE --labels FILE --out FILE [--descriptor FILE] [--medians FILE]
                  measure `compare` on labelled pairs and on edited copies, and write the figures of docs/identity.md
  models convert --from DIR
                  convert the original models in DIR into assets/models
  models verify   compare every file in assets/models with PROVENANCE.toml
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let words: Vec<&str> = rest.iter().map(String::as_str).collect();
    let done = match command.as_str() {
        "demo" => run::program(&[vec!["demo".to_owned()], rest].concat()),
        "run" => run::program(&rest),
        "test" => run::test(),
        "lint" => run::lint(),
        "check" => run::lint().and_then(|()| run::test()),
        "setup" => setup::for_tests(),
        "evaluate" => evaluate(&rest),
        "identity" => identity(&rest),
        "models" => models::run(&words),
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {command}: {error:#}");
            ExitCode::from(1)
        }
    }
}

#[cfg(feature = "evaluate")]
fn evaluate(args: &[String]) -> anyhow::Result<()> {
    evaluate::run(args)
}

#[cfg(feature = "evaluate")]
fn identity(args: &[String]) -> anyhow::Result<()> {
    identity::run(args)
}

#[cfg(not(feature = "evaluate"))]
fn identity(args: &[String]) -> anyhow::Result<()> {
    run::with_features("evaluate", &[vec!["identity".to_owned()], args.to_vec()].concat())
}

/// The measuring needs the whole program, optimised; the other commands must start without it.
#[cfg(not(feature = "evaluate"))]
fn evaluate(args: &[String]) -> anyhow::Result<()> {
    run::with_features("evaluate", &[vec!["evaluate".to_owned()], args.to_vec()].concat())
}
