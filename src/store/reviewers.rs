//! Who signs at this desk and in which role, and how much of their work is looked at again.

use super::db::{self, Connection, OptionalExtension};

use super::seal::Sealer;
use super::{Store, StoreError, Tx};
use crate::submission::{Colleague, Role};

/// How much is looked at again and how many photos with a known answer come up, each 0..=100 of a hundred.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    pub second_percent: f64,
    pub known_percent: f64,
}

/// The row of the desk itself; no batch has this code.
const DESK: &str = "";

impl Tx<'_> {
    /// Remembers that somebody signs here; a role once given stays.
    pub fn meet_reviewer(&self, name: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO reviewer (name) VALUES (?1) ON CONFLICT DO NOTHING";
        self.database.prepare_cached(sql)?.execute([name])?;
        Ok(())
    }

    pub fn set_role(&self, name: &str, role: Role) -> Result<(), StoreError> {
        let sql = "INSERT INTO reviewer (name, role) VALUES (?1, ?2)
                   ON CONFLICT (name) DO UPDATE SET role = excluded.role";
        self.database.prepare_cached(sql)?.execute((name, role.as_str()))?;
        Ok(())
    }

    /// Everybody who signs here, by name.
    pub fn colleagues(&self) -> Result<Vec<Colleague>, StoreError> {
        colleagues(&self.database)
    }

    /// Sets the shares of a batch, or of the desk.
    pub fn set_shares(&self, batch: Option<&str>, shares: Shares) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO quality_share
                   (batch, second_percent, known_percent) VALUES (?1, ?2, ?3)
                   ON CONFLICT (batch) DO UPDATE SET second_percent = excluded.second_percent, known_percent = excluded.known_percent";
        let row = (batch.unwrap_or(DESK), shares.second_percent, shares.known_percent);
        self.database.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// The shares that were set for this batch, or else for the desk.
    pub fn shares(&self, batch: &str) -> Result<Option<Shares>, StoreError> {
        match shares(&self.database, batch)? {
            Some(own) => Ok(Some(own)),
            None => shares(&self.database, DESK),
        }
    }

    /// A number in 0..1 that only this desk can tell beforehand: the same for the same value at every asking.
    pub fn lot(&self, purpose: &str, scope: &str, value: &str) -> f64 {
        lot(self.sealer, purpose, scope, value)
    }
}

impl Store {
    /// As [`Tx::lot`].
    pub fn lot(&self, purpose: &str, scope: &str, value: &str) -> f64 {
        lot(&self.sealer, purpose, scope, value)
    }

    /// Everybody who signs here, by name.
    pub fn colleagues(&self) -> Result<Vec<Colleague>, StoreError> {
        colleagues(&self.reader())
    }

    /// The shares that were set for this batch itself, or for the desk itself.
    pub fn shares_of(&self, batch: Option<&str>) -> Result<Option<Shares>, StoreError> {
        shares(&self.reader(), batch.unwrap_or(DESK))
    }
}

fn lot(sealer: &Sealer, purpose: &str, scope: &str, value: &str) -> f64 {
    let code = sealer.lookup_key(purpose, scope, value);
    let mut first = [0; 8];
    first.copy_from_slice(&code[..8]);
    u64::from_be_bytes(first) as f64 / (u64::MAX as f64 + 1.0)
}

fn colleagues(database: &Connection) -> Result<Vec<Colleague>, StoreError> {
    let mut statement = database.prepare_cached("SELECT name, role FROM reviewer ORDER BY name")?;
    let mut rows = statement.query([])?;
    let mut colleagues = Vec::new();
    while let Some(row) = &rows.next()? {
        let role = row.text(1)?.as_str().ok().and_then(Role::from_word).unwrap_or_default();
        colleagues.push(Colleague { name: row.get(0)?, role });
    }
    Ok(colleagues)
}

fn shares(database: &Connection, batch: &str) -> Result<Option<Shares>, StoreError> {
    let sql = "SELECT second_percent, known_percent FROM quality_share WHERE batch = ?1";
    let row = |row: &db::Row<'_>| Ok(Shares { second_percent: row.get(0)?, known_percent: row.get(1)? });
    Ok(database.prepare_cached(sql)?.query_row([batch], row).optional()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    #[test]
    fn a_batch_without_shares_of_its_own_has_the_desks() {
        let desk = Desk::with_batch("AAAAAA");
        let shares = |second_percent| Shares { second_percent, known_percent: 1.0 };
        let found = || desk.store.write(|tx| tx.shares("AAAAAA")).unwrap();
        assert_eq!(found(), None);
        desk.store.write(|tx| tx.set_shares(None, shares(10.0))).unwrap();
        assert_eq!(found(), Some(shares(10.0)));
        desk.store.write(|tx| tx.set_shares(Some("AAAAAA"), shares(50.0))).unwrap();
        assert_eq!(found(), Some(shares(50.0)));
        assert_eq!(desk.store.shares_of(None).unwrap(), Some(shares(10.0)));
        assert!(desk.store.write(|tx| tx.set_shares(None, shares(101.0))).is_err());
    }

    #[test]
    fn who_signs_is_met_once_and_keeps_the_role() {
        let desk = Desk::new();
        desk.store.write(|tx| tx.meet_reviewer("li")).unwrap();
        desk.store.write(|tx| tx.set_role("li", Role::Senior)).unwrap();
        desk.store.write(|tx| tx.meet_reviewer("li")).unwrap();
        assert_eq!(desk.store.colleagues().unwrap(), [Colleague { name: "li".into(), role: Role::Senior }]);
    }

    #[test]
    fn lots_are_the_same_again_differ_between_desks_and_fill_the_range_evenly() {
        let (one, other) = (Desk::new(), Desk::new());
        let lots = |desk: &Desk| -> Vec<f64> {
            desk.store
                .write(|tx| {
                    Ok::<_, StoreError>((0..2000).map(|n| tx.lot("test", "s", &n.to_string())).collect())
                })
                .unwrap()
        };
        let drawn = lots(&one);
        assert_eq!(drawn, lots(&one));
        assert_ne!(drawn, lots(&other));
        let below = drawn.iter().filter(|lot| **lot < 0.05).count();
        assert!((60..=140).contains(&below), "{below} of 2000 under 5 %");
    }
}
