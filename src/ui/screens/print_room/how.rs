//! How the sheets are written: layout, paper, gap, margin, marks, format and folder; what stands in the way; the button.

use egui::{DragValue, Panel, Role, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};

use super::{Choices, PrintRoom, format_name, printer};
use crate::i18n::{find, words};
use crate::inspect::Verdict;
use crate::print::pack::WIDEST_GAP;
use crate::ui::action::Action;
use crate::ui::icons;
use crate::ui::screens::{Scene, by_language};
use crate::ui::theme::{outline, palette, size, space, surface};
use crate::ui::widgets::{button, combo, label, progress, status};
use crate::workflow::export::{Problem, SheetFormat};

const NAME_WIDTH: f32 = 88.0;
/// Width of the panel's inside from which lines without a name are indented like the others.
const WITH_INDENT: f32 = 260.0;
const WIDEST_MARGIN_MM: f64 = 30.0;
const STEP_MM: f64 = 0.1;
/// A problem, how many more, and the count.
const OUTLOOK_HEIGHT: f32 = 64.0;

pub fn draw(ui: &mut Ui, room: &mut PrintRoom, scene: &mut Scene<'_>) {
    Panel::bottom("print_button")
        .show_separator_line(false)
        .resizable(false)
        .frame(surface(palette(ui).panel, vec2(0.0, space::S)))
        .show(ui, |ui| export_button(ui, room, scene));
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        if let Some(choices) = &mut room.choices {
            choices.language = scene.settings.language;
            label::section(ui, &words!("print.layout"));
            layout(ui, choices, scene);
            paper(ui, choices, scene);
            printer::draw(ui, choices, room.queues.as_deref(), scene);
            ui.add_space(space::S);
            label::section(ui, &words!("print.finish"));
            finish(ui, choices);
            ui.add_space(space::S);
            label::section(ui, &words!("print.folder"));
            folder(ui, choices, scene);
            hot_folder(ui, choices, scene);
        }
        names(ui, room);
        ui.add_space(space::S);
        preflight(ui, room, scene.actions);
    });
}

fn layout(ui: &mut Ui, choices: &mut Choices, scene: &Scene<'_>) {
    let language = scene.settings.language;
    let entries = scene.shop.layouts.entries();
    let chosen = entries.iter().find(|entry| entry.expression == choices.layout);
    let shown = chosen.map_or_else(
        || words!("print.own_layout").into_owned(),
        |entry| by_language(language, &entry.name, &entry.name_en).to_owned(),
    );
    row(ui, &words!("print.preset"), |ui, name| {
        combo::show(ui, "layout", name, &shown, |ui| {
            for entry in entries {
                let text =
                    format!("{} · {}", by_language(language, &entry.name, &entry.name_en), entry.expression);
                if ui.selectable_label(choices.layout == entry.expression, text).clicked() {
                    choices.layout.clone_from(&entry.expression);
                    choices.paper.clone_from(&entry.paper);
                }
            }
        });
    });
    row(ui, &words!("print.expression"), |ui, name| {
        let response = ui.add(TextEdit::singleline(&mut choices.layout).desired_width(f32::INFINITY));
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
    });
}

fn paper(ui: &mut Ui, choices: &mut Choices, scene: &Scene<'_>) {
    let language = scene.settings.language;
    let text = |paper: &crate::print::Paper| {
        let name = by_language(language, &paper.name, &paper.name_en);
        format!("{name} · {}×{}", paper.width, paper.height)
    };
    let papers = scene.shop.papers.entries();
    let chosen = papers.iter().find(|paper| paper.name == choices.paper);
    let shown = chosen.map_or_else(|| choices.paper.clone(), text);
    row(ui, &words!("print.paper"), |ui, name| {
        combo::show(ui, "paper", name, &shown, |ui| {
            for paper in papers {
                if ui.selectable_label(choices.paper == paper.name, text(paper) + " mm").clicked() {
                    choices.paper.clone_from(&paper.name);
                }
            }
        });
    });
}

fn finish(ui: &mut Ui, choices: &mut Choices) {
    row(ui, &words!("print.gap"), |ui, name| millimetres(ui, name, &mut choices.gap_mm, WIDEST_GAP.mm()));
    row(ui, &words!("print.margin"), |ui, name| {
        millimetres(ui, name, &mut choices.margin_mm, WIDEST_MARGIN_MM)
    });
    row(ui, &words!("print.format"), |ui, name| {
        combo::show(ui, "format", name, format_name(choices.format), |ui| {
            for format in [SheetFormat::Jpeg, SheetFormat::Png, SheetFormat::Tiff, SheetFormat::Pdf] {
                ui.selectable_value(&mut choices.format, format, format_name(format));
            }
        });
    });
    row(ui, "", |ui, _| {
        outline(ui);
        ui.checkbox(&mut choices.cut_marks, words!("print.cut_marks"));
    });
    row(ui, "", |ui, _| {
        outline(ui);
        ui.checkbox(&mut choices.captions, words!("print.captions"));
    });
    row(ui, "", |ui, _| {
        outline(ui);
        ui.checkbox(&mut choices.gang, words!("print.gang"));
    });
    row(ui, "", |ui, _| {
        outline(ui);
        let slips = egui::Checkbox::new(&mut choices.slips, words!("print.slips").as_ref());
        ui.add_enabled(choices.gang, slips);
    });
}

fn folder(ui: &mut Ui, choices: &mut Choices, scene: &mut Scene<'_>) {
    let hint = words!("print.folder_hint");
    let field =
        TextEdit::singleline(&mut choices.folder).hint_text(hint.as_ref()).desired_width(f32::INFINITY);
    let response = ui.add(field);
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, words!("print.folder").as_ref()));
    button::with_icon(ui, icons::FOLDER, Action::PickExportFolder, true, scene.actions);
}

/// The names of the electronic photos, and the first of them as it would be now.
fn names(ui: &mut Ui, room: &mut PrintRoom) {
    let first = room.ready_plan().and_then(|plan| plan.first_name.clone());
    let Some(choices) = &mut room.choices else { return };
    row(ui, &words!("print.photo_names"), |ui, name| {
        let response = ui.add(TextEdit::singleline(&mut choices.photo_names).desired_width(f32::INFINITY));
        response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, name));
        response.on_hover_text(words!("print.names_hint").as_ref());
    });
    if let Some(first) = first {
        label::caption(ui, &words!("print.first_name", name = first));
    }
    row(ui, "", |ui, _| {
        outline(ui);
        ui.checkbox(&mut choices.zip, words!("print.zip"));
    });
}

/// Choosing a kind of watched folder chooses the file kind that it takes, too.
fn hot_folder(ui: &mut Ui, choices: &mut Choices, scene: &Scene<'_>) {
    let language = scene.settings.language;
    let known = scene.shop.hot_folders.entries();
    let chosen = known.iter().find(|entry| Some(&entry.id) == choices.hot_folder.as_ref());
    let none = words!("print.no_hot_folder").into_owned();
    let shown = chosen.map_or(none.as_str(), |entry| by_language(language, &entry.name, &entry.name_en));
    row(ui, &words!("print.hot_folder"), |ui, name| {
        combo::show(ui, "hot_folder", name, shown, |ui| {
            ui.selectable_value(&mut choices.hot_folder, None, none.as_str());
            for entry in known {
                let own = Some(entry.id.clone());
                let text = by_language(language, &entry.name, &entry.name_en);
                if ui.selectable_label(choices.hot_folder == own, text).clicked() {
                    choices.hot_folder = own;
                    if let Some(usual) =
                        entry.formats.first().filter(|_| !entry.formats.contains(&choices.format))
                    {
                        choices.format = *usual;
                    }
                }
            }
        });
    });
}

/// A named line. What needs no name stands below the other contents, unless the panel is too narrow for it there.
pub(super) fn row(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui, &str)) {
    ui.horizontal(|ui| {
        if !name.is_empty() || ui.available_width() >= WITH_INDENT {
            label::field_name(ui, name, NAME_WIDTH);
        }
        content(ui, name);
    });
}

fn millimetres(ui: &mut Ui, name: &str, value: &mut f64, most: f64) {
    let drag = DragValue::new(value).range(0.0..=most).speed(STEP_MM).fixed_decimals(1).suffix(" mm");
    let response = ui.add(drag);
    response.widget_info(|| WidgetInfo::labeled(Role::SpinButton, true, name));
}

/// What stands in the way, each with its fix.
fn preflight(ui: &mut Ui, room: &PrintRoom, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        label::section(ui, &words!("print.preflight"));
        if room.choices.as_ref().is_some_and(|choices| choices.print) {
            button::plain(ui, Action::LookAgain, true, actions);
        }
    });
    let Some(plan) = room.ready_plan() else {
        label::weak(ui, &words!("print.counting"));
        return;
    };
    let no_folder = room.request().is_some_and(|request| request.out.as_os_str().is_empty());
    if no_folder && plan.people > 0 {
        problem(ui, &words!("print.no_folder"), &words!("print.no_folder_fix"));
    }
    // Without people the empty sheet says so already.
    for found in plan.problems.iter().filter(|_| plan.people > 0) {
        problem_found(ui, found);
    }
    for found in plan.notices.iter().filter(|_| plan.people > 0) {
        problem_found(ui, found);
    }
    let is_clear = plan.problems.is_empty() && plan.notices.is_empty();
    if is_clear && !no_folder && plan.people > 0 {
        ui.horizontal(|ui| {
            status::verdict_mark(ui, Verdict::Pass);
            label::line(ui, &words!("print.no_problems"));
        });
    }
}

/// Above the button, where it is in sight however long the list is: what stands in the way, else what will come out.
fn outlook(ui: &mut Ui, room: &PrintRoom) {
    // Always as high, so that the button below stays under the pointer while all is counted anew.
    ui.allocate_ui(vec2(ui.available_width(), OUTLOOK_HEIGHT), |ui| {
        ui.set_min_height(OUTLOOK_HEIGHT);
        outlook_lines(ui, room);
    });
}

fn outlook_lines(ui: &mut Ui, room: &PrintRoom) {
    let Some(plan) = room.ready_plan().filter(|plan| plan.people > 0) else { return };
    let no_folder = room.request().is_some_and(|request| request.out.as_os_str().is_empty());
    let mut found = no_folder.then(|| words!("print.no_folder").into_owned()).into_iter();
    let mut problems = plan.problems.iter().map(|problem| told(problem).0);
    if let Some(first) = found.next().or_else(|| problems.next()) {
        let more = problems.count();
        ui.horizontal(|ui| {
            status::verdict_mark(ui, Verdict::Warn);
            ui.add(egui::Label::new(first).truncate());
        });
        if more > 0 {
            label::caption(ui, &words!("print.more_problems", n = more));
        }
    }
    label::caption(
        ui,
        &words!("print.plan", people = plan.people, pieces = plan.pieces, sheets = plan.sheets),
    );
}

fn problem_found(ui: &mut Ui, found: &Problem) {
    let (message, remedy) = told(found);
    problem(ui, &message, &remedy);
}

/// What is wrong and what to do, in the reader's language where the locale has words for its kind.
fn told(found: &Problem) -> (String, String) {
    let filled = |key: &str| {
        let mut text = find(key)?;
        for (place, value) in found.values.iter().enumerate() {
            text = text.replace(&format!("{{{place}}}"), value);
        }
        Some(text)
    };
    let message = filled(&format!("preflight.{}", found.code)).unwrap_or_else(|| found.message.clone());
    let remedy = filled(&format!("preflight_fix.{}", found.code)).unwrap_or_else(|| found.remedy.clone());
    let message = match &found.submission {
        Some(id) => format!("{id}: {message}"),
        None => capitalised(&message),
    };
    (message, capitalised(&remedy))
}

/// With a capital, as a line of its own begins.
fn capitalised(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

fn problem(ui: &mut Ui, message: &str, remedy: &str) {
    ui.horizontal_top(|ui| {
        status::verdict_mark(ui, Verdict::Warn);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add(egui::Label::new(message).wrap());
            ui.add(egui::Label::new(egui::RichText::new(remedy).color(palette(ui).weak)).wrap());
        });
    });
}

fn export_button(ui: &mut Ui, room: &PrintRoom, scene: &mut Scene<'_>) {
    if let Some(running) = scene.running {
        label::line(ui, &running.what);
        let width = ui.available_width();
        progress::bar(ui, running, width);
        label::caption(ui, &running.sentence());
        button::plain(ui, Action::CancelJob, true, scene.actions);
        return;
    }
    outlook(ui, room);
    let plan = room.ready_plan();
    let ready = room.ready_request().is_some();
    let prints = room.request().is_some_and(|request| request.queue.is_some());
    let text = match (plan.map_or(0, |plan| plan.sheets), prints) {
        (n, true) => words!("print.print_button", n = n),
        (1, false) => words!("print.export_button_one"),
        (n, false) => words!("print.export_button", n = n),
    };
    ui.spacing_mut().interact_size.y = size::TALL_CONTROL;
    button::wide_primary(ui, Action::Export, &text, ready, scene.actions);
}
