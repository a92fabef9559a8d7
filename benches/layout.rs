//! How long packing, sheets and PDF pages take; prints the rows of the print table in BENCHMARKS.md.
#![allow(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use photodesk::photo::units::{Dpi, Mm};
use photodesk::print::pdf::PdfSheets;
use photodesk::print::raster;
use photodesk::print::sheet::{SheetFormat, SheetOrder, SheetPhoto, SheetPlan};
use photodesk::print::{Layout, Layouts, Papers, Pieces, Spacing, pack};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const DPI: Dpi = Dpi(300);
const SHEETS: usize = 40;
const PAGES: usize = 1000;

fn main() -> Outcome {
    println!("| work | time | remark |\n|---|---|---|");
    packing()?;
    let plan = plan("版式一", "6寸")?;
    let pixels = portrait();
    sheets(&plan, &pixels)?;
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

fn sheets(plan: &SheetPlan, pixels: &RgbImage) -> Outcome {
    for format in [SheetFormat::Jpeg, SheetFormat::Png, SheetFormat::Tiff] {
        let started = Instant::now();
        let mut bytes = 0;
        for _ in 0..SHEETS {
            let sheet = raster::render(plan, DPI, &[SheetPhoto { pixels, jpeg: None, caption: None }]);
            bytes = raster::encode(&sheet, DPI, format)?.len();
        }
        let each = started.elapsed().as_secs_f64() / SHEETS as f64;
        println!(
            "| sheet of 版式一 as {format:?} | {:.1} ms | {:.0} sheets/s a core, {} KiB |",
            each * 1e3,
            1.0 / each,
            bytes / 1024
        );
    }
    Ok(())
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
    };
    Ok(SheetPlan::new(&order, &papers)?)
}

/// Smooth shades with some grain, about as hard to encode as a portrait.
fn portrait() -> RgbImage {
    RgbImage::from_fn(480, 640, |x, y| {
        let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 13 & 7;
        Rgb([(x / 3 + grain) as u8, (y / 4 + grain) as u8, (120 + grain) as u8])
    })
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
