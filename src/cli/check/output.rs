//! One photo's line: the JSON object with its fixed keys, or a readable table.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::inspect::{CropSolution, Finding, Report, Verdict};

/// Why a file could not be checked.
#[derive(Debug, Serialize)]
pub(super) struct Failure {
    code: String,
    message: String,
    /// SHA-256 of the file, when it could be read.
    #[serde(skip)]
    sha256: Option<String>,
}

/// What is printed of one file.
#[derive(Debug)]
pub(super) struct Line {
    file: PathBuf,
    checked: Result<Report, Failure>,
    millis: u64,
}

/// The object of `--json`; the order of the fields is the order of the keys.
#[derive(Serialize)]
struct JsonLine<'a> {
    file: String,
    sha256: Option<&'a str>,
    width: Option<u32>,
    height: Option<u32>,
    verdict: &'a str,
    faces: usize,
    findings: &'a [Finding],
    crop: Option<CropSolution>,
    error: Option<&'a Failure>,
    millis: u64,
}

impl Failure {
    pub(super) fn new(code: &str, message: &impl ToString) -> Self {
        Self { code: code.to_owned(), message: message.to_string(), sha256: None }
    }

    /// The program itself failed on this file.
    pub(super) fn internal() -> Self {
        Self::new("internal", &"the program failed on this file; report it with the program's version")
    }

    /// The same failure of a file whose bytes are known.
    pub(super) fn of(mut self, bytes: &[u8]) -> Self {
        self.sha256 = Some(hex::encode(Sha256::digest(bytes)));
        self
    }
}

impl Line {
    pub(super) fn new(file: &Path, checked: Result<Report, Failure>, elapsed: Duration) -> Self {
        let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        Self { file: file.to_owned(), checked, millis }
    }

    /// `None` when the file could not be checked.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.checked.as_ref().ok().map(|report| report.verdict)
    }

    pub(super) fn write_json(&self, out: &mut impl Write) -> std::io::Result<()> {
        let report = self.checked.as_ref().ok();
        let error = self.checked.as_ref().err();
        let line = JsonLine {
            file: self.file.to_string_lossy().into_owned(),
            sha256: match &self.checked {
                Ok(report) => Some(&report.file.sha256),
                Err(failure) => failure.sha256.as_deref(),
            },
            width: report.map(|report| report.width_px),
            height: report.map(|report| report.height_px),
            verdict: self.verdict().map_or("error", word),
            faces: report.map_or(0, |report| report.faces.len()),
            findings: report.map_or(&[], |report| &report.findings),
            crop: report.and_then(|report| report.crop),
            error,
            millis: self.millis,
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
        out.flush()
    }

    pub(super) fn write_text(&self, out: &mut impl Write) -> std::io::Result<()> {
        let file = self.file.display();
        match &self.checked {
            Err(failure) => writeln!(out, "{file}\n  error    {} ({})", failure.message, failure.code)?,
            Ok(report) => {
                let (width, height) = (report.width_px, report.height_px);
                writeln!(out, "{file}  {width}×{height}  {}  {} ms", word(report.verdict), self.millis)?;
                for finding in &report.findings {
                    write_finding(finding, out)?;
                }
            }
        }
        out.flush()
    }
}

fn write_finding(finding: &Finding, out: &mut impl Write) -> std::io::Result<()> {
    let value = finding.value.map_or("–".to_owned(), |value| format!("{value} {}", finding.unit));
    let reason = finding.reason.as_deref().unwrap_or("");
    let limit = finding.limit.map_or(String::new(), |limit| band(limit.pass));
    let line = format!(
        "  {:<8} {:<19} {value:<18} {limit:<16} {reason}",
        word(finding.verdict),
        finding.check.as_str()
    );
    writeln!(out, "{}", line.trim_end())
}

/// A band as people write it.
fn band(band: (Option<f64>, Option<f64>)) -> String {
    match band {
        (Some(min), Some(max)) if min == max => format!("= {min}"),
        (Some(min), Some(max)) => format!("{min} … {max}"),
        (Some(min), None) => format!("≥ {min}"),
        (None, Some(max)) => format!("≤ {max}"),
        (None, None) => String::new(),
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Unknown => "unknown",
        Verdict::Warn => "warn",
        Verdict::Fail => "fail",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 10] =
        ["file", "sha256", "width", "height", "verdict", "faces", "findings", "crop", "error", "millis"];

    fn json(line: &Line) -> String {
        let mut out = Vec::new();
        line.write_json(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_file_that_is_no_photo_has_every_key_and_says_why() {
        let failure = Failure::new("not_a_photo", &"no photo").of(b"text");
        let text = json(&Line::new(Path::new("圖 😀.jpg"), Err(failure), Duration::from_millis(3)));
        let places: Vec<usize> = KEYS.iter().map(|key| text.find(&format!("\"{key}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["verdict"], "error");
        assert_eq!(line["error"], serde_json::json!({ "code": "not_a_photo", "message": "no photo" }));
        assert_eq!((&line["faces"], &line["findings"]), (&0.into(), &serde_json::json!([])));
        assert_eq!(line["crop"], serde_json::Value::Null);
        assert_eq!(line["file"], "圖 😀.jpg");
        assert_eq!(text.matches('\n').count(), 1);
    }

    #[test]
    fn bands_read_like_limits() {
        assert_eq!(band((Some(50.0), Some(110.0))), "50 … 110");
        assert_eq!(band((None, Some(0.02))), "≤ 0.02");
        assert_eq!(band((Some(1.0), Some(1.0))), "= 1");
    }
}
