//! What a queue is told about a job, made from what the sheets need and what the queue can do.

use super::QueueFacts;
use super::limits::Limits;
use super::media::{self, Medium};
use crate::photo::units::Dpi;
use crate::print::Paper;
use crate::print::sheet::SheetFormat;

/// What sheets ask of a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetNeeds {
    pub paper: Paper,
    pub format: SheetFormat,
    pub dpi: Dpi,
    /// Whether the sheets have the printer's own pixels, so that their density is no matter of taste.
    pub own_raster: bool,
    /// Left, top, right and bottom of the paper that the sheets leave white, in hundredths of a millimetre.
    pub margins: [i32; 4],
    pub copies: u32,
}

/// Everything a queue is told about one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobTicket {
    /// Tells this job apart from every other; names no person.
    pub name: String,
    /// MIME type of the document.
    pub format: &'static str,
    pub medium: Medium,
    /// The margins of the medium; nothing where it is named by its keyword alone.
    pub margins: Option<[i32; 4]>,
    pub by_size: bool,
    /// The sheet lies across the medium.
    pub landscape: bool,
    /// Dots per inch that the queue is asked for; nothing where it has not those of the sheets.
    pub dpi: Option<i32>,
    pub sheet_dpi: Dpi,
    pub copies: u32,
    pub color: bool,
    pub one_sided: bool,
    pub best_quality: bool,
}

/// Why a queue cannot print sheets as they are. The text is `message; remedy`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error(
        "the queue {queue} does not say that it can print without scaling; choose a queue whose driver knows \
         print-scaling none, or print through a hot folder"
    )]
    Scales { queue: String },
    #[error("the queue {queue} has no {paper}; choose one of its papers: {}", known.join(", "))]
    NoPaper { queue: String, paper: String, known: Vec<String> },
    #[error("the queue {queue} does not print {format}; choose a format it takes: {}", known.join(", "))]
    NoFormat { queue: String, format: String, known: Vec<String> },
    #[error(
        "the queue {queue} does not print at {dpi} dpi; choose the printer that belongs to it, or another queue"
    )]
    NoResolution { queue: String, dpi: u32 },
    #[error("the queue {queue} prints {most} copies at once at most, not {copies}; ask for fewer")]
    TooManyCopies { queue: String, copies: u32, most: i32 },
}

impl Unfit {
    /// Stable machine-readable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Scales { .. } => "queue_scales",
            Self::NoPaper { .. } => "queue_no_paper",
            Self::NoFormat { .. } => "queue_no_format",
            Self::NoResolution { .. } => "queue_no_resolution",
            Self::TooManyCopies { .. } => "queue_too_many_copies",
        }
    }
}

const LANDSCAPE: i32 = 4;
const HIGH: i32 = 5;

impl JobTicket {
    /// The ticket of sheets with these needs, or everything that keeps the queue from printing them as they are.
    pub fn new(facts: &QueueFacts, needs: &SheetNeeds, limits: &Limits) -> Result<Self, Vec<Unfit>> {
        let queue = || facts.name.clone();
        let mut unfit = Vec::new();
        if !facts.scalings.iter().any(|scaling| scaling == "none") {
            unfit.push(Unfit::Scales { queue: queue() });
        }
        let format = mime(needs.format);
        if !facts.formats.iter().any(|known| known == format) {
            let known = facts.formats.iter().filter_map(|known| format_of(known)).map(SheetFormat::name);
            let known = known.map(str::to_owned).collect();
            unfit.push(Unfit::NoFormat { queue: queue(), format: needs.format.name().into(), known });
        }
        let dpi = i32::try_from(needs.dpi.0).unwrap_or(i32::MAX);
        let has_dpi = facts.resolutions.contains(&(dpi, dpi));
        if needs.own_raster && !facts.resolutions.is_empty() && !has_dpi {
            unfit.push(Unfit::NoResolution { queue: queue(), dpi: needs.dpi.0 });
        }
        if i64::from(needs.copies) > i64::from(facts.most_copies.max(1)) {
            let most = facts.most_copies.max(1);
            unfit.push(Unfit::TooManyCopies { queue: queue(), copies: needs.copies, most });
        }
        let Some(found) = media::find(&facts.media, &needs.paper, limits.media_tolerance_mm) else {
            let known = facts.media.iter().map(|medium| {
                medium.name.clone().unwrap_or_else(|| {
                    format!("{}×{} mm", f64::from(medium.width) / 100.0, f64::from(medium.height) / 100.0)
                })
            });
            unfit.push(Unfit::NoPaper {
                queue: queue(),
                paper: format!("{} ({}×{} mm)", needs.paper.name, needs.paper.width, needs.paper.height),
                known: known.collect(),
            });
            return Err(unfit);
        };
        if !unfit.is_empty() {
            return Err(unfit);
        }
        let has = |list: &[String], keyword: &str| list.iter().any(|known| known == keyword);
        Ok(Self {
            name: String::new(),
            format,
            by_size: facts.takes_media_col || found.medium.name.is_none(),
            margins: margins(facts, needs, found.turned),
            landscape: found.turned && facts.orientations.contains(&LANDSCAPE),
            medium: found.medium,
            dpi: has_dpi.then_some(dpi),
            sheet_dpi: needs.dpi,
            copies: needs.copies.max(1),
            color: has(&facts.color_modes, "color"),
            one_sided: has(&facts.sides, "one-sided"),
            best_quality: facts.qualities.contains(&HIGH),
        })
    }

    pub fn named(&self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self.clone() }
    }
}

/// For each side the widest margin the queue offers that the sheets leave white anyway; a sheet that lies across the
/// medium is turned a quarter to the left. Nothing when a side has none that narrow: the queue then uses its own.
fn margins(facts: &QueueFacts, needs: &SheetNeeds, turned: bool) -> Option<[i32; 4]> {
    let [left, top, right, bottom] = needs.margins;
    let wanted = if turned { [top, right, bottom, left] } else { needs.margins };
    let mut chosen = [0; 4];
    for ((side, offered), wanted) in chosen.iter_mut().zip(&facts.margins).zip(wanted) {
        *side = offered.iter().copied().filter(|margin| *margin <= wanted).max()?;
    }
    Some(chosen)
}

/// The MIME type of sheets.
pub fn mime(format: SheetFormat) -> &'static str {
    match format {
        SheetFormat::Jpeg => "image/jpeg",
        SheetFormat::Png => "image/png",
        SheetFormat::Tiff => "image/tiff",
        SheetFormat::Pdf => "application/pdf",
    }
}

fn format_of(known: &str) -> Option<SheetFormat> {
    let all = [SheetFormat::Jpeg, SheetFormat::Png, SheetFormat::Tiff, SheetFormat::Pdf];
    all.into_iter().find(|format| mime(*format) == known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::Papers;

    fn facts() -> QueueFacts {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        QueueFacts {
            name: "lab".into(),
            accepting: true,
            formats: words(&["application/pdf", "image/jpeg"]),
            media: ["na_index-4x6_4x6in", "iso_a4_210x297mm"]
                .iter()
                .filter_map(|name| Medium::of_keyword(name))
                .collect(),
            takes_media_col: true,
            margins: [vec![0, 423], vec![0, 423], vec![0, 423], vec![0, 423]],
            resolutions: vec![(300, 300), (600, 600)],
            scalings: words(&["auto", "none"]),
            color_modes: words(&["color", "monochrome"]),
            orientations: vec![3, 4],
            most_copies: 99,
            ..QueueFacts::default()
        }
    }

    fn needs(paper: &str, format: SheetFormat, margin: i32) -> SheetNeeds {
        SheetNeeds {
            paper: Papers::built_in().unwrap().find(paper).unwrap().clone(),
            format,
            dpi: Dpi(300),
            own_raster: false,
            margins: [margin; 4],
            copies: 1,
        }
    }

    fn ticket(facts: &QueueFacts, needs: &SheetNeeds) -> Result<JobTicket, Vec<Unfit>> {
        JobTicket::new(facts, needs, &Limits::built_in().unwrap())
    }

    #[test]
    fn a_lying_paper_is_printed_across_a_standing_medium_without_margins() {
        let ticket = ticket(&facts(), &needs("6寸", SheetFormat::Jpeg, 0)).unwrap();
        assert_eq!((ticket.medium.width, ticket.medium.height), (10_160, 15_240));
        assert_eq!((ticket.landscape, ticket.margins, ticket.dpi), (true, Some([0; 4]), Some(300)));
        let office =
            JobTicket::new(&facts(), &needs("A4", SheetFormat::Pdf, 420), &Limits::built_in().unwrap());
        let office = office.unwrap();
        assert_eq!((office.landscape, office.margins), (false, Some([0; 4])), "423 would cut into the sheet");
        assert_eq!(ticket.format, "image/jpeg");
    }

    #[test]
    fn everything_that_would_change_the_sheet_is_told_at_once() {
        let scaling = QueueFacts { scalings: Vec::new(), most_copies: 1, ..facts() };
        let asked = SheetNeeds { copies: 2, ..needs("A3", SheetFormat::Tiff, 0) };
        let codes: Vec<&str> = ticket(&scaling, &asked).unwrap_err().iter().map(Unfit::code).collect();
        assert_eq!(codes, ["queue_scales", "queue_no_format", "queue_too_many_copies", "queue_no_paper"]);
        let own = SheetNeeds { own_raster: true, dpi: Dpi(334), ..needs("6寸", SheetFormat::Jpeg, 0) };
        assert_eq!(ticket(&facts(), &own).unwrap_err()[0].code(), "queue_no_resolution");
    }
}
