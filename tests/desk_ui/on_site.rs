//! The first step of on-site collection: who stands there, found by keyboard or scanner alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use egui::accesskit::Role;
use egui::{ColorImage, Event, Key};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use image::{Rgb, RgbImage};
use photodesk::camera::drawn::DrawnCameras;
use photodesk::camera::{Camera, CameraError, CameraInfo, Cameras, Frame};
use photodesk::onsite::code::Modules;
use photodesk::onsite::ticket::Ticket;
use photodesk::photo::DecodeLimits;
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::store::Store;
use photodesk::store::keys::KeyFileStore;
use photodesk::ui::App;
use photodesk::workflow::collect::{Collecting, Happened};
use photodesk::workflow::roster;

use super::{
    Chooses, NoPicker, Place, WINDOW, click, fill, has, open_when_free, press, shows, sitter_of, wait_for,
    wait_until,
};

const LIST: &str = "姓名,身份证号,学号\n吴小兰,11010519491231002X,0012345\n赵一,C123456(A),0012346\n";
const FIELD: &str = "采集码、票据号、学号或证件后四位";

fn with_roster() -> (Place, String) {
    let place = Place::new();
    let code = place.batch();
    let path = place.path("list.csv");
    std::fs::write(&path, LIST).unwrap();
    roster::import(&place.open(), &code, &roster::open(&path).unwrap()).unwrap();
    (place, code)
}

fn enter(window: &mut Harness<'static, App>) {
    wait_for(window, "这个批次还没有照片");
    click(window, Role::Button, "采集");
    wait_for(window, "等待下一位");
}

/// What a scanner does: signs, then Enter.
fn scan(window: &mut Harness<'static, App>, text: &str) {
    fill(window, FIELD, text);
    press(window, Key::Enter);
}

#[test]
fn a_person_is_found_by_last_four_number_and_code() {
    let (place, _) = with_roster();
    let mut window = place.window(WINDOW);
    enter(&mut window);
    wait_for(&mut window, "共 2 人");
    assert!(shows(&window, "已有照片 0 · 还缺 2"));
    scan(&mut window, "002x");
    wait_for(&mut window, "还没有采集码");
    assert!(shows(&window, "吴*兰 · 002X") && !shows(&window, "吴小兰"));
    let code = "opaque/".repeat(20);
    scan(&mut window, &code);
    wait_for(&mut window, "新的采集码");
    fill(&mut window, "证件后四位", "6(A)");
    click(&mut window, Role::Button, "绑定到 吴*兰 · 002X");
    wait_for(&mut window, "采集码旁边的后四位不是这个人的");
    scan(&mut window, &code);
    wait_for(&mut window, "新的采集码");
    fill(&mut window, "证件后四位", "002X");
    click(&mut window, Role::Button, "绑定到 吴*兰 · 002X");
    wait_for(&mut window, "采集码已绑定");
    scan(&mut window, "0012346");
    wait_for(&mut window, "赵* · 6(A)");
    wait_for(&mut window, "还没有采集码");
    scan(&mut window, &code);
    wait_for(&mut window, "采集码已绑定");
    scan(&mut window, "9999");
    wait_for(&mut window, "批次里没有这个后四位");
}

#[test]
fn a_ticket_stands_in_for_a_code_and_becomes_a_person_when_it_is_used() {
    let (place, code) = with_roster();
    let folder = place.path("tickets");
    std::fs::create_dir_all(&folder).unwrap();
    let mut window = place.window_with_picker(WINDOW, Arc::new(Chooses(folder.clone())));
    enter(&mut window);
    click(&mut window, Role::Button, "出示无码票据");
    let heading = format!("票据 {code}-");
    wait_until(&mut window, "the ticket", |window| shows(window, &heading));
    let shown = super::labels(&window).into_iter().find(|text| text.starts_with(&heading)).unwrap();
    let shown = Ticket::parse(shown.trim_start_matches("票据 ")).unwrap();
    click(&mut window, Role::Button, "打印无码票据…");
    wait_for(&mut window, "票据已保存");
    let written: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().collect();
    assert_eq!(written.len(), 1, "{written:?}");
    let first = written[0].path().file_stem().unwrap().to_string_lossy().into_owned();
    let next =
        (shown.serial + 1..).find_map(|serial| Ticket::new(shown.batch.clone(), shown.station(), serial));
    assert_eq!(Ticket::parse(&first).unwrap(), next.unwrap(), "the page begins after the one that was shown");
    scan(&mut window, &first.to_lowercase());
    wait_for(&mut window, &format!("无码票据 {first}"));
    wait_for(&mut window, "共 3 人");
    let wrong = format!("{}{}", &first[..first.len() - 1], if first.ends_with('A') { 'B' } else { 'A' });
    scan(&mut window, &wrong);
    wait_for(&mut window, "票据号有一个字符不对");
    assert!(has(&window, Role::CheckBox, "只看还缺的"));
    drop(window);
    let people = roster::people(&open_when_free(&place), &code).unwrap();
    assert_eq!(people.len(), 3);
}

fn portrait(number: u64) -> Vec<u8> {
    let pixels = sitter_of(number);
    let target = JpegTarget::of_quality(Dpi(300), 92);
    encode_jpeg(&pixels, &target).unwrap().bytes
}

/// The main line of a day: a person is found, the photo comes, the answer stands large, the next one is called up.
#[test]
fn a_photo_that_arrives_is_the_present_persons_and_its_answer_is_read() {
    let (place, code) = with_roster();
    let folder = place.path("shots");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("old.jpg"), portrait(1)).unwrap();
    let mut window = place.window_with_picker(WINDOW, Arc::new(Chooses(folder.clone())));
    enter(&mut window);
    click(&mut window, Role::Button, "选择照片文件夹…");
    wait_for(&mut window, "正在接收");
    scan(&mut window, "002X");
    wait_for(&mut window, "可以拍摄");
    std::thread::sleep(std::time::Duration::from_millis(1700));
    std::fs::write(folder.join("a.jpg"), portrait(1032)).unwrap();
    wait_until(&mut window, "the answer", |window| {
        ["照片合格", "请看一下", "请重拍"].iter().any(|answer| shows(window, answer))
    });
    assert!(has(&window, Role::Image, "最新照片"));
    wait_for(&mut window, "第 1 张，将上报");
    wait_for(&mut window, "已有照片 1 · 还缺 1");
    press(&mut window, Key::F2);
    wait_for(&mut window, "可以拍摄");
    std::fs::write(folder.join("b.jpg"), portrait(1033)).unwrap();
    wait_for(&mut window, "第 2 张");
    wait_until(&mut window, "both", |window| has(window, Role::Image, "上一张照片"));
    press(&mut window, Key::F4);
    wait_for(&mut window, "等待下一位");
    drop(window);
    let shots = photodesk::workflow::shots::shots(&open_when_free(&place), &code).unwrap();
    assert_eq!(shots.len(), 2, "what lay there before is not taken");
    assert!(shots.iter().all(|shot| shot.subject == shots[0].subject && shot.subject.is_some()));
}

/// A code on a telephone's screen, held before the camera.
fn held_up(text: &str) -> RgbImage {
    let modules = Modules::of(text).unwrap();
    let (step, border) = (8, 200);
    RgbImage::from_fn(1600, 1200, |x, y| {
        let at = |pixel: u32| (pixel as usize).checked_sub(border).map(|inside| inside / step);
        let dark = at(x).zip(at(y)).is_some_and(|(column, row)| {
            column < modules.width && row < modules.width && modules.is_dark(column, row)
        });
        if dark { Rgb([0; 3]) } else { Rgb([235; 3]) }
    })
}

/// A camera that can be drawn from the computer and put back.
struct Pluggable {
    camera: DrawnCameras,
    is_drawn: Arc<AtomicBool>,
}

struct Plugged {
    camera: Box<dyn Camera>,
    is_drawn: Arc<AtomicBool>,
}

fn gone() -> CameraError {
    CameraError::Gone { name: "a camera".into() }
}

impl Cameras for Pluggable {
    fn list(&self) -> Result<Vec<CameraInfo>, CameraError> {
        self.camera.list()
    }

    fn open(&self, id: &str) -> Result<Box<dyn Camera>, CameraError> {
        if self.is_drawn.load(Ordering::SeqCst) {
            return Err(gone());
        }
        let (camera, is_drawn) = (self.camera.open(id)?, Arc::clone(&self.is_drawn));
        Ok(Box::new(Plugged { camera, is_drawn }))
    }
}

impl Camera for Plugged {
    fn live(&mut self) -> Result<Frame, CameraError> {
        if self.is_drawn.load(Ordering::SeqCst) { Err(gone()) } else { self.camera.live() }
    }

    fn still(&mut self) -> Result<Frame, CameraError> {
        if self.is_drawn.load(Ordering::SeqCst) { Err(gone()) } else { self.camera.still() }
    }
}

/// The code is read from the live picture, Space releases the shutter, and the still at full size is the person's.
#[test]
fn a_day_with_a_webcam_alone() {
    let (place, code) = with_roster();
    let held = "opaque/".repeat(12);
    let sitter = sitter_of(32);
    let cameras = DrawnCameras::of("Drawn camera", vec![held_up(&held), sitter.clone()]);
    let is_drawn = Arc::new(AtomicBool::new(false));
    let cameras = Arc::new(Pluggable { camera: cameras, is_drawn: Arc::clone(&is_drawn) });
    let mut window = place.window_with(WINDOW, Arc::new(NoPicker), cameras);
    enter(&mut window);
    click(&mut window, Role::Button, "摄像头…");
    wait_until(&mut window, "the live picture", |window| has(window, Role::Image, "实时画面"));
    assert!(shows(&window, "摄像头 Drawn camera"));
    wait_for(&mut window, "新的采集码");
    fill(&mut window, "证件后四位", "8(B)");
    click(&mut window, Role::Button, "登记新的一位");
    wait_for(&mut window, "采集码已绑定");
    press(&mut window, Key::Space);
    wait_for(&mut window, "第 1 张");
    press(&mut window, Key::F2);
    wait_until(&mut window, "the live picture", |window| has(window, Role::Image, "实时画面"));
    press(&mut window, Key::Space);
    wait_for(&mut window, "第 2 张");
    press(&mut window, Key::F2);
    is_drawn.store(true, Ordering::SeqCst);
    wait_for(&mut window, "摄像头已断开");
    is_drawn.store(false, Ordering::SeqCst);
    wait_until(&mut window, "the camera again", |window| has(window, Role::Image, "实时画面"));
    press(&mut window, Key::F2);
    click(&mut window, Role::Button, "停止接收");
    wait_until(&mut window, "the end", |window| has(window, Role::Button, "摄像头…"));
    drop(window);
    let desk = open_when_free(&place);
    let shots = photodesk::workflow::shots::shots(&desk, &code).unwrap();
    assert_eq!(shots.len(), 2, "{shots:?}");
    let person = shots[0].subject.clone().unwrap();
    assert!(shots.iter().all(|shot| shot.subject.as_ref() == Some(&person) && shot.doubt.is_none()));
    drop(desk);
    let keys = KeyFileStore::new(place.path("key"));
    let file = Store::open(&place.path("profile"), &keys).unwrap().photo(&shots[1].photo_sha256).unwrap();
    let still = photodesk::photo::decode(&file, &DecodeLimits::built_in().unwrap()).unwrap();
    assert_eq!(still.pixels.dimensions(), sitter.dimensions(), "the still has the full size");
}

#[test]
fn without_a_camera_it_is_said_what_to_do() {
    struct NoCameras;
    impl Cameras for NoCameras {
        fn list(&self) -> Result<Vec<CameraInfo>, CameraError> {
            Ok(Vec::new())
        }

        fn open(&self, _id: &str) -> Result<Box<dyn Camera>, CameraError> {
            Err(gone())
        }
    }
    let (place, _) = with_roster();
    let mut window = place.window_with(WINDOW, Arc::new(NoPicker), Arc::new(NoCameras));
    enter(&mut window);
    click(&mut window, Role::Button, "摄像头…");
    wait_for(&mut window, "没有找到摄像头");
}

/// A code pasted as text or as a picture is looked up at once; a folder of them is registered before anybody comes.
#[test]
fn codes_come_from_the_clipboard_and_from_a_folder() {
    let (place, code) = with_roster();
    let folder = place.path("codes");
    std::fs::create_dir_all(&folder).unwrap();
    let (cached, pasted) = ("cached/".repeat(10), "pasted/".repeat(10));
    held_up(&cached).save(folder.join("7(C).png")).unwrap();
    RgbImage::new(300, 300).save(folder.join("nothing.png")).unwrap();
    let mut window = place.window_with_picker(WINDOW, Arc::new(Chooses(folder)));
    enter(&mut window);
    click(&mut window, Role::Button, "登记文件夹里的采集码…");
    wait_for(&mut window, "新登记 1 人，已有 0 人，1 张没有登记");
    assert!(shows(&window, "nothing.png"));
    window.event(Event::Paste(format!("{cached}\n")));
    wait_for(&mut window, "采集码已绑定");
    assert!(shows(&window, "7(C)"));
    let picture = held_up(&pasted);
    let size = [picture.width() as usize, picture.height() as usize];
    window.event(Event::PasteImage(Arc::new(ColorImage::from_rgb(size, picture.as_raw()))));
    wait_for(&mut window, "新的采集码");
    fill(&mut window, "证件后四位", "6(D)");
    click(&mut window, Role::Button, "登记新的一位");
    wait_for(&mut window, "6(D)");
    drop(window);
    assert_eq!(roster::people(&open_when_free(&place), &code).unwrap().len(), 4);
}

/// A batch opened in the field, without a network, under the code agreed with the centre.
#[test]
fn a_batch_is_opened_on_site_and_collected_at_once() {
    let place = Place::new();
    drop(place.open());
    let mut window = place.window(WINDOW);
    wait_until(&mut window, "the rail", |window| has(window, Role::Button, "采集"));
    click(&mut window, Role::Button, "采集");
    wait_for(&mut window, "合并数据包…");
    click(&mut window, Role::Button, "新建批次");
    wait_until(&mut window, "学校", |window| has(window, Role::TextInput, "学校"));
    fill(&mut window, "学校", "江南大学");
    fill(&mut window, "任务名称", "2026 届");
    fill(&mut window, "特征码", "kxam24");
    click(&mut window, Role::Button, "建立批次");
    wait_for(&mut window, "KXAM24");
    wait_for(&mut window, "等待下一位");
    drop(window);
    assert_eq!(open_when_free(&place).batches().unwrap()[0].batch.code, "KXAM24");
}

const SHARED_CODE: &str = "both-stations/both-stations/both-stations/";
const PASSPHRASE: &str = "a long day on campus";

/// A station where one student, known by a code, was photographed.
fn station_with_photo(number: u64) -> Place {
    let place = Place::new();
    let desk = place.open();
    let new = photodesk::workflow::desk::NewBatch {
        code: Some("TW0STA".into()),
        school: super::SCHOOL.into(),
        title: "2026 届".into(),
        standard: "chsi_2017".into(),
        background: "light_blue".into(),
        layouts: vec!["1寸×8+2寸×4".into()],
        max_attempts: 3,
    };
    desk.create_batch(new).unwrap();
    let student = photodesk::workflow::who::add_by_code(&desk, "TW0STA", SHARED_CODE, "002X").unwrap();
    drop(desk);
    let folder = place.path("shots");
    std::fs::create_dir_all(&folder).unwrap();
    let desk = Arc::new(place.open());
    let (tell, heard) = std::sync::mpsc::channel();
    let session = Collecting::begin(Arc::clone(&desk), "TW0STA", Some(&folder), move |happened| {
        if let Happened::Checked { .. } = happened {
            let _ = tell.send(());
        }
    })
    .unwrap();
    session.step_up(&student).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1700));
    std::fs::write(folder.join("a.jpg"), portrait(number)).unwrap();
    heard.recv_timeout(super::PATIENCE).unwrap();
    // Whatever the check wrote after it told.
    std::thread::sleep(std::time::Duration::from_millis(500));
    drop(session);
    place
}

/// Bundle and merge in the window, and the conflict settled in the one list of them.
#[test]
fn two_stations_become_one_in_the_window() {
    let (one, two) = (station_with_photo(1032), station_with_photo(1035));
    let mut window = two.window(WINDOW);
    wait_until(&mut window, "the rail", |window| has(window, Role::Button, "采集"));
    click(&mut window, Role::Button, "采集");
    click(&mut window, Role::Button, "保存数据包…");
    let out = two.path("out");
    std::fs::create_dir_all(&out).unwrap();
    wait_until(&mut window, "文件夹", |window| has(window, Role::TextInput, "文件夹"));
    fill(&mut window, "文件夹", &out.display().to_string());
    secret(&mut window, "口令", PASSPHRASE);
    secret(&mut window, "再输一次口令", PASSPHRASE);
    click(&mut window, Role::Button, "保存");
    wait_for(&mut window, "数据包已保存并核对：1 人 1 张");
    drop(window);
    let bundle = std::fs::read_dir(&out).unwrap().flatten().next().unwrap().path();

    let mut window = one.window(WINDOW);
    wait_until(&mut window, "the rail", |window| has(window, Role::Button, "采集"));
    click(&mut window, Role::Button, "采集");
    click(&mut window, Role::Button, "合并数据包…");
    wait_until(&mut window, "数据包文件", |window| has(window, Role::TextInput, "数据包文件"));
    fill(&mut window, "数据包文件", &bundle.display().to_string());
    secret(&mut window, "口令", PASSPHRASE);
    press(&mut window, Key::Enter);
    wait_for(&mut window, "两台电脑都拍了这个人");
    assert!(has(&window, Role::Image, "现在将上报的照片") && has(&window, Role::Image, "另一张照片"));
    click(&mut window, Role::Button, "改用这张");
    wait_for(&mut window, "没有冲突。");
    drop(window);
    let desk = open_when_free(&one);
    let shots = photodesk::workflow::shots::shots(&desk, "TW0STA").unwrap();
    assert_eq!(shots.len(), 2);
    let marked: Vec<_> = shots.iter().filter(|shot| shot.mark.is_some()).collect();
    assert_eq!(marked.len(), 1);
    let theirs = photodesk::workflow::shots::shots(&open_when_free(&two), "TW0STA").unwrap();
    assert_eq!(marked[0].photo_sha256, theirs[0].photo_sha256, "the chosen one is sent");
    assert!(photodesk::workflow::bundle::conflicts(&desk, "TW0STA").unwrap().is_empty());
}

fn secret(window: &mut Harness<'static, App>, field: &str, text: &str) {
    window.get_by_role_and_label(Role::PasswordInput, field).focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::PasswordInput, field).type_text(text);
    window.run_steps(2);
}

/// A code that came after the photo: the operator cannot confirm it, a colleague signs in and does.
#[test]
fn a_second_person_signs_in_and_confirms_in_the_window() {
    use photodesk::workflow::{countersign, who};

    let place = station_with_photo(1032);
    let desk = place.open();
    let photo = photodesk::workflow::shots::shots(&desk, "TW0STA").unwrap().remove(0);
    let ticket = who::issue_tickets(&desk, "TW0STA", 1).unwrap().remove(0).to_string();
    let who::Who::One(student) = who::find(&desk, "TW0STA", &ticket).unwrap() else { panic!("no person") };
    photodesk::workflow::shots::assign(&desk, &photo.id, &student.id, "李雷").unwrap();
    who::bind_code(&desk, &student, &SHARED_CODE.replace("both", "this"), "6(A)", "李雷").unwrap();
    drop(desk);
    let mut window = place.window(WINDOW);
    wait_until(&mut window, "the rail", |window| has(window, Role::Button, "采集"));
    click(&mut window, Role::Button, "采集");
    wait_for(&mut window, "1 项等第二人确认");
    click(&mut window, Role::Button, "1 项等第二人确认");
    wait_until(&mut window, "the photo", |window| has(window, Role::Image, "要确认的照片"));
    sign_in(&mut window, "李雷", "code of li");
    wait_for(&mut window, "还没有自己的密码");
    secret(&mut window, "再输一次密码", "code of li");
    press(&mut window, Key::Enter);
    wait_for(&mut window, "李雷 已登录");
    wait_for(&mut window, "是本人说的");
    press(&mut window, Key::Escape);
    wait_until(&mut window, "a closed list", |window| !has(window, Role::Image, "要确认的照片"));
    click(&mut window, Role::Button, "1 项等第二人确认");
    wait_until(&mut window, "确认人", |window| has(window, Role::TextInput, "确认人"));
    sign_in(&mut window, "王芳", "code of wang");
    wait_for(&mut window, "还没有自己的密码");
    secret(&mut window, "再输一次密码", "code of wang");
    press(&mut window, Key::Enter);
    wait_for(&mut window, "王芳 已登录");
    click(&mut window, Role::Button, "确认无误");
    wait_for(&mut window, "没有等第二人确认的。");
    drop(window);
    let desk = open_when_free(&place);
    assert_eq!(countersign::waiting(&desk, "TW0STA").unwrap(), []);
    assert!(who::standing(&desk, &student.id).unwrap().0, "the code stays");
}

fn sign_in(window: &mut Harness<'static, App>, name: &str, code: &str) {
    fill(window, "确认人", name);
    secret(window, "本人密码", code);
    press(window, Key::Enter);
}
