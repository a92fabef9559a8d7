//! The hub from outside over loopback: desks, students, lost replies, kills.
#![cfg(feature = "hub")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod api;
mod capture;
mod desk;
mod fixture;
mod kill;
mod live;
mod model;
mod photos;
mod story;
#[cfg(unix)]
mod tls;
