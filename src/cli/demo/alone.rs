//! The demonstration's centre in a program built without the hub: the photos come from a folder.

use std::path::Path;

use super::Delivered;
use crate::workflow::job::Job;
use crate::workflow::samples::make_samples;
use crate::workflow::{Desk, DeskError};

/// Nobody but the desk.
pub(super) struct Centre;

impl Centre {
    pub(super) fn open(_root: &Path) -> anyhow::Result<Self> {
        Ok(Self)
    }

    pub(super) fn attach(&self, _desk: &Desk) -> Result<(), DeskError> {
        Ok(())
    }

    /// Brings the drawn photos in, which stay in `folder`, and checks them.
    pub(super) fn deliver(&self, desk: &Desk, folder: &Path, job: &Job) -> Result<Delivered, DeskError> {
        let (batch, report) = make_samples(desk, folder, job)?;
        let photos = report.added.len();
        Ok(Delivered {
            batch,
            photos,
            how: format!("{photos} brought in from a folder"),
            page: String::new(),
        })
    }

    /// There is nobody to send to.
    pub(super) fn send(&self, _desk: &Desk, decided: usize) -> Result<(String, bool), DeskError> {
        Ok((format!("{decided} decisions kept on this desk"), true))
    }
}
