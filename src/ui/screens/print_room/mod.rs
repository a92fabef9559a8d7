//! The print room: which batch, the true sheet in millimetres, how it is written, and what came of it.

mod how;
mod printer;
mod sheet;
mod side;
mod what;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use egui::{CentralPanel, TextureHandle, Ui, vec2};

use super::{Scene, Shop};
use crate::i18n::words;
use crate::photo::units::Mm;
use crate::print::impose::USUAL_LIFT;
use crate::printing::KnownQueue;
use crate::settings::{Language, Settings};
use crate::ui::icons;
use crate::ui::theme::{VIEWING_GREY, palette, space, surface};
use crate::ui::widgets::empty;
use crate::workflow::desk::BatchSummary;
use crate::workflow::export::recall::Recall;
use crate::workflow::export::{ExportPlan, ExportRequest, PreviewPiece, SHEET_DPI, SheetFormat, USUAL_NAMES};
use crate::workflow::printers::QueueAddress;

/// What the operator chose; the folder stays text while it is typed.
#[derive(Clone, Debug)]
struct Choices {
    layout: String,
    paper: String,
    gap_mm: f64,
    margin_mm: f64,
    format: SheetFormat,
    cut_marks: bool,
    folder: String,
    /// Printer that the sheets are made for.
    printer: Option<String>,
    /// The printer's queue, as it is kept on this desk.
    queue: Option<QueueAddress>,
    /// Whether the sheets go to that queue as soon as they are whole.
    print: bool,
    /// Kind of watched folder that the chosen folder is.
    hot_folder: Option<String>,
    gang: bool,
    slips: bool,
    captions: bool,
    photo_names: String,
    zip: bool,
    /// Of the printed ticket.
    language: Language,
}

/// A sheet on the screen and whose its pieces are.
#[derive(Clone)]
pub struct DrawnSheet {
    pub texture: TextureHandle,
    pub pieces: Arc<[PreviewPiece]>,
}

/// How large the sheet is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Zoom {
    #[default]
    Whole,
    /// A millimetre of the sheet is a millimetre on a screen of 96 points an inch.
    Real,
    Twice,
}

/// What is known for the request now shown.
enum Known<T> {
    Asked,
    Here(T),
    Failed(String),
}

/// A question the desk must answer for this screen.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetQuestion {
    pub request: ExportRequest,
    pub index: usize,
}

/// The question asked last, shared with the workers: older ones need no answer.
#[derive(Clone, Default)]
pub struct LatestQuestion(Arc<Mutex<Option<SheetQuestion>>>);

impl LatestQuestion {
    pub fn is_latest(&self, question: &SheetQuestion) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(question)
    }

    fn set(&self, question: &SheetQuestion) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(question.clone());
    }
}

/// What the print room remembers.
#[derive(Default)]
pub struct PrintRoom {
    batch: Option<String>,
    choices: Option<Choices>,
    index: usize,
    plan: Option<(ExportRequest, Known<ExportPlan>)>,
    sheet: Option<(SheetQuestion, Known<DrawnSheet>)>,
    latest: LatestQuestion,
    /// The last sheet that could be drawn stays until the next one is here.
    last_sheet: Option<DrawnSheet>,
    zoom: Zoom,
    /// What a narrow window shows beside the sheet.
    side: side::Side,
    /// People to print again; none for whoever is approved.
    reprint: Vec<String>,
    /// The queues of the print system, once they were asked for.
    queues: Option<Vec<KnownQueue>>,
}

impl PrintRoom {
    /// Chooses the batch and its first offered layout.
    pub fn choose(&mut self, summary: &BatchSummary, shop: &Shop, settings: &Settings) {
        let layout = summary.batch.layouts.first().cloned();
        let layout = layout.or_else(|| shop.layouts.entries().first().map(|entry| entry.expression.clone()));
        let layout = layout.unwrap_or_default();
        let choices = self.choices.get_or_insert_with(|| first_choices(shop, settings, &layout));
        if self.batch.as_ref() != Some(&summary.batch.code) {
            choices.layout = layout;
            self.batch = Some(summary.batch.code.clone());
            self.index = 0;
            self.last_sheet = None;
            self.reprint.clear();
        }
    }

    /// Prints these people again in this layout; none goes back to whoever is approved.
    pub fn print_again(&mut self, people: Vec<String>, layout: Option<(String, String)>) {
        self.reprint = people;
        self.index = 0;
        if let (Some(choices), Some((layout, paper))) = (&mut self.choices, layout) {
            (choices.layout, choices.paper) = (layout, paper);
        }
    }

    /// The prints of this batch that must not be given out.
    pub fn recalls(&self) -> Vec<Recall> {
        self.ready_plan().map(|plan| plan.recalls.clone()).unwrap_or_default()
    }

    pub fn queues_found(&mut self, queues: Vec<KnownQueue>) {
        self.queues = Some(queues);
    }

    pub fn batch(&self) -> Option<&str> {
        self.batch.as_deref()
    }

    pub fn turn(&mut self, step: isize) {
        let last = self.sheets().saturating_sub(1);
        self.index = self.index.saturating_add_signed(step).min(last);
    }

    pub fn set_folder(&mut self, folder: PathBuf) {
        if let Some(choices) = &mut self.choices {
            choices.folder = folder.display().to_string();
        }
    }

    /// Where the operator writes to; empty before it is chosen.
    pub fn folder(&self) -> PathBuf {
        self.choices.as_ref().map(|choices| PathBuf::from(choices.folder.trim())).unwrap_or_default()
    }

    /// What would be exported now.
    pub fn request(&self) -> Option<ExportRequest> {
        let choices = self.choices.as_ref()?;
        Some(ExportRequest {
            batch: self.batch.clone()?,
            layout: choices.layout.trim().to_owned(),
            paper: choices.paper.clone(),
            dpi: SHEET_DPI,
            gap: Mm::from_mm(choices.gap_mm),
            margin: Mm::from_mm(choices.margin_mm),
            format: choices.format,
            cut_marks: choices.cut_marks,
            out: PathBuf::from(choices.folder.trim()),
            printer: choices.printer.clone(),
            queue: choices.queue.clone().filter(|_| choices.print && choices.hot_folder.is_none()),
            hot_folder: choices.hot_folder.clone(),
            gang: choices.gang,
            slips: choices.gang && choices.slips,
            lift: USUAL_LIFT,
            captions: choices.captions,
            photo_names: choices.photo_names.trim().to_owned(),
            zip: choices.zip,
            language: choices.language,
            reprint: self.reprint.clone(),
            orders: Vec::new(),
        })
    }

    /// What may be exported now: sheets are planned and a folder is chosen. People with problems are left out by the
    /// export and named in the list.
    pub fn ready_request(&self) -> Option<ExportRequest> {
        let has_sheets = self.ready_plan().is_some_and(|plan| plan.sheets > 0);
        self.request().filter(|request| has_sheets && !request.out.as_os_str().is_empty())
    }

    /// The plan that must be made now, once for each request.
    pub fn plan_wanted(&mut self) -> Option<ExportRequest> {
        let request = self.request()?;
        if self.plan.as_ref().is_some_and(|(asked, _)| *asked == request) {
            return None;
        }
        self.plan = Some((request.clone(), Known::Asked));
        Some(request)
    }

    /// The sheet that must be drawn now, once for each question.
    pub fn sheet_wanted(&mut self) -> Option<SheetQuestion> {
        let sheets = self.sheets();
        if sheets == 0 {
            return None;
        }
        let mut request = self.request()?;
        // What does not change the picture does not ask for it again.
        request.out = PathBuf::new();
        request.hot_folder = None;
        request.queue = None;
        request.photo_names = USUAL_NAMES.into();
        request.zip = false;
        request.format = SheetFormat::Jpeg;
        let question = SheetQuestion { request, index: self.index.min(sheets - 1) };
        if self.sheet.as_ref().is_some_and(|(asked, _)| *asked == question) {
            return None;
        }
        self.sheet = Some((question.clone(), Known::Asked));
        self.latest.set(&question);
        Some(question)
    }

    /// Tells a worker whether its question still stands.
    pub fn latest_question(&self) -> LatestQuestion {
        self.latest.clone()
    }

    pub fn plan_arrived(&mut self, request: &ExportRequest, result: Result<ExportPlan, String>) {
        if let Some((asked, known)) = &mut self.plan
            && asked == request
        {
            *known = result.map_or_else(Known::Failed, Known::Here);
        }
    }

    pub fn sheet_arrived(&mut self, question: &SheetQuestion, result: Result<DrawnSheet, String>) {
        if let Some((asked, known)) = &mut self.sheet
            && asked == question
        {
            self.last_sheet = result.as_ref().ok().cloned();
            *known = result.map_or_else(Known::Failed, Known::Here);
        }
    }

    /// Forgets plan and sheet, for the approved photos have changed.
    pub fn approvals_changed(&mut self) {
        self.plan = None;
        self.sheet = None;
    }

    fn ready_plan(&self) -> Option<&ExportPlan> {
        match &self.plan {
            Some((_, Known::Here(plan))) => Some(plan),
            _ => None,
        }
    }

    fn people(&self) -> usize {
        self.ready_plan().map_or(0, |plan| plan.people)
    }

    fn sheets(&self) -> usize {
        self.ready_plan().map_or(0, |plan| plan.sheets)
    }

    pub fn draw(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let p = palette(ui);
        if scene.overview.batches.is_empty() {
            let frame = surface(p.window, vec2(space::L, space::L));
            CentralPanel::default().frame(frame).show(ui, |ui| {
                empty::show(
                    ui,
                    icons::PRINT_ROOM,
                    &words!("print.empty"),
                    &words!("print.empty_hint"),
                    |_| {},
                );
            });
            return;
        }
        side::draw(ui, self, scene);
        CentralPanel::default()
            .frame(surface(VIEWING_GREY, vec2(0.0, 0.0)))
            .show(ui, |ui| sheet::draw(ui, self, scene));
    }
}

fn first_choices(shop: &Shop, settings: &Settings, layout: &str) -> Choices {
    let made_for = shop.layouts.entries().iter().find(|entry| entry.expression == layout);
    let known = |name: &String| shop.papers.entries().iter().any(|paper| paper.name == *name);
    let paper = settings
        .paper
        .clone()
        .filter(known)
        .or_else(|| made_for.map(|entry| entry.paper.clone()))
        .or_else(|| shop.papers.entries().first().map(|paper| paper.name.clone()));
    let folder = settings.export_folder.as_ref().map(|folder| folder.display().to_string());
    Choices {
        layout: layout.to_owned(),
        paper: paper.unwrap_or_default(),
        gap_mm: 0.0,
        margin_mm: 0.0,
        format: SheetFormat::Jpeg,
        cut_marks: true,
        folder: folder.unwrap_or_default(),
        printer: None,
        queue: None,
        print: false,
        hot_folder: None,
        gang: false,
        slips: false,
        captions: false,
        photo_names: USUAL_NAMES.into(),
        zip: false,
        language: settings.language,
    }
}

/// The name of a file format.
pub fn format_name(format: SheetFormat) -> &'static str {
    match format {
        SheetFormat::Jpeg => "JPEG",
        SheetFormat::Png => "PNG",
        SheetFormat::Tiff => "TIFF",
        SheetFormat::Pdf => "PDF",
    }
}
