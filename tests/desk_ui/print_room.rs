//! The print room on a wide and on a narrow window: the sheet large, the list and the options reachable, the button and
//! what stands in its way in sight.

use super::quality_ways::decide_all;
use super::*;
use photodesk::submission::Verb;

/// How the sheet's name begins; its height is told as far as its pixels go.
const SHEET: &str = "版面 152.4×101.";
const EXPORT: &str = "导出 2 张版面";

/// The print room of a batch with two approved photos, its sheet drawn.
fn print_room(size: Vec2) -> (Place, Harness<'static, App>) {
    let place = Place::new();
    place.batch_with_photos(2);
    decide_all(&place, "李审", Verb::Approve);
    let mut window = place.window(size);
    click(&mut window, Role::Button, "制作");
    wait_for(&mut window, SHEET);
    wait_for(&mut window, EXPORT);
    (place, window)
}

fn rect_of(window: &Harness<'_, App>, role: Role, name: &str) -> egui::Rect {
    window.query_all_by_role_and_label(role, name).next().unwrap().rect()
}

/// The button and the line above it that says what stands in its way lie wholly in the window.
fn nothing_that_matters_is_outside(window: &Harness<'_, App>) {
    let whole = window.ctx.content_rect();
    let button = rect_of(window, Role::Button, EXPORT);
    assert!(whole.contains_rect(button), "{button:?}");
    let lines = window.query_all_by_label_contains("还没有选择保存位置");
    let above = lines.map(|line| line.rect()).filter(|line| line.max.y <= button.min.y);
    assert!(above.into_iter().any(|line| whole.contains_rect(line)), "the obstacle is out of sight");
}

#[test]
fn a_narrow_window_gives_the_sheet_half_and_the_panels_one_place() {
    let size = vec2(640.0, 400.0);
    let (_place, mut window) = print_room(size);
    let sheet = window.get_by_label_contains(SHEET).rect();
    assert!(sheet.width() > 0.35 * size.x, "{sheet:?}");
    let options = rect_of(&window, Role::RadioButton, "选项");
    // Both lie as far from the edge of their panel.
    let zoom = window.get_by_label("整张").rect();
    assert!(options.min.x - zoom.min.x >= 0.5 * size.x && options.max.x <= size.x, "{zoom:?} {options:?}");
    nothing_that_matters_is_outside(&window);
    assert!(has(&window, Role::ComboBox, "纸张"), "{:#?}", labels(&window));
    // By the keyboard alone.
    window.get_by_role_and_label(Role::RadioButton, "批次").focus();
    window.run_steps(2);
    window.key_press(Key::Space);
    wait_until(&mut window, "the list", |window| !has(window, Role::ComboBox, "纸张"));
    let batch = window.query_all_by_label_contains(SCHOOL).next().unwrap().rect();
    assert!(window.ctx.content_rect().contains_rect(batch), "{batch:?}");
    assert!(window.get_by_label_contains(SHEET).rect().width() == sheet.width());
    window.get_by_role_and_label(Role::RadioButton, "选项").focus();
    window.run_steps(2);
    window.key_press(Key::Space);
    wait_until(&mut window, "the options", |window| has(window, Role::ComboBox, "纸张"));
}

#[test]
fn a_wide_window_shows_the_list_and_the_options_beside_the_sheet() {
    let size = vec2(1280.0, 800.0);
    let (_place, window) = print_room(size);
    let sheet = window.get_by_label_contains(SHEET).rect();
    assert!(sheet.width() > 0.4 * size.x, "{sheet:?}");
    assert!(!has(&window, Role::RadioButton, "选项"), "nothing has to be chosen");
    assert!(has(&window, Role::ComboBox, "纸张"));
    let batch = window.query_all_by_label_contains(SCHOOL).next().unwrap().rect();
    assert!(batch.max.x <= sheet.min.x, "{batch:?}");
    nothing_that_matters_is_outside(&window);
}

#[test]
fn the_desk_may_open_in_the_print_room() {
    let place = Place::new();
    place.batch_with_photos(2);
    decide_all(&place, "李审", Verb::Approve);
    let kept = r#"{"window":null,"place":"route.print_room","batch":null,"submission":null,"drafts":{}}"#;
    std::fs::write(place.path("profile").join("resume.json"), kept).unwrap();
    let mut window = place.window(WINDOW);
    wait_for(&mut window, SHEET);
    wait_for(&mut window, EXPORT);
}
