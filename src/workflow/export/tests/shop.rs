//! What a print shop adds to an export: slips per class, recalls, the check beforehand, orders.

use super::*;

/// Gives these people a place on the roster and a class.
fn enrol(desk: &Desk, classes: &[(usize, &str)]) {
    use crate::submission::{BoundBy, Person};
    for (number, class) in classes {
        let person = Person {
            name: format!("张{number}"),
            student_number: Some(format!("2026{number:04}")),
            class: (!class.is_empty()).then(|| (*class).to_owned()),
            ..Person::default()
        };
        desk.store.write(|tx| tx.keep_person(BATCH, &person, 0)).unwrap();
        let numbers = [format!("2026{number:04}")];
        desk.store
            .write(|tx| {
                let subject = tx.subjects_by_number(BATCH, &numbers)?.remove(0);
                tx.bind(&format!("{BATCH}-{number:03}"), &subject, BoundBy::FileName, 0)
            })
            .unwrap();
    }
}

#[test]
fn slips_stand_before_each_class_and_the_piles_lie_class_by_class() {
    let room = room(6);
    // The roster names the second class first; 5 is on no roster.
    enrol(&room.desk, &[(3, "二班"), (0, "一班"), (1, "二班"), (4, "一班"), (2, "")]);
    for format in [SheetFormat::Jpeg, SheetFormat::Pdf] {
        let request = ExportRequest {
            gang: true,
            slips: true,
            captions: true,
            paper: "A4".into(),
            photo_names: "{class}/{student_no}".into(),
            ..request(&room, format)
        };
        let planned = plan(&room.desk, &request).unwrap();
        assert_eq!((planned.people, planned.slips, planned.sheets), (6, 3, 3));
        assert_eq!(planned.problems.len(), 2, "two people have no class to name a folder: {planned:?}");
        assert!(planned.notices.iter().any(|notice| notice.message.starts_with("2 people have no class")));
    }
    let by_class =
        ExportRequest { gang: true, slips: true, paper: "A4".into(), ..request(&room, SheetFormat::Jpeg) };
    let without_gang = ExportRequest { gang: false, ..by_class.clone() };
    assert_eq!(run(&room.desk, &without_gang, &Job::default()).unwrap_err().code(), "slips_without_gang");
    let first = preview(&room.desk, &by_class, 0).unwrap();
    let report = run(&room.desk, &by_class, &Job::default()).unwrap();
    assert_eq!((report.people, report.sheets, report.pieces, report.difference), (6, 3, 72, 0));
    let found = manifest::read_back(report.manifest.parent().unwrap()).unwrap().manifest;
    let order: Vec<&str> = found.people.iter().map(|person| &person.submission[7..]).collect();
    assert_eq!((order, found.slips), (vec!["003", "001", "000", "004", "002", "005"], 3));
    // Nine seats on three sheets: slip 3 1 | slip 0 4 | slip 2 5 pile up place by place.
    let places: Vec<Option<usize>> = found.people.iter().map(|person| person.place).collect();
    assert_eq!(places, [1, 1, 2, 2, 3, 3].map(Some));
    assert!(first.pieces.is_empty(), "the first sheet holds the three slips");
    let dark = first.pixels.pixels().filter(|pixel| pixel.0[0] < 60).count();
    assert!(dark > 10_000, "the slips' edges are seen: {dark}");
}

#[test]
fn a_print_whose_approval_was_taken_back_is_recalled_with_its_sheet_and_who_shares_it() {
    let room = room(5);
    let request = ExportRequest { gang: true, paper: "A4".into(), ..request(&room, SheetFormat::Jpeg) };
    run(&room.desk, &request, &Job::default()).unwrap();
    assert!(recall::open(&room.desk).unwrap().is_empty());
    let id = format!("{BATCH}-002");
    room.desk.store.write(|tx| tx.set_state(&id, State::PendingReview)).unwrap();
    let open = recall::open(&room.desk).unwrap();
    assert_eq!((open.len(), open[0].submission.as_str()), (1, id.as_str()));
    let print = open[0].print.clone().unwrap();
    // Two sheets of four: 0 2 4 and 1 3.
    assert_eq!((print.number, print.place, print.pieces), (1, Some(2), 12));
    assert!(print.sheet.is_file() && print.manifest.is_file());
    assert_eq!(print.others, [format!("{BATCH}-000"), format!("{BATCH}-004")]);
    assert_eq!(plan(&room.desk, &request).unwrap().recalls, open);
    let again = ExportRequest { reprint: print.others, ..request };
    let report = run(&room.desk, &again, &Job::default()).unwrap();
    assert_eq!((report.people, report.difference), (2, 0));
    assert_eq!(recall::open(&room.desk).unwrap().len(), 1, "the old sheet is still out there");
    recall::settle(&room.desk, &open[0].job, &id, "Li Wei").unwrap();
    assert!(recall::open(&room.desk).unwrap().is_empty());
    let kinds: Vec<String> = room
        .desk
        .store
        .history(&id)
        .unwrap()
        .into_iter()
        .map(|entry| serde_json::from_str::<serde_json::Value>(&entry.event).unwrap()["kind"].to_string())
        .collect();
    assert!(kinds.ends_with(&["\"recalled\"".to_owned(), "\"recall_settled\"".to_owned()]), "{kinds:?}");
}

#[test]
fn the_check_names_what_is_left_out_cut_off_and_short_of_room() {
    let room = room(2);
    room.desk.store.write(|tx| tx.set_state("AB12CD-001", State::PendingReview)).unwrap();
    let request = ExportRequest {
        layout: "大2寸×2+3寸×1".into(),
        captions: true,
        dpi: Dpi(150),
        ..request(&room, SheetFormat::Jpeg)
    };
    let notices = plan(&room.desk, &request).unwrap().notices;
    let says = |part: &str| notices.iter().any(|notice| notice.message.contains(part));
    assert!(says("waiting for review and not on the sheets: 1"), "{notices:?}");
    assert!(says("the sheets have 150 dpi") && says("3寸 shows the photo at 193 dpi"), "{notices:?}");
    assert!(says("大2寸 has other proportions than the photos: 12 %"), "{notices:?}");
    let nowhere = ExportRequest { out: "/proc/no/such".into(), ..request };
    let problems = plan(&room.desk, &nowhere).unwrap().problems;
    assert!(problems.iter().any(|problem| problem.message.contains("/proc/no/such")), "{problems:?}");
}

/// Orders for photos that were exported before: 000 twice on 6寸, 001 once on A4.
fn placed(room: &Room) -> Vec<String> {
    use crate::submission::Recipient;
    use crate::workflow::orders::{NewOrder, place};
    run(&room.desk, &request(room, SheetFormat::Jpeg), &Job::default()).unwrap();
    let recipient = Recipient {
        name: "吴小兰".into(),
        phone: "13800000000".into(),
        address: "示范路 1 号".into(),
        postcode: "100000".into(),
    };
    let order = |submission: &str, layout: &str, paper: &str, copies: u32| NewOrder {
        submission: submission.into(),
        layout: layout.into(),
        paper: paper.into(),
        copies,
        paid: true,
        recipient: recipient.clone(),
    };
    let bad = [order("AB12CD-000", "版式一", "6寸", 0)];
    assert_eq!(place(&room.desk, "000000", &bad, "desk").unwrap_err().code(), "bad_order");
    let orders = [order("AB12CD-000", "版式一", "6寸", 2), order("AB12CD-001", "2寸×8", "A4", 1)];
    place(&room.desk, "000000", &orders, "desk").unwrap()
}

#[test]
fn orders_are_printed_in_their_copies_packed_and_sent_off() {
    use crate::submission::{OrderEvent, OrderState};
    use crate::workflow::orders;
    for format in [SheetFormat::Jpeg, SheetFormat::Pdf] {
        let room = room(2);
        let numbers = placed(&room);
        let reports = orders::print(&room.desk, &numbers, &request(&room, format), &Job::default()).unwrap();
        let counted: Vec<_> = reports.iter().map(|report| (report.pieces, report.difference)).collect();
        assert_eq!(counted.iter().map(|(pieces, _)| pieces).sum::<usize>(), 2 * 12 + 8, "{counted:?}");
        assert!(counted.iter().all(|(_, difference)| *difference == 0));
        let of = |number: &String| room.desk.store.print_order(number).unwrap();
        assert!(numbers.iter().all(|number| of(number).state == OrderState::InProduction));
        assert_eq!(states(&room.desk), [State::InProduction; 2], "nobody's own state moves");
        let again = orders::print(&room.desk, &numbers, &request(&room, format), &Job::default());
        assert_eq!(again.unwrap_err().code(), "illegal_order");
        orders::advance(&room.desk, &numbers, OrderEvent::Packed, "desk").unwrap();
        orders::ship(&room.desk, &numbers[0], "顺丰", "SF1", "desk").unwrap();
        assert_eq!(
            orders::ship(&room.desk, &numbers[1], "顺丰", " ", "desk").unwrap_err().code(),
            "no_tracking"
        );
        let counts = orders::counts(&room.desk).unwrap();
        assert_eq!(counts, [(OrderState::AwaitingShipment, 1), (OrderState::Shipped, 1)]);
        room.desk.store.verify_journal().unwrap();
    }
}

#[test]
fn an_orders_papers_are_written_and_its_list_masks_the_recipient() {
    use crate::workflow::orders::{PapersRequest, papers};
    let room = room(2);
    let numbers = placed(&room);
    let request = PapersRequest {
        out: room.out.path().join("papers"),
        labels: "2x7".into(),
        used_labels: 3,
        language: Language::Chinese,
    };
    let written = papers(&room.desk, &numbers, &request).unwrap();
    assert_eq!((written.orders, written.files.len()), (2, 4));
    let holds = |name: &str, character: char| {
        let pdf = fs::read(request.out.join(name)).unwrap();
        let code = format!("<{:04X}>", u32::from(character));
        pdf.windows(code.len()).any(|window| window == code.as_bytes())
    };
    // 小 stands in the whole name only.
    for (name, whole) in [
        ("picking-list.pdf", false),
        ("order-tickets.pdf", false),
        ("packing-slips.pdf", true),
        ("labels.pdf", true),
    ] {
        assert_eq!(holds(name, '小'), whole, "{name}");
        assert!(holds(name, '吴'), "{name}");
    }
    let unknown = PapersRequest { labels: "9x9".into(), ..request };
    assert_eq!(papers(&room.desk, &numbers, &unknown).unwrap_err().code(), "unknown_labels");
}

#[test]
fn a_crash_while_orders_are_printed_frees_them_or_finishes_them() {
    use crate::submission::OrderState;
    for publish in [false, true] {
        let room = room(2);
        let numbers = placed(&room);
        let request = ExportRequest { orders: numbers[..1].to_vec(), ..request(&room, SheetFormat::Jpeg) };
        let batch = room.desk.batch(BATCH).unwrap();
        let items = people::of(&room.desk, &request, &batch).unwrap();
        let folder = ExportFolder::new(room.out.path(), BATCH, 0).unwrap();
        begin(&room.desk, &request, &folder, &items).unwrap();
        folder.make().unwrap();
        let sheet = sheet_plan(&room.desk, &request).unwrap();
        let job = Job::default();
        let order = sheets::Order {
            desk: &room.desk,
            request: &request,
            batch: &batch,
            sheet: &sheet,
            folder: &folder,
            job: &job,
        };
        let names = ["1.jpg".to_owned(), "2.jpg".to_owned()];
        order.write(&items, &names).unwrap().unwrap();
        if publish {
            folder.publish().unwrap();
        }
        let room = reopened(room);
        let state = room.desk.store.print_order(&numbers[0]).unwrap().state;
        assert_eq!(state, if publish { OrderState::InProduction } else { OrderState::Approved });
    }
}
