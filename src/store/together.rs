//! Group commit: many writers' work in one durable transaction, each part kept or taken back by itself.

use super::{Store, StoreError, Tx, locked};

/// Called once the part it belongs to is durable (or taken back); dropped uncalled when nothing was stored.
pub type Finish = Box<dyn FnOnce() + Send>;

/// One writer's work. Gives whether its changes stay, and who is told after the commit.
pub type Part = Box<dyn FnOnce(&Tx<'_>) -> (bool, Finish) + Send>;

impl Store {
    /// Carries out all parts in order, commits once, then tells each. A part that does not stay leaves no trace.
    pub fn write_together(&self, parts: impl IntoIterator<Item = Part>) -> Result<(), StoreError> {
        let finishes = self.commit_together(parts)?;
        finishes.into_iter().for_each(|finish| finish());
        Ok(())
    }

    fn commit_together(&self, parts: impl IntoIterator<Item = Part>) -> Result<Vec<Finish>, StoreError> {
        let mut finishes = Vec::new();
        let writer = locked(&self.writer);
        let database = writer.writing()?;
        let tx = Tx { database, sealer: &self.sealer };
        for part in parts {
            tx.database.execute_batch("SAVEPOINT part")?;
            let (stays, finish) = part(&tx);
            let end = if stays { "RELEASE part" } else { "ROLLBACK TO part; RELEASE part" };
            tx.database.execute_batch(end)?;
            finishes.push(finish);
        }
        tx.database.commit()?;
        Ok(finishes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::store::fixture::{Desk, batch};

    fn adds(code: &'static str, stays: bool, tell: &mpsc::Sender<&'static str>) -> Part {
        let tell = tell.clone();
        Box::new(move |tx| {
            tx.add_batch(&batch(code), 1).unwrap();
            (stays, Box::new(move || tell.send(code).unwrap()))
        })
    }

    #[test]
    fn parts_that_stay_are_stored_and_every_part_is_told() {
        let desk = Desk::new();
        let (tell, told) = mpsc::channel();
        let parts = [adds("AAAAAA", true, &tell), adds("BBBBBB", false, &tell), adds("CCCCCC", true, &tell)];
        desk.store.write_together(parts).unwrap();
        assert_eq!(told.try_iter().collect::<Vec<_>>(), ["AAAAAA", "BBBBBB", "CCCCCC"]);
        let mut codes: Vec<_> =
            desk.store.batches().unwrap().into_iter().map(|known| known.batch.code).collect();
        codes.sort();
        assert_eq!(codes, ["AAAAAA", "CCCCCC"]);
    }

    #[test]
    fn nobody_is_told_when_nothing_was_stored() {
        let desk = Desk::new();
        let (tell, told) = mpsc::channel();
        let breaks: Part = Box::new(|tx| {
            tx.database.execute_batch("ROLLBACK").unwrap();
            (true, Box::new(|| ()))
        });
        assert!(desk.store.write_together([adds("AAAAAA", true, &tell), breaks]).is_err());
        drop(tell);
        assert!(told.recv().is_err());
        assert!(desk.store.batches().unwrap().is_empty());
    }
}
