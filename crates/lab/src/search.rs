//! Search: what the command palette finds by name.

use std::time::Instant;

use assay_core::ask::{SearchAnswer, SearchRequest};
use assay_core::lab::{SearchHit, SearchKind};
use assay_core::run_table::RunQuery;

use crate::{Error, Lab};

/// Runs that are looked through, newest first.
const MAX_RUNS: u32 = 10_000;

impl Lab {
    /// Data sets, models, replays and runs whose name holds every word of the text.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, Error> {
        let started = Instant::now();
        let words: Vec<String> = request
            .text
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let mut all = Vec::new();
        for dataset in self.datasets()? {
            let latest = dataset.latest;
            all.push(SearchHit {
                kind: SearchKind::Dataset,
                title: latest.dataset.to_string(),
                detail: format!(
                    "{} rows, {} columns",
                    latest.n_rows,
                    latest.columns.columns.len()
                ),
                route: format!("/data/{}", encoded(latest.dataset.as_str())),
            });
        }
        for model in self.models()? {
            all.push(SearchHit {
                kind: SearchKind::Model,
                title: model.newest.as_ref().map_or_else(
                    || model.model.to_string(),
                    |newest| newest.key().to_string(),
                ),
                detail: model.newest.as_ref().map_or_else(
                    || "no version".to_owned(),
                    |newest| newest.stage.label().to_owned(),
                ),
                route: format!("/models/{}", encoded(model.model.as_str())),
            });
        }
        for replay in self.replays()? {
            let verdict = if replay.drifted.is_empty() {
                "stable"
            } else {
                "drifted"
            };
            all.push(SearchHit {
                kind: SearchKind::Replay,
                title: format!("{} on {}", replay.against(), replay.logs.join(", ")),
                detail: format!("{verdict}, {} windows", replay.n_windows),
                route: format!("/replay/{}", replay.replay_id),
            });
        }
        for run in self
            .runs(&RunQuery {
                columns: Some(vec!["params.algorithm".to_owned()]),
                skip_names: true,
                limit: MAX_RUNS,
                ..RunQuery::default()
            })?
            .runs
        {
            all.push(SearchHit {
                kind: SearchKind::Run,
                title: run.summary.name.clone(),
                detail: run
                    .summary
                    .params
                    .get("algorithm")
                    .cloned()
                    .unwrap_or_default(),
                route: format!("/runs/{}", run.summary.run_id),
            });
        }
        let n_searched = all.len() as u64;
        all.retain(|hit| {
            let title = hit.title.to_lowercase();
            words.iter().all(|word| title.contains(word))
        });
        all.truncate(request.limit.min(100) as usize);
        Ok(SearchAnswer {
            hits: all,
            n_searched,
            duration_secs: started.elapsed().as_secs_f64(),
        })
    }
}

/// A name as one part of an address; what is no letter, digit or mark of a name is percent-encoded.
pub(crate) fn encoded(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_one_part_of_an_address() {
        for (name, part) in [
            ("penguins", "penguins"),
            ("März 26", "M%C3%A4rz%2026"),
            ("a.b-c_d", "a.b-c_d"),
        ] {
            assert_eq!(encoded(name), part);
        }
    }
}
