//! The hub from outside over loopback: desks, students, lost replies, kills.
#![cfg(feature = "hub")]
#![allow(clippy::unwrap_used, clippy::panic)]

#[macro_use]
mod told_again;

mod api;
#[cfg(target_os = "linux")]
mod bringing;
mod capture;
#[cfg(target_os = "linux")]
mod cluster;
mod conform;
#[cfg(target_os = "linux")]
mod database_tls;
mod desk;
mod erasing;
mod events;
mod fixture;
mod kill;
mod life;
mod live;
#[cfg(unix)]
#[allow(dead_code, reason = "also made for the student's page")]
#[path = "../mail_server/mod.rs"]
mod mail_server;
mod model;
#[cfg(unix)]
mod notices;
mod object_store;
#[cfg(target_os = "linux")]
mod objects;
mod openapi;
mod photos;
#[cfg(target_os = "linux")]
mod postgres;
mod production;
mod roles;
mod story;
#[cfg(unix)]
mod tls;
#[cfg(unix)]
mod wechat;
#[cfg(unix)]
#[allow(dead_code, reason = "also made for the student's page")]
#[path = "../wechat_service/mod.rs"]
mod wechat_service;
