//! Photodesk: portraits come in, are checked, reviewed, made into final photos and printed.
//!
//! The module list is the table of contents; a module names only modules above it.

rust_i18n::i18n!("assets/locales", fallback = "en");

pub mod camera;
pub mod cli;
pub mod durable;
#[cfg(feature = "hub")]
pub mod hub;
pub mod i18n;
pub mod identity;
pub mod inspect;
pub mod onsite;
pub mod photo;
pub mod print;
pub mod printing;
pub mod retouch;
pub mod settings;
pub mod sitter;
pub mod standard;
pub mod store;
pub mod submission;
#[cfg(feature = "hub")]
pub mod sync;
#[cfg(feature = "desk")]
pub mod ui;
pub mod workflow;
