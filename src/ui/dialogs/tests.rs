//! Every dialog with more in it than usual, at the smallest window that is promised: nothing falls outside.

use std::path::PathBuf;

use egui::accesskit::Role;
use egui::{Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT;

use super::*;
use crate::onsite::countersign::{Countersign, Risk};
use crate::print::hot_folder::HotFolders;
use crate::print::{Layouts, Papers};
use crate::settings::{Language, Settings, ThemeChoice};
use crate::store::keys::KeyFileStore;
use crate::submission::{
    Batch, BatchRules, Colleague, Decision, OrderState, PrintOrder, State, Subject, Verb,
};
use crate::ui::action::Action;
use crate::ui::crew::Overview;
use crate::ui::hub_tie::{AtHub, HubView};
use crate::ui::route::Route;
use crate::ui::screens::Shop;
use crate::ui::screens::on_site::ShownCountersign;
use crate::ui::{fonts, theme};
use crate::workflow::Desk;
use crate::workflow::countersign::{NumberedCountersign, OpenCountersign};
use crate::workflow::desk::{BatchSummary, QueueItem};
use crate::workflow::export::ExportReport;
use crate::workflow::export::printing::OpenPrinting;
use crate::workflow::export::recall::{Print, Recall};
use crate::workflow::hub_state::{Conflict, HubState};
use crate::workflow::intake::{ImportReport, Refusal};
use crate::workflow::printers::PrinterRoom;
use crate::workflow::roster;
use crate::workflow::sweep::SweepPlan;

/// A 1280×800 screen at 200 %.
const SMALLEST: Vec2 = vec2(640.0, 400.0);
const SCHOOL: &str = "内蒙古自治区某某民族师范高等专科学校（呼和浩特新校区）";
const ROWS: usize = 6;

/// A desk without a window, whose dialogs are drawn over an empty place.
struct Stage {
    folder: tempfile::TempDir,
    desk: Desk,
    overview: Overview,
    settings: Settings,
    shop: Shop,
    dialog: Dialog,
    actions: Vec<Action>,
}

impl Stage {
    fn new(language: Language) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("profile");
        let desk = Desk::open(&profile, &KeyFileStore::new(folder.path().join("key"))).unwrap();
        let shop = Shop {
            layouts: Layouts::built_in().unwrap(),
            papers: Papers::built_in().unwrap(),
            hot_folders: HotFolders::built_in().unwrap(),
            printers: PrinterRoom::of(&profile).unwrap(),
        };
        let mut overview = Overview { batches: (0..ROWS).map(summary).collect(), ..Overview::default() };
        overview.watch.colleagues = (0..ROWS)
            .map(|n| Colleague { name: format!("Reviewer Aleksandrowicz-{n}"), role: overview.watch.role })
            .collect();
        let settings = Settings { language, ..Settings::default() };
        Self { folder, desk, overview, settings, shop, dialog: Dialog::None, actions: Vec::new() }
    }

    fn draw(&mut self, ctx: &Context) {
        let mut scene = Scene {
            desk: &self.desk,
            overview: &self.overview,
            settings: &self.settings,
            shop: &self.shop,
            running: None,
            samples: false,
            route: Route::Review,
            hub: HubView { state: HubState::Alone, url: None, unseen_conflicts: 0 },
            actions: &mut self.actions,
        };
        self.dialog.draw(ctx, &mut scene);
    }
}

fn batch(n: usize) -> Batch {
    Batch {
        code: format!("B7K2Q{n}"),
        school: SCHOOL.into(),
        title: "2026 届毕业生图像采集（春季补采）".into(),
        standard: "chsi_2017".into(),
        background: "light_blue".into(),
        layouts: vec!["1寸×8+2寸×4".into()],
        max_attempts: 3,
        rules: BatchRules::default(),
    }
}

fn summary(n: usize) -> BatchSummary {
    BatchSummary {
        batch: batch(n),
        pending: 12,
        approved: 40,
        rejected: 3,
        in_production: 5,
        completed: 1,
        parked: 0,
        escalated: 0,
        oldest_at_ms: None,
    }
}

fn recall(n: usize) -> Recall {
    let print = Print {
        manifest: PathBuf::from("manifest.csv"),
        sheet: PathBuf::from(format!(
            "/srv/shared/exports/2026/B7K2QX-20260611-101530/sheets/sheet-{n:05}.jpg"
        )),
        number: n + 1,
        page: Some(n + 1),
        place: Some(2),
        pieces: 12,
        layout: "1寸×8+2寸×4".into(),
        paper: "6寸".into(),
        others: vec!["s1".into(), "s2".into()],
    };
    Recall {
        job: "B7K2QX-20260611-101530".into(),
        batch: "B7K2QX".into(),
        submission: format!("B7K2QX-0000{n}"),
        masked_name: "阿*依".into(),
        noticed_at_ms: 0,
        print: (n > 0).then_some(print),
    }
}

fn printing(n: usize) -> OpenPrinting {
    let path =
        |sheet: usize| PathBuf::from(format!("/srv/shared/exports/B7K2QX/sheets/sheet-{sheet:05}.jpg"));
    OpenPrinting {
        job: format!("job-{n}"),
        batch: format!("B7K2Q{n}"),
        queue: "ipps://printer-of-the-photo-lab.campus.example.edu.cn:631/printers/EPSON_SC_P7500".into(),
        sheets: 240,
        printed: 118 + n,
        doubtful: if n == 0 { vec![(119, path(119)), (120, path(120))] } else { Vec::new() },
    }
}

fn settled() -> Vec<SettledSheet> {
    vec![SettledSheet { job: "job-0".into(), sheet: 118, path: "/srv/118.jpg".into(), came_out: true }]
}

fn order(n: usize, state: OrderState) -> PrintOrder {
    PrintOrder {
        number: format!("KXAM24-2026061110153{n:04}"),
        submission: format!("B7K2QX-{n:05}"),
        batch: "B7K2QX".into(),
        layout: "1寸×8+2寸×4".into(),
        paper: "6寸".into(),
        copies: 3,
        state,
        masked_name: "欧阳**".into(),
        job: None,
        carrier: None,
        tracking_number: None,
        created_at_ms: 0,
        shipped_at_ms: None,
    }
}

fn orders(state: OrderState) -> Dialog {
    Dialog::Orders(OrdersCard::new(state, (0..ROWS).map(|n| order(n, state)).collect()))
}

fn refused(n: usize) -> Conflict {
    let decision = Decision {
        submission: format!("B7K2QX-{n:05}"),
        photo_sha256: String::new(),
        revision: 1,
        verb: Verb::Approve,
        reasons: Vec::new(),
        reviewer: "王审".into(),
    };
    let said = "the photo was replaced while it was being looked at";
    Conflict {
        decision,
        code: "stale_photo".into(),
        message: said.into(),
        remedy: "look again".into(),
        at_ms: 0,
    }
}

fn countersign(n: usize) -> ShownCountersign {
    let subject = |n: usize| Subject {
        id: format!("{n}"),
        batch: "B7K2QX".into(),
        serial: n as u32 + 1,
        masked_name: "欧阳*格日勒图".into(),
        last_four: "002X".into(),
    };
    let countersign = Countersign {
        batch: "B7K2QX".into(),
        risk: Risk::ALL[n % Risk::ALL.len()],
        subject: format!("{n}"),
        shot: None,
        against: None,
        said_by: "王审".into(),
        said_at_ms: 0,
        outcome: None,
        settled_by: None,
    };
    ShownCountersign {
        open: OpenCountersign {
            numbered: NumberedCountersign { seq: n as u64, countersign },
            subject: subject(n),
            against: (n % 3 == 1).then(|| subject(n + 1)),
            photos: Vec::new(),
        },
        pictures: Vec::new(),
    }
}

fn row(n: usize) -> QueueItem {
    QueueItem {
        submission: format!("B7K2QX-{n:05}"),
        batch: "B7K2QX".into(),
        masked_name: "吴*兰".into(),
        state: State::PendingReview,
        attempt: 1,
        revision: 1,
        photo_sha256: String::new(),
        received_at_ms: 0,
        verdict: None,
        failed_checks: 0,
        warned_checks: 0,
        hold: None,
    }
}

fn imported() -> ImportReport {
    let refusal = |n: usize| Refusal {
        path: PathBuf::from(format!("/media/card/DCIM/100CANON/IMG_{n:04}_a_rather_long_file_name.HEIC")),
        code: "unsupported".into(),
        message: "HEIC is not read; export the photo as JPEG from the camera or the phone".into(),
    };
    ImportReport {
        added: vec!["s".into(); 200],
        duplicates: vec![PathBuf::from("a.jpg")],
        refused: (0..ROWS).map(refusal).collect(),
        unmatched: vec![PathBuf::from("b.jpg")],
        not_reached: 3,
    }
}

fn exported() -> Dialog {
    let report = ExportReport {
        job: "job".into(),
        people: 240,
        pieces: 2880,
        sheets: 240,
        difference: 2,
        files: Vec::new(),
        manifest: PathBuf::from("manifest-B7K2QX-20260611-101530.csv"),
        cancelled: false,
        problems: Vec::new(),
    };
    let folder = PathBuf::from(
        "/srv/shared/exports/2026/spring/B7K2QX-20260611-101530-2026届毕业生图像采集（春季补采）",
    );
    Dialog::Exported(ExportedCard { report, folder })
}

fn read_roster(stage: &Stage) -> ReadRoster {
    let path = stage.folder.path().join("list.csv");
    let rows: String = (0..ROWS)
        .map(|n| format!("赵{n},11010519491231002{n},001234{n},计算机科学与技术,{SCHOOL}\n"))
        .collect();
    std::fs::write(&path, format!("姓名,身份证号,学号,专业,学校\n{rows}")).unwrap();
    let file = roster::open(&path).unwrap();
    let roster = roster::preview(&file).unwrap();
    ReadRoster { path, file: std::sync::Arc::new(file), roster }
}

/// Every dialog by a name.
fn every_dialog(stage: &Stage) -> Vec<(&'static str, Dialog)> {
    let first = Some(stage.overview.batches[0].batch.code.clone());
    let paths: Vec<PathBuf> =
        (0..ROWS).map(|n| PathBuf::from(format!("/media/card/DCIM/100CANON/{SCHOOL}/{n}"))).collect();
    let papers = stage.shop.papers.entries();
    let printer = stage.shop.printers.printers.entries()[0].id.clone();
    let calibration =
        CalibrationForm::new(printer, papers[0].name.clone(), PathBuf::from("/srv/shared/exports/2026"));
    let mut list = RosterForm::new(first.clone());
    list.arrived(Some(read_roster(stage)));
    let plan = SweepPlan {
        group: (0..40).map(row).collect(),
        sample: (0..3).map(row).collect(),
        left_out: vec![("s".into(), "held")],
    };
    let hold = |hold| crate::submission::Hold {
        submission: "s".into(),
        photo_sha256: String::new(),
        revision: 1,
        hold: Some(hold),
        reviewer: "王审".into(),
    };
    vec![
        ("new_batch", Dialog::NewBatch(Box::new(NewBatchForm::new(&stage.desk, &stage.shop)))),
        ("import", Dialog::Import(ImportForm::new(first.clone(), &paths))),
        ("imported", Dialog::Imported(ImportedCard { batch: "B7K2QX".into(), report: imported() })),
        ("roster", Dialog::Roster(Box::new(list))),
        ("exported", exported()),
        ("calibration", Dialog::Calibration(calibration)),
        ("recalls", Dialog::Recalls(RecallsCard { recalls: (0..ROWS).map(recall).collect() })),
        ("recalls_none", Dialog::Recalls(RecallsCard { recalls: Vec::new() })),
        ("printings_none", Dialog::Printings(PrintingsCard { printings: Vec::new(), settled: Vec::new() })),
        (
            "printings",
            Dialog::Printings(PrintingsCard {
                printings: (0..3).map(printing).collect(),
                settled: settled(),
            }),
        ),
        (
            "fetch",
            Dialog::Fetch(FetchCard {
                batches: (0..ROWS).map(|n| AtHub { batch: batch(n), approved: 40 * n }).collect(),
            }),
        ),
        ("fetch_none", Dialog::Fetch(FetchCard { batches: Vec::new() })),
        ("orders_approved", orders(OrderState::Approved)),
        ("orders_production", orders(OrderState::InProduction)),
        ("orders_shipment", orders(OrderState::AwaitingShipment)),
        ("note", Dialog::Note(NoteForm::new(hold(crate::submission::HoldKind::Escalated)))),
        ("palette", Dialog::Palette(PaletteForm::default())),
        ("connect", Dialog::Connect(ConnectForm::new(None))),
        (
            "conflicts",
            Dialog::Conflicts(ConflictsCard::new(
                &(0..ROWS).map(refused).collect::<Vec<_>>(),
                Vec::new(),
                &Context::default(),
            )),
        ),
        (
            "second_person",
            Dialog::SecondPerson(Box::new(SecondPersonForm::new(
                (0..ROWS).map(countersign).collect(),
                &Context::default(),
            ))),
        ),
        (
            "second_person_none",
            Dialog::SecondPerson(Box::new(SecondPersonForm::new(Vec::new(), &Context::default()))),
        ),
        ("conflicts_none", Dialog::Conflicts(ConflictsCard::new(&[], Vec::new(), &Context::default()))),
        (
            "bundle_save",
            Dialog::Bundle(BundleForm::new(
                crate::ui::screens::on_site::BundleWay::Save,
                first,
                PathBuf::new(),
            )),
        ),
        (
            "bundle_merge",
            Dialog::Bundle(BundleForm::new(
                crate::ui::screens::on_site::BundleWay::Merge,
                None,
                PathBuf::new(),
            )),
        ),
        ("sweep", Dialog::Sweep(Box::new(SweepForm::new(plan)))),
        ("own_keys", Dialog::OwnKeys(OwnKeys::default())),
        ("again", Dialog::Again(AgainForm::default())),
        ("people", Dialog::People(PeopleForm::default())),
        ("keys", Dialog::Keys),
    ]
}

fn harness(stage: Stage) -> Harness<'static, Stage> {
    let tag = stage.settings.language.tag();
    Harness::builder()
        .with_size(SMALLEST)
        .with_context_setup(|ctx| {
            fonts::install(ctx);
            // The harness chooses between the two.
            theme::apply(ctx, ThemeChoice::Dark, 100);
            theme::apply(ctx, ThemeChoice::Light, 100);
        })
        .build_ui_state(
            move |ui, stage: &mut Stage| {
                crate::i18n::set_locale(tag);
                stage.draw(ui.ctx());
            },
            stage,
        )
}

#[test]
fn no_dialog_reaches_beyond_the_smallest_window_and_its_last_button_is_in_sight() {
    let mut cut_off = Vec::new();
    for language in Language::ALL {
        let stage = Stage::new(language);
        let dialogs = every_dialog(&stage);
        let mut window = harness(stage);
        let whole = window.ctx.content_rect();
        for (name, dialog) in dialogs {
            window.state_mut().dialog = dialog;
            window.run_steps(4);
            let mut buttons = 0;
            for node in window.root().children_recursive() {
                let role = node.accesskit_node().role();
                if !matches!(role, Role::Button | Role::TextInput | Role::ComboBox | Role::RadioButton) {
                    continue;
                }
                let (rect, label) = (node.rect(), node.accesskit_node().label());
                // The columns of a list of people scroll sideways, each with what it holds above it.
                let scrolls = name == "roster" && role == Role::ComboBox;
                let is_inside = whole.min.x <= rect.min.x && rect.max.x <= whole.max.x;
                if !scrolls && !is_inside {
                    cut_off.push(format!("{name} {language:?}: {label:?} at {rect:?}"));
                }
                buttons += usize::from(role == Role::Button && whole.contains_rect(rect));
            }
            let has_no_button = name == "palette";
            if buttons == 0 && !has_no_button {
                cut_off.push(format!("{name} {language:?}: no button is in sight"));
            }
        }
    }
    assert!(cut_off.is_empty(), "{cut_off:#?}");
}

/// Tops of the buttons with these words, from above.
fn tops(window: &Harness<'_, Stage>, words: &str) -> Vec<f32> {
    let nodes = window.root().children_recursive();
    let named = nodes.filter(|node| node.accesskit_node().label().as_deref() == Some(words));
    named.filter(|node| node.accesskit_node().role() == Role::Button).map(|node| node.rect().min.y).collect()
}

#[test]
fn the_buttons_of_a_sheet_never_come_to_lie_where_anothers_were() {
    let mut window = harness(Stage::new(Language::English));
    let mut show = |doubtful: Vec<usize>, settled: Vec<SettledSheet>| {
        let path = |sheet: usize| PathBuf::from(format!("/srv/sheets/{sheet}.jpg"));
        let doubtful = doubtful.into_iter().map(|sheet| (sheet, path(sheet))).collect();
        let printings = vec![OpenPrinting { doubtful, ..printing(0) }];
        window.state_mut().dialog = Dialog::Printings(PrintingsCard { printings, settled });
        window.run_steps(6);
        (tops(&window, "It came out"), tops(&window, "Close"))
    };
    let (both, close) = show(vec![119, 120], Vec::new());
    let path = PathBuf::from("/srv/sheets/119.jpg");
    let one = SettledSheet { job: printing(0).job, sheet: 119, path, came_out: true };
    let (left, _) = show(vec![120], vec![one]);
    assert_eq!((both.len(), left.as_slice()), (2, &both[1..]));
    let (none, close_of_less) = show(Vec::new(), Vec::new());
    assert!(none.is_empty() && close_of_less[0] < close[0], "the foot follows what is above it");
}
