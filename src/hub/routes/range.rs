//! One range of a photo's bytes, as RFC 9110 has it: `Range: bytes=FIRST-LAST`, `FIRST-` or `-COUNT`.

use std::ops::Range;

use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::hub::error::HubError;

/// The photo's bytes, or those that are asked for. `tag` is its entity tag: a range of another one is not given.
pub(super) fn ranged(
    asked: &HeaderMap,
    tag: &str,
    head: [(HeaderName, String); 3],
    mut content: Vec<u8>,
) -> Result<Response, HubError> {
    let whole = content.len();
    let accepts = [(header::ACCEPT_RANGES, "bytes")];
    let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let of_another = text(header::IF_RANGE).is_some_and(|known| known != tag);
    let range = text(header::RANGE).filter(|_| !of_another).and_then(|text| parsed(text, whole));
    match range {
        None => Ok((head, accepts, content).into_response()),
        Some(range) if range.is_empty() => {
            let refusal = HubError::new(
                416,
                "no_such_range",
                format!("the photo has {whole} bytes, and none of them was asked for"),
                "ask for the whole photo, without a range",
            );
            let said = [(header::CONTENT_RANGE, format!("bytes */{whole}"))];
            Ok((said, refusal).into_response())
        }
        Some(range) => {
            let said = [(header::CONTENT_RANGE, format!("bytes {}-{}/{whole}", range.start, range.end - 1))];
            content.truncate(range.end);
            content.drain(..range.start);
            Ok((StatusCode::PARTIAL_CONTENT, head, accepts, said, content).into_response())
        }
    }
}

/// The bytes of one range in a photo of `whole` bytes, empty where it has none of them; `None` for what is no single range,
/// which is answered as if nothing had been said.
fn parsed(text: &str, whole: usize) -> Option<Range<usize>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let (start, end) = match (first.trim(), last.trim()) {
        ("", last) => (whole.saturating_sub(number(last)?), whole),
        (first, "") => (number(first)?, whole),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            (first, last.saturating_add(1).min(whole))
        }
    };
    Some(start.min(end)..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_it_is_written() {
        for (text, expected) in [
            ("bytes=0-0", Some(0..1)),
            ("bytes=2-", Some(2..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=-30", Some(0..10)),
            ("bytes=4-99", Some(4..10)),
            ("bytes=10-", Some(10..10)),
            ("bytes=12-14", Some(10..10)),
            ("bytes=-0", Some(10..10)),
            ("bytes=5-4", None),
            ("bytes=0-1,4-5", None),
            ("bytes=-", None),
            ("rows=0-1", None),
        ] {
            assert_eq!(parsed(text, 10), expected, "{text}");
        }
    }
}
