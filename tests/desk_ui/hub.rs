//! The window and its hub: connected by a code, in step by itself, calm when the hub is away.

use super::*;
use crate::fixture::TestHub;
use photodesk::store::devices::Role as DeviceRole;

/// A window on a fresh desk that was connected in the dialog.
fn connected(place: &Place, hub: &TestHub) -> Harness<'static, App> {
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "先建一个批次");
    click(&mut window, Role::Button, "连接采集中心");
    wait_until(&mut window, "the form", |window| has(window, Role::TextInput, "一次性代码"));
    assert!(window.get_by_role_and_label(Role::Button, "连接").accesskit_node().is_disabled());
    fill(&mut window, "地址", &hub.url);
    fill(&mut window, "一次性代码", &hub.code("desk 1", DeviceRole::Reviewer));
    click(&mut window, Role::Button, "连接");
    wait_for(&mut window, "已与采集中心同步");
    window
}

#[test]
fn a_connected_desk_pulls_by_itself_and_its_decision_reaches_the_hub() {
    let (place, hub) = (Place::new(), TestHub::new());
    let student = hub.student();
    let submission = student.submits(1).submission;
    let mut window = connected(&place, &hub);
    click(&mut window, Role::Button, "开始审核 1");
    wait_for_photo(&mut window, "1 / 1");
    let second = student.submits(2).submission;
    wait_for_photo(&mut window, "1 / 2");
    press(&mut window, Key::A);
    wait_until(&mut window, "the decision at the hub", |_| {
        student.client.submission(&submission).unwrap().state == State::Approved
    });
    drop(window);
    let other = hub.device("desk 2", DeviceRole::Reviewer);
    let claimed = fixture::claim(&other, 8).leases;
    assert_eq!(claimed.len(), 1, "a closed desk gives back what it held");
    assert_eq!(claimed[0].submission.submission, second);
}

#[test]
fn a_hub_that_goes_away_is_said_calmly_and_nothing_stops() {
    let (place, mut hub) = (Place::new(), TestHub::new());
    let submission = hub.student().submits(1).submission;
    let mut window = connected(&place, &hub);
    click(&mut window, Role::Button, "开始审核 1");
    wait_for_photo(&mut window, "1 / 1");
    hub.stop();
    press(&mut window, Key::A);
    wait_for(&mut window, "已通过");
    wait_for(&mut window, "采集中心无法连接，可继续工作；1 项决定待上传");
    hub.start_again();
    wait_for(&mut window, "已与采集中心同步");
    let office = hub.device("office", DeviceRole::Administrator);
    assert_eq!(office.submission(&submission).unwrap().state, State::Approved);
}

#[test]
fn a_wrong_code_is_refused_and_the_form_stays() {
    let (place, hub) = (Place::new(), TestHub::new());
    let mut window = place.window(WINDOW);
    click(&mut window, Role::Button, "连接采集中心");
    wait_until(&mut window, "the form", |window| has(window, Role::TextInput, "一次性代码"));
    fill(&mut window, "地址", &hub.url);
    fill(&mut window, "一次性代码", "AAAA-BBBB-CCCC");
    click(&mut window, Role::Button, "连接");
    wait_until(&mut window, "the refusal", |window| shows(window, "代码无效"));
    assert!(has(&window, Role::TextInput, "一次性代码"));
}
