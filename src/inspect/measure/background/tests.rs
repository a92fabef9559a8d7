//! What the background's measures say of painted walls.
use super::*;
use crate::photo::Point;
use image::Rgb;

const SIZE: (u32, u32) = (240, 320);

/// A person in the middle before a painted wall, at an eye distance of 48 px.
fn look(paint: impl Fn(u32, u32) -> [u8; 3]) -> BackgroundLook {
    let person = |x: u32, y: u32| {
        let (dx, dy) = (f64::from(x) - 120.0, f64::from(y) - 140.0);
        (dx / 55.0).powi(2) + (dy / 85.0).powi(2) < 1.0 || (y > 215 && dx.abs() < 95.0)
    };
    let pixels = RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        Rgb(if person(x, y) { [190, 150, 130] } else { paint(x, y) })
    });
    let alpha = (0..SIZE.0 * SIZE.1)
        .map(|index| f32::from(u8::from(person(index % SIZE.0, index / SIZE.0))))
        .collect();
    let matte =
        Matte { width_px: SIZE.0, height_px: SIZE.1, photo_width_px: SIZE.0, photo_height_px: SIZE.1, alpha };
    let axes = FaceAxes { origin: Point::new(120.0, 126.0), roll_deg: 0.0, ied_px: 48.0 };
    let region = Rect::new(0.0, 0.0, SIZE.0 as f32, SIZE.1 as f32);
    let blue = Background { id: "light_blue".into(), rgb: [100, 197, 255] };
    BackgroundLook::of(&pixels, &matte, &axes, region, &[blue]).unwrap()
}

#[test]
fn a_painted_wall_is_plain_even_and_of_its_colour() {
    let look = look(|_, _| [100, 197, 255]);
    assert!(look.residual < 0.1 && look.gradient < 0.1 && look.clutter == 0.0);
    assert_eq!(look.shadow, Some(0.0));
    assert!(look.nearest.unwrap().p99_delta_e < 0.1);
}

#[test]
fn a_soft_gradient_is_gradient_not_clutter() {
    let look = look(|_, y| [(200 - y / 8) as u8; 3]);
    assert!(look.gradient > 6.0, "{}", look.gradient);
    assert!(look.clutter < 0.005, "{}", look.clutter);
}

#[test]
fn a_lamp_from_the_side_shows_sideways_and_a_vignette_does_not() {
    // 200 and 189 of 255 are 12 % of light apart.
    let side = look(|x, _| [(189 + x * 11 / SIZE.0) as u8; 3]);
    assert!((side.sideways - 0.18).abs() < 0.05, "{}", side.sideways);
    let vignette = look(|x, y| {
        let (dx, dy) = (x as f32 / 120.0 - 1.0, y as f32 / 160.0 - 1.0);
        [(215.0 - 14.0 * (dx * dx + dy * dy)) as u8; 3]
    });
    assert!(vignette.sideways.abs() < 0.02, "{}", vignette.sideways);
}

#[test]
fn a_door_frame_is_clutter() {
    let look = look(|x, _| if x < 20 { [90, 60, 40] } else { [220, 220, 220] });
    assert!(look.clutter > 0.05, "{}", look.clutter);
}

#[test]
fn a_cast_shadow_beside_the_head_is_a_shadow() {
    let lit = look(|_, _| [200, 200, 200]);
    let cast =
        look(|x, y| if (170..195).contains(&x) && y < 240 { [140, 140, 140] } else { [200, 200, 200] });
    assert!(lit.shadow.unwrap() < 0.1);
    assert!(cast.shadow.unwrap() > 8.0, "{:?}", cast.shadow);
}

#[test]
fn a_shadow_is_as_deep_as_it_takes_light() {
    let deepest = |grey: u8| {
        look(|x, y| if (170..195).contains(&x) && y < 240 { [grey; 3] } else { [200; 3] }).shadow.unwrap()
    };
    // In sRGB 186, 170 and 147 of 200 are 15, 30 and 50 % less light.
    let depths = [186, 170, 147].map(deepest);
    for (depth, expected) in depths.into_iter().zip([3.5, 7.6, 14.5]) {
        assert!((depth - expected).abs() < 0.8, "{depths:?}");
    }
}

#[test]
fn neither_wisps_of_hair_nor_a_coloured_thing_is_a_shadow() {
    let wisps = look(|x, y| if (176..179).contains(&x) && y < 240 { [120; 3] } else { [200; 3] });
    assert!(wisps.shadow.unwrap() < 1.0, "{:?}", wisps.shadow);
    let thing =
        look(|x, y| if (180..200).contains(&x) && (60..200).contains(&y) { [60, 140, 60] } else { [200; 3] });
    assert!(thing.shadow.unwrap() < 1.0, "{:?}", thing.shadow);
}

#[test]
fn a_thing_on_the_wall_grows_with_its_size() {
    let share = |side: u32| {
        let look = look(|x, y| {
            if (10..10 + side).contains(&x) && (20..20 + side).contains(&y) { [60; 3] } else { [210; 3] }
        });
        look.object.map_or(0.0, |thing| thing.share)
    };
    let shares = [0, 8, 16, 30].map(share);
    assert_eq!(shares[0], 0.0);
    assert!(shares.windows(2).all(|pair| pair[0] < pair[1]), "{shares:?}");
}
