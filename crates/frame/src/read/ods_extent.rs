//! How far the sheets of an OpenDocument workbook reach, found out while its content is unpacked for the first time: a
//! cell that is repeated a million times takes a few bytes there, and calamine makes a million of it.

/// What calamine reads of a sheet at most.
const MAX_ROWS: u64 = 1 << 20;
const MAX_COLUMNS: u64 = 1 << 14;
/// A longer tag holds a text; what counts stands at its beginning.
const MAX_TAG_BYTES: usize = 1 << 16;

/// Takes the content as it comes, and counts.
#[derive(Default)]
pub(super) struct OdsExtent {
    tag: Vec<u8>,
    in_tag: bool,
    n_cells: u64,
    /// Of the sheet that is open: rows, rows up to the last that holds something, and its width.
    n_rows: u64,
    n_rows_filled: u64,
    width: u64,
    /// Of the row that is open: how often it stands, its cells up to the last that holds something, and those after.
    row_repeats: u64,
    row_width: u64,
    n_empty: u64,
}

impl OdsExtent {
    /// Cells between the first and the last of each sheet, over all sheets so far, or those that a sheet spells out.
    pub(super) fn n_cells(&self) -> u64 {
        self.n_cells
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.in_tag {
                let end = memchr::memchr(b'>', rest);
                let part = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
                let room = MAX_TAG_BYTES.saturating_sub(self.tag.len()).min(part.len());
                self.tag.extend_from_slice(part.get(..room).unwrap_or(part));
                let Some(end) = end else { return };
                self.in_tag = false;
                self.end_tag();
                rest = rest.get(end + 1..).unwrap_or(&[]);
            } else {
                let Some(begin) = memchr::memchr(b'<', rest) else {
                    return;
                };
                self.in_tag = true;
                rest = rest.get(begin + 1..).unwrap_or(&[]);
            }
        }
    }

    fn end_tag(&mut self) {
        let tag = std::mem::take(&mut self.tag);
        // most tags of a workbook are none of these
        if !tag.starts_with(b"table:") && !tag.starts_with(b"/table:") {
            return;
        }
        let text = String::from_utf8_lossy(&tag);
        let name = text.split([' ', '\t', '\n', '\r']).next().unwrap_or("");
        match name.trim_end_matches('/') {
            "table:table" => {
                (self.n_rows, self.n_rows_filled, self.width) = (0, 0, 0);
            }
            "table:table-row" => {
                self.row_repeats = repeats(&text, "table:number-rows-repeated").min(MAX_ROWS);
                (self.row_width, self.n_empty) = (0, 0);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let n = repeats(&text, "table:number-columns-repeated").min(MAX_COLUMNS);
                let holds = !text.ends_with('/')
                    || text.contains("office:")
                    || text.contains("table:formula");
                if holds {
                    self.row_width += self.n_empty + n;
                    self.row_width = self.row_width.min(MAX_COLUMNS);
                    self.n_empty = 0;
                } else {
                    self.n_empty = (self.n_empty + n).min(MAX_COLUMNS);
                }
            }
            _ => {}
        }
        match name {
            "/table:table-row" => {
                self.n_rows = (self.n_rows + self.row_repeats).min(MAX_ROWS);
                if self.row_width > 0 {
                    self.n_rows_filled = self.n_rows;
                    self.width = self.width.max(self.row_width);
                }
            }
            "/table:table" => self.n_cells += self.n_rows_filled * self.width,
            _ => {}
        }
    }
}

fn repeats(tag: &str, attribute: &str) -> u64 {
    let said = tag.split(attribute).nth(1).unwrap_or_default();
    let digits: String = said
        .trim_start_matches(['=', '"', '\'', ' '])
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    match digits.is_empty() {
        true => 1,
        false => digits.parse().unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n_cells(content: &str, piece: usize) -> u64 {
        let mut extent = OdsExtent::default();
        for piece in content.as_bytes().chunks(piece) {
            extent.take(piece);
        }
        extent.n_cells()
    }

    #[test]
    fn cells_are_counted_as_often_as_they_stand() {
        let cell = |n: u64| {
            format!("<table:table-cell table:number-columns-repeated=\"{n}\" office:value=\"1\"/>")
        };
        let empty = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
        let row = |n: u64, cells: &str| {
            format!("<table:table-row table:number-rows-repeated=\"{n}\">{cells}</table:table-row>")
        };
        let sheet = |rows: &str| format!("<table:table table:name=\"a\">{rows}</table:table>");
        for (content, n) in [
            (sheet(&row(3, &cell(4))), 12),
            // what a program writes below and beside the last cell
            (
                sheet(&(row(3, &(cell(4) + empty)) + &row(1_048_000, empty))),
                12,
            ),
            (
                sheet(&(row(1_000_000, empty) + &row(1, &cell(2)))),
                2_000_002,
            ),
            (
                sheet(&row(
                    1,
                    &(empty.to_owned() + "<table:table-cell><text:p>x</text:p></table:table-cell>"),
                )),
                16_384,
            ),
            (sheet(&row(u64::MAX, &cell(u64::MAX))), 1 << 34),
            (sheet(&row(2, &cell(2))) + &sheet(&row(1, &cell(1))), 5),
            ("< > <a><<b>".to_owned(), 0),
        ] {
            for piece in [1, 7, 1 << 20] {
                assert_eq!(n_cells(&content, piece), n, "{content}");
            }
        }
    }
}
