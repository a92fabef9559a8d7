//! Which printer the sheets are made for, what it does to them, and the way to measure it.

use egui::Ui;

use super::Choices;
use super::how::row;
use crate::i18n::words;
use crate::photo::units::Mm;
use crate::printing::KnownQueue;
use crate::ui::action::Action;
use crate::ui::dialogs::calibration_numbers;
use crate::ui::screens::{Scene, by_language};
use crate::ui::theme::outline;
use crate::ui::widgets::{button, combo, label};

pub fn draw(ui: &mut Ui, choices: &mut Choices, queues: Option<&[KnownQueue]>, scene: &mut Scene<'_>) {
    let language = scene.settings.language;
    let known = scene.shop.printers.printers.entries();
    let none = words!("print.no_printer").into_owned();
    let chosen = known.iter().find(|printer| Some(&printer.id) == choices.printer.as_ref());
    let shown =
        chosen.map_or(none.as_str(), |printer| by_language(language, &printer.name, &printer.name_en));
    row(ui, &words!("print.printer"), |ui, name| {
        combo::show(ui, "printer", name, shown, |ui| {
            ui.selectable_value(&mut choices.printer, None, none.as_str());
            for printer in known {
                let text = by_language(language, &printer.name, &printer.name_en);
                ui.selectable_value(&mut choices.printer, Some(printer.id.clone()), text);
            }
        });
    });
    match choices.printer.clone() {
        Some(id) => {
            what_it_does(ui, &id, choices, scene);
            queue(ui, &id, choices, queues, scene);
        }
        None => choices.queue = None,
    }
}

/// Where the printer's sheets go when they are printed at once.
fn queue(ui: &mut Ui, id: &str, choices: &mut Choices, queues: Option<&[KnownQueue]>, scene: &mut Scene<'_>) {
    choices.queue = scene.shop.printers.queue(id);
    let kept = choices.queue.as_ref().map(|queue| queue.uri.clone());
    let none = words!("print.no_queue").into_owned();
    let shown = kept.as_deref().unwrap_or(&none);
    let short = shown.rsplit('/').next().unwrap_or(shown).to_owned();
    row(ui, &words!("print.queue"), |ui, name| {
        combo::show(ui, "queue", name, &short, |ui| {
            let set = |uri: Option<String>| Action::SetQueue { printer: id.to_owned(), uri };
            if ui.selectable_label(kept.is_none(), none.as_str()).clicked() {
                scene.actions.push(set(None));
            }
            let known = queues.unwrap_or_default();
            let strange = kept.iter().filter(|uri| !known.iter().any(|queue| queue.uri == **uri));
            for uri in strange {
                let _kept = ui.selectable_label(true, uri);
            }
            for queue in known {
                let text = if queue.info.is_empty() { &queue.name } else { &queue.info };
                if ui.selectable_label(kept.as_ref() == Some(&queue.uri), text).clicked() {
                    scene.actions.push(set(Some(queue.uri.clone())));
                }
            }
            if known.is_empty() {
                label::caption(ui, &words!("print.no_queues"));
            }
        });
    });
    if queues.is_none() {
        scene.actions.push(Action::FindQueues);
    }
    row(ui, "", |ui, _| {
        outline(ui);
        let at_once = egui::Checkbox::new(&mut choices.print, words!("print.at_once").as_ref());
        ui.add_enabled(choices.queue.is_some() && choices.hot_folder.is_none(), at_once);
    });
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
