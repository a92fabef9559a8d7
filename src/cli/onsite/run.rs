//! `photodesk onsite run`: the session at a pipe. A scanner that types, a script, or a person can drive it.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};

use super::{DeskPlace, Outcome, line};
use crate::camera;
use crate::camera::tether::{self, Tether, TetherSaid};
use crate::submission::Subject;
use crate::workflow::collect::live::{Live, LiveSaid};
use crate::workflow::collect::{Collecting, Happened};
use crate::workflow::who::{self, Who};
use crate::workflow::{Desk, DeskError, shots};

pub(super) const LONG_ABOUT: &str =
    "Watch a folder. Commands come line by line on standard input, what happens goes \
to standard output as JSON, one object a line; an answer carries the command's word under \"answer\".

  who TEXT            code, ticket, number or last four; one person found steps before the camera
  new LASTFOUR        the new code just scanned becomes a new person, who steps up
  bind LASTFOUR       the new code just scanned belongs to the person who stands there
  ticket              give out the next ticket
  choose ID           this person steps before the camera
  down                nobody stands there any more
  assign SHOT ID      the shot is this person's; settles its doubt
  shoot               release the shutter of the camera named with --camera
  mark SHOT           the photo of its person that is to be sent
  finalise            everybody whose photos are beyond doubt
  count               counts that add up
  wait                answer once nothing arrives and nothing waits for its check
  quit                end; the end of the input does the same after a wait";

/// How often a wait looks again.
const STILL_EVERY: Duration = Duration::from_millis(50);
/// So long nothing may have happened before the folder counts as still: longer than a file takes to settle.
const STILL_LOOKS: usize = 12;

/// What the loop waits for.
enum Post {
    Happened(Happened),
    Live(LiveSaid),
    Tether(TetherSaid),
    Command(String),
    End,
}

struct Operator<'a> {
    desk: &'a Arc<Desk>,
    batch: String,
    name: &'a str,
    session: Arc<Collecting>,
    live: Option<Live>,
    present: Option<Subject>,
    new_code: Option<String>,
}

/// Where the photos come from.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub folder: Option<&'a Path>,
    pub camera: Option<&'a str>,
}

pub(super) fn run(
    batch: &str,
    sources: Sources<'_>,
    operator: &str,
    place: &DeskPlace,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let desk = Arc::new(place.open()?);
    let batch = desk.batch(batch)?.code;
    let (post, posts) = channel();
    let tell = post.clone();
    let session = Arc::new(Collecting::begin(Arc::clone(&desk), &batch, sources.folder, move |happened| {
        // The loop may have ended already; then nobody listens.
        drop(tell.send(Post::Happened(happened)));
    })?);
    let _tether = begin_tether(sources, &post)?;
    let live = sources.camera.filter(|id| tether::port_of(id).is_none()).map(|id| {
        let tell = post.clone();
        Live::begin(camera::system(), id, Arc::clone(&session), move |said| {
            if said != LiveSaid::Picture {
                drop(tell.send(Post::Live(said)));
            }
        })
    });
    read_commands(post);
    let mut operator =
        Operator { desk: &desk, batch, name: operator, session, live, present: None, new_code: None };
    operator.look_for_code();
    operator.serve(&posts, out)?;
    Ok(Outcome::Done)
}

/// A camera on a cable puts its photos into the watched folder.
fn begin_tether(sources: Sources<'_>, post: &Sender<Post>) -> anyhow::Result<Option<Tether>> {
    let Some(port) = sources.camera.and_then(tether::port_of) else { return Ok(None) };
    let folder = sources.folder.context("a tethered camera fills a folder; name it with --folder DIR")?;
    let tell = post.clone();
    Ok(Some(Tether::begin(tether::program(), port, folder.to_owned(), move |said| {
        drop(tell.send(Post::Tether(said)));
    })))
}

/// Reads standard input on a thread of its own, for it may stay silent for hours.
fn read_commands(post: Sender<Post>) {
    std::thread::spawn(move || {
        for command in std::io::stdin().lock().lines().map_while(Result::ok) {
            if post.send(Post::Command(command)).is_err() {
                return;
            }
        }
        drop(post.send(Post::End));
    });
}

impl Operator<'_> {
    fn serve(&mut self, posts: &Receiver<Post>, out: &mut dyn Write) -> anyhow::Result<()> {
        while let Ok(post) = posts.recv() {
            match post {
                Post::Happened(happened) => line(out, &happened)?,
                Post::Live(said) => line(out, &self.live_said(said))?,
                Post::Tether(said) => line(out, &tether_said(&said))?,
                Post::Command(command) => {
                    let (verb, rest) = command.trim().split_once(' ').unwrap_or((command.trim(), ""));
                    if verb == "quit" {
                        return Ok(());
                    }
                    if verb == "wait" {
                        self.wait(posts, out)?;
                    } else if !verb.is_empty() {
                        line(out, &self.answer(verb, rest.trim()))?;
                    }
                }
                Post::End => return self.wait(posts, out),
            }
        }
        Ok(())
    }

    /// Passes on what happens until nothing does. Commands that come meanwhile are carried out.
    fn wait(&mut self, posts: &Receiver<Post>, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut still = 0;
        while still < STILL_LOOKS {
            match posts.recv_timeout(STILL_EVERY) {
                Ok(Post::Happened(happened)) => {
                    still = 0;
                    line(out, &happened)?;
                }
                Ok(Post::Live(said)) => line(out, &self.live_said(said))?,
                Ok(Post::Tether(said)) => line(out, &tether_said(&said))?,
                Ok(Post::Command(command)) => {
                    let (verb, rest) = command.trim().split_once(' ').unwrap_or((command.trim(), ""));
                    line(out, &self.answer(verb, rest.trim()))?;
                }
                _ => still = if self.is_still() { still + 1 } else { 0 },
            }
        }
        line(out, &json!({ "answer": "wait" }))
    }

    fn is_still(&self) -> bool {
        self.session.is_still() && !self.live.as_ref().is_some_and(Live::is_taking)
    }

    /// A code held before the camera is as good as a scanned one.
    fn live_said(&mut self, said: LiveSaid) -> Value {
        match said {
            LiveSaid::Code(code) => self.answer("who", &code),
            LiveSaid::Opened | LiveSaid::Picture => json!({ "event": "camera_opened" }),
            LiveSaid::Failed { code, message } => {
                json!({ "event": "camera_failed", "error": { "code": code, "message": message } })
            }
            LiveSaid::NotTaken { code, message } => {
                json!({ "event": "not_taken", "error": { "code": code, "message": message } })
            }
        }
    }

    /// Codes are read from the live picture while nobody stands there.
    fn look_for_code(&self) {
        if let Some(live) = &self.live {
            live.look_for_code(self.present.is_none());
        }
    }

    fn shoot(&self) -> Result<Value, DeskError> {
        let live = self.live.as_ref().ok_or_else(|| DeskError::Refused {
            code: "no_camera_named",
            message: "no camera was named; begin again with --camera".to_owned(),
        })?;
        live.release().map(|()| json!({}))
    }

    fn answer(&mut self, verb: &str, rest: &str) -> Value {
        let done = match verb {
            "who" => self.who(rest),
            "new" => self.new_person(rest),
            "bind" => self.bind(rest),
            "ticket" => who::issue_tickets(self.desk, &self.batch, 1)
                .map(|tickets| json!({ "ticket": tickets.first().map(ToString::to_string) })),
            "choose" => who::subject(self.desk, rest).and_then(|who| self.step_up(who)),
            "down" => {
                self.session.step_down();
                self.present = None;
                Ok(json!({}))
            }
            "shoot" => self.shoot(),
            "assign" => self.assign(rest),
            "mark" => shots::mark(self.desk, rest, self.name).map(|shot| json!({ "shot": shot.id })),
            "finalise" => shots::finalise(self.desk, &self.batch, self.name).map(|done| json!(done)),
            "count" => shots::count(self.desk, &self.batch).map(|count| json!(count)),
            _ => Err(DeskError::Refused {
                code: "no_such_command",
                message: "this command is not known; photodesk onsite run --help lists them".to_owned(),
            }),
        };
        self.look_for_code();
        match done {
            Ok(Value::Object(mut fields)) => {
                fields.insert("answer".to_owned(), json!(verb));
                Value::Object(fields)
            }
            Ok(other) => json!({ "answer": verb, "value": other }),
            Err(error) => json!({
                "answer": verb,
                "error": { "code": error.code(), "message": error.to_string() },
            }),
        }
    }

    fn who(&mut self, text: &str) -> Result<Value, DeskError> {
        match who::find(self.desk, &self.batch, text)? {
            Who::One(subject) => self.step_up(subject),
            Who::Several(people) => {
                let people: Vec<Value> = people.iter().map(shown).collect();
                Ok(json!({ "who": "several", "people": people }))
            }
            Who::NewCode(code) => {
                self.new_code = Some(code);
                Ok(json!({ "who": "new_code" }))
            }
            Who::Nobody(why) => Ok(json!({ "who": "nobody", "why": why.as_str() })),
        }
    }

    fn new_person(&mut self, last_four: &str) -> Result<Value, DeskError> {
        let code = self.scanned()?;
        let subject = who::add_by_code(self.desk, &self.batch, &code, last_four)?;
        self.new_code = None;
        self.step_up(subject)
    }

    fn bind(&mut self, last_four: &str) -> Result<Value, DeskError> {
        let code = self.scanned()?;
        let present = self.present.clone().ok_or_else(|| DeskError::Refused {
            code: "nobody_there",
            message: "nobody stands before the camera; find the person first".to_owned(),
        })?;
        let subject = who::bind_code(self.desk, &present, &code, last_four, self.name)?;
        self.new_code = None;
        Ok(json!({ "subject": shown(&subject) }))
    }

    fn scanned(&self) -> Result<String, DeskError> {
        self.new_code.clone().ok_or_else(|| DeskError::Refused {
            code: "no_new_code",
            message: "no new code was scanned; scan it first".to_owned(),
        })
    }

    fn step_up(&mut self, subject: Subject) -> Result<Value, DeskError> {
        self.session.step_up(&subject)?;
        let answer = json!({ "who": "one", "subject": shown(&subject) });
        self.present = Some(subject);
        Ok(answer)
    }

    fn assign(&self, rest: &str) -> Result<Value, DeskError> {
        let (shot, subject) = rest.split_once(' ').unwrap_or((rest, ""));
        let shot = shots::assign(self.desk, shot, subject.trim(), self.name)?;
        self.session.reassigned(&shot.id, subject.trim());
        Ok(json!({ "shot": shot.id, "subject": shot.subject }))
    }
}

fn tether_said(said: &TetherSaid) -> Value {
    match said {
        TetherSaid::Listening => json!({ "event": "camera_opened" }),
        TetherSaid::Failed(error) => json!({
            "event": "camera_failed",
            "error": { "code": error.code(), "message": error.to_string() },
        }),
    }
}

/// Masked, as the window shows it.
fn shown(subject: &Subject) -> Value {
    json!({
        "id": subject.id,
        "serial": subject.serial,
        "name": subject.masked_name,
        "last_four": subject.last_four,
    })
}
