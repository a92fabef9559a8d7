//! The same stories with PostgreSQL behind the hub, and what only several hubs on one server can do.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use photodesk::store::Store;
use photodesk::store::devices::Role;
use photodesk::store::elsewhere::Elsewhere;
use photodesk::store::keys::KeyFileStore;
use photodesk::store::moving::to_server;
use photodesk::store::server::Address;
use photodesk::submission::{State, Verb};
use photodesk::sync::client::Client;
use photodesk::sync::protocol::{Claim, Decisions, LeaseRef, Leases};
use postgres::NoTls;

use crate::cluster::{self, Cluster, new_database};
use crate::fixture::{
    NEW_DATABASE, TestHub, claim, code, database, device, key, lies_at, make, outcome, row, store,
};
use crate::kill::{fill_with, start, stop};

/// Leases that two hubs give out in a run of the tests; `PHOTODESK_CLAIMS=1000000` takes its time.
const CLAIMS: usize = 3000;
const DESKS_EACH: usize = 3;

/// Carries out a test whose hubs have their rows on PostgreSQL.
pub fn on_postgres(test: impl FnOnce()) {
    NEW_DATABASE.set(Some(new_database));
    cluster::on_postgres(test);
    NEW_DATABASE.set(None);
}

told_again! { on_postgres
    api:
        two_desks_never_get_the_same_submission
        a_claim_gives_the_oldest_first_and_at_most_sixteen
        a_silent_desk_s_items_return_after_the_lease_and_its_token_is_refused
        heartbeats_keep_a_lease_and_tell_what_is_lost
        a_lapsed_lease_nobody_took_still_counts
        withdraw_wins_until_a_decision_commits_and_the_new_photo_is_a_new_revision
        a_second_decision_gets_the_first_one_s_result
        a_lost_reply_asked_for_again_decides_once
        every_write_repeated_under_its_key_is_answered_the_same
        a_bad_row_stops_no_other
        attempts_are_counted_and_run_out
        a_withdrawal_reaches_a_waiting_desk_within_a_second
        each_role_does_its_work_and_no_other
        a_revoked_device_is_shut_out_and_what_it_held_is_free
        a_code_enrols_one_device_and_a_lost_answer_may_be_asked_for_again
        health_counts_what_waits;
    capture:
        a_shot_becomes_one_submission_however_often_it_is_sent
        what_the_hub_knows_differently_is_refused_by_its_kind_and_changes_nothing;
    conform:
        the_running_hub_does_what_the_model_says;
    desk:
        a_desk_pulls_decides_and_sends
        work_goes_on_while_the_hub_is_gone_and_nothing_is_lost
        a_withdrawn_photo_leaves_the_desk_and_its_late_decision_is_kept
        what_another_desk_took_is_no_longer_offered_and_cannot_be_decided
        what_is_given_back_is_free_for_others_at_once
        a_cancelled_pull_gives_back_what_it_did_not_fetch;
    production:
        an_export_is_reported_and_the_processed_photo_waits_for_the_student
        a_report_whose_answer_was_lost_is_sent_again_and_counts_once;
    erasing:
        what_is_due_goes_once_and_the_chain_the_decision_and_what_is_open_stay
        prints_that_are_not_settled_hold_it_up_and_their_address_goes_with_it
        a_desk_that_held_the_photo_drops_its_copy;
    events:
        changes_come_as_events_and_go_on_after_the_last_one_seen
        a_stream_is_only_for_enrolled_devices;
    kill:
        a_killed_hub_loses_no_acknowledged_decision
        a_closing_that_is_killed_again_and_again_confirms_each_once
        leases_outlive_the_hub_but_not_a_desk_that_is_gone;
    life:
        a_student_pays_first_sends_the_photo_and_confirms_what_was_made_of_it
        a_photo_that_is_paid_for_later_waits_for_the_money_and_then_at_the_end_of_the_queue
        where_the_batch_does_not_ask_the_processed_photo_completes
        only_the_approved_photo_is_exported_and_published
        closing_tells_beforehand_and_confirms_exactly_those_once
        a_batch_closes_by_itself_when_its_time_comes
        photos_are_taken_only_while_batch_and_window_are_open
        a_refund_takes_the_photo_from_the_desk_and_is_over_with_production
        a_withdrawn_photo_is_paid_for_still
        an_estimate_is_given_only_when_the_pace_is_known
        the_year_counts_from_the_capture_and_a_batch_may_keep_shorter;
    live:
        photos_come_decisions_go_and_withdrawals_arrive_by_themselves
        a_hub_that_goes_and_comes_back_is_told_calmly;
    photos:
        the_very_bytes_come_back
        a_photo_in_parts_goes_on_where_it_broke_and_is_proved
        parts_that_make_another_photo_are_refused_and_forgotten
        the_same_photo_of_two_students_is_flagged_not_merged
        a_submission_without_its_photo_is_told_what_to_do;
    roles:
        a_print_room_sees_and_exports_and_decides_nothing
        only_a_senior_gives_an_approved_photo_back_and_it_waits_again
        another_role_counts_from_the_next_request_and_frees_what_was_held;
    story:
        a_desk_is_enrolled_pulls_reviews_and_sends
        the_office_sets_rules_records_money_and_closes_from_the_command_line;
    notices:
        a_rejection_is_told_signed_with_its_reasons_and_again_until_it_is_taken
        a_receiver_that_hangs_or_is_gone_holds_up_no_decision_and_is_given_up
        what_was_taken_back_before_it_was_sent_is_told_to_nobody
        letters_go_encrypted_with_words_in_both_languages
        a_box_that_does_not_exist_is_given_up_at_once_and_its_address_stands_nowhere;
    wechat:
        a_student_pays_by_a_code_and_the_callback_counts_once
        inside_wechat_the_page_gets_a_signed_request
        money_goes_back_by_the_way_it_came_and_money_that_comes_too_late_is_kept_on_record;
}

fn tables(columns: impl Iterator<Item = (String, String)>) -> BTreeSet<(String, String)> {
    columns.filter(|(table, _)| table != "form" && !table.starts_with("sqlite_")).collect()
}

#[test]
fn both_databases_have_the_same_tables_and_columns() {
    on_postgres(|| {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path());
        let mut server = postgres::Client::connect(&database(folder.path()).unwrap(), NoTls).unwrap();
        let sql = "SELECT table_name::text, column_name::text FROM information_schema.columns
                   WHERE table_schema = 'public'";
        let of_server = server.query(sql, &[]).unwrap();
        let desk = tempfile::tempdir().unwrap();
        drop(Store::open(desk.path(), &KeyFileStore::new(desk.path().join("key"))).unwrap());
        let file = rusqlite::Connection::open(desk.path().join("desk.db")).unwrap();
        let sql =
            "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'table'";
        let mut of_file = file.prepare(sql).unwrap();
        let of_file = of_file.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(
            tables(of_server.iter().map(|row| (row.get(0), row.get(1)))),
            tables(of_file.map(Result::unwrap))
        );
    });
}

#[test]
fn the_server_itself_refuses_to_change_the_journal() {
    on_postgres(|| {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path());
        let mut server = postgres::Client::connect(&database(folder.path()).unwrap(), NoTls).unwrap();
        let again = "INSERT INTO journal (seq, at_ms, actor, event, prev_hash, hash)
                     SELECT seq + 5, at_ms, actor, event, prev_hash, hash FROM journal";
        for sql in
            ["UPDATE journal SET actor = 'x'", "DELETE FROM journal", "TRUNCATE journal CASCADE", again]
        {
            let refused = server.execute(sql, &[]).unwrap_err();
            assert!(refused.as_db_error().unwrap().message().contains("append-only"), "{sql}: {refused}");
        }
        assert_eq!(store(folder.path()).verify_journal().unwrap(), 1);
    });
}

fn on(address: Address) -> Elsewhere {
    Elsewhere { database: Some(address), photos: None }
}

#[test]
fn another_key_and_a_folder_with_data_of_its_own_are_refused() {
    on_postgres(|| {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path());
        let address = || Address::parse(&database(folder.path()).unwrap()).unwrap();
        let other = tempfile::tempdir().unwrap();
        let keys = KeyFileStore::new(other.path().join("key"));
        assert_eq!(
            Store::open_elsewhere(other.path(), &keys, &on(address())).err().unwrap().code(),
            "other_key"
        );
        let mut server = postgres::Client::connect(&database(folder.path()).unwrap(), NoTls).unwrap();
        server.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").unwrap();
        let desk = tempfile::tempdir().unwrap();
        let keys = KeyFileStore::new(desk.path().join("key"));
        drop(Store::open(desk.path(), &keys).unwrap());
        assert_eq!(
            Store::open_elsewhere(desk.path(), &keys, &on(address())).err().unwrap().code(),
            "not_moved"
        );
    });
}

/// Every lease that any desk holds at this moment; a photo that is in it twice was leased twice.
#[derive(Default)]
struct Held {
    now: Mutex<HashSet<String>>,
    claims: AtomicUsize,
}

impl Held {
    fn work(&self, desk: &Client, wanted: usize) {
        while self.claims.load(Ordering::SeqCst) < wanted {
            let leases = desk.claim(&key(), &Claim { batch: None, count: 8 }).unwrap().leases;
            let mut now = self.now.lock().unwrap();
            for leased in &leases {
                let id = &leased.submission.submission;
                assert!(now.insert(id.clone()), "{id} was leased twice");
            }
            drop(now);
            self.claims.fetch_add(leases.len(), Ordering::SeqCst);
            let back = leases
                .into_iter()
                .map(|leased| LeaseRef { submission: leased.submission.submission, token: leased.token });
            let back = Leases { leases: back.collect() };
            let mut now = self.now.lock().unwrap();
            back.leases.iter().for_each(|lease| assert!(now.remove(&lease.submission)));
            drop(now);
            desk.release(&key(), &back).unwrap();
        }
    }
}

#[test]
fn two_hubs_on_one_database_never_lease_a_photo_twice() {
    on_postgres(|| {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path());
        // Fewer than all desks want at once, so that they are after the same ones.
        fill_with(folder.path(), State::PendingReview, 40);
        let (one, two) = (start(folder.path()), start(folder.path()));
        let desks: Vec<Client> = (0..DESKS_EACH * 2)
            .map(|number| desk(folder.path(), if number % 2 == 0 { &one.1 } else { &two.1 }, number))
            .collect();
        let wanted = std::env::var("PHOTODESK_CLAIMS").map_or(CLAIMS, |count| count.parse().unwrap());
        let (held, begun) = (Held::default(), Instant::now());
        std::thread::scope(|scope| {
            for desk in &desks {
                scope.spawn(|| held.work(desk, wanted));
            }
        });
        let given = held.claims.load(Ordering::SeqCst);
        #[allow(clippy::print_stdout, reason = "how fast it was, for whoever asked for many")]
        {
            println!("{given} leases in {:.1?}", begun.elapsed());
        }
        for (mut process, _) in [one, two] {
            stop(&mut process);
        }
    });
}

fn desk(folder: &Path, url: &str, number: usize) -> Client {
    let now_ms = jiff::Timestamp::now().as_millisecond();
    device(url, &code(folder, &format!("desk {number}"), Role::Reviewer, now_ms))
}

#[test]
fn what_one_hub_commits_wakes_whoever_waits_at_another() {
    on_postgres(|| {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path());
        fill_with(folder.path(), State::PendingReview, 1);
        let (one, two) = (start(folder.path()), start(folder.path()));
        let (here, there) = (desk(folder.path(), &one.1, 1), desk(folder.path(), &two.1, 2));
        let leased = here.claim(&key(), &Claim { batch: None, count: 1 }).unwrap().leases.remove(0);
        let since = there.changes(0, Duration::ZERO).unwrap().cursor;
        std::thread::scope(|scope| {
            let waiting =
                scope.spawn(|| (there.changes(since, Duration::from_secs(10)).unwrap(), Instant::now()));
            std::thread::sleep(Duration::from_millis(300));
            let rows = Decisions { decisions: vec![row(&leased, Verb::Approve)] };
            assert_eq!(here.decide(&rows).unwrap().verdicts[0].refused, None);
            let decided = Instant::now();
            let (changes, woken) = waiting.join().unwrap();
            assert_eq!(changes.changes.len(), 1);
            let after = woken.saturating_duration_since(decided);
            assert!(after < Duration::from_secs(1), "known after {after:?}");
        });
        for (mut process, _) in [one, two] {
            stop(&mut process);
        }
    });
}

#[test]
fn a_password_on_the_command_line_is_refused_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_photodesk"));
    program.arg("--key-file").arg(folder.path().join("key")).arg("hub").arg("--data").arg(folder.path());
    program.args(["--database", "postgres://hub:secret@localhost/photodesk", "admin", "devices"]);
    let output = program.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("PGPASSWORD") && !said.contains("secret"), "{said}");
}

#[test]
fn a_hub_is_brought_to_a_server_and_goes_on_there() {
    let mut hub = TestHub::new();
    let (student, reviewer) = (hub.student(), hub.device("desk 1", Role::Reviewer));
    (1..=3).for_each(|number| drop(student.submits(number)));
    let leased = claim(&reviewer, 1).leases.remove(0);
    assert_eq!(outcome(&reviewer, &row(&leased, Verb::Approve)), "committed");
    let folder = hub.folder.path().to_owned();
    let (at, keys) = (folder.join("hub"), KeyFileStore::new(folder.join("key")));
    on_postgres(|| {
        let address = new_database().unwrap();
        let move_it = || to_server(&at, &keys, Address::parse(&address).unwrap());
        assert_eq!(move_it().err().unwrap().code(), "in_use", "while the hub runs");
        hub.stop();
        let entries = hub.store().verify_journal().unwrap();
        let moved = move_it().unwrap();
        assert_eq!(moved.entries, entries);
        assert_eq!(Store::open(&at, &keys).err().unwrap().code(), "moved");
        // Asked for again, it compares.
        std::fs::remove_file(at.join("moved")).unwrap();
        assert_eq!(move_it().unwrap(), moved);
        lies_at(&folder, &address);
        hub.start_again();
        assert_eq!(claim(&reviewer, 8).leases.len(), 2);
        student.submits(4);
        hub.stop();
        let store = hub.store();
        assert!(store.verify_journal().unwrap() > entries);
        assert_eq!(
            (store.verify_photos().unwrap().whole, store.verify_photos().unwrap().faulty.len()),
            (4, 0)
        );
        drop(store);
        std::fs::remove_file(at.join("moved")).unwrap();
        assert_eq!(move_it().err().unwrap().code(), "other_rows", "what came since stays");
    });
}

/// The database server dies again and again; the hub stays up and nothing that it acknowledged is lost.
#[test]
fn a_database_server_that_dies_takes_nothing_with_it() {
    let cluster = Cluster::make();
    let folder = tempfile::tempdir().unwrap();
    lies_at(folder.path(), &cluster.address("postgres"));
    make(folder.path());
    fill_with(folder.path(), State::PendingReview, 400);
    let (mut process, url) = start(folder.path());
    let desk = desk(folder.path(), &url, 1);
    let (mut acknowledged, mut in_vain) = (Vec::new(), 0);
    let ends = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..3 {
                std::thread::sleep(Duration::from_millis(300 + round * 70));
                cluster.crash();
            }
            ends.store(1, Ordering::SeqCst);
        });
        let mut rows = Vec::new();
        while ends.load(Ordering::SeqCst) == 0 || !rows.is_empty() {
            if rows.is_empty() {
                let Ok(claimed) = desk.claim(&key(), &Claim { batch: None, count: 2 }) else {
                    in_vain += 1;
                    std::thread::sleep(Duration::from_millis(20));
                    continue;
                };
                rows = claimed.leases.iter().map(|leased| row(leased, Verb::Approve)).collect();
                if rows.is_empty() {
                    break;
                }
            }
            // The same rows with the same keys, until they are answered.
            match desk.decide(&Decisions { decisions: rows.clone() }) {
                Ok(verdicts) => {
                    assert!(
                        verdicts.verdicts.iter().all(|verdict| verdict.refused.is_none()),
                        "{verdicts:?}"
                    );
                    acknowledged.extend(rows.drain(..).map(|row| row.decision.submission));
                }
                Err(_) => in_vain += 1,
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    stop(&mut process);
    let store = store(folder.path());
    store.verify_journal().unwrap();
    for id in &acknowledged {
        assert_eq!(store.item(id).unwrap().state, State::Approved);
        assert_eq!(store.history(id).unwrap().len(), 1, "decided once");
    }
    assert!(acknowledged.len() > 20 && in_vain > 0, "{} decided, {in_vain} in vain", acknowledged.len());
}
