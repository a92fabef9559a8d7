//! The packer's dynamic program: for every sub-order the smallest boxes it fits, built from smaller boxes.
//!
//! A box is joined from two boxes side by side or stacked, or repeated, so that whatever it holds can be cut
//! apart edge to edge. A box is kept when no other box of the same pieces is at most as wide, as high and as
//! laborious to cut. All lengths are tenths of a millimetre.

/// One size and how often it is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub width: u16,
    pub height: u16,
    pub count: u16,
}

/// The space that a box must not exceed, in either orientation, and what lies between pieces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub width: u16,
    pub height: u16,
    pub gap: u16,
}

/// What the search may leave out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aim {
    /// Tell boxes of one size apart by their cutting strokes.
    pub strokes: bool,
    /// Drop boxes that leave too little surface for the rest of the order.
    pub whole_order: bool,
    /// Drop boxes that take more strokes than this, or would when they are joined to the rest of the order.
    pub most_strokes: u16,
}

/// A box and how it is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub width: u16,
    pub height: u16,
    pub strokes: u16,
    pub make: Make,
}

/// How a box is made; `Row` lays out to the right, `Column` downwards.
#[derive(Clone, Copy, Debug)]
pub(super) enum Make {
    Grid { kind: u8, turned: bool, columns: u16, rows: u16 },
    Row(Link, Link),
    Column(Link, Link),
    RowOf(u16, Link),
    ColumnOf(u16, Link),
}

/// A box of another state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    state: u32,
    index: u16,
}

/// A sub-order and the ways to build it; names only states before it.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// How many pieces of each kind.
    pub digits: Vec<u16>,
    /// Grids of one kind that hold exactly these pieces.
    pub seeds: Vec<Make>,
    /// Times, and the state that is repeated.
    pub repeats: Vec<(u16, u32)>,
    pub joins: Vec<(u32, u32)>,
}

/// The solved boxes of every state.
pub(super) struct Search<'a> {
    pub kinds: &'a [Kind],
    pub room: Room,
    boxes: Vec<Vec<Node>>,
}

impl<'a> Search<'a> {
    pub fn run(kinds: &'a [Kind], room: Room, states: &[State], aim: Aim) -> Self {
        let mut search = Self { kinds, room, boxes: Vec::with_capacity(states.len()) };
        let budget = Budget::new(kinds, room);
        for state in states {
            let mut found = search.build(state, aim);
            if aim.whole_order {
                let rest = budget.rest_without(kinds, &state.digits);
                found.retain(|node| budget.allows(node, rest));
            }
            keep_smallest(&mut found);
            search.boxes.push(found);
        }
        search
    }

    /// The boxes of a state, by growing width.
    pub fn boxes(&self, state: usize) -> &[Node] {
        self.boxes.get(state).map_or(&[], Vec::as_slice)
    }

    pub fn node(&self, link: Link) -> Node {
        self.boxes[link.state as usize][usize::from(link.index)]
    }

    fn build(&self, state: &State, aim: Aim) -> Vec<Node> {
        let mut found: Vec<Node> = Vec::new();
        let is_whole = self.kinds.iter().zip(&state.digits).all(|(kind, count)| kind.count == *count);
        let still_to_come = if is_whole { 0 } else { self.per_split() };
        let aim = Aim { most_strokes: aim.most_strokes.saturating_sub(still_to_come), ..aim };
        for &make in &state.seeds {
            self.push(&mut found, self.grid(make, aim), aim);
        }
        for &(times, of) in &state.repeats {
            for (index, node) in self.boxes(of as usize).iter().enumerate() {
                let link = Link { state: of, index: index as u16 };
                self.repeat(&mut found, *node, times, link, aim);
            }
        }
        for &(first, second) in &state.joins {
            self.join_all(&mut found, first, second, aim);
            if found.len() > MANY_CANDIDATES {
                keep_smallest(&mut found);
            }
        }
        found
    }

    fn grid(&self, make: Make, aim: Aim) -> Option<Node> {
        let Make::Grid { kind, turned, columns, rows } = make else { return None };
        let (width, height) = turned_size(self.kinds[usize::from(kind)], turned);
        let strokes = self.apart(columns) + self.apart(rows);
        Some(Node {
            width: self.times(columns, width)?,
            height: self.times(rows, height)?,
            strokes: if aim.strokes { strokes } else { 0 },
            make,
        })
    }

    fn repeat(&self, found: &mut Vec<Node>, node: Node, times: u16, of: Link, aim: Aim) {
        let strokes = if aim.strokes { node.strokes + self.apart(times) } else { 0 };
        let (width, height) = (node.width, node.height);
        let row = self.times(times, width);
        self.push(found, row.map(|width| Node { width, height, strokes, make: Make::RowOf(times, of) }), aim);
        let column = self.times(times, height);
        let column = column.map(|height| Node { width, height, strokes, make: Make::ColumnOf(times, of) });
        self.push(found, column, aim);
    }

    fn join_all(&self, found: &mut Vec<Node>, first: u32, second: u32, aim: Aim) {
        for (i, one) in self.boxes(first as usize).iter().enumerate() {
            let one_link = Link { state: first, index: i as u16 };
            for (j, two) in self.boxes(second as usize).iter().enumerate() {
                let two_link = Link { state: second, index: j as u16 };
                let strokes = one.strokes + two.strokes + self.per_split();
                if aim.strokes && strokes > aim.most_strokes {
                    continue;
                }
                let levelled = |uneven: bool| if aim.strokes { strokes + u16::from(uneven) } else { 0 };
                let (width, height) = (one.width + two.width + self.room.gap, one.height.max(two.height));
                let strokes = levelled(one.height != two.height);
                if strokes <= aim.most_strokes && self.fits(width, height) {
                    found.push(Node { width, height, strokes, make: Make::Row(one_link, two_link) });
                }
                let (width, height) = (one.width.max(two.width), one.height + two.height + self.room.gap);
                let strokes = levelled(one.width != two.width);
                if strokes <= aim.most_strokes && self.fits(width, height) {
                    found.push(Node { width, height, strokes, make: Make::Column(one_link, two_link) });
                }
            }
        }
    }

    fn push(&self, found: &mut Vec<Node>, node: Option<Node>, aim: Aim) {
        let fits = |node: &Node| node.strokes <= aim.most_strokes && self.fits(node.width, node.height);
        found.extend(node.filter(fits));
    }

    fn fits(&self, width: u16, height: u16) -> bool {
        let Room { width: w, height: h, .. } = self.room;
        (width <= w && height <= h) || (width <= h && height <= w)
    }

    /// So many equal lengths with gaps between them; `None` beyond the longest side.
    fn times(&self, times: u16, length: u16) -> Option<u16> {
        let total = u32::from(times) * u32::from(length) + u32::from(times - 1) * u32::from(self.room.gap);
        u16::try_from(total).ok().filter(|total| *total <= self.room.width.max(self.room.height))
    }

    /// Strokes that part two neighbours: a gap has two edges.
    fn per_split(&self) -> u16 {
        if self.room.gap > 0 { 2 } else { 1 }
    }

    /// Strokes that part equal strips when the parts are stacked before the next cut.
    fn apart(&self, times: u16) -> u16 {
        prime_factors(times).map(|factor| (factor - 1) * self.per_split()).sum()
    }
}

/// Candidates are thinned out when they become this many, to bound memory.
const MANY_CANDIDATES: usize = 20_000;

/// The sides of a piece as it lies.
pub(super) fn turned_size(kind: Kind, turned: bool) -> (u16, u16) {
    if turned { (kind.height, kind.width) } else { (kind.width, kind.height) }
}

/// The prime factors of `number`, smallest first, repeated as often as they divide.
pub(super) fn prime_factors(mut number: u16) -> impl Iterator<Item = u16> {
    let mut factor = 2;
    std::iter::from_fn(move || {
        while number > 1 {
            if number.is_multiple_of(factor) {
                number /= factor;
                return Some(factor);
            }
            factor += 1;
        }
        None
    })
}

/// Surface arithmetic that rules boxes out early; each piece carries one gap on two sides.
struct Budget {
    gap: u16,
    room: u64,
    order: u64,
}

impl Budget {
    fn new(kinds: &[Kind], room: Room) -> Self {
        Self { gap: room.gap, room: room_surface(room), order: surface(kinds, room.gap) }
    }

    fn rest_without(&self, kinds: &[Kind], digits: &[u16]) -> u64 {
        let used: u64 = kinds
            .iter()
            .zip(digits)
            .map(|(kind, count)| u64::from(*count) * padded(kind.width, kind.height, self.gap))
            .sum();
        self.order - used
    }

    fn allows(&self, node: &Node, rest: u64) -> bool {
        padded(node.width, node.height, self.gap) + rest <= self.room
    }
}

/// Surface that an order needs at least, gaps included.
pub(super) fn surface(kinds: &[Kind], gap: u16) -> u64 {
    kinds.iter().map(|kind| u64::from(kind.count) * padded(kind.width, kind.height, gap)).sum()
}

/// Surface that a room offers, with one gap that no piece needs at the end.
pub(super) fn room_surface(room: Room) -> u64 {
    padded(room.width, room.height, room.gap)
}

fn padded(width: u16, height: u16, gap: u16) -> u64 {
    (u64::from(width) + u64::from(gap)) * (u64::from(height) + u64::from(gap))
}

/// Leaves the boxes that no other box beats in width, height and strokes at once.
fn keep_smallest(nodes: &mut Vec<Node>) {
    nodes.sort_unstable_by_key(|node| (node.width, node.height, node.strokes));
    let mut kept: Vec<Node> = Vec::new();
    for node in nodes.iter() {
        if !kept.iter().rev().any(|other| other.height <= node.height && other.strokes <= node.strokes) {
            kept.push(*node);
        }
    }
    *nodes = kept;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_multiply_back() {
        for (number, expect) in [(1, vec![]), (8, vec![2, 2, 2]), (12, vec![2, 2, 3]), (17, vec![17])] {
            assert_eq!(prime_factors(number).collect::<Vec<u16>>(), expect);
        }
    }
}
