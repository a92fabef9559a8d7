//! A queue that speaks IPP (RFC 8010, RFC 8011, PWG 5100.3 media, PWG 5100.13 print-scaling).

mod answer;

use std::fs::File;
use std::io::Read;

use ipp::attribute::IppAttribute;
use ipp::model::{DelimiterTag, IppVersion, Operation};
use ipp::parser::IppParseError;
use ipp::request::IppRequestResponse;
use ipp::value::{IppName, IppValue};

use super::http::{Document, Endpoint};
use super::ticket::JobTicket;
use super::{JobNow, JobState, KnownQueue, Limits, PrintQueue, QueueError, QueueFacts};
use answer::Answer;

/// Whose jobs these are, to the print system; no person's name leaves the desk.
const USER: &str = "photodesk";
const DOTS_PER_INCH: i8 = 3;
const ORIENTATION_LANDSCAPE: i32 = 4;
const QUALITY_HIGH: i32 = 5;

/// A queue behind an address such as `ipp://localhost/printers/lab`.
#[derive(Clone, Debug)]
pub struct IppQueue {
    endpoint: Endpoint,
    limits: Limits,
}

type Attributes = Vec<(&'static str, Result<IppValue, IppParseError>)>;

impl IppQueue {
    /// # Errors
    /// An address that names no queue, or one that may not be used.
    pub fn new(uri: &str, open_network: bool, limits: &Limits) -> Result<Self, QueueError> {
        Ok(Self { endpoint: Endpoint::parse(uri, open_network)?, limits: limits.clone() })
    }

    fn ask(
        &self,
        operation: Operation,
        (of_operation, of_job): (Attributes, Attributes),
        document: Document<'_>,
    ) -> Result<Answer, QueueError> {
        let unwritable = |error: IppParseError| self.endpoint.bad(&error);
        let uri = self.endpoint.printer_uri();
        let mut request = IppRequestResponse::new(IppVersion::v1_1(), operation, None).map_err(unwritable)?;
        let operation_attributes =
            std::iter::once(("printer-uri", IppValue::new_uri(uri))).chain(of_operation);
        for (group, attributes) in [
            (DelimiterTag::OperationAttributes, operation_attributes.collect::<Vec<_>>()),
            (DelimiterTag::JobAttributes, of_job),
        ] {
            for (name, value) in attributes {
                let attribute = value.and_then(|value| IppAttribute::with_name(name, value));
                request.attributes_mut().add(group, attribute.map_err(unwritable)?);
            }
        }
        let bytes = self.endpoint.post(&request.to_bytes(), document, &self.limits)?;
        Answer::parse(bytes).map_err(|error| self.endpoint.bad(&error))
    }

    /// The same for a question about one job.
    fn ask_of(&self, operation: Operation, number: i32, more: Attributes) -> Result<Answer, QueueError> {
        let mut of_operation =
            vec![("job-id", Ok(IppValue::Integer(number))), ("requesting-user-name", user())];
        of_operation.extend(more);
        self.ask(operation, (of_operation, Vec::new()), None)
    }
}

impl PrintQueue for IppQueue {
    fn facts(&self) -> Result<QueueFacts, QueueError> {
        let wanted = answer::FACTS.iter().map(|name| keyword(name)).collect::<Result<Vec<_>, _>>();
        let of_operation =
            vec![("requesting-user-name", user()), ("requested-attributes", wanted.map(IppValue::Array))];
        let answer = self.ask(Operation::GetPrinterAttributes, (of_operation, Vec::new()), None)?;
        answer.accepted("say how it is")?;
        Ok(answer.facts())
    }

    fn send(&self, ticket: &JobTicket, document: File) -> Result<i32, QueueError> {
        let bytes = document.metadata().map_err(|error| self.endpoint.bad(&error))?.len();
        let mut document = document;
        let of_operation = vec![
            ("requesting-user-name", user()),
            ("job-name", IppValue::new_name_without_language(&ticket.name)),
            // Better no print than one of another size, density or colour.
            ("ipp-attribute-fidelity", Ok(IppValue::Boolean(true))),
            ("document-format", IppValue::new_mime_media_type(ticket.format)),
        ];
        let source: &mut dyn Read = &mut document;
        let answer =
            self.ask(Operation::PrintJob, (of_operation, job_attributes(ticket)), Some((source, bytes)))?;
        answer.accepted("print")?;
        answer.job_number().ok_or_else(|| self.endpoint.bad(&"it printed without telling its job's number"))
    }

    fn job(&self, number: i32) -> Result<Option<JobNow>, QueueError> {
        let wanted =
            ["job-state", "job-state-reasons"].into_iter().map(keyword).collect::<Result<Vec<_>, _>>();
        let more = vec![("requested-attributes", wanted.map(IppValue::Array))];
        let answer = self.ask_of(Operation::GetJobAttributes, number, more)?;
        if answer.is_unknown_job() {
            return Ok(None);
        }
        answer.accepted("say how its job is")?;
        let now = answer.job_now().ok_or_else(|| self.endpoint.bad(&"a job without a state"))?;
        Ok(Some(now))
    }

    fn jobs(&self) -> Result<Vec<(i32, String)>, QueueError> {
        let mut found = Vec::new();
        for which in ["not-completed", "completed"] {
            let wanted = ["job-id", "job-name"].into_iter().map(keyword).collect::<Result<Vec<_>, _>>();
            let of_operation = vec![
                ("requesting-user-name", user()),
                ("which-jobs", keyword(which)),
                ("my-jobs", Ok(IppValue::Boolean(true))),
                ("requested-attributes", wanted.map(IppValue::Array)),
            ];
            let answer = self.ask(Operation::GetJobs, (of_operation, Vec::new()), None)?;
            answer.accepted("list its jobs")?;
            found.extend(answer.jobs());
        }
        Ok(found)
    }

    fn cancel(&self, number: i32) -> Result<(), QueueError> {
        let answer = self.ask_of(Operation::CancelJob, number, Vec::new())?;
        // What has ended or is not known any more cannot be taken back.
        if answer.is_unknown_job() || answer.is_not_possible() {
            return Ok(());
        }
        answer.accepted("take its job back")
    }
}

/// The queues of the print system of Unix, by name.
#[cfg_attr(windows, allow(dead_code, reason = "Windows has a spooler of its own"))]
pub fn known_queues(limits: &Limits) -> Result<Vec<KnownQueue>, QueueError> {
    let system = IppQueue::new("ipp://localhost/", false, limits)?;
    let wanted = ["printer-name", "printer-info"].into_iter().map(keyword).collect::<Result<Vec<_>, _>>();
    let of_operation = vec![("requested-attributes", wanted.map(IppValue::Array))];
    let answer = system.ask(Operation::CupsGetPrinters, (of_operation, Vec::new()), None)?;
    if answer.is_unknown_job() {
        return Ok(Vec::new());
    }
    answer.accepted("list its queues")?;
    let named = answer.printers().into_iter().map(|(name, info)| {
        let uri = format!("ipp://localhost/printers/{name}");
        KnownQueue { name, uri, info }
    });
    let mut queues: Vec<_> = named.collect();
    queues.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(queues)
}

fn user() -> Result<IppValue, IppParseError> {
    IppValue::new_name_without_language(USER)
}

fn keyword(word: &str) -> Result<IppValue, IppParseError> {
    IppValue::new_keyword(word)
}

/// What the ticket asks for; nothing that the queue has not said it knows.
fn job_attributes(ticket: &JobTicket) -> Attributes {
    let copies = i32::try_from(ticket.copies).unwrap_or(i32::MAX);
    let mut attributes: Attributes =
        vec![("copies", Ok(IppValue::Integer(copies))), ("print-scaling", keyword("none"))];
    match &ticket.medium.name {
        Some(name) if !ticket.by_size => attributes.push(("media", keyword(name))),
        _ => attributes.push(("media-col", media_col(ticket))),
    }
    if let Some(dpi) = ticket.dpi {
        let resolution = IppValue::Resolution { cross_feed: dpi, feed: dpi, units: DOTS_PER_INCH };
        attributes.push(("printer-resolution", Ok(resolution)));
    }
    if ticket.landscape {
        attributes.push(("orientation-requested", Ok(IppValue::Enum(ORIENTATION_LANDSCAPE))));
    }
    if ticket.color {
        attributes.push(("print-color-mode", keyword("color")));
    }
    if ticket.one_sided {
        attributes.push(("sides", keyword("one-sided")));
    }
    if ticket.best_quality {
        attributes.push(("print-quality", Ok(IppValue::Enum(QUALITY_HIGH))));
    }
    attributes
}

fn media_col(ticket: &JobTicket) -> Result<IppValue, IppParseError> {
    let integer = |name: &str, value: i32| Ok((IppName::new(name)?, IppValue::Integer(value)));
    let collection = |members: Vec<Result<(IppName, IppValue), IppParseError>>| {
        members.into_iter().collect::<Result<_, _>>().map(IppValue::Collection)
    };
    let size = collection(vec![
        integer("x-dimension", ticket.medium.width),
        integer("y-dimension", ticket.medium.height),
    ])?;
    let mut members = vec![IppName::new("media-size").map(|name| (name, size))];
    if let Some(margins) = ticket.margins {
        let sides = ["media-left-margin", "media-top-margin", "media-right-margin", "media-bottom-margin"];
        members.extend(sides.into_iter().zip(margins).map(|(side, margin)| integer(side, margin)));
    }
    collection(members)
}

fn job_state(state: i32) -> Option<JobState> {
    Some(match state {
        3 | 4 => JobState::Waiting,
        5 => JobState::Printing,
        6 => JobState::Stopped,
        7 => JobState::Canceled,
        8 => JobState::Aborted,
        9 => JobState::Completed,
        _ => return None,
    })
}
