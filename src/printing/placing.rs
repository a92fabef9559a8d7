//! Where a sheet lies on the paper of a device that counts in pixels of its own, at its true size.

use super::QueueError;

const MM_PER_INCH: f64 = 25.4;

/// One direction of a device: across or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    pub dpi: i32,
    /// The whole paper, in the device's pixels.
    pub paper_px: i32,
    /// The first pixel that it can print on.
    pub border_px: i32,
}

/// Where the sheet begins and how long it is, in the device's pixels from its first printable one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: i32,
    pub length: i32,
}

impl Axis {
    /// The sheet at its true size in the middle of the paper; a sheet larger than the paper is printed over its edges.
    pub fn place(self, sheet_px: u32, sheet_dpi: u32) -> Span {
        let length = f64::from(sheet_px) * f64::from(self.dpi) / f64::from(sheet_dpi.max(1));
        let start = (f64::from(self.paper_px) - length) / 2.0;
        let (first, last) = (start.round(), (start + length).round());
        Span { start: first as i32 - self.border_px, length: (last - first) as i32 }
    }

    fn paper_mm(self) -> f64 {
        f64::from(self.paper_px) * MM_PER_INCH / f64::from(self.dpi.max(1))
    }
}

/// # Errors
/// The device has another paper than the one asked for, in hundredths of a millimetre as it lies.
pub fn same_paper(axes: [Axis; 2], paper: (i32, i32), tolerance_mm: f64) -> Result<(), QueueError> {
    let wanted = [paper.0, paper.1].map(|side| f64::from(side) / 100.0);
    let has = axes.map(Axis::paper_mm);
    if has.iter().zip(wanted).all(|(has, wanted)| (has - wanted).abs() <= tolerance_mm) {
        return Ok(());
    }
    Err(QueueError::Refused {
        what: "take the paper",
        status: 0,
        answer: format!(
            "its driver has {:.1}×{:.1} mm where {:.1}×{:.1} mm was asked for",
            has[0], has[1], wanted[0], wanted[1]
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_of_the_devices_density_is_not_scaled() {
        // A4 at 300 dpi with a border of 50 pixels.
        let across = Axis { dpi: 300, paper_px: 2480, border_px: 50 };
        assert_eq!(across.place(2480, 300), Span { start: -50, length: 2480 });
    }

    #[test]
    fn a_sheet_keeps_its_millimetres_at_any_density() {
        for (dpi, paper_px, border_px) in [(600, 4961, 100), (1200, 9921, 199), (360, 2976, 0)] {
            let span = Axis { dpi, paper_px, border_px }.place(2480, 300);
            let mm = f64::from(span.length) * MM_PER_INCH / f64::from(dpi);
            assert!((mm - 2480.0 * MM_PER_INCH / 300.0).abs() < 0.08, "{mm} mm at {dpi} dpi");
            let middle = f64::from(span.start + border_px) + f64::from(span.length) / 2.0;
            assert!((middle - f64::from(paper_px) / 2.0).abs() <= 1.0, "{span:?}");
        }
    }

    #[test]
    fn what_is_larger_than_the_paper_is_printed_over_both_edges() {
        let span = Axis { dpi: 300, paper_px: 1200, border_px: 0 }.place(1240, 300);
        assert_eq!(span, Span { start: -20, length: 1240 });
    }

    #[test]
    fn another_paper_in_the_driver_is_refused_with_both_sizes() {
        let axis = |paper_px| Axis { dpi: 300, paper_px, border_px: 0 };
        let a4 = (21_000, 29_700);
        assert!(same_paper([axis(2480), axis(3508)], a4, 0.5).is_ok());
        let letter = same_paper([axis(2550), axis(3300)], a4, 0.5).unwrap_err();
        assert!(letter.to_string().contains("215.9×279.4 mm where 210.0×297.0 mm"), "{letter}");
        assert!(
            same_paper([axis(3508), axis(2480)], a4, 0.5).is_err(),
            "a paper that lies otherwise is another"
        );
    }
}
