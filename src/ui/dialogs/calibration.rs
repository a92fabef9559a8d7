//! Measures a printer: writes its page, takes the measured crosses, and shows what they give before it is kept.

use std::path::PathBuf;

use egui::{Context, Grid, Role, TextEdit, Ui, WidgetInfo};

use crate::i18n::words;
use crate::inspect::Verdict;
use crate::print::calibration::{Calibration, Measured};
use crate::ui::action::Action;
use crate::ui::problem;
use crate::ui::screens::{Scene, by_language};
use crate::ui::theme::space;
use crate::ui::widgets::{button, dialog, label, status};
use crate::workflow::DeskError;

const FIELD: f32 = 72.0;

/// The measurements while they are typed in.
pub struct CalibrationForm {
    printer: String,
    paper: String,
    /// Where the page is written.
    folder: PathBuf,
    /// Across and down for each cross, as typed.
    typed: Vec<[String; 2]>,
}

/// What the fields hold now.
enum Reading {
    Nothing,
    /// This cross has one number, or something that is none.
    Unreadable(usize),
    Crosses(Vec<Measured>),
}

impl CalibrationForm {
    pub fn new(printer: String, paper: String, folder: PathBuf) -> Self {
        Self { printer, paper, folder, typed: Vec::new() }
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let room = &scene.shop.printers;
        let paper = scene.shop.papers.find(&self.paper).ok().cloned();
        let Some((paper, printer)) = paper.zip(room.printers.find(&self.printer).ok().cloned()) else {
            scene.ask(Action::CloseDialog);
            return;
        };
        let language = scene.settings.language;
        let name = by_language(language, &printer.name, &printer.name_en);
        let paper_name = by_language(language, &paper.name, &paper.name_en);
        let title = words!("calibration.title", printer = name, paper = paper_name);
        let crosses = room.crosses(&printer.id, &paper).unwrap_or_default();
        self.typed.resize_with(crosses.len(), Default::default);
        let known = room.choose(&printer.id, &paper).ok().and_then(|chosen| chosen.kept.copied());
        let mut asked = Vec::new();
        dialog::show(ctx, "calibration", &title, &mut asked, |ui, actions| {
            let crosses = dialog::body(ui, |ui| {
                ui.add(egui::Label::new(words!("calibration.how")).wrap());
                ui.add_space(space::S);
                let page = Action::WriteCalibrationPage {
                    printer: self.printer.clone(),
                    paper: self.paper.clone(),
                    folder: self.folder.clone(),
                };
                let has_folder = !self.folder.as_os_str().is_empty();
                ui.horizontal(|ui| {
                    button::plain_with(ui, page, &words!("calibration.page"), has_folder, actions);
                    match has_folder {
                        true => label::caption(ui, &self.folder.display().to_string()),
                        false => label::caption(ui, &words!("calibration.no_folder")),
                    };
                });
                ui.add_space(space::S);
                self.fields(ui, &crosses);
                ui.add_space(space::S);
                if let Some(kept) = known {
                    let text = words!("calibration.kept", numbers = numbers(kept.calibration));
                    ui.add(egui::Label::new(text).wrap());
                }
                self.result(ui, |crosses| {
                    room.fit(&printer.id, &paper, crosses).map(|fit| {
                        let (cross, off) = fit.worst;
                        let left = words!(
                            "calibration.left_over",
                            residual = format!("{:.2}", fit.residual_mm),
                            cross = cross,
                            off = format!("{off:.2}")
                        );
                        format!("{} · {left}", numbers(fit.calibration))
                    })
                })
            });
            dialog::foot(ui, |ui| {
                let keep = Action::KeepCalibration {
                    printer: self.printer.clone(),
                    paper: self.paper.clone(),
                    measured: crosses.clone().unwrap_or_default(),
                };
                button::primary(ui, keep, &words!("calibration.keep"), crosses.is_some(), actions);
                button::plain_with(ui, Action::CloseDialog, &words!("action.cancel"), true, actions);
                if known.is_some() {
                    let forget = Action::KeepCalibration {
                        printer: self.printer.clone(),
                        paper: self.paper.clone(),
                        measured: Vec::new(),
                    };
                    button::plain_with(ui, forget, &words!("calibration.forget"), true, actions);
                }
            });
        });
        scene.actions.append(&mut asked);
    }

    fn fields(&mut self, ui: &mut Ui, crosses: &[(f64, f64)]) {
        Grid::new("crosses").num_columns(4).spacing([space::L, space::XS]).show(ui, |ui| {
            for heading in [
                words!("calibration.cross"),
                words!("calibration.nominal"),
                words!("calibration.across"),
                words!("calibration.down"),
            ] {
                label::section(ui, &heading);
            }
            ui.end_row();
            for ((number, (x, y)), typed) in (1..).zip(crosses).zip(&mut self.typed) {
                ui.label(number.to_string());
                ui.label(format!("{x:.1} / {y:.1}"));
                for (text, name) in typed.iter_mut().zip([
                    words!("calibration.across_of", cross = number),
                    words!("calibration.down_of", cross = number),
                ]) {
                    let response = ui.add(TextEdit::singleline(text).desired_width(FIELD).char_limit(8));
                    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name.as_ref()));
                }
                ui.end_row();
            }
        });
    }

    /// Shows what the fields give; the crosses when they may be kept.
    fn result(
        &self,
        ui: &mut Ui,
        fit: impl Fn(&[Measured]) -> Result<String, DeskError>,
    ) -> Option<Vec<Measured>> {
        let crosses = match self.reading() {
            Reading::Nothing => return None,
            Reading::Unreadable(cross) => {
                told(ui, Verdict::Warn, &words!("calibration.unreadable", cross = cross));
                return None;
            }
            Reading::Crosses(crosses) => crosses,
        };
        match fit(&crosses) {
            Ok(text) => {
                told(ui, Verdict::Pass, &text);
                Some(crosses)
            }
            Err(error) => {
                told(ui, Verdict::Warn, &problem::text(error.code(), &error.to_string()));
                None
            }
        }
    }

    fn reading(&self) -> Reading {
        let mut crosses = Vec::new();
        for (cross, [x, y]) in (1..).zip(&self.typed) {
            let number =
                |text: &str| text.trim().replace(',', ".").parse::<f64>().ok().filter(|n| n.is_finite());
            match (x.trim().is_empty() && y.trim().is_empty(), number(x), number(y)) {
                (true, ..) => {}
                (_, Some(x_mm), Some(y_mm)) => crosses.push(Measured { cross, x_mm, y_mm }),
                _ => return Reading::Unreadable(cross),
            }
        }
        if crosses.is_empty() { Reading::Nothing } else { Reading::Crosses(crosses) }
    }
}

fn told(ui: &mut Ui, verdict: Verdict, text: &str) {
    ui.horizontal_top(|ui| {
        status::verdict_mark(ui, verdict);
        ui.add(egui::Label::new(text).wrap());
    });
}

/// Offset and scale in the person's language.
pub fn numbers(calibration: Calibration) -> String {
    let Calibration { x, y } = calibration;
    words!(
        "calibration.numbers",
        right = format!("{:+.2}", x.offset_mm),
        down = format!("{:+.2}", y.offset_mm),
        across = format!("{:.2}", x.scale * 100.0),
        length = format!("{:.2}", y.scale * 100.0)
    )
    .into_owned()
}
