//! What is pasted in the first step: a picture with a code, pictures as files, or the code's text.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{ColorImage, Event, Id, Ui};
use image::{Rgb, RgbImage};

use super::Wish;
use crate::onsite::typed::{Typed, understand};

/// The one field of the first step.
pub(super) fn field() -> Id {
    Id::unique("onsite_field")
}

/// What a paste asks for. A text that another field waits for, or that a person goes on typing at, stays where it is.
pub(super) fn read(ui: &Ui) -> Option<Wish> {
    let focused = ui.memory(|memory| memory.focused());
    let is_ours = focused.is_none_or(|focused| focused == field());
    ui.input_mut(|input| {
        let mut wish = None;
        input.events.retain(|event| {
            let asked = match event {
                Event::PasteImage(picture) => Some(Wish::ReadPicture(Arc::new(pixels(picture)))),
                Event::Paste(text) if is_ours => meant(text),
                _ => None,
            };
            let is_taken = asked.is_some();
            wish = wish.take().or(asked);
            !is_taken
        });
        wish
    })
}

/// Files that a file manager copied, or a whole code or ticket; anything else is for the field.
fn meant(text: &str) -> Option<Wish> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let paths: Vec<PathBuf> = lines.iter().map(|line| path(line)).collect();
    if !paths.is_empty() && paths.iter().all(|path| path.is_absolute() && path.exists()) {
        return Some(Wish::ReadPaths(paths));
    }
    match understand(text) {
        Typed::Code(_) | Typed::Ticket(_) => Some(Wish::Find(text.trim().to_owned())),
        _ => None,
    }
}

/// A path, or the address of one with its signs written as %XX.
fn path(line: &str) -> PathBuf {
    let Some(address) = line.strip_prefix("file://") else { return PathBuf::from(line) };
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let coded = after.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match coded.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

/// The picture on white where it is transparent.
fn pixels(picture: &ColorImage) -> RgbImage {
    let [width, height] = picture.size;
    let mut at = picture.pixels.iter();
    RgbImage::from_fn(width as u32, height as u32, |_, _| {
        let [r, g, b, a] = at.next().map_or([0; 4], egui::Color32::to_array);
        let white = u8::MAX - a;
        Rgb([r.saturating_add(white), g.saturating_add(white), b.saturating_add(white)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_looked_up_at_once_and_a_number_goes_into_the_field() {
        let code = "opaque/".repeat(8);
        assert_eq!(meant(&format!("{code}\n")), Some(Wish::Find(code)));
        assert_eq!(meant("0012345"), None);
        assert_eq!(meant("002X"), None);
        assert_eq!(meant("/no/such/file.jpg"), None);
    }

    #[test]
    fn copied_files_are_read_as_pictures() {
        let here = std::env::temp_dir();
        let address = format!("file://{}", here.display().to_string().replace('t', "%74"));
        assert_eq!(meant(&address), Some(Wish::ReadPaths(vec![here])));
    }
}
