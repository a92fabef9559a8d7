//! A colleague proves with their own code who they are, beside whoever signs at the desk.

use super::desk::now_ms;
use super::{Desk, DeskError, quality, shots};
use crate::store::sign_ins::Lock;

/// Somebody who has proved who they are. Nothing else makes one than the right code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    name: String,
}

impl Signed {
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Whether this colleague has an own code.
pub fn is_known(desk: &Desk, name: &str) -> Result<bool, DeskError> {
    Ok(desk.store.has_sign_in(name.trim())?)
}

/// Signs a colleague in. A try is counted before it is looked at; after too many the name is shut for a while.
pub fn sign_in(desk: &Desk, name: &str, code: &str) -> Result<Signed, DeskError> {
    let name = named(name)?;
    let rules = shots::rules()?.sign_in;
    let (lock, tries) = desk.store.write(|tx| {
        let known = tx.sign_in(&name)?.ok_or_else(|| no_sign_in(&name))?;
        let now_ms = now_ms();
        if known.shut_until_ms > now_ms {
            let seconds = (known.shut_until_ms - now_ms + 999) / 1000;
            return Err(refused(
                "sign_in_shut",
                format!("too many wrong codes were tried for {name}; wait {seconds} seconds"),
            ));
        }
        let tries = known.tries + 1;
        if tries < rules.tries {
            tx.count_tries(&name, tries, 0)?;
        } else {
            tx.count_tries(&name, 0, now_ms + i64::from(rules.shut_seconds) * 1000)?;
        }
        Ok((known.lock, tries))
    })?;
    if !lock.opens(&name, code)? {
        let left = rules.tries.saturating_sub(tries);
        return Err(refused(
            "wrong_code",
            format!("this is not the code of {name}; type it again, {left} tries are left for now"),
        ));
    }
    desk.store.write(|tx| tx.count_tries(&name, 0, 0))?;
    Ok(Signed { name })
}

/// Sets a colleague's first code, or another one in place of `old`.
pub fn set(desk: &Desk, name: &str, code: &str, old: Option<&str>) -> Result<Signed, DeskError> {
    let name = named(name)?;
    let shortest = shots::rules()?.sign_in.shortest_code;
    if code.chars().count() < shortest {
        return Err(refused(
            "short_code",
            format!("a code has at least {shortest} signs; choose a longer one"),
        ));
    }
    match old {
        Some(old) => drop(sign_in(desk, &name, old)?),
        None if desk.store.has_sign_in(&name)? => {
            return Err(refused(
                "has_sign_in",
                format!("{name} has a code already; sign in with it, or give it to set another"),
            ));
        }
        None => {}
    }
    let lock = Lock::of(&name, code)?;
    desk.store.write(|tx| tx.set_sign_in(&name, &lock, now_ms()))?;
    Ok(Signed { name })
}

/// Forgets a colleague's code, so that they can set another. Only a senior who is signed in may.
pub fn forget(desk: &Desk, name: &str, by: &Signed) -> Result<bool, DeskError> {
    let name = named(name)?;
    desk.store.write(|tx| {
        quality::require_senior(tx, by.name())?;
        Ok(tx.forget_sign_in(&name, now_ms(), by.name())?)
    })
}

fn named(name: &str) -> Result<String, DeskError> {
    match name.trim() {
        "" => Err(refused("no_name", "say who signs in".to_owned())),
        name => Ok(name.to_owned()),
    }
}

fn no_sign_in(name: &str) -> DeskError {
    refused("no_sign_in", format!("{name} has no code of their own yet; let them set one"))
}

fn refused(code: &'static str, message: String) -> DeskError {
    DeskError::Refused { code, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::Role;
    use crate::workflow::fixture::Place;

    fn code_of<T: std::fmt::Debug>(result: Result<T, DeskError>) -> &'static str {
        result.unwrap_err().code()
    }

    #[test]
    fn a_code_is_set_once_and_changed_with_the_old_one() {
        let place = Place::new();
        let desk = &place.desk;
        assert_eq!(code_of(sign_in(desk, "王芳", "tea 4 two")), "no_sign_in");
        assert_eq!(code_of(set(desk, "王芳", "short", None)), "short_code");
        assert_eq!(code_of(set(desk, "  ", "tea 4 two", None)), "no_name");
        assert_eq!(set(desk, " 王芳 ", "tea 4 two", None).unwrap().name(), "王芳");
        assert_eq!(code_of(set(desk, "王芳", "another", None)), "has_sign_in");
        assert_eq!(code_of(set(desk, "王芳", "another", Some("tea 4 too"))), "wrong_code");
        set(desk, "王芳", "another", Some("tea 4 two")).unwrap();
        assert_eq!(sign_in(desk, "王芳", "another").unwrap().name(), "王芳");
        assert_eq!(code_of(sign_in(desk, "王芳", "tea 4 two")), "wrong_code");
        desk.verify_journal().unwrap();
    }

    #[test]
    fn too_many_wrong_codes_shut_the_name_even_for_the_right_one() {
        let place = Place::new();
        let desk = &place.desk;
        set(desk, "li", "right one", None).unwrap();
        for _ in 0..shots::rules().unwrap().sign_in.tries {
            assert_eq!(code_of(sign_in(desk, "li", "wrong one")), "wrong_code");
        }
        assert_eq!(code_of(sign_in(desk, "li", "right one")), "sign_in_shut");
    }

    #[test]
    fn only_a_senior_who_is_signed_in_forgets_anothers_code() {
        let place = Place::new();
        let desk = &place.desk;
        set(desk, "li", "right one", None).unwrap();
        let zhao = set(desk, "zhao", "senior code", None).unwrap();
        assert_eq!(code_of(forget(desk, "li", &zhao)), "senior_only");
        quality::set_role(desk, "zhao", Role::Senior, "zhao").unwrap();
        assert!(forget(desk, "li", &zhao).unwrap());
        set(desk, "li", "a new one", None).unwrap();
    }
}
