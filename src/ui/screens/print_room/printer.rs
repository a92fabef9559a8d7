//! Which printer the sheets are made for, what it does to them, and the way to measure it.

use egui::Ui;

use super::Choices;
use super::how::{named_combo, row};
use crate::i18n::words;
use crate::photo::units::Mm;
use crate::ui::action::Action;
use crate::ui::dialogs::calibration_numbers;
use crate::ui::screens::{Scene, by_language};
use crate::ui::widgets::button;

pub fn draw(ui: &mut Ui, choices: &mut Choices, scene: &mut Scene<'_>) {
    let language = scene.settings.language;
    let known = scene.shop.printers.printers.entries();
    let none = words!("print.no_printer").into_owned();
    let chosen = known.iter().find(|printer| Some(&printer.id) == choices.printer.as_ref());
    let shown =
        chosen.map_or(none.as_str(), |printer| by_language(language, &printer.name, &printer.name_en));
    row(ui, &words!("print.printer"), |ui, name| {
        named_combo(ui, "printer", name, shown, |ui| {
            ui.selectable_value(&mut choices.printer, None, none.as_str());
            for printer in known {
                let text = by_language(language, &printer.name, &printer.name_en);
                ui.selectable_value(&mut choices.printer, Some(printer.id.clone()), text);
            }
        });
    });
    if let Some(id) = choices.printer.clone() {
        what_it_does(ui, &id, choices, scene);
    }
}

fn what_it_does(ui: &mut Ui, id: &str, choices: &Choices, scene: &mut Scene<'_>) {
    let Ok(paper) = scene.shop.papers.find(&choices.paper) else { return };
    let Ok(chosen) = scene.shop.printers.choose(id, paper) else { return };
    let mut facts = Vec::new();
    if let Some((width, height)) = chosen.press.raster {
        facts.push(words!("print.own_raster", width = width, height = height).into_owned());
    }
    if chosen.press.unprintable > Mm::ZERO {
        facts.push(words!("print.white_border", mm = chosen.press.unprintable).into_owned());
    }
    facts.push(match chosen.kept {
        Some(kept) => calibration_numbers(kept.calibration),
        None => words!("print.not_measured").into_owned(),
    });
    row(ui, "", |ui, _| {
        ui.vertical(|ui| {
            let text = egui::RichText::new(facts.join(" · ")).text_style(egui::TextStyle::Small);
            ui.add(egui::Label::new(text.color(crate::ui::theme::palette(ui).weak)).wrap());
            let open = Action::OpenCalibration { printer: id.to_owned(), paper: paper.name.clone() };
            button::plain(ui, open, true, scene.actions);
        });
    });
}
