//! Tickets to cut out: squares of modules with their number below, as vector pages of A4.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

use crate::photo::units::MM_PER_INCH;

const PAGE_MM: [f64; 2] = [210.0, 297.0];
const COLUMNS: usize = 3;
const ROWS: usize = 7;
const MARGIN_MM: f64 = 10.0;
const SQUARE_MM: f64 = 26.0;
const NUMBER_PT: f32 = 11.0;
const FONT: Name<'static> = Name(b"F");
const POINTS_PER_INCH: f64 = 72.0;

/// One ticket as it is drawn. `dark` are the modules of its code row by row, `width` to a side.
pub struct TicketFace<'a> {
    /// ASCII only: the font is one that every printer has.
    pub number: &'a str,
    pub width: usize,
    pub dark: &'a [bool],
}

/// A PDF of A4 pages with hairlines to cut along.
pub fn pdf(tickets: &[TicketFace<'_>]) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let (catalog, tree, font) = (Ref::new(1), Ref::new(2), Ref::new(3));
    let pages: Vec<&[TicketFace<'_>]> = tickets.chunks(COLUMNS * ROWS).collect();
    let page_id = |number: usize| Ref::new(4 + 2 * number as i32);
    let content_id = |number: usize| Ref::new(5 + 2 * number as i32);
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids((0..pages.len()).map(page_id)).count(pages.len() as i32);
    pdf.type1_font(font).base_font(Name(b"Courier-Bold"));
    for (number, tickets) in pages.iter().enumerate() {
        let mut page = pdf.page(page_id(number));
        page.parent(tree).contents(content_id(number));
        page.media_box(Rect::new(0.0, 0.0, points(PAGE_MM[0]), points(PAGE_MM[1])));
        page.resources().fonts().pair(FONT, font);
        page.finish();
        pdf.stream(content_id(number), &draw(tickets));
    }
    pdf.finish()
}

fn draw(tickets: &[TicketFace<'_>]) -> Vec<u8> {
    let mut content = Content::new();
    let cell_width = (PAGE_MM[0] - 2.0 * MARGIN_MM) / COLUMNS as f64;
    let cell_height = (PAGE_MM[1] - 2.0 * MARGIN_MM) / ROWS as f64;
    for (place, ticket) in tickets.iter().enumerate() {
        let left = MARGIN_MM + cell_width * (place % COLUMNS) as f64;
        let top = PAGE_MM[1] - MARGIN_MM - cell_height * (place / COLUMNS) as f64;
        content.set_line_width(0.25).set_stroke_gray(0.6);
        content
            .rect(points(left), points(top - cell_height), points(cell_width), points(cell_height))
            .stroke();
        square(&mut content, ticket, left + (cell_width - SQUARE_MM) / 2.0, top - 3.0);
        number(&mut content, ticket.number, left, top - cell_height + 3.0, cell_width);
    }
    content.finish().into_vec()
}

/// Dark modules as runs, so that no hairline of white shows between neighbours.
fn square(content: &mut Content, ticket: &TicketFace<'_>, left_mm: f64, top_mm: f64) {
    let module = SQUARE_MM / ticket.width.max(1) as f64;
    content.set_fill_gray(0.0);
    for (row, dark) in ticket.dark.chunks(ticket.width.max(1)).enumerate() {
        let bottom = top_mm - module * (row + 1) as f64;
        let mut column = 0;
        for run in dark.chunk_by(|one, next| one == next) {
            if run[0] {
                let left = left_mm + module * column as f64;
                let width = module * run.len() as f64;
                content.rect(points(left), points(bottom), points(width), points(module));
            }
            column += run.len();
        }
    }
    content.fill_nonzero();
}

/// Every letter of Courier is 0.6 of its size wide, so the line's width is known without the font.
fn number(content: &mut Content, text: &str, left_mm: f64, bottom_mm: f64, width_mm: f64) {
    let text_width = 0.6 * f64::from(NUMBER_PT) * text.len() as f64;
    let left = f64::from(points(left_mm)) + (f64::from(points(width_mm)) - text_width) / 2.0;
    content.begin_text().set_font(FONT, NUMBER_PT).next_line(left as f32, points(bottom_mm));
    content.show(Str(text.as_bytes())).end_text();
}

fn points(mm: f64) -> f32 {
    (mm / MM_PER_INCH * POINTS_PER_INCH) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_its_tickets_and_the_next_begins_anew() {
        let dark = [true, false, false, true];
        let face = || TicketFace { number: "B7K2QX-K7-0042-F", width: 2, dark: &dark };
        let tickets: Vec<_> = (0..COLUMNS * ROWS + 1).map(|_| face()).collect();
        let bytes = pdf(&tickets);
        let count = |what: &[u8]| bytes.windows(what.len()).filter(|window| *window == what).count();
        assert_eq!(count(b"/MediaBox"), 2);
        assert_eq!(count(b"(B7K2QX-K7-0042-F) Tj"), tickets.len());
        assert_eq!(count(b"/BaseFont /Courier-Bold") + count(b"/BaseFont/Courier-Bold"), 1);
    }
}
