//! Turns a picture upright by its EXIF orientation, or by a quarter.

use image::RgbImage;

/// Side of the square that is turned at once: both its rows and its columns stay in the cache.
const BLOCK: usize = 32;

/// `pixels` as they are meant to be seen; an illegal orientation counts as 1.
pub(super) fn upright(pixels: RgbImage, orientation: u16) -> RgbImage {
    match orientation {
        2 => mirrored(pixels),
        3 => turned_half(pixels),
        4 => mirrored(turned_half(pixels)),
        5..=8 => transposed(&pixels, matches!(orientation, 7 | 8), matches!(orientation, 6 | 7)),
        _ => pixels,
    }
}

/// `pixels` turned clockwise by a quarter: their left column becomes the first row.
pub fn turned_right(pixels: &RgbImage) -> RgbImage {
    transposed(pixels, false, true)
}

fn mirrored(mut pixels: RgbImage) -> RgbImage {
    let stride = pixels.width() as usize * 3;
    for row in pixels.chunks_exact_mut(stride) {
        row.as_chunks_mut::<3>().0.reverse();
    }
    pixels
}

fn turned_half(mut pixels: RgbImage) -> RgbImage {
    pixels.as_chunks_mut::<3>().0.reverse();
    pixels
}

/// Rows become columns; then the result is flipped vertically and/or horizontally.
fn transposed(pixels: &RgbImage, flip_rows: bool, flip_columns: bool) -> RgbImage {
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let source = pixels.as_raw().as_chunks::<3>().0;
    let mut turned = RgbImage::new(height as u32, width as u32);
    let target = turned.as_chunks_mut::<3>().0;
    for block_y in (0..height).step_by(BLOCK) {
        for block_x in (0..width).step_by(BLOCK) {
            for x in block_x..(block_x + BLOCK).min(width) {
                let row = if flip_rows { width - 1 - x } else { x } * height;
                for y in block_y..(block_y + BLOCK).min(height) {
                    let column = if flip_columns { height - 1 - y } else { y };
                    target[row + column] = source[y * width + x];
                }
            }
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use image::imageops::{flip_horizontal, flip_vertical, rotate90, rotate180, rotate270};

    use super::*;

    #[test]
    fn all_eight_orientations_match_their_definition() {
        let photo = RgbImage::from_fn(70, 45, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
        let check = |orientation, expect: &RgbImage| {
            assert!(upright(photo.clone(), orientation) == *expect, "orientation {orientation}");
        };
        check(1, &photo);
        check(2, &flip_horizontal(&photo));
        check(3, &rotate180(&photo));
        check(4, &flip_vertical(&photo));
        check(5, &flip_horizontal(&rotate90(&photo)));
        check(6, &rotate90(&photo));
        check(7, &flip_horizontal(&rotate270(&photo)));
        check(8, &rotate270(&photo));
        check(0, &photo);
        check(99, &photo);
        assert!(turned_right(&photo) == rotate90(&photo));
    }
}
