//! The API's own description: the OpenAPI document and a page that shows it, which needs nothing from the network.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::answer;
use crate::hub::openapi::document;
use crate::hub::router::operations;

const PAGE: &str = include_str!("docs.html");

static DOCUMENT: LazyLock<String> = LazyLock::new(|| document(&operations()).to_string());

pub(in crate::hub) async fn openapi() -> Response {
    answer(DOCUMENT.clone())
}

pub(in crate::hub) async fn docs() -> Response {
    let head = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'",
        ),
    ];
    (head, PAGE).into_response()
}
