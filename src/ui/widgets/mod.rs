//! The pieces every screen is built of.

pub mod bottom_bar;
pub mod button;
pub mod chart;
pub mod chip;
pub mod combo;
pub mod dialog;
pub mod empty;
pub mod evidence;
pub mod finding_row;
pub mod gauge;
pub mod guides;
pub mod keycap;
pub mod label;
pub mod list_card;
pub mod notice;
pub mod part_bar;
pub mod photo_view;
pub mod progress;
pub mod rail;
pub mod ruler;
pub mod status;
