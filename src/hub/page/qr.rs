//! A code to be scanned, as a drawing in a page.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::onsite::code::Modules;
use crate::onsite::code::draw::QUIET_MODULES;

/// The drawing of `text`, named for screen readers; nothing when the text is too long for a code.
pub(super) fn drawn(text: &str, name: &str) -> Markup {
    let Some(modules) = Modules::of(text) else { return html! {} };
    let side = modules.width + 2 * QUIET_MODULES;
    html! {
        svg.code viewBox={ "0 0 " (side) " " (side) } role="img" aria-label=(name) {
            rect width=(side) height=(side) fill="#ffffff" {}
            path d=(dark(&modules)) fill="#000000" {}
        }
    }
}

/// Dark modules, a row's neighbours as one bar, so that no light seam shows between them.
fn dark(modules: &Modules) -> String {
    let mut path = String::new();
    for row in 0..modules.width {
        let mut column = 0;
        while column < modules.width {
            let long = (column..modules.width).take_while(|at| modules.is_dark(*at, row)).count();
            if long > 0 {
                // Writing into a string cannot fail.
                let _ = write!(path, "M{} {}h{long}v1h-{long}z", column + QUIET_MODULES, row + QUIET_MODULES);
            }
            column += long.max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bars_cover_the_dark_modules_and_nothing_else() {
        let modules = Modules::of("weixin://wxpay/bizpayurl?pr=p4lpSuKzz").unwrap();
        let drawn = dark(&modules);
        let covered: usize = drawn
            .split('M')
            .filter_map(|bar| bar.split_once('h')?.1.split('v').next()?.parse::<usize>().ok())
            .sum();
        assert_eq!(covered, modules.dark().iter().filter(|is_dark| **is_dark).count());
        assert!(drawn.starts_with("M4 4h7v1h-7z"), "the first bar of the finder pattern: {drawn}");
    }
}
