//! The footer of a Parquet file, walked without building anything: polars trusts the lengths that stand in it, and a
//! damaged one makes it ask for more memory than there is.
//!
//! Thrift's compact protocol: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>.

/// Levels of structs inside structs, in the footer and in the schema that it holds.
const MAX_DEPTH: usize = 64;

/// Says what is wrong with the bytes of a `FileMetaData`: lists and texts longer than what is left, and schemas whose
/// columns stand too deep in each other.
pub(super) fn check_footer(footer: &[u8]) -> Result<(), String> {
    let mut cursor = Cursor {
        bytes: footer,
        child_counts: Vec::new(),
    };
    cursor.structure(0, true).ok_or("its footer is damaged")?;
    if schema_depth(&cursor.child_counts) > MAX_DEPTH {
        return Err("its columns are nested too deep".to_owned());
    }
    Ok(())
}

/// The head of a page.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageHead {
    /// Bytes of the head itself.
    pub(super) len: usize,
    pub(super) packed_len: usize,
    pub(super) unpacked_len: usize,
    pub(super) n_values: usize,
    pub(super) is_dictionary: bool,
}

/// `None` when the bytes begin with no head of a page.
pub(super) fn page_head(bytes: &[u8]) -> Option<PageHead> {
    let mut cursor = Cursor {
        bytes,
        child_counts: Vec::new(),
    };
    let mut head = PageHead::default();
    let number = |cursor: &mut Cursor<'_>| usize::try_from(cursor.zigzag()?).ok();
    cursor.fields(0, |cursor, id, kind| {
        match (id, kind) {
            (2, 5) => head.unpacked_len = number(cursor)?,
            (3, 5) => head.packed_len = number(cursor)?,
            // the heads of data pages, of dictionaries, and of data pages of the second version
            (5 | 7 | 8, 12) => {
                head.is_dictionary = id == 7;
                cursor.fields(1, |cursor, id, kind| {
                    if (id, kind) == (1, 5) {
                        head.n_values = number(cursor)?;
                        return Some(());
                    }
                    cursor.value(kind, 2)
                })?;
            }
            _ => cursor.value(kind, 1)?,
        }
        Some(())
    })?;
    head.len = bytes.len() - cursor.bytes.len();
    Some(head)
}

struct Cursor<'a> {
    bytes: &'a [u8],
    /// Children of each element of the schema, in its order.
    child_counts: Vec<u64>,
}

/// Field of `FileMetaData` with the schema, and of its elements with the number of children.
const SCHEMA: i64 = 2;
const NUM_CHILDREN: i64 = 5;

impl Cursor<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }

    fn skip(&mut self, n: u64) -> Option<()> {
        self.bytes = self.bytes.get(usize::try_from(n).ok()?..)?;
        Some(())
    }

    /// `top`: this is the `FileMetaData` itself.
    fn structure(&mut self, depth: usize, top: bool) -> Option<()> {
        self.fields(depth, |cursor, id, kind| {
            if top && id == SCHEMA && kind == 9 {
                cursor.schema(depth + 1)
            } else {
                cursor.value(kind, depth + 1)
            }
        })
    }

    fn fields(
        &mut self,
        depth: usize,
        mut value: impl FnMut(&mut Self, i64, u8) -> Option<()>,
    ) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut id = 0_i64;
        loop {
            let head = self.byte()?;
            let kind = head & 0x0f;
            if kind == 0 {
                return Some(());
            }
            id = match head >> 4 {
                0 => self.zigzag()?,
                step => id.checked_add(i64::from(step))?,
            };
            // booleans stand in the head of their field
            if !matches!(kind, 1 | 2) {
                value(self, id, kind)?;
            }
        }
    }

    fn schema(&mut self, depth: usize) -> Option<()> {
        let (n, kind) = self.list_head()?;
        if kind != 12 {
            return None;
        }
        for _ in 0..n {
            let mut n_children = 0;
            self.fields(depth, |cursor, id, kind| {
                if id == NUM_CHILDREN && kind == 5 {
                    n_children = u64::try_from(cursor.zigzag()?).ok()?;
                    return Some(());
                }
                cursor.value(kind, depth + 1)
            })?;
            self.child_counts.push(n_children);
        }
        Some(())
    }

    /// Invariant: every element takes a byte at least, so that no list is longer than what is left.
    fn list_head(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let n = match head >> 4 {
            15 => self.varint()?,
            n => u64::from(n),
        };
        (n <= self.bytes.len() as u64).then_some((n, head & 0x0f))
    }

    fn value(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            1..=3 => self.skip(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.skip(8),
            8 => {
                let n = self.varint()?;
                self.skip(n)
            }
            9 | 10 => {
                if depth > MAX_DEPTH {
                    return None;
                }
                let (n, kind) = self.list_head()?;
                for _ in 0..n {
                    self.value(kind, depth + 1)?;
                }
                Some(())
            }
            12 => self.structure(depth + 1, false),
            _ => None,
        }
    }
}

fn schema_depth(child_counts: &[u64]) -> usize {
    // children still to come on each level
    let mut open: Vec<u64> = Vec::new();
    let mut deepest = 0;
    for n_children in child_counts {
        while open.last() == Some(&0) {
            open.pop();
        }
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if *n_children > 0 {
            open.push(*n_children);
            deepest = deepest.max(open.len());
        }
        if deepest > MAX_DEPTH {
            break;
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_depths_are_held_against_the_bytes() {
        let nested = |depth: u8| {
            let mut footer = vec![0x29, 0xf0 | 12, depth];
            for _ in 0..depth {
                // field 5, an i32: one child
                footer.extend([0x55, 0x02, 0x00]);
            }
            footer.push(0);
            footer
        };
        for (footer, sound) in [
            (vec![0x00], true),
            (nested(3), true),
            (nested(100), false),
            // a text of 100 bytes, two of which are there
            (vec![0x18, 100, b'a', b'b', 0], false),
            // a list of 2^32 numbers
            (vec![0x19, 0xf5, 0x80, 0x80, 0x80, 0x80, 0x10, 0], false),
            (vec![0x15], false),
            (Vec::new(), false),
        ] {
            assert_eq!(check_footer(&footer).is_ok(), sound, "{footer:?}");
        }
    }
}
