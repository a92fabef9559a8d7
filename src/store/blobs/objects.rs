//! Sealed photos as objects in an S3-compatible store, `PREFIX/photos/ab/cdef…`: whole or not there, and durable once the
//! store has answered.

mod asking;

use std::collections::HashSet;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::blocking::{Body, Response};
use rusty_s3::S3Action;
use rusty_s3::actions::ListObjectsV2;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::address::PhotosAddress;
use crate::store::StoreError;
use asking::{Trouble, Way, broken};

/// How long a signature counts: as far as clocks of stores and hubs may differ.
const SIGNED_FOR: Duration = Duration::from_secs(900);
/// How long an answer may take without the photo's bytes, and how fast those come at least.
const PATIENCE: Duration = Duration::from_secs(10);
const BYTES_A_SECOND: u64 = 1 << 20;
/// No object of a hub is larger; what is, is none of ours.
const MOST_BYTES: u64 = 128 << 20;
const CHECKSUM: &str = "x-amz-checksum-sha256";
const CHECKSUM_MODE: &str = "x-amz-checksum-mode";
const PHOTOS: &str = "photos/";
/// Where an object lies for a while before it is gone for good.
const ASIDE: &str = "aside/";

/// A bucket and what lies in it by name.
pub(in crate::store) struct Objects {
    way: Way,
    address: PhotosAddress,
}

/// A sealed photo on this disk that waits to be sent.
pub(in crate::store) struct Outgoing {
    name: String,
    file: NamedTempFile,
    bytes: u64,
    /// SHA-256 of the sealed bytes, as the header wants it.
    checksum: String,
}

impl Outgoing {
    /// Sealed bytes.
    pub(in crate::store) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes the pieces to a file in `staging`, which goes with this.
    pub(super) fn write(staging: &Path, name: &str, pieces: &[&[u8]]) -> Result<Self, StoreError> {
        let io = |cause| StoreError::Io { path: staging.to_owned(), cause };
        let mut file = NamedTempFile::new_in(staging).map_err(io)?;
        let mut hasher = Sha256::new();
        for piece in pieces {
            hasher.update(piece);
            file.write_all(piece).map_err(io)?;
        }
        let bytes = pieces.iter().map(|piece| piece.len() as u64).sum();
        Ok(Self { name: name.to_owned(), file, bytes, checksum: BASE64.encode(hasher.finalize()) })
    }
}

impl Objects {
    pub(in crate::store) fn new(address: PhotosAddress) -> Result<Self, StoreError> {
        Ok(Self { way: Way::new()?, address })
    }

    /// Whether the store did not answer just now.
    pub(super) fn is_away(&self) -> bool {
        self.way.is_given_up()
    }

    /// Asks for the list of objects, of which one is enough: whether store, bucket and keys are right.
    pub(super) fn probe(&self) -> Result<(), StoreError> {
        self.page(PHOTOS, None, 1).map(drop)
    }

    /// Sends it. When this ends well the store has compared it with its SHA-256 and keeps it.
    pub(super) fn write(&self, outgoing: &Outgoing) -> Result<(), StoreError> {
        self.write_at(PHOTOS, outgoing)
    }

    fn write_at(&self, under: &str, outgoing: &Outgoing) -> Result<(), StoreError> {
        let key = self.key(under, &outgoing.name);
        let put = self.way.ask(
            |http| {
                let mut action = self.address.bucket.put_object(Some(&self.address.keys), &key);
                action.headers_mut().insert(CHECKSUM, outgoing.checksum.as_str());
                let file = outgoing.file.reopen();
                let path = outgoing.file.path();
                let file = file.map_err(|cause| StoreError::Io { path: path.to_owned(), cause })?;
                Ok(http
                    .put(action.sign(SIGNED_FOR))
                    .header(CHECKSUM, &outgoing.checksum)
                    .timeout(patience(outgoing.bytes))
                    .body(Body::sized(file, outgoing.bytes)))
            },
            |_| Ok(()),
        )?;
        put.ok_or_else(|| StoreError::PhotosRefused { cause: "404".to_owned() })
    }

    /// What lies there; `None` where nothing does. What was set aside is there still.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.read_at(PHOTOS, name)? {
            None => self.read_at(ASIDE, name),
            found => Ok(found),
        }
    }

    fn read_at(&self, under: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let key = self.key(under, name);
        self.way.ask(
            |http| {
                let action = self.address.bucket.get_object(Some(&self.address.keys), &key);
                Ok(http.get(action.sign(SIGNED_FOR)).timeout(patience(MOST_BYTES)))
            },
            content,
        )
    }

    /// Whether the very same sealed bytes lie there: by the store's own SHA-256 of them, or where it tells none, by ours.
    fn holds(&self, outgoing: &Outgoing) -> Result<bool, StoreError> {
        let key = self.key(PHOTOS, &outgoing.name);
        let told = self.way.ask(
            |http| {
                let mut action = self.address.bucket.head_object(Some(&self.address.keys), &key);
                action.headers_mut().insert(CHECKSUM_MODE, "ENABLED");
                Ok(http.head(action.sign(SIGNED_FOR)).header(CHECKSUM_MODE, "ENABLED").timeout(PATIENCE))
            },
            |answer| Ok((header(&answer, "content-length"), header(&answer, CHECKSUM))),
        )?;
        match told {
            None => Ok(false),
            Some((bytes, _)) if bytes.as_deref() != Some(&outgoing.bytes.to_string()) => Ok(false),
            Some((_, Some(checksum))) => Ok(checksum == outgoing.checksum),
            Some((_, None)) => {
                let found = self.read_at(PHOTOS, &outgoing.name)?;
                Ok(found.is_some_and(|sealed| BASE64.encode(Sha256::digest(&sealed)) == outgoing.checksum))
            }
        }
    }

    /// Sends it unless it is there, and compares it there; `true` when it was sent.
    pub(in crate::store) fn bring(&self, outgoing: &Outgoing) -> Result<bool, StoreError> {
        if self.holds(outgoing)? {
            return Ok(false);
        }
        self.write(outgoing)?;
        if self.holds(outgoing)? {
            Ok(true)
        } else {
            Err(StoreError::PhotosRefused { cause: "it does not hold what it took".to_owned() })
        }
    }

    /// Whether it was stored, or stored again, within so long, by the store's own clock.
    pub(super) fn is_recent(&self, name: &str, within: Duration) -> Result<bool, StoreError> {
        Ok(self.age(name)?.is_some_and(|age| age < within))
    }

    fn age(&self, name: &str) -> Result<Option<Duration>, StoreError> {
        let key = self.key(PHOTOS, name);
        self.way.ask(
            |http| {
                let action = self.address.bucket.head_object(Some(&self.address.keys), &key);
                Ok(http.head(action.sign(SIGNED_FOR)).timeout(PATIENCE))
            },
            |answer| {
                let changed = header(&answer, "last-modified").and_then(|text| http_date(&text));
                Ok(age_at(now_of(&answer), changed))
            },
        )
    }

    /// Sets it aside unless it is recent. A store cannot delete only what is still old, so that somebody may be storing
    /// it anew at this very moment: it can be read until nobody can be, see [`Objects::clear_aside`].
    pub(super) fn remove_old(&self, staging: &Path, name: &str, within: Duration) -> Result<(), StoreError> {
        if self.is_recent(name, within)? {
            return Ok(());
        }
        let Some(sealed) = self.read_at(PHOTOS, name)? else { return Ok(()) };
        self.write_at(ASIDE, &Outgoing::write(staging, name, &[&sealed])?)?;
        self.remove_at(PHOTOS, name)
    }

    /// Deletes what was set aside longer ago than `kept`; what is wanted by now and not stored anew goes back first.
    pub(super) fn clear_aside(
        &self,
        staging: &Path,
        kept: Duration,
        wanted: impl FnOnce() -> Result<HashSet<String>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut old = Vec::new();
        self.each(ASIDE, &mut |name, age| old.extend((age >= kept).then(|| name.to_owned())))?;
        if old.is_empty() {
            return Ok(());
        }
        let wanted = wanted()?;
        for name in old {
            if wanted.contains(&name)
                && self.age(&name)?.is_none()
                && let Some(sealed) = self.read_at(ASIDE, &name)?
            {
                self.write(&Outgoing::write(staging, &name, &[&sealed])?)?;
            }
            self.remove_at(ASIDE, &name)?;
        }
        Ok(())
    }

    /// Names of what was not stored, or stored again, within so long.
    pub(super) fn old_names(&self, kept: Duration) -> Result<Vec<String>, StoreError> {
        let mut old = Vec::new();
        self.each(PHOTOS, &mut |name, age| old.extend((age >= kept).then(|| name.to_owned())))?;
        Ok(old)
    }

    /// Deletes it at once, if it is there.
    pub(super) fn remove(&self, name: &str) -> Result<(), StoreError> {
        self.remove_at(PHOTOS, name)
    }

    fn remove_at(&self, under: &str, name: &str) -> Result<(), StoreError> {
        let key = self.key(under, name);
        let gone = self.way.ask(
            |http| {
                let action = self.address.bucket.delete_object(Some(&self.address.keys), &key);
                Ok(http.delete(action.sign(SIGNED_FOR)).timeout(PATIENCE))
            },
            |_| Ok(()),
        );
        gone.map(drop)
    }

    /// Every object below, by its name, with its age by the store's clock.
    fn each(&self, under: &str, seen: &mut dyn FnMut(&str, Duration)) -> Result<(), StoreError> {
        let mut token = None;
        loop {
            let (now, page) = self.page(under, token.as_deref(), 1000)?;
            let start = format!("{}{under}", self.address.prefix);
            for object in page.contents {
                let changed = object.last_modified.and_then(|text| text.parse::<Timestamp>().ok());
                if let Some(rest) = object.key.strip_prefix(&start) {
                    seen(&rest.replacen('/', "", 1), age_at(now, changed));
                }
            }
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(());
            }
        }
    }

    /// Some of the objects below, and the store's time.
    fn page(
        &self,
        under: &str,
        token: Option<&str>,
        most: usize,
    ) -> Result<(Timestamp, rusty_s3::actions::ListObjectsV2Response), StoreError> {
        let listed = self.way.ask(
            |http| {
                let mut action = self.address.bucket.list_objects_v2(Some(&self.address.keys));
                action.with_prefix(format!("{}{under}", self.address.prefix));
                action.with_max_keys(most);
                if let Some(token) = token {
                    action.with_continuation_token(token.to_owned());
                }
                Ok(http.get(action.sign(SIGNED_FOR)).timeout(PATIENCE))
            },
            |answer| {
                let now = now_of(&answer);
                let text = answer.text().map_err(|cause| broken(&cause))?;
                let page = ListObjectsV2::parse_response(&text);
                Ok((
                    now,
                    page.map_err(|cause| Trouble::Refused(format!("its list is not understood: {cause}")))?,
                ))
            },
        )?;
        listed.ok_or_else(|| StoreError::PhotosRefused { cause: "404".to_owned() })
    }

    fn key(&self, under: &str, name: &str) -> String {
        let (shelf, rest) = name.split_at(2);
        format!("{}{under}{shelf}/{rest}", self.address.prefix)
    }
}

fn patience(bytes: u64) -> Duration {
    PATIENCE + Duration::from_secs(bytes / BYTES_A_SECOND)
}

/// The whole body, which is as long as it was said to be.
fn content(answer: Response) -> Result<Vec<u8>, Trouble> {
    let said = header(&answer, "content-length").and_then(|text| text.parse::<u64>().ok());
    if let Some(bytes) = said.filter(|bytes| *bytes > MOST_BYTES) {
        return Err(Trouble::Refused(format!("an object has {bytes} bytes")));
    }
    let mut content = Vec::with_capacity(said.unwrap_or_default() as usize);
    answer.take(MOST_BYTES).read_to_end(&mut content).map_err(|cause| broken(&cause))?;
    if said.is_none_or(|bytes| bytes == content.len() as u64) {
        Ok(content)
    } else {
        Err(Trouble::Passing("the connection broke off".to_owned()))
    }
}

fn header(answer: &Response, name: &str) -> Option<String> {
    Some(answer.headers().get(name)?.to_str().ok()?.to_owned())
}

/// The store's time, or where it tells none, this computer's.
fn now_of(answer: &Response) -> Timestamp {
    header(answer, "date").and_then(|text| http_date(&text)).unwrap_or_else(Timestamp::now)
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::parse(text).ok().map(|time| time.timestamp())
}

/// What has no time, or one to come, is as young as can be.
fn age_at(now: Timestamp, changed: Option<Timestamp>) -> Duration {
    let age = changed.map(|changed| now.duration_since(changed));
    age.and_then(|age| Duration::try_from(age).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_reckoned_by_the_store_s_clock_and_never_below_zero() {
        let now = http_date("Wed, 21 Oct 2026 07:28:10 GMT").unwrap();
        let earlier = http_date("Wed, 21 Oct 2026 07:28:00 GMT");
        assert_eq!(age_at(now, earlier), Duration::from_secs(10));
        assert_eq!(age_at(earlier.unwrap(), Some(now)), Duration::ZERO);
        assert_eq!(age_at(now, None), Duration::ZERO);
    }
}
