//! The gate before training: a data set that breaks a critical rule is not trained on, unless somebody says why.

use assay_core::Task;
use assay_core::code::Code;
use assay_core::dataset::DatasetVersion;
use assay_core::expect::{CheckReport, MAX_PARTIAL, RuleResult, RuleStatus, Severity, describe};
use assay_core::ids::RunId;

use crate::Lab;
use crate::error::Cause;

/// The tag of a run that was trained in spite of a failed check; its value is the reason.
const OVERRIDDEN_TAG: &str = "expectations.overridden";

/// What the gate lets through.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    pub(crate) warnings: Vec<String>,
    overridden: Option<Overridden>,
}

#[derive(Debug)]
struct Overridden {
    reason: String,
    /// What was broken: `2 of 18 expectations failed: ...`
    broken: String,
}

impl Gate {
    /// The tag of the run, when the rules were overridden.
    pub(crate) fn tag(&self) -> Option<(String, String)> {
        let overridden = self.overridden.as_ref()?;
        Some((OVERRIDDEN_TAG.to_owned(), overridden.reason.clone()))
    }
}

impl Lab {
    /// Before training: the saved rules must hold. Without saved rules there is nothing to hold. `reason` overrides
    /// rules that are broken, and says why.
    pub(crate) fn gate_training(
        &self,
        version: &DatasetVersion,
        reason: Option<&str>,
        task: &Task,
    ) -> Result<Gate, Cause> {
        if reason.is_some_and(|reason| reason.trim().is_empty()) {
            return Err(Cause::with_hint(
                Code::Invalid,
                "the reason to override its expectations is empty",
                "say why, for example --override \"the sensor was replaced in March\"",
            ));
        }
        let Some(suite) = self.store.suite(version.dataset.as_str(), None)? else {
            return Ok(Gate::default());
        };
        task.step(0, 0, "checking expectations");
        let report = self.evaluate(version, &suite, MAX_PARTIAL, task)?;
        let mut gate = Gate {
            warnings: warnings(&report),
            overridden: None,
        };
        if report.outcome.passed() {
            return Ok(gate);
        }
        let broken = refusal(&report);
        let Some(reason) = reason else {
            return Err(Cause::with_hint(
                Code::Precondition,
                broken,
                format!(
                    "mend the data or the rules (`assay expect check {}` shows them), or train with --override and a reason",
                    report.dataset
                ),
            ));
        };
        gate.warnings
            .insert(0, format!("{broken}; overridden: {reason}"));
        gate.overridden = Some(Overridden {
            reason: reason.trim().to_owned(),
            broken,
        });
        Ok(gate)
    }

    /// To be called once the run has an id.
    pub(crate) fn audit_override(&self, gate: &Gate, run_id: &RunId) -> Result<(), Cause> {
        if let Some(overridden) = &gate.overridden {
            self.store.append_audit(
                self.act(),
                OVERRIDDEN_TAG,
                run_id.as_str(),
                &format!("{}. Reason: {}", overridden.broken, overridden.reason),
            )?;
        }
        Ok(())
    }
}

/// Rules that failed and only warn.
fn warnings(report: &CheckReport) -> Vec<String> {
    report
        .results
        .iter()
        .filter(|result| result.status == RuleStatus::Failed && !is_broken(result))
        .map(|result| {
            format!(
                "{}: {} of {} rows break it",
                describe(&result.expectation.rule),
                result.n_unexpected,
                result.n_checked
            )
        })
        .collect()
}

/// Whether a result stops training.
fn is_broken(result: &RuleResult) -> bool {
    match result.status {
        RuleStatus::DidNotRun => true,
        RuleStatus::Failed => result.expectation.severity == Severity::Critical,
        RuleStatus::Passed => false,
    }
}

/// ``2 of 18 expectations failed: `bill_length_mm` not null, broken by 2 rows (4, 340)``
fn refusal(report: &CheckReport) -> String {
    let mut broken: Vec<String> = report
        .results
        .iter()
        .filter(|result| is_broken(result))
        .map(|result| {
            let rule = describe(&result.expectation.rule);
            match (&result.problem, result.unexpected_rows.as_slice()) {
                (Some(problem), _) => format!("{rule} did not run ({problem})"),
                (None, []) if result.observed.is_empty() => rule,
                (None, []) => format!("{rule}, observed {}", result.observed),
                (None, rows) => format!("{rule}, {}", broken_rows(rows, result.n_unexpected)),
            }
        })
        .collect();
    let n = broken.len();
    broken.truncate(3);
    let more = if n > 3 {
        format!("; and {} more", n - 3)
    } else {
        String::new()
    };
    format!(
        "{n} of {} expectations failed: {}{more}",
        report.results.len(),
        broken.join("; ")
    )
}

/// `broken by 11 rows (4, 9, 10 …)`
fn broken_rows(rows: &[u64], n_unexpected: u64) -> String {
    let shown: Vec<String> = rows.iter().take(5).map(u64::to_string).collect();
    let more = if n_unexpected > 5 { " …" } else { "" };
    let word = if n_unexpected == 1 { "row" } else { "rows" };
    format!(
        "broken by {n_unexpected} {word} ({}{more})",
        shown.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use assay_core::dataset::{ImportOptions, ImportSpec};

    use super::*;
    use crate::{Environment, Error};

    #[test]
    fn an_override_is_kept_with_run_rules_and_reason() -> Result<(), Error> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        std::fs::write(&file, "id,name\n1,x\n2,\n").unwrap();
        let lab = Lab::create(
            &folder.path().join("lab"),
            Environment::system("test").unwrap(),
        )?;
        let task = Task::silent();
        let spec = ImportSpec {
            path: file,
            name: None,
            options: ImportOptions::default(),
        };
        lab.import(&spec, &task)?;
        let suite =
            "name = 'a'\n[[rules]]\ntype = 'expect_column_values_to_not_be_null'\ncolumn = 'name'";
        lab.import_suite("a.toml", suite, None)?;
        let version = lab.dataset(&"a".parse().unwrap())?.version;

        let refused = lab.gate_training(&version, None, &task).unwrap_err();
        assert_eq!(refused.code(), Code::Precondition);
        assert!(
            refused
                .hint()
                .is_some_and(|hint| hint.contains("--override"))
        );
        let blank = lab.gate_training(&version, Some(" "), &task).unwrap_err();
        assert_eq!(blank.code(), Code::Invalid);

        let gate = lab.gate_training(&version, Some("known"), &task).unwrap();
        let run_id = RunId::from_bits(7);
        lab.audit_override(&gate, &run_id).unwrap();
        assert_eq!(
            gate.tag(),
            Some(("expectations.overridden".to_owned(), "known".to_owned()))
        );
        let entry = &lab.store.audit(Some(run_id.as_str()), 9).unwrap()[0];
        assert_eq!(entry.action, "expectations.overridden");
        let broken = "1 of 1 expectations failed: `name` not null, broken by 1 row (2)";
        assert_eq!(entry.detail, format!("{broken}. Reason: known"));

        lab.undo()?;
        let open = lab.gate_training(&version, Some("known"), &task).unwrap();
        assert!(open.tag().is_none() && open.warnings.is_empty());
        Ok(())
    }
}
