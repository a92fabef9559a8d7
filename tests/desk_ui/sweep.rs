//! Approving many at once: only what was seen and passed, counted first, confirmed by a sample, undone as one.

use super::*;
use photodesk::inspect::Verdict;
use photodesk::store::Store;

/// Every check of every photo ends like this, as far as the stored reports say.
fn let_all_be(place: &Place, verdict: Verdict) {
    let store = Store::open(&place.path("profile"), &KeyFileStore::new(place.path("key"))).unwrap();
    for row in store.queue(&QueueFilter::default()).unwrap() {
        let mut report = store.report(&row.submission).unwrap().unwrap().unwrap();
        report.verdict = verdict;
        report.findings.iter_mut().for_each(|finding| finding.verdict = verdict);
        store.write(|tx| tx.set_report(&row.submission, &row.photo_sha256, &Ok(report.clone()))).unwrap();
    }
}

fn approved(place: &Place) -> usize {
    let desk = open_when_free(place);
    let rows = desk.queue(&QueueFilter::default()).unwrap();
    desk.verify_journal().unwrap();
    rows.into_iter().filter(|row| row.state == State::Approved).count()
}

#[test]
fn a_group_is_swept_counted_sampled_approved_and_undone() {
    let place = Place::new();
    place.batch_with_photos(5);
    let_all_be(&place, Verdict::Pass);
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "开始审核 5");
    click(&mut window, Role::Button, "看缩略图");
    wait_for(&mut window, "已看过 5 张");
    window.query_all_by_role(Role::CheckBox).next().unwrap().click();
    wait_for(&mut window, "已排除 1 张");
    click(&mut window, Role::Button, "一起通过 4 张…");
    wait_for(&mut window, "将通过 4 张");
    click(&mut window, Role::Button, "开始抽查 3 张");
    for position in ["第 1 张", "第 2 张"] {
        wait_for(&mut window, position);
        click(&mut window, Role::Button, "没问题，下一张");
    }
    click(&mut window, Role::Button, "没问题，通过 4 张");
    wait_for(&mut window, "已通过 4 张");
    click(&mut window, Role::Button, "撤销 U");
    wait_for(&mut window, "已撤销 4 张的通过");
    drop(window);
    assert_eq!(approved(&place), 0);
}

#[test]
fn a_doubt_about_the_sample_approves_nothing_and_opens_the_photo() {
    let place = Place::new();
    place.batch_with_photos(3);
    let_all_be(&place, Verdict::Pass);
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "开始审核 3");
    click(&mut window, Role::Button, "看缩略图");
    click(&mut window, Role::Button, "一起通过 3 张…");
    click(&mut window, Role::Button, "开始抽查 3 张");
    click(&mut window, Role::Button, "有问题，单独审核");
    wait_until(&mut window, "the review", |window| has(window, Role::Image, "原图"));
    drop(window);
    assert_eq!(approved(&place), 0);
}

#[test]
fn photos_that_did_not_pass_every_check_are_not_swept() {
    let place = Place::new();
    place.batch_with_photos(2);
    let_all_be(&place, Verdict::Warn);
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "开始审核 2");
    let rows = "已看过 0 张 · 还没看到 0 张";
    click(&mut window, Role::Button, "看缩略图");
    wait_for(&mut window, rows);
    assert!(window.get_by_role_and_label(Role::Button, "一起通过 0 张…").accesskit_node().is_disabled());
}
