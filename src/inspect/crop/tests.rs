//! The crop solver on worked examples and drawn faces.
use super::*;
use crate::inspect::fixture;

const ROOMY: Frame = Frame { width_px: 2400.0, height_px: 3200.0 };

/// The worked example of the solver: IPD 200, face width 440, 370 px from eyes to crown.
fn head() -> Head {
    Head {
        eyes: Point::new(1200.0, 1200.0),
        crown: Point::new(1200.0, 830.0),
        chin: Point::new(1200.0, 1560.0),
        face_width_px: 440.0,
        roll_deg: 0.0,
    }
}

fn solved(head: Head, touches: Touches, frame: Frame) -> Solved {
    solve(&head, touches, frame, &fixture::standard())
}

fn near(value: f32, expect: f64, within: f64) {
    assert!((f64::from(value) - expect).abs() <= within, "{value} is not {expect}");
}

#[test]
fn the_worked_example_comes_out() {
    let Solved { crop, scale_range, faults } = solved(head(), Touches::default(), ROOMY);
    let (low, high) = scale_range.unwrap();
    near(low as f32, 0.409, 0.001);
    near(high as f32, 0.676, 0.001);
    near(crop.scale, 0.479, 0.001);
    near(crop.crown_y, 77.0, 1.0);
    near(crop.eye_y, 255.0, 1.0);
    near(crop.face_width, 211.0, 1.0);
    near(crop.to_output(head().chin).y, 427.0, 1.0);
    near(crop.to_output(head().eyes).x, 240.0, 0.01);
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn output_and_photo_points_are_inverse() {
    let crop = CropSolution { angle: 4.0, ..solved(head(), Touches::default(), ROOMY).crop };
    let back = crop.to_photo(crop.to_output(Point::new(1000.0, 900.0)));
    assert!(back.distance(Point::new(1000.0, 900.0)) < 0.01);
}

#[test]
fn a_short_photo_is_solved_with_a_larger_scale_before_body_is_called_missing() {
    // At the template's scale 0.479 the frame would need 2004 rows.
    let frame = Frame { height_px: 1900.0, ..ROOMY };
    let Solved { crop, faults, .. } = solved(head(), Touches { bottom: true, ..Touches::default() }, frame);
    assert!(faults.is_empty(), "{faults:?}");
    assert!(crop.scale > 0.479 && crop.y + crop.height <= 1900.5);
    assert!((200.0..=300.0).contains(&crop.eye_y) && (50.0..=110.0).contains(&crop.crown_y));
}

#[test]
fn a_head_only_photo_misses_body() {
    let frame = Frame { height_px: 1600.0, ..ROOMY };
    let faults = solved(head(), Touches { bottom: true, ..Touches::default() }, frame).faults;
    assert!(matches!(faults[..], [CropFault::BodyMissing { px }] if px > 20.0), "{faults:?}");
}

#[test]
fn a_cut_head_cannot_be_invented() {
    let faults = solved(head(), Touches { top: true, ..Touches::default() }, ROOMY).faults;
    assert_eq!(faults, [CropFault::HeadCut]);
}

#[test]
fn a_finished_photo_is_its_own_crop() {
    let finished = Frame { width_px: 480.0, height_px: 640.0 };
    let head = Head {
        eyes: Point::new(243.0, 240.0),
        crown: Point::new(240.0, 62.0),
        chin: Point::new(242.0, 410.0),
        face_width_px: 208.0,
        roll_deg: 0.0,
    };
    let Solved { crop, faults, .. } = solved(head, Touches { bottom: true, ..Touches::default() }, finished);
    assert!(faults.is_empty(), "{faults:?}");
    near(crop.scale, 1.0, 1e-3);
    near(crop.x, 0.0, 0.6);
    near(crop.y, 0.0, 0.6);
}

#[test]
fn a_small_photo_would_be_enlarged() {
    let small = Frame { width_px: 240.0, height_px: 320.0 };
    let head = Head {
        eyes: Point::new(120.0, 126.0),
        crown: Point::new(120.0, 40.0),
        chin: Point::new(120.0, 212.0),
        face_width_px: 105.0,
        roll_deg: 0.0,
    };
    let faults = solved(head, Touches { bottom: true, ..Touches::default() }, small).faults;
    assert!(
        faults.iter().any(|fault| matches!(fault, CropFault::Enlarged { scale } if *scale > 1.6)),
        "{faults:?}"
    );
}

#[test]
fn hair_above_three_eye_distances_has_no_legal_crop() {
    let with_hair = |eye_to_crown: f32| {
        let head = Head { crown: Point::new(1200.0, 1200.0 - eye_to_crown), ..head() };
        solved(head, Touches::default(), ROOMY)
    };
    // 3.06 eye distances of 200 px at a face width of 2.2.
    assert!(with_hair(605.0).scale_range.is_some());
    let tall = with_hair(625.0);
    assert!(tall.scale_range.is_none());
    assert!(tall.faults.iter().any(|fault| matches!(fault, CropFault::NoLegalScale { .. })));
    // The eyes beat the crown, as the identity-card rule has it.
    assert!((200.0..=300.5).contains(&tall.crop.eye_y), "{}", tall.crop.eye_y);
}

#[test]
fn a_person_off_to_the_side_is_shifted_or_cut() {
    let aside = Head {
        eyes: Point::new(495.0, 1200.0),
        crown: Point::new(495.0, 830.0),
        chin: Point::new(495.0, 1560.0),
        ..head()
    };
    // 501 px are needed to the left: the background can be added, a shoulder cannot.
    let added = solved(aside, Touches::default(), ROOMY);
    assert!(added.faults.is_empty() && added.crop.x >= -0.5, "{added:?}");
    let far = Head { eyes: Point::new(380.0, 1200.0), crown: Point::new(380.0, 830.0), ..aside };
    assert!(solved(far, Touches::default(), ROOMY).faults.is_empty());
    let cut = solved(far, Touches { left: true, ..Touches::default() }, ROOMY).faults;
    assert!(matches!(cut[..], [CropFault::ShoulderCut { px }] if px > 10.0), "{cut:?}");
}

#[test]
fn turning_happens_only_where_the_standard_allows_it() {
    let tilted = Head { roll_deg: 4.0, ..head() };
    assert_eq!(solved(tilted, Touches::default(), ROOMY).crop.angle, 0.0);
    let mut standard = fixture::standard();
    standard.geometry.allow_rotate = true;
    let crop = solve(&tilted, Touches::default(), ROOMY, &standard).crop;
    assert_eq!(crop.angle, 4.0);
    near(crop.to_output(tilted.eyes).x, 240.0, 0.01);
    near(crop.to_output(tilted.eyes).y, f64::from(crop.eye_y), 0.01);
}

#[test]
fn open_bands_leave_the_choice_to_the_closed_ones() {
    let mut standard = fixture::standard();
    standard.geometry.crown_y = crate::standard::TargetBand::default();
    standard.geometry.face_width = crate::standard::TargetBand::default();
    standard.geometry.head_ratio =
        crate::standard::TargetBand { min: Some(0.6), max: Some(0.9), ..Default::default() };
    let Solved { crop, scale_range, .. } = solve(&head(), Touches::default(), ROOMY, &standard);
    assert!(scale_range.is_some());
    let head_px = crop.to_output(head().chin).y - crop.crown_y;
    assert!((0.6..=0.9).contains(&(f64::from(head_px) / 640.0)));
    assert!((200.0..=300.0).contains(&crop.eye_y));
}
