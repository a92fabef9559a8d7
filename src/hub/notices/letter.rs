//! Messages as letters: Chinese first, English below, in one mail.

use super::Answer;
use super::facts::Facts;
use crate::i18n::{self, words};
use crate::standard::Text;
use crate::submission::notice::{Notice, NoticeKind};
use crate::sync::mail::{Letter, Mailer};

const LANGUAGES: [&str; 2] = ["zh-CN", "en"];
/// The name of a photo in a letter tells nothing.
const PHOTO_NAME: &str = "photo.jpg";

pub(super) fn send(mailer: &Mailer, notice: &Notice, facts: &Facts, page: Option<&str>) -> Answer {
    let Some(to) = &facts.address else { return Answer::Never("no address".to_owned()) };
    let (subject, text) = written(notice, facts, page);
    let photo = facts.photo.clone().map(|bytes| (PHOTO_NAME, bytes));
    mailer.send(Letter { id: &notice.id, to, subject: &subject, text: &text, photo }).into()
}

/// Subject and text.
fn written(notice: &Notice, facts: &Facts, page: Option<&str>) -> (String, String) {
    let before = i18n::locale();
    let both = LANGUAGES.map(|tag| {
        i18n::set_locale(tag);
        let said = |part: &str| i18n::find(&format!("notice.{}.{part}", notice.kind.as_str()));
        (said("subject").unwrap_or_default(), body(notice, facts, page, tag))
    });
    i18n::set_locale(before);
    let [(chinese, text), (english, below)] = both;
    (format!("{chinese} {english}"), format!("{text}\n\n{}\n\n{below}\n", "—".repeat(12)))
}

fn body(notice: &Notice, facts: &Facts, page: Option<&str>, tag: &str) -> String {
    let choose = |text: &Text| if tag == "en" { text.en.clone() } else { text.zh.clone() };
    let mut parts = vec![
        words!("notice.hello", name = facts.item.masked_name).into_owned(),
        i18n::find(&format!("notice.{}.text", notice.kind.as_str())).unwrap_or_default(),
        words!("notice.batch", batch = facts.batch.full_name(), code = facts.batch.code).into_owned(),
    ];
    if let Some(order) = &facts.order {
        parts.push(words!("notice.order", order = order).into_owned());
    }
    for reason in &facts.reasons {
        let (title, cause) = (choose(&reason.title), choose(&reason.cause));
        let remedy = choose(&reason.remedy);
        parts.push(words!("notice.reason", title = title, cause = cause, remedy = remedy).into_owned());
    }
    if let Some(prints) = &facts.prints {
        let (carrier, number) = (
            prints.carrier.as_deref().unwrap_or_default(),
            prints.tracking_number.as_deref().unwrap_or_default(),
        );
        parts.push(words!("notice.parcel", carrier = carrier, number = number).into_owned());
    }
    if let Some(page) = page.filter(|_| notice.kind != NoticeKind::Photo) {
        let link = format!("{page}/s/{}", facts.batch.code);
        parts.push(words!("notice.page", link = link).into_owned());
    }
    parts.push(words!("notice.no_answer").into_owned());
    parts.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_words_in_both_languages() {
        for kind in NoticeKind::ALL {
            for tag in LANGUAGES {
                i18n::set_locale(tag);
                for part in ["subject", "text"] {
                    assert!(
                        i18n::find(&format!("notice.{}.{part}", kind.as_str())).is_some(),
                        "{kind:?} {tag}"
                    );
                }
            }
        }
    }
}
