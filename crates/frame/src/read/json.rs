//! JSON: one object a line, or an array of objects. Nested objects become columns of their own (`user.city`), arrays
//! JSON text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use assay_core::dataset::{BadRow, ImportOptions};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::cells::{Cell, Row};
use super::json_split::{Layout, Piece, Splitter};
use super::records::{MAX_COLUMNS, Next, Records};
use super::source::{self, ReadBytes, Source};
use crate::error::Error;

/// Objects inside each other.
const MAX_DEPTH: usize = 100;

/// Keys inside each other have long names together: `a.b.c`.
const MAX_NAMES_BYTES: usize = 32 << 20;

/// Characters of a bad row that are kept.
pub(super) const SHOWN_CHARS: usize = 200;

pub(super) struct JsonRecords {
    path: PathBuf,
    options: ImportOptions,
    /// `None`: to be opened.
    splitter: Option<Splitter>,
    progress: ReadBytes,
    tree: Tree,
    /// Of the record that came last.
    line: u64,
}

impl JsonRecords {
    pub(super) fn new(path: &Path, options: &ImportOptions) -> Self {
        Self {
            path: path.to_owned(),
            options: options.clone(),
            splitter: None,
            progress: ReadBytes::default(),
            tree: Tree::default(),
            line: 0,
        }
    }

    fn open(&mut self) -> Result<(), Error> {
        let Source {
            sample,
            reader,
            progress,
            ..
        } = source::open(&self.path, &self.options)?;
        self.progress = progress;
        self.splitter = Some(Splitter::new(reader, Layout::of(&sample)));
        Ok(())
    }
}

impl Records for JsonRecords {
    fn rewind(&mut self) -> Result<(), Error> {
        self.splitter = None;
        self.tree.n_repeated = 0;
        Ok(())
    }

    fn next(&mut self, row: &mut Row) -> Result<Next, Error> {
        if self.splitter.is_none() {
            self.open()?;
        }
        let Some(splitter) = &mut self.splitter else {
            return Ok(Next::End);
        };
        let Some(Piece { line, range }) = splitter.next()? else {
            return Ok(Next::End);
        };
        self.line = line;
        let bad = |problem: String, text: &[u8]| {
            Ok(Next::Bad(BadRow {
                line,
                problem,
                text: shown(text),
            }))
        };
        let Some(range) = range else {
            return bad("is longer than 32 MB".to_owned(), b"");
        };
        let bytes = splitter.bytes(range);
        let Ok(text) = std::str::from_utf8(bytes) else {
            return bad("is no text in the encoding of the file".to_owned(), bytes);
        };
        let mut object = serde_json::Deserializer::from_str(text);
        let outcome = (Object {
            tree: &mut self.tree,
            row,
            node: 0,
            line,
            depth: 0,
        })
        .deserialize(&mut object)
        .and_then(|()| object.end());
        match outcome {
            _ if self.tree.is_overfull || self.tree.columns.len() > MAX_COLUMNS => {
                Err(Error::TooLarge(format!(
                    "its objects have more than {MAX_COLUMNS} different keys, or such of more than {} MB",
                    MAX_NAMES_BYTES >> 20
                )))
            }
            Ok(()) => Ok(Next::Row),
            Err(error) => {
                let text = error.to_string();
                let reason = text.split(" at line ").next().unwrap_or(&text);
                bad(format!("is no JSON object: {reason}"), bytes)
            }
        }
    }

    fn names(&self) -> Vec<Option<String>> {
        let mut names: Vec<Option<String>> = vec![None; self.tree.columns.len()];
        for (place, node) in self.tree.columns.iter().enumerate() {
            let Some(node) = self.tree.nodes.get(*node) else {
                continue;
            };
            // an object that is null here and there is no column of its own
            if (node.has_values || node.children.is_empty())
                && let Some(name) = names.get_mut(place)
            {
                *name = Some(node.name.clone());
            }
        }
        names
    }

    fn progress(&self) -> (u64, u64) {
        (self.progress.done(), self.progress.total)
    }

    fn line(&self) -> Option<u64> {
        Some(self.line)
    }

    fn has_lines(&self) -> bool {
        true
    }

    fn warnings(&self) -> Vec<String> {
        match (&self.tree.repeated, self.tree.n_repeated) {
            (Some((name, line)), n) if n > 0 => vec![format!(
                "`{name}` stands twice in the object of line {line}; the last one counts ({n} times in the file)"
            )],
            _ => Vec::new(),
        }
    }
}

/// The start of a row, for a person to find it by.
pub(super) fn shown(bytes: &[u8]) -> String {
    let some = bytes
        .get(..bytes.len().min(SHOWN_CHARS * 4))
        .unwrap_or_default();
    String::from_utf8_lossy(some)
        .trim()
        .chars()
        .take(SHOWN_CHARS)
        .collect()
}

/// The keys of all objects: node 0 is the record itself.
struct Tree {
    nodes: Vec<Node>,
    /// Nodes that have a column, in order of first appearance.
    columns: Vec<usize>,
    /// The first key that stood twice in an object, and its line.
    repeated: Option<(String, u64)>,
    n_repeated: u64,
    /// Of the names of all nodes.
    names_bytes: usize,
    is_overfull: bool,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            nodes: vec![Node::default()],
            columns: Vec::new(),
            repeated: None,
            n_repeated: 0,
            names_bytes: 0,
            is_overfull: false,
        }
    }
}

#[derive(Default)]
struct Node {
    /// From the record on, with points.
    name: String,
    children: HashMap<String, usize>,
    column: Option<usize>,
    /// Whether anything but null and objects stood here.
    has_values: bool,
}

impl Tree {
    fn child(&mut self, parent: usize, key: &str) -> usize {
        let Some(node) = self.nodes.get(parent) else {
            return 0;
        };
        if let Some(child) = node.children.get(key) {
            return *child;
        }
        let name = match parent {
            0 => key.to_owned(),
            _ => format!("{}.{key}", node.name),
        };
        let child = self.nodes.len();
        self.names_bytes += name.len();
        if child > 2 * MAX_COLUMNS || self.names_bytes > MAX_NAMES_BYTES {
            // the record that it stands in ends the import
            self.is_overfull = true;
            return 0;
        }
        self.nodes.push(Node {
            name,
            ..Node::default()
        });
        if let Some(node) = self.nodes.get_mut(parent) {
            node.children.insert(key.to_owned(), child);
        }
        child
    }

    fn column(&mut self, node: usize, has_value: bool) -> usize {
        let Some(found) = self.nodes.get_mut(node) else {
            return 0;
        };
        found.has_values |= has_value;
        *found.column.get_or_insert_with(|| {
            self.columns.push(node);
            self.columns.len() - 1
        })
    }
}

/// An object on its way into a row.
struct Object<'a> {
    tree: &'a mut Tree,
    row: &'a mut Row,
    node: usize,
    line: u64,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Object {
            tree,
            row,
            node,
            line,
            depth,
        } = self;
        let mut keys = Vec::new();
        while let Some(Key(key)) = map.next_key()? {
            let child = tree.child(node, &key);
            keys.push(child);
            let raw: &RawValue = map.next_value()?;
            push(tree, row, child, (line, depth), raw.get()).map_err(A::Error::custom)?;
        }
        keys.sort_unstable();
        if let Some(twin) = keys.windows(2).find(|pair| pair.first() == pair.last()) {
            tree.n_repeated += 1;
            let twin = twin.first().and_then(|node| tree.nodes.get(*node));
            if tree.repeated.is_none() {
                tree.repeated = twin.map(|node| (node.name.clone(), line));
            }
        }
        Ok(())
    }
}

fn push(
    tree: &mut Tree,
    row: &mut Row,
    node: usize,
    (line, depth): (u64, usize),
    raw: &str,
) -> Result<(), serde_json::Error> {
    let first = raw.as_bytes().first().copied().unwrap_or(b'n');
    if first == b'{' {
        if depth == MAX_DEPTH {
            return Err(serde_json::Error::custom(format!(
                "objects inside objects, more than {MAX_DEPTH} deep"
            )));
        }
        let mut object = serde_json::Deserializer::from_str(raw);
        return Object {
            tree,
            row,
            node,
            line,
            depth: depth + 1,
        }
        .deserialize(&mut object);
    }
    let column = tree.column(node, first != b'n');
    match first {
        b'n' => row.push(column, Cell::Missing),
        b't' | b'f' => row.push(column, Cell::Boolean(first == b't')),
        b'[' => row.push(column, Cell::Text(&compact(raw))),
        b'"' => match raw.get(1..raw.len().saturating_sub(1)) {
            Some(plain) if !plain.contains('\\') => row.push(column, Cell::Text(plain)),
            _ => row.push(column, Cell::Text(&serde_json::from_str::<String>(raw)?)),
        },
        _ => row.push(column, number(raw)),
    }
    Ok(())
}

fn number(raw: &str) -> Cell<'_> {
    if !raw.contains(['.', 'e', 'E']) {
        return raw.parse().map_or(Cell::Large(raw), Cell::Integer);
    }
    match raw.parse::<f64>() {
        Ok(value) if value.is_finite() => Cell::Float(value),
        _ => Cell::Large(raw),
    }
}

/// Without the white space between values.
fn compact(raw: &str) -> Cow<'_, str> {
    let is_blank = |c: char| c.is_ascii_whitespace();
    if !raw.contains(is_blank) {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let (mut in_text, mut escaped) = (false, false);
    for c in raw.chars() {
        if in_text {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_text = false,
                _ => {}
            }
        } else if is_blank(c) {
            continue;
        } else if c == '"' {
            in_text = true;
        }
        text.push(c);
    }
    Cow::Owned(text)
}
