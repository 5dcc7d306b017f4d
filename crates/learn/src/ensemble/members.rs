//! What an ensemble is made of, as its parameter names it.

use std::collections::BTreeMap;

use assay_core::train::{ParamInfo, ParamRange, ParamValue};

use crate::catalogue::{Entry, algorithm};
use crate::{Error, parse_param};

/// The ensemble's own choice.
pub const AUTO: &str = "auto";

/// `random_forest(n_estimators=50)`
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    pub algorithm: &'static str,
    /// Those that are named.
    pub params: BTreeMap<String, ParamValue>,
}

impl Member {
    pub fn new(algorithm: &'static str) -> Self {
        Self {
            algorithm,
            params: BTreeMap::new(),
        }
    }
}

/// Why a list names no members.
#[derive(Debug, PartialEq)]
struct Fault {
    member: String,
    reason: String,
    hint: String,
}

/// Whether `text` names members that there are, with parameters that they have.
///
/// # Errors
/// [`Error::Member`].
pub fn check(entry: &Entry, info: &ParamInfo, text: &str, max: u32) -> Result<(), Error> {
    let refuse = |fault: Fault| Error::Member {
        algorithm: entry.name.to_owned(),
        name: info.name.clone(),
        member: fault.member,
        reason: fault.reason,
        hint: fault.hint,
    };
    let members = parsed(text).map_err(refuse)?;
    if members.len() > max as usize {
        return Err(refuse(Fault {
            member: text.trim().to_owned(),
            reason: format!("these are {}", members.len()),
            hint: format!("name at most {max}"),
        }));
    }
    let able = |entry: &Entry, classes: bool| {
        let mut problems = entry.problems.iter();
        problems.any(|problem| problem.is_classification() == classes)
    };
    let all_able = |classes: bool| {
        let mut entries = members
            .iter()
            .filter_map(|member| algorithm(member.algorithm).ok());
        entries.all(|entry| able(entry, classes))
    };
    if all_able(true) || all_able(false) {
        return Ok(());
    }
    Err(refuse(Fault {
        member: text.trim().to_owned(),
        reason: "some predict only classes and some only numbers".to_owned(),
        hint: "name members that predict the same".to_owned(),
    }))
}

/// The members of a text that was checked; none for `auto`.
pub fn read(text: &str) -> Vec<Member> {
    parsed(text).unwrap_or_default()
}

/// Numbers over 0 with commas between; `None` for anything else.
pub fn numbers(text: &str) -> Option<Vec<f64>> {
    let parts = text.split(',').map(str::trim);
    let is_usable = |number: &f64| number.is_finite() && *number > 0.0;
    match text.trim() {
        "" => Some(Vec::new()),
        _ => parts
            .map(|part| part.parse().ok().filter(is_usable))
            .collect(),
    }
}

fn parsed(text: &str) -> Result<Vec<Member>, Fault> {
    if text.trim() == AUTO {
        return Ok(Vec::new());
    }
    pieces(text)?.into_iter().map(member).collect()
}

/// Cut at the commas outside parentheses.
fn pieces(text: &str) -> Result<Vec<&str>, Fault> {
    let mut pieces = Vec::new();
    let (mut start, mut depth) = (0, 0_u32);
    for (at, sign) in text.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' if depth == 0 => return Err(unbalanced(&text[start..])),
            ')' => depth -= 1,
            ',' if depth == 0 => {
                pieces.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    if depth > 0 {
        return Err(unbalanced(&text[start..]));
    }
    pieces.push(text[start..].trim());
    Ok(pieces)
}

fn unbalanced(piece: &str) -> Fault {
    Fault {
        member: piece.trim().to_owned(),
        reason: "a parenthesis has no other".to_owned(),
        hint: "write parameters like `random_forest(n_estimators=50,max_depth=4)`".to_owned(),
    }
}

fn member(piece: &str) -> Result<Member, Fault> {
    let (name, inside) = match piece.split_once('(') {
        Some((name, rest)) => (name.trim(), rest.strip_suffix(')').unwrap_or(rest).trim()),
        None => (piece, ""),
    };
    let fault = |reason: String, hint: Option<String>| Fault {
        member: piece.to_owned(),
        reason,
        hint: hint.unwrap_or_default(),
    };
    let of_error = |error: Error| fault(error.to_string(), error.hint());
    let entry = algorithm(name).map_err(of_error)?;
    let is_ensemble = |info: &ParamInfo| matches!(info.range, ParamRange::Algorithms { .. });
    if entry.params().iter().any(is_ensemble) {
        return Err(fault(
            "it is made of members itself".to_owned(),
            Some("name its members instead".to_owned()),
        ));
    }
    let assignments = inside
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let params = assignments.map(|word| {
        let (name, value) = word.split_once('=').ok_or_else(|| {
            fault(
                format!("`{word}` holds no `=`"),
                Some("write for example `max_depth=4`".to_owned()),
            )
        })?;
        let name = name.trim();
        let value = parse_param(entry.name, name, value).map_err(of_error)?;
        Ok((name.to_owned(), value))
    });
    Ok(Member {
        algorithm: entry.name,
        params: params.collect::<Result<_, Fault>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_with_their_parameters() {
        let found = read(" ridge, random_forest( n_estimators=50 , max_depth=4 ) ,knn()");
        let names: Vec<&str> = found.iter().map(|member| member.algorithm).collect();
        assert_eq!(names, ["ridge", "random_forest", "knn"]);
        assert_eq!(found[1].params["n_estimators"], ParamValue::Integer(50));
        assert_eq!(found[1].params["max_depth"], ParamValue::Integer(4));
        assert!(found[0].params.is_empty() && found[2].params.is_empty());
        assert_eq!(read("auto"), []);
    }

    #[test]
    fn what_is_wrong_names_the_member() {
        for (text, wanted) in [
            (
                "ridge,",
                "`members` of `voting` cannot be ``: there is no algorithm ``",
            ),
            (
                "ridge,forest",
                "`members` of `voting` cannot be `forest`: there is no algorithm `forest`",
            ),
            (
                "knn(k=3)",
                "`members` of `voting` cannot be `knn(k=3)`: `knn` has no parameter `k`",
            ),
            (
                "knn(n_neighbors)",
                "`members` of `voting` cannot be `knn(n_neighbors)`: `n_neighbors` holds no `=`",
            ),
            (
                "ridge,knn(n_neighbors=3",
                "`members` of `voting` cannot be `knn(n_neighbors=3`: a parenthesis has no other",
            ),
            (
                "ridge),knn",
                "`members` of `voting` cannot be `ridge),knn`: a parenthesis has no other",
            ),
            (
                "ridge,stacking",
                "`members` of `voting` cannot be `stacking`: it is made of members itself",
            ),
            (
                "knn(n_neighbors=0)",
                "`members` of `voting` cannot be `knn(n_neighbors=0)`: the parameter `n_neighbors` of `knn` is 0",
            ),
        ] {
            let error = parse_param("voting", "members", text).unwrap_err();
            assert_eq!(error.to_string(), wanted);
            assert!(error.hint().is_some_and(|hint| !hint.is_empty()), "{text}");
        }
        let many = vec!["ridge"; 21].join(",");
        let error = parse_param("voting", "members", &many).unwrap_err();
        assert_eq!(error.hint().as_deref(), Some("name at most 20"));
        let error = parse_param("stacking", "final", "ridge,knn").unwrap_err();
        assert_eq!(error.hint().as_deref(), Some("name at most 1"));
    }

    #[test]
    fn weights_are_numbers_over_zero() {
        assert_eq!(numbers(" 1, 2.5"), Some(vec![1.0, 2.5]));
        assert_eq!(numbers(""), Some(Vec::new()));
        for text in ["1,", "0", "-1,2", "a", "NaN", "inf"] {
            assert_eq!(numbers(text), None, "{text}");
        }
    }
}
