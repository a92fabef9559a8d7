//! Resampling with a Lanczos filter, and the upright or turned crop of a picture.

use std::cell::RefCell;

// Typed images: the untyped ones would compile every filter for every kind of pixel there is.
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{F32, U8x3};
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{Rgb, RgbImage};

use super::geometry::{Point, Rect};

/// A crop that reaches further outside than this many picture areas is drawn by the warp, which needs no canvas.
const MAX_CANVAS_GROWTH: f32 = 4.0;
/// Source pixels kept around a turned crop, so that the filter sees real neighbours.
const MARGIN_PX: f32 = 8.0;

thread_local! {
    /// Its memory between the two passes is kept from picture to picture, as long as pictures are small.
    static RESIZER: RefCell<Resizer> = RefCell::new(Resizer::new());
}

/// More memory between the passes is handed back.
const KEPT_BYTES: usize = 4 << 20;

fn with_resizer<T>(work: impl FnOnce(&mut Resizer) -> T) -> T {
    RESIZER.with_borrow_mut(|resizer| {
        let done = work(resizer);
        if resizer.size_of_internal_buffers() > KEPT_BYTES {
            resizer.reset_internal_buffers();
        }
        done
    })
}

/// `pixels` scaled to exactly `width_px` × `height_px` (Lanczos3, convolution).
pub fn resize(pixels: &RgbImage, width_px: u32, height_px: u32) -> RgbImage {
    if pixels.dimensions() == (width_px, height_px) {
        return pixels.clone();
    }
    let whole = Rect::new(0.0, 0.0, pixels.width() as f32, pixels.height() as f32);
    resampled(pixels, whole, width_px, height_px)
}

/// A single-channel picture (row by row, 0.0..=1.0) scaled to exactly the given size, clamped to 0.0..=1.0.
pub fn resize_plane(plane: &[f32], size: (u32, u32), width_px: u32, height_px: u32) -> Vec<f32> {
    if size == (width_px, height_px) {
        return plane.to_vec();
    }
    let pixels: Vec<F32> = plane.iter().map(|value| F32::new(*value)).collect();
    let mut target = TypedImage::<F32>::new(width_px, height_px);
    let options =
        ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom)).use_alpha(false);
    let done = TypedImageRef::new(size.0, size.1, &pixels).is_ok_and(|source| {
        with_resizer(|resizer| resizer.resize_typed(&source, &mut target, &options).is_ok())
    });
    debug_assert!(done, "a plane of another size than it says");
    target.pixels().iter().map(|value| value.0.clamp(0.0, 1.0)).collect()
}

/// The rectangle `source` (turned clockwise by `angle_degrees` about its centre) scaled to the given size.
/// Where it reaches outside the picture, `fill` is used.
pub fn crop_and_resize(
    pixels: &RgbImage,
    source: Rect,
    angle_degrees: f32,
    width_px: u32,
    height_px: u32,
    fill: Rgb<u8>,
) -> RgbImage {
    let upright = angle_degrees == 0.0;
    if upright && inside(pixels, source) {
        return resampled(pixels, source, width_px, height_px);
    }
    let picture_area = pixels.width() as f32 * pixels.height() as f32;
    if upright && source.area() <= picture_area * MAX_CANVAS_GROWTH {
        let (canvas, moved) = on_canvas(pixels, source, fill);
        return resampled(&canvas, moved, width_px, height_px);
    }
    warped(pixels, source, angle_degrees, width_px, height_px, fill)
}

fn inside(pixels: &RgbImage, rect: Rect) -> bool {
    rect.x >= 0.0
        && rect.y >= 0.0
        && f64::from(rect.x) + f64::from(rect.width) <= f64::from(pixels.width())
        && f64::from(rect.y) + f64::from(rect.height) <= f64::from(pixels.height())
}

/// The part `source` of the picture, which must lie inside.
fn resampled(pixels: &RgbImage, source: Rect, width_px: u32, height_px: u32) -> RgbImage {
    let mut target = RgbImage::new(width_px, height_px);
    if width_px == 0 || height_px == 0 || pixels.width() == 0 || pixels.height() == 0 {
        return target;
    }
    let (left, top) = (f64::from(source.x).max(0.0), f64::from(source.y).max(0.0));
    let width = f64::from(source.width).min(f64::from(pixels.width()) - left);
    let height = f64::from(source.height).min(f64::from(pixels.height()) - top);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(left, top, width, height)
        .use_alpha(false);
    let done = TypedImageRef::<U8x3>::from_buffer(pixels.width(), pixels.height(), pixels.as_raw())
        .is_ok_and(|view| {
            TypedImage::<U8x3>::from_buffer(width_px, height_px, &mut target).is_ok_and(|mut out| {
                with_resizer(|resizer| resizer.resize_typed(&view, &mut out, &options).is_ok())
            })
        });
    debug_assert!(done, "a crop outside its picture");
    target
}

/// A picture large enough for `source`, filled where the photo ends, and the rectangle's place on it.
fn on_canvas(pixels: &RgbImage, source: Rect, fill: Rgb<u8>) -> (RgbImage, Rect) {
    let (left, top) = (source.x.floor() as i64, source.y.floor() as i64);
    let (right, bottom) = (source.right().ceil() as i64, source.bottom().ceil() as i64);
    let (width, height) = ((right - left).max(1) as u32, (bottom - top).max(1) as u32);
    let mut canvas = RgbImage::from_pixel(width, height, fill);
    let samples: &mut [u8] = &mut canvas;
    let columns = left.max(0)..right.min(i64::from(pixels.width()));
    for y in top.max(0)..bottom.min(i64::from(pixels.height())) {
        if columns.is_empty() {
            break;
        }
        let from = (y * i64::from(pixels.width()) + columns.start) as usize * 3;
        let to = ((y - top) * i64::from(width) + columns.start - left) as usize * 3;
        let length = (columns.end - columns.start) as usize * 3;
        samples[to..to + length].copy_from_slice(&pixels.as_raw()[from..from + length]);
    }
    (canvas, Rect::new(source.x - left as f32, source.y - top as f32, source.width, source.height))
}

/// Reduces the surroundings of the crop first (anti-aliased), then turns at the final scale with a cubic filter.
fn warped(
    pixels: &RgbImage,
    source: Rect,
    angle_degrees: f32,
    width_px: u32,
    height_px: u32,
    fill: Rgb<u8>,
) -> RgbImage {
    let region = surroundings(pixels, source, angle_degrees);
    let mut target = RgbImage::from_pixel(width_px, height_px, fill);
    if region.width < 1.0 || region.height < 1.0 {
        return target;
    }
    let (scale_x, scale_y) = (width_px as f32 / source.width, height_px as f32 / source.height);
    // enlarging needs no filter beforehand, and would cost memory without bound
    let scaled_width = (region.width * scale_x.min(1.0)).round().max(1.0) as u32;
    let scaled_height = (region.height * scale_y.min(1.0)).round().max(1.0) as u32;
    let scaled = resampled(pixels, region, scaled_width, scaled_height);
    let (to_x, to_y) = (scaled_width as f32 / region.width, scaled_height as f32 / region.height);
    let centre = source.centre();
    for (x, y, pixel) in target.enumerate_pixels_mut() {
        let straight =
            Point::new(source.x + (x as f32 + 0.5) / scale_x, source.y + (y as f32 + 0.5) / scale_y);
        let turned = straight.rotated_about(centre, angle_degrees);
        let at = Point::new((turned.x - region.x) * to_x - 0.5, (turned.y - region.y) * to_y - 0.5);
        *pixel = sampled(&scaled, at, fill);
    }
    target
}

/// The whole-pixel part of the picture that a turned rectangle touches.
fn surroundings(pixels: &RgbImage, source: Rect, angle_degrees: f32) -> Rect {
    let centre = source.centre();
    let corners = [
        Point::new(source.x, source.y),
        Point::new(source.right(), source.y),
        Point::new(source.x, source.bottom()),
        Point::new(source.right(), source.bottom()),
    ]
    .map(|corner| corner.rotated_about(centre, angle_degrees));
    let low = |of: fn(&Point) -> f32| corners.iter().map(of).fold(f32::INFINITY, f32::min);
    let high = |of: fn(&Point) -> f32| corners.iter().map(of).fold(f32::NEG_INFINITY, f32::max);
    let (left, top) = ((low(|p| p.x) - MARGIN_PX).floor(), (low(|p| p.y) - MARGIN_PX).floor());
    let (right, bottom) = ((high(|p| p.x) + MARGIN_PX).ceil(), (high(|p| p.y) + MARGIN_PX).ceil());
    Rect::new(left, top, right - left, bottom - top).intersection(Rect::new(
        0.0,
        0.0,
        pixels.width() as f32,
        pixels.height() as f32,
    ))
}

/// Catmull-Rom sample; neighbours outside the picture count as `fill`.
fn sampled(pixels: &RgbImage, at: Point, fill: Rgb<u8>) -> Rgb<u8> {
    let (left, top) = (at.x.floor(), at.y.floor());
    let reaches = |start: f32, size: u32| start >= -2.0 && start <= size as f32 + 1.0;
    if !reaches(left, pixels.width()) || !reaches(top, pixels.height()) {
        return fill;
    }
    let (columns, rows) = (cubic_weights(at.x - left), cubic_weights(at.y - top));
    let (left, top) = (left as i64 - 1, top as i64 - 1);
    let mut sum = [0.0; 3];
    for (y, row) in (top..).zip(rows) {
        for (x, column) in (left..).zip(columns) {
            let within = x >= 0 && y >= 0 && x < i64::from(pixels.width()) && y < i64::from(pixels.height());
            let colour = if within { *pixels.get_pixel(x as u32, y as u32) } else { fill };
            for (total, value) in sum.iter_mut().zip(colour.0) {
                *total += row * column * f32::from(value);
            }
        }
    }
    Rgb(sum.map(|value| value.round().clamp(0.0, 255.0) as u8))
}

fn cubic_weights(offset: f32) -> [f32; 4] {
    let (t, t2, t3) = (offset, offset * offset, offset * offset * offset);
    [
        0.5 * (-t3 + 2.0 * t2 - t),
        0.5 * (3.0 * t3 - 5.0 * t2 + 2.0),
        0.5 * (-3.0 * t3 + 4.0 * t2 + t),
        0.5 * (t3 - t2),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILL: Rgb<u8> = Rgb([255, 0, 255]);

    fn ramp(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([(x / 2) as u8, (y / 2) as u8, 128]))
    }

    fn assert_near(got: Rgb<u8>, expect: [f32; 3], tolerance: f32) {
        let near = got.0.iter().zip(expect).all(|(&g, e)| (f32::from(g) - e).abs() <= tolerance);
        assert!(near, "{got:?} for {expect:?}");
    }

    #[test]
    fn a_flat_picture_stays_flat() {
        let flat = RgbImage::from_pixel(37, 21, Rgb([10, 200, 90]));
        assert!(resize(&flat, 480, 640).pixels().all(|pixel| pixel.0 == [10, 200, 90]));
        assert!(resize(&flat, 5, 3).pixels().all(|pixel| pixel.0 == [10, 200, 90]));
    }

    #[test]
    fn crops_keep_their_place_to_a_fraction_of_a_pixel() {
        let crop =
            crop_and_resize(&ramp(400, 400), Rect::new(100.5, 50.25, 200.0, 200.0), 0.0, 100, 100, FILL);
        // the middle of output pixel (50, 50) lies at source (201.5, 151.25)
        assert_near(*crop.get_pixel(50, 50), [201.0 / 2.0, 151.0 / 2.0, 128.0], 1.0);
    }

    #[test]
    fn outside_the_picture_is_fill() {
        let crop = crop_and_resize(&ramp(100, 100), Rect::new(-50.0, 0.0, 200.0, 100.0), 0.0, 200, 100, FILL);
        assert_eq!(*crop.get_pixel(20, 50), FILL);
        assert_eq!(*crop.get_pixel(180, 50), FILL);
        assert_near(*crop.get_pixel(100, 50), [25.0, 25.0, 128.0], 1.0);
    }

    #[test]
    fn a_turned_crop_matches_the_turned_points() {
        let photo = ramp(500, 500);
        let source = Rect::new(150.0, 120.0, 200.0, 260.0);
        for angle in [-7.0, 3.5, 90.0] {
            let crop = crop_and_resize(&photo, source, angle, 100, 130, FILL);
            for (x, y) in [(10, 10), (90, 20), (50, 65), (20, 120)] {
                let straight =
                    Point::new(source.x + (x as f32 + 0.5) * 2.0, source.y + (y as f32 + 0.5) * 2.0);
                let at = straight.rotated_about(source.centre(), angle);
                let expect = [(at.x - 0.5) / 2.0, (at.y - 0.5) / 2.0, 128.0];
                assert_near(*crop.get_pixel(x, y), expect, 1.5);
            }
        }
    }

    #[test]
    fn a_turned_crop_is_filled_where_the_photo_ends() {
        let crop = crop_and_resize(&ramp(100, 100), Rect::new(0.0, 0.0, 100.0, 100.0), 45.0, 100, 100, FILL);
        assert_eq!(*crop.get_pixel(1, 1), FILL);
        assert_near(*crop.get_pixel(50, 50), [25.0, 25.0, 128.0], 1.0);
    }

    #[test]
    fn absurd_rectangles_do_no_harm() {
        let photo = ramp(20, 20);
        for rect in [
            Rect::new(1e7, 1e7, 50.0, 50.0),
            Rect::new(-1e6, -1e6, 2e6, 2e6),
            Rect::new(5.0, 5.0, 0.0, 0.0),
            Rect::new(5.0, 5.0, 1e-3, 1e-3),
        ] {
            assert_eq!(crop_and_resize(&photo, rect, 0.0, 8, 8, FILL).dimensions(), (8, 8));
            assert_eq!(crop_and_resize(&photo, rect, 10.0, 8, 8, FILL).dimensions(), (8, 8));
        }
    }

    #[test]
    fn planes_keep_their_level() {
        let plane = vec![0.25; 12];
        assert!(resize_plane(&plane, (4, 3), 9, 7).iter().all(|value| (value - 0.25).abs() < 1e-5));
    }
}
