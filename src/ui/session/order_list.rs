//! Orders for prints: the list of a state is read, moved on, printed and given its papers.

use super::Session;
use crate::i18n::words;
use crate::submission::{OrderEvent, OrderState, PrintOrder};
use crate::ui::app::Equipment;
use crate::ui::crew::{Crew, Done, Lane};
use crate::ui::dialogs::{Dialog, OrdersCard};
use crate::workflow::DeskError;
use crate::workflow::export::ExportReport;
use crate::workflow::orders::{self, PapersRequest, USUAL_LABELS};

impl Session {
    pub(super) fn read_orders(&mut self, state: OrderState, crew: &Crew) {
        let desk = self.desk.clone();
        crew.send(Lane::Desk, move || Done::OrdersRead { state, result: orders::list(&desk, Some(state)) });
    }

    pub(super) fn orders_read(&mut self, state: OrderState, result: Result<Vec<PrintOrder>, DeskError>) {
        match result {
            Ok(orders) => self.dialog = Dialog::Orders(OrdersCard::new(state, orders)),
            Err(error) => self.say_error(&error),
        }
    }

    pub(super) fn advance_orders(
        &mut self,
        numbers: Vec<String>,
        event: OrderEvent,
        crew: &Crew,
        equipment: &Equipment,
    ) {
        let (desk, actor) = (self.desk.clone(), equipment.settings.reviewer.clone());
        crew.send(Lane::Desk, move || Done::OrdersMoved(orders::advance(&desk, &numbers, event, &actor)));
    }

    pub(super) fn ship_order(
        &mut self,
        number: String,
        carrier: String,
        tracking: String,
        crew: &Crew,
        equipment: &Equipment,
    ) {
        let (desk, actor) = (self.desk.clone(), equipment.settings.reviewer.clone());
        crew.send(Lane::Desk, move || {
            Done::OrdersMoved(orders::ship(&desk, &number, &carrier, &tracking, &actor))
        });
    }

    /// The list that is open is read again.
    pub(super) fn orders_moved(&mut self, result: Result<(), DeskError>, crew: &Crew) {
        if let Err(error) = result {
            self.say_error(&error);
        } else {
            self.say_done(words!("orders.moved").into_owned(), false);
        }
        if let Dialog::Orders(card) = &self.dialog {
            let state = card.state;
            self.read_orders(state, crew);
        }
        self.refresh(crew);
    }

    /// Prints with the print room's folder, printer and format; layout and paper are the orders' own.
    pub(super) fn print_orders(&mut self, numbers: Vec<String>, crew: &Crew) {
        let Some(usual) = self.print_room.request().filter(|usual| !usual.out.as_os_str().is_empty()) else {
            self.say_problem(words!("orders.no_folder").into_owned());
            return;
        };
        if self.running.is_some() {
            return;
        }
        self.dialog = Dialog::None;
        self.run(words!("orders.printing"), crew, move |desk, job| {
            Done::OrdersPrinted(orders::print(desk, &numbers, &usual, job))
        });
    }

    pub(super) fn orders_printed(&mut self, result: Result<Vec<ExportReport>, DeskError>, crew: &Crew) {
        self.running = None;
        match result {
            Ok(reports) => {
                let sheets: usize = reports.iter().map(|report| report.sheets).sum();
                let difference: usize = reports.iter().map(|report| report.difference).sum();
                let said = words!("orders.printed", sheets = sheets, difference = difference);
                self.say_done(said.into_owned(), false);
            }
            Err(error) => self.say_error(&error),
        }
        self.refresh(crew);
    }

    pub(super) fn write_order_papers(&mut self, numbers: &[String], equipment: &Equipment) {
        let out = self.print_room.folder();
        if out.as_os_str().is_empty() {
            self.say_problem(words!("orders.no_folder").into_owned());
            return;
        }
        let request = PapersRequest {
            out,
            labels: USUAL_LABELS.into(),
            used_labels: 0,
            language: equipment.settings.language,
        };
        match orders::papers(&self.desk, numbers, &request) {
            Ok(papers) => {
                let said =
                    words!("orders.papers_written", n = papers.files.len(), folder = request.out.display());
                self.say_done(said.into_owned(), false);
            }
            Err(error) => self.say_error(&error),
        }
    }
}
