//! An order of pieces to finished sheets: expression, exact packing, marks, raster and PDF.

pub mod layout;
pub mod marks;
pub mod pack;
pub mod paper;
pub mod pdf;
pub mod piece;
pub mod raster;
pub mod sheet;
