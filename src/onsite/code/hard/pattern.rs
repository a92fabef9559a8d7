//! What is known of a code before it is read: finder, timing and alignment patterns (ISO/IEC 18004, 6.3).

/// Modules on a side, 21 to 177.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version(pub usize);

/// One module whose colour is known, by column and row.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub at: [f32; 2],
    pub dark: bool,
}

impl Version {
    pub fn modules(self) -> usize {
        17 + 4 * self.0
    }

    /// Columns and rows of the middles of the alignment patterns.
    fn alignment(self) -> Vec<usize> {
        if self.0 < 2 {
            return Vec::new();
        }
        let count = self.0 / 7 + 2;
        let step = if self.0 == 32 { 26 } else { (self.0 * 4 + count * 2 + 1) / (count * 2 - 2) * 2 };
        let mut places: Vec<usize> = (0..count - 1).map(|back| self.modules() - 7 - back * step).collect();
        places.push(6);
        places.reverse();
        places
    }

    /// Middles of the alignment patterns that do not lie on finder patterns.
    fn alignment_patterns(self) -> Vec<[usize; 2]> {
        let places = self.alignment();
        let last = self.modules() - 7;
        let is_finder = |x: usize, y: usize| [(6, 6), (6, last), (last, 6)].contains(&(x, y));
        let all = places.iter().flat_map(|y| places.iter().map(move |x| [*x, *y]));
        all.filter(|[x, y]| !is_finder(*x, *y)).collect()
    }

    /// Every module known beforehand.
    pub fn known(self) -> Vec<Known> {
        self.of_finders().into_iter().chain(self.of_timing()).chain(self.of_alignment()).collect()
    }

    /// Every module of the alignment patterns.
    pub fn of_alignment(self) -> Vec<Known> {
        let mut known = Vec::new();
        for [x, y] in self.alignment_patterns() {
            for row in 0..5_usize {
                for column in 0..5_usize {
                    let ring = row.abs_diff(2).max(column.abs_diff(2));
                    known
                        .push(Known { at: [(x + column - 2) as f32, (y + row - 2) as f32], dark: ring != 1 });
                }
            }
        }
        known
    }

    pub fn of_timing(self) -> Vec<Known> {
        let between = 8..self.modules() - 8;
        between
            .flat_map(|at| {
                let dark = at % 2 == 0;
                [Known { at: [at as f32, 6.0], dark }, Known { at: [6.0, at as f32], dark }]
            })
            .collect()
    }

    /// The three corners with their light borders.
    pub fn of_finders(self) -> Vec<Known> {
        let far = self.modules() as isize - 7;
        let side = self.modules() as isize;
        let mut known = Vec::new();
        for [left, top] in [[0, 0], [far, 0], [0, far]] {
            for y in -1..8 {
                for x in -1..8 {
                    let (column, row) = (left + x, top + y);
                    if !(0..side).contains(&column) || !(0..side).contains(&row) {
                        continue;
                    }
                    let ring = (x - 3).abs().max((y - 3).abs());
                    known.push(Known { at: [column as f32, row as f32], dark: ring != 2 && ring != 4 });
                }
            }
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ISO/IEC 18004, annex E.
    #[test]
    fn alignment_patterns_lie_where_the_standard_puts_them() {
        assert!(Version(1).alignment().is_empty());
        assert_eq!(Version(2).alignment(), [6, 18]);
        assert_eq!(Version(7).alignment(), [6, 22, 38]);
        assert_eq!(Version(15).alignment(), [6, 26, 48, 70]);
        assert_eq!(Version(32).alignment(), [6, 34, 60, 86, 112, 138]);
        assert_eq!(Version(40).alignment(), [6, 30, 58, 86, 114, 142, 170]);
        assert_eq!(Version(7).alignment_patterns().len(), 6);
    }

    #[test]
    fn what_is_known_beforehand_is_so_in_a_drawn_code() {
        let drawn = crate::onsite::code::Modules::of(&"known".repeat(40)).unwrap();
        let version = Version((drawn.width - 17) / 4);
        for module in version.known() {
            let [column, row] = module.at.map(|at| at as usize);
            assert_eq!(drawn.is_dark(column, row), module.dark, "column {column}, row {row}");
        }
    }
}
