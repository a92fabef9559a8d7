//! What a queue answered: its status, and the attributes that matter here.

use std::collections::BTreeMap;
use std::io::Cursor;

use ipp::attribute::IppAttributeGroup;
use ipp::model::DelimiterTag;
use ipp::parser::{IppParseError, IppParser};
use ipp::reader::IppReader;
use ipp::request::IppRequestResponse;
use ipp::value::{IppName, IppValue};

use super::job_state;
use crate::printing::{JobNow, Medium, QueueError, QueueFacts};

/// The attributes that [`Answer::facts`] reads.
pub(super) const FACTS: [&str; 26] = [
    "printer-name",
    "printer-make-and-model",
    "printer-state",
    "printer-state-reasons",
    "printer-is-accepting-jobs",
    "printer-up-time",
    "queued-job-count",
    "document-format-supported",
    "media-supported",
    "media-ready",
    "media-size-supported",
    "media-col-supported",
    "media-left-margin-supported",
    "media-top-margin-supported",
    "media-right-margin-supported",
    "media-bottom-margin-supported",
    "printer-resolution-supported",
    "print-scaling-supported",
    "print-color-mode-supported",
    "sides-supported",
    "print-quality-supported",
    "orientation-requested-supported",
    "copies-supported",
    "printer-info",
    "job-creation-attributes-supported",
    "print-scaling-default",
];
/// `printer-state` of a printer that stands still.
const STOPPED: i32 = 5;
const NOT_POSSIBLE: u16 = 0x0404;
const NOT_FOUND: u16 = 0x0406;
const GONE: u16 = 0x0407;

pub(super) struct Answer(IppRequestResponse);

impl Answer {
    pub fn parse(bytes: Vec<u8>) -> Result<Self, IppParseError> {
        IppParser::new(IppReader::new(Cursor::new(bytes))).parse().map(Self)
    }

    fn status(&self) -> u16 {
        self.0.header().operation_or_status as u16
    }

    /// Refuses every answer but success. What was ignored or replaced would be another print, so it is refused, too.
    pub fn accepted(&self, what: &'static str) -> Result<(), QueueError> {
        let status = self.status();
        let replaced = what == "print" && status != 0;
        if status < 0x0100 && !replaced {
            return Ok(());
        }
        let operation = self.0.attributes().first_of(DelimiterTag::OperationAttributes);
        let said = operation.and_then(|group| text_of(group, "status-message"));
        let unsupported = self.0.attributes().first_of(DelimiterTag::UnsupportedAttributes);
        let unsupported = unsupported.map(|group| {
            let names: Vec<&str> = group.attributes().iter().map(|known| known.name().as_str()).collect();
            format!("it does not do {}", names.join(", "))
        });
        let answer = [said, unsupported].into_iter().flatten().collect::<Vec<_>>().join("; ");
        let answer = if answer.is_empty() { format!("status {status:#06x}") } else { answer };
        Err(QueueError::Refused { what, status, answer })
    }

    pub fn is_unknown_job(&self) -> bool {
        matches!(self.status(), NOT_FOUND | GONE)
    }

    pub fn is_not_possible(&self) -> bool {
        self.status() == NOT_POSSIBLE
    }

    pub fn job_number(&self) -> Option<i32> {
        integer(self.0.attributes().first_of(DelimiterTag::JobAttributes)?.get("job-id")?.value())
    }

    pub fn job_now(&self) -> Option<JobNow> {
        let job = self.0.attributes().first_of(DelimiterTag::JobAttributes)?;
        let state = job_state(integer(job.get("job-state")?.value())?)?;
        Some(JobNow { state, reasons: words(job, "job-state-reasons") })
    }

    pub fn jobs(&self) -> Vec<(i32, String)> {
        let groups = self.0.attributes().groups_of(DelimiterTag::JobAttributes);
        groups
            .filter_map(|job| Some((integer(job.get("job-id")?.value())?, text_of(job, "job-name")?)))
            .collect()
    }

    /// Name and description of each printer.
    pub fn printers(&self) -> Vec<(String, String)> {
        let groups = self.0.attributes().groups_of(DelimiterTag::PrinterAttributes);
        let named = groups.filter_map(|printer| {
            Some((text_of(printer, "printer-name")?, text_of(printer, "printer-info").unwrap_or_default()))
        });
        named.collect()
    }

    pub fn facts(&self) -> QueueFacts {
        let empty = IppAttributeGroup::new(DelimiterTag::PrinterAttributes);
        let group = self.0.attributes().first_of(DelimiterTag::PrinterAttributes).unwrap_or(&empty);
        let number = |name: &str| group.get(name).and_then(|known| integer(known.value()));
        let sides = ["left", "top", "right", "bottom"];
        QueueFacts {
            name: text_of(group, "printer-name").unwrap_or_default(),
            model: text_of(group, "printer-make-and-model").unwrap_or_default(),
            stopped: number("printer-state") == Some(STOPPED),
            accepting: group
                .get("printer-is-accepting-jobs")
                .is_none_or(|known| !matches!(known.value(), IppValue::Boolean(false))),
            reasons: words(group, "printer-state-reasons"),
            formats: words(group, "document-format-supported"),
            media: media(group),
            takes_media_col: words(group, "media-col-supported").iter().any(|member| member == "media-size"),
            margins: sides.map(|side| integers(group, &format!("media-{side}-margin-supported"))),
            resolutions: values(group, "printer-resolution-supported")
                .iter()
                .filter_map(dots_per_inch)
                .collect(),
            scalings: words(group, "print-scaling-supported"),
            color_modes: words(group, "print-color-mode-supported"),
            sides: words(group, "sides-supported"),
            qualities: integers(group, "print-quality-supported"),
            orientations: integers(group, "orientation-requested-supported"),
            most_copies: match group.get("copies-supported").map(|known| known.value()) {
                Some(IppValue::RangeOfInteger { max, .. }) => *max,
                Some(IppValue::Integer(most)) => *most,
                _ => 1,
            },
            up_s: number("printer-up-time").map(i64::from),
            jobs_waiting: number("queued-job-count").unwrap_or_default(),
        }
    }
}

/// Every size the printer names, those by keyword first.
fn media(group: &IppAttributeGroup) -> Vec<Medium> {
    let named = words(group, "media-supported");
    let mut media: Vec<Medium> = named.iter().filter_map(|name| Medium::of_keyword(name)).collect();
    for value in values(group, "media-size-supported") {
        let IppValue::Collection(members) = value else { continue };
        let side = |name: &str| member(&members, name).and_then(integer);
        let Some((width, height)) = side("x-dimension").zip(side("y-dimension")) else { continue };
        if !media.iter().any(|known| (known.width, known.height) == (width, height)) {
            media.push(Medium { name: None, width, height });
        }
    }
    media
}

fn member<'a>(members: &'a BTreeMap<IppName, IppValue>, name: &str) -> Option<&'a IppValue> {
    members.iter().find(|(known, _)| known.as_str() == name).map(|(_, value)| value)
}

/// The values of an attribute, one or many.
fn values(group: &IppAttributeGroup, name: &str) -> Vec<IppValue> {
    match group.get(name).map(|known| known.value()) {
        Some(IppValue::Array(values)) => values.clone(),
        Some(value) => vec![value.clone()],
        None => Vec::new(),
    }
}

fn words(group: &IppAttributeGroup, name: &str) -> Vec<String> {
    values(group, name).iter().filter_map(text).collect()
}

fn integers(group: &IppAttributeGroup, name: &str) -> Vec<i32> {
    values(group, name).iter().filter_map(integer).collect()
}

fn text_of(group: &IppAttributeGroup, name: &str) -> Option<String> {
    text(group.get(name)?.value())
}

fn text(value: &IppValue) -> Option<String> {
    match value {
        IppValue::Keyword(word) => Some(word.as_str().to_owned()),
        IppValue::NameWithoutLanguage(name) | IppValue::NameWithLanguage { name, .. } => {
            Some(name.as_str().to_owned())
        }
        IppValue::TextWithoutLanguage(text) | IppValue::TextWithLanguage { text, .. } => {
            Some(text.to_string())
        }
        IppValue::MimeMediaType(kind) => Some(kind.as_str().to_owned()),
        IppValue::Uri(uri) => Some(uri.as_str().to_owned()),
        _ => None,
    }
}

fn integer(value: &IppValue) -> Option<i32> {
    match value {
        IppValue::Integer(number) | IppValue::Enum(number) => Some(*number),
        _ => None,
    }
}

fn dots_per_inch(value: &IppValue) -> Option<(i32, i32)> {
    match value {
        IppValue::Resolution { cross_feed, feed, units: 3 } => Some((*cross_feed, *feed)),
        IppValue::Resolution { cross_feed, feed, units: 4 } => {
            let inch = |dots: i32| (f64::from(dots) * 2.54).round() as i32;
            Some((inch(*cross_feed), inch(*feed)))
        }
        _ => None,
    }
}
