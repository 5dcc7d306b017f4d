//! Names at the ends of lines, when they can stand there.

/// Where a line ends and what stands there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct End {
    /// Share of the plot's width, 0 to 1.
    pub x: f64,
    /// Pixels.
    pub y: f64,
    /// Of the name, pixels.
    pub width: f64,
}

/// Between baselines.
const LINE: f64 = 13.0;
/// How far a name may stand from the end of its line.
const REACH: f64 = 9.0;

/// The heights of the names, in the order of `ends`, moved apart as little as they can be; `None` when a line ends
/// early, two end at the same point, or a name would stand too far from its line or take more than `room`.
pub fn places(ends: &[End], (top, bottom): (f64, f64), room: f64) -> Option<Vec<f64>> {
    if ends.iter().any(|e| e.x < 0.9 || e.width > room) {
        return None;
    }
    let mut order: Vec<usize> = (0..ends.len()).collect();
    order.sort_by(|a, b| ends[*a].y.total_cmp(&ends[*b].y));
    if order.windows(2).any(|w| ends[w[1]].y - ends[w[0]].y < 2.0) {
        return None;
    }
    let sorted: Vec<f64> = order.iter().map(|i| ends[*i].y).collect();
    let placed = apart(&sorted, top, bottom);
    let far = |(a, b): (&f64, &f64)| (a - b).abs() > REACH;
    if placed.iter().zip(&sorted).any(far) {
        return None;
    }
    let mut out = vec![0.0; ends.len()];
    for (i, y) in order.into_iter().zip(placed) {
        out[i] = y;
    }
    Some(out)
}

/// `wanted` (rising) at least [`LINE`] apart, with the least squares of moves: neighbours that collide become one group
/// around the mean of their wishes ("pool adjacent violators").
fn apart(wanted: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    // (sum of wishes less their offsets, count)
    let mut groups: Vec<(f64, f64)> = Vec::new();
    for (i, y) in wanted.iter().enumerate() {
        let mut group = (y - LINE * i as f64, 1.0);
        while let Some(last) = groups.last().copied() {
            if last.0 / last.1 < group.0 / group.1 {
                break;
            }
            group = (group.0 + last.0, group.1 + last.1);
            groups.pop();
        }
        groups.push(group);
    }
    let lowest = LINE * (wanted.len().max(1) - 1) as f64;
    let clamp = |v: f64| v.min(bottom - lowest).max(top);
    let offsets = groups
        .iter()
        .flat_map(|(sum, n)| std::iter::repeat_n(clamp(sum / n), *n as usize));
    offsets
        .enumerate()
        .map(|(i, base)| base + LINE * i as f64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(y: f64) -> End {
        End {
            x: 1.0,
            y,
            width: 50.0,
        }
    }

    #[test]
    fn names_stand_at_their_lines_or_nowhere() {
        let at = |ys: &[f64]| {
            let ends: Vec<End> = ys.iter().map(|y| end(*y)).collect();
            places(&ends, (0.0, 200.0), 100.0)
        };
        assert_eq!(at(&[100.0, 20.0]), Some(vec![100.0, 20.0]));
        assert_eq!(at(&[50.0, 53.0]), Some(vec![45.0, 58.0]));
        assert_eq!(at(&[53.0, 50.0]), Some(vec![58.0, 45.0]));
        // at the same point, and too many in one place
        assert_eq!(at(&[50.0, 50.5]), None);
        assert_eq!(at(&[50.0, 53.0, 56.0, 59.0]), None);
        assert_eq!(at(&[]), Some(vec![]));
        assert_eq!(
            places(&[End { x: 0.5, ..end(9.0) }], (0.0, 99.0), 100.0),
            None
        );
        assert_eq!(
            places(
                &[End {
                    width: 101.0,
                    ..end(9.0)
                }],
                (0.0, 99.0),
                100.0
            ),
            None
        );
    }
}
