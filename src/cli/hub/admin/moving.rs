//! `photodesk hub admin move`: rows to a database server, photos to an object store.

use std::io::Write;

use crate::cli::hub::elsewhere::ElsewhereArgs;
use crate::cli::{DeskPlace, Outcome, wrong_use};
use crate::store::moving::{photos_to_objects, rows_lie_in, to_server};

/// Brings what lies in the folder where the options say. Photos go first: until the rows are over as well, the folder's own
/// count.
pub(super) fn run(
    elsewhere: &ElsewhereArgs,
    place: &DeskPlace,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let (folder, keys, named) = (place.folder()?, place.keys(), elsewhere.named()?);
    if named.database.is_none() && named.photos.is_none() {
        return wrong_use(
            &"nothing says where to; name a server with --database, a bucket with --photos, or both",
        );
    }
    let has_rows = rows_lie_in(&folder);
    if let Some(photos) = &named.photos {
        let moved = photos_to_objects(&folder, &*keys, named.database.as_ref(), photos)?;
        let (all, sent) = (moved.photos, moved.sent);
        writeln!(out, "photos: {all} in {photos}, each compared by SHA-256; {sent} sent now")?;
    }
    match named.database {
        Some(database) if has_rows || named.photos.is_none() => {
            let moved = to_server(&folder, &*keys, database)?;
            writeln!(
                out,
                "moved: {} rows of {} tables, compared; journal: {} entries, chain verified",
                moved.rows, moved.tables, moved.entries
            )?;
        }
        _ => {}
    }
    Ok(Outcome::Done)
}
