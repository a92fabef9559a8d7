//! The review's ways beyond approve and reject: skip, set aside, look, compare, undo from afar, and every key to find them.

use super::*;
use photodesk::submission::{Decision, HoldKind, Verb};
use photodesk::workflow::desk::QueueItem;
use photodesk::workflow::review::decide;

fn rows(place: &Place, window: Harness<'_, App>) -> Vec<QueueItem> {
    drop(window);
    open_when_free(place).queue(&QueueFilter::default()).unwrap()
}

fn is_disabled(window: &Harness<'_, App>, name: &str) -> bool {
    window.get_by_role_and_label(Role::Button, name).accesskit_node().is_disabled()
}

#[test]
fn s_leaves_a_photo_for_the_end_and_arrows_decide_nothing() {
    let place = Place::new();
    place.batch_with_photos(3);
    let mut window = review(&place, 3);
    press(&mut window, Key::S);
    wait_for(&mut window, "已跳过");
    wait_for_photo(&mut window, "2 / 3");
    press(&mut window, Key::ArrowRight);
    wait_for_photo(&mut window, "3 / 3");
    press(&mut window, Key::ArrowLeft);
    wait_for_photo(&mut window, "2 / 3");
    press(&mut window, Key::A);
    wait_for_photo(&mut window, "3 / 3");
    press(&mut window, Key::A);
    wait_for_photo(&mut window, "1 / 3");
    assert_eq!(states(&place, window), [State::PendingReview, State::Approved, State::Approved]);
}

#[test]
fn p_parks_with_a_note_and_the_queue_finds_it() {
    let place = Place::new();
    place.batch_with_photos(2);
    let mut window = review(&place, 2);
    press(&mut window, Key::P);
    wait_for(&mut window, "暂存这张照片");
    // Letters go into the note and decide nothing.
    fill(&mut window, "备注", "ask a senior");
    click(&mut window, Role::Button, "取消");
    assert!(!shows(&window, "已暂存"));
    press(&mut window, Key::P);
    fill(&mut window, "备注", "与学院核对");
    window.key_press(Key::Enter);
    wait_for(&mut window, "已暂存");
    wait_for_photo(&mut window, "2 / 2");
    press(&mut window, Key::ArrowLeft);
    wait_for_photo(&mut window, "1 / 2");
    wait_for(&mut window, "与学院核对");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    click(&mut window, Role::RadioButton, "暂存  1");
    wait_until(&mut window, "one row", |window| !shows(window, "，待审核") && shows(window, "，暂存"));
    assert!(shows(&window, "开始审核 1"), "what is set aside is not in line: {:#?}", labels(&window));
    let rows = rows(&place, window);
    assert_eq!(rows.iter().map(|row| row.hold).collect::<Vec<_>>(), [Some(HoldKind::Parked), None]);
    assert!(rows.iter().all(|row| row.state == State::PendingReview));
}

#[test]
fn a_parked_photo_is_given_back_by_the_same_key() {
    let place = Place::new();
    place.batch_with_photos(2);
    let mut window = review(&place, 2);
    press(&mut window, Key::P);
    wait_for(&mut window, "暂存这张照片");
    click(&mut window, Role::Button, "暂存");
    wait_for_photo(&mut window, "2 / 2");
    press(&mut window, Key::ArrowLeft);
    wait_for_photo(&mut window, "1 / 2");
    press(&mut window, Key::P);
    wait_for(&mut window, "已放回队列");
    assert!(rows(&place, window).iter().all(|row| row.hold.is_none()));
}

#[test]
fn e_needs_a_reason_for_the_senior() {
    let place = Place::new();
    place.batch_with_photos(1);
    let mut window = review(&place, 1);
    press(&mut window, Key::E);
    wait_for(&mut window, "上报给负责人");
    assert!(is_disabled(&window, "上报"));
    fill(&mut window, "备注", "疑似他人照片");
    click(&mut window, Role::Button, "上报");
    wait_for(&mut window, "已上报");
    assert_eq!(rows(&place, window)[0].hold, Some(HoldKind::Escalated));
}

#[test]
fn u_takes_back_the_decision_that_is_looked_at_however_old() {
    let place = Place::new();
    place.batch_with_photos(3);
    let mut window = review(&place, 3);
    for next in ["2 / 3", "3 / 3"] {
        press(&mut window, Key::A);
        wait_for_photo(&mut window, next);
    }
    for before in ["2 / 3", "1 / 3"] {
        press(&mut window, Key::ArrowLeft);
        wait_for_photo(&mut window, before);
    }
    press(&mut window, Key::U);
    wait_for(&mut window, "已撤销");
    assert!(shows(&window, "1 / 3"));
    assert_eq!(states(&place, window), [State::PendingReview, State::Approved, State::PendingReview]);
}

#[test]
fn the_palette_does_what_a_few_letters_name() {
    let place = Place::new();
    place.batch_with_photos(2);
    let mut window = review(&place, 2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    wait_for(&mut window, "命令面板");
    window.run_steps(2);
    let field = "输入几个字，回车执行";
    // English words find an action in a Chinese window too.
    window.get_by_role_and_label(Role::TextInput, field).type_text("appro");
    wait_until(&mut window, "the action", |window| has(window, Role::ListBoxOption, "通过"));
    window.key_press(Key::Enter);
    wait_for(&mut window, "已通过");
    wait_for_photo(&mut window, "2 / 2");
    assert_eq!(states(&place, window), [State::Approved, State::PendingReview]);
}

#[test]
fn a_question_mark_shows_the_keys_and_escape_puts_them_away() {
    let place = Place::new();
    place.batch_with_photos(1);
    let mut window = review(&place, 1);
    window.run_steps(GUARD_FRAMES);
    window.key_press_modifiers(Modifiers::SHIFT, Key::Questionmark);
    wait_for(&mut window, "选上该条原因，先不驳回");
    press(&mut window, Key::A);
    window.key_press(Key::Escape);
    wait_until(&mut window, "the sheet to go", |window| !shows(window, "选上该条原因，先不驳回"));
    assert!(!shows(&window, "已通过"), "keys decide nothing under the sheet");
}

#[test]
fn a_slash_goes_to_the_search_and_arrows_walk_the_rows() {
    let place = Place::new();
    place.batch_with_photos(3);
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "开始审核 3");
    wait_until(&mut window, "the rows", |window| shows(window, "，待审核"));
    for _ in 0..2 {
        window.key_press(Key::ArrowDown);
        window.run_steps(2);
    }
    window.key_press(Key::Enter);
    wait_for_photo(&mut window, "2 / 3");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    wait_for(&mut window, "开始审核 3");
    // The system sends the key and the sign it writes together.
    window.input_mut().events.extend([key_event(Key::Slash, true), Event::Text("/".into())]);
    window.run_steps(3);
    let field = window.get_by_role_and_label(Role::TextInput, "查找姓名或编号 /");
    assert!(field.accesskit_node().is_focused());
    assert_eq!(field.accesskit_node().value().unwrap_or_default(), "", "the slash itself is not typed");
}

#[test]
fn everything_that_can_be_used_has_a_name() {
    let place = Place::new();
    place.batch_with_photos(1);
    let mut window = review(&place, 1);
    let usable = [
        Role::Button,
        Role::RadioButton,
        Role::CheckBox,
        Role::TextInput,
        Role::ComboBox,
        Role::Slider,
        Role::SpinButton,
        Role::DisclosureTriangle,
    ];
    let mut seen = 0;
    let mut all_named = |window: &Harness<'_, App>, place: &str| {
        for node in window.root().children_recursive() {
            let node = node.accesskit_node();
            if usable.contains(&node.role()) {
                seen += 1;
                let name = node.label().unwrap_or_default();
                assert!(
                    !name.trim().is_empty(),
                    "{place}: a {:?} at {:?} has no name",
                    node.role(),
                    node.raw_bounds()
                );
            }
        }
    };
    all_named(&window, "review");
    for (key, place) in [(Key::Num1, "queue"), (Key::Num3, "print room"), (Key::Comma, "settings")] {
        window.key_press_modifiers(Modifiers::COMMAND, key);
        window.run_steps(4);
        all_named(&window, place);
    }
    for (opens, shows) in [("导入照片", "导入 0 项"), ("新建批次", "建立批次")] {
        window.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
        click(&mut window, Role::Button, opens);
        wait_for(&mut window, shows);
        all_named(&window, opens);
        window.key_press(Key::Escape);
        window.run_steps(3);
    }
    assert!(seen > 60, "only {seen} were seen");
}

#[test]
fn result_comparison_and_loupe_are_a_key_away() {
    let place = Place::new();
    place.batch_with_photos(1);
    let mut window = review(&place, 1);
    assert!(!has(&window, Role::Image, "成片"));
    window.event(key_event(Key::Space, true));
    wait_until(&mut window, "the result while Space is held", |window| has(window, Role::Image, "成片"));
    window.event(key_event(Key::Space, false));
    wait_until(&mut window, "the original", |window| !has(window, Role::Image, "成片"));
    press(&mut window, Key::C);
    wait_until(&mut window, "both", |window| {
        has(window, Role::Image, "成片") && has(window, Role::Image, "原图")
    });
    press(&mut window, Key::C);
    press(&mut window, Key::Z);
    wait_until(&mut window, "the loupe", |window| has(window, Role::Image, "双眼放大"));
    press(&mut window, Key::H);
    press(&mut window, Key::A);
    wait_for(&mut window, "已通过");
}

#[test]
fn the_other_photo_of_an_exposure_is_named_and_shown_eye_by_eye() {
    let place = Place::new();
    let code = place.batch();
    let (first, second) = (place.path("first"), place.path("second"));
    draw(&first, 3);
    let copy = image::open(first.join("张三3.png")).unwrap().fliph();
    let copy = copy.resize(copy.width() / 2, copy.height() / 2, image::imageops::FilterType::Triangle);
    std::fs::create_dir_all(&second).unwrap();
    copy.save(second.join("李四.png")).unwrap();
    for folder in [first, second] {
        intake::import_photos(&place.open(), &code, &[folder], &Job::default()).unwrap();
    }
    let mut window = review(&place, 2);
    assert!(!shows(&window, "疑为同一次拍摄"), "the first had nothing to be compared with");
    press(&mut window, Key::ArrowRight);
    wait_for_photo(&mut window, "2 / 2");
    wait_for(&mut window, "疑为同一次拍摄，按 C 并排查看");
    press(&mut window, Key::C);
    wait_until(&mut window, "both photos", |window| {
        has(window, Role::Image, "原图") && shows(window, &format!("{code}（镜像，已翻正）"))
    });
}

#[test]
fn the_queue_is_narrowed_by_reason_and_attempt_and_tells_how_long_is_left() {
    let place = Place::new();
    place.batch_with_photos(3);
    let desk = place.open();
    for (item, verb) in
        desk.queue(&QueueFilter::default()).unwrap().into_iter().zip([Verb::Reject, Verb::Approve])
    {
        let reasons = if verb == Verb::Reject { vec!["A01".to_owned()] } else { Vec::new() };
        let decision = Decision {
            submission: item.submission,
            photo_sha256: item.photo_sha256,
            revision: item.revision,
            verb,
            reasons,
            reviewer: "王审".into(),
        };
        decide(&desk, &decision).unwrap();
        // Shorter than this is no look.
        std::thread::sleep(Duration::from_millis(200));
    }
    drop(desk);
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "最久已等");
    wait_for(&mut window, "预计还需");
    click(&mut window, Role::Button, "筛选…");
    click(&mut window, Role::RadioButton, "第 1 次");
    click(&mut window, Role::RadioButton, "佩戴眼镜");
    wait_until(&mut window, "one row", |window| shows(window, "，被驳回") && !shows(window, "，待审核"));
    window.key_press(Key::Escape);
    click(&mut window, Role::RadioButton, "佩戴眼镜  ×");
    wait_until(&mut window, "all rows", |window| shows(window, "，被驳回") && shows(window, "，待审核"));
    assert!(has(&window, Role::Button, "筛选 1…"), "{:#?}", labels(&window));
}
