//! Sums of trees, walked here: over many rows ONNX Runtime's own operator takes several times as long.

use std::thread;

use crate::proto::attribute_proto::AttributeType;
use crate::proto::{AttributeProto, GraphProto, NodeProto};

/// Rows that walk a tree side by side, so that their loads from memory overlap.
const ABREAST: usize = 8;
/// Levels between two looks at whether all rows have come to a leaf.
const LEVELS: u32 = 4;
/// Rows for which all trees are walked before the next rows come; their features stay in the cache.
const ROWS_A_BLOCK: usize = 256;
/// Rows from which on a second thread is worth being started.
const ROWS_A_THREAD: usize = 512;

/// One `TreeEnsembleRegressor` whose thresholds are f32 numbers, that goes left at `<=` and adds leaves up.
///
/// Invariant: it answers what the operator does: leaves are added in f64, in the order of the trees.
#[derive(Debug)]
pub struct Forest {
    /// The f32 value [N, F] that it reads, before it is cast to f64, and the value [N, T] that it makes.
    pub input: String,
    pub output: String,
    pub n_targets: usize,
    nodes: Vec<Node>,
    /// Of each node, where its share of `leaf_values` begins; one more at the end. Splits have none.
    leaf_starts: Vec<u32>,
    leaf_values: Vec<(u32, f64)>,
    trees: Vec<Root>,
    base: Vec<f64>,
    /// The columns that its rows must have at least.
    n_features: usize,
}

/// A leaf is its own left child, and its threshold lets nothing go right.
#[derive(Debug, Clone, Copy)]
struct Node {
    threshold: f32,
    /// The column; the highest bit says that a missing value goes left.
    feature: u32,
    /// The right child stands behind it.
    left: u32,
}

#[derive(Debug)]
struct Root {
    node: u32,
    depth: u32,
}

const MISSING_LEFT: u32 = 1 << 31;

impl Forest {
    /// `None` for an ensemble of another kind, or one that is not whole: the runtime then has it. `graph` is around it.
    pub fn read(node: &NodeProto, graph: &GraphProto) -> Option<Self> {
        if node.op_type.as_deref() != Some("TreeEnsembleRegressor") {
            return None;
        }
        let attributes = Attributes(&node.attribute);
        let plain = attributes.text("aggregate_function", "SUM")? == b"SUM"
            && attributes.text("post_transform", "NONE")? == b"NONE";
        let [input] = node.input.as_slice() else {
            return None;
        };
        let input = graph
            .node
            .iter()
            .find(|node| node.op_type.as_deref() == Some("Cast") && node.output == [input.clone()])?
            .input
            .first()?;
        let [output] = node.output.as_slice() else {
            return None;
        };
        let n_targets = usize::try_from(attributes.find("n_targets")?.i?).ok()?;
        if !plain || n_targets == 0 {
            return None;
        }
        let table = Table::read(&attributes)?;
        let base = match attributes.find("base_values_as_tensor") {
            Some(attribute) => doubles(attribute)?,
            None if attributes.find("base_values").is_some() => return None,
            None => vec![0.0; n_targets],
        };
        if base.len() != n_targets {
            return None;
        }
        let mut forest = Self {
            input: input.clone(),
            output: output.clone(),
            n_targets,
            nodes: Vec::with_capacity(table.thresholds.len()),
            leaf_starts: Vec::new(),
            leaf_values: Vec::new(),
            trees: Vec::new(),
            base,
            n_features: 0,
        };
        forest.plant(&table)?;
        Some(forest)
    }

    /// `rows` is row-major with `n_columns` columns; the answer is [rows, targets]. `None` when a column is lacking.
    pub fn sums(&self, rows: &[f32], n_columns: usize, n_threads: usize) -> Option<Vec<f32>> {
        if n_columns == 0 || n_columns < self.n_features {
            return None;
        }
        let n_rows = rows.len() / n_columns;
        let mut sums = vec![0.0_f32; n_rows * self.n_targets];
        let n_threads = n_threads.min(n_rows / ROWS_A_THREAD).max(1);
        let rows_each = n_rows.div_ceil(n_threads).max(1);
        thread::scope(|scope| {
            let mut shares = rows
                .chunks(rows_each * n_columns)
                .zip(sums.chunks_mut(rows_each * self.n_targets));
            let own = shares.next();
            for (rows, sums) in shares {
                scope.spawn(move || self.walk_all(rows, n_columns, sums));
            }
            if let Some((rows, sums)) = own {
                self.walk_all(rows, n_columns, sums);
            }
        });
        Some(sums)
    }

    fn walk_all(&self, rows: &[f32], n_columns: usize, sums: &mut [f32]) {
        let mut totals = Vec::new();
        let blocks = rows.chunks(ROWS_A_BLOCK * n_columns);
        for (rows, sums) in blocks.zip(sums.chunks_mut(ROWS_A_BLOCK * self.n_targets)) {
            totals.clear();
            totals.resize(sums.len(), 0.0_f64);
            // Nearly all rows lack nothing, and their steps are cheaper.
            if rows.iter().any(|value| value.is_nan()) {
                self.walk_block::<true>(rows, n_columns, &mut totals);
            } else {
                self.walk_block::<false>(rows, n_columns, &mut totals);
            }
            for (sums, totals) in sums
                .chunks_mut(self.n_targets)
                .zip(totals.chunks(self.n_targets))
            {
                for ((sum, total), base) in sums.iter_mut().zip(totals).zip(&self.base) {
                    *sum = (total + base) as f32;
                }
            }
        }
    }

    /// All trees; `MISSING`: a value may be NaN.
    fn walk_block<const MISSING: bool>(&self, rows: &[f32], n_columns: usize, totals: &mut [f64]) {
        for tree in &self.trees {
            let groups = rows.chunks(ABREAST * n_columns);
            for (rows, totals) in groups.zip(totals.chunks_mut(ABREAST * self.n_targets)) {
                if rows.len() == ABREAST * n_columns {
                    self.walk::<ABREAST, MISSING>(tree, rows, n_columns, totals);
                    continue;
                }
                let rest = rows.chunks(n_columns);
                for (row, totals) in rest.zip(totals.chunks_mut(self.n_targets)) {
                    self.walk::<1, MISSING>(tree, row, n_columns, totals);
                }
            }
        }
    }

    /// `N` rows down one tree.
    fn walk<const N: usize, const MISSING: bool>(
        &self,
        tree: &Root,
        rows: &[f32],
        n_columns: usize,
        totals: &mut [f64],
    ) {
        let mut at = [tree.node; N];
        let mut level = 0;
        while level < tree.depth {
            let before = at;
            for _ in 0..LEVELS.min(tree.depth - level) {
                for (lane, at) in at.iter_mut().enumerate() {
                    let node = self.nodes[*at as usize];
                    let feature = (node.feature & !MISSING_LEFT) as usize;
                    let value = rows[lane * n_columns + feature];
                    let mut goes_right = value > node.threshold;
                    if MISSING {
                        goes_right |= value.is_nan() & (node.feature & MISSING_LEFT == 0);
                    }
                    *at = node.left + u32::from(goes_right);
                }
            }
            if at == before {
                break;
            }
            level += LEVELS;
        }
        for (at, totals) in at.iter().zip(totals.chunks_mut(self.n_targets)) {
            let at = *at as usize;
            let share = self.leaf_starts[at] as usize..self.leaf_starts[at + 1] as usize;
            for &(target, value) in &self.leaf_values[share] {
                totals[target as usize] += value;
            }
        }
    }

    /// Copies the trees, so that the two children of a split stand side by side.
    fn plant(&mut self, table: &Table<'_>) -> Option<()> {
        let mut first = 0;
        while first < table.trees.len() {
            let tree = table.trees[first];
            let n_nodes = table.trees[first..]
                .iter()
                .take_while(|&&other| other == tree)
                .count();
            let depth = self.plant_tree(table, first, n_nodes)?;
            first += n_nodes;
            // A tree whose nodes stand apart in the table is none that we write.
            if table.trees[first..]
                .first()
                .is_some_and(|&next| next <= tree)
            {
                return None;
            }
            let node = self.trees.last_mut()?;
            node.depth = depth;
        }
        self.leaf_starts
            .push(u32::try_from(self.leaf_values.len()).ok()?);
        Some(())
    }

    /// The depth of the tree.
    fn plant_tree(&mut self, table: &Table<'_>, first: usize, n_nodes: usize) -> Option<u32> {
        let root = u32::try_from(self.nodes.len()).ok()?;
        self.trees.push(Root {
            node: root,
            depth: 0,
        });
        // In the table's numbers, in the order in which they are given a place.
        let mut places: Vec<(usize, u32)> = vec![(0, 0)];
        let mut next = 0;
        let mut deepest = 0;
        while let Some(&(id, depth)) = places.get(next) {
            // A graph with a cycle, or a node that two others share, is no tree.
            if places.len() > n_nodes {
                return None;
            }
            let row = first + id;
            if table.ids[row] != id as i64 {
                return None;
            }
            let at = root + next as u32;
            self.leaf_starts
                .push(u32::try_from(self.leaf_values.len()).ok()?);
            match table.modes[row].as_slice() {
                b"LEAF" => {
                    self.nodes.push(Node {
                        threshold: f32::INFINITY,
                        feature: MISSING_LEFT,
                        left: at,
                    });
                    self.leaf_values.extend(table.leaf(
                        table.trees[row],
                        id as i64,
                        self.n_targets,
                    )?);
                    deepest = deepest.max(depth);
                }
                b"BRANCH_LEQ" => {
                    let feature = u32::try_from(table.features[row]).ok()?;
                    let threshold = table.thresholds[row] as f32;
                    if feature >= MISSING_LEFT || f64::from(threshold) != table.thresholds[row] {
                        return None;
                    }
                    self.n_features = self.n_features.max(feature as usize + 1);
                    let missing_left = table.missing_left.get(row).is_some_and(|&flag| flag != 0);
                    self.nodes.push(Node {
                        threshold,
                        feature: if missing_left {
                            feature | MISSING_LEFT
                        } else {
                            feature
                        },
                        left: root + places.len() as u32,
                    });
                    for child in [table.lefts[row], table.rights[row]] {
                        let child = usize::try_from(child)
                            .ok()
                            .filter(|&child| child < n_nodes)?;
                        places.push((child, depth + 1));
                    }
                }
                _ => return None,
            }
            next += 1;
        }
        Some(deepest)
    }
}

/// The operator's attributes, a row per node.
struct Table<'a> {
    trees: &'a [i64],
    ids: &'a [i64],
    features: &'a [i64],
    thresholds: Vec<f64>,
    modes: &'a [Vec<u8>],
    lefts: &'a [i64],
    rights: &'a [i64],
    missing_left: &'a [i64],
    /// Tree, node, target, value; ordered by the first two.
    leaves: Vec<(i64, i64, i64, f64)>,
}

impl<'a> Table<'a> {
    fn read(attributes: &Attributes<'a>) -> Option<Self> {
        let ints = |name| Some(attributes.find(name)?.ints.as_slice());
        let mut leaves: Vec<(i64, i64, i64, f64)> = ints("target_treeids")?
            .iter()
            .zip(ints("target_nodeids")?)
            .zip(ints("target_ids")?)
            .zip(doubles(attributes.find("target_weights_as_tensor")?)?)
            .map(|(((&tree, &node), &target), value)| (tree, node, target, value))
            .collect();
        leaves.sort_by_key(|&(tree, node, ..)| (tree, node));
        let table = Self {
            trees: ints("nodes_treeids")?,
            ids: ints("nodes_nodeids")?,
            features: ints("nodes_featureids")?,
            thresholds: doubles(attributes.find("nodes_values_as_tensor")?)?,
            modes: &attributes.find("nodes_modes")?.strings,
            lefts: ints("nodes_truenodeids")?,
            rights: ints("nodes_falsenodeids")?,
            missing_left: ints("nodes_missing_value_tracks_true").unwrap_or_default(),
            leaves,
        };
        let n = table.trees.len();
        let whole = [
            table.ids.len(),
            table.features.len(),
            table.thresholds.len(),
            table.modes.len(),
            table.lefts.len(),
            table.rights.len(),
        ]
        .iter()
        .all(|&len| len == n);
        (whole && n > 0).then_some(table)
    }

    /// What a leaf adds to which target; `None` when it names one that is not there.
    fn leaf(&self, tree: i64, node: i64, n_targets: usize) -> Option<Vec<(u32, f64)>> {
        let start = self
            .leaves
            .partition_point(|&(t, n, ..)| (t, n) < (tree, node));
        self.leaves[start..]
            .iter()
            .take_while(|&&(t, n, ..)| (t, n) == (tree, node))
            .map(|&(_, _, target, value)| {
                let target = usize::try_from(target).ok().filter(|&t| t < n_targets)?;
                Some((target as u32, value))
            })
            .collect()
    }
}

struct Attributes<'a>(&'a [AttributeProto]);

impl<'a> Attributes<'a> {
    fn find(&self, name: &str) -> Option<&'a AttributeProto> {
        self.0
            .iter()
            .find(|attribute| attribute.name.as_deref() == Some(name))
    }

    /// `default` when it is not named; `None` when it is no text.
    fn text(&self, name: &str, default: &'static str) -> Option<&'a [u8]> {
        match self.find(name) {
            None => Some(default.as_bytes()),
            Some(attribute) if attribute.r#type == Some(AttributeType::String as i32) => {
                attribute.s.as_deref()
            }
            Some(_) => None,
        }
    }
}

/// The numbers of a tensor of doubles as Assay writes it.
fn doubles(attribute: &AttributeProto) -> Option<Vec<f64>> {
    let tensor = attribute.t.as_ref()?;
    let is_double = tensor.data_type == Some(crate::proto::tensor_proto::DataType::Double as i32);
    let bytes = tensor.raw_data.as_deref().filter(|_| is_double)?;
    let (numbers, rest) = bytes.as_chunks::<8>();
    rest.is_empty().then(|| {
        numbers
            .iter()
            .map(|bytes| f64::from_le_bytes(*bytes))
            .collect()
    })
}
