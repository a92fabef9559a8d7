//! What a person says of sheets that nobody else knows of, and the end of printing that will not go on.

use super::{Desk, DeskError};
use crate::store::printings::{Printing, SheetState};
use crate::workflow::desk::now_ms;

/// A person has looked: the doubtful sheet came out, or it did not and is printed when printing goes on.
pub fn settle(desk: &Desk, job: &str, sheet: usize, came_out: bool, actor: &str) -> Result<(), DeskError> {
    let printing = find(desk, job)?;
    let Some(known) = printing.sheets.iter().find(|known| known.number == sheet) else {
        return Err(refused(
            "no_such_sheet",
            format!("export {job} has {} sheets, not {sheet}", printing.sheets.len()),
        ));
    };
    if known.state != SheetState::Doubtful {
        return Err(refused(
            "sheet_not_doubtful",
            format!("sheet {sheet} is {}; only a doubtful one is settled by hand", known.state.as_str()),
        ));
    }
    let mut settled = known.clone();
    settled.state = if came_out { SheetState::Printed } else { SheetState::Waiting };
    desk.store.write(|tx| {
        tx.settle_printing_sheet(job, &settled, now_ms(), actor)?;
        let printed = printing.count(SheetState::Printed) + usize::from(came_out);
        if printed == printing.sheets.len() { tx.end_printing(job, now_ms(), actor) } else { Ok(()) }
    })?;
    Ok(())
}

/// The sheets that have not come out are not printed any more, by this export.
pub fn give_up(desk: &Desk, job: &str, actor: &str) -> Result<(), DeskError> {
    find(desk, job)?;
    desk.store.write(|tx| tx.end_printing(job, now_ms(), actor))?;
    Ok(())
}

fn find(desk: &Desk, job: &str) -> Result<Printing, DeskError> {
    let found = desk.store.printing(job)?.filter(|printing| !printing.is_ended);
    found.ok_or_else(|| {
        refused("not_printing", format!("no sheets of export {job} are being printed; see photodesk print"))
    })
}

fn refused(code: &'static str, message: String) -> DeskError {
    DeskError::Refused { code, message }
}
