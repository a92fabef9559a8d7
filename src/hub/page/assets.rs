//! Style, scripts and the vendored code reader, each under a name that changes with its content.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::store::blobs::sha256_hex;

/// Signs of the content's SHA-256 in the address.
const TAG_SIGNS: usize = 12;
const SCRIPT: &str = "text/javascript; charset=utf-8";

struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static [u8],
    tag: String,
}

static ASSETS: LazyLock<[Asset; 7]> = LazyLock::new(|| {
    let asset = |name, kind, content: &'static [u8]| {
        let tag = sha256_hex(content).get(..TAG_SIGNS).unwrap_or_default().to_owned();
        Asset { name, kind, content, tag }
    };
    [
        asset("page.css", "text/css; charset=utf-8", include_bytes!("../../../assets/page/page.css")),
        asset("page.js", SCRIPT, include_bytes!("../../../assets/page/page.js")),
        asset("pay.js", SCRIPT, include_bytes!("../../../assets/page/pay.js")),
        asset("scan.js", SCRIPT, include_bytes!("../../../assets/page/scan.js")),
        asset("shoot.js", SCRIPT, include_bytes!("../../../assets/page/shoot.js")),
        asset("jsqr.js", SCRIPT, include_bytes!("../../../assets/page/jsqr.js")),
        asset("icon.svg", "image/svg+xml", include_bytes!("../../../assets/icons/photodesk.svg")),
    ]
});

/// The address of an asset, with the tag of its content.
pub(super) fn address(name: &str) -> String {
    let tag = ASSETS.iter().find(|asset| asset.name == name).map_or("", |asset| &asset.tag);
    format!("/page/{name}?{tag}")
}

/// A file; its address changes with its content, so that a copy never grows old.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => {
            let head = [
                (header::CONTENT_TYPE, asset.kind),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (head, asset.content).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Vendored {
        file: String,
        sha256: String,
        licence: String,
        source: String,
    }

    #[test]
    fn the_vendored_reader_is_the_file_its_record_names() {
        let record: Vendored =
            toml::from_str(include_str!("../../../assets/page/jsqr.toml")).unwrap_or(Vendored {
                file: String::new(),
                sha256: String::new(),
                licence: String::new(),
                source: String::new(),
            });
        let file = ASSETS.iter().find(|asset| asset.name == record.file);
        assert_eq!(file.map(|asset| sha256_hex(asset.content)), Some(record.sha256));
        assert_eq!(record.licence, "Apache-2.0");
        assert!(record.source.starts_with("https://"));
    }

    /// The colours of one theme: the first block has the light ones, the second the dark ones.
    fn colours(theme: usize) -> std::collections::BTreeMap<&'static str, [f64; 3]> {
        let css = include_str!("../../../assets/page/page.css");
        let block =
            css.split(":root {").nth(theme + 1).and_then(|rest| rest.split('}').next()).unwrap_or_default();
        let pair = |pair: &'static str| {
            let (name, value) = pair.trim().strip_prefix("--")?.split_once(": #")?;
            let channel = |at: usize| u8::from_str_radix(value.get(at..at + 2)?, 16).ok().map(f64::from);
            Some((name, [channel(0)?, channel(2)?, channel(4)?]))
        };
        block.split(';').filter_map(pair).collect()
    }

    /// Contrast of two sRGB colours (WCAG 2.2, relative luminance).
    fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
        let luminance = |colour: [f64; 3]| {
            let linear = colour.map(|channel| {
                let share = channel / 255.0;
                if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05
        };
        let (one, other) = (luminance(one), luminance(other));
        one.max(other) / one.min(other)
    }

    #[test]
    fn every_text_stands_out_from_its_ground_in_both_themes() {
        const WHITE: [f64; 3] = [255.0; 3];
        for theme in 0..2 {
            let colours = colours(theme);
            let of = |name: &str| colours.get(name).copied().unwrap_or_default();
            let mut pairs = vec![("white", WHITE, "fill"), ("white", WHITE, "fill-hover")];
            for text in ["text", "weak", "accent", "fail", "pass"] {
                pairs.extend(["window", "panel"].map(|ground| (text, of(text), ground)));
            }
            pairs.extend(
                [
                    ("pass", "pass-ground"),
                    ("warn", "warn-ground"),
                    ("fail", "fail-ground"),
                    ("text", "calm-ground"),
                ]
                .map(|(text, ground)| (text, of(text), ground)),
            );
            for ground in ["pass-ground", "warn-ground", "fail-ground", "calm-ground", "raised"] {
                pairs.push(("text", of("text"), ground));
            }
            for (text, colour, ground) in pairs {
                let found = contrast(colour, of(ground));
                assert!(found >= 4.5, "theme {theme}: {text} on {ground} is {found:.2}");
            }
            assert!(contrast(of("field"), of("panel")) >= 3.0, "the edge of a field");
        }
    }
}
