//! Roles and shares: who is a senior, how much is looked at again; every change is on record.

use super::super::desk::now_ms;
use super::super::{Desk, DeskError};
use super::second::shares_in_force;
use super::{Shares, require_senior, role_of};
use crate::store::Tx;
use crate::store::journal::JournalEvent;
use crate::submission::{Colleague, Role, SecondRefused};

/// Gives somebody a role. The first senior is named by whoever sits at the desk, every further change is a senior's.
pub fn set_role(desk: &Desk, name: &str, role: Role, by: &str) -> Result<(), DeskError> {
    let (name, by) = (name.trim(), by.trim());
    if name.is_empty() || by.is_empty() {
        return Err(SecondRefused::Nameless.into());
    }
    desk.store.write(|tx| {
        let colleagues = tx.colleagues()?;
        let seniors = colleagues.iter().filter(|colleague| colleague.role == Role::Senior);
        let (is_senior, seniors) = (role_of(&colleagues, name) == Role::Senior, seniors.count());
        if seniors > 0 {
            require_senior(tx, by)?;
        }
        if role == Role::Reviewer && is_senior && seniors == 1 {
            return Err(SecondRefused::LastSenior.into());
        }
        tx.set_role(name, role)?;
        let event = JournalEvent::RoleSet { reviewer: name.to_owned(), role, by: by.to_owned() };
        tx.append(now_ms(), by, &event)?;
        Ok(())
    })
}

/// The shares in force for a batch, or for the desk; the second value tells whether they were set for it.
pub fn shares(desk: &Desk, batch: Option<&str>) -> Result<(Shares, bool), DeskError> {
    let own = desk.store.shares_of(batch)?;
    let of_desk = match own {
        Some(_) => None,
        None => desk.store.shares_of(None)?,
    };
    Ok((shares_in_force(desk, own.or(of_desk)), own.is_some()))
}

/// Sets how much is looked at again and how many known answers come up; a senior's, as soon as there is one.
pub fn set_shares(desk: &Desk, batch: Option<&str>, shares: Shares, by: &str) -> Result<(), DeskError> {
    desk.store.write(|tx| {
        require_senior_if_named(tx, by)?;
        if let Some(code) = batch {
            tx.batch(code)?;
        }
        tx.set_shares(batch, shares)?;
        let event = JournalEvent::SharesSet {
            batch: batch.map(str::to_owned),
            second_percent: shares.second_percent,
            known_percent: shares.known_percent,
            by: by.to_owned(),
        };
        tx.append(now_ms(), by, &event)?;
        Ok(())
    })
}

/// Refused for others than a senior, where the desk has one.
pub(in super::super) fn require_senior_if_named(tx: &Tx<'_>, name: &str) -> Result<(), DeskError> {
    let colleagues: Vec<Colleague> = tx.colleagues()?;
    let has_senior = colleagues.iter().any(|colleague| colleague.role == Role::Senior);
    if has_senior && role_of(&colleagues, name) != Role::Senior {
        return Err(SecondRefused::SeniorOnly.into());
    }
    Ok(())
}
