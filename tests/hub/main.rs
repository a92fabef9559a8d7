//! The hub from outside over loopback: desks, students, lost replies, kills.
#![cfg(feature = "hub")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod api;
mod capture;
mod desk;
mod events;
mod fixture;
mod kill;
mod life;
mod live;
mod model;
mod openapi;
mod photos;
mod story;
#[cfg(unix)]
mod tls;
#[cfg(unix)]
mod wechat;
