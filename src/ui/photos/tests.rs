//! The photo cache without a desk: what it orders, what it keeps, what it hands over a frame.

use egui::{Color32, ColorImage};

use super::load::Pixels;
use super::*;
use crate::submission::State;

fn item(number: usize) -> QueueItem {
    QueueItem {
        submission: format!("s{number}"),
        batch: "B7K2QX".into(),
        masked_name: String::new(),
        state: State::PendingReview,
        attempt: 1,
        revision: 1,
        photo_sha256: format!("h{number}"),
        received_at_ms: 0,
        verdict: None,
        failed_checks: 0,
        warned_checks: 0,
        hold: None,
    }
}

fn decoded(number: usize, side: usize) -> Box<DecodedPhoto> {
    let image = |side: usize| ColorImage::filled([side, side], Color32::GRAY);
    Box::new(DecodedPhoto {
        submission: format!("s{number}"),
        sha256: format!("h{number}"),
        side_px: 1024,
        whose: Whose::Review,
        pixels: Ok(Pixels {
            picture: image(side),
            width_px: 3000,
            height_px: 4000,
            thumb: image(1),
            clipping: image(1),
            eyes: None,
        }),
        report: None,
        note: None,
        dispute: None,
        is_known: false,
        earlier: Vec::new(),
        twin: None,
    })
}

#[test]
fn what_lies_ahead_comes_before_what_lies_behind() {
    let forward = around(10, 100, true);
    assert_eq!(forward[..4], [10, 11, 12, 13]);
    assert_eq!((forward.len(), forward[17], forward[20]), (21, 9, 6));
    let back = around(10, 100, false);
    assert_eq!(back[..3], [10, 9, 8]);
    assert_eq!((back.len(), back[10], back[11], back[14]), (15, 0, 11, 14));
    assert_eq!(around(0, 1, true), [0]);
}

#[test]
fn a_frame_takes_the_photo_looked_at_and_then_only_a_portion() {
    let ctx = Context::default();
    let mut cache = PhotoCache { near: (0..4).map(|n| format!("s{n}")).collect(), ..PhotoCache::default() };
    // 800 × 800 × 4 bytes: 2.4 MiB each.
    (0..4).for_each(|number| cache.arrived(decoded(number, 800)));
    assert!(cache.upload(&ctx, Some(&item(3))), "some are left");
    assert!(cache.get(&item(3)).is_some() && cache.get(&item(0)).is_none());
    let mut frames = 1;
    while cache.upload(&ctx, Some(&item(3))) {
        frames += 1;
    }
    assert_eq!(frames, 3);
    assert!((0..4).all(|number| cache.get(&item(number)).is_some()));
    assert!(cache.bytes() >= 4 * 800 * 800 * 4);
}

#[test]
fn a_photo_that_is_no_longer_near_is_dropped_but_its_small_picture_stays() {
    let ctx = Context::default();
    let mut cache = PhotoCache { near: vec!["s0".into()], ..PhotoCache::default() };
    cache.arrived(decoded(1, 8));
    cache.arrived(decoded(0, 8));
    cache.upload(&ctx, None);
    assert!(cache.get(&item(1)).is_none() && cache.get(&item(0)).is_some());
    cache.near.clear();
    cache.forget_far();
    assert!(cache.get(&item(0)).is_none() && cache.thumb(&item(0)).is_some());
}

#[test]
fn the_farthest_photos_go_when_the_budget_is_spent() {
    let ctx = Context::default();
    let side = 2048;
    let fitting = BUDGET_BYTES / (side * side * 4);
    let count = fitting + 2;
    let mut cache =
        PhotoCache { near: (0..count).map(|n| format!("s{n}")).collect(), ..PhotoCache::default() };
    for number in 0..count {
        cache.arrived(decoded(number, side));
        while cache.upload(&ctx, None) {}
    }
    assert!(cache.bytes() <= BUDGET_BYTES);
    assert!(cache.get(&item(0)).is_some() && cache.get(&item(count - 1)).is_none());
}

#[test]
fn another_file_under_the_same_submission_is_not_shown_for_it() {
    let ctx = Context::default();
    let mut cache = PhotoCache { near: vec!["s0".into()], ..PhotoCache::default() };
    cache.arrived(decoded(0, 8));
    cache.upload(&ctx, None);
    assert!(cache.get(&QueueItem { photo_sha256: "new".into(), ..item(0) }).is_none());
}
