//! C38 to C40 as findings of a report: `reuse` may fail, `mirror` and `face_match` only ever warn.
//!
//! `reuse` — correlation of the aligned inner faces with another photo (ratio -1..=1); `face_match` — distance of the
//! face descriptors. Limits: assets/identity.toml, and the describer's own for the distance. A twin or a look-alike passes
//! the face match; the same exposure under a painted-over face does not show.

use super::compare::Answer;
use super::descriptor::PersonLimits;
use super::exposure::ExposureMatch;
use super::limits::IdentityLimits;
use crate::inspect::checks::judge::{Held, Judged, judge, unknown};
use crate::inspect::{CheckId, Evidence, Finding, Twin, TwinRelation, Verdict};
use crate::photo::Rect;
use crate::standard::{Band, Standard};

/// How far a repeated correlation strays, and a repeated distance as a share of the one that says "same", by re-encoding at
/// quality 85.
const SPREAD_SCORE: f64 = 0.01;
const SPREAD_DISTANCE: f64 = 0.04;
const CORRELATION: &str = "correlation";
const DISTANCE: &str = "distance";

/// C39 against a reference photo; `None` when a face was not found.
pub fn reuse(found: Option<ExposureMatch>, face: Option<Rect>, limits: &IdentityLimits) -> Finding {
    let Some(found) = found else { return unknown(CheckId::Reuse, CORRELATION) };
    exposure(found.score, limits, limits.exposure.same_from).finding(CheckId::Reuse, "R05", compared(face))
}

/// C39 against the photos of the season: the nearest of them. Under another name it fails; what the same person sent
/// before is put before the reviewer, for a better crop of one exposure is allowed.
pub fn reuse_in_season(twin: &Twin, face: Option<Rect>, limits: &IdentityLimits) -> Finding {
    let judged = exposure(twin.score, limits, limits.search.certain_from);
    let (judged, reason) = match twin.relation {
        TwinRelation::AnotherSubject => (judged, "R08"),
        TwinRelation::EarlierAttempt => (judged.at_worst(Verdict::Warn), "R05"),
    };
    judged.finding(CheckId::Reuse, reason, compared(face))
}

/// C39 when no photo of the season is anywhere near.
pub fn no_reuse() -> Finding {
    Finding { verdict: Verdict::Pass, confidence: 1.0, ..unknown(CheckId::Reuse, CORRELATION) }
}

fn exposure(score: f64, limits: &IdentityLimits, same_from: f64) -> Judged {
    let band =
        Band { pass_max: Some(limits.exposure.perhaps_from), warn_max: Some(same_from), ..Band::default() };
    judge(&Held { band: "value", value: Some(score), unit: CORRELATION, spread: SPREAD_SCORE }, Some(band))
}

/// C38, where another photo of the same exposure is known: is one the mirror image of the other? `None` where there is
/// no such photo, for then there is nothing to tell it by.
pub fn mirror(
    found: ExposureMatch,
    face: Option<Rect>,
    limits: &IdentityLimits,
    standard: &Standard,
) -> Option<Finding> {
    if found.answer(limits) == Answer::Different {
        return None;
    }
    let band =
        standard.checks.get(CheckId::Mirror.as_str()).and_then(|limits| limits.bands.get("value")).copied();
    let value = Some(f64::from(u8::from(found.mirrored)));
    let judged = judge(&Held { band: "value", value, unit: "sides", spread: 0.2 }, band);
    Some(judged.at_worst(Verdict::Warn).finding(CheckId::Mirror, "G12", compared(face)))
}

/// C40: the distance to the person of the other photo and what it means; `None` when a face was not found, or none could be
/// described.
pub fn face_match(found: Option<(f64, PersonLimits)>, face: Option<Rect>) -> Finding {
    let Some((distance, PersonLimits { same_to, perhaps_to })) = found else {
        return unknown(CheckId::FaceMatch, DISTANCE);
    };
    let band = Band { pass_max: Some(same_to), warn_max: Some(perhaps_to), ..Band::default() };
    let spread = SPREAD_DISTANCE * same_to;
    let held = Held { band: "value", value: Some(distance), unit: DISTANCE, spread };
    judge(&held, Some(band)).at_worst(Verdict::Warn).finding(CheckId::FaceMatch, "R06", compared(face))
}

fn compared(face: Option<Rect>) -> Vec<Evidence> {
    face.map(|rect| Evidence::rect("compared_face", rect)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSON: PersonLimits = PersonLimits { same_to: 0.47, perhaps_to: 0.57 };

    fn limits() -> IdentityLimits {
        IdentityLimits::built_in().unwrap()
    }

    fn found(score: f64) -> Finding {
        reuse(Some(ExposureMatch { score, mirrored: false }), None, &limits())
    }

    #[test]
    fn a_copy_fails_a_near_one_is_put_before_a_person_and_another_exposure_passes() {
        let copy = found(0.99);
        assert_eq!((copy.verdict, copy.reason.as_deref()), (Verdict::Fail, Some("R05")));
        assert_eq!((found(0.85).verdict, found(0.3).verdict), (Verdict::Warn, Verdict::Pass));
    }

    #[test]
    fn an_exposure_under_another_name_fails_and_an_own_earlier_one_is_shown() {
        let twin = |relation, score| Twin {
            submission: "s".into(),
            photo_sha256: "p".into(),
            relation,
            score,
            mirrored: false,
            eyes: Default::default(),
            own_eyes: Default::default(),
        };
        let judged = |relation, score| {
            let finding = reuse_in_season(&twin(relation, score), None, &limits());
            (finding.verdict, finding.reason.unwrap_or_default())
        };
        assert_eq!(judged(TwinRelation::AnotherSubject, 0.99), (Verdict::Fail, "R08".into()));
        assert_eq!(judged(TwinRelation::EarlierAttempt, 0.99), (Verdict::Warn, "R05".into()));
        let enough_for_a_pair = limits().exposure.same_from + 0.01;
        assert_eq!(judged(TwinRelation::AnotherSubject, enough_for_a_pair), (Verdict::Warn, "R08".into()));
    }

    #[test]
    fn another_person_is_put_before_the_reviewer_and_never_rejected() {
        let other = face_match(Some((1.2, PERSON)), None);
        assert_eq!((other.verdict, other.reason.as_deref()), (Verdict::Warn, Some("R06")));
        assert_eq!(face_match(Some((0.2, PERSON)), None).verdict, Verdict::Pass);
    }

    #[test]
    fn only_another_photo_of_the_exposure_tells_a_mirror_image() {
        let catalogue = crate::standard::Catalogue::built_in().unwrap();
        let standard = catalogue.get("chsi_2017").unwrap();
        let verdict = |score, mirrored| {
            let found = ExposureMatch { score, mirrored };
            mirror(found, None, &limits(), standard).map(|finding| finding.verdict)
        };
        assert_eq!(verdict(0.99, true), Some(Verdict::Warn));
        assert_eq!(verdict(0.99, false), Some(Verdict::Pass));
        assert_eq!(verdict(0.3, true), None);
    }

    #[test]
    fn without_a_face_nothing_is_said() {
        let verdicts = [reuse(None, None, &limits()).verdict, face_match(None, None).verdict];
        assert_eq!(verdicts, [Verdict::Unknown; 2]);
    }
}
