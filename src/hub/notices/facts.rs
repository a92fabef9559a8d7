//! What a message tells, read when it is sent; or why there is nothing to tell any more.

use crate::hub::Hub;
use crate::store::StoreError;
use crate::submission::notice::{Notice, NoticeKind, NoticeState, NoticeWay};
use crate::submission::{Batch, Person, PrintOrder, QueueItem, Reason};

/// What is known of a message's submission.
pub(super) struct Facts {
    pub(super) batch: Batch,
    pub(super) item: QueueItem,
    /// Number of its order, where it has one.
    pub(super) order: Option<String>,
    pub(super) reasons: Vec<Reason>,
    pub(super) prints: Option<PrintOrder>,
    /// What a roster says of the student. Personal data.
    pub(super) person: Option<Person>,
    /// Where a letter goes.
    pub(super) address: Option<String>,
    /// The finished photo, for a letter that brings it.
    pub(super) photo: Option<Vec<u8>>,
}

/// How a message ends that is not sent, and why.
pub(super) type Ending = (NoticeState, &'static str);

/// Reads them; the inner `Err` says how the message ends instead.
pub(super) fn facts(hub: &Hub, notice: &Notice) -> Result<Result<Facts, Ending>, StoreError> {
    let store = &hub.store;
    let item = store.item(&notice.submission)?;
    let is_so = notice.kind == NoticeKind::Shipped
        || (notice.kind.holds_in(item.state) && notice.revision == item.revision);
    if !is_so {
        return Ok(Err((NoticeState::Moot, "it is not so any more")));
    }
    let subject = store.subject_of(&notice.submission)?;
    let person = subject.map(|subject| store.person(&subject.id)).transpose()?;
    let asked = match notice.kind {
        NoticeKind::Photo => store.notice_address(&notice.id)?,
        _ => person.as_ref().and_then(|person| person.email.clone()),
    };
    let address = asked.map(|address| address.trim().to_owned()).filter(|address| !address.is_empty());
    if notice.way == NoticeWay::Mail && address.is_none() {
        return Ok(Err((NoticeState::NoAddress, "no mail address is known")));
    }
    let photo = match notice.kind {
        NoticeKind::Photo => match store.published(&notice.submission)? {
            Some(published) => Some(store.photo(&published.final_sha256)?),
            None => return Ok(Err((NoticeState::Moot, "the photo is not there any more"))),
        },
        _ => None,
    };
    let batch = store.batch(&item.batch)?;
    Ok(Ok(Facts {
        order: store.order_of(&notice.submission)?.map(|order| order.order),
        reasons: notice.reasons.iter().filter_map(|code| hub.reasons.get(code).cloned()).collect(),
        prints: notice.print_order.as_deref().map(|number| store.print_order(number)).transpose()?,
        batch,
        item,
        person,
        address,
        photo,
    }))
}
