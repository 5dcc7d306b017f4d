//! Places in a tree of squares, so that far crowds push as one (Barnes and Hut 1986).

use super::affinities::kernel;

/// Squares are halved no further: places so near push as one.
const MAX_DEPTH: usize = 48;

pub struct Tree {
    nodes: Vec<Node>,
}

struct Node {
    /// Side of the square.
    size: f64,
    middle: [f64; 2],
    n_places: f64,
    /// Sum of the places.
    sum: [f64; 2],
    /// 0: there is none.
    children: [u32; 4],
    is_leaf: bool,
}

/// What all places do to one.
#[derive(Debug, Clone, Copy)]
pub struct Repulsion {
    /// Σ (place − other place) / (1 + distance²)².
    pub force: [f64; 2],
    /// Σ 1 / (1 + distance²).
    pub sum: f64,
}

impl Tree {
    pub fn new(places: &[[f64; 2]]) -> Self {
        let mut low = [f64::INFINITY; 2];
        let mut high = [f64::NEG_INFINITY; 2];
        for place in places {
            for axis in 0..2 {
                low[axis] = low[axis].min(place[axis]);
                high[axis] = high[axis].max(place[axis]);
            }
        }
        let size = (high[0] - low[0])
            .max(high[1] - low[1])
            .max(f64::MIN_POSITIVE);
        let middle = [0, 1].map(|axis| f64::midpoint(low[axis], high[axis]));
        let mut tree = Self {
            nodes: vec![Node::new(size * (1.0 + 1e-9), middle)],
        };
        for place in places {
            tree.insert(*place);
        }
        tree
    }

    fn insert(&mut self, place: [f64; 2]) {
        let mut at = 0;
        for depth in 0..=MAX_DEPTH {
            let node = &mut self.nodes[at];
            let (before, n_before) = (node.sum, node.n_places);
            node.n_places += 1.0;
            node.sum[0] += place[0];
            node.sum[1] += place[1];
            if n_before == 0.0 || depth == MAX_DEPTH {
                return;
            }
            if node.is_leaf {
                let first = [before[0] / n_before, before[1] / n_before];
                // Equal places stay together.
                if first == place {
                    return;
                }
                node.is_leaf = false;
                let child = self.child(at, first);
                self.nodes[child].n_places = n_before;
                self.nodes[child].sum = before;
            }
            at = self.child(at, place);
        }
    }

    /// The quarter that a place is in; it is made when it is not there.
    fn child(&mut self, at: usize, place: [f64; 2]) -> usize {
        let node = &self.nodes[at];
        let (right, up) = (place[0] > node.middle[0], place[1] > node.middle[1]);
        let quarter = usize::from(right) + 2 * usize::from(up);
        if node.children[quarter] == 0 {
            let step = node.size / 4.0;
            let shift = |is_over: bool| if is_over { step } else { -step };
            let middle = [node.middle[0] + shift(right), node.middle[1] + shift(up)];
            let made = Node::new(node.size / 2.0, middle);
            let number = self.nodes.len();
            self.nodes[at].children[quarter] = number as u32;
            self.nodes.push(made);
        }
        self.nodes[at].children[quarter] as usize
    }

    /// Squares under `theta` of their distance in size count as their middle.
    pub fn repulsion(&self, place: [f64; 2], theta: f64) -> Repulsion {
        let mut found = Repulsion {
            force: [0.0; 2],
            sum: 0.0,
        };
        let mut open = vec![0_u32];
        while let Some(at) = open.pop() {
            let node = &self.nodes[at as usize];
            let mean = [node.sum[0] / node.n_places, node.sum[1] / node.n_places];
            let (x, y, q) = kernel(place, mean);
            let squared = x * x + y * y;
            if node.is_leaf || node.size * node.size < theta * theta * squared {
                found.sum += node.n_places * q;
                found.force[0] += node.n_places * q * q * x;
                found.force[1] += node.n_places * q * q * y;
            } else {
                open.extend(node.children.iter().filter(|&&child| child != 0));
            }
        }
        found
    }
}

impl Node {
    fn new(size: f64, middle: [f64; 2]) -> Self {
        Self {
            size,
            middle,
            n_places: 0.0,
            sum: [0.0; 2],
            children: [0; 4],
            is_leaf: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_short_cut_every_pair_counts() {
        let places: Vec<[f64; 2]> = (0..60)
            .map(|i| [(f64::from(i) * 1.3).sin(), (f64::from(i % 20) * 0.7).cos()])
            .collect();
        let tree = Tree::new(&places);
        for &place in &places {
            let mut wanted = (0.0, [0.0; 2]);
            for &other in &places {
                let (x, y, q) = kernel(place, other);
                wanted.0 += q;
                wanted.1[0] += q * q * x;
                wanted.1[1] += q * q * y;
            }
            let exact = tree.repulsion(place, 0.0);
            assert!((exact.sum - wanted.0).abs() < 1e-9);
            assert!((exact.force[0] - wanted.1[0]).abs() < 1e-9);
            assert!((exact.force[1] - wanted.1[1]).abs() < 1e-9);
            let near = tree.repulsion(place, 0.5);
            assert!((near.sum / wanted.0 - 1.0).abs() < 0.05);
        }
    }
}
