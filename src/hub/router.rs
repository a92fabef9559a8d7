//! Every route of the hub on one screen.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};

use super::error::HubError;
use super::{Hub, page, routes};

pub(super) fn router(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/v1/health", get(routes::health))
        .route("/v1/metrics", get(routes::metrics))
        .route("/v1/enrolments", post(routes::enrol))
        .route("/v1/batches", get(routes::batches).post(routes::add_batch))
        .route("/v1/batches/{code}", get(routes::batch))
        .route("/v1/photos/{sha256}", put(routes::put_photo).get(routes::photo))
        .route("/v1/photos/proofs", post(routes::proofs))
        .route("/v1/photos/{sha256}/parts", get(routes::parts).post(routes::join_parts))
        .route("/v1/photos/{sha256}/parts/{number}", put(routes::put_part))
        .route("/v1/captures", post(routes::capture))
        .route("/v1/submissions", post(routes::submit))
        .route("/v1/submissions/{id}", get(routes::submission))
        .route("/v1/submissions/{id}/photo", post(routes::resubmit))
        .route("/v1/submissions/{id}/withdrawal", post(routes::withdraw))
        .route("/v1/leases", post(routes::claim))
        .route("/v1/leases/renewal", post(routes::renew))
        .route("/v1/leases/release", post(routes::release))
        .route("/v1/decisions", post(routes::decide))
        .route("/v1/changes", get(routes::changes))
        .merge(page::routes())
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        // Every body is read by ourselves, each against its own limit.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&hub), measured))
        .with_state(hub)
}

/// Counts the answer and the time it took.
async fn measured(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let answer = next.run(request).await;
    hub.meters.answered(answer.status().as_u16(), begun.elapsed());
    answer
}

/// Whoever follows a link gets a page, a program the one error shape.
async fn no_such_path(State(hub): State<Arc<Hub>>, visit: page::Visit) -> Response {
    if !visit.here.starts_with("/v1") {
        return page::missing(&hub, &visit);
    }
    HubError::new(
        404,
        "no_such_path",
        "the hub has no such path",
        "see docs/hub.md for the paths of this version",
    )
    .into_response()
}

async fn no_such_method() -> HubError {
    HubError::new(
        405,
        "no_such_method",
        "this path does not take this method",
        "see docs/hub.md for what it takes",
    )
}
