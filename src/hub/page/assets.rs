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

static ASSETS: LazyLock<[Asset; 6]> = LazyLock::new(|| {
    let asset = |name, kind, content: &'static [u8]| {
        let tag = sha256_hex(content).get(..TAG_SIGNS).unwrap_or_default().to_owned();
        Asset { name, kind, content, tag }
    };
    [
        asset("page.css", "text/css; charset=utf-8", include_bytes!("../../../assets/page/page.css")),
        asset("page.js", SCRIPT, include_bytes!("../../../assets/page/page.js")),
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
}
