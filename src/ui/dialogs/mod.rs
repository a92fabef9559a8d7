//! Questions and results that float over the desk, one at a time.

mod again;
mod bundle;
mod calibration;
mod conflicts;
mod connect;
mod exported;
mod fetch;
mod import;
mod imported;
mod keys;
mod new_batch;
mod note;
mod orders;
mod own_keys;
mod palette;
mod people;
mod printings;
mod recalls;
mod roster;
mod second_person;
mod sweep;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use egui::Context;

pub use again::AgainForm;
pub use bundle::BundleForm;
pub use calibration::{CalibrationForm, numbers as calibration_numbers};
pub use conflicts::ConflictsCard;
pub use connect::ConnectForm;
pub use exported::ExportedCard;
pub use fetch::FetchCard;
pub use import::{ImportForm, batch_choice};
pub use imported::ImportedCard;
pub use new_batch::NewBatchForm;
pub use note::NoteForm;
pub use orders::{OrdersCard, state_name as order_state_name};
pub use own_keys::OwnKeys;
pub use palette::PaletteForm;
pub use people::PeopleForm;
pub use printings::{PrintingsCard, SettledSheet};
pub use recalls::RecallsCard;
pub use roster::{ReadRoster, RosterCard, RosterForm};
pub use second_person::SecondPersonForm;
pub use sweep::SweepForm;

use super::screens::Scene;

/// What floats over the desk.
#[derive(Default)]
pub enum Dialog {
    #[default]
    None,
    NewBatch(Box<NewBatchForm>),
    Import(ImportForm),
    Imported(ImportedCard),
    Roster(Box<RosterForm>),
    RosterDone(Box<RosterCard>),
    Exported(ExportedCard),
    Calibration(CalibrationForm),
    Recalls(RecallsCard),
    Printings(PrintingsCard),
    Fetch(FetchCard),
    Orders(OrdersCard),
    Note(NoteForm),
    Palette(PaletteForm),
    Connect(ConnectForm),
    Conflicts(ConflictsCard),
    SecondPerson(Box<SecondPersonForm>),
    Bundle(BundleForm),
    Sweep(Box<SweepForm>),
    OwnKeys(OwnKeys),
    Again(AgainForm),
    People(PeopleForm),
    /// The sheet of keys.
    Keys,
}

impl Dialog {
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// Takes photos that were picked or dropped; false when no import is being put together.
    pub fn add_photos(&mut self, paths: &[PathBuf]) -> bool {
        match self {
            Self::Import(form) => {
                form.add(paths);
                true
            }
            _ => false,
        }
    }

    /// The file or folder of a bundle that was picked.
    pub fn set_bundle(&mut self, path: &Path) {
        if let Self::Bundle(form) = self {
            form.set_path(path);
        }
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        match self {
            Self::None => {}
            Self::NewBatch(form) => form.draw(ctx, scene),
            Self::Import(form) => form.draw(ctx, scene),
            Self::Imported(card) => card.draw(ctx, scene),
            Self::Roster(form) => form.draw(ctx, scene),
            Self::RosterDone(card) => card.draw(ctx, scene),
            Self::Exported(card) => card.draw(ctx, scene),
            Self::Calibration(form) => form.draw(ctx, scene),
            Self::Recalls(card) => card.draw(ctx, scene),
            Self::Printings(card) => card.draw(ctx, scene),
            Self::Fetch(card) => card.draw(ctx, scene),
            Self::Orders(card) => card.draw(ctx, scene),
            Self::Note(form) => form.draw(ctx, scene),
            Self::Palette(form) => form.draw(ctx, scene),
            Self::Connect(form) => form.draw(ctx, scene),
            Self::Conflicts(card) => card.draw(ctx, scene),
            Self::SecondPerson(form) => form.draw(ctx, scene),
            Self::Bundle(form) => form.draw(ctx, scene),
            Self::Sweep(form) => form.draw(ctx, scene),
            Self::OwnKeys(form) => form.draw(ctx, scene),
            Self::Again(form) => form.draw(ctx, scene),
            Self::People(form) => form.draw(ctx, scene),
            Self::Keys => keys::draw(ctx, scene),
        }
    }
}
