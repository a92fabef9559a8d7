//! The photo averaged into cells of a twentieth of the eye distance, each known as person or background.

use image::RgbImage;

use crate::inspect::matte::Matte;
use crate::photo::Rect;
use crate::photo::color::{Lab, lab_from_srgb};

use super::HeatMap;
use crate::inspect::measure::geometry::FaceAxes;

/// Cells per eye distance.
const CELLS_PER_IED: f64 = 20.0;
/// Most cells along the longer side, whatever the face's size.
const MOST_CELLS: usize = 200;
/// Opacity from which a cell is person, and up to which it is background.
const PERSON: f32 = 0.5;
const CLEAR: f32 = 0.1;
/// Cells this near to the person are left out of colour and evenness: wisps of hair the matte does not know.
const MARGIN_IED: f32 = 0.2;
/// How far below the eyes the strip beside head and neck reaches, in eye distances.
const BESIDE_HEAD_IED: f64 = 1.6;

/// One cell of the grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Centre over the grid, −1..=1 in both directions.
    pub x: f32,
    pub y: f32,
    pub lab: Lab,
    /// Distance from the nearest person cell in eye distances.
    pub person_distance_ied: f32,
    pub right_of_face: bool,
    pub beside_head: bool,
    opacity: f32,
}

/// The cells of a region, row by row.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
    /// Where the grid lies in the picture, and the picture's size.
    origin: (f64, f64),
    cell_px: f64,
    cell_ied: f64,
    picture: (f64, f64),
}

impl Grid {
    /// `None` when the region has no extent inside the picture.
    pub fn of(pixels: &RgbImage, matte: &Matte, axes: &FaceAxes, region: Rect) -> Option<Self> {
        let picture = Rect::new(0.0, 0.0, pixels.width() as f32, pixels.height() as f32);
        let inside = region.intersection(picture);
        let longer = f64::from(inside.width.max(inside.height));
        let cell_px = (axes.ied_px / CELLS_PER_IED).max(longer / MOST_CELLS as f64).max(1.0);
        let columns = (f64::from(inside.width) / cell_px) as usize;
        let rows = (f64::from(inside.height) / cell_px) as usize;
        if columns < 4 || rows < 4 || matte.width_px != pixels.width() || matte.height_px != pixels.height() {
            return None;
        }
        let origin = (f64::from(inside.x), f64::from(inside.y));
        let picture = (f64::from(picture.width), f64::from(picture.height));
        let cell_ied = cell_px / axes.ied_px;
        let mut grid = Self { columns, rows, cells: Vec::new(), origin, cell_px, cell_ied, picture };
        grid.cells = (0..rows * columns).map(|index| grid.average(index, pixels, matte, axes)).collect();
        grid.measure_distances(axes);
        Some(grid)
    }

    pub fn len(&self) -> usize {
        self.cells.len()
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Cell by cell, row by row: is it surely background, and does `holds` hold of it?
    pub fn mask(&self, holds: impl Fn(&Cell) -> bool) -> Vec<bool> {
        let is_background = |cell: &Cell| cell.opacity <= CLEAR && cell.person_distance_ied > MARGIN_IED;
        self.cells.iter().map(|cell| is_background(cell) && holds(cell)).collect()
    }

    /// The place of a span of cells (first column and row, last column and row) in the picture.
    pub fn place(&self, [left, top, right, bottom]: [usize; 4]) -> Rect {
        Rect::new(
            (self.origin.0 + left as f64 * self.cell_px) as f32,
            (self.origin.1 + top as f64 * self.cell_px) as f32,
            ((right - left + 1) as f64 * self.cell_px) as f32,
            ((bottom - top + 1) as f64 * self.cell_px) as f32,
        )
    }

    /// Cells that are surely background.
    pub fn background(&self) -> impl Iterator<Item = &Cell> {
        self.clear().filter(|cell| cell.person_distance_ied > MARGIN_IED)
    }

    /// Cells without any person in them, however near.
    pub fn clear(&self) -> impl Iterator<Item = &Cell> {
        self.clear_places().map(|(_, cell)| cell)
    }

    /// As `clear`, each with its index.
    pub fn clear_places(&self) -> impl Iterator<Item = (usize, &Cell)> {
        self.cells.iter().enumerate().filter(|(_, cell)| cell.opacity <= CLEAR)
    }

    /// Side of a cell in eye distances.
    pub fn cell_ied(&self) -> f64 {
        self.cell_ied
    }

    /// Least `value` of each cell and its eight neighbours, cell by cell; a cell with a person in it has none: it is 0.
    pub fn least_around(&self, value: impl Fn(&Cell) -> f32) -> Vec<f32> {
        let values: Vec<f32> =
            self.cells.iter().map(|cell| if cell.opacity <= CLEAR { value(cell) } else { 0.0 }).collect();
        let around = |index: usize| {
            (-1..=1)
                .flat_map(|dy| (-1..=1).map(move |dx| (dx, dy)))
                .filter_map(move |(dx, dy)| self.neighbour(index, dx, dy))
        };
        (0..values.len())
            .map(|index| around(index).map(|near| values[near]).fold(f32::MAX, f32::min))
            .collect()
    }

    /// A map over the whole picture with `value` of every background cell, clamped to 0..=1.
    pub fn heat_map(&self, value: impl Fn(&Cell) -> f32) -> HeatMap {
        let columns = 32_u32;
        let rows = (f64::from(columns) * self.picture.1 / self.picture.0).round().clamp(1.0, 64.0) as u32;
        let mut values = vec![0.0_f32; (columns * rows) as usize];
        for (index, cell) in self.cells.iter().enumerate() {
            if cell.opacity > CLEAR || cell.person_distance_ied <= MARGIN_IED {
                continue;
            }
            let x = (self.origin.0 + (index % self.columns) as f64 * self.cell_px) / self.picture.0;
            let y = (self.origin.1 + (index / self.columns) as f64 * self.cell_px) / self.picture.1;
            let column = ((x * f64::from(columns)) as u32).min(columns - 1);
            let row = ((y * f64::from(rows)) as u32).min(rows - 1);
            let place = &mut values[(row * columns + column) as usize];
            *place = place.max(value(cell).clamp(0.0, 1.0));
        }
        HeatMap { columns, rows, values }
    }

    fn average(&self, index: usize, pixels: &RgbImage, matte: &Matte, axes: &FaceAxes) -> Cell {
        let (column, row) = (index % self.columns, index / self.columns);
        let left = self.origin.0 + column as f64 * self.cell_px;
        let top = self.origin.1 + row as f64 * self.cell_px;
        let columns = left as u32..((left + self.cell_px) as u32).min(pixels.width()).max(left as u32 + 1);
        let rows = top as u32..((top + self.cell_px) as u32).min(pixels.height()).max(top as u32 + 1);
        let (mut sum, mut opacity) = ([0_u32; 3], 0.0_f32);
        for y in rows.clone() {
            let line = (y * pixels.width()) as usize;
            let (from, to) = (line + columns.start as usize, line + columns.end as usize);
            let colours = pixels.as_raw()[from * 3..to * 3].chunks_exact(3);
            for (rgb, alpha) in colours.zip(&matte.alpha[from..to]) {
                (0..3).for_each(|channel| sum[channel] += u32::from(rgb[channel]));
                opacity = opacity.max(*alpha);
            }
        }
        let count = (columns.len() * rows.len()) as f32;
        let centre = (left + self.cell_px / 2.0, top + self.cell_px / 2.0);
        let below_eyes = (centre.1 - f64::from(axes.origin.y)) / axes.ied_px;
        Cell {
            x: 2.0 * (column as f32 + 0.5) / self.columns as f32 - 1.0,
            y: 2.0 * (row as f32 + 0.5) / self.rows as f32 - 1.0,
            lab: lab_from_srgb(sum.map(|value| (value as f32 / count).round() as u8)),
            person_distance_ied: f32::MAX,
            right_of_face: centre.0 > f64::from(axes.origin.x),
            beside_head: below_eyes <= BESIDE_HEAD_IED,
            opacity,
        }
    }

    /// Person is what hangs together with the face; a bystander apart from it is background.
    fn measure_distances(&mut self, axes: &FaceAxes) {
        let person = self.person(axes);
        for (cell, is_person) in self.cells.iter_mut().zip(&person) {
            if cell.opacity >= PERSON && !is_person {
                cell.opacity = 0.0;
            }
        }
        let cell_ied = self.cell_ied as f32;
        let mut distance: Vec<f32> = person.iter().map(|is| if *is { 0.0 } else { f32::MAX / 4.0 }).collect();
        self.relax(&mut distance, 0..self.cells.len(), [(-1, 0), (0, -1), (-1, -1), (1, -1)]);
        self.relax(&mut distance, (0..self.cells.len()).rev(), [(1, 0), (0, 1), (1, 1), (-1, 1)]);
        for (cell, steps) in self.cells.iter_mut().zip(distance) {
            cell.person_distance_ied = steps * cell_ied;
        }
    }

    /// One sweep of the two-pass chamfer distance.
    fn relax(&self, distance: &mut [f32], order: impl Iterator<Item = usize>, from: [(isize, isize); 4]) {
        for index in order {
            for (dx, dy) in from {
                if let Some(other) = self.neighbour(index, dx, dy) {
                    let step = if dx != 0 && dy != 0 { std::f32::consts::SQRT_2 } else { 1.0 };
                    distance[index] = distance[index].min(distance[other] + step);
                }
            }
        }
    }

    /// Cells that hang together with the middle of the face.
    fn person(&self, axes: &FaceAxes) -> Vec<bool> {
        let column = (f64::from(axes.origin.x) - self.origin.0) / self.cell_px;
        let row = (f64::from(axes.origin.y) - self.origin.1) / self.cell_px;
        let mut person = vec![false; self.cells.len()];
        if column < 0.0 || row < 0.0 || column as usize >= self.columns || row as usize >= self.rows {
            return person;
        }
        let mut open = vec![row as usize * self.columns + column as usize];
        while let Some(index) = open.pop() {
            if person[index] || self.cells[index].opacity < PERSON {
                continue;
            }
            person[index] = true;
            open.extend(
                [(-1, 0), (1, 0), (0, -1), (0, 1)]
                    .into_iter()
                    .filter_map(|(dx, dy)| self.neighbour(index, dx, dy)),
            );
        }
        person
    }

    fn neighbour(&self, index: usize, dx: isize, dy: isize) -> Option<usize> {
        let column = (index % self.columns).checked_add_signed(dx).filter(|column| *column < self.columns)?;
        let row = (index / self.columns).checked_add_signed(dy).filter(|row| *row < self.rows)?;
        Some(row * self.columns + column)
    }
}
