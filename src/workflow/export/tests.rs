//! Whole exports of a desk with final photos already made, and what a crash at each step leaves.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use image::{Rgb, RgbImage};

use super::*;
use crate::photo::encode::{JpegSetting, Subsampling, encode_jpeg_at};
use crate::store::finals::FinalKey;
use crate::store::keys::KeyFileStore;
use crate::store::submissions::NewSubmission;
use crate::submission::{NewBatch, State};

mod shop;

const BATCH: &str = "AB12CD";

/// A desk, the folder of its data and the folder of its exports.
struct Room {
    desk: Desk,
    data: tempfile::TempDir,
    out: tempfile::TempDir,
}

fn open(data: &Path) -> Desk {
    Desk::open(data, &KeyFileStore::new(data.join("key"))).unwrap()
}

fn room(people: usize) -> Room {
    let (data, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let desk = open(data.path());
    let standard = desk.standards.all().first().unwrap().clone();
    let new = NewBatch {
        code: Some(BATCH.into()),
        school: "示范大学".into(),
        title: "2026 届".into(),
        standard: standard.id.clone(),
        background: standard.backgrounds[0].id.clone(),
        layouts: vec!["版式一".into()],
        max_attempts: 3,
    };
    desk.create_batch(new).unwrap();
    (0..people).for_each(|number| add_approved(&desk, number));
    Room { desk, data, out }
}

/// An approved submission whose final photo was made earlier.
fn add_approved(desk: &Desk, number: usize) {
    let batch = desk.batch(BATCH).unwrap();
    let standard = desk.standards.get(&batch.standard).unwrap();
    let (version, shade) = (format!("{}@{}", standard.id, standard.version), (number * 20) as u8);
    let pixels = RgbImage::from_fn(480, 640, |x, y| Rgb([shade, (x / 2) as u8, (y / 3) as u8]));
    let setting = JpegSetting {
        dpi: Dpi(300),
        quality: 90,
        subsampling: Subsampling::Chroma444,
        optimized_tables: true,
        embed_icc: false,
    };
    let jpeg = encode_jpeg_at(&pixels, setting).unwrap().bytes;
    let photo_sha256 = desk.store.put_photo(&jpeg).unwrap();
    let id = format!("{BATCH}-{number:03}");
    let new = NewSubmission {
        id: &id,
        batch: BATCH,
        masked_name: "张*",
        state: State::Approved,
        photo_sha256: &photo_sha256,
        photo_bytes: jpeg.len() as u64,
        received_at_ms: number as i64,
    };
    desk.store.write(|tx| tx.add_submission(&new)).unwrap();
    let item = desk.store.item(&id).unwrap();
    let key = FinalKey { standard: &version, background: &batch.background };
    let recipe = recipe(&photo_sha256, &version);
    desk.store.write(|tx| tx.set_final(&item, &key, &recipe, &photo_sha256, jpeg.len() as u64, 0)).unwrap();
}

/// The recipe of a photo of 480 × 640 pixels that was taken as it is, in the form in which stores keep it.
fn recipe(photo_sha256: &str, standard: &str) -> String {
    include_str!("../../../tests/fixtures/recipe.json")
        .replace("ORIGINAL", photo_sha256)
        .replace("STANDARD", standard)
}

fn request(room: &Room, format: SheetFormat) -> ExportRequest {
    ExportRequest {
        dpi: Dpi(100), format, ..ExportRequest::usual(BATCH, "版式一", "6寸", room.out.path())
    }
}

fn states(desk: &Desk) -> Vec<State> {
    let all = crate::submission::QueueFilter::default();
    desk.queue(&all).unwrap().into_iter().map(|item| item.state).collect()
}

fn folders(room: &Room) -> Vec<String> {
    let entries = fs::read_dir(room.out.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn an_export_reconciles_and_moves_the_states() {
    for (format, sheet_files) in [(SheetFormat::Jpeg, 3), (SheetFormat::Pdf, 1)] {
        let room = room(3);
        let request = request(&room, format);
        let planned = plan(&room.desk, &request).unwrap();
        assert_eq!((planned.people, planned.pieces, planned.sheets), (3, 36, 3));
        assert!(planned.problems.is_empty(), "{:?}", planned.problems);
        let report = run(&room.desk, &request, &Job::default()).unwrap();
        assert_eq!((report.people, report.pieces, report.sheets, report.difference), (3, 36, 3, 0));
        // Photos, sheets, two rosters, ticket and manifest.
        assert_eq!(report.files.len(), 3 + sheet_files + 4);
        assert!(report.files.iter().all(|file| file.is_file()));
        assert_eq!(states(&room.desk), [State::InProduction; 3]);
        assert_eq!(plan(&room.desk, &request).unwrap().people, 0);
        assert_eq!(run(&room.desk, &request, &Job::default()).unwrap_err().code(), "nothing_to_export");
    }
}

#[test]
fn the_roster_masks_names_and_lists_everyone() {
    let room = room(2);
    let report = run(&room.desk, &request(&room, SheetFormat::Png), &Job::default()).unwrap();
    let roster = fs::read_to_string(report.manifest.with_file_name("roster.csv")).unwrap();
    assert_eq!(roster.lines().count(), 3);
    assert!(roster.contains("AB12CD-001,张*,photos/AB12CD-001.jpg,sheets/AB12CD-001.png,,12"), "{roster}");
}

#[test]
fn the_preview_is_the_sheet_that_is_written() {
    let room = room(2);
    let request = request(&room, SheetFormat::Png);
    let preview = preview(&room.desk, &request, 1).unwrap();
    let report = run(&room.desk, &request, &Job::default()).unwrap();
    let sheet = report.files.iter().find(|file| file.ends_with("sheets/AB12CD-001.png")).unwrap();
    assert_eq!(image::open(sheet).unwrap().to_rgb8(), preview.pixels);
    assert_eq!(preview.pieces.len(), 12);
    assert!(preview.pieces.iter().all(|piece| piece.submission == "AB12CD-001"));
}

#[test]
fn a_cancelled_export_leaves_nothing() {
    let room = room(2);
    let job = Job::default();
    job.cancel();
    let report = run(&room.desk, &request(&room, SheetFormat::Jpeg), &job).unwrap();
    assert!(report.cancelled && report.files.is_empty());
    assert_eq!(states(&room.desk), [State::Approved; 2]);
    assert!(folders(&room).is_empty());
}

#[test]
fn a_layout_that_does_not_fit_is_refused_with_advice() {
    let room = room(1);
    let request = ExportRequest { paper: "5寸".into(), ..request(&room, SheetFormat::Jpeg) };
    let error = run(&room.desk, &request, &Job::default()).unwrap_err();
    assert_eq!(error.code(), "does_not_fit");
    assert!(error.to_string().contains("paper 6寸"), "{error}");
    assert!(folders(&room).is_empty());
}

#[test]
fn pieces_larger_than_the_photo_are_a_problem() {
    let room = room(1);
    let request =
        ExportRequest { layout: "3寸×1".into(), dpi: Dpi(300), ..request(&room, SheetFormat::Jpeg) };
    let problems = plan(&room.desk, &request).unwrap().problems;
    assert!(problems[0].message.starts_with("3寸 at 300 dpi prints 650×992 px"), "{problems:?}");
}

/// Stops an export as a crash would, after its files are written and `step` is done, and opens the desk again.
fn crashed(room: Room, out: &Path, step: impl FnOnce(&ExportFolder, &Manifest)) -> Room {
    let request = ExportRequest { out: out.into(), ..request(&room, SheetFormat::Jpeg) };
    let items = room.desk.store.exportable(BATCH).unwrap();
    let folder = ExportFolder::new(&request.out, BATCH, 0).unwrap();
    begin(&room.desk, &request, &folder, &items).unwrap();
    folder.make().unwrap();
    assert!(room.desk.store.exportable(BATCH).unwrap().is_empty(), "claimed by the running job");
    let sheet = sheet_plan(&room.desk, &request).unwrap();
    let manifest = written(&room, &request, &sheet, &folder, &items);
    step(&folder, &manifest);
    reopened(room)
}

fn written(
    room: &Room,
    request: &ExportRequest,
    sheet: &SheetPlan,
    folder: &ExportFolder,
    items: &[QueueItem],
) -> Manifest {
    let batch = room.desk.batch(BATCH).unwrap();
    let names: Vec<String> = items.iter().map(|item| format!("{}.jpg", item.submission)).collect();
    let job = Job::default();
    let order = sheets::Order { desk: &room.desk, request, batch: &batch, sheet, folder, job: &job };
    order.write(items, &names).unwrap().unwrap()
}

fn reopened(room: Room) -> Room {
    let Room { desk, data, out } = room;
    drop(desk);
    Room { desk: open(data.path()), data, out }
}

fn crashed_in_out(people: usize, step: impl FnOnce(&ExportFolder, &Manifest)) -> Room {
    let room = room(people);
    let out = room.out.path().to_owned();
    crashed(room, &out, step)
}

#[test]
fn a_crash_before_the_rename_is_rolled_back() {
    let room = crashed_in_out(2, |_, _| {});
    assert_eq!(states(&room.desk), [State::Approved; 2]);
    assert!(folders(&room).is_empty());
    let report = run(&room.desk, &request(&room, SheetFormat::Jpeg), &Job::default()).unwrap();
    assert_eq!((report.people, report.difference), (2, 0));
}

#[test]
fn a_crash_after_the_rename_is_finished() {
    let room = crashed_in_out(2, |folder, _| folder.publish().unwrap());
    assert_eq!(states(&room.desk), [State::InProduction; 2]);
    assert_eq!(folders(&room).len(), 1);
    assert!(room.desk.store.open_exports().unwrap().is_empty());
}

#[test]
fn files_damaged_after_the_rename_are_taken_back() {
    let room = crashed_in_out(2, |folder, manifest| {
        folder.publish().unwrap();
        fs::write(folder.place.join(&manifest.people[0].sheet), "half").unwrap();
    });
    assert_eq!(states(&room.desk), [State::Approved; 2]);
    assert!(folders(&room).is_empty());
}

#[test]
fn an_export_whose_drive_is_gone_waits_until_it_is_back() {
    let room = room(1);
    let (drive, unplugged) = (room.out.path().join("drive"), room.out.path().join("unplugged"));
    let room = crashed(room, &drive.join("exports"), |folder, _| {
        folder.publish().unwrap();
        fs::rename(&drive, &unplugged).unwrap();
    });
    assert_eq!(states(&room.desk), [State::Approved]);
    assert!(room.desk.store.exportable(BATCH).unwrap().is_empty());
    fs::rename(&unplugged, &drive).unwrap();
    let room = reopened(room);
    assert_eq!(states(&room.desk), [State::InProduction]);
}

#[test]
fn a_crash_right_after_the_claim_is_rolled_back() {
    let room = room(2);
    let request = request(&room, SheetFormat::Jpeg);
    let items = room.desk.store.exportable(BATCH).unwrap();
    let folder = ExportFolder::new(&request.out, BATCH, 0).unwrap();
    begin(&room.desk, &request, &folder, &items).unwrap();
    assert!(folders(&room).is_empty(), "a job is recorded before it leaves anything");
    let room = reopened(room);
    assert_eq!(states(&room.desk), [State::Approved; 2]);
    assert_eq!(room.desk.store.exportable(BATCH).unwrap().len(), 2);
}

#[test]
fn two_operators_on_one_batch_never_export_a_person_twice() {
    let room = room(6);
    let request = request(&room, SheetFormat::Jpeg);
    let export = || run(&room.desk, &request, &Job::default());
    let results = std::thread::scope(|scope| {
        let running = [scope.spawn(export), scope.spawn(export)];
        running.map(|operator| operator.join().unwrap())
    });
    let exported: usize = results.iter().flatten().map(|report| report.people).sum();
    assert_eq!(exported, 6, "{results:?}");
    for refused in results.iter().filter_map(|result| result.as_ref().err()) {
        assert!(["being_exported", "nothing_to_export"].contains(&refused.code()), "{refused}");
    }
    assert_eq!(states(&room.desk), [State::InProduction; 6]);
    assert_eq!(folders(&room).len(), results.iter().flatten().count());
}

fn into_hot_folder(room: &Room, id: &str, format: SheetFormat) -> ExportRequest {
    ExportRequest { hot_folder: Some(id.into()), ..request(room, format) }
}

/// Everything the print software sees, hidden folders left out.
fn watched(room: &Room) -> Vec<String> {
    let root = room.out.path();
    let shown = |entry: &walkdir::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
    let entries = walkdir::WalkDir::new(root).min_depth(1).sort_by_file_name().into_iter();
    let files = entries.filter_entry(shown).map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files.map(|file| file.path().strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")).collect()
}

#[test]
fn a_hot_folder_gets_whole_sheets_and_a_ticket_that_lists_them() {
    let room = room(2);
    let report =
        run(&room.desk, &into_hot_folder(&room, "plain", SheetFormat::Jpeg), &Job::default()).unwrap();
    let seen = watched(&room);
    assert_eq!((seen.len(), report.difference), (3, 0), "{seen:?}");
    let ticket = seen.iter().find(|file| file.ends_with(".json")).unwrap();
    let ticket: serde_json::Value =
        serde_json::from_slice(&fs::read(room.out.path().join(ticket)).unwrap()).unwrap();
    for (sheet, own) in ticket["sheets"].as_array().unwrap().iter().zip(["000", "001"]) {
        let bytes = fs::read(room.out.path().join(sheet["path"].as_str().unwrap())).unwrap();
        let kept = report.manifest.with_file_name(format!("sheets/AB12CD-{own}.jpg"));
        assert_eq!(bytes, fs::read(kept).unwrap());
    }
    assert!(!report.manifest.with_file_name(deliver::WAITING).exists());
}

#[test]
fn a_dpof_card_is_numbered_and_holds_one_order_at_a_time() {
    let room = room(2);
    let request = into_hot_folder(&room, "dpof", SheetFormat::Jpeg);
    run(&room.desk, &request, &Job::default()).unwrap();
    let expect = ["DCIM/100PHDSK/PHD_0001.JPG", "DCIM/100PHDSK/PHD_0002.JPG", "MISC/AUTPRINT.MRK"];
    assert_eq!(watched(&room), expect);
    let problems = plan(&room.desk, &request).unwrap().problems;
    assert!(problems[0].message.contains("was not taken"), "{problems:?}");
}

#[test]
fn a_hot_folder_whose_software_is_not_there_is_a_problem() {
    let room = room(1);
    let request = into_hot_folder(&room, "dnp", SheetFormat::Jpeg);
    let problems = plan(&room.desk, &request).unwrap().problems;
    assert!(problems[0].message.contains("s4x6"), "{problems:?}");
    assert_eq!(run(&room.desk, &request, &Job::default()).unwrap_err().code(), "hot_folder_not_ready");
    assert!(watched(&room).is_empty());
    fs::create_dir(room.out.path().join("s4x6")).unwrap();
    run(&room.desk, &request, &Job::default()).unwrap();
    assert_eq!(watched(&room).len(), 1);
}

/// The print software takes the first sheet while the power goes: the others follow, the first does not come again.
#[test]
fn a_delivery_that_a_crash_interrupts_goes_on_and_repeats_nothing() {
    let room = room(3);
    let request = into_hot_folder(&room, "plain", SheetFormat::Jpeg);
    let items = room.desk.store.exportable(BATCH).unwrap();
    let folder = ExportFolder::watched(&request.out, BATCH, 0).unwrap();
    begin(&room.desk, &request, &folder, &items).unwrap();
    folder.make().unwrap();
    let sheet = sheet_plan(&room.desk, &request).unwrap();
    let manifest = written(&room, &request, &sheet, &folder, &items);
    folder.publish().unwrap();
    folder.deliver(&manifest.deliveries[..1]).unwrap_err();
    let first = watched(&room);
    assert_eq!(first.len(), 1);
    fs::remove_file(room.out.path().join(&first[0])).unwrap();
    let room = reopened(room);
    let seen = watched(&room);
    assert_eq!(seen.len(), 3, "two sheets and the ticket: {seen:?}");
    assert!(!seen.contains(&first[0]));
    assert_eq!(states(&room.desk), [State::InProduction; 3]);
}

#[test]
fn ganged_sets_lie_in_stack_order_and_reconcile() {
    for format in [SheetFormat::Jpeg, SheetFormat::Pdf] {
        let room = room(7);
        let request = ExportRequest {
            gang: true,
            captions: true,
            paper: "A4".into(),
            lift: 9,
            ..request(&room, format)
        };
        let planned = plan(&room.desk, &request).unwrap();
        assert_eq!((planned.people, planned.sheets, planned.pieces), (7, 2, 84));
        assert_eq!(preview(&room.desk, &request, 1).unwrap().pixels.dimensions(), (827, 1169));
        let report = run(&room.desk, &request, &Job::default()).unwrap();
        assert_eq!((report.people, report.sheets, report.pieces, report.difference), (7, 2, 84, 0));
        let found = manifest::read_back(report.manifest.parent().unwrap()).unwrap().manifest;
        let at = |person: usize| {
            let person = &found.people[person];
            (person.page.unwrap_or_else(|| usize::from(person.sheet.ends_with("2.jpg")) + 1), person.place)
        };
        // Two sheets: the piles of one place hold a run of the roster.
        let expect = [(1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (2, 3), (1, 4)];
        assert_eq!((0..7).map(at).collect::<Vec<_>>(), expect.map(|(sheet, place)| (sheet, Some(place))));
    }
}

#[test]
fn photos_get_the_names_of_the_template_and_a_zip() {
    let room = room(2);
    let request = ExportRequest {
        photo_names: "{school}/{number}-{submission}.jpg".into(),
        zip: true,
        ..request(&room, SheetFormat::Jpeg)
    };
    assert_eq!(plan(&room.desk, &request).unwrap().first_name.unwrap(), "示范大学/0001-AB12CD-000.jpg");
    let report = run(&room.desk, &request, &Job::default()).unwrap();
    let place = report.manifest.parent().unwrap();
    let photo = fs::read(place.join("photos/示范大学/0002-AB12CD-001.jpg")).unwrap();
    let mut zip = zip::ZipArchive::new(fs::File::open(place.join("photos.zip")).unwrap()).unwrap();
    let mut zipped = Vec::new();
    let mut entry = zip.by_name("示范大学/0002-AB12CD-001.jpg").unwrap();
    std::io::Read::read_to_end(&mut entry, &mut zipped).unwrap();
    assert_eq!(zipped, photo);
    assert!(place.join("roster.xlsx").is_file() && place.join("ticket.pdf").is_file());
}

#[test]
fn names_that_collide_or_lack_a_field_are_told_before_anything_is_written() {
    let room = room(2);
    let named =
        |template: &str| ExportRequest { photo_names: template.into(), ..request(&room, SheetFormat::Jpeg) };
    for (template, part) in [("{school}", "and so would that of"), ("{student_no}", "has no student_no")] {
        let problems = plan(&room.desk, &named(template)).unwrap().problems;
        assert!(problems[0].message.contains(part), "{problems:?}");
        assert_eq!(run(&room.desk, &named(template), &Job::default()).unwrap_err().code(), "photo_names");
    }
    assert_eq!(plan(&room.desk, &named("{grade}")).unwrap_err().code(), "name_template");
    assert!(folders(&room).is_empty());
    assert_eq!(states(&room.desk), [State::Approved; 2]);
}

#[test]
fn a_reprint_moves_no_state_and_is_numbered() {
    let room = room(3);
    let first = request(&room, SheetFormat::Jpeg);
    let early = ExportRequest { reprint: vec!["AB12CD-001".into()], ..first.clone() };
    assert_eq!(run(&room.desk, &early, &Job::default()).unwrap_err().code(), "not_printed_yet");
    let exported = run(&room.desk, &first, &Job::default()).unwrap();
    let again = people_on_sheets(&exported.manifest, "2-3").unwrap();
    assert_eq!(again, ["AB12CD-001", "AB12CD-002"]);
    for reprint in [again, vec!["AB12CD-001".into(), "AB12CD-001".into()]] {
        let people = if reprint[0] == reprint[1] { 1 } else { 2 };
        let report = run(&room.desk, &ExportRequest { reprint, ..first.clone() }, &Job::default()).unwrap();
        assert_eq!((report.people, report.difference), (people, 0));
    }
    assert_eq!(states(&room.desk), [State::InProduction; 3]);
    let numbers = |id: &str| -> Vec<u64> {
        let history = room.desk.store.history(id).unwrap();
        let events =
            history.iter().map(|entry| serde_json::from_str::<serde_json::Value>(&entry.event).unwrap());
        events
            .filter(|event| event["kind"] == "reprinted")
            .map(|event| event["number"].as_u64().unwrap())
            .collect()
    };
    assert_eq!((numbers("AB12CD-001"), numbers("AB12CD-002")), (vec![1, 2], vec![1]));
    assert!(room.desk.store.open_exports().unwrap().is_empty());
}

fn read_manifest(report: &ExportReport) -> Manifest {
    serde_json::from_slice(&fs::read(&report.manifest).unwrap()).unwrap()
}

#[test]
fn sheets_printed_again_are_taken_over_unless_anything_they_follow_from_changed() {
    let room = room(2);
    let first = request(&room, SheetFormat::Jpeg);
    let exported = run(&room.desk, &first, &Job::default()).unwrap();
    let (manifest, place) = (read_manifest(&exported), exported.manifest.parent().unwrap());
    let sheets: Vec<_> = manifest.files.iter().filter(|file| file.path.starts_with("sheets/")).collect();
    let known = || drawn::DrawnSheets::of_batch(&room.desk, BATCH).unwrap();
    let sources: Vec<&str> = sheets.iter().map(|sheet| sheet.drawn_from.as_deref().unwrap()).collect();
    assert_ne!(sources[0], sources[1]);
    for (sheet, source) in sheets.iter().zip(&sources) {
        assert_eq!(known().bytes(source).unwrap(), fs::read(place.join(&sheet.path)).unwrap());
    }

    let everybody = vec!["AB12CD-000".to_owned(), "AB12CD-001".to_owned()];
    let again = ExportRequest { reprint: everybody, ..first };
    let digests = |manifest: &Manifest| -> Vec<(String, Option<String>)> {
        let sheets = manifest.files.iter().filter(|file| file.path.starts_with("sheets/"));
        sheets.map(|sheet| (sheet.sha256.clone(), sheet.drawn_from.clone())).collect()
    };
    let reprinted = read_manifest(&run(&room.desk, &again, &Job::default()).unwrap());
    assert_eq!(digests(&reprinted), digests(&manifest));

    let with_words = ExportRequest { captions: true, gap: Mm::from_mm(1.0), ..again.clone() };
    let other = read_manifest(&run(&room.desk, &with_words, &Job::default()).unwrap());
    for (one, other) in digests(&other).iter().zip(digests(&manifest)) {
        assert!(one.0 != other.0 && one.1 != other.1);
    }

    // Neither a damaged sheet is taken over nor one whose manifest was meddled with; both are drawn again.
    let copies: Vec<PathBuf> = folders(&room).iter().map(|name| room.out.path().join(name)).collect();
    copies.iter().for_each(|copy| fs::write(copy.join(&sheets[0].path), "x").unwrap());
    assert!(known().bytes(sources[0]).is_none() && known().bytes(sources[1]).is_some());
    copies.iter().for_each(|copy| fs::write(copy.join("manifest.json"), "{}").unwrap());
    assert!(known().is_empty());
    let drawn_again = read_manifest(&run(&room.desk, &again, &Job::default()).unwrap());
    assert_eq!(digests(&drawn_again), digests(&manifest));
}

/// The network folder goes away in the middle and comes back: nobody is missing, nothing is half.
#[test]
fn an_export_waits_for_its_drive_and_goes_on() {
    let room = room(8);
    let (drive, unplugged) = (room.out.path().join("drive"), room.out.path().join("unplugged"));
    fs::create_dir(&drive).unwrap();
    let request = ExportRequest { out: drive.clone(), ..request(&room, SheetFormat::Jpeg) };
    let (job, is_over) = (Job::default(), AtomicBool::new(false));
    // An export that ended early must not be waited for.
    let wait_until = |is_so: &dyn Fn() -> bool| {
        while !is_so() && !is_over.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
    };
    let report = std::thread::scope(|scope| {
        scope.spawn(|| {
            wait_until(&|| job.progress().0 >= 9);
            fs::rename(&drive, &unplugged).unwrap();
            wait_until(&|| job.is_paused());
            fs::rename(&unplugged, &drive).unwrap();
        });
        let report = run(&room.desk, &request, &job);
        is_over.store(true, Ordering::SeqCst);
        report
    });
    let report = report.unwrap();
    assert_eq!((report.people, report.pieces, report.difference), (8, 96, 0));
    assert_eq!(states(&room.desk), [State::InProduction; 8]);
}
