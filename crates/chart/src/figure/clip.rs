//! Lines cut at the edges of a plot; plotters' backends do not clip.

use crate::canvas::Rect;
use crate::thin::Point;

/// The parts of `line` inside `area`.
pub fn polyline(line: &[Point], area: Rect) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for pair in line.windows(2) {
        let Some((a, b)) = segment(pair[0], pair[1], area) else {
            continue;
        };
        match parts.last_mut() {
            Some(part) if part.last() == Some(&a) => part.push(b),
            _ => parts.push(vec![a, b]),
        }
    }
    parts
}

pub fn holds(area: Rect, (x, y): Point) -> bool {
    (area.left..=area.right).contains(&x) && (area.top..=area.bottom).contains(&y)
}

pub fn clamped((x, y): Point, area: Rect) -> Point {
    (
        x.clamp(area.left, area.right),
        y.clamp(area.top, area.bottom),
    )
}

/// Liang and Barsky, 1984.
fn segment(a: Point, b: Point, area: Rect) -> Option<(Point, Point)> {
    if holds(area, a) && holds(area, b) {
        return Some((a, b));
    }
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    let sides = [
        (-dx, a.0 - area.left),
        (dx, area.right - a.0),
        (-dy, a.1 - area.top),
        (dy, area.bottom - a.1),
    ];
    for (towards, room) in sides {
        if towards == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if towards < 0.0 {
            enter = enter.max(room / towards);
        } else {
            leave = leave.min(room / towards);
        }
    }
    let at = |t: f64| {
        if t == 0.0 {
            a
        } else if t == 1.0 {
            b
        } else {
            (a.0 + t * dx, a.1 + t * dy)
        }
    };
    (enter <= leave).then(|| (clamped(at(enter), area), clamped(at(leave), area)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Rect = Rect {
        left: 0.0,
        top: 0.0,
        right: 10.0,
        bottom: 10.0,
    };

    #[test]
    fn lines_end_at_the_edges() {
        for (line, parts) in [
            (
                vec![(1.0, 1.0), (9.0, 9.0)],
                vec![vec![(1.0, 1.0), (9.0, 9.0)]],
            ),
            (
                vec![(5.0, 5.0), (5.0, 50.0)],
                vec![vec![(5.0, 5.0), (5.0, 10.0)]],
            ),
            (
                vec![(-5.0, 5.0), (15.0, 5.0)],
                vec![vec![(0.0, 5.0), (10.0, 5.0)]],
            ),
            (vec![(20.0, 0.0), (20.0, 9.0)], vec![]),
            // out over the top and in again
            (
                vec![(0.0, 5.0), (5.0, -5.0), (10.0, 5.0)],
                vec![vec![(0.0, 5.0), (2.5, 0.0)], vec![(7.5, 0.0), (10.0, 5.0)]],
            ),
            (
                vec![(5.0, 5.0), (5.0, 1e300)],
                vec![vec![(5.0, 5.0), (5.0, 10.0)]],
            ),
            (vec![(1.0, 1.0)], vec![]),
        ] {
            assert_eq!(polyline(&line, AREA), parts, "{line:?}");
        }
    }
}
