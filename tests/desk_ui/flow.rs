//! What carries a long day: own keys, the last place, one window, a closer look, earlier attempts, rest.

use super::*;
use photodesk::store::Store;
use photodesk::store::hub_link::NewRevision;
use photodesk::store::journal::JournalEvent;

fn open_settings(window: &mut Harness<'_, App>) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    wait_for(window, "界面缩放");
    click(window, Role::Button, "修改按键…");
    wait_for(window, "全部恢复默认");
    // A dialog finds its size and place in its first frames.
    window.run_steps(4);
}

#[test]
fn a_key_is_changed_a_clash_is_refused_and_the_choice_is_remembered() {
    let place = Place::new();
    place.batch_with_photos(2);
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "开始审核 2");
    open_settings(&mut window);
    for (key, shown) in [(Key::S, "S 已用于「跳过」"), (Key::Num3, "3 有固定用途"), (Key::J, "通过 的按键 J")]
    {
        click(&mut window, Role::Button, "通过 的按键 A");
        window.key_press(key);
        wait_for(&mut window, shown);
    }
    drop(window);
    drop(open_when_free(&place));
    let mut again = review(&place, 2);
    press(&mut again, Key::A);
    assert!(!shows(&again, "已通过"), "the usual key is free now");
    press(&mut again, Key::J);
    wait_for(&mut again, "已通过");
    wait_for_photo(&mut again, "2 / 2");
    open_settings(&mut again);
    click(&mut again, Role::Button, "全部恢复默认");
    wait_for(&mut again, "通过 的按键 A");
    assert_eq!(states(&place, again), [State::Approved, State::PendingReview]);
}

#[test]
fn the_settings_name_a_face_descriptor_of_the_desks_own() {
    let place = Place::new();
    let models = place.path("profile").join("models");
    std::fs::create_dir_all(&models).unwrap();
    let described =
        include_str!("../../assets/models/face_recognition.toml").replace("dlib ResNet-29", "本中心模型");
    std::fs::write(models.join("face_descriptor.toml"), described).unwrap();
    place.batch_with_photos(1);
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "开始审核 1");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    wait_for(&mut window, "人脸比对模型");
    assert!(shows(&window, "本中心模型"));
}

#[test]
fn what_was_begun_is_found_again_after_a_restart() {
    let place = Place::new();
    place.batch_with_photos(3);
    let mut window = review(&place, 3);
    press(&mut window, Key::ArrowRight);
    wait_for_photo(&mut window, "2 / 3");
    window.run_steps(GUARD_FRAMES);
    window.key_press_modifiers(Modifiers::SHIFT, Key::Num1);
    wait_for(&mut window, "驳回 1 条 Enter");
    let kept = place.path("profile").join("resume.json");
    wait_until(&mut window, "the draft on the disk", |_| {
        std::fs::read_to_string(&kept).is_ok_and(|text| text.contains("#1"))
    });
    drop(window);
    drop(open_when_free(&place));
    let mut again = place.window(WINDOW);
    wait_for_photo(&mut again, "2 / 3");
    wait_for(&mut again, "驳回 1 条 Enter");
    press(&mut again, Key::Enter);
    wait_for(&mut again, "已驳回");
    assert_eq!(states(&place, again), [State::PendingReview, State::Rejected, State::PendingReview]);
}

#[test]
fn a_running_window_hears_that_it_was_started_again() {
    let place = Place::new();
    place.batch();
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "这个批次还没有照片");
    assert!(Desk::is_open_elsewhere(&place.path("profile")));
    let wish = place.path("profile").join("show-window");
    std::fs::write(&wish, "").unwrap();
    wait_until(&mut window, "the wish to be heard", |_| !wish.exists());
    drop(window);
    drop(open_when_free(&place));
    assert!(!Desk::is_open_elsewhere(&place.path("profile")));
}

#[test]
fn the_photo_is_looked_at_closely_by_key_wheel_and_hand() {
    let place = Place::new();
    place.batch_with_photos(2);
    let mut window = review(&place, 2);
    assert!(!has(&window, Role::Label, "100%"));
    press(&mut window, Key::X);
    wait_until(&mut window, "single pixels", |window| has(window, Role::Label, "100%"));
    press(&mut window, Key::Plus);
    wait_until(&mut window, "closer", |window| has(window, Role::Label, "150%"));
    let photo = window.get_by_role_and_label(Role::Image, "原图").rect();
    window.drag_at(photo.center());
    window.hover_at(photo.center() + vec2(60.0, 40.0));
    window.drop_at(photo.center() + vec2(60.0, 40.0));
    window.run_steps(3);
    let moved = window.get_by_role_and_label(Role::Image, "原图").rect();
    assert!(moved.center() != photo.center(), "{photo:?} {moved:?}");
    press(&mut window, Key::F);
    wait_until(&mut window, "the whole photo", |window| !has(window, Role::Label, "150%"));
    press(&mut window, Key::C);
    wait_until(&mut window, "both", |window| {
        has(window, Role::Image, "成片") && has(window, Role::Image, "原图")
    });
    press(&mut window, Key::Plus);
    window.run_steps(3);
    let size =
        |window: &Harness<'_, App>, name: &str| window.get_by_role_and_label(Role::Image, name).rect().size();
    assert!((size(&window, "原图") - size(&window, "成片")).length() < 1.0, "both move together");
    press(&mut window, Key::A);
    wait_for(&mut window, "已通过");
    press(&mut window, Key::R);
    wait_until(&mut window, "the next photo whole", |window| !has(window, Role::Label, "150%"));
}

#[test]
fn an_earlier_attempt_stands_beside_the_present_photo() {
    let place = Place::new();
    place.batch_with_photos(1);
    let keys = KeyFileStore::new(place.path("key"));
    let store = Store::open(&place.path("profile"), &keys).unwrap();
    let first = store.queue(&QueueFilter::default()).unwrap().remove(0);
    let folder = place.path("again");
    draw(&folder, 7);
    let bytes = std::fs::read(folder.join("张三7.png")).unwrap();
    let photo_sha256 = store.put_photo(&bytes).unwrap();
    store
        .write(|tx| {
            tx.set_revision(&NewRevision {
                id: &first.submission,
                state: State::PendingReview,
                photo_sha256: &photo_sha256,
                photo_bytes: bytes.len() as u64,
                attempt: 2,
                revision: 2,
                at_ms: 5,
            })?;
            tx.append(
                5,
                "hub",
                &JournalEvent::PhotoSubmitted {
                    submission: first.submission.clone(),
                    batch: first.batch.clone(),
                    photo_sha256: photo_sha256.clone(),
                    attempt: 2,
                    revision: 2,
                    from: State::Rejected,
                    to: State::PendingReview,
                },
            )
        })
        .unwrap();
    drop(store);
    let mut window = review(&place, 1);
    press(&mut window, Key::C);
    click(&mut window, Role::RadioButton, "与第 1 次比");
    wait_until(&mut window, "both attempts", |window| {
        has(window, Role::Image, "第 1 次的照片") && has(window, Role::Image, "原图")
    });
    press(&mut window, Key::A);
    wait_for(&mut window, "已通过");
}

#[test]
fn the_statistics_tell_what_was_decided_and_what_waits() {
    let place = Place::new();
    place.batch_with_photos(3);
    let mut window = review(&place, 3);
    press(&mut window, Key::A);
    wait_for_photo(&mut window, "2 / 3");
    press(&mut window, Key::Num1);
    wait_for_photo(&mut window, "3 / 3");
    click(&mut window, Role::Button, "统计");
    wait_for(&mut window, "50.0 %");
    let reason = place_of_reasons(&window);
    assert!(reason.ends_with(" 1"), "{reason}");
    assert!(has(&window, Role::Label, "1 小时内 1"), "{:#?}", labels(&window));
    click(&mut window, Role::RadioButton, "全部人员");
    wait_for(&mut window, "50.0 %");
}

/// The first bar of the reasons.
fn place_of_reasons(window: &Harness<'_, App>) -> String {
    let all = labels(window);
    let after = all.iter().skip_while(|text| *text != "驳回原因").nth(1);
    after.cloned().unwrap_or_default()
}

#[test]
fn a_desk_at_rest_wants_no_frame() {
    let place = Place::new();
    place.batch_with_photos(2);
    let mut window = review(&place, 2);
    let since = Instant::now();
    let wants_frame = |window: &Harness<'_, App>| {
        let output = window.output().viewport_output.values().next();
        output.is_some_and(|output| output.repaint_delay < Duration::from_secs(3600))
    };
    // The photos around are decoded first.
    let mut still = 0;
    while still < 40 {
        assert!(since.elapsed() < PATIENCE, "the desk never comes to rest");
        std::thread::sleep(Duration::from_millis(50));
        if window.ctx.has_requested_repaint() || wants_frame(&window) {
            window.step();
            still = 0;
        } else {
            still += 1;
        }
    }
}
