//! Every route of the hub on one screen.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use super::auth::Right;
use super::error::HubError;
use super::operation::{Operation, get, post, put};
use super::pace::paced;
use super::unread::read_to_the_end;
use super::{Hub, page, routes};
use crate::submission::{Batch, Order};
use crate::sync::protocol::{
    Accepted, ApprovedPage, Batches, Cancellation, Capture, Captured, Changes, Claim, Claimed, Close,
    ClosingReport, Confirmation, Decisions, Enrolled, Enrolment, ExportVerdicts, Exports, Health, HeldOrders,
    HoldOrders, Leases, NewOrder, NewPhoto, NewRules, NewSubmission, OrderNow, OrderStep, Parts, PayAsked,
    PayRequest, PaymentRecord, Progress, Proofs, ProofsWanted, Publication, Refund, Released, Renewed,
    Reopening, StoredPhoto, Submission, Verdicts, Withdrawal,
};

pub(super) fn router(hub: Arc<Hub>) -> Router {
    operations()
        .into_iter()
        .fold(Router::new(), |router, operation| operation.mounted_on(router))
        .route("/v1/openapi.json", axum::routing::get(routes::openapi))
        .route("/v1/docs", axum::routing::get(routes::docs))
        .merge(page::routes())
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        // Every body is read by ourselves, each against its own limit.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&hub), paced))
        .layer(from_fn_with_state(Arc::clone(&hub), measured))
        .layer(from_fn_with_state(Arc::clone(&hub), read_to_the_end))
        .with_state(hub)
}

/// The API: what is not here is neither served nor described.
pub(super) fn operations() -> Vec<Operation> {
    [watching(), batches(), photos(), orders(), submissions(), reviewing(), prints()]
        .into_iter()
        .flatten()
        .collect()
}

fn watching() -> Vec<Operation> {
    vec![
        get("/v1/health", routes::health).says("What waits and is held, in counts").answers::<Health>(),
        get("/v1/metrics", routes::metrics)
            .says("The same and the counters since the start, as Prometheus reads them")
            .answers_in("text/plain"),
        post("/v1/enrolments", routes::enrol)
            .says("Makes a device of a one-time code")
            .asks::<Enrolment>()
            .answers::<Enrolled>(),
        get("/v1/changes", routes::changes)
            .says("What was committed after a cursor, at once or as soon as there is something")
            .needs(Right::Look)
            .queries(&[
                ("after", "the cursor of the last answer; 0 for everything"),
                ("wait", "how many seconds to wait for the first change"),
            ])
            .answers::<Changes>(),
    ]
}

fn batches() -> Vec<Operation> {
    vec![
        get("/v1/batches", routes::batches)
            .says("The batches with their counts")
            .needs(Right::Look)
            .answers::<Batches>(),
        post("/v1/batches", routes::add_batch)
            .says("Opens a batch")
            .needs(Right::Administer)
            .keyed()
            .asks::<Batch>()
            .answers::<Batch>(),
        get("/v1/batches/{code}", routes::batch).says("One batch").needs(Right::Look).answers::<Batch>(),
        get("/v1/batches/{code}/approved", routes::approved)
            .says("What may be printed, in the order of the ids, a page at a time")
            .needs(Right::Produce)
            .queries(&[("after", "the id that the page before named; none for the first page")])
            .answers::<ApprovedPage>(),
        put("/v1/batches/{code}/rules", routes::set_rules)
            .says("Sets what a batch asks of its students from now on")
            .needs(Right::Administer)
            .keyed()
            .asks::<NewRules>()
            .answers::<Batch>(),
        post("/v1/batches/{code}/closing", routes::close)
            .says("Closes a batch, or tells whom that would concern")
            .needs(Right::Administer)
            .asks::<Close>()
            .answers::<ClosingReport>(),
    ]
}

fn photos() -> Vec<Operation> {
    vec![
        put("/v1/photos/{sha256}", routes::put_photo)
            .says("Stores a photo file under its SHA-256")
            .needs(Right::Store)
            .asks_bytes()
            .answers::<StoredPhoto>(),
        get("/v1/photos/{sha256}", routes::photo)
            .says("The photo's very bytes, with an entity tag")
            .needs(Right::See)
            .answers_in("application/octet-stream"),
        post("/v1/photos/proofs", routes::proofs)
            .says("Proves that photos are held, by a hash over a nonce and their bytes")
            .needs(Right::Submit)
            .asks::<ProofsWanted>()
            .answers::<Proofs>(),
        get("/v1/photos/{sha256}/parts", routes::parts)
            .says("How many parts of a photo are here without a gap")
            .needs(Right::Submit)
            .answers::<Parts>(),
        post("/v1/photos/{sha256}/parts", routes::join_parts)
            .says("Makes the photo of its parts")
            .needs(Right::Store)
            .asks::<Parts>()
            .answers::<StoredPhoto>(),
        put("/v1/photos/{sha256}/parts/{number}", routes::put_part)
            .says("Takes one part of a photo, at most 1 MiB")
            .needs(Right::Submit)
            .asks_bytes()
            .answers::<Parts>(),
        post("/v1/captures", routes::capture)
            .says("Takes in a shot of on-site collection with its person")
            .needs(Right::Submit)
            .keyed()
            .asks::<Capture>()
            .answers::<Captured>(),
    ]
}

fn orders() -> Vec<Operation> {
    vec![
        post("/v1/orders", routes::open_order)
            .says("Opens an order before its photo")
            .needs(Right::Submit)
            .keyed()
            .asks::<NewOrder>()
            .answers::<Order>(),
        get("/v1/orders/{order}", routes::order).says("One order").needs(Right::Look).answers::<Order>(),
        post("/v1/orders/{order}/photo", routes::order_photo)
            .says("Takes the order's first photo, or a further one")
            .needs(Right::Submit)
            .keyed()
            .asks::<NewPhoto>()
            .answers::<Submission>(),
        post("/v1/orders/{order}/payment", routes::record_payment)
            .says("Records that a member of the staff has taken the money")
            .needs(Right::Administer)
            .keyed()
            .asks::<PaymentRecord>()
            .answers::<Order>(),
        post("/v1/orders/{order}/payment-request", routes::ask_payment)
            .says("Asks the payment service for what the order owes; harmless to repeat")
            .needs(Right::Submit)
            .asks::<PayAsked>()
            .answers::<PayRequest>(),
        post("/v1/payments/wechat", routes::wechat_paid)
            .says("WeChat Pay tells of a payment: signed by its platform, sealed, and counted once")
            .asks_in("application/json")
            .answers::<Accepted>(),
        post("/v1/orders/{order}/cancellation", routes::cancel)
            .says("Gives up an order that was not paid")
            .needs(Right::Submit)
            .keyed()
            .asks::<Cancellation>()
            .answers::<Order>(),
        post("/v1/orders/{order}/refund", routes::refund)
            .says("Gives back what was paid, before production")
            .needs(Right::Administer)
            .keyed()
            .asks::<Refund>()
            .answers::<Order>(),
    ]
}

fn submissions() -> Vec<Operation> {
    vec![
        post("/v1/submissions", routes::submit)
            .says("Opens an order together with its first photo")
            .needs(Right::Submit)
            .keyed()
            .asks::<NewSubmission>()
            .answers::<Submission>(),
        get("/v1/submissions/{id}", routes::submission)
            .says("Where a submission stands")
            .needs(Right::Look)
            .answers::<Submission>(),
        get("/v1/submissions/{id}/progress", routes::progress)
            .says("How far it is: place, estimate, reasons, times")
            .needs(Right::Look)
            .answers::<Progress>(),
        post("/v1/submissions/{id}/photo", routes::resubmit)
            .says("Takes a further photo: again after a rejection, or anew after a withdrawal")
            .needs(Right::Submit)
            .keyed()
            .asks::<NewPhoto>()
            .answers::<Submission>(),
        post("/v1/submissions/{id}/withdrawal", routes::withdraw)
            .says("Takes the photo back; wins until a decision was committed")
            .needs(Right::Submit)
            .keyed()
            .asks::<Withdrawal>()
            .answers::<Submission>(),
        post("/v1/submissions/{id}/confirmation", routes::confirm)
            .says("The student is content with the processed photo")
            .needs(Right::Submit)
            .keyed()
            .asks::<Confirmation>()
            .answers::<Submission>(),
        post("/v1/submissions/{id}/reopening", routes::reopen)
            .says("Gives an approved submission back to review, before its production")
            .needs(Right::Reopen)
            .keyed()
            .asks::<Reopening>()
            .answers::<Submission>(),
        get("/v1/submissions/{id}/final", routes::final_photo)
            .says("The processed photo's bytes")
            .needs(Right::Store)
            .answers_in("application/octet-stream"),
        post("/v1/submissions/{id}/final", routes::publish)
            .says("Publishes the processed photo, which was stored before")
            .needs(Right::Produce)
            .keyed()
            .asks::<Publication>()
            .answers::<Submission>(),
        post("/v1/exports", routes::export)
            .says("Reports submissions whose sheets are on record; each row stands alone")
            .needs(Right::Produce)
            .keyed()
            .asks::<Exports>()
            .answers::<ExportVerdicts>(),
    ]
}

fn prints() -> Vec<Operation> {
    vec![
        post("/v1/print-orders/holding", routes::hold_print_orders)
            .says("Gives orders for prints to this desk: what it holds already, and more that nobody does")
            .needs(Right::Produce)
            .asks::<HoldOrders>()
            .answers::<HeldOrders>(),
        get("/v1/print-orders/{number}", routes::print_order)
            .says("How an order for prints stands")
            .needs(Right::Produce)
            .answers::<OrderNow>(),
        post("/v1/print-orders/{number}/steps", routes::step_print_order)
            .says("What the desk did with an order that it holds")
            .needs(Right::Produce)
            .keyed()
            .asks::<OrderStep>()
            .answers::<OrderNow>(),
    ]
}

fn reviewing() -> Vec<Operation> {
    vec![
        post("/v1/leases", routes::claim)
            .says("Claims the oldest submissions that nobody holds")
            .needs(Right::Review)
            .keyed()
            .asks::<Claim>()
            .answers::<Claimed>(),
        post("/v1/leases/renewal", routes::renew)
            .says("Prolongs what is held and tells what is lost")
            .needs(Right::Review)
            .asks::<Leases>()
            .answers::<Renewed>(),
        post("/v1/leases/release", routes::release)
            .says("Gives leases back into the queue")
            .needs(Right::Review)
            .keyed()
            .asks::<Leases>()
            .answers::<Released>(),
        post("/v1/decisions", routes::decide)
            .says("Decides; each row has its own key and its own verdict")
            .needs(Right::Review)
            .asks::<Decisions>()
            .answers::<Verdicts>(),
    ]
}

/// Counts the answer and the time it took.
async fn measured(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let answer = next.run(request).await;
    hub.meters.answered(answer.status().as_u16(), begun.elapsed());
    answer
}

/// Whoever follows a link gets a page, a program the one error shape.
async fn no_such_path(State(hub): State<Arc<Hub>>, visit: page::Visit) -> Response {
    if visit.wants_page {
        return page::missing(&hub, &visit);
    }
    HubError::new(
        404,
        "no_such_path",
        "the hub has no such path",
        "see /v1/docs for the paths of this version",
    )
    .into_response()
}

async fn no_such_method() -> HubError {
    HubError::new(
        405,
        "no_such_method",
        "this path does not take this method",
        "see /v1/docs for what it takes",
    )
}
