//! An order of pieces to finished sheets: expression, exact packing, marks, raster and PDF.

pub mod area;
pub mod calibration;
pub mod caption;
pub mod data;
pub mod grid;
pub mod hot_folder;
pub mod impose;
pub mod labels;
pub mod layout;
pub mod marks;
pub mod order_papers;
pub mod pack;
pub mod paper;
pub mod pdf;
pub mod piece;
pub mod preflight;
pub mod printer;
pub mod raster;
pub mod sheet;
pub mod slip;
pub mod ticket;
pub mod tickets;
mod typeset;

pub use area::Area;
pub use layout::{Layout, Layouts};
pub use pack::{PackError, Packing, Spacing, pack};
pub use paper::{Paper, Papers};
pub use piece::{Piece, Pieces};
