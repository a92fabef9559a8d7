//! The passphrase of a bundle: from a file or the environment, for options of a command line can be read by others.

use std::path::PathBuf;

use anyhow::Context;
use zeroize::Zeroizing;

use super::secret::first_line;

#[derive(Debug, clap::Args)]
pub(super) struct Passphrase {
    /// File whose first line is the passphrase; otherwise PHOTODESK_BUNDLE_PASSPHRASE holds it.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

const VARIABLE: &str = "PHOTODESK_BUNDLE_PASSPHRASE";

impl Passphrase {
    pub(super) fn read(&self) -> anyhow::Result<Zeroizing<String>> {
        if let Some(path) = &self.passphrase_file {
            return first_line(path);
        }
        let text = std::env::var(VARIABLE).with_context(|| {
            format!("no passphrase was given; name a file with --passphrase-file, or set {VARIABLE}")
        })?;
        Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
    }
}
