//! Where each vendored model came from, as written in assets/models/PROVENANCE.toml, and the check against it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    pub source: Vec<Source>,
    #[serde(default)]
    pub trained: Vec<Trained>,
}

/// A network trained by this project.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trained {
    /// File name in the model folder.
    pub file: String,
    pub sha256: String,
    pub what: String,
    /// The script that made it, from the repository's root.
    pub script: String,
    /// Its model card, likewise.
    pub card: String,
    pub licence: String,
    pub training_data: String,
}

/// One file as it was found in a published package.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// File name of the original.
    pub file: String,
    /// SHA-256 of the original.
    pub sha256: String,
    pub what: String,
    pub registry: String,
    pub package: String,
    pub version: String,
    pub archive: String,
    pub archive_sha256: String,
    /// Path of the original inside the archive.
    pub member: String,
    pub licence: String,
    /// Licence text beside the models.
    pub licence_file: String,
    pub training_data: String,
    /// SHA-256 of each vendored file made from the original, by file name.
    pub vendored: BTreeMap<String, String>,
}

impl Provenance {
    /// Reads `PROVENANCE.toml` in the model folder.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("PROVENANCE.toml");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is not as it should be", path.display()))
    }

    /// The source recorded for an original file.
    pub fn source(&self, file: &str) -> Result<&Source> {
        let source = self.source.iter().find(|source| source.file == file);
        source.with_context(|| format!("PROVENANCE.toml says nothing of {file}; add a [[source]] for it"))
    }

    /// All that is wrong with the folder: changed, missing and unknown models, missing licence texts.
    pub fn faults(&self, folder: &Path) -> Result<Vec<String>> {
        let mut faults = vec![];
        for source in &self.source {
            faults.extend(source.silences());
            if !folder.join(&source.licence_file).is_file() {
                faults.push(format!("{}: the licence text is missing", source.licence_file));
            }
            for (file, expected) in &source.vendored {
                match std::fs::read(folder.join(file)) {
                    Ok(bytes) if sha256(&bytes) == *expected => {}
                    Ok(bytes) => {
                        faults.push(format!("{file}: SHA-256 is {}, recorded {expected}", sha256(&bytes)))
                    }
                    Err(error) => faults.push(format!("{file}: {error}")),
                }
            }
        }
        for trained in &self.trained {
            match std::fs::read(folder.join(&trained.file)) {
                Ok(bytes) if sha256(&bytes) == trained.sha256 => {}
                Ok(bytes) => faults.push(format!(
                    "{}: SHA-256 is {}, recorded {}",
                    trained.file,
                    sha256(&bytes),
                    trained.sha256
                )),
                Err(error) => faults.push(format!("{}: {error}", trained.file)),
            }
            let repository = folder.join("../..");
            let missing =
                [&trained.script, &trained.card].into_iter().filter(|path| !repository.join(path).is_file());
            faults.extend(missing.map(|path| format!("{path}: is missing")));
            let statements = [&trained.what, &trained.licence, &trained.training_data];
            if statements.iter().any(|text| text.trim().is_empty()) {
                faults.push(format!("{}: PROVENANCE.toml leaves something empty", trained.file));
            }
        }
        faults.extend(self.unknown_models(folder)?);
        Ok(faults)
    }

    fn unknown_models(&self, folder: &Path) -> Result<Vec<String>> {
        let mut unknown = vec![];
        for entry in std::fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let file = entry?.file_name().to_string_lossy().into_owned();
            let known = self.source.iter().any(|source| source.vendored.contains_key(&file))
                || self.trained.iter().any(|trained| trained.file == file);
            if file.ends_with(".onnx") && !known {
                unknown.push(format!("{file}: PROVENANCE.toml says nothing of it"));
            }
        }
        Ok(unknown)
    }
}

impl Source {
    /// Refuses an original that is not, byte for byte, the recorded one.
    pub fn check_original(&self, bytes: &[u8]) -> Result<()> {
        let found = sha256(bytes);
        if found != self.sha256 {
            bail!(
                "{} has SHA-256 {found}, recorded {}; take {} out of {} {} {} ({}, SHA-256 {})",
                self.file,
                self.sha256,
                self.member,
                self.registry,
                self.package,
                self.version,
                self.archive,
                self.archive_sha256
            );
        }
        Ok(())
    }

    /// What the record must say and leaves empty.
    fn silences(&self) -> Vec<String> {
        let statements =
            [("what", &self.what), ("licence", &self.licence), ("training_data", &self.training_data)];
        let empty = statements.into_iter().filter(|(_, text)| text.trim().is_empty());
        empty.map(|(key, _)| format!("{}: PROVENANCE.toml leaves {key} empty", self.file)).collect()
    }
}

/// SHA-256 in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use super::*;

    #[test]
    fn every_vendored_model_is_as_recorded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/models");
        let faults = Provenance::read(&folder).unwrap().faults(&folder).unwrap();
        assert!(faults.is_empty(), "{faults:#?}");
    }

    #[test]
    fn hash_is_the_standard_one() {
        assert!(sha256(b"abc").starts_with("ba7816bf8f01cfea"));
    }
}
