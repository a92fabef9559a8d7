//! The quality of the review in the window: second looks are blind, seniors decide, known answers come up unseen.

use super::*;
use photodesk::submission::{Decision, Role as DeskRole, Verb};
use photodesk::workflow::quality::{self, Shares};
use photodesk::workflow::review;

/// Decides every waiting photo as this person, from outside the window.
pub fn decide_all(place: &Place, by: &str, verb: Verb) {
    let desk = place.open();
    for item in desk.queue(&QueueFilter::default()).unwrap() {
        let reasons = if verb == Verb::Reject { vec!["G01".to_owned()] } else { Vec::new() };
        let decision = Decision {
            submission: item.submission,
            photo_sha256: item.photo_sha256,
            revision: item.revision,
            verb,
            reasons,
            reviewer: by.to_owned(),
        };
        review::decide(&desk, &decision).unwrap();
    }
}

/// So much is looked at again, and so many known answers come up.
fn shares(place: &Place, second_percent: f64, known_percent: f64) {
    quality::set_shares(&place.open(), None, Shares { second_percent, known_percent }, "李审").unwrap();
}

#[test]
fn a_second_look_shows_no_trace_of_the_first_and_changes_nothing() {
    let place = Place::new();
    place.batch_with_photos(2);
    shares(&place, 100.0, 0.0);
    decide_all(&place, "李审", Verb::Reject);
    let mut window = place.window(WINDOW);
    click(&mut window, Role::RadioButton, "复核  2");
    wait_until(&mut window, "the rows", |window| shows(window, "，待审核"));
    assert!(!shows(&window, "，被驳回"), "{:#?}", labels(&window));
    click(&mut window, Role::Button, "开始复核 2");
    wait_for_photo(&mut window, "1 / 2");
    wait_for(&mut window, "第一次的决定不显示");
    assert!(!shows(&window, "李审"), "{:#?}", labels(&window));
    press(&mut window, Key::A);
    wait_for(&mut window, "已记下复核意见：已通过");
    wait_for_photo(&mut window, "2 / 2");
    press(&mut window, Key::U);
    wait_for(&mut window, "已撤销");
    wait_for_photo(&mut window, "1 / 2");
    press(&mut window, Key::A);
    wait_for_photo(&mut window, "2 / 2");
    // A second look is not set aside.
    press(&mut window, Key::P);
    assert!(!shows(&window, "暂存这张照片"));
    assert_eq!(states(&place, window), [State::Rejected, State::Rejected]);
    let waiting = quality::watch(&open_when_free(&place), "赵审").unwrap();
    assert_eq!(waiting.disputed.values().sum::<usize>(), 1);
    assert_eq!(waiting.second.values().sum::<usize>(), 1);
}

#[test]
fn a_senior_is_named_sees_both_opinions_and_changes_the_decision() {
    let place = Place::new();
    place.batch_with_photos(1);
    shares(&place, 100.0, 0.0);
    decide_all(&place, "李审", Verb::Approve);
    let desk = place.open();
    let item = desk.queue(&QueueFilter::default()).unwrap().remove(0);
    let second = Decision {
        submission: item.submission,
        photo_sha256: item.photo_sha256,
        revision: item.revision,
        verb: Verb::Reject,
        reasons: vec!["G01".to_owned()],
        reviewer: "周审".to_owned(),
    };
    quality::opine(&desk, &second).unwrap();
    drop(desk);
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "开始审核");
    assert!(!shows(&window, "意见不一致"), "only a senior sees disagreements");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    click(&mut window, Role::Button, "人员与质量…");
    wait_for(&mut window, "还没有主审");
    fill(&mut window, "姓名", "王审");
    click(&mut window, Role::Button, "设为主审");
    wait_for(&mut window, "已保存，并记入审核记录");
    wait_for(&mut window, "主审处理上报和意见不一致的照片");
    click(&mut window, Role::Button, "关闭");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    click(&mut window, Role::RadioButton, "意见不一致  1");
    click(&mut window, Role::Button, "开始裁定 1");
    wait_for_photo(&mut window, "1 / 1");
    wait_for(&mut window, "第一次：已通过");
    wait_for(&mut window, "复核：已驳回");
    assert!(!shows(&window, "李审") && !shows(&window, "周审"), "the opinions are nameless");
    press(&mut window, Key::Num1);
    wait_for(&mut window, "已裁定，改为：已驳回");
    assert_eq!(states(&place, window), [State::Rejected]);
    open_when_free(&place).verify_journal().unwrap();
}

#[test]
fn a_known_answer_comes_up_like_any_other_and_is_told_on_the_private_page() {
    let place = Place::new();
    place.batch_with_photos(2);
    shares(&place, 0.0, 100.0);
    let desk = place.open();
    let item = desk.queue(&QueueFilter::default()).unwrap().remove(0);
    let known = Decision {
        submission: item.submission.clone(),
        photo_sha256: item.photo_sha256,
        revision: item.revision,
        verb: Verb::Reject,
        reasons: vec!["G01".to_owned()],
        reviewer: "李审".to_owned(),
    };
    review::decide(&desk, &known).unwrap();
    quality::set_role(&desk, "赵审", DeskRole::Senior, "李审").unwrap();
    quality::mark_known(&desk, &item.submission, true, "赵审").unwrap();
    drop(desk);
    let mut window = place.window(WINDOW);
    click(&mut window, Role::Button, "开始审核 1");
    for next in ["1 / 2", "2 / 2"] {
        wait_for_photo(&mut window, next);
        assert!(!shows(&window, "已知答案"), "{:#?}", labels(&window));
        press(&mut window, Key::A);
        wait_for(&mut window, "已通过");
    }
    window.run_steps(GUARD_FRAMES);
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    wait_for(&mut window, "遇到 1 张，答对 0 张");
    wait_for(&mut window, "你 已通过，答案 已驳回");
    assert_eq!(states(&place, window), [State::Rejected, State::Approved]);
}

#[test]
fn a_senior_puts_up_what_one_person_decided_after_counting_it() {
    let place = Place::new();
    place.batch_with_photos(2);
    shares(&place, 0.0, 0.0);
    decide_all(&place, "李审", Verb::Approve);
    quality::set_role(&place.open(), "王审", DeskRole::Senior, "李审").unwrap();
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "开始审核");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    click(&mut window, Role::Button, "重新复核…");
    wait_for(&mut window, "重新复核一段时间的决定");
    let names = window.query_all_by_role_and_label(Role::RadioButton, "李审");
    names.last().unwrap().click();
    window.run_steps(2);
    click(&mut window, Role::Button, "数一数");
    wait_for(&mut window, "这段时间有 2 个决定还没有复核");
    click(&mut window, Role::Button, "2 张放入复核");
    wait_for(&mut window, "2 张照片已放入复核");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    wait_until(&mut window, "the pile", |window| has(window, Role::RadioButton, "复核  2"));
}

#[test]
fn quality_figures_of_everybody_are_for_a_senior() {
    let place = Place::new();
    place.batch_with_photos(1);
    shares(&place, 100.0, 0.0);
    decide_all(&place, "李审", Verb::Approve);
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "开始审核");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    wait_for(&mut window, "这段时间还没有复核过的照片");
    click(&mut window, Role::RadioButton, "全部人员");
    wait_for(&mut window, "全部人员的质量数字只给主审看");
    assert!(!has(&window, Role::RadioButton, "李审"), "no single person's figures either");
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    wait_for(&mut window, "命令面板");
    fill(&mut window, "输入几个字，回车执行", "review again");
    wait_until(&mut window, "the action", |window| has(window, Role::ListBoxOption, "重新复核…"));
    window.key_press(Key::Enter);
    wait_for(&mut window, "只有主审可以这样做");
    assert!(!shows(&window, "重新复核一段时间的决定"), "nothing is asked of somebody who may not do it");
}
