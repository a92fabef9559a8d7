//! Photodesk: portraits come in, are checked, reviewed, made into final photos and printed.
//!
//! The module list is the table of contents; a module names only modules above it.

rust_i18n::i18n!("assets/locales", fallback = "en");

pub mod photo;
pub mod standard;
pub mod inspect;
pub mod submission;
pub mod retouch;
pub mod print;
pub mod sitter;
pub mod store;
pub mod workflow;
pub mod settings;
pub mod i18n;
#[cfg(feature = "desk")]
pub mod ui;
pub mod cli;
