//! One operation of the API: its route and what the document says of it, in one place so that neither can be forgotten.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Extension, Router};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::Hub;
use super::auth::Right;

/// Makes the schema of one message.
pub(super) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// What travels in one direction.
#[derive(Clone, Copy)]
pub(super) enum Content {
    Nothing,
    Json(SchemaOf),
    /// The media type.
    Other(&'static str),
}

/// A query parameter that may be left out: its name and what it means.
pub(super) type Query = (&'static str, &'static str);

/// A route with its description.
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) says: &'static str,
    /// `None`: anyone may ask.
    pub(super) right: Option<Right>,
    /// Carries an `Idempotency-Key`.
    pub(super) is_keyed: bool,
    pub(super) queries: &'static [Query],
    pub(super) asks: Content,
    pub(super) answers: Content,
    route: MethodRouter<Arc<Hub>>,
}

pub(super) fn get<H, T>(path: &'static str, handler: H) -> Operation
where
    H: Handler<T, Arc<Hub>>,
    T: 'static,
{
    Operation::new("get", path, on(MethodFilter::GET, handler))
}

pub(super) fn post<H, T>(path: &'static str, handler: H) -> Operation
where
    H: Handler<T, Arc<Hub>>,
    T: 'static,
{
    Operation::new("post", path, on(MethodFilter::POST, handler))
}

pub(super) fn put<H, T>(path: &'static str, handler: H) -> Operation
where
    H: Handler<T, Arc<Hub>>,
    T: 'static,
{
    Operation::new("put", path, on(MethodFilter::PUT, handler))
}

impl Operation {
    fn new(method: &'static str, path: &'static str, route: MethodRouter<Arc<Hub>>) -> Self {
        Self {
            method,
            path,
            says: "",
            right: None,
            is_keyed: false,
            queries: &[],
            asks: Content::Nothing,
            answers: Content::Nothing,
            route,
        }
    }

    pub(super) fn says(self, says: &'static str) -> Self {
        Self { says, ..self }
    }

    pub(super) fn needs(self, right: Right) -> Self {
        Self { right: Some(right), ..self }
    }

    pub(super) fn keyed(self) -> Self {
        Self { is_keyed: true, ..self }
    }

    pub(super) fn queries(self, queries: &'static [Query]) -> Self {
        Self { queries, ..self }
    }

    pub(super) fn asks<T: JsonSchema>(self) -> Self {
        Self { asks: Content::Json(SchemaGenerator::subschema_for::<T>), ..self }
    }

    pub(super) fn asks_bytes(self) -> Self {
        self.asks_in("application/octet-stream")
    }

    pub(super) fn asks_in(self, media_type: &'static str) -> Self {
        Self { asks: Content::Other(media_type), ..self }
    }

    pub(super) fn answers<T: JsonSchema>(self) -> Self {
        Self { answers: Content::Json(SchemaGenerator::subschema_for::<T>), ..self }
    }

    pub(super) fn answers_in(self, media_type: &'static str) -> Self {
        Self { answers: Content::Other(media_type), ..self }
    }

    pub(super) fn mounted_on(self, router: Router<Arc<Hub>>) -> Router<Arc<Hub>> {
        let route = match self.right {
            Some(right) => self.route.layer(Extension(right)),
            None => self.route,
        };
        router.route(self.path, route)
    }
}
