//! The packer against the geometry known from proof, and against random orders.

use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::print::layout::Item;
use crate::print::{Layouts, Piece, Pieces};

fn packed(expression: &str, paper: &str, gap: f64, margin: f64) -> Result<Packing, PackError> {
    let (pieces, papers) = (Pieces::built_in().unwrap(), Papers::built_in().unwrap());
    let layout = Layout::parse(expression, &pieces, &Layouts::built_in().unwrap()).unwrap();
    let spacing = Spacing { gap: Mm::from_mm(gap), margin: Mm::from_mm(margin) };
    pack(&layout, papers.find(paper).unwrap(), spacing, &papers)
}

fn refusal(expression: &str, paper: &str, gap: f64, margin: f64) -> Shortage {
    match packed(expression, paper, gap, margin).unwrap_err() {
        PackError::DoesNotFit(shortage) => *shortage,
        other => panic!("{other}"),
    }
}

/// Every promise a packing makes, whatever the order.
fn verify(layout: &Layout, packing: &Packing) {
    let Spacing { gap, margin } = packing.spacing;
    let printable = packing.sheet.grown(Mm::ZERO - margin);
    assert!(printable.contains(packing.block));
    let placements = &packing.placements;
    for (index, one) in placements.iter().enumerate() {
        let piece = &layout.items()[one.item].piece;
        let size = if one.turned { (piece.height, piece.width) } else { (piece.width, piece.height) };
        assert_eq!((one.area.width, one.area.height), size);
        assert!(packing.block.contains(one.area));
        for other in &placements[index + 1..] {
            assert!(!one.area.overlaps(other.area), "{one:?} {other:?}");
            let apart = one.area.grown(gap);
            assert!(gap == Mm::ZERO || !apart.overlaps(other.area), "closer than the gap");
        }
    }
    for (item, wanted) in layout.items().iter().enumerate() {
        let placed = placements.iter().filter(|placement| placement.item == item).count();
        assert_eq!(placed, wanted.count as usize);
    }
    let mut parts = packing.program.replay(packing.sheet).unwrap();
    for placement in placements {
        let at = parts.iter().position(|part| *part == placement.area);
        parts.swap_remove(at.unwrap_or_else(|| panic!("{:?} is never cut out", placement.area)));
    }
}

fn check(expression: &str, paper: &str, (gap, margin): (f64, f64), block: (f64, f64), strokes: usize) {
    let packing = packed(expression, paper, gap, margin).unwrap();
    let size = (packing.block.width.mm(), packing.block.height.mm());
    assert_eq!((size, packing.program.strokes.len()), (block, strokes), "{expression} on {paper}");
    assert!(packing.proved);
}

#[test]
fn the_two_school_layouts_fill_six_inch_paper() {
    check("版式一", "6寸", (0.0, 0.0), (140.0, 99.0), 8);
    check("版式一", "6寸", (0.0, 2.0), (148.0, 95.0), 10);
    check("版式一", "6寸", (1.0, 0.0), (143.0, 101.0), 12);
    check("版式二", "6寸", (0.0, 0.0), (140.0, 98.0), 7);
    check("版式二", "6寸", (1.0, 0.0), (143.0, 99.0), 10);
}

/// No program has fewer strokes: a stroke parts each piece of a stack in two at most, a gap takes one stroke at
/// either edge, and a block that touches no side of the sheet is trimmed four times.
fn fewest_strokes(pieces: usize, gap: f64) -> usize {
    let partings = pieces.next_power_of_two().trailing_zeros() as usize;
    partings * if gap > 0.0 { 2 } else { 1 } + 4
}

#[test]
fn the_school_layouts_are_cut_with_as_few_strokes_as_any_program_can_have() {
    for (layout, pieces) in [("版式一", 12), ("版式二", 8)] {
        for gap in [0.0, 1.0] {
            let packing = packed(layout, "6寸", gap, 0.0).unwrap();
            let Area { x, y, .. } = packing.block;
            assert!(x > Mm::ZERO && y > Mm::ZERO, "trimmed on all four sides");
            let strokes = packing.program.strokes.len();
            // 7 strokes for eight pieces side by side, 8 for twelve; with gaps 10 and 12.
            assert_eq!(strokes, fewest_strokes(pieces, gap), "{layout} gap {gap}");
        }
    }
}

#[test]
fn a_free_margin_is_worth_more_than_a_saved_trim() {
    // 55 + 25 + 25 mm would fill the 105 mm of A6 to the edge.
    let packing = packed("1寸×3+3寸×1", "A6", 0.0, 0.0).unwrap();
    assert!(packing.block.y > Mm(50), "{:?}", packing.block);
}

#[test]
fn the_block_lies_in_the_middle() {
    let packing = packed("版式一", "6寸", 0.0, 0.0).unwrap();
    assert_eq!((packing.block.x, packing.block.y), (Mm(62), Mm(13)));
}

/// The widest margin that still fits, in tenths.
fn widest_margin(expression: &str, paper: &str, gap: f64) -> Option<i32> {
    (0..600).rev().find(|tenths| packed_quickly(expression, paper, gap, f64::from(*tenths) / 10.0))
}

fn packed_quickly(expression: &str, paper: &str, gap: f64, margin: f64) -> bool {
    let (pieces, papers) = (Pieces::built_in().unwrap(), Papers::built_in().unwrap());
    let layout = Layout::parse(expression, &pieces, &Layouts::built_in().unwrap()).unwrap();
    let spacing = Spacing { gap: Mm::from_mm(gap), margin: Mm::from_mm(margin) };
    let paper = papers.find(paper).unwrap();
    check_spacing(paper, spacing).is_ok() && solve(&layout, paper, spacing).is_some()
}

#[test]
fn widest_margins_are_the_proved_ones() {
    for (expression, gap, expect) in [
        ("1寸×8", 0.0, Some(158)),
        ("1寸×16", 0.0, Some(12)),
        ("1寸×16", 1.0, None),
        ("2寸×8", 2.0, Some(8)),
        ("版式一", 0.0, Some(22)),
        ("版式一", 1.0, Some(13)),
        ("版式一", 2.0, None),
        ("1寸×9+2寸×4", 0.0, None),
        ("1寸×1+2寸×8", 0.0, None),
    ] {
        assert_eq!(widest_margin(expression, "6寸", gap), expect, "{expression} gap {gap}");
    }
}

#[test]
fn every_named_layout_fits_its_paper() {
    for entry in Layouts::built_in().unwrap().entries() {
        packed(&entry.name, &entry.paper, 0.0, 0.0).unwrap();
    }
}

#[test]
fn what_does_not_fit_says_by_how_much_and_what_would() {
    let shortage = refusal("大2寸×8", "6寸", 0.0, 0.0);
    assert_eq!(shortage.missing, Some((Mm(0), Mm(44))));
    assert!(shortage.proved);
    assert_eq!(shortage.advice.larger_papers, ["7寸", "8寸"]);
    let (one, two) = shortage.advice.two_sheets.clone().unwrap();
    assert_eq!((one.to_string(), two.to_string()), ("大2寸×4".into(), "大2寸×4".into()));
    let text = shortage.to_string();
    assert!(text.contains("lacks 0 mm in width and 4.4 mm in height"), "{text}");
    assert!(text.contains("paper 7寸 or 8寸; two sheets, 大2寸×4 and 大2寸×4"), "{text}");
}

#[test]
fn a_smaller_gap_is_offered_first_then_a_smaller_margin() {
    let gap = refusal("版式一", "6寸", 2.0, 0.0).advice.tighter.unwrap();
    assert_eq!(gap.margin, Mm::ZERO);
    assert!(gap.gap >= Mm(10) && gap.gap < Mm(20), "{gap:?}");
    let margin = refusal("版式一", "6寸", 0.0, 3.0).advice.tighter.unwrap();
    assert_eq!(margin, Spacing { gap: Mm::ZERO, margin: Mm(22) });
}

#[test]
fn sizes_stay_together_on_two_sheets() {
    let (one, two) = refusal("1寸×8+大2寸×4", "6寸", 0.0, 0.0).advice.two_sheets.unwrap();
    let mut names = [one.to_string(), two.to_string()];
    names.sort();
    assert_eq!(names, ["1寸×8", "大2寸×4"]);
}

#[test]
fn an_absurd_order_is_refused_soon() {
    let started = Instant::now();
    let shortage = refusal("1寸×999+3寸×999", "5寸", 0.0, 0.0);
    assert!(shortage.advice.larger_papers.is_empty());
    refusal("1000mm×1000mm×999", "5寸", 0.0, 0.0);
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn spacing_out_of_range_is_refused() {
    assert_eq!(packed("版式一", "A4", 5.1, 0.0).unwrap_err().code(), "gap_out_of_range");
    assert_eq!(packed("版式一", "6寸", 0.0, 50.8).unwrap_err().code(), "margin_out_of_range");
}

#[test]
fn large_orders_are_packed_but_not_proved() {
    for (expression, paper) in [
        ("1寸×100", "A3"),
        ("1寸×60+小1寸×50", "A3"),
        ("1寸×20+2寸×20", "A3"),
        ("1寸×10+2寸×6+大1寸×4+小1寸×6", "A4"),
        ("1寸×40", "A4"),
    ] {
        let packing = packed(expression, paper, 1.0, 2.0).unwrap();
        assert!(!packing.proved, "{expression}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn random_orders_keep_every_promise(
        items in prop::collection::vec((100..=600i32, 100..=600i32, 1..=6u32), 1..=4),
        paper in 0..10usize,
        gap in 0..=50i32,
        margin in 0..=100i32,
    ) {
        let expression: Vec<String> = items
            .iter()
            .map(|(width, height, count)| format!("{}mm×{}mm×{count}", Mm(*width), Mm(*height)))
            .collect();
        let layout = Layout::parse(
            &expression.join("+"),
            &Pieces::built_in().unwrap(),
            &Layouts::built_in().unwrap(),
        ).unwrap();
        let papers = Papers::built_in().unwrap();
        let spacing = Spacing { gap: Mm(gap), margin: Mm(margin) };
        if let Some(packing) = solve(&layout, &papers.entries()[paper], spacing) {
            verify(&layout, &packing);
        }
    }
}

/// A small generator, so that an order can be named by its number.
fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }
}

/// Catalogue sizes and sizes by millimetre, one to four of them, on any paper with any gap and margin.
fn random_order(number: u64, pieces: &Pieces, papers: &Papers) -> (Layout, Paper, Spacing) {
    let mut draw = numbers(number);
    // Four sizes take the packer longest and tell little more than three: one order in ten has them.
    let kinds = if draw(10) == 0 { 4 } else { 1 + draw(3) };
    let size = |draw: &mut dyn FnMut(u64) -> u64| {
        let known = pieces.entries();
        match draw(3) {
            0 => {
                let mm = |tenths: u64| Mm(100 + tenths as i32);
                Piece::from_size(mm(draw(500)), mm(draw(500)))
            }
            _ => pieces.find(&known[draw(known.len() as u64) as usize].name).unwrap(),
        }
    };
    let items = (0..kinds).map(|_| Item { piece: size(&mut draw), count: 1 + draw(9 / kinds) as u32 });
    let layout = Layout::from_items(items.collect());
    let paper = papers.entries()[draw(papers.entries().len() as u64) as usize].clone();
    let gap = if draw(3) == 0 { 0 } else { draw(51) as i32 };
    (layout, paper, Spacing { gap: Mm(gap), margin: Mm(draw(60) as i32) })
}

#[test]
fn ten_thousand_random_orders_keep_every_promise() {
    const ORDERS: u64 = 10_000;
    let (pieces, papers) = (Pieces::built_in().unwrap(), Papers::built_in().unwrap());
    let next = std::sync::atomic::AtomicU64::new(0);
    let packed = std::sync::atomic::AtomicU64::new(0);
    let relaxed = std::sync::atomic::Ordering::Relaxed;
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, relaxed);
                    if number >= ORDERS {
                        break;
                    }
                    let (layout, paper, spacing) = random_order(number, &pieces, &papers);
                    if let Some(packing) = solve(&layout, &paper, spacing) {
                        verify(&layout, &packing);
                        packed.fetch_add(1, relaxed);
                    }
                }
            });
        }
    });
    let packed = packed.into_inner();
    assert!(
        packed > ORDERS / 2,
        "only {packed} of {ORDERS} orders were packed: the test draws too large ones"
    );
}

fn ganged(expression: &str, paper: &str, spacing: Spacing, strip: f64) -> (Layout, Packing) {
    let (pieces, papers) = (Pieces::built_in().unwrap(), Papers::built_in().unwrap());
    let layout = Layout::parse(expression, &pieces, &Layouts::built_in().unwrap()).unwrap();
    let paper = papers.find(paper).unwrap();
    let packing = pack_sets(&layout, paper, spacing, Mm::from_mm(strip), &papers).unwrap();
    (layout, packing)
}

#[test]
fn whole_sets_of_several_people_share_a_larger_paper() {
    let margin_3 = Spacing { gap: Mm::ZERO, margin: Mm(30) };
    for (paper, sets) in [("6寸", 1), ("A5", 2), ("8寸", 2), ("A4", 4), ("A3", 8)] {
        let spacing = if sets == 1 { Spacing::default() } else { margin_3 };
        let (layout, packing) = ganged("版式一", paper, spacing, 0.0);
        assert_eq!(packing.sets.len(), sets, "{paper}");
        for set in 0..sets {
            let own: Vec<Placement> =
                packing.placements.iter().copied().filter(|placement| placement.set == set).collect();
            assert!(own.iter().all(|placement| packing.sets[set].contains(placement.area)));
            let one = Packing { placements: own, ..packing.clone() };
            verify(&layout, &one);
        }
    }
}

#[test]
fn a_strip_below_each_set_stays_free() {
    let (_, packing) = ganged("版式一", "A4", Spacing { gap: Mm(10), margin: Mm::ZERO }, 4.0);
    assert_eq!(packing.strips.len(), packing.sets.len());
    for strip in &packing.strips {
        assert!(packing.placements.iter().all(|placement| !placement.area.overlaps(*strip)));
    }
    let parts = packing.program.replay(packing.sheet).unwrap();
    assert!(packing.placements.iter().all(|placement| parts.contains(&placement.area)));
}
