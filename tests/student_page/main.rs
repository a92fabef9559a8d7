//! The student's page from outside: every page over HTTP, the journeys in a real browser.
#![cfg(feature = "hub")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod browser;
mod chromium;
#[allow(dead_code, reason = "made for the hub's own tests")]
#[path = "../hub/fixture.rs"]
mod fixture;
mod http;
#[allow(dead_code, reason = "made for the hub's own tests")]
#[path = "../mail_server/mod.rs"]
mod mail_server;
#[cfg(unix)]
mod paying;
mod phone;
mod sitters;
#[cfg(unix)]
#[allow(dead_code, reason = "made for the hub's own tests too")]
#[path = "../wechat_service/mod.rs"]
mod wechat_service;
