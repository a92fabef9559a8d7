//! The orders in one state, and the next step of each.

use std::collections::BTreeMap;

use egui::{Context, Role, TextEdit, Ui, WidgetInfo};

use crate::i18n::{find, words};
use crate::submission::{OrderEvent, OrderState, PrintOrder};
use crate::ui::action::Action;
use crate::ui::screens::Scene;
use crate::ui::theme::space;
use crate::ui::widgets::{button, dialog, label};

const FIELD: f32 = 128.0;

/// The list while it is worked on.
pub struct OrdersCard {
    pub state: OrderState,
    pub orders: Vec<PrintOrder>,
    /// Carrier and number as typed, by order.
    typed: BTreeMap<String, [String; 2]>,
}

/// The name of a state in the person's language.
pub fn state_name(state: OrderState) -> String {
    find(&format!("orders.{}", state.as_str())).unwrap_or_else(|| state.to_string())
}

impl OrdersCard {
    pub fn new(state: OrderState, orders: Vec<PrintOrder>) -> Self {
        Self { state, orders, typed: BTreeMap::new() }
    }

    pub fn draw(&mut self, ctx: &Context, scene: &mut Scene<'_>) {
        let mut asked = Vec::new();
        let busy = scene.is_busy();
        let title = words!("orders.title", state = state_name(self.state), n = self.orders.len());
        dialog::show_wide(ctx, "orders", &title, &mut asked, |ui, actions| {
            let (state, typed) = (self.state, &mut self.typed);
            dialog::body(ui, |ui| {
                if self.orders.is_empty() {
                    label::weak(ui, &words!("orders.none"));
                }
                for order in &self.orders {
                    row(ui, state, order, typed, actions);
                    ui.add_space(space::XS);
                }
            });
            dialog::foot(ui, |ui| {
                let numbers: Vec<String> = self.orders.iter().map(|order| order.number.clone()).collect();
                let some = !numbers.is_empty() && !busy;
                if state == OrderState::Approved {
                    let print = Action::PrintOrders(numbers.clone());
                    let text = words!("orders.print", n = numbers.len());
                    button::primary(ui, print, &text, some, actions);
                }
                if matches!(state, OrderState::InProduction | OrderState::AwaitingShipment) {
                    let papers = Action::WriteOrderPapers(numbers.clone());
                    button::plain_with(ui, papers, &words!("orders.papers"), some, actions);
                }
                if let Some((event, text)) = next_step(state) {
                    let all = Action::AdvanceOrders { numbers, event };
                    let text = words!("orders.all", step = text);
                    button::plain_with(ui, all, &text, some, actions);
                }
                button::plain_with(ui, Action::CloseDialog, &words!("action.close"), true, actions);
            });
        });
        scene.actions.append(&mut asked);
    }
}

fn row(
    ui: &mut Ui,
    state: OrderState,
    order: &PrintOrder,
    typed: &mut BTreeMap<String, [String; 2]>,
    actions: &mut Vec<Action>,
) {
    let what = format!("{} · {} × {} · {}", order.masked_name, order.copies, order.layout, order.paper);
    label::emphasis(ui, &order.number);
    label::line(ui, &what);
    let sent = [&order.carrier, &order.tracking_number].into_iter().flatten().cloned().collect::<Vec<_>>();
    if !sent.is_empty() {
        label::caption(ui, &sent.join(" "));
    }
    ui.horizontal(|ui| {
        if state == OrderState::AwaitingShipment {
            let fields = typed.entry(order.number.clone()).or_default();
            for (text, hint) in fields.iter_mut().zip([words!("orders.carrier"), words!("orders.tracking")]) {
                let field = TextEdit::singleline(text).hint_text(hint.as_ref()).desired_width(FIELD);
                let name = format!("{hint} {}", order.number);
                let response = ui.add(field.char_limit(64));
                response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, &name));
            }
            let [carrier, tracking] = fields.clone().map(|text| text.trim().to_owned());
            let ready = !carrier.is_empty() && !tracking.is_empty();
            let ship = Action::ShipOrder { number: order.number.clone(), carrier, tracking };
            button::plain_with(ui, ship, &words!("orders.ship"), ready, actions);
        } else if let Some((event, text)) = next_step(state) {
            let step = Action::AdvanceOrders { numbers: vec![order.number.clone()], event };
            button::plain_with(ui, step, &text, true, actions);
        }
    });
}

/// The step that needs nothing but a word, with the word.
fn next_step(state: OrderState) -> Option<(OrderEvent, String)> {
    Some(match state {
        OrderState::AwaitingPayment => (OrderEvent::Paid, words!("orders.pay").into_owned()),
        OrderState::InProduction => (OrderEvent::Packed, words!("orders.pack").into_owned()),
        OrderState::Shipped => (OrderEvent::Received, words!("orders.receive").into_owned()),
        _ => return None,
    })
}
