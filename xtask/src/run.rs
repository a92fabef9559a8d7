//! Builds and runs the program, its lints and its tests.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::setup;

/// Builds the release program and runs it with `args`.
pub fn program(args: &[String]) -> Result<()> {
    if has_display() {
        setup::for_running()?;
    }
    let mut all = vec!["run", "--release", "--package", "photodesk", "--"];
    all.extend(args.iter().map(String::as_str));
    cargo(&all)
}

/// Runs this program again, optimised and with one more feature, in the caller's folder.
#[cfg(not(feature = "evaluate"))]
pub fn with_features(features: &str, args: &[String]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = repository().join("Cargo.toml");
    let mut command = Command::new(cargo);
    command.args(["run", "--quiet", "--release", "--package", "xtask", "--features", features]);
    command.arg("--manifest-path").arg(manifest).arg("--").args(args);
    succeed(&mut command, &format!("xtask with {features}"))
}

/// Every test of the workspace, then the real window.
pub fn test() -> Result<()> {
    setup::for_tests()?;
    cargo(&["test", "--workspace", "--locked"])?;
    smoke()
}

/// Formatting and clippy; warnings are errors.
pub fn lint() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
}

/// Opens the real window on a virtual screen and drives it (Linux only). The program is the one the tests built.
fn smoke() -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let script = repository().join("packaging/linux/smoke.sh");
    let program = target_folder().join("debug/photodesk");
    succeed(Command::new("bash").arg(script).arg(program), "the window smoke test")
}

fn cargo(args: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    succeed(Command::new(cargo).args(args).current_dir(repository()), &format!("cargo {}", args.join(" ")))
}

fn succeed(command: &mut Command, what: &str) -> Result<()> {
    let status = command.status().with_context(|| format!("{what} could not be started"))?;
    if !status.success() {
        bail!("{what} ended with {status}");
    }
    Ok(())
}

/// The repository's top folder: the parent of this package.
pub fn repository() -> PathBuf {
    let mut folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.pop();
    folder
}

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from)
}

fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || std::env::var_os("DISPLAY").is_some()
        || std::env::var_os("WAYLAND_DISPLAY").is_some()
}
