//! Brings the database to this program's form, one numbered step at a time, after a backup.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::StoreError;

/// Step *n* brings the database from version *n* to *n* + 1. A released step is never edited.
const STEPS: &[&str] = &[
    include_str!("migrations/0001_desk.sql"),
    include_str!("migrations/0002_hold.sql"),
    include_str!("migrations/0003_hub.sql"),
    include_str!("migrations/0004_preview.sql"),
    include_str!("migrations/0005_exposure.sql"),
    include_str!("migrations/0006_onsite.sql"),
    include_str!("migrations/0007_codes.sql"),
    include_str!("migrations/0008_shots.sql"),
    include_str!("migrations/0009_quality.sql"),
    include_str!("migrations/0010_print.sql"),
    include_str!("migrations/0011_lifecycle.sql"),
    include_str!("migrations/0012_page.sql"),
    include_str!("migrations/0013_printing.sql"),
    include_str!("migrations/0014_notice.sql"),
    include_str!("migrations/0015_roles.sql"),
    include_str!("migrations/0016_photo_names.sql"),
    include_str!("migrations/0017_to_hub.sql"),
    include_str!("migrations/0018_erasure.sql"),
    include_str!("migrations/0019_countersign.sql"),
];

/// Number of the form that this program works with.
#[cfg(feature = "hub")]
pub(super) fn known_form() -> u32 {
    STEPS.len() as u32
}

/// Runs the missing steps. An existing database is copied beside itself first.
pub(super) fn migrate(database: &mut Connection, path: &Path) -> Result<(), StoreError> {
    migrate_with(database, path, STEPS)
}

fn migrate_with(database: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), StoreError> {
    let found: u32 = database.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = steps.len() as u32;
    if found > known {
        return Err(StoreError::NewerDatabase { found, known });
    }
    if found > 0 && found < known {
        back_up(database, path, found)?;
    }
    for (version, step) in (1_u32..).zip(steps).skip(found as usize) {
        let step_transaction = database.transaction()?;
        step_transaction.execute_batch(step)?;
        step_transaction.pragma_update(None, "user_version", version)?;
        step_transaction.commit()?;
    }
    Ok(())
}

fn back_up(database: &Connection, path: &Path, version: u32) -> Result<(), StoreError> {
    let backup = backup_path(path, version);
    if backup.exists() {
        // An earlier try stopped after its backup; that copy is older and whole.
        return Ok(());
    }
    let part = backup.with_extension("part");
    let io = |cause| StoreError::Io { path: backup.clone(), cause };
    match std::fs::remove_file(&part) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(io(cause)),
        _ => {}
    }
    database.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    std::fs::File::open(&part).and_then(|file| file.sync_all()).map_err(io)?;
    std::fs::rename(&part, &backup).and_then(|()| super::durable::sync_parent(&backup)).map_err(io)
}

fn backup_path(path: &Path, version: u32) -> PathBuf {
    path.with_extension(format!("v{version}.backup"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "CREATE TABLE one (a INTEGER) STRICT; INSERT INTO one VALUES (7);";
    const TWO: &str = "ALTER TABLE one ADD COLUMN b TEXT;";
    const BROKEN: &str = "ALTER TABLE one ADD COLUMN b TEXT; SELECT no_such_column FROM one;";

    fn version(database: &Connection) -> u32 {
        database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_existing_database_is_copied_before_it_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.db");
        let mut database = Connection::open(&path).unwrap();
        migrate_with(&mut database, &path, &[ONE]).unwrap();
        assert!(!backup_path(&path, 0).exists(), "an empty database needs no copy");
        migrate_with(&mut database, &path, &[ONE, TWO]).unwrap();
        assert_eq!(version(&database), 2);
        let copy = Connection::open(backup_path(&path, 1)).unwrap();
        assert_eq!((version(&copy), copy.query_row("SELECT a FROM one", [], |row| row.get(0))), (1, Ok(7)));
    }

    /// A database with one submission, brought here from the form it had after `steps`.
    fn brought_from(steps: usize) -> (tempfile::TempDir, Connection) {
        brought_from_with(steps, "")
    }

    /// The same after `more` was done to it in the old form.
    fn brought_from_with(steps: usize, more: &str) -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.db");
        let mut database = Connection::open(&path).unwrap();
        migrate_with(&mut database, &path, &STEPS[..steps]).unwrap();
        let rows = format!(
            "INSERT INTO batch VALUES ('AAAAAA', 's', 't', 'x', 'white', '[]', 3, 1);
             INSERT INTO photo VALUES ('{0}', 5, 1);
             INSERT INTO submission (id, batch, masked_name, state, attempt, revision, photo_sha256, received_at_ms)
             VALUES ('one', 'AAAAAA', '吴*兰', 'approved', 2, 3, '{0}', 9);",
            "a".repeat(64)
        );
        database.execute_batch(&rows).unwrap();
        database.execute_batch(more).unwrap();
        migrate(&mut database, &path).unwrap();
        (folder, database)
    }

    #[test]
    fn a_submission_of_the_first_form_is_not_held() {
        let (_folder, database) = brought_from(1);
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let found: (String, u32, Option<String>) =
            database.query_row("SELECT state, revision, hold FROM submission", [], row).unwrap();
        assert_eq!(found, ("approved".to_owned(), 3, None));
        let wrong = database.execute("UPDATE submission SET hold = 'lost'", []);
        assert!(wrong.is_err(), "only known holds are kept");
    }

    #[test]
    fn a_submission_from_before_the_season_search_takes_one_exposure_a_photo() {
        let (_folder, database) = brought_from(3);
        let add = "INSERT INTO exposure (submission, photo_sha256, sealed) VALUES ('one', 'a', x'00')";
        assert_eq!(database.execute(add, []).unwrap(), 1);
        assert!(database.execute(add, []).is_err(), "one row a photo");
        let stranger = add.replace("'one'", "'nobody'");
        database.pragma_update(None, "foreign_keys", true).unwrap();
        assert!(database.execute(&stranger, []).is_err(), "of known submissions only");
    }

    #[test]
    fn a_submission_from_before_the_orders_takes_orders_of_one_copy_or_more() {
        let (_folder, database) = brought_from(9);
        let order = |number: &str, copies: i64| {
            let sql = "INSERT INTO print_order (number, submission, layout, paper, copies, state, masked_name, sealed,
                       created_at_ms) VALUES (?1, 'one', 'a', 'b', ?2, 'approved', '吴*兰', x'00', 1)";
            database.execute(sql, (number, copies))
        };
        assert_eq!(order("1", 2).unwrap(), 1);
        assert!(order("1", 2).is_err() && order("2", 0).is_err());
        let recalls: i64 = database.query_row("SELECT count(*) FROM recall", [], |row| row.get(0)).unwrap();
        assert_eq!(recalls, 0);
    }

    #[test]
    fn a_submission_from_before_the_student_s_page_stays_and_a_draft_needs_a_known_person() {
        let (_folder, database) = brought_from(10);
        let photo = "a".repeat(64);
        let draft = format!("INSERT INTO page_draft VALUES ('nobody', '{photo}', x'00', 1)");
        database.pragma_update(None, "foreign_keys", true).unwrap();
        assert!(database.execute(&draft, []).is_err());
        let kept: i64 = database.query_row("SELECT count(*) FROM submission", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 1);
    }

    #[test]
    fn an_export_from_before_direct_printing_takes_each_of_its_sheets_once() {
        let job = "INSERT INTO export_job (id, batch, request, state, people, begun_at_ms)
                   VALUES ('job', 'AAAAAA', '{}', 'committed', 1, 1)";
        let (_folder, database) = brought_from_with(10, job);
        let printing = "INSERT INTO printing VALUES ('job', 'ipp://localhost/lab', 0, 1, 5, NULL)";
        assert_eq!(database.execute(printing, []).unwrap(), 1);
        let sheet = "INSERT INTO printing_sheet VALUES ('job', 1, 'a', 'b', 'waiting', 0, NULL, NULL)";
        assert_eq!(database.execute(sheet, []).unwrap(), 1);
        assert!(database.execute(sheet, []).is_err(), "each sheet once");
        assert!(database.execute("UPDATE printing_sheet SET state = 'lost'", []).is_err());
    }

    #[test]
    fn who_signed_before_quality_was_watched_is_known_as_a_reviewer() {
        let (_folder, database) = brought_from_with(8, "UPDATE submission SET decided_by = 'li'");
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let found: (String, String) = database.query_row("SELECT name, role FROM reviewer", [], row).unwrap();
        assert_eq!(found, ("li".to_owned(), "reviewer".to_owned()));
        database.pragma_update(None, "foreign_keys", false).unwrap();
        let draw = "INSERT INTO second_review (of_submission, first_seq, seen_sha256, seen_revision, cause, stage, first)
                    VALUES ('one', 1, 'a', 3, 'share', 'open', '{}')";
        assert_eq!(database.execute(draw, []).unwrap(), 1);
        let another = draw.replace("1, 'a'", "2, 'a'");
        assert!(database.execute(&another, []).is_err(), "one that waits a submission");
    }

    #[test]
    fn a_batch_from_before_the_rules_limits_nothing_and_its_submissions_have_no_order() {
        let (_folder, database) = brought_from(10);
        let rules: String = database.query_row("SELECT rules FROM batch", [], |row| row.get(0)).unwrap();
        assert_eq!(rules, "{}");
        database.pragma_update(None, "foreign_keys", true).unwrap();
        let order = |number: &str| {
            let sql = "INSERT INTO student_order (number, batch, masked_name, state, fee_fen, submission, opened_at_ms)
                       VALUES (?1, 'AAAAAA', '吴*兰', 'paid', 0, 'one', 1)";
            database.execute(sql, [number])
        };
        assert_eq!(order("1").unwrap(), 1);
        assert!(order("2").is_err(), "a submission has one order");
        let closing =
            || database.execute("INSERT INTO batch_closing (batch, begun_at_ms) VALUES ('AAAAAA', 1)", []);
        assert!(closing().is_ok() && closing().is_err(), "a batch is closed once");
    }

    #[test]
    fn a_device_from_before_the_roles_keeps_its_lease_and_may_become_a_senior_s() {
        let before = "INSERT INTO device (id, name, role) VALUES ('d', 'desk 1', 'reviewer');
                      INSERT INTO lease VALUES ('one', 7, 'd', 9)";
        let (_folder, database) = brought_from_with(10, before);
        database.pragma_update(None, "foreign_keys", true).unwrap();
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let sql = "SELECT role, token FROM lease JOIN device ON device = device.id";
        let found: (String, u32) = database.query_row(sql, [], row).unwrap();
        assert_eq!(found, ("reviewer".to_owned(), 7));
        assert_eq!(database.execute("UPDATE device SET role = 'senior'", []).unwrap(), 1);
        assert!(database.execute("UPDATE device SET role = 'king'", []).is_err());
        assert!(database.execute("UPDATE lease SET device = 'nobody'", []).is_err());
    }

    #[test]
    fn a_submission_from_before_the_messages_takes_them_and_their_tries() {
        let (_folder, database) = brought_from(10);
        let notice = "INSERT INTO notice (id, way, kind, submission, revision, made_at_ms, due_at_ms)
                      VALUES ('n', 'mail', 'ready', 'one', 3, 1, 1)";
        assert_eq!(database.execute(notice, []).unwrap(), 1);
        let attempt = "INSERT INTO notice_try VALUES ('n', 1, 1, 'sent')";
        assert!(database.execute(attempt, []).is_ok() && database.execute(attempt, []).is_err());
    }

    #[test]
    fn a_failing_step_changes_nothing_and_can_be_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.db");
        let mut database = Connection::open(&path).unwrap();
        migrate_with(&mut database, &path, &[ONE]).unwrap();
        assert!(migrate_with(&mut database, &path, &[ONE, BROKEN]).is_err());
        assert_eq!(version(&database), 1);
        migrate_with(&mut database, &path, &[ONE, TWO]).unwrap();
        assert_eq!(version(&database), 2);
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.db");
        let mut database = Connection::open(&path).unwrap();
        migrate_with(&mut database, &path, &[ONE, TWO]).unwrap();
        assert_eq!(migrate_with(&mut database, &path, &[ONE]).err().unwrap().code(), "newer_database");
    }
}
