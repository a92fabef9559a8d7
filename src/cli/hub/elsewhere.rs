//! Which database and which photos a hub works on.

use super::database::DatabaseArgs;
use super::photos::PhotosArgs;
use crate::cli::DeskPlace;
use crate::store::Store;
use crate::store::elsewhere::Elsewhere;

#[derive(Debug, clap::Args)]
pub(super) struct ElsewhereArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    photos: PhotosArgs,
}

impl ElsewhereArgs {
    /// What lies outside the folder.
    pub(super) fn named(&self) -> anyhow::Result<Elsewhere> {
        Ok(Elsewhere { database: self.database.address()?, photos: self.photos.address()? })
    }

    /// The hub's store, for this process to serve.
    pub(super) fn open(&self, place: &DeskPlace) -> anyhow::Result<Store> {
        Ok(Store::open_elsewhere(&place.folder()?, &*place.keys(), &self.named()?)?)
    }

    /// The same beside a process that serves it.
    pub(super) fn open_beside(&self, place: &DeskPlace) -> anyhow::Result<Store> {
        Ok(Store::open_elsewhere_beside(&place.folder()?, &*place.keys(), &self.named()?)?)
    }
}
