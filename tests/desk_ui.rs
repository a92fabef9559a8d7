//! The desk as a person meets it: things are found by their accessible label, on a real desk in a temporary profile.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(feature = "desk")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use photodesk::sitter;
use photodesk::store::keys::KeyFileStore;
use photodesk::submission::State;
use photodesk::ui::{App, FilePicker, UiStart, app};
use photodesk::workflow::desk::{NewBatch, QueueFilter};
use photodesk::workflow::job::Job;
use photodesk::workflow::{Desk, intake};

const SCHOOL: &str = "江南大学";
const WINDOW: Vec2 = vec2(1440.0, 900.0);
/// Work off the window's thread is waited for at most this long.
const PATIENCE: Duration = Duration::from_secs(120);

/// A desk in a temporary place, with whatever a test puts on it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn open(&self) -> Desk {
        Desk::open(&self.path("profile"), &KeyFileStore::new(self.path("key"))).unwrap()
    }

    fn batch(&self) -> String {
        let new = NewBatch {
            code: None,
            school: SCHOOL.into(),
            title: "2026 届".into(),
            standard: "chsi_2017".into(),
            background: "light_blue".into(),
            layouts: vec!["1寸×8+2寸×4".into()],
            max_attempts: 3,
        };
        self.open().create_batch(new).unwrap().code
    }

    /// A batch with drawn sitters in it, already checked.
    fn batch_with_photos(&self, count: u64) -> String {
        let code = self.batch();
        let folder = self.path("in");
        (0..count).for_each(|number| draw(&folder, number));
        let report = intake::import_photos(&self.open(), &code, &[folder], &Job::default()).unwrap();
        assert_eq!(report.added.len() as u64, count, "{report:?}");
        code
    }

    fn window(&self, size: Vec2) -> Harness<'static, App> {
        self.window_with_picker(size, Arc::new(NoPicker))
    }

    fn window_with_picker(&self, size: Vec2, picker: Arc<dyn FilePicker>) -> Harness<'static, App> {
        let (profile, key) = (self.path("profile"), self.path("key"));
        let folder = profile.clone();
        let start = UiStart {
            profile,
            open: Arc::new(move || Desk::open(&folder, &KeyFileStore::new(&key))),
            samples: None,
            samples_at_start: false,
            reviewer: "王审".into(),
        };
        Harness::builder()
            .with_size(size)
            .build_eframe(|creation| app(&creation.egui_ctx, start, picker).unwrap())
    }
}

/// A system without file dialogs.
struct NoPicker;

impl FilePicker for NoPicker {
    fn photos(&self, _title: &str) -> Vec<PathBuf> {
        Vec::new()
    }

    fn folder(&self, _title: &str) -> Option<PathBuf> {
        None
    }
}

/// A dialog in which the person chooses this folder.
struct Chooses(PathBuf);

impl FilePicker for Chooses {
    fn photos(&self, _title: &str) -> Vec<PathBuf> {
        Vec::new()
    }

    fn folder(&self, _title: &str) -> Option<PathBuf> {
        Some(self.0.clone())
    }
}

fn draw(folder: &Path, number: u64) {
    std::fs::create_dir_all(folder).unwrap();
    let portrait = sitter::render(&sitter::vary(number));
    portrait.pixels.save(folder.join(format!("张三{number}.png"))).unwrap();
}

/// Steps until something with this label is there.
fn wait_for(window: &mut Harness<'_, App>, label: &str) {
    wait_until(window, label, |window| window.query_all_by_label_contains(label).next().is_some());
}

fn wait_until(window: &mut Harness<'_, App>, what: &str, is_so: impl Fn(&Harness<'_, App>) -> bool) {
    let since = Instant::now();
    loop {
        window.step();
        if is_so(window) {
            return;
        }
        assert!(since.elapsed() < PATIENCE, "waited in vain for {what}; shown: {:#?}", labels(window));
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Every label now shown, for a failing test's message.
fn labels(window: &Harness<'_, App>) -> Vec<String> {
    window.root().children_recursive().filter_map(|node| node.accesskit_node().label()).collect()
}

fn press(window: &mut Harness<'_, App>, key: Key) {
    window.key_press(key);
    window.run_steps(2);
}

fn click(window: &mut Harness<'_, App>, role: Role, label: &str) {
    wait_until(window, label, |window| window.query_by_role_and_label(role, label).is_some());
    window.get_by_role_and_label(role, label).click();
    window.run_steps(2);
}

fn states(place: &Place, window: Harness<'_, App>) -> Vec<State> {
    // The desk has one writer: the window lets go of it first.
    drop(window);
    let desk = open_when_free(place);
    desk.queue(&QueueFilter::default()).unwrap().into_iter().map(|item| item.state).collect()
}

fn open_when_free(place: &Place) -> Desk {
    let since = Instant::now();
    loop {
        match Desk::open(&place.path("profile"), &KeyFileStore::new(place.path("key"))) {
            Ok(desk) => return desk,
            Err(error) => assert!(since.elapsed() < PATIENCE, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Opens the review on everything that waits, and sees its first photo painted.
fn review(place: &Place) -> Harness<'static, App> {
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "开始审核 ");
    window.get_by_label_contains("开始审核 ").click();
    wait_for(&mut window, "原图");
    wait_until(&mut window, "the photo", |window| {
        window.query_by_role_and_label(Role::Image, "原图").is_some()
    });
    window.step();
    window
}

#[test]
fn an_empty_desk_says_what_to_do_and_opens_a_batch() {
    let place = Place::new();
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "先建一个批次");
    window.get_all_by_role_and_label(Role::Button, "新建批次").last().unwrap().click();
    wait_until(&mut window, "the form", |window| {
        window.query_by_role_and_label(Role::TextInput, "学校").is_some()
    });
    assert!(window.get_by_role_and_label(Role::Button, "建立批次").accesskit_node().is_disabled());
    window.get_by_role_and_label(Role::TextInput, "学校").type_text(SCHOOL);
    window.get_by_role_and_label(Role::TextInput, "任务名称").focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, "任务名称").type_text("2026 届");
    window.run_steps(2);
    click(&mut window, Role::Button, "建立批次");
    wait_for(&mut window, "已建立");
    drop(window);
    assert_eq!(open_when_free(&place).batches().unwrap()[0].batch.school, SCHOOL);
}

#[test]
fn dropped_files_are_imported_and_every_file_is_accounted_for() {
    let place = Place::new();
    place.batch();
    let folder = place.path("in");
    draw(&folder, 1);
    std::fs::copy(folder.join("张三1.png"), folder.join("copy.png")).unwrap();
    std::fs::write(folder.join("notes.jpg"), "not a photo").unwrap();
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "这个批次还没有照片");
    window.input_mut().dropped_files.push(Arc::new(Dropped(folder)));
    click(&mut window, Role::Button, "导入 1 项");
    wait_for(&mut window, "导入完成：共 3 个文件");
    window.get_by_label("1 张重复，批次里已有");
    click(&mut window, Role::Button, "关闭");
    wait_for(&mut window, "开始审核");
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_approves_a_digit_rejects_and_u_takes_it_back() {
    let place = Place::new();
    place.batch_with_photos(3);
    let mut window = review(&place);
    press(&mut window, Key::A);
    wait_for(&mut window, "已通过");
    wait_until(&mut window, "the next photo", |window| {
        window.query_by_role_and_label(Role::Image, "原图").is_some()
            && window.query_by_label("2 / 3").is_some()
    });
    window.step();
    press(&mut window, Key::Num1);
    wait_for(&mut window, "已驳回");
    wait_until(&mut window, "the last photo", |window| window.query_by_label("3 / 3").is_some());
    press(&mut window, Key::U);
    wait_for(&mut window, "已撤销");
    window.get_by_label("2 / 3");
    assert_eq!(states(&place, window), [State::Approved, State::PendingReview, State::PendingReview]);
}

#[test]
fn chosen_reasons_build_what_the_student_reads() {
    let place = Place::new();
    place.batch_with_photos(1);
    let mut window = review(&place);
    window.get_by_label("选择原因后显示");
    window.key_press_modifiers(Modifiers::SHIFT, Key::Num1);
    window.run_steps(2);
    assert!(window.query_by_label("选择原因后显示").is_none());
    click(&mut window, Role::Button, "驳回 1 条 Enter");
    wait_for(&mut window, "已驳回");
    assert_eq!(states(&place, window), [State::Rejected]);
}

#[test]
fn a_damaged_photo_cannot_be_approved_but_rejected() {
    let place = Place::new();
    let code = place.batch();
    let folder = place.path("in");
    draw(&folder, 1);
    let whole = std::fs::read(folder.join("张三1.png")).unwrap();
    std::fs::write(folder.join("张三1.png"), &whole[..whole.len() / 2]).unwrap();
    let report = intake::import_photos(&place.open(), &code, &[folder], &Job::default()).unwrap();
    assert_eq!(report.added.len(), 1, "{report:?}");
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "开始审核 1");
    window.get_by_label_contains("开始审核 1").click();
    wait_for(&mut window, "照片损坏");
    press(&mut window, Key::A);
    assert!(window.query_by_label_contains("已通过").is_none());
    press(&mut window, Key::Num1);
    wait_for(&mut window, "已驳回");
    assert_eq!(states(&place, window), [State::Rejected]);
}

#[test]
fn the_print_room_shows_the_sheet_and_writes_what_it_counted() {
    let place = Place::new();
    place.batch_with_photos(2);
    let out = place.path("out");
    std::fs::create_dir_all(&out).unwrap();
    let mut window = review(&place);
    press(&mut window, Key::A);
    wait_until(&mut window, "the second photo", |window| {
        window.query_by_label("2 / 2").is_some()
            && window.query_by_role_and_label(Role::Image, "原图").is_some()
    });
    window.step();
    press(&mut window, Key::A);
    click(&mut window, Role::Button, "去制作");
    wait_for(&mut window, "版面 152.4×101.6 毫米");
    window.get_by_role_and_label(Role::TextInput, "保存到").focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, "保存到").type_text(out.to_str().unwrap());
    // the plan is made anew for the new folder; the button waits for it
    window.run_steps(4);
    click(&mut window, Role::Button, "导出 2 张版面");
    wait_for(&mut window, "2 人 · 24 片 · 2 张 · 0 差异");
    click(&mut window, Role::Button, "完成");
    wait_for(&mut window, "这个批次没有待制作的照片");
    let sheets = walkdir::WalkDir::new(&out).into_iter().flatten();
    assert!(sheets.filter(|entry| entry.path().extension().is_some_and(|kind| kind == "jpg")).count() >= 2);
}

#[test]
fn a_folder_is_chosen_in_the_systems_dialog() {
    let place = Place::new();
    place.batch();
    let folder = place.path("in");
    draw(&folder, 4);
    let mut window = place.window_with_picker(WINDOW, Arc::new(Chooses(folder)));
    wait_for(&mut window, "这个批次还没有照片");
    window.get_all_by_role_and_label(Role::Button, "导入照片").last().unwrap().click();
    click(&mut window, Role::Button, "选择文件夹…");
    click(&mut window, Role::Button, "导入 1 项");
    wait_for(&mut window, "导入完成：共 1 个文件");
}
