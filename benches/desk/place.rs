//! Desks to measure: drawn sitters at camera size, and long queues of one photo.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use egui::vec2;
use egui_kittest::Harness;
use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::sitter;
use photodesk::store::Store;
use photodesk::store::journal::JournalEvent;
use photodesk::store::keys::KeyFileStore;
use photodesk::store::submissions::{NewSubmission, PersonalField};
use photodesk::submission::{Decision, PhotoFault, State, Verb};
use photodesk::ui::{FilePicker, UiStart, app};
use photodesk::workflow::desk::{NewBatch, QueueFilter};
use photodesk::workflow::job::Job;
use photodesk::workflow::{Desk, intake};

use super::hand::{NoScreen, Window};

const CAMERA_JPEG: JpegTarget = JpegTarget::of_quality(Dpi(72), 90);

/// A desk in a temporary folder.
pub struct Place(tempfile::TempDir);

impl Place {
    /// Submissions that take turns in `files` different photos of this size, each with the report of a real check.
    pub fn with_photos(files: usize, (width_px, height_px): (u32, u32), submissions: usize) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let photos = place.path().join("in");
        std::fs::create_dir_all(&photos).unwrap();
        (0..files).for_each(|number| draw(&photos, number, width_px, height_px));
        let desk = place.open();
        let code = desk.create_batch(batch()).unwrap().code;
        let imported = intake::import_photos(&desk, &code, &[photos], &Job::default()).unwrap();
        assert_eq!(imported.added.len(), files, "{imported:?}");
        let checked: Vec<_> = imported
            .added
            .iter()
            .map(|id| (desk.item(id).unwrap().photo_sha256, desk.report(id).unwrap().unwrap()))
            .collect();
        drop(desk);
        place.add(submissions - files, |tx, row| {
            let (photo_sha256, report) = &checked[row % files];
            add_row(tx, &code, row, photo_sha256)?;
            tx.set_report(&id(row), photo_sha256, report).map(drop)
        });
        place
    }

    /// Rows of a long queue; their one photo cannot be read.
    pub fn with_rows(rows: usize) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let code = place.open().create_batch(batch()).unwrap().code;
        let photo_sha256 = place.store().put_photo(b"one photo for all").unwrap();
        let fault = PhotoFault { code: "truncated".into(), message: "cut off".into() };
        place.add(rows, |tx, row| {
            add_row(tx, &code, row, &photo_sha256)?;
            tx.set_personal(&id(row), PersonalField::FileName, &format!("吴小兰{row}.jpg"))?;
            // Checked already, or the desk would begin with the check.
            tx.set_report(&id(row), &photo_sha256, &Err(fault.clone())).map(drop)
        });
        assert_eq!(place.store().queue(&QueueFilter::default()).unwrap().len(), rows);
        place
    }

    /// Rejects these rows, all for this reason and another.
    pub fn reject(&self, rows: Range<usize>, reason: &str) {
        let photo_sha256 = self.store().item(&id(rows.start)).unwrap().photo_sha256;
        let rejected = |row| Decision {
            submission: id(row),
            photo_sha256: photo_sha256.clone(),
            revision: 1,
            verb: Verb::Reject,
            reasons: vec!["B01".into(), reason.into()],
            reviewer: "王审".into(),
        };
        self.add(rows.len(), |tx, nth| {
            let row = rows.start + nth;
            let (from, to) = (State::PendingReview, State::Rejected);
            let seq = tx.append(1, "王审", &JournalEvent::Decision { decision: rejected(row), from, to })?;
            tx.set_decided(&id(row), State::Rejected, Some(("王审", seq)))
        });
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A window of the usual size; each frame takes `frame_s` of its clock.
    pub fn window(&self, frame_s: f32) -> Window {
        let (profile, key) = (self.path().join("profile"), self.path().join("key"));
        let opened = profile.clone();
        let start = UiStart {
            profile,
            open: Arc::new(move || Desk::open(&opened, &KeyFileStore::new(&key))),
            samples: None,
            samples_at_start: false,
            reviewer: "王审".into(),
        };
        Harness::builder()
            .with_size(vec2(1440.0, 900.0))
            .with_step_dt(frame_s)
            .renderer(NoScreen)
            .build_eframe(|creation| app(&creation.egui_ctx, start, Arc::new(NoPicker)).unwrap())
    }

    fn open(&self) -> Desk {
        Desk::open(&self.path().join("profile"), &KeyFileStore::new(self.path().join("key"))).unwrap()
    }

    pub fn store(&self) -> Store {
        Store::open(&self.path().join("profile"), &KeyFileStore::new(self.path().join("key"))).unwrap()
    }

    fn add(
        &self,
        rows: usize,
        add: impl Fn(&photodesk::store::Tx<'_>, usize) -> Result<(), photodesk::store::StoreError>,
    ) {
        self.store().write(|tx| (0..rows).try_for_each(|row| add(tx, row))).unwrap();
    }
}

fn id(row: usize) -> String {
    format!("row-{row:08}")
}

fn add_row(
    tx: &photodesk::store::Tx<'_>,
    batch: &str,
    row: usize,
    photo_sha256: &str,
) -> Result<(), photodesk::store::StoreError> {
    tx.add_submission(&NewSubmission {
        id: &id(row),
        batch,
        masked_name: "吴*兰",
        state: State::PendingReview,
        photo_sha256,
        photo_bytes: 17,
        received_at_ms: row as i64,
    })
}

/// A drawn sitter enlarged to camera size, with grain, so that the JPEG is as heavy as a camera's.
fn draw(folder: &Path, number: usize, width_px: u32, height_px: u32) {
    let drawn = sitter::render(&sitter::vary(number as u64 % 4)).pixels;
    let mut large =
        image::imageops::resize(&drawn, width_px, height_px, image::imageops::FilterType::Triangle);
    for (x, y, pixel) in large.enumerate_pixels_mut() {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ number as u32) >> 13 & 3;
        pixel.0 = pixel.0.map(|channel| channel.saturating_add(grain as u8));
    }
    // Every file another one: squares in the corner write its number, large enough to outlast the encoding.
    for bit in 0..16 {
        let grey = if number >> bit & 1 == 1 { 220 } else { 30 };
        let (left, side) = (bit * 16, 16);
        for (x, y) in (left..left + side).flat_map(|x| (0..side).map(move |y| (x, y))) {
            if x < width_px && y < height_px {
                large.put_pixel(x, y, image::Rgb([grey; 3]));
            }
        }
    }
    let jpeg = encode_jpeg(&large, &CAMERA_JPEG).unwrap();
    std::fs::write(folder.join(format!("{number:04}.jpg")), jpeg.bytes).unwrap();
}

fn batch() -> NewBatch {
    NewBatch {
        code: None,
        school: "江南大学".into(),
        title: "2026 届".into(),
        standard: "chsi_2017".into(),
        background: "light_blue".into(),
        layouts: vec!["1寸×8+2寸×4".into()],
        max_attempts: 3,
    }
}

struct NoPicker;

impl FilePicker for NoPicker {
    fn photos(&self, _title: &str) -> Vec<std::path::PathBuf> {
        Vec::new()
    }

    fn folder(&self, _title: &str) -> Option<std::path::PathBuf> {
        None
    }
}
