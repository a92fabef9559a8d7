//! `photodesk import --codes`: pictures of collection codes, each registered to a person of the batch.

use std::io::Write;
use std::path::PathBuf;

use super::super::Outcome;
use crate::workflow::desk::Batch;
use crate::workflow::job::Job;
use crate::workflow::{Desk, codes};

/// Reads every picture. A new code is registered with the last four that its file is named by; a code of the batch is
/// known already.
pub(super) fn import(
    desk: &Desk,
    batch: &Batch,
    paths: &[PathBuf],
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let done = codes::register(desk, &batch.code, paths, &Job::default())?;
    for picture in &done.left {
        let shown = picture.path.display();
        match &picture.result {
            Ok(_) => writeln!(
                out,
                "refused {shown}: last_four: the code is new; name the file by the last four beside it, for example 002X.jpg, or register it on the desk"
            )?,
            Err(no_code) => writeln!(out, "refused {shown}: {}: {no_code}", no_code.code())?,
        }
    }
    let (registered, known, refused) = (done.registered, done.known, done.left.len());
    writeln!(out, "{}: {registered} registered, {known} known, {refused} refused", batch.code)?;
    Ok(if refused == 0 { Outcome::Done } else { Outcome::SomeFailed })
}
