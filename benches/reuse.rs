//! How fast copies are found among a million photos; prints the rows of its table in BENCHMARKS.md.
#![allow(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use photodesk::identity::kept::KeptExposure;
use photodesk::identity::{ExposureHash, ExposureIndex, HashPair, IdentityLimits};
use photodesk::photo::Point;
use photodesk::store::keys::KeyFileStore;
use photodesk::store::submissions::NewSubmission;
use photodesk::store::{Store, StoreError};
use photodesk::submission::{Batch, BatchRules, State};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const PHOTOS: u64 = 1_000_000;
const SEARCHES: usize = 21;
/// Rows written in one transaction.
const PORTION: u64 = 50_000;
const BATCH: &str = "BENCH1";

fn main() -> Outcome {
    let limits = IdentityLimits::built_in()?.search;
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let hashes: Vec<ExposureHash> = (0..PHOTOS).map(|_| random.hash()).collect();
    println!("| work | median | fastest | remark |\n|---|---|---|---|");

    let mut index = ExposureIndex::default();
    let started = Instant::now();
    hashes.iter().zip(0..).for_each(|(hash, owner)| index.add(owner, *hash));
    let filled = started.elapsed();
    let mut times = Vec::with_capacity(SEARCHES);
    for search in 0..SEARCHES {
        let owner = search * (PHOTOS as usize / SEARCHES);
        // A copy differs in some bits; here it is the mirror image that is near.
        let wanted = HashPair { upright: random.hash(), mirrored: random.changed(hashes[owner], 40) };
        let started = Instant::now();
        let near = black_box(index.nearest(&wanted, &limits));
        times.push(started.elapsed());
        assert_eq!(near.first().map(|near| near.owner), Some(owner as u64), "the copy is the nearest");
    }
    row(
        &format!("search {PHOTOS} photos and their mirror images"),
        times,
        &format!("exact, one thread; filling the index {}", ms(filled)),
    );
    persisted(&hashes)
}

/// Writing the rows, and reading them all when the desk first needs them.
fn persisted(hashes: &[ExposureHash]) -> Outcome {
    let folder = tempfile::tempdir()?;
    let store = Store::open(folder.path(), &KeyFileStore::new(folder.path().join("key")))?;
    add_submission(&store)?;
    let started = Instant::now();
    for (portion, hashes) in hashes.chunks(PORTION as usize).enumerate() {
        store.write(|tx| {
            for (row, hash) in hashes.iter().enumerate() {
                let kept = KeptExposure {
                    hash: *hash,
                    eye_left: Point::new(200.0, 250.0),
                    eye_right: Point::new(300.0, 250.0),
                };
                let sha256 = format!("{:064x}", portion as u64 * PORTION + row as u64);
                tx.add_exposure("s", &sha256, &kept.to_bytes())?;
            }
            Ok::<_, StoreError>(())
        })?;
    }
    let written = started.elapsed();
    let started = Instant::now();
    let mut index = ExposureIndex::default();
    store.exposures_after(0, |number, content| {
        if let Some(kept) = KeptExposure::from_bytes(content) {
            index.add(number, kept.hash);
        }
        Ok(())
    })?;
    assert_eq!(index.len() as u64, PHOTOS);
    row(
        &format!("read {PHOTOS} sealed rows into memory"),
        vec![started.elapsed()],
        &format!("once, when the first photo is checked; writing them had taken {}", ms(written)),
    );
    let started = Instant::now();
    store.exposures_after(PHOTOS - 1, |_, _| Ok(()))?;
    row("read what came since the last search", vec![started.elapsed()], "one row");
    Ok(())
}

fn add_submission(store: &Store) -> Outcome {
    let photo_sha256 = store.put_photo(b"a photo")?;
    store.write(|tx| {
        let batch = Batch {
            code: BATCH.into(),
            school: "bench".into(),
            title: "bench".into(),
            standard: "chsi_2017".into(),
            background: "white".into(),
            layouts: Vec::new(),
            max_attempts: 1,
            rules: BatchRules::default(),
        };
        tx.add_batch(&batch, 0)?;
        tx.add_submission(&NewSubmission {
            id: "s",
            batch: BATCH,
            masked_name: "吴*兰",
            state: State::PendingReview,
            photo_sha256: &photo_sha256,
            photo_bytes: 7,
            received_at_ms: 0,
        })
    })?;
    Ok(())
}

/// Xorshift: the same photos in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn hash(&mut self) -> ExposureHash {
        let mut bytes = [0; 32];
        bytes.chunks_exact_mut(8).for_each(|chunk| chunk.copy_from_slice(&self.next().to_le_bytes()));
        ExposureHash::from_bytes(bytes)
    }

    /// The hash with up to `bits` bits turned over.
    fn changed(&mut self, hash: ExposureHash, bits: usize) -> ExposureHash {
        let mut bytes = hash.to_bytes();
        for _ in 0..bits {
            let bit = self.next() as usize % 256;
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        ExposureHash::from_bytes(bytes)
    }
}

fn row(name: &str, mut times: Vec<Duration>, remark: &str) {
    times.sort();
    println!("| {name} | {} | {} | {remark} |", ms(times[times.len() / 2]), ms(times[0]));
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
