//! Runs below the runs that they are a part of, as rows of one table.

/// Where a run stands in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Of the run among all.
    pub index: usize,
    pub depth: u32,
    /// Shown directly below it, folded away or not.
    pub n_children: u32,
}

/// Those marked, and the runs that they are a part of.
pub(super) fn with_ancestors(marked: &[bool], parents: &[Option<usize>]) -> Vec<bool> {
    let mut shown = marked.to_vec();
    for (index, _) in marked.iter().enumerate().filter(|(_, marked)| **marked) {
        let mut above = parents[index];
        while let Some(parent) = above.filter(|&parent| !shown[parent]) {
            shown[parent] = true;
            above = parents[parent];
        }
    }
    shown
}

/// Those marked, and the runs that are a part of them.
pub(super) fn with_descendants(marked: &[bool], parents: &[Option<usize>]) -> Vec<bool> {
    let mut children = vec![Vec::new(); parents.len()];
    for (index, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            children[*parent].push(index);
        }
    }
    let mut chosen = marked.to_vec();
    let mut open: Vec<usize> = (0..marked.len()).filter(|&index| marked[index]).collect();
    while let Some(index) = open.pop() {
        for &child in &children[index] {
            if !chosen[child] {
                chosen[child] = true;
                open.push(child);
            }
        }
    }
    chosen
}

/// The runs of `order`, each followed by those that are a part of it, at every level in that order.
///
/// Runs that are parts of each other in a circle: the first of them stands by itself.
pub(super) fn arrange(
    order: &[usize],
    parents: &[Option<usize>],
    is_folded: impl Fn(usize) -> bool,
) -> Vec<Place> {
    let mut known = vec![false; parents.len()];
    for &index in order {
        known[index] = true;
    }
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); parents.len()];
    let mut roots = Vec::new();
    for &index in order {
        match parents[index].filter(|&parent| parent != index && known[parent]) {
            Some(parent) => children[parent].push(index),
            None => roots.push(index),
        }
    }
    let mut reached = vec![false; parents.len()];
    let mut n_reached = 0;
    for &root in &roots {
        n_reached += reach(root, &children, &mut reached);
    }
    if n_reached < order.len() {
        for &index in order {
            if !reached[index] {
                if let Some(parent) = parents[index] {
                    children[parent].retain(|&sibling| sibling != index);
                }
                reach(index, &children, &mut reached);
                roots.push(index);
            }
        }
        let mut place = vec![0; parents.len()];
        for (at, &index) in order.iter().enumerate() {
            place[index] = at;
        }
        roots.sort_by_key(|&root| place[root]);
    }
    let mut places = Vec::with_capacity(order.len());
    let mut open: Vec<(usize, u32)> = roots.into_iter().rev().map(|root| (root, 0)).collect();
    while let Some((index, depth)) = open.pop() {
        let below = &children[index];
        places.push(Place {
            index,
            depth,
            n_children: below.len() as u32,
        });
        if !is_folded(index) {
            open.extend(below.iter().rev().map(|&child| (child, depth + 1)));
        }
    }
    places
}

/// How many are reached that were not before.
fn reach(from: usize, children: &[Vec<usize>], reached: &mut [bool]) -> usize {
    let mut open = vec![from];
    let mut n_new = 0;
    while let Some(index) = open.pop() {
        if !reached[index] {
            reached[index] = true;
            n_new += 1;
            open.extend(&children[index]);
        }
    }
    n_new
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;
    use std::collections::HashMap;

    fn rows(
        order: &[usize],
        parents: &[Option<usize>],
        folded: &[usize],
    ) -> Vec<(usize, u32, u32)> {
        arrange(order, parents, |index| folded.contains(&index))
            .into_iter()
            .map(|place| (place.index, place.depth, place.n_children))
            .collect()
    }

    #[test]
    fn children_stand_below_their_parents_in_the_order_asked_for() {
        // 3 and 0 are parts of 1, 4 is a part of 3.
        let parents = [Some(1), None, None, Some(1), Some(3)];
        let order = [4, 0, 3, 2, 1];
        let all = vec![(2, 0, 0), (1, 0, 2), (0, 1, 0), (3, 1, 1), (4, 2, 0)];
        assert_eq!(rows(&order, &parents, &[]), all);
        assert_eq!(rows(&order, &parents, &[3]), all[..4]);
        assert_eq!(rows(&order, &parents, &[1]), all[..2]);
        // Without its parent a run stands by itself.
        assert_eq!(
            rows(&[4, 0, 2], &parents, &[]),
            [(4, 0, 0), (0, 0, 0), (2, 0, 0)]
        );
    }

    #[test]
    fn a_circle_of_runs_is_shown() {
        assert_eq!(rows(&[0], &[Some(0)], &[]), [(0, 0, 0)]);
        let parents = [Some(1), Some(2), Some(0), None];
        assert_eq!(
            rows(&[3, 2, 1, 0], &parents, &[]),
            [(3, 0, 0), (2, 0, 1), (1, 1, 1), (0, 2, 0)]
        );
    }

    #[test]
    fn marks_go_up_and_down() {
        let parents = [Some(1), Some(2), None, Some(1), Some(5), Some(4)];
        let marked = [true, false, false, false, true, false];
        assert_eq!(
            with_ancestors(&marked, &parents),
            [true, true, true, false, true, true]
        );
        let marked = [false, true, false, false, false, true];
        assert_eq!(
            with_descendants(&marked, &parents),
            [true, true, false, true, true, true]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: RngSeed::Fixed(20_261_121),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// Whatever is a part of what, circles included.
        #[test]
        fn every_run_stands_once_and_next_to_its_parent(
            parents in prop::collection::vec(prop::option::of(0_usize..40), 1..40),
            keys in prop::collection::vec(0_u8..9, 40),
            shown in prop::collection::vec(any::<bool>(), 40),
        ) {
            let n = parents.len();
            let parents: Vec<Option<usize>> =
                parents.into_iter().map(|parent| parent.filter(|&parent| parent < n)).collect();
            let mut order: Vec<usize> = (0..n).filter(|&index| shown[index]).collect();
            order.sort_by_key(|&index| keys[index]);
            let places = arrange(&order, &parents, |_| false);

            let mut indexes: Vec<usize> = places.iter().map(|place| place.index).collect();
            indexes.sort_unstable();
            let mut wanted = order.clone();
            wanted.sort_unstable();
            prop_assert_eq!(indexes, wanted);

            let place_in_order = |index: usize| order.iter().position(|&known| known == index);
            let mut above: Vec<usize> = Vec::new();
            let mut last_child: HashMap<Option<usize>, Option<usize>> = HashMap::new();
            let mut n_children: HashMap<usize, u32> = HashMap::new();
            for place in &places {
                above.truncate(place.depth as usize);
                prop_assert_eq!(above.len(), place.depth as usize);
                let parent = above.last().copied();
                if let Some(parent) = parent {
                    prop_assert_eq!(parents[place.index], Some(parent));
                    *n_children.entry(parent).or_default() += 1;
                }
                // Siblings keep the order, equal ones as they stood.
                let own = place_in_order(place.index);
                let before = last_child.insert(parent, own);
                prop_assert!(before.is_none_or(|before| before < own));
                above.push(place.index);
            }
            for place in &places {
                prop_assert_eq!(place.n_children, n_children.get(&place.index).copied().unwrap_or(0));
            }
            // Folding everything leaves those that stand by themselves, and their counts.
            let roots: Vec<Place> = places.iter().copied().filter(|place| place.depth == 0).collect();
            prop_assert_eq!(arrange(&order, &parents, |_| true), roots);
        }
    }
}
