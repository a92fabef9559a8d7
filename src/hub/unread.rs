//! An answer that comes before the request has been read whole still arrives.
//!
//! Whoever sends a large photo reads nothing until it is sent. Were the connection closed on bytes that nobody took, the
//! system would reset it, and the sender would hear of a broken network instead of why the photo was refused. So what a
//! route left unread is read and thrown away, within bounds, before the answer goes out.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tokio::time::timeout;

use super::Hub;
use super::upload::next_of;

/// Gives the answer once the request is read to its end, or further than anybody should have sent.
pub(super) async fn read_to_the_end(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let waits = request.headers().contains_key(header::EXPECT);
    let left = Arc::new(Mutex::new(None));
    let lent = |body| Body::new(Lent { body: Some(body), is_wanted: !waits, left: Arc::clone(&left) });
    let request = request.map(lent);
    let answer = next.run(request).await;
    let unread = left.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(body) = unread {
        let limits = &hub.limits.requests;
        let patience = Duration::from_secs(limits.unread_seconds.into());
        // Too slow or too much: the answer goes out all the same, and may be lost.
        drop(timeout(patience, thrown_away(body, limits.max_unread_bytes)).await);
    }
    answer
}

/// Reads at most `most` bytes.
async fn thrown_away(mut body: Body, most: u64) {
    let mut read = 0;
    while let Ok(Some(arrived)) = next_of(&mut body).await {
        read += arrived.len() as u64;
        if read > most {
            return;
        }
    }
}

/// A body that comes back when whoever reads it is done.
struct Lent {
    body: Option<Body>,
    /// False as long as the sender waits to be told that it may send, and has not been: then there is nothing to read.
    is_wanted: bool,
    left: Arc<Mutex<Option<Body>>>,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.is_wanted = true;
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let is_wanted = self.is_wanted;
        if let Some(body) = self.body.take().filter(|body| is_wanted && !body.is_end_stream()) {
            *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
        }
    }
}
