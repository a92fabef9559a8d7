//! Collection codes in pictures, registered before anybody stands there: a folder of them is read at once.

use std::path::{Path, PathBuf};

use super::job::Job;
use super::who::{self, NoCode, PictureCode, Who};
use super::{Desk, DeskError, walk};
use crate::onsite::typed::{Typed, understand};

/// What reading a folder of codes did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    /// Codes that became new people.
    pub registered: usize,
    /// Codes that were the batch's already.
    pub known: usize,
    /// Pictures without a code to go on with, and new codes whose last four nobody said.
    pub left: Vec<PictureCode>,
}

/// Reads every picture under `paths`. A new code becomes a person with the last four that its file is named by, for
/// example `002X.jpg`.
pub fn register(desk: &Desk, batch: &str, paths: &[PathBuf], job: &Job) -> Result<Registered, DeskError> {
    let batch = desk.batch(batch)?.code;
    let files = walk::photo_files(paths);
    let mut done = Registered::default();
    job.set_total(files.len());
    for path in files {
        if job.is_cancelled() {
            break;
        }
        register_one(desk, &batch, &path, &mut done)?;
        job.step();
    }
    Ok(done)
}

fn register_one(desk: &Desk, batch: &str, path: &Path, done: &mut Registered) -> Result<(), DeskError> {
    let read = who::read_picture(desk, path);
    let Ok(code) = &read.result else {
        done.left.push(read);
        return Ok(());
    };
    match who::find(desk, batch, code)? {
        Who::One(_) => done.known += 1,
        Who::NewCode(code) => {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            match understand(&stem) {
                Typed::LastFour(last_four) => {
                    who::add_by_code(desk, batch, &code, &last_four)?;
                    done.registered += 1;
                }
                _ => done.left.push(read),
            }
        }
        Who::Several(_) | Who::Nobody(_) => {
            done.left.push(PictureCode { path: read.path, result: Err(NoCode::NotText) });
        }
    }
    Ok(())
}
