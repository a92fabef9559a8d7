//! The desk as a person meets it: things are found by their accessible label, on a real desk in a temporary profile.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(feature = "desk")]

use std::fs::Permissions;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use photodesk::camera::Cameras;
use photodesk::sitter;
use photodesk::store::keys::KeyFileStore;
use photodesk::submission::State;
use photodesk::ui::{App, FilePicker, UiStart, app};
use photodesk::workflow::desk::{NewBatch, QueueFilter};
use photodesk::workflow::job::Job;
use photodesk::workflow::{Desk, intake};

#[cfg(feature = "hub")]
#[allow(dead_code, reason = "the hub's own tests use all of it")]
#[path = "hub/fixture.rs"]
mod fixture;
#[path = "desk_ui/flow.rs"]
mod flow;
#[cfg(feature = "hub")]
#[path = "desk_ui/hub.rs"]
mod hub_ways;
#[path = "desk_ui/on_site.rs"]
mod on_site_ways;
#[path = "desk_ui/print_room.rs"]
mod print_room_ways;
#[path = "desk_ui/quality.rs"]
mod quality_ways;
#[path = "desk_ui/review.rs"]
mod review_ways;
#[path = "desk_ui/roster.rs"]
mod roster_ways;
#[path = "desk_ui/sweep.rs"]
mod sweep;

const SCHOOL: &str = "江南大学";
const WINDOW: Vec2 = vec2(1440.0, 900.0);
/// Seconds of a frame, as on a usual screen.
const FRAME_S: f32 = 1.0 / 60.0;
/// Frames after which a key counts again.
const GUARD_FRAMES: usize = 8;
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

    /// A batch with drawn sitters in it, already checked. Drawing and checking take longest of all, so each count of
    /// photos is made once and its files are copied.
    fn batch_with_photos(&self, count: usize) -> String {
        static FILLED: Mutex<Vec<Filled>> = Mutex::new(Vec::new());
        let mut filled = FILLED.lock().unwrap_or_else(PoisonError::into_inner);
        while filled.len() <= count {
            let next = Filled::one_more(filled.last(), filled.len());
            filled.push(next);
        }
        filled[count].put_into(self)
    }

    fn window(&self, size: Vec2) -> Harness<'static, App> {
        self.window_with_picker(size, Arc::new(NoPicker))
    }

    fn window_with_picker(&self, size: Vec2, picker: Arc<dyn FilePicker>) -> Harness<'static, App> {
        self.window_with(size, picker, photodesk::camera::system())
    }

    fn window_with(
        &self,
        size: Vec2,
        picker: Arc<dyn FilePicker>,
        cameras: Arc<dyn Cameras>,
    ) -> Harness<'static, App> {
        let (profile, key) = (self.path("profile"), self.path("key"));
        let folder = profile.clone();
        let start = UiStart {
            profile,
            open: Arc::new(move || Desk::open(&folder, &KeyFileStore::new(&key))),
            samples: None,
            samples_at_start: false,
            cameras,
            reviewer: "王审".into(),
        };
        Harness::builder()
            .with_size(size)
            .with_step_dt(FRAME_S)
            .build_eframe(|creation| app(&creation.egui_ctx, start, picker).unwrap())
    }
}

/// A desk with photos, as files in memory.
struct Filled {
    code: String,
    /// Path in the place, what it holds, and who may read it: a key that others can read is refused.
    files: Vec<(PathBuf, Vec<u8>, Permissions)>,
}

impl Filled {
    /// The desk before with one photo more; the first has none.
    fn one_more(before: Option<&Self>, count: usize) -> Self {
        let place = Place::new();
        let code = match before {
            None => place.batch(),
            Some(before) => {
                let code = before.put_into(&place);
                let folder = place.path("in");
                draw(&folder, count as u64 - 1);
                let report = intake::import_photos(&place.open(), &code, &[folder], &Job::default()).unwrap();
                assert_eq!(report.added.len(), 1, "{report:?}");
                code
            }
        };
        let below = |path: &Path| path.strip_prefix(place.folder.path()).unwrap().to_owned();
        let kept = ["profile", "key"].into_iter().flat_map(|name| walkdir::WalkDir::new(place.path(name)));
        let kept = kept.flatten().filter(|entry| entry.file_type().is_file());
        let file = |entry: walkdir::DirEntry| {
            let (bytes, known) = (std::fs::read(entry.path()).unwrap(), entry.metadata().unwrap());
            (below(entry.path()), bytes, known.permissions())
        };
        let files = kept.map(file).collect();
        Self { code, files }
    }

    /// Writes the files into a place and gives the batch's code.
    fn put_into(&self, place: &Place) -> String {
        for (path, bytes, permissions) in &self.files {
            let path = place.folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
            std::fs::set_permissions(path, permissions.clone()).unwrap();
        }
        self.code.clone()
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
    sitter_of(number).save(folder.join(format!("张三{number}.png"))).unwrap();
}

/// A sitter at the size of a small photo: most of what a test waits for grows with the pixels.
fn sitter_of(number: u64) -> image::RgbImage {
    let mut spec = sitter::vary(number);
    (spec.camera.width_px, spec.camera.height_px) = (750, 1000);
    sitter::render(&spec).pixels
}

/// Whether something shows this text, whole or in part.
fn shows(window: &Harness<'_, App>, text: &str) -> bool {
    window.query_all_by_label_contains(text).next().is_some()
}

/// Whether something in this role has exactly this name.
fn has(window: &Harness<'_, App>, role: Role, name: &str) -> bool {
    window.query_all_by_role_and_label(role, name).next().is_some()
}

/// Steps until something shows this text.
fn wait_for(window: &mut Harness<'_, App>, text: &str) {
    wait_until(window, text, |window| shows(window, text));
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

/// Every text now shown, for a failing test's message.
fn labels(window: &Harness<'_, App>) -> Vec<String> {
    let text = |node: egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        node.label().or_else(|| node.value())
    };
    window.root().children_recursive().filter_map(text).collect()
}

fn press(window: &mut Harness<'_, App>, key: Key) {
    window.run_steps(GUARD_FRAMES);
    window.key_press(key);
    window.run_steps(2);
}

/// Clicks the first such thing once it can be clicked.
fn click(window: &mut Harness<'_, App>, role: Role, name: &str) {
    wait_until(window, name, |window| {
        let found = window.query_all_by_role_and_label(role, name).next();
        found.is_some_and(|node| !node.accesskit_node().is_disabled())
    });
    // A dialog whose contents have just come grows to its size, and what it holds moves.
    window.run_steps(3);
    window.query_all_by_role_and_label(role, name).next().unwrap().click();
    window.run_steps(2);
}

/// Types into a field after giving it the focus.
fn fill(window: &mut Harness<'_, App>, field: &str, text: &str) {
    window.get_by_role_and_label(Role::TextInput, field).focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, field).type_text(text);
    window.run_steps(2);
}

/// Steps until the photo at this place of the list is painted.
fn wait_for_photo(window: &mut Harness<'_, App>, position: &str) {
    wait_until(window, position, |window| shows(window, position) && has(window, Role::Image, "原图"));
    window.step();
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
fn review(place: &Place, count: usize) -> Harness<'static, App> {
    let mut window = place.window(WINDOW);
    click(&mut window, Role::Button, &format!("开始审核 {count}"));
    wait_for_photo(&mut window, &format!("1 / {count}"));
    window
}

#[test]
fn an_empty_desk_says_what_to_do_and_opens_a_batch() {
    let place = Place::new();
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "先建一个批次");
    click(&mut window, Role::Button, "新建批次");
    wait_until(&mut window, "the form", |window| has(window, Role::TextInput, "学校"));
    assert!(window.get_by_role_and_label(Role::Button, "建立批次").accesskit_node().is_disabled());
    fill(&mut window, "学校", SCHOOL);
    fill(&mut window, "任务名称", "2026 届");
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
    wait_until(&mut window, "the import", |window| has(window, Role::Button, "导入 1 项"));
    window.key_press(Key::Enter);
    wait_for(&mut window, "导入完成：共 3 个文件");
    assert!(shows(&window, "1 张重复，批次里已有"), "{:#?}", labels(&window));
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
    let mut window = review(&place, 3);
    press(&mut window, Key::A);
    wait_for(&mut window, "已通过");
    wait_for_photo(&mut window, "2 / 3");
    press(&mut window, Key::Num1);
    wait_for(&mut window, "已驳回");
    wait_for_photo(&mut window, "3 / 3");
    press(&mut window, Key::U);
    wait_for(&mut window, "已撤销");
    assert!(shows(&window, "2 / 3"));
    assert_eq!(states(&place, window), [State::Approved, State::PendingReview, State::PendingReview]);
}

#[test]
fn slips_of_the_hand_and_composed_text_decide_nothing() {
    let place = Place::new();
    place.batch_with_photos(2);
    let mut window = review(&place, 2);
    let preedit = egui::ImeEvent::Preedit { text: "li".into(), active_range_chars: None };
    window.event(Event::Ime(preedit));
    window.event(key_event(Key::A, true));
    window.run_steps(3);
    assert!(!shows(&window, "已通过"), "a key counted while an input method composed");
    window.event(Event::Ime(egui::ImeEvent::Commit("李".into())));
    window.run_steps(2);
    // The hand has not left the key: the system sends it again, and egui marks it a repeat.
    window.event(key_event(Key::A, true));
    window.run_steps(3);
    assert!(!shows(&window, "已通过"), "a held key counted");
    window.event(key_event(Key::A, false));
    // A second press before the hand can have meant it.
    window.run_steps(GUARD_FRAMES);
    window.key_press(Key::A);
    window.key_press(Key::A);
    wait_for(&mut window, "已通过");
    wait_for_photo(&mut window, "2 / 2");
    window.run_steps(GUARD_FRAMES);
    assert_eq!(states(&place, window), [State::Approved, State::PendingReview]);
}

fn key_event(key: Key, pressed: bool) -> Event {
    Event::Key { key, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE }
}

#[test]
fn chosen_reasons_build_what_the_student_reads() {
    let place = Place::new();
    place.batch_with_photos(1);
    let mut window = review(&place, 1);
    assert!(shows(&window, "选择原因后显示"));
    window.run_steps(GUARD_FRAMES);
    window.key_press_modifiers(Modifiers::SHIFT, Key::Num1);
    window.run_steps(3);
    assert!(!shows(&window, "选择原因后显示"));
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
    click(&mut window, Role::Button, "开始审核 1");
    wait_for(&mut window, "照片损坏");
    press(&mut window, Key::A);
    assert!(!shows(&window, "已通过"));
    press(&mut window, Key::Num1);
    wait_for(&mut window, "已驳回");
    assert_eq!(states(&place, window), [State::Rejected]);
}

#[test]
fn language_and_theme_are_remembered() {
    let place = Place::new();
    place.batch();
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "这个批次还没有照片");
    click(&mut window, Role::Button, "设置");
    click(&mut window, Role::RadioButton, "English");
    wait_for(&mut window, "Interface scale");
    click(&mut window, Role::RadioButton, "Light");
    drop(window);
    drop(open_when_free(&place));
    let mut again = place.window(WINDOW);
    wait_for(&mut again, "No photos in this batch yet");
    click(&mut again, Role::Button, "Settings");
    wait_for(&mut again, "Interface scale");
    let light = again.get_by_role_and_label(Role::RadioButton, "Light");
    assert_eq!(light.accesskit_node().toggled(), Some(egui::accesskit::Toggled::True));
}

#[test]
fn the_print_room_shows_the_sheet_and_writes_what_it_counted() {
    let place = Place::new();
    place.batch_with_photos(2);
    let out = place.path("out");
    std::fs::create_dir_all(&out).unwrap();
    let mut window = review(&place, 2);
    press(&mut window, Key::A);
    wait_for_photo(&mut window, "2 / 2");
    press(&mut window, Key::A);
    click(&mut window, Role::Button, "去制作");
    wait_for(&mut window, "版面 152.4×101.6 毫米");
    fill(&mut window, "保存到", out.to_str().unwrap());
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
    click(&mut window, Role::Button, "导入照片");
    click(&mut window, Role::Button, "选择文件夹…");
    click(&mut window, Role::Button, "导入 1 项");
    wait_for(&mut window, "导入完成：共 1 个文件");
}

#[test]
fn every_place_holds_at_the_smallest_windows_in_both_languages() {
    let place = Place::new();
    place.batch_with_photos(1);
    let smallest = vec2(1024.0, 640.0);
    let mut window = place.window(smallest);
    wait_for(&mut window, "开始审核 1");
    // The second is a screen of 1280×800 at twice the size: there what is too high scrolls.
    for (size, scrolls) in [(smallest, false), (vec2(640.0, 400.0), true)] {
        window.set_size(size);
        for (language, places) in [
            ("简体中文", ["队列", "审核", "制作", "采集", "统计", "设置"]),
            ("English", ["Queue", "Review", "Print room", "On-site", "Statistics", "Settings"]),
        ] {
            window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
            click(&mut window, Role::RadioButton, language);
            for name in places {
                click(&mut window, Role::Button, name);
                window.run_steps(4);
                inside_the_window(&window, name, scrolls);
            }
        }
    }
}

/// No button or field reaches beyond the window, or beyond its sides where the place scrolls.
fn inside_the_window(window: &Harness<'_, App>, place: &str, scrolls: bool) {
    let whole = window.ctx.content_rect().expand(1.0);
    for node in window.root().children_recursive() {
        let role = node.accesskit_node().role();
        if matches!(role, Role::Button | Role::TextInput | Role::ComboBox | Role::RadioButton) {
            let rect = node.rect();
            let is_inside = whole.contains_rect(rect)
                || (scrolls && whole.min.x <= rect.min.x && rect.max.x <= whole.max.x);
            assert!(is_inside, "{place} of {whole:?}: {:?} at {rect:?}", node.accesskit_node().label());
        }
    }
}
