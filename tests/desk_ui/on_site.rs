//! The first step of on-site collection: who stands there, found by keyboard or scanner alone.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use photodesk::onsite::ticket::Ticket;
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::ui::App;
use photodesk::workflow::roster;

use super::{Chooses, Place, WINDOW, click, fill, has, open_when_free, press, shows, wait_for, wait_until};

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
    let mut window = place.window_with_picker(WINDOW, std::sync::Arc::new(Chooses(folder.clone())));
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
    let pixels = photodesk::sitter::render(&photodesk::sitter::vary(number)).pixels;
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
    let mut window = place.window_with_picker(WINDOW, std::sync::Arc::new(Chooses(folder.clone())));
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
