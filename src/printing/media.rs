//! Media by their size: the names of PWG 5101.1, and the one that a paper is.

use crate::print::Paper;

/// A medium as a printer names it, in hundredths of a millimetre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    /// Its keyword, such as `na_index-4x6_4x6in`; nothing where only its size is known.
    pub name: Option<String>,
    pub width: i32,
    pub height: i32,
}

/// A medium that is a paper, and whether it stands where the paper lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub medium: Medium,
    pub turned: bool,
}

impl Medium {
    /// The medium of a self-describing keyword; nothing where it names no one size.
    pub fn of_keyword(keyword: &str) -> Option<Self> {
        let (class, size) = keyword.split_once('_').zip(keyword.rsplit_once('_'))?;
        let ((class, _), (_, size)) = (class, size);
        if class == "custom" || class == "roll" {
            return None;
        }
        let (size, unit) = match size.strip_suffix("mm") {
            Some(size) => (size, 100.0),
            None => (size.strip_suffix("in")?, 2540.0),
        };
        let (width, height) = size.split_once('x')?;
        let side = |text: &str| {
            let side = text.parse::<f64>().ok()? * unit;
            (side > 0.0 && side < 1e7).then_some(side.round() as i32)
        };
        Some(Self { name: Some(keyword.to_owned()), width: side(width)?, height: side(height)? })
    }
}

/// The medium that has the paper's size, lying as the paper does where there is one, else standing across it.
pub fn find(media: &[Medium], paper: &Paper, tolerance_mm: f64) -> Option<Found> {
    let hundredths = |mm: f64| (mm * 100.0).round() as i32;
    let (width, height) = (hundredths(paper.width.mm()), hundredths(paper.height.mm()));
    let tolerance = hundredths(tolerance_mm);
    let is = |medium: &&Medium, (width, height): (i32, i32)| {
        (medium.width - width).abs() <= tolerance && (medium.height - height).abs() <= tolerance
    };
    let nearest = |size: (i32, i32)| {
        let off = |medium: &&Medium| (medium.width - size.0).abs() + (medium.height - size.1).abs();
        media.iter().filter(|medium| is(medium, size)).min_by_key(off).cloned()
    };
    let lying = nearest((width, height)).map(|medium| Found { medium, turned: false });
    lying.or_else(|| nearest((height, width)).map(|medium| Found { medium, turned: width != height }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::Papers;

    #[test]
    fn a_keyword_tells_its_size() {
        let size = |keyword: &str| Medium::of_keyword(keyword).map(|medium| (medium.width, medium.height));
        assert_eq!(size("iso_a4_210x297mm"), Some((21_000, 29_700)));
        assert_eq!(size("na_index-4x6_4x6in"), Some((10_160, 15_240)));
        assert_eq!(size("oe_photo-l_3.5x5in"), Some((8_890, 12_700)));
        for none in ["custom_min_3x5in", "custom_max_8.5x14in", "auto", "a_b_cxdmm", "x_y_-1x2mm"] {
            assert_eq!(size(none), None, "{none}");
        }
    }

    #[test]
    fn every_paper_is_found_under_its_usual_keyword() {
        let papers = Papers::built_in().unwrap();
        let names = ["na_index-4x6_4x6in", "iso_a4_210x297mm", "na_5x7_5x7in", "jis_b5_182x257mm"];
        let media: Vec<Medium> = names.iter().filter_map(|name| Medium::of_keyword(name)).collect();
        let found = |paper: &str| find(&media, papers.find(paper).unwrap(), 0.5);
        let six = found("6寸").unwrap();
        assert_eq!((six.medium.name.as_deref(), six.turned), (Some("na_index-4x6_4x6in"), true));
        let a4 = found("A4").unwrap();
        assert_eq!((a4.medium.name.as_deref(), a4.turned), (Some("iso_a4_210x297mm"), false));
        assert_eq!(found("A3"), None);
    }
}
