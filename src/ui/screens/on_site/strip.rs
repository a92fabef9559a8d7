//! The operator's strip: the watched folder, what needs attention, and how the day stands.

use std::path::PathBuf;

use egui::{Role, TextEdit, Ui, WidgetInfo};

use super::{BundleWay, OnSite, TetherView, Wish, live};
use crate::i18n::{find, words};
use crate::inspect::Verdict;
use crate::onsite::rules::Room;
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::{palette, size, space};
use crate::ui::widgets::{button, label, status};
use crate::workflow::collect::Collecting;
use crate::workflow::shots::Shot;

/// Doubts shown at a time; the others move up as they are settled.
const MOST_DOUBTS: usize = 4;

/// Folder and warnings, above the field.
pub(super) fn head(ui: &mut Ui, screen: &mut OnSite, scene: &mut Scene<'_>) {
    ui.horizontal_wrapped(|ui| match &screen.collecting {
        Some(collecting) => {
            status::verdict_mark(ui, Verdict::Pass);
            let text = sources(collecting, screen);
            label::caption(ui, &format!("{} · {text}", collecting.batch().code)).on_hover_text(text);
            let stop = Action::OnSite(Wish::StopWatching);
            button::plain_with(ui, stop, &words!("onsite.stop_watching"), true, scene.actions);
            camera_choice(ui, screen, scene);
        }
        None => folder_choice(ui, screen, scene),
    });
    live::choice(ui, screen, scene);
    if let Some(problem) = screen.tether.as_ref().and_then(TetherView::problem) {
        ui.colored_label(palette(ui).fail, problem);
    }
    if let Some((room, free_mib)) = screen.room.filter(|(room, _)| *room != Room::Enough) {
        let text = match room {
            Room::None => words!("onsite.room_none", mib = free_mib),
            _ => words!("onsite.room_low", mib = free_mib),
        };
        let p = palette(ui);
        ui.colored_label(if room == Room::None { p.fail } else { p.warn }, text);
    }
    if let Some(warning) = &screen.warning {
        ui.colored_label(palette(ui).warn, warning);
    }
}

/// Where the photos come from: folder, camera or both.
fn sources(collecting: &Collecting, screen: &OnSite) -> String {
    let folder = collecting.folder().map(|folder| words!("onsite.watching", folder = folder.display()));
    let tether = screen.tether.as_ref().map(|view| words!("onsite.tethered", name = view.name()));
    let camera = screen.live.as_ref().map(|view| words!("onsite.camera_on", name = view.name()));
    let named: Vec<_> = [folder, tether, camera].into_iter().flatten().collect();
    if named.is_empty() { words!("onsite.no_source").into_owned() } else { named.join(" · ") }
}

fn camera_choice(ui: &mut Ui, screen: &OnSite, scene: &mut Scene<'_>) {
    if screen.live.is_none() {
        let find = Action::OnSite(Wish::FindCameras);
        button::plain_with(ui, find, &words!("onsite.find_cameras"), !screen.is_starting, scene.actions);
    }
    if screen.live.is_some() || screen.tether.is_some() {
        let close = Action::OnSite(Wish::CloseCamera);
        button::plain_with(ui, close, &words!("onsite.close_camera"), true, scene.actions);
    }
}

/// By the system's dialog, or as a path where there is none.
fn folder_choice(ui: &mut Ui, screen: &mut OnSite, scene: &mut Scene<'_>) {
    let pick = Action::OnSite(Wish::PickFolder);
    button::plain_with(ui, pick, &words!("onsite.pick_folder"), !screen.is_starting, scene.actions);
    let hint = words!("onsite.folder_path");
    let field = TextEdit::singleline(&mut screen.folder).hint_text(hint.as_ref()).desired_width(size::FIELD);
    let response = ui.add(field).on_hover_text(words!("onsite.pick_folder_hint"));
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, hint.as_ref()));
    let folder = PathBuf::from(screen.folder.trim());
    let ready = !screen.folder.trim().is_empty() && !screen.is_starting;
    let watch = Action::OnSite(Wish::Watch(folder));
    button::plain_with(ui, watch, &words!("onsite.watch"), ready, scene.actions);
    camera_choice(ui, screen, scene);
}

/// How the day stands, and what can be done with it.
pub(super) fn day(ui: &mut Ui, screen: &mut OnSite, scene: &mut Scene<'_>) {
    let Some(count) = screen.count.clone() else { return };
    label::caption(
        ui,
        &words!(
            "onsite.states",
            drafts = count.drafts,
            finalised = count.finalised,
            sent = count.sent,
            safe = count.safe_to_wipe + count.wiped
        ),
    );
    if count.codeless > 0 {
        label::caption(ui, &words!("onsite.codeless", n = count.codeless));
    }
    ui.horizontal_wrapped(|ui| {
        let finalise = Action::OnSite(Wish::Finalise);
        button::plain_with(ui, finalise, &words!("onsite.finalise"), count.drafts > 0, scene.actions);
        if cfg!(feature = "hub") {
            let unsent = count.finalised + count.sent;
            let text = words!("onsite.hand_in", n = count.finalised);
            let ready = unsent > 0 && !screen.is_handing_in;
            button::plain_with(ui, Action::OnSite(Wish::HandIn), &text, ready, scene.actions);
        }
        let save = Action::OnSite(Wish::OpenBundle(BundleWay::Save));
        button::plain(ui, save, count.shots > 0 && !scene.is_busy(), scene.actions);
        let merge = Action::OnSite(Wish::OpenBundle(BundleWay::Merge));
        button::plain(ui, merge, !scene.is_busy(), scene.actions);
        if count.safe_to_wipe > 0 {
            let text = words!("onsite.wipe", n = count.safe_to_wipe);
            button::plain_with(ui, Action::OnSite(Wish::Wipe), &text, true, scene.actions);
        }
    });
    doubts(ui, screen, scene);
    conflicts(ui, screen, scene);
    if count.countersigns > 0 {
        let text = words!("onsite.countersigns", n = count.countersigns);
        button::plain_with(ui, Action::OnSite(Wish::OpenCountersigns), &text, true, scene.actions);
    }
}

/// What is said differently waits in the one list of conflicts.
fn conflicts(ui: &mut Ui, screen: &OnSite, scene: &mut Scene<'_>) {
    if screen.conflicts.is_empty() {
        return;
    }
    let text = words!("onsite.conflicts", n = screen.conflicts.len());
    button::plain_with(ui, Action::OpenConflicts, &text, true, scene.actions);
}

fn doubts(ui: &mut Ui, screen: &OnSite, scene: &mut Scene<'_>) {
    if screen.doubted.is_empty() {
        return;
    }
    ui.add_space(space::S);
    label::emphasis(ui, &words!("onsite.doubts", n = screen.doubted.len()));
    for shot in screen.doubted.iter().take(MOST_DOUBTS) {
        let why =
            shot.doubt.map(|doubt| find(&format!("onsite.doubt.{}", doubt.as_str())).unwrap_or_default());
        let whose = shot.subject.as_deref().map(|subject| screen.name(subject));
        let line = [whose, why].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        label::line(ui, &line).on_hover_text(line);
        settle(ui, screen, shot, scene);
    }
}

fn settle(ui: &mut Ui, screen: &OnSite, shot: &Shot, scene: &mut Scene<'_>) {
    ui.horizontal_wrapped(|ui| {
        let assign = |subject: &str| {
            Action::OnSite(Wish::Assign { shot: shot.id.clone(), subject: subject.to_owned() })
        };
        if let Some(subject) = &shot.subject {
            let text = words!("onsite.is_theirs", name = screen.name(subject));
            button::plain_with(ui, assign(subject), &text, true, scene.actions);
        }
        if shot.subject.is_none() && screen.person().is_none() {
            label::caption(ui, &words!("onsite.find_first"));
        }
        let present = screen.person().filter(|person| shot.subject.as_ref() != Some(&person.id));
        if let Some(person) = present {
            let text = words!("onsite.give_to", name = screen.name(&person.id));
            button::plain_with(ui, assign(&person.id), &text, true, scene.actions);
        }
    });
}
