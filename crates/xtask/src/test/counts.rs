//! How many tests passed and failed, read from what the test runners print.

use std::fmt;
use std::ops::AddAssign;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The line that CI reads.
impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Whose report it is.
#[derive(Debug, Clone, Copy)]
pub enum Runner {
    Cargo,
    Vitest,
}

/// The sum over all the summary lines in `output`.
pub fn read(runner: Runner, output: &str) -> Counts {
    let mut counts = Counts::default();
    for line in output.lines().map(str::trim) {
        let summary = match runner {
            // test result: FAILED. 3 passed; 1 failed; 0 ignored; ...
            Runner::Cargo => line
                .strip_prefix("test result: ")
                .and_then(|rest| rest.split_once(". "))
                .map(|(_, rest)| rest),
            // Tests  1 failed | 3 passed (4)
            Runner::Vitest => line.strip_prefix("Tests  "),
        };
        let Some(summary) = summary else { continue };
        for part in summary.split([';', '|']) {
            let mut words = part.split_whitespace();
            let number = words.next().and_then(|word| word.parse::<u64>().ok());
            match (number, words.next()) {
                (Some(number), Some("passed")) => counts.passed += number,
                (Some(number), Some("failed")) => counts.failed += number,
                _ => {}
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_added_up_and_nothing_else_is_counted() {
        let cargo = "\
test ids::parse ... ok
test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.10s
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s
";
        let vitest = "
 Test Files  1 failed | 2 passed (3)
      Tests  1 failed | 41 passed (42)
   Duration  1.20s
";
        for (runner, output, expected) in [
            (Runner::Cargo, cargo, (15, 2)),
            (Runner::Vitest, vitest, (41, 1)),
            (Runner::Vitest, "      Tests  7 passed (7)", (7, 0)),
            (Runner::Cargo, "error: could not compile", (0, 0)),
        ] {
            let (passed, failed) = expected;
            assert_eq!(read(runner, output), Counts { passed, failed });
        }
    }

    #[test]
    fn the_last_line_is_what_ci_reads() {
        let counts = Counts {
            passed: 310,
            failed: 0,
        };
        assert_eq!(counts.to_string(), "310 passed, 0 failed");
    }
}
