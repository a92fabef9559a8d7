//! `photodesk hub admin link` and `tickets`: how students find the page, and what stands in for a missing code.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::cli::{Outcome, wrong_use};
use crate::durable::write_shared;
use crate::onsite::code::Modules;
use crate::onsite::code::draw::QUIET_MODULES;
use crate::store::{Store, StoreError};
use crate::submission::SignatureCode;

/// Height of the line with the signature code, in modules.
const CAPTION_MODULES: usize = 6;

/// Tells the link of a batch's page with its code, in the terminal and, where asked, as a drawing.
pub(super) fn link(
    store: &Store,
    code: &str,
    base: &str,
    svg: Option<&Path>,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let batch = match SignatureCode::parse(code) {
        Ok(code) => match store.batch(code.as_str()) {
            Err(error @ StoreError::UnknownBatch { .. }) => return wrong_use(&error),
            found => found?,
        },
        Err(error) => return wrong_use(&error),
    };
    let base = base.trim_end_matches('/');
    if !base.starts_with("https://") && !base.starts_with("http://") {
        return wrong_use(&format_args!("{base} is no address; write it as https://photos.example"));
    }
    let link = format!("{base}/s/{}", batch.code);
    let Some(modules) = Modules::of(&link) else {
        return wrong_use(&format_args!("{link} is too long for a code; use a shorter address"));
    };
    writeln!(out, "{link}")?;
    if let Some(path) = svg {
        write_shared(path, drawing(&modules, &batch.code).as_bytes())
            .with_context(|| format!("{} cannot be written; name another file", path.display()))?;
        writeln!(out, "{}", path.display())?;
    } else {
        write!(out, "{}", blocks(&modules))?;
    }
    Ok(Outcome::Done)
}

/// Gives out tickets of this hub.
pub(super) fn tickets(
    store: &Store,
    code: &str,
    count: u32,
    now_ms: i64,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let batch = match SignatureCode::parse(code) {
        Ok(batch) => batch,
        Err(error) => return wrong_use(&error),
    };
    match store.write(|tx| tx.issue_tickets(&batch, count, now_ms)) {
        Err(error @ StoreError::UnknownBatch { .. }) => wrong_use(&error),
        issued => {
            for ticket in issued? {
                writeln!(out, "{ticket}")?;
            }
            Ok(Outcome::Done)
        }
    }
}

/// Two modules a sign, light on dark terminals and dark on light ones: readers take both.
fn blocks(modules: &Modules) -> String {
    let side = modules.width + 2 * QUIET_MODULES;
    let is_light = |column: usize, row: usize| {
        let place = column.checked_sub(QUIET_MODULES).zip(row.checked_sub(QUIET_MODULES));
        !place.is_some_and(|(column, row)| modules.is_dark(column, row))
    };
    let mut text = String::new();
    for row in (0..side).step_by(2) {
        for column in 0..side {
            text.push(match (is_light(column, row), is_light(column, row + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        text.push('\n');
    }
    text
}

/// The code with the signature code below it, a module a unit.
fn drawing(modules: &Modules, caption: &str) -> String {
    let side = modules.width + 2 * QUIET_MODULES;
    let height = side + CAPTION_MODULES;
    let mut path = String::new();
    for row in 0..modules.width {
        for column in (0..modules.width).filter(|column| modules.is_dark(*column, row)) {
            // Writing into a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", column + QUIET_MODULES, row + QUIET_MODULES);
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {height}\" width=\"60mm\">\
         <rect width=\"{side}\" height=\"{height}\" fill=\"#fff\"/><path d=\"{path}\"/>\
         <text x=\"{}\" y=\"{}\" font-family=\"monospace\" font-size=\"5\" text-anchor=\"middle\">{caption}</text></svg>\n",
        side / 2,
        side + 2,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onsite::code::{Codes, Luma, read};

    #[test]
    fn the_signs_in_the_terminal_are_the_code_of_the_link() {
        let link = "https://photos.example/s/B7K2QX";
        let text = blocks(&Modules::of(link).unwrap());
        let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        let (width, height) = (lines[0].len(), lines.len() * 2);
        let step = 4;
        let pixels = image::RgbImage::from_fn((width * step) as u32, (height * step) as u32, |x, y| {
            let (column, row) = (x as usize / step, y as usize / step);
            let sign = lines[row / 2][column];
            let is_light = matches!((sign, row % 2), ('█', _) | ('▀', 0) | ('▄', 1));
            image::Rgb(if is_light { [255; 3] } else { [0; 3] })
        });
        assert_eq!(read::codes(&Luma::of(&pixels)), Codes::One(link.as_bytes().to_vec()));
    }

    #[test]
    fn the_drawing_has_a_square_for_every_dark_module() {
        let modules = Modules::of("https://photos.example/s/B7K2QX").unwrap();
        let dark = modules.dark().iter().filter(|dark| **dark).count();
        let svg = drawing(&modules, "B7K2QX");
        assert_eq!(svg.matches("h1v1h-1z").count(), dark);
        assert!(svg.contains(">B7K2QX</text>"));
    }
}
