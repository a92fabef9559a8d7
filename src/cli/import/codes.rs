//! `photodesk import --codes`: pictures of collection codes, each registered to a person of the batch.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::super::Outcome;
use crate::onsite::typed::{Typed, understand};
use crate::workflow::desk::Batch;
use crate::workflow::who::{self, Who};
use crate::workflow::{Desk, walk};

/// Reads every picture. A new code is registered with the last four that its file is named by; a code of the batch is
/// known already.
pub(super) fn import(
    desk: &Desk,
    batch: &Batch,
    paths: &[PathBuf],
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let (mut registered, mut known, mut refused) = (0, 0, 0);
    for path in walk::photo_files(paths) {
        let shown = path.display();
        match register(desk, batch, &path)? {
            Registered::New => registered += 1,
            Registered::Known => known += 1,
            Registered::Refused { code, message } => {
                refused += 1;
                writeln!(out, "refused {shown}: {code}: {message}")?;
            }
        }
    }
    writeln!(out, "{}: {registered} registered, {known} known, {refused} refused", batch.code)?;
    Ok(if refused == 0 { Outcome::Done } else { Outcome::SomeFailed })
}

enum Registered {
    New,
    Known,
    Refused { code: &'static str, message: String },
}

fn register(desk: &Desk, batch: &Batch, path: &Path) -> anyhow::Result<Registered> {
    let code = match who::read_picture(desk, path).result {
        Ok(code) => code,
        Err(no_code) => {
            return Ok(Registered::Refused { code: no_code.code(), message: no_code.to_string() });
        }
    };
    match who::find(desk, &batch.code, &code)? {
        Who::One(_) => Ok(Registered::Known),
        Who::NewCode(code) => {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let Typed::LastFour(last_four) = understand(&stem) else {
                let message = "the code is new; name the file by the last four beside it, for example 002X.jpg, or register it on the desk";
                return Ok(Registered::Refused { code: "last_four", message: message.to_owned() });
            };
            who::add_by_code(desk, &batch.code, &code, &last_four)?;
            Ok(Registered::New)
        }
        Who::Several(_) | Who::Nobody(_) => Ok(Registered::Refused {
            code: "code_not_text",
            message: "it holds no collection code; photograph the collection code, not another one"
                .to_owned(),
        }),
    }
}
