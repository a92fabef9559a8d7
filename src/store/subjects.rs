//! The people of a batch: added from a list, found by number, bound to their photos; all personal fields sealed.

use super::db::{self, Connection, OptionalExtension, Row};

use super::journal::JournalEvent;
use super::seal::{Place, Sealer};
use super::{Store, StoreError, Tx};
use crate::submission::{BoundBy, Person, Subject};

const COLUMNS: &str = "id, batch, serial, masked_name, last_four";

/// What became of a person of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    Added,
    Updated,
    Unchanged,
    /// The document number is one known person's, the student number another's.
    TwoPeople,
}

/// The numbers by which a person is found.
#[derive(Clone, Copy, Debug)]
enum Number {
    Document,
    Student,
}

/// A photo of the batch that is nobody's yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbound {
    pub submission: String,
    /// Personal data: not for screens or logs.
    pub file_name: String,
}

/// A subject and its photos.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectPhotos {
    pub subject: Subject,
    pub photos: usize,
}

impl Tx<'_> {
    /// Adds a person to a batch, or brings the one with the same number up to date. A field that the list leaves out
    /// keeps what is known.
    pub fn keep_person(&self, batch: &str, person: &Person, at_ms: i64) -> Result<Kept, StoreError> {
        let by_document = self.find(batch, Number::Document, person.document_number.as_deref())?;
        let by_student = self.find(batch, Number::Student, person.student_number.as_deref())?;
        let known = match (by_document, by_student) {
            (Some(one), Some(other)) if one != other => return Ok(Kept::TwoPeople),
            (one, other) => one.or(other),
        };
        let Some(id) = known else {
            self.add_person(batch, person, at_ms)?;
            return Ok(Kept::Added);
        };
        let before = self.person(&id)?;
        let after = merged(&before, person);
        if after == before {
            return Ok(Kept::Unchanged);
        }
        self.write_person(&id, batch, &after)?;
        Ok(Kept::Updated)
    }

    /// Adds a person and gives the new id.
    pub(super) fn add_person(&self, batch: &str, person: &Person, at_ms: i64) -> Result<String, StoreError> {
        let id = uuid::Uuid::now_v7().to_string();
        self.add_person_as(&id, batch, person, at_ms)?;
        Ok(id)
    }

    /// Adds a person under the id another station gave.
    pub(super) fn add_person_as(
        &self,
        id: &str,
        batch: &str,
        person: &Person,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO subject (id, batch, serial, masked_name, last_four, document_key, student_key, sealed,
                   added_at_ms) VALUES (?1, ?2, (SELECT coalesce(max(serial), 0) + 1 FROM subject WHERE batch = ?2),
                   ?3, ?4, ?5, ?6, ?7, ?8)";
        self.database.prepare_cached(sql)?.execute((
            id,
            batch,
            person.masked_name(),
            person.last_four(),
            self.key(batch, Number::Document, person.document_number.as_deref()),
            self.key(batch, Number::Student, person.student_number.as_deref()),
            self.sealed_person(id, person)?,
            at_ms,
        ))?;
        Ok(())
    }

    /// Adds to a known person what another station knows beyond it; what is known stays.
    pub(super) fn complete_person(&self, id: &str, batch: &str, theirs: &Person) -> Result<(), StoreError> {
        let ours = self.person(id)?;
        let after = merged(theirs, &ours);
        if after == ours { Ok(()) } else { self.write_person(id, batch, &after) }
    }

    /// The people whom document number and student number of a person name.
    pub(super) fn subjects_of_numbers(
        &self,
        batch: &str,
        person: &Person,
    ) -> Result<(Option<String>, Option<String>), StoreError> {
        let by_document = self.find(batch, Number::Document, person.document_number.as_deref())?;
        Ok((by_document, self.find(batch, Number::Student, person.student_number.as_deref())?))
    }

    fn write_person(&self, id: &str, batch: &str, person: &Person) -> Result<(), StoreError> {
        let sql = "UPDATE subject SET masked_name = ?2, last_four = coalesce(nullif(?3, ''), last_four), document_key = ?4, student_key = ?5, sealed = ?6
                   WHERE id = ?1";
        self.database.prepare_cached(sql)?.execute((
            id,
            person.masked_name(),
            person.last_four(),
            self.key(batch, Number::Document, person.document_number.as_deref()),
            self.key(batch, Number::Student, person.student_number.as_deref()),
            self.sealed_person(id, person)?,
        ))?;
        let sql = "UPDATE submission SET masked_name = ?2 WHERE subject = ?1";
        self.database.prepare_cached(sql)?.execute((id, person.masked_name()))?;
        Ok(())
    }

    pub fn subject(&self, id: &str) -> Result<Subject, StoreError> {
        subject(&self.database, id)
    }

    /// Forgets everything of a person but that there was one, and which code or ticket finds it: whoever comes back is told.
    pub(super) fn erase_person(&self, id: &str) -> Result<(), StoreError> {
        let sql = "UPDATE subject SET masked_name = '', last_four = '', document_key = NULL, student_key = NULL, sealed = ?2
                   WHERE id = ?1";
        self.database.prepare_cached(sql)?.execute((id, self.sealed_person(id, &Person::default())?))?;
        self.erase_code(id)
    }

    fn person(&self, id: &str) -> Result<Person, StoreError> {
        person(&self.database, self.sealer, id)
    }

    fn sealed_person(&self, id: &str, person: &Person) -> Result<Vec<u8>, StoreError> {
        let plain = serde_json::to_vec(person)
            .map_err(|cause| StoreError::Corrupt { what: format!("a person ({cause})") })?;
        Ok(self.sealer.seal(place(id), &plain)?)
    }

    fn key(&self, batch: &str, number: Number, value: Option<&str>) -> Option<[u8; 32]> {
        value.map(|value| self.sealer.lookup_key(number.column(), batch, value))
    }

    fn find(&self, batch: &str, number: Number, value: Option<&str>) -> Result<Option<String>, StoreError> {
        let Some(key) = self.key(batch, number, value) else { return Ok(None) };
        let sql = format!("SELECT id FROM subject WHERE batch = ?1 AND {} = ?2", number.column());
        Ok(self.database.prepare_cached(&sql)?.query_row((batch, key), |row| row.get(0)).optional()?)
    }

    /// The people of the batch whom one of these numbers names, each once, best number first.
    pub fn subjects_by_number(&self, batch: &str, numbers: &[String]) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        for number in numbers {
            for kind in [Number::Document, Number::Student] {
                if let Some(id) = self.find(batch, kind, Some(number))?
                    && !found.contains(&id)
                {
                    found.push(id);
                }
            }
        }
        Ok(found)
    }

    /// Whether a list of people was taken into the batch.
    pub fn has_subjects(&self, batch: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM subject WHERE batch = ?1)";
        Ok(self.database.prepare_cached(sql)?.query_row([batch], |row| row.get(0))?)
    }

    /// Photos of the batch that are nobody's yet, in the order they came.
    pub fn unbound(&self, batch: &str) -> Result<Vec<Unbound>, StoreError> {
        let sql = "SELECT id, sealed FROM submission JOIN personal ON submission = id AND field = 'file_name'
                   WHERE batch = ?1 AND subject IS NULL ORDER BY number";
        let mut statement = self.database.prepare_cached(sql)?;
        let mut rows = statement.query([batch])?;
        let mut unbound = Vec::new();
        while let Some(row) = &rows.next()? {
            let (submission, sealed): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let place = super::submissions::PersonalField::FileName.place(&submission);
            let plain = self.sealer.open(place, &sealed)?;
            let file_name =
                String::from_utf8(plain).map_err(|_| StoreError::Corrupt { what: place.to_string() })?;
            unbound.push(Unbound { submission, file_name });
        }
        Ok(unbound)
    }

    /// Binds a photo that is nobody's to a person. False, and nothing changed, when it is somebody's already.
    pub fn bind(&self, submission: &str, subject: &str, by: BoundBy, at_ms: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE submission SET subject = ?2, masked_name = (SELECT masked_name FROM subject WHERE id = ?2)
                   WHERE id = ?1 AND subject IS NULL
                     AND batch = (SELECT batch FROM subject WHERE id = ?2)";
        if self.database.prepare_cached(sql)?.execute((submission, subject))? == 0 {
            return Ok(false);
        }
        let event =
            JournalEvent::SubjectBound { submission: submission.to_owned(), subject: subject.to_owned(), by };
        self.append(at_ms, "desk", &event)?;
        Ok(true)
    }
}

impl Store {
    /// The people of a batch in the order of their list, each with the number of their photos.
    pub fn subjects(&self, batch: &str) -> Result<Vec<SubjectPhotos>, StoreError> {
        let reader = self.reader();
        let sql = format!(
            "SELECT {COLUMNS}, (SELECT count(*) FROM submission WHERE submission.subject = subject.id)
                 + (SELECT count(*) FROM shot WHERE shot.subject = subject.id)
             FROM subject WHERE batch = ?1 ORDER BY serial"
        );
        let mut statement = reader.prepare_cached(&sql)?;
        let rows = statement.query_map([batch], |row| {
            Ok(SubjectPhotos { subject: subject_from_row(row)?, photos: row.get::<_, u32>(5)? as usize })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub fn subject(&self, id: &str) -> Result<Subject, StoreError> {
        subject(&self.reader(), id)
    }

    /// Whose photo it is; `None` while it is nobody's.
    pub fn subject_of(&self, submission: &str) -> Result<Option<Subject>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM subject WHERE id = (SELECT subject FROM submission WHERE id = ?1)"
        );
        let reader = self.reader();
        Ok(reader.prepare_cached(&sql)?.query_row([submission], subject_from_row).optional()?)
    }

    /// Everything that is known of a person, opened: personal data, not for screens or logs.
    pub fn person(&self, subject: &str) -> Result<Person, StoreError> {
        person(&self.reader(), &self.sealer, subject)
    }

    /// People in the batch, and those of them without a photo.
    pub fn subject_counts(&self, batch: &str) -> Result<(usize, usize), StoreError> {
        counts(&self.reader(), batch)
    }
}

impl Number {
    /// Column of the keyed code; also its name in the code itself.
    fn column(self) -> &'static str {
        match self {
            Self::Document => "document_key",
            Self::Student => "student_key",
        }
    }
}

fn person(database: &Connection, sealer: &Sealer, id: &str) -> Result<Person, StoreError> {
    let sql = "SELECT sealed FROM subject WHERE id = ?1";
    let sealed: Option<Vec<u8>> =
        database.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?;
    let sealed = sealed.ok_or_else(|| StoreError::UnknownSubject { id: id.to_owned() })?;
    let plain = sealer.open(place(id), &sealed)?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt { what: place(id).to_string() })
}

fn counts(database: &Connection, batch: &str) -> Result<(usize, usize), StoreError> {
    let sql = "SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
                   SELECT 1 FROM submission WHERE submission.subject = subject.id
                   UNION ALL SELECT 1 FROM shot WHERE shot.subject = subject.id))
               FROM subject WHERE batch = ?1";
    let (all, missing): (u32, u32) =
        database.prepare_cached(sql)?.query_row([batch], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((all as usize, missing as usize))
}

fn subject(database: &Connection, id: &str) -> Result<Subject, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM subject WHERE id = ?1");
    let found = database.prepare_cached(&sql)?.query_row([id], subject_from_row).optional()?;
    found.ok_or_else(|| StoreError::UnknownSubject { id: id.to_owned() })
}

fn subject_from_row(row: &Row<'_>) -> db::Result<Subject> {
    Ok(Subject {
        id: row.get(0)?,
        batch: row.get(1)?,
        serial: row.get(2)?,
        masked_name: row.get(3)?,
        last_four: row.get(4)?,
    })
}

fn place(id: &str) -> Place<'_> {
    Place { table: "subject", column: "sealed", row: id }
}

/// The new list's fields over the known ones.
fn merged(before: &Person, new: &Person) -> Person {
    let over = |new: &Option<String>, before: &Option<String>| new.clone().or_else(|| before.clone());
    Person {
        name: if new.name.is_empty() { before.name.clone() } else { new.name.clone() },
        document_number: over(&new.document_number, &before.document_number),
        student_number: over(&new.student_number, &before.student_number),
        school: over(&new.school, &before.school),
        college: over(&new.college, &before.college),
        major: over(&new.major, &before.major),
        class: over(&new.class, &before.class),
        level: over(&new.level, &before.level),
        kind: over(&new.kind, &before.kind),
        email: over(&new.email, &before.email),
        phone: over(&new.phone, &before.phone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::fixture::Desk;

    fn person(name: &str, document: Option<&str>, student: Option<&str>) -> Person {
        Person {
            name: name.to_owned(),
            document_number: document.map(str::to_owned),
            student_number: student.map(str::to_owned),
            ..Person::default()
        }
    }

    fn keep(desk: &Desk, person: &Person) -> Kept {
        desk.store.write(|tx| tx.keep_person("AAAAAA", person, 1)).unwrap()
    }

    #[test]
    fn a_person_is_known_by_either_number_and_kept_once() {
        let desk = Desk::with_batch("AAAAAA");
        let number = "11010519491231002X";
        assert_eq!(keep(&desk, &person("吴小兰", Some(number), None)), Kept::Added);
        assert_eq!(keep(&desk, &person("吴小兰", Some(number), Some("7"))), Kept::Updated);
        assert_eq!(keep(&desk, &person("吴小兰", None, Some("7"))), Kept::Unchanged);
        assert_eq!(keep(&desk, &person("赵一", None, Some("8"))), Kept::Added);
        assert_eq!(keep(&desk, &person("赵一", Some(number), Some("8"))), Kept::TwoPeople);
        let found = desk.store.subjects("AAAAAA").unwrap();
        let shown: Vec<_> = found
            .iter()
            .map(|row| (row.subject.serial, row.subject.masked_name.as_str(), row.subject.last_four.as_str()))
            .collect();
        assert_eq!(shown, [(1, "吴*兰", "002X"), (2, "赵*", "")]);
        let whole = desk.store.person(&found[0].subject.id).unwrap();
        assert_eq!((whole.name.as_str(), whole.student_number.as_deref()), ("吴小兰", Some("7")));
    }

    #[test]
    fn nothing_personal_is_readable_on_disk() {
        let desk = Desk::with_batch("AAAAAA");
        let phone = Some("13800000001".to_owned());
        keep(
            &desk,
            &Person { phone, ..person("吴小兰兰兰", Some("11010519491231002X"), Some("20210012345")) },
        );
        for file in ["desk.db", "desk.db-wal"] {
            let bytes = std::fs::read(desk.folder().join(file)).unwrap();
            for plain in ["小兰兰", "11010519491231002X", "20210012345", "13800000001"] {
                let is_there = bytes.windows(plain.len()).any(|window| window == plain.as_bytes());
                assert!(!is_there, "{file} holds {plain}");
            }
        }
    }

    #[test]
    fn equal_numbers_of_two_batches_do_not_look_equal() {
        let desk = Desk::with_batch("AAAAAA");
        desk.add_batch("BBBBBB");
        let one = person("吴小兰", None, Some("7"));
        for batch in ["AAAAAA", "BBBBBB"] {
            let kept = desk.store.write(|tx| tx.keep_person(batch, &one, 1)).unwrap();
            assert_eq!(kept, Kept::Added);
        }
        let keys: u32 = desk
            .store
            .write(|tx| {
                let sql = "SELECT count(DISTINCT student_key) FROM subject";
                Ok::<_, StoreError>(tx.database.query_row(sql, [], |row| row.get(0))?)
            })
            .unwrap();
        assert_eq!(keys, 2);
    }

    #[test]
    fn a_photo_is_bound_once_and_only_within_its_batch() {
        let desk = Desk::with_batch("AAAAAA");
        desk.add_batch("BBBBBB");
        keep(&desk, &person("吴小兰", None, Some("7")));
        keep(&desk, &person("赵一", None, Some("8")));
        let ids: Vec<String> =
            desk.store.subjects("AAAAAA").unwrap().into_iter().map(|row| row.subject.id).collect();
        let photo = desk.submission("AAAAAA", b"1");
        let foreign = desk.submission("BBBBBB", b"1");
        let bind = |submission: &str, subject: &str| {
            desk.store.write(|tx| tx.bind(submission, subject, BoundBy::FileName, 2)).unwrap()
        };
        assert!(bind(&photo, &ids[0]));
        assert!(!bind(&photo, &ids[1]), "the second binding changes nothing");
        assert!(!bind(&foreign, &ids[1]));
        assert_eq!(desk.store.subject_of(&photo).unwrap().unwrap().id, ids[0]);
        assert_eq!(desk.store.item(&photo).unwrap().masked_name, "吴*兰");
        assert_eq!(desk.store.subject_counts("AAAAAA").unwrap(), (2, 1));
        assert_eq!(desk.store.history(&photo).unwrap().len(), 1);
        assert_eq!(desk.store.subject_of(&foreign).unwrap(), None);
    }
}
