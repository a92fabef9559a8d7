//! From approved to the student's hands: prints are reported, processed photos published, and what was approved at one
//! desk is printed at another.

use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::sitter::{render, vary};
use photodesk::store::blobs::sha256_hex;
use photodesk::store::devices::Role;
use photodesk::store::print_orders::NewPrintOrder;
use photodesk::submission::{BatchRules, OrderEvent, OrderState, Recipient, State, Verb};
use photodesk::sync::protocol::{ExportRow, Exports, NewRules, NewSubmission, Reopening};
use photodesk::workflow::export::{self, ExportReport, ExportRequest, recall};
use photodesk::workflow::intake::check_waiting;
use photodesk::workflow::job::Job;
use photodesk::workflow::orders;
use photodesk::workflow::sync::{exports_waiting, fetch_approved, fetch_orders};

use crate::desk::TestDesk;
use crate::fixture::{BATCH, START_MS, Student, TestHub, key};

impl Student {
    /// Submits a portrait that can be processed.
    fn submits_portrait(&self, seed: u64) -> String {
        let target = JpegTarget::of_quality(Dpi(300), 92);
        let photo = encode_jpeg(&render(&vary(seed)).pixels, &target).unwrap().bytes;
        let photo_sha256 = sha256_hex(&photo);
        self.client.put_photo(&photo_sha256, photo).unwrap();
        let masked_name = "吴*兰".to_owned();
        let new = NewSubmission { batch: BATCH.to_owned(), masked_name, photo_sha256 };
        self.client.submit(&key(), &new).unwrap().submission
    }
}

fn prints(desk: &TestDesk, out: &tempfile::TempDir) -> ExportReport {
    let request =
        ExportRequest { dpi: Dpi(100), ..ExportRequest::usual(BATCH, "版式一", "6寸", out.path()) };
    let report = export::run(&desk.desk, &request, &Job::default()).unwrap();
    assert_eq!(report.difference, 0);
    report
}

fn approves_all(desk: &TestDesk) {
    desk.round(8);
    check_waiting(&desk.desk, &Job::default()).unwrap();
    for item in desk.pending() {
        desk.decides(&item, Verb::Approve);
    }
    desk.round(0);
}

#[test]
pub fn an_export_is_reported_and_the_processed_photo_waits_for_the_student() {
    let hub = TestHub::new();
    let office = hub.device("office", Role::Administrator);
    let rules = BatchRules { asks_confirmation: true, ..BatchRules::default() };
    office.set_rules(&key(), BATCH, &NewRules { max_attempts: 2, rules }).unwrap();
    let student = hub.student();
    let id = student.submits_portrait(1);
    let desk = TestDesk::new(&hub, "desk 1");
    approves_all(&desk);
    let out = tempfile::tempdir().unwrap();
    prints(&desk, &out);
    assert_eq!(exports_waiting(&desk.desk).unwrap(), 1);
    let report = desk.round(0);
    assert_eq!((report.exported, report.published, report.refused_exports.len()), (1, 1, 0));
    assert_eq!(exports_waiting(&desk.desk).unwrap(), 0);
    assert_eq!(student.client.submission(&id).unwrap().state, State::AwaitingConfirmation);
    let given = student.client.final_photo(&id).unwrap();
    let photos = std::fs::read_dir(out.path()).unwrap().flatten().map(|entry| entry.path().join("photos"));
    let photos = photos.flat_map(|folder| walkdir::WalkDir::new(folder).into_iter().flatten());
    let mut exported = photos.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path());
    assert_eq!(std::fs::read(exported.next().unwrap()).unwrap(), given, "the student gets what was printed");
    desk.round(0);
    assert_eq!(desk.desk.item(&id).unwrap().state, State::AwaitingConfirmation, "the desk follows");
    assert!(recall::open(&desk.desk).unwrap().is_empty());
}

#[test]
pub fn a_report_whose_answer_was_lost_is_sent_again_and_counts_once() {
    let mut hub = TestHub::new();
    let student = hub.student();
    let id = student.submits_portrait(2);
    let desk = TestDesk::new(&hub, "desk 1");
    approves_all(&desk);
    let out = tempfile::tempdir().unwrap();
    let job = prints(&desk, &out).job;
    hub.stop();
    assert!(desk.tries_a_round().is_err());
    assert_eq!(exports_waiting(&desk.desk).unwrap(), 1, "it waits on the desk");
    hub.start_again();
    // The same report by hand, as when it arrived and only its answer did not.
    let item = desk.desk.item(&id).unwrap();
    let row = ExportRow {
        submission: id.clone(),
        photo_sha256: item.photo_sha256.clone(),
        revision: item.revision,
    };
    let exports = Exports { job, rows: vec![row] };
    let other_try = hub.device("desk 1 again", Role::Reviewer);
    assert_eq!(other_try.export(&key(), &exports).unwrap().verdicts[0].refused, None);
    let report = desk.round(0);
    assert_eq!((report.exported, report.published, report.refused_exports.len()), (1, 1, 0));
    assert_eq!(student.client.submission(&id).unwrap().state, State::Completed);
}

#[test]
pub fn what_one_desk_approved_another_prints_and_a_second_print_is_recalled() {
    let hub = TestHub::new();
    let student = hub.student();
    let ids = [student.submits_portrait(3), student.submits_portrait(4)];
    let reviewer = TestDesk::new(&hub, "desk 1");
    approves_all(&reviewer);
    let printer = TestDesk::with_role(&hub, "print room", Role::PrintOperator);
    let report = printer.round(8);
    assert!(report.pulled.is_empty(), "a desk that only prints reviews nothing");
    let fetched = fetch_approved(&printer.desk, BATCH, &Job::default()).unwrap();
    assert_eq!((fetched.fetched, fetched.known, fetched.not_fetched.len()), (2, 0, 0));
    let again = fetch_approved(&printer.desk, BATCH, &Job::default()).unwrap();
    assert_eq!((again.fetched, again.known), (0, 2));
    check_waiting(&printer.desk, &Job::default()).unwrap();
    let (out, other_out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    prints(&printer, &out);
    assert_eq!(printer.round(0).exported, 2);
    for id in &ids {
        assert_eq!(student.client.submission(id).unwrap().state, State::Completed);
    }
    // The reviewer's desk has not heard of it and prints them too.
    prints(&reviewer, &other_out);
    let report = reviewer.round(0);
    let refused: Vec<&str> = report.refused_exports.iter().map(|one| one.fault.code.as_str()).collect();
    assert_eq!((report.exported, refused), (0, vec!["illegal_transition"; 2]));
    let recalled = recall::open(&reviewer.desk).unwrap();
    assert_eq!(recalled.len(), 2, "both prints must not be given out");
    assert!(recall::open(&printer.desk).unwrap().is_empty());
    recall::settle(&reviewer.desk, &recalled[0].job, &recalled[0].submission, "li").unwrap();
    assert_eq!(recall::open(&reviewer.desk).unwrap().len(), 1);
}

#[test]
pub fn a_print_of_what_was_reopened_meanwhile_is_recalled() {
    let hub = TestHub::new();
    let id = hub.student().submits_portrait(5);
    let desk = TestDesk::new(&hub, "desk 1");
    approves_all(&desk);
    let out = tempfile::tempdir().unwrap();
    let senior = hub.device("senior", Role::Senior);
    senior.reopen(&key(), &id, &Reopening { revision: 1 }).unwrap();
    prints(&desk, &out);
    let report = desk.round(0);
    assert_eq!(report.refused_exports.len(), 1);
    assert_eq!(recall::open(&desk.desk).unwrap()[0].submission, id);
    assert_eq!(desk.desk.item(&id).unwrap().state, State::PendingReview, "the desk shows what the hub says");
}

#[test]
pub fn an_order_for_prints_goes_to_one_desk_and_its_steps_come_back() {
    let hub = TestHub::new();
    let id = hub.student().submits_portrait(6);
    let reviewer = TestDesk::new(&hub, "desk 1");
    approves_all(&reviewer);
    prints(&reviewer, &tempfile::tempdir().unwrap());
    reviewer.round(0);
    let recipient = Recipient {
        name: "吴小兰".into(),
        phone: "13800000000".into(),
        address: "示范路 1 号".into(),
        ..Recipient::default()
    };
    let new = NewPrintOrder {
        number: "000000-20260601120000000",
        submission: &id,
        layout: "1寸×8+2寸×4",
        paper: "6寸",
        copies: 2,
        paid: false,
        recipient: &recipient,
    };
    hub.beside(|store| store.write(|tx| tx.add_print_order(&new, START_MS, "page"))).unwrap();
    let printer = TestDesk::with_role(&hub, "print room", Role::PrintOperator);
    assert_eq!(fetch_orders(&printer.desk, &Job::default()).unwrap(), 1);
    assert_eq!(fetch_orders(&printer.desk, &Job::default()).unwrap(), 0, "it is here");
    assert_eq!(fetch_orders(&reviewer.desk, &Job::default()).unwrap(), 0, "another desk prints it");
    check_waiting(&printer.desk, &Job::default()).unwrap();
    let numbers = [new.number.to_owned()];
    let at_hub = || hub.beside(|store| store.print_order(new.number)).unwrap();
    orders::advance(&printer.desk, &numbers, OrderEvent::Paid, "li").unwrap();
    let out = tempfile::tempdir().unwrap();
    let usual =
        ExportRequest { dpi: Dpi(100), ..ExportRequest::usual(BATCH, "版式一", "6寸", out.path()) };
    let printed = orders::print(&printer.desk, &numbers, &usual, &Job::default()).unwrap();
    assert_eq!((printed.len(), printed[0].difference), (1, 0));
    assert_eq!(at_hub().state, OrderState::AwaitingPayment, "nothing was told yet");
    printer.round(0);
    assert_eq!(at_hub().state, OrderState::InProduction);
    orders::advance(&printer.desk, &numbers, OrderEvent::Packed, "li").unwrap();
    orders::ship(&printer.desk, new.number, "顺丰", "SF1", "li").unwrap();
    printer.round(0);
    let shipped = at_hub();
    assert_eq!((shipped.state, shipped.tracking_number.as_deref()), (OrderState::Shipped, Some("SF1")));
    // The hub ends it otherwise than the desk.
    hub.beside(|store| {
        store.write(|tx| tx.move_print_order(new.number, OrderEvent::Received, START_MS, "page"))
    })
    .unwrap();
    orders::advance(&printer.desk, &numbers, OrderEvent::Received, "li").unwrap();
    assert_eq!(printer.round(0).followed, 1);
    assert_eq!(orders::list(&printer.desk, None).unwrap()[0].state, OrderState::Completed);
}
