//! Installs the system packages that are opened at run time, where the machine is Debian-like.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Libraries the window opens at run time; none is needed to build.
const TO_RUN: &[&str] = &[
    "libegl1",
    "libgl1",
    "libgl1-mesa-dri",
    "libxkbcommon-x11-0",
    "libxcursor1",
    "libxi6",
    "libxrandr2",
    "libx11-xcb1",
];

/// What the tests add: a software renderer, a screen without a monitor, keys from a script, PDF readers, a database server,
/// a browser.
const TO_TEST: &[&str] = &[
    "mesa-vulkan-drivers",
    "xvfb",
    "xdotool",
    "imagemagick",
    "poppler-utils",
    "openssl",
    "qpdf",
    "postgresql",
    "desktop-file-utils",
    "appstream",
    "chromium",
];

/// What the program needs to open its window.
pub fn for_running() -> Result<()> {
    install(TO_RUN)
}

/// What the tests need as well.
pub fn for_tests() -> Result<()> {
    install(&[TO_RUN, TO_TEST].concat())
}

fn install(packages: &[&str]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !Path::new("/usr/bin/apt-get").exists() {
        eprintln!(
            "This is no Debian-like system. Please see that these are installed: {}",
            packages.join(" ")
        );
        return Ok(());
    }
    let missing: Vec<&str> = packages.iter().copied().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("Installing: {}", missing.join(" "));
    apt_get(&["update", "-q"])?;
    apt_get(&[&["install", "-y", "-q", "--no-install-recommends"], missing.as_slice()].concat())
}

fn is_installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).contains("install ok installed"))
}

/// Runs apt-get as root, through sudo where that is needed; waits for another installer to finish.
fn apt_get(args: &[&str]) -> Result<()> {
    let mut command = if is_root() { Command::new("apt-get") } else { Command::new("sudo") };
    if !is_root() {
        command.arg("apt-get");
    }
    command.args(["-o", "DPkg::Lock::Timeout=600"]).args(args).env("DEBIAN_FRONTEND", "noninteractive");
    let status = command.stdout(Stdio::null()).status().with_context(|| {
        format!("system packages could not be installed; as root, run: apt-get {}", args.join(" "))
    })?;
    if !status.success() {
        bail!("apt-get ended with {status}; as root, run: apt-get {}", args.join(" "));
    }
    Ok(())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}
