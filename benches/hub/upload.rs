//! A hundred phones that send ten megabytes each at the same time: the hub's memory meanwhile, and how long it takes.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use photodesk::photo::encode::{JpegTarget, encode_jpeg};
use photodesk::photo::units::Dpi;
use photodesk::store::devices::Role;
use sha2::{Digest, Sha256};

use super::Outcome;
use super::place::Place;

const PHONES: usize = 100;
const PHOTO_BYTES: usize = 10_000_000;
/// What a phone's system hands over at once.
const PIECE_BYTES: usize = 16 * 1024;
const ROUNDS: usize = 2;

pub fn run() -> Outcome<()> {
    let place = Place::new()?;
    let (_, bearer) = place.device("student page", Role::OnSite)?;
    let begins = jpeg()?;
    for round in 0..ROUNDS {
        let photos: Vec<Photo> =
            (0..PHONES).map(|number| Photo::new(&begins, round * PHONES + number)).collect();
        let before = place.memory_now()?;
        let begun = Instant::now();
        let slowest = together(&place.url, &bearer, &photos)?;
        let took = begun.elapsed().as_secs_f64();
        println!(
            "| memory, {PHONES} × {} MB at once | grows < 64 MB | {:.1} MB | VmHWM over the {before:.0} MB before; round {}; all stored after {took:.1} s, an upload {:.1} s at most |",
            PHOTO_BYTES / 1_000_000,
            place.memory_most()? - before,
            round + 1,
            slowest.as_secs_f64()
        );
    }
    Ok(())
}

/// A photo's bytes: the same beginning and middle for all, an end of its own.
struct Photo<'a> {
    begins: &'a [u8],
    ends: [u8; 8],
    sha256: String,
}

const MIDDLE: [u8; PIECE_BYTES] = [0x5a; PIECE_BYTES];

impl<'a> Photo<'a> {
    fn new(begins: &'a [u8], number: usize) -> Self {
        let ends = (number as u64 + 1).to_be_bytes();
        let mut photo = Self { begins, ends, sha256: String::new() };
        let mut hasher = Sha256::new();
        photo.pieces().for_each(|piece| hasher.update(piece));
        photo.sha256 = hex::encode(hasher.finalize());
        photo
    }

    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let between = PHOTO_BYTES - self.begins.len() - self.ends.len();
        let whole = std::iter::repeat_n(&MIDDLE[..], between / PIECE_BYTES);
        let rest = &MIDDLE[..between % PIECE_BYTES];
        std::iter::once(self.begins).chain(whole).chain([rest, &self.ends[..]])
    }

    fn send(&self, url: &str, bearer: &str) -> Outcome<()> {
        let mut stream = TcpStream::connect(url.trim_start_matches("http://"))?;
        write!(
            stream,
            "PUT /v1/photos/{} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {bearer}\r\nContent-Length: {PHOTO_BYTES}\r\nConnection: close\r\n\r\n",
            self.sha256
        )?;
        for piece in self.pieces() {
            stream.write_all(piece)?;
        }
        let mut status = String::new();
        BufReader::new(stream).read_line(&mut status)?;
        if status.contains(" 200 ") { Ok(()) } else { Err(status.into()) }
    }
}

/// Sends all at once and gives how long the slowest took.
fn together(url: &str, bearer: &str, photos: &[Photo<'_>]) -> Outcome<Duration> {
    let begin = Barrier::new(photos.len());
    let sent: Result<Vec<Duration>, String> = std::thread::scope(|scope| {
        let threads: Vec<_> = photos
            .iter()
            .map(|photo| {
                let begin = &begin;
                scope.spawn(move || {
                    begin.wait();
                    let begun = Instant::now();
                    photo.send(url, bearer).map(|()| begun.elapsed()).map_err(|cause| cause.to_string())
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a phone broke off".to_owned())))
            .collect()
    });
    Ok(sent?.into_iter().max().unwrap_or_default())
}

fn jpeg() -> Outcome<Vec<u8>> {
    let target = JpegTarget::of_quality(Dpi(300), 92);
    Ok(encode_jpeg(&image::RgbImage::from_pixel(3000, 4000, image::Rgb([9; 3])), &target)?.bytes)
}
