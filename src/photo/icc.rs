//! Stored samples to sRGB through the embedded ICC profile; a broken profile is passed over and named.

use image::RgbImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, ProfileText, Transform8BitExecutor, TransformOptions};

use super::decode::DecodeError;
use super::srgb::{SRGB_NAME, srgb_profile};
use super::stored::Samples;

/// Pixels converted at once; the scratch copy stays in the first-level cache.
const CHUNK_PIXELS: usize = 4096;
/// Longest profile name kept.
const MAX_NAME_CHARS: usize = 128;

/// sRGB pixels and the profile's name. Transparent pixels are laid on white.
pub(super) fn to_srgb(
    samples: Samples,
    width: u32,
    height: u32,
    icc: Option<&[u8]>,
) -> Result<(RgbImage, Option<String>), DecodeError> {
    let own = icc == Some(srgb_profile()) && matches!(samples, Samples::Rgb(_));
    let (conversion, name) = match icc.filter(|_| !own).map(|icc| Conversion::new(icc, &samples)) {
        // What this program wrote needs no conversion to be found out.
        None => (None, own.then(|| SRGB_NAME.to_owned())),
        Some(Ok((conversion, name))) => (conversion, Some(name)),
        Some(Err(cause)) => (None, Some(format!("unreadable, ignored ({cause})"))),
    };
    let (rgb, name) = match converted(samples, conversion.as_ref()) {
        Ok(rgb) => (rgb, name),
        Err((rgb, cause)) => (rgb, Some(format!("unusable, ignored ({cause})"))),
    };
    let pixels = RgbImage::from_raw(width, height, rgb)
        .ok_or_else(|| DecodeError::unreadable("it holds fewer samples than its size needs"))?;
    Ok((pixels, name))
}

/// A transform from the profile's colours to sRGB.
struct Conversion {
    executor: std::sync::Arc<Transform8BitExecutor>,
    /// Samples of a source pixel.
    channels: usize,
    /// Samples of a target pixel.
    out_channels: usize,
}

impl Conversion {
    /// `None` when the profile is sRGB itself.
    fn new(icc: &[u8], samples: &Samples) -> Result<(Option<Self>, String), String> {
        let profile = ColorProfile::new_from_slice(icc).map_err(|error| error.to_string())?;
        let name = name(&profile);
        let (space, layout, out_layout, channels, out_channels) = match samples {
            Samples::Gray(_) => (DataColorSpace::Gray, Layout::Gray, Layout::Rgb, 1, 3),
            Samples::GrayAlpha(_) => (DataColorSpace::Gray, Layout::GrayAlpha, Layout::Rgba, 2, 4),
            Samples::Rgb(_) => (DataColorSpace::Rgb, Layout::Rgb, Layout::Rgb, 3, 3),
            Samples::Rgba(_) => (DataColorSpace::Rgb, Layout::Rgba, Layout::Rgba, 4, 4),
            Samples::Cmyk(_) => (DataColorSpace::Cmyk, Layout::Rgba, Layout::Rgb, 4, 3),
        };
        if profile.color_space != space {
            return Err(format!("{name} is made for {:?} samples", profile.color_space));
        }
        let executor = profile
            .create_transform_8bit(layout, &ColorProfile::new_srgb(), out_layout, TransformOptions::default())
            .map_err(|error| error.to_string())?;
        let conversion = Self { executor, channels, out_channels };
        let needed = space != DataColorSpace::Rgb || conversion.changes_colours();
        Ok((needed.then_some(conversion), name))
    }

    /// Most photos carry a profile that is sRGB under some name; converting them only costs time and rounding.
    fn changes_colours(&self) -> bool {
        let levels = || (0..=8_u16).map(|step| (step * 255 / 8) as u8);
        let mut grid = Vec::new();
        for red in levels() {
            for green in levels() {
                for blue in levels() {
                    grid.extend([red, green, blue]);
                    grid.extend(std::iter::repeat_n(255, self.channels - 3));
                }
            }
        }
        let mut seen = vec![0; grid.len()];
        self.executor.transform(&grid, &mut seen).is_err()
            || grid.iter().zip(&seen).any(|(sent, got)| sent.abs_diff(*got) > 1)
    }

    fn in_place(&self, samples: &mut [u8]) -> Result<(), String> {
        let mut scratch = vec![0; CHUNK_PIXELS * self.channels];
        for chunk in samples.chunks_mut(CHUNK_PIXELS * self.channels) {
            let source = &mut scratch[..chunk.len()];
            source.copy_from_slice(chunk);
            self.executor.transform(source, chunk).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn widened(&self, samples: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = vec![0; samples.len() / self.channels * self.out_channels];
        self.executor.transform(samples, &mut out).map_err(|error| error.to_string())?;
        Ok(out)
    }
}

/// RGB samples; the error keeps the unmanaged colours and says why the profile failed.
fn converted(samples: Samples, conversion: Option<&Conversion>) -> Result<Vec<u8>, (Vec<u8>, String)> {
    let unmanaged = |samples: &Samples| match samples {
        Samples::Gray(gray) => rgb_from_gray(gray),
        Samples::GrayAlpha(gray_alpha) => rgb_from_gray_alpha(gray_alpha),
        Samples::Rgb(rgb) => rgb.clone(),
        Samples::Rgba(rgba) => rgb_on_white(rgba),
        Samples::Cmyk(cmyk) => rgb_from_cmyk(cmyk),
    };
    let Some(conversion) = conversion else {
        return Ok(match samples {
            Samples::Rgb(rgb) => rgb,
            other => unmanaged(&other),
        });
    };
    match samples {
        Samples::Rgb(mut rgb) => match conversion.in_place(&mut rgb) {
            Ok(()) => Ok(rgb),
            Err(cause) => Err((rgb, cause)),
        },
        Samples::Rgba(mut rgba) => {
            let done = conversion.in_place(&mut rgba);
            let rgb = rgb_on_white(&rgba);
            done.map(|()| rgb.clone()).map_err(|cause| (rgb, cause))
        }
        Samples::GrayAlpha(ref gray_alpha) => match conversion.widened(gray_alpha) {
            Ok(rgba) => Ok(rgb_on_white(&rgba)),
            Err(cause) => Err((unmanaged(&samples), cause)),
        },
        Samples::Gray(ref stored) | Samples::Cmyk(ref stored) => {
            conversion.widened(stored).map_err(|cause| (unmanaged(&samples), cause))
        }
    }
}

fn rgb_from_gray(gray: &[u8]) -> Vec<u8> {
    gray.iter().flat_map(|&value| [value; 3]).collect()
}

fn rgb_from_gray_alpha(gray_alpha: &[u8]) -> Vec<u8> {
    gray_alpha.as_chunks::<2>().0.iter().flat_map(|&[gray, alpha]| [on_white(gray, alpha); 3]).collect()
}

fn rgb_on_white(rgba: &[u8]) -> Vec<u8> {
    rgba.as_chunks::<4>()
        .0
        .iter()
        .flat_map(|&[red, green, blue, alpha]| [red, green, blue].map(|value| on_white(value, alpha)))
        .collect()
}

fn on_white(value: u8, alpha: u8) -> u8 {
    let alpha = u32::from(alpha);
    ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}

/// Without a profile ink is taken to absorb ideally; only the hue and the order of tones are right.
fn rgb_from_cmyk(cmyk: &[u8]) -> Vec<u8> {
    cmyk.as_chunks::<4>()
        .0
        .iter()
        .flat_map(|&[cyan, magenta, yellow, black]| {
            [cyan, magenta, yellow].map(|ink| {
                let light = u32::from(255 - ink) * u32::from(255 - black);
                ((light + 127) / 255) as u8
            })
        })
        .collect()
}

fn name(profile: &ColorProfile) -> String {
    let text = match &profile.description {
        Some(ProfileText::PlainString(text)) => text.as_str(),
        Some(ProfileText::Localizable(texts)) => texts.first().map_or("", |text| text.value.as_str()),
        Some(ProfileText::Description(text)) => text.ascii_string.as_str(),
        None => "",
    };
    let clean: String = text.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
    if clean.is_empty() { "unnamed".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_pixel(samples: Samples, icc: Option<&[u8]>) -> ([u8; 3], Option<String>) {
        let (pixels, name) = to_srgb(samples, 1, 1, icc).unwrap();
        (pixels.get_pixel(0, 0).0, name)
    }

    fn near(got: [u8; 3], expect: [u8; 3]) {
        assert!(got.iter().zip(expect).all(|(a, b)| a.abs_diff(b) <= 2), "{got:?} for {expect:?}");
    }

    #[test]
    fn display_p3_becomes_srgb() {
        let p3 = ColorProfile::new_display_p3().encode().unwrap();
        // the sRGB colour (200, 120, 80) written in Display P3, computed from the two colour spaces' primaries
        let (got, name) = one_pixel(Samples::Rgb(vec![189, 124, 87]), Some(&p3));
        near(got, [200, 120, 80]);
        assert!(name.unwrap().contains("P3"));
    }

    #[test]
    fn adobe_rgb_becomes_srgb() {
        let adobe = ColorProfile::new_adobe_rgb().encode().unwrap();
        let (got, _) = one_pixel(Samples::Rgb(vec![128, 128, 128]), Some(&adobe));
        near(got, [128, 128, 128]);
        let (got, _) = one_pixel(Samples::Rgb(vec![0, 255, 0]), Some(&adobe));
        near(got, [0, 255, 0]);
    }

    #[test]
    fn an_srgb_profile_changes_nothing() {
        let srgb = ColorProfile::new_srgb().encode().unwrap();
        for colour in [[1, 2, 3], [250, 128, 7]] {
            assert_eq!(one_pixel(Samples::Rgb(colour.to_vec()), Some(&srgb)).0, colour);
        }
    }

    #[test]
    fn hostile_profiles_are_named_and_passed_over() {
        let mut p3 = ColorProfile::new_display_p3().encode().unwrap();
        p3.truncate(p3.len() / 2);
        let (got, name) = one_pixel(Samples::Rgb(vec![10, 200, 30]), Some(&p3));
        assert_eq!(got, [10, 200, 30]);
        assert!(name.unwrap().contains("ignored"));
        assert!(one_pixel(Samples::Rgb(vec![1, 2, 3]), Some(b"garbage")).1.unwrap().contains("ignored"));
        let gray = ColorProfile::new_gray_with_gamma(2.2).encode().unwrap();
        assert!(one_pixel(Samples::Rgb(vec![1, 2, 3]), Some(&gray)).1.unwrap().contains("ignored"));
    }

    #[test]
    fn transparency_is_laid_on_white() {
        assert_eq!(one_pixel(Samples::Rgba(vec![0, 0, 0, 0]), None).0, [255; 3]);
        assert_eq!(one_pixel(Samples::Rgba(vec![10, 20, 30, 255]), None).0, [10, 20, 30]);
        assert_eq!(one_pixel(Samples::GrayAlpha(vec![0, 127]), None).0, [128; 3]);
    }

    #[test]
    fn inks_absorb() {
        assert_eq!(one_pixel(Samples::Cmyk(vec![0, 0, 0, 0]), None).0, [255; 3]);
        assert_eq!(one_pixel(Samples::Cmyk(vec![0, 255, 255, 0]), None).0, [255, 0, 0]);
        assert_eq!(one_pixel(Samples::Cmyk(vec![9, 9, 9, 255]), None).0, [0; 3]);
    }
}
