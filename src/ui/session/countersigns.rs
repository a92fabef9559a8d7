//! The second person on site: signs in, looks, and says whether it is so.

use super::Session;
use crate::ui::crew::{Crew, Done, Lane};
use crate::ui::dialogs::{Dialog, SecondPersonForm};
use crate::ui::problem;
use crate::ui::screens::on_site::{NotSignedIn, OnSiteDone, Passphrase, ShownCountersign, Wish};
use crate::workflow::sign_in::{self, Signed};
use crate::workflow::{Desk, DeskError, countersign, preview};

impl Session {
    /// Carries out what a second person wishes; gives the other wishes back.
    pub(super) fn second_person(&self, wish: Wish, crew: &Crew) -> Option<Wish> {
        match wish {
            Wish::OpenCountersigns => {
                let desk = self.desk.clone();
                crew.send(Lane::Desk, move || read(&desk));
            }
            Wish::SignIn { name, code, is_first } => self.sign_in(name, code, is_first, crew),
            Wish::Countersign { seq, is_so, by } => self.countersign(seq, is_so, by, crew),
            other => return Some(other),
        }
        None
    }

    fn sign_in(&self, name: String, code: Passphrase, is_first: bool, crew: &Crew) {
        let desk = self.desk.clone();
        crew.send(Lane::Desk, move || {
            let signed = if is_first {
                sign_in::set(&desk, &name, &code.0, None)
            } else {
                sign_in::sign_in(&desk, &name, &code.0)
            };
            let signed = signed.map_err(|error| NotSignedIn {
                is_unknown: matches!(error.code(), "no_sign_in" | "short_code"),
                text: problem::of(&error),
            });
            Done::OnSite(OnSiteDone::SignedIn(signed))
        });
    }

    fn countersign(&self, seq: u64, is_so: bool, by: Signed, crew: &Crew) {
        let desk = self.desk.clone();
        crew.send(Lane::Desk, move || match countersign::settle(&desk, seq, is_so, &by) {
            Ok(_) => read(&desk),
            Err(error) => Done::OnSite(OnSiteDone::Countersigns(Err(problem::of(&error)))),
        });
    }

    pub(super) fn countersigns_shown(&mut self, result: Result<Vec<ShownCountersign>, String>, crew: &Crew) {
        match (result, &mut self.dialog) {
            (Ok(waiting), Dialog::SecondPerson(form)) => form.set_rows(waiting, crew.context()),
            (Ok(waiting), dialog) => {
                *dialog = Dialog::SecondPerson(Box::new(SecondPersonForm::new(waiting, crew.context())));
            }
            (Err(problem), _) => self.say_problem(problem),
        }
        self.on_site.people_changed();
    }

    /// A code that was tried; whoever closed the dialog meanwhile is not signed in.
    pub(super) fn signed_in(&mut self, result: Result<Signed, NotSignedIn>) {
        if let Dialog::SecondPerson(form) = &mut self.dialog {
            form.tried(result);
        }
    }
}

fn read(desk: &Desk) -> Done {
    Done::OnSite(OnSiteDone::Countersigns(shown(desk).map_err(|error| problem::of(&error))))
}

fn shown(desk: &Desk) -> Result<Vec<ShownCountersign>, DeskError> {
    let with_pictures = |open: countersign::OpenCountersign| -> Result<_, DeskError> {
        Ok(ShownCountersign { pictures: preview::of_shots(desk, &open.photos)?, open })
    };
    countersign::open(desk)?.into_iter().map(with_pictures).collect()
}
