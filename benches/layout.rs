//! How long packing, sheets, byte bands and PDF pages take; prints rows for the print table in BENCHMARKS.md.
#![allow(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use image::RgbImage;
use photodesk::photo::encode::{
    EncodeError, JpegSetting, JpegTarget, Subsampling, encode_jpeg, encode_jpeg_at,
};
use photodesk::photo::resize::resize;
use photodesk::photo::units::{Dpi, Mm};
use photodesk::photo::{DecodeLimits, decode};
use photodesk::print::pdf::PdfSheets;
use photodesk::print::printer::Press;
use photodesk::print::raster::{self, SheetRenderer};
use photodesk::print::sheet::{SheetFormat, SheetOrder, SheetPhoto, SheetPlan};
use photodesk::print::{Layout, Layouts, Papers, Pieces, Spacing, pack};
use photodesk::sitter;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const DPI: Dpi = Dpi(300);
const SHEETS: usize = 40;
const PAGES: usize = 1000;
const ROUNDS: usize = 5;

fn main() -> Outcome {
    println!("| work | time | remark |\n|---|---|---|");
    packing()?;
    let plan = plan("版式一", "6寸")?;
    let pixels = portrait(0, 2);
    sheets(&plan, &pixels)?;
    kb_band(&final_photos()?)?;
    pages(&plan, &pixels)
}

fn packing() -> Outcome {
    for (expression, paper, gap) in [
        ("1寸×8+2寸×4", "6寸", 0),
        ("1寸×8+2寸×4", "6寸", 10),
        ("1寸×8+2寸×4", "A6", 10),
        ("1寸×8+2寸×4", "A4", 20),
        ("1寸×8+2寸×4", "A3", 50),
        ("2寸×8", "6寸", 0),
        ("1寸×16+2寸×8", "A5", 0),
        ("1寸×8+2寸×4+大1寸×4", "A5", 10),
        ("1寸×20+2寸×20", "A4", 20),
        ("1寸×10+2寸×6+大1寸×4+小1寸×6", "A4", 10),
        ("1寸×60", "A4", 0),
    ] {
        let (layout, papers) = (layout(expression)?, Papers::built_in()?);
        let (paper, spacing) = (papers.find(paper)?, Spacing { gap: Mm(gap), margin: Mm::ZERO });
        let packing = pack(&layout, paper, spacing, &papers)?;
        let took = fastest(5, || {
            let _ = black_box(pack(&layout, paper, spacing, &papers));
        });
        let proved = if packing.proved { "proved" } else { "not proven" };
        println!(
            "| pack {expression} on {}, gap {} mm | {:.2} ms | {proved}, {} strokes |",
            paper.name,
            spacing.gap,
            took.as_secs_f64() * 1e3,
            packing.program.strokes.len()
        );
    }
    Ok(())
}

/// JPEG sheets put together from tiles against the same pixels encoded whole, in turns; then the other kinds.
fn sheets(plan: &SheetPlan, pixels: &RgbImage) -> Outcome {
    let renderer = SheetRenderer::new(plan, DPI);
    let photos = [SheetPhoto { pixels, jpeg: None, caption: None }];
    let (mut together, mut whole) = (Duration::MAX, Duration::MAX);
    let put_together = renderer.encode(&photos, SheetFormat::Jpeg)?;
    if put_together != raster::encode(&renderer.render(&photos), DPI, SheetFormat::Jpeg)? {
        return Err("the sheet put together is not the sheet encoded whole".into());
    }
    for _ in 0..SHEETS {
        together = together.min(fastest(1, || {
            let _ = black_box(renderer.encode(&photos, SheetFormat::Jpeg));
        }));
        whole = whole.min(fastest(1, || {
            let _ = black_box(raster::encode(&renderer.render(&photos), DPI, SheetFormat::Jpeg));
        }));
    }
    let ms = |took: Duration| took.as_secs_f64() * 1e3;
    let size = put_together.len() / 1024;
    println!("| JPEG sheet of {} encoded whole | {:.1} ms | {size} KiB |", plan.layout, ms(whole));
    println!(
        "| JPEG sheet of {} put together | {:.1} ms | the same bytes, {:.2}× |",
        plan.layout,
        ms(together),
        ms(whole) / ms(together)
    );
    for format in [SheetFormat::Png, SheetFormat::Tiff] {
        let took = fastest(5, || {
            let _ = black_box(renderer.encode(&photos, format));
        });
        let size = renderer.encode(&photos, format)?.len() / 1024;
        println!("| sheet of {} as {format:?} | {:.1} ms | {size} KiB |", plan.layout, ms(took));
    }
    Ok(())
}

/// The KB band against the usual loop: quality down by 5 until the file is small enough, then padding.
fn kb_band(photos: &[RgbImage]) -> Outcome {
    for (min_kb, max_kb) in [(30, 60), (20, 40)] {
        let target = JpegTarget {
            dpi: DPI,
            min_bytes: Some(min_kb * 1024),
            max_bytes: Some(max_kb * 1024),
            min_quality: 20,
            max_quality: 95,
            embed_icc: false,
        };
        let setting = JpegSetting {
            dpi: DPI,
            quality: 95,
            subsampling: Subsampling::Chroma420,
            optimized_tables: false,
            embed_icc: false,
        };
        let by_steps = |pixels: &RgbImage| -> Result<usize, EncodeError> {
            let mut quality = 95;
            loop {
                let bytes = encode_jpeg_at(pixels, JpegSetting { quality, ..setting })?.bytes.len();
                if bytes as u64 <= max_kb * 1024 || quality <= 5 {
                    return Ok(bytes);
                }
                quality -= 5;
            }
        };
        let (mut own, mut steps) = ((Duration::ZERO, 0), (Duration::ZERO, 0));
        let (mut fitted, mut emptiest, mut fullest) = (0, f64::MAX, 0.0_f64);
        for pixels in photos {
            let Ok(jpeg) = encode_jpeg(pixels, &target) else { continue };
            let (mut one, mut other) = (Duration::MAX, Duration::MAX);
            for _ in 0..ROUNDS {
                one = one.min(fastest(1, || {
                    let _ = black_box(encode_jpeg(pixels, &target));
                }));
                other = other.min(fastest(1, || {
                    let _ = black_box(by_steps(pixels));
                }));
            }
            let share = jpeg.bytes.len() as f64 / (max_kb * 1024) as f64;
            (emptiest, fullest) = (emptiest.min(share), fullest.max(share));
            own = (own.0 + one, own.1 + jpeg.bytes.len());
            steps = (steps.0 + other, steps.1 + by_steps(pixels)?);
            fitted += 1;
        }
        let each = |took: Duration| took.as_secs_f64() * 1e3 / f64::from(fitted.max(1));
        println!(
            "| {fitted} of {} final photos into {min_kb}–{max_kb} KB | {:.1} ms | steps of 5 {:.1} ms: {:.2}× the speed, {:+.1} % bytes of picture, none of padding; {:.1}–{:.1} % of the band's top |",
            photos.len(),
            each(own.0),
            each(steps.0),
            steps.0.as_secs_f64() / own.0.as_secs_f64(),
            (own.1 as f64 / steps.1 as f64 - 1.0) * 100.0,
            emptiest * 100.0,
            fullest * 100.0
        );
    }
    Ok(())
}

/// The photos of the folders named behind `--`, else drawn sitters with grain of several strengths.
fn final_photos() -> Result<Vec<RgbImage>, Box<dyn std::error::Error>> {
    let limits = DecodeLimits::built_in()?;
    let mut photos = Vec::new();
    for folder in std::env::args().skip(1).filter(|argument| !argument.starts_with('-')) {
        for entry in std::fs::read_dir(folder)? {
            let Ok(photo) = decode(&std::fs::read(entry?.path())?, &limits) else { continue };
            photos.push(resize(&photo.pixels, 480, 640));
        }
    }
    if photos.is_empty() {
        photos = (0..8).flat_map(|sitter| [0, 2, 3].map(|grain| portrait(sitter, grain))).collect();
    }
    Ok(photos)
}

fn pages(plan: &SheetPlan, pixels: &RgbImage) -> Outcome {
    let sheet = raster::encode(pixels, DPI, SheetFormat::Jpeg)?;
    let started = Instant::now();
    let mut pdf = PdfSheets::new(io::sink())?;
    for _ in 0..PAGES {
        pdf.page(plan, DPI, &[SheetPhoto { pixels, jpeg: Some(&sheet), caption: None }])?;
    }
    pdf.finish()?;
    let took = started.elapsed().as_secs_f64();
    println!("| PDF of {PAGES} pages | {took:.3} s | each photo embedded once, placed 12 times |");
    Ok(())
}

fn layout(expression: &str) -> Result<Layout, Box<dyn std::error::Error>> {
    Ok(Layout::parse(expression, &Pieces::built_in()?, &Layouts::built_in()?)?)
}

fn plan(expression: &str, paper: &str) -> Result<SheetPlan, Box<dyn std::error::Error>> {
    let papers = Papers::built_in()?;
    let order = SheetOrder {
        layout: layout(expression)?,
        paper: papers.find(paper)?.clone(),
        spacing: Spacing::default(),
        cut_marks: true,
        captions: false,
        gang: false,
        press: Press::default(),
    };
    Ok(SheetPlan::new(&order, &papers)?)
}

/// A drawn sitter with the grain of a camera: 0 none, 3 the most.
fn portrait(sitter: usize, grain: u32) -> RgbImage {
    let sitters = sitter::demo::demo_sitters();
    let mut pixels = resize(&sitter::render(&sitters[sitter % sitters.len()].spec).pixels, 480, 640);
    let mut seed = 7_u32;
    for level in pixels.iter_mut().filter(|_| grain > 0) {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *level = level.saturating_add((seed >> (32 - grain)) as u8);
    }
    pixels
}

fn fastest(times: usize, work: impl Fn()) -> Duration {
    (0..times)
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        })
        .min()
        .unwrap_or_default()
}
