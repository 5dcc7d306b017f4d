//! Whether the first row holds values instead of names.

use std::collections::HashSet;

use super::nulls::Nulls;
use crate::ingest::literal::{Number, number as number_of};

/// Rows under the first that are needed for a judgement.
const MIN_ROWS: usize = 3;

/// Says yes only on strong evidence, for a wrong yes costs the user the names: no column of numbers may have a name
/// on top; and a text of the first row comes back in its own column, or the numbers of the first row are such as no
/// one gives as names (fractions inside the range of their columns, repeated numbers).
pub(crate) fn looks_like_values(first: &[String], rest: &[Vec<String>], nulls: &Nulls) -> bool {
    if rest.len() < MIN_ROWS {
        return false;
    }
    let mut n_numeric = 0;
    let mut n_texts = 0;
    let mut n_texts_repeated = 0;
    let mut n_fractions = 0;
    let mut numbers = Vec::new();
    for (column, top) in first.iter().enumerate() {
        let below: Vec<&str> = rest
            .iter()
            .filter_map(|row| row.get(column).map(String::as_str))
            .filter(|text| !nulls.contains(text))
            .collect();
        let values: Vec<f64> = below.iter().filter_map(|text| number(text)).collect();
        let is_numeric = !below.is_empty() && values.len() == below.len();
        if is_numeric {
            if nulls.contains(top) {
                if top.is_empty() {
                    return false;
                }
                continue;
            }
            let Some(value) = number(top) else {
                return false;
            };
            n_numeric += 1;
            numbers.push(value.to_bits());
            let inside = values.iter().any(|v| *v <= value) && values.iter().any(|v| *v >= value);
            n_fractions += usize::from(inside && value.fract() != 0.0);
        } else if !below.is_empty() && !nulls.contains(top) {
            n_texts += 1;
            n_texts_repeated += usize::from(below.contains(&top.as_str()));
        }
    }
    if n_numeric == 0 {
        return n_texts >= 2 && n_texts_repeated == n_texts;
    }
    let distinct: HashSet<u64> = numbers.iter().copied().collect();
    let repeated = distinct.len() < numbers.len();
    n_texts_repeated > 0 || n_fractions > 0 || (repeated && n_texts == 0)
}

fn number(text: &str) -> Option<f64> {
    match number_of(text, false) {
        Number::Integer(value) => Some(value as f64),
        Number::Float(value) => Some(value),
        Number::Large | Number::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> bool {
        let mut rows: Vec<Vec<String>> = text
            .lines()
            .map(|line| line.split(',').map(str::to_owned).collect())
            .collect();
        let first = rows.remove(0);
        looks_like_values(&first, &rows, &Nulls::of_delimited(&[]))
    }

    #[test]
    fn only_rows_that_cannot_be_names_are_values() {
        for (text, values) in [
            (
                "39,Private,Male\n50,Private,Male\n38,Other,Female\n53,Private,Male",
                true,
            ),
            ("5.1,3.5,1.4\n4.9,3.0,1.4\n4.7,3.2,1.3\n6.4,3.9,1.5", true),
            ("0,0,1\n1,0,1\n0,1,0\n1,1,1", true),
            ("yes,red\nyes,blue\nno,red\nyes,red", true),
            // names
            (
                "age,work,sex\n50,Private,Male\n38,Other,Female\n53,Private,Male",
                false,
            ),
            ("name,2019,2020\nAda,5,6\nGrace,7,8\nAlan,9,10", false),
            ("2019,2020\n5,6\n7,8\n9,10", false),
            ("1,2,3\n5,6,7\n7,8,9\n9,10,1", false),
            ("a,b\nx,y\nz,w\nq,r", false),
            (",a\n0,x\n1,y\n2,a", false),
            // too few rows to judge
            ("1.5,2.5\n1.0,2.0\n1.7,2.9", false),
        ] {
            assert_eq!(judged(text), values, "{text}");
        }
    }
}
