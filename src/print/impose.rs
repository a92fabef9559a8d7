//! Which person's set goes where when several share a sheet, so that cut stacks lie in the order of the roster.
//!
//! A stack of sheets is cut at once, and the piles are laid on each other in the order of their places: place `p`
//! of sheet `s` therefore takes person `p × S + s` of a stack of `S` sheets. A set never splits.

/// How many sheets the cutter takes at once unless the print room says otherwise.
pub const USUAL_LIFT: usize = 50;

/// The persons on each sheet, by place; the last places of a sheet may stay empty.
///
/// `lift` is the most sheets that are cut at once: after so many the order starts anew, so that each stack holds
/// a run of the roster.
pub fn cut_and_stack(people: usize, places: usize, lift: usize) -> Vec<Vec<usize>> {
    let (places, lift) = (places.max(1), lift.max(1));
    let mut sheets = Vec::new();
    let mut first = 0;
    while first < people {
        let in_stack = (people - first).min(places * lift);
        let high = in_stack.div_ceil(places);
        for sheet in 0..high {
            let at = (0..places).map(|place| place * high + sheet).filter(|at| *at < in_stack);
            sheets.push(at.map(|at| first + at).collect());
        }
        first += in_stack;
    }
    sheets
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What lies on the table when each stack has been cut and its piles laid on each other.
    fn cut(sheets: &[Vec<usize>], places: usize, lift: usize) -> Vec<usize> {
        let piles = |stack: &[Vec<usize>]| -> Vec<usize> {
            (0..places)
                .flat_map(|place| stack.iter().filter_map(move |sheet| sheet.get(place).copied()))
                .collect()
        };
        sheets.chunks(lift).flat_map(piles).collect()
    }

    #[test]
    fn cut_stacks_lie_in_the_order_of_the_roster() {
        for (people, places, lift) in
            [(1000, 4, 50), (37, 8, 3), (5, 4, 50), (8, 8, 1), (1, 2, 9), (0, 4, 50), (401, 4, 50)]
        {
            let sheets = cut_and_stack(people, places, lift);
            let place = format!("{people} people on {places} places, {lift} sheets a lift");
            assert_eq!(cut(&sheets, places, lift), (0..people).collect::<Vec<_>>(), "{place}");
            assert_eq!(sheets.len(), people.div_ceil(places), "{place}: no sheet more than needed");
        }
    }

    #[test]
    fn places_that_stay_empty_are_the_last_of_their_sheet() {
        assert_eq!(cut_and_stack(5, 4, 50), [vec![0, 2, 4], vec![1, 3]]);
    }
}
