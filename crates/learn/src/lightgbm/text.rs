//! Trees out of the text that LightGBM saves a model as.
//!
//! Thresholds are f64 there and compared with f32 features, so the f32 at or under a threshold parts them alike.

use std::collections::HashMap;

use assay_core::model::{Node, Tree};

/// All trees in the order of the text, a leaf holding one number.
///
/// # Errors
/// A sentence, when the text is not what LightGBM 4 writes for numerical features.
pub fn trees(text: &str) -> Result<Vec<Tree>, String> {
    text.split("\nTree=").skip(1).map(tree).collect()
}

fn tree(text: &str) -> Result<Tree, String> {
    let lines = text.lines().take_while(|line| *line != "end of trees");
    let fields: HashMap<&str, &str> = lines.filter_map(|line| line.split_once('=')).collect();
    if numbers::<u32>(&fields, "num_cat")? != [0] {
        return Err("LightGBM split a category".to_owned());
    }
    let leaves: Vec<f64> = numbers(&fields, "leaf_value")?;
    if leaves.iter().any(|value| !value.is_finite()) {
        return Err("LightGBM made a leaf that is not finite".to_owned());
    }
    let leaf = |number: usize| {
        let value = *leaves.get(number)?;
        Some(Node::Leaf {
            values: vec![value as f32],
        })
    };
    if leaves.len() == 1 {
        return Ok(Tree {
            nodes: leaf(0).into_iter().collect(),
        });
    }
    let table = Table {
        features: numbers(&fields, "split_feature")?,
        gains: numbers(&fields, "split_gain")?,
        thresholds: numbers(&fields, "threshold")?,
        decisions: numbers(&fields, "decision_type")?,
        lefts: numbers(&fields, "left_child")?,
        rights: numbers(&fields, "right_child")?,
    };
    let mut nodes: Vec<Node> = Vec::new();
    // Number in the text (negative: a leaf), and the parent to which it is the left or the right child.
    let mut open: Vec<(i32, Option<(usize, bool)>)> = vec![(0, None)];
    while let Some((number, parent)) = open.pop() {
        let at = nodes.len();
        if at > 2 * leaves.len() {
            return Err("LightGBM's tree goes in a circle".to_owned());
        }
        if let Some((parent, is_left)) = parent
            && let Some(Node::Split { left, right, .. }) = nodes.get_mut(parent)
        {
            *(if is_left { left } else { right }) = at as u32;
        }
        let node = match usize::try_from(number) {
            Ok(split) => table.split(split),
            Err(_) => leaf((-1 - number) as usize),
        };
        let node = node.ok_or_else(|| "LightGBM's tree lacks a node".to_owned())?;
        if let (Node::Split { .. }, Ok(split)) = (&node, usize::try_from(number)) {
            open.push((table.rights[split], Some((at, false))));
            open.push((table.lefts[split], Some((at, true))));
        }
        nodes.push(node);
    }
    Ok(Tree { nodes })
}

struct Table {
    features: Vec<u32>,
    gains: Vec<f32>,
    thresholds: Vec<f64>,
    /// Bit 0: a category. Bit 1: missing values go left. Bits 2 and 3: what counts as missing (0: nothing, 1: zero,
    /// 2: NaN).
    decisions: Vec<u8>,
    lefts: Vec<i32>,
    rights: Vec<i32>,
}

impl Table {
    /// Children are filled in later.
    fn split(&self, number: usize) -> Option<Node> {
        let decision = *self.decisions.get(number)?;
        let threshold = *self.thresholds.get(number)?;
        self.lefts.get(number)?;
        self.rights.get(number)?;
        let missing_left = match decision >> 2 & 3 {
            2 => decision & 2 != 0,
            // Where training saw no NaN, LightGBM takes one for 0.
            _ => 0.0 <= threshold,
        };
        Some(Node::Split {
            feature: *self.features.get(number)?,
            threshold: rounded_down(threshold),
            missing_left,
            left: 0,
            right: 0,
            gain: self.gains.get(number)?.max(0.0),
        })
    }
}

/// The largest finite f32 that is at most `threshold`.
fn rounded_down(threshold: f64) -> f32 {
    let rounded = (threshold as f32).clamp(f32::MIN, f32::MAX);
    if f64::from(rounded) > threshold && rounded > f32::MIN {
        rounded.next_down()
    } else {
        rounded
    }
}

fn numbers<T: std::str::FromStr>(
    fields: &HashMap<&str, &str>,
    name: &str,
) -> Result<Vec<T>, String> {
    let text = fields
        .get(name)
        .ok_or_else(|| format!("LightGBM's text lacks {name}"))?;
    text.split_whitespace()
        .map(|number| {
            number
                .parse()
                .map_err(|_| format!("LightGBM's {name} holds {number}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "tree\nversion=v4\n\nTree=0\nnum_leaves=3\nnum_cat=0\nsplit_feature=1 0\nsplit_gain=8 2.5\n\
        threshold=0.10000000000000001 1.0000000180025095e-35\ndecision_type=10 0\nleft_child=1 -1\nright_child=-2 -3\n\
        leaf_value=0.5 -0.25 1e-3\nis_linear=0\nshrinkage=0.1\n\n\nTree=1\nnum_leaves=1\nnum_cat=0\nsplit_feature=\n\
        leaf_value=7\n\n\nend of trees\n\nparameters:\n[leaf_value: 3]\n";

    #[test]
    fn trees_are_read_with_children_behind_their_parents() {
        let split = |feature, threshold, missing_left, (left, right), gain| Node::Split {
            feature,
            threshold,
            missing_left,
            left,
            right,
            gain,
        };
        let leaf = |value| Node::Leaf {
            values: vec![value],
        };
        let below = 0.1_f32.next_down();
        let tiny = rounded_down(1.000_000_018_002_509_5e-35);
        assert!(f64::from(below) <= 0.1 && f64::from(below.next_up()) > 0.1);
        let first = vec![
            split(1, below, true, (1, 4), 8.0),
            split(0, tiny, true, (2, 3), 2.5),
            leaf(0.5),
            leaf(0.001),
            leaf(-0.25),
        ];
        let second = vec![leaf(7.0)];
        let found = trees(TEXT).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((&found[0].nodes, &found[1].nodes), (&first, &second));
    }

    #[test]
    fn thresholds_part_every_f32_as_before() {
        for threshold in [
            0.1,
            -0.1,
            1.0,
            1e300,
            -1e300,
            0.0,
            16_777_217.0,
            1e-46,
            -1e-46,
        ] {
            let rounded = rounded_down(threshold);
            assert!(rounded.is_finite());
            for x in [rounded.next_down(), rounded, rounded.next_up(), 0.0, 5.0] {
                if x.is_finite() && rounded > f32::MIN {
                    assert_eq!(x <= rounded, f64::from(x) <= threshold, "{x} {threshold}");
                }
            }
        }
    }

    #[test]
    fn damaged_texts_are_refused() {
        for (from, to, reason) in [
            (
                "num_cat=0\nsplit_feature=1",
                "num_cat=1\nsplit_feature=1",
                "category",
            ),
            ("leaf_value=0.5", "leaf_value=x", "leaf_value holds x"),
            ("leaf_value=0.5", "leaf_value=inf", "not finite"),
            ("split_gain=8 2.5\n", "", "lacks split_gain"),
            ("left_child=1 -1", "left_child=0 -1", "circle"),
            ("left_child=1 -1", "left_child=7 -1", "lacks a node"),
        ] {
            let error = trees(&TEXT.replacen(from, to, 1)).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
