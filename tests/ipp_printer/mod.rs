//! A printer that speaks IPP and prints nothing: it checks what it is asked, keeps the documents, walks its jobs
//! through their states, runs out of paper, refuses, gives up and vanishes.
#![allow(dead_code, clippy::unwrap_used, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use ipp::attribute::{IppAttribute, IppAttributeGroup};
use ipp::model::{DelimiterTag, IppVersion, Operation, StatusCode};
use ipp::parser::IppParser;
use ipp::reader::IppReader;
use ipp::request::IppRequestResponse;
use ipp::value::{IppName, IppValue};

/// A job that the printer took.
#[derive(Clone, Debug)]
pub struct Taken {
    pub number: i32,
    pub name: String,
    pub format: String,
    pub document: Vec<u8>,
    /// The job attributes of the request.
    pub asked: BTreeMap<String, IppValue>,
    pub state: i32,
    /// Whether it has come out.
    pub printed: bool,
}

/// What goes wrong with the next documents, in this order; then all goes well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Takes the job and breaks off before it answers.
    LostAnswer,
    /// Breaks off in the middle of the document.
    Cut,
    /// Takes the job, does not answer, and is gone for a while.
    VanishedAfter(Duration),
    /// Is gone for a while from the middle of the document on.
    VanishedBefore(Duration),
    /// Takes the job and forgets it when it is switched off: another start, nothing known.
    SwitchedOff,
    /// Says that it cannot do that.
    Refuse,
    /// Takes it and gives it up.
    Abort,
    Fine,
}

pub struct State {
    pub jobs: Vec<Taken>,
    /// Everything that ever came out, in order: by job name.
    pub tray: Vec<String>,
    pub faults: Vec<Fault>,
    /// Sheets left in the tray; nothing for enough.
    pub paper: Option<usize>,
    pub scalings: Vec<&'static str>,
    pub media: Vec<&'static str>,
    pub formats: Vec<&'static str>,
    pub accepting: bool,
    /// Nothing comes out while it is held.
    pub held: bool,
    /// What in a request was not as RFC 8010 and 8011 want it.
    pub complaints: Vec<String>,
    gone_until: Option<Instant>,
    started: Instant,
    next_number: i32,
}

/// The printer; it ends with the test.
#[derive(Clone)]
pub struct IppPrinter {
    state: Arc<Mutex<State>>,
    port: u16,
}

const JPEG_MEDIA: [&str; 3] = ["na_index-4x6_4x6in", "iso_a4_210x297mm", "na_5x7_5x7in"];

impl IppPrinter {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State {
            jobs: Vec::new(),
            tray: Vec::new(),
            faults: Vec::new(),
            paper: None,
            scalings: vec!["auto", "fit", "none"],
            media: JPEG_MEDIA.to_vec(),
            formats: vec!["application/pdf", "image/jpeg", "image/png"],
            accepting: true,
            held: false,
            complaints: Vec::new(),
            gone_until: None,
            // Its clock says an hour of running.
            started: Instant::now().checked_sub(Duration::from_secs(3600)).unwrap_or_else(Instant::now),
            next_number: 1,
        };
        let printer = Self { state: Arc::new(Mutex::new(state)), port };
        let serving = printer.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let serving = serving.clone();
                thread::spawn(move || serving.serve(stream.unwrap()));
            }
        });
        printer
    }

    pub fn uri(&self) -> String {
        format!("ipp://127.0.0.1:{}/ipp/print", self.port)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Names of everything that came out, in order.
    pub fn tray(&self) -> Vec<String> {
        self.state().tray.clone()
    }

    fn serve(&self, stream: TcpStream) -> Option<()> {
        if self.state().gone_until.is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let mut length = 0_usize;
        let mut line = String::new();
        loop {
            line.clear();
            reader.read_line(&mut line).ok()?;
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
        }
        // The attributes come first; a fault in the middle of the document is one in the middle of the body.
        let fault = {
            let mut start = [0; 4];
            reader.read_exact(&mut start).ok()?;
            let is_print = i16::from_be_bytes([start[2], start[3]]) == Operation::PrintJob as i16;
            let mut body = start.to_vec();
            let fault = if is_print { self.next_fault() } else { Fault::Fine };
            let wanted =
                if matches!(fault, Fault::Cut | Fault::VanishedBefore(_)) { length / 2 } else { length };
            let mut rest = vec![0; wanted.saturating_sub(4)];
            reader.read_exact(&mut rest).ok()?;
            body.extend(rest);
            (fault, body)
        };
        let (fault, body) = fault;
        let gone = |duration: Duration| self.state().gone_until = Some(Instant::now() + duration);
        match fault {
            Fault::Cut => return None,
            Fault::VanishedBefore(duration) => {
                gone(duration);
                return None;
            }
            _ => {}
        }
        let answer = self.answer(body, fault);
        match fault {
            Fault::LostAnswer => return None,
            Fault::VanishedAfter(duration) => {
                gone(duration);
                return None;
            }
            Fault::SwitchedOff => {
                let mut state = self.state();
                // What it had in hand came out before the current was gone.
                let last = state.jobs.last().map(|job| job.name.clone());
                state.tray.extend(last);
                state.jobs.clear();
                state.started = Instant::now();
                return None;
            }
            _ => {}
        }
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        let mut stream = stream;
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&answer)).ok()
    }

    fn next_fault(&self) -> Fault {
        let mut state = self.state();
        if state.faults.is_empty() { Fault::Fine } else { state.faults.remove(0) }
    }

    fn answer(&self, body: Vec<u8>, fault: Fault) -> Vec<u8> {
        let request = IppParser::new(IppReader::new(Cursor::new(body))).parse().unwrap();
        let header = *request.header();
        let attributes = request.attributes().clone();
        let mut document = Vec::new();
        request.into_payload().read_to_end(&mut document).unwrap();
        let mut state = self.state();
        let operation = attributes.first_of(DelimiterTag::OperationAttributes).unwrap();
        state.check_order(operation);
        let text = |name: &str| operation.get(name).map(|known| word(known.value())).unwrap_or_default();
        let number = operation.get("job-id").map(|known| integer(known.value()));
        let mut answer = response(StatusCode::SuccessfulOk, header.request_id);
        let code = header.operation_or_status;
        if code == Operation::GetPrinterAttributes as i16 {
            state.describe(&mut answer);
        } else if code == Operation::PrintJob as i16 {
            let asked = attributes.first_of(DelimiterTag::JobAttributes);
            let asked: BTreeMap<String, IppValue> = asked
                .map(|group| {
                    group
                        .attributes()
                        .iter()
                        .map(|own| (own.name().as_str().to_owned(), own.value().clone()))
                        .collect()
                })
                .unwrap_or_default();
            if fault == Fault::Refuse {
                return response(StatusCode::ClientErrorAttributesOrValuesNotSupported, header.request_id)
                    .to_bytes()
                    .to_vec();
            }
            state.check_job(operation, &asked);
            let number = state.next_number;
            state.next_number += 1;
            let (name, format) = (text("job-name"), text("document-format"));
            let first = if fault == Fault::Abort { 8 } else { 3 };
            state.jobs.push(Taken { number, name, format, document, asked, state: first, printed: false });
            describe_job(&mut answer, number, first, &state.jobs.last().unwrap().name);
        } else if code == Operation::GetJobAttributes as i16 {
            state.work();
            match state.jobs.iter().find(|job| Some(job.number) == number) {
                Some(job) => describe_job(&mut answer, job.number, job.state, &job.name),
                None => {
                    return response(StatusCode::ClientErrorNotFound, header.request_id).to_bytes().to_vec();
                }
            }
        } else if code == Operation::GetJobs as i16 {
            let completed = text("which-jobs") == "completed";
            for job in state.jobs.iter().filter(|job| (job.state >= 7) == completed) {
                describe_job(&mut answer, job.number, job.state, &job.name);
            }
        } else if code == Operation::CancelJob as i16 {
            match state.jobs.iter_mut().find(|job| Some(job.number) == number) {
                Some(job) if job.state < 7 => job.state = 7,
                Some(_) => {
                    return response(StatusCode::ClientErrorNotPossible, header.request_id)
                        .to_bytes()
                        .to_vec();
                }
                None => {
                    return response(StatusCode::ClientErrorNotFound, header.request_id).to_bytes().to_vec();
                }
            }
        } else {
            return response(StatusCode::ServerErrorOperationNotSupported, header.request_id)
                .to_bytes()
                .to_vec();
        }
        answer.to_bytes().to_vec()
    }
}

impl State {
    /// The first unfinished job goes a step on: waiting, printing, completed.
    fn work(&mut self) {
        let (held, paper) = (self.held, self.paper);
        let Some(job) = self.jobs.iter_mut().find(|job| job.state < 7) else { return };
        if held {
            return;
        }
        match job.state {
            3 => job.state = 5,
            5 | 6 if paper == Some(0) => job.state = 6,
            6 => job.state = 5,
            _ => {
                job.state = 9;
                job.printed = true;
                let name = job.name.clone();
                self.tray.push(name);
                self.paper = paper.map(|left| left - 1);
            }
        }
    }

    fn check_order(&mut self, operation: &IppAttributeGroup) {
        let names: Vec<&str> = operation.attributes().iter().map(|own| own.name().as_str()).collect();
        if names.get(..3) != Some(&["attributes-charset", "attributes-natural-language", "printer-uri"]) {
            self.complaints.push(format!("RFC 8011 4.1.4: {names:?}"));
        }
    }

    /// What a job must say so that its sheet comes out as it is.
    fn check_job(&mut self, operation: &IppAttributeGroup, asked: &BTreeMap<String, IppValue>) {
        let says = |name: &str| asked.get(name).map(word);
        let mut complain = |what: &str| self.complaints.push(what.to_owned());
        if says("print-scaling").as_deref() != Some("none") {
            complain("print-scaling is not none");
        }
        if asked.contains_key("media") == asked.contains_key("media-col") {
            complain("PWG 5100.3: either media or media-col");
        }
        if !matches!(
            operation.get("ipp-attribute-fidelity").map(|own| own.value()),
            Some(IppValue::Boolean(true))
        ) {
            complain("no fidelity asked for");
        }
    }

    fn describe(&self, answer: &mut IppRequestResponse) {
        let out_of_paper = self.paper == Some(0);
        let keywords = |words: &[&str]| {
            IppValue::Array(words.iter().map(|word| IppValue::new_keyword(*word).unwrap()).collect())
        };
        let margins = || IppValue::Array(vec![IppValue::Integer(0), IppValue::Integer(423)]);
        let formats =
            self.formats.iter().map(|format| IppValue::new_mime_media_type(*format).unwrap()).collect();
        let resolution = |dots| IppValue::Resolution { cross_feed: dots, feed: dots, units: 3 };
        let reason = if out_of_paper { "media-empty-error" } else { "none" };
        for (name, value) in [
            ("printer-name", IppValue::new_name_without_language("virtual").unwrap()),
            ("printer-make-and-model", IppValue::new_text_without_language("Virtual photo printer").unwrap()),
            ("printer-state", IppValue::Enum(if out_of_paper { 5 } else { 3 })),
            ("printer-state-reasons", keywords(&[reason])),
            ("printer-is-accepting-jobs", IppValue::Boolean(self.accepting)),
            ("printer-up-time", IppValue::Integer(self.started.elapsed().as_secs() as i32 + 1)),
            ("queued-job-count", IppValue::Integer(0)),
            ("document-format-supported", IppValue::Array(formats)),
            ("media-supported", keywords(&self.media)),
            ("media-col-supported", keywords(&["media-size", "media-left-margin"])),
            ("media-left-margin-supported", margins()),
            ("media-top-margin-supported", margins()),
            ("media-right-margin-supported", margins()),
            ("media-bottom-margin-supported", margins()),
            ("printer-resolution-supported", IppValue::Array(vec![resolution(300), resolution(600)])),
            ("print-scaling-supported", keywords(&self.scalings)),
            ("print-color-mode-supported", keywords(&["color", "monochrome"])),
            ("sides-supported", keywords(&["one-sided"])),
            ("orientation-requested-supported", IppValue::Array(vec![IppValue::Enum(3), IppValue::Enum(4)])),
            ("print-quality-supported", IppValue::Array(vec![IppValue::Enum(4), IppValue::Enum(5)])),
            ("copies-supported", IppValue::RangeOfInteger { min: 1, max: 99 }),
        ] {
            answer
                .attributes_mut()
                .add(DelimiterTag::PrinterAttributes, IppAttribute::with_name(name, value).unwrap());
        }
    }
}

fn response(status: StatusCode, id: i32) -> IppRequestResponse {
    IppRequestResponse::new_response(IppVersion::v1_1(), status, id).unwrap()
}

/// Adds a group of job attributes.
fn describe_job(answer: &mut IppRequestResponse, number: i32, state: i32, name: &str) {
    let reason = match state {
        7 => "job-canceled-by-user",
        8 => "aborted-by-system",
        9 => "job-completed-successfully",
        _ => "none",
    };
    let mut group = IppAttributeGroup::new(DelimiterTag::JobAttributes);
    for (name, value) in [
        ("job-id", IppValue::Integer(number)),
        ("job-state", IppValue::Enum(state)),
        ("job-state-reasons", IppValue::new_keyword(reason).unwrap()),
        ("job-name", IppValue::new_name_without_language(name).unwrap()),
    ] {
        group.attributes_mut().push(IppAttribute::with_name(name, value).unwrap());
    }
    answer.attributes_mut().groups_mut().push(group);
}

/// A word, name or kind as text.
pub fn word(value: &IppValue) -> String {
    match value {
        IppValue::Keyword(word) => word.as_str().to_owned(),
        IppValue::NameWithoutLanguage(name) => name.as_str().to_owned(),
        IppValue::MimeMediaType(kind) => kind.as_str().to_owned(),
        other => format!("{other:?}"),
    }
}

pub fn integer(value: &IppValue) -> i32 {
    match value {
        IppValue::Integer(number) | IppValue::Enum(number) => *number,
        other => panic!("{other:?} is no number"),
    }
}

/// A member of a collection, such as the width of a medium.
pub fn member<'a>(value: &'a IppValue, name: &str) -> &'a IppValue {
    match value {
        IppValue::Collection(members) => &members[&IppName::new(name).unwrap()],
        other => panic!("{other:?} has no {name}"),
    }
}
