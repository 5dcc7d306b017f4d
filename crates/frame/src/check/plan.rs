//! What a suite needs to know of a table: rules made ready, and measurements that rules share.

use assay_core::expect::read::{
    Bounds, ColumnTest, Interpolation, KlDivergence, OutlierMethod, Partition, QuantileRange,
    RecordTest, SetRelation, Statistic, TableTest, Test, ValueTest,
};
use assay_core::expect::{Expectation, Problem, Suite};
use assay_core::schema::{ColumnType, Schema};
use serde_json::Value;

use super::condition::RowCondition;
use super::measure::{Measure, Work};
use super::ordered::Direction;
use super::records::RowTest;
use super::value_test::CellTest;
use super::{column_of, wrong_type};

pub(super) struct Plan {
    pub(super) schema: Schema,
    pub(super) rules: Vec<PlannedRule>,
    pub(super) measures: Vec<Measure>,
    pub(super) conditions: Vec<RowCondition>,
}

pub(super) struct PlannedRule {
    pub(super) expectation: Expectation,
    /// Why it cannot be evaluated.
    pub(super) verdict: Result<Planned, Problem>,
}

/// How a rule is judged when all rows were seen. Numbers are places in [`Plan::measures`].
pub(super) struct Planned {
    /// Rows, and missing values where the rule is on one column.
    pub(super) counts: usize,
    pub(super) judge: Judge,
}

pub(super) enum Judge {
    Tally {
        measure: usize,
        mostly: f64,
    },
    Repeats {
        measure: usize,
        mostly: f64,
    },
    ZScores {
        measure: usize,
        threshold: f64,
        double_sided: bool,
        mostly: f64,
    },
    Outliers {
        measure: usize,
        method: OutlierMethod,
        multiplier: f64,
        mostly: f64,
    },
    Type {
        kind: ColumnType,
        names: Vec<String>,
    },
    Statistic {
        measure: usize,
        statistic: Statistic,
        bounds: Bounds,
        kind: ColumnType,
    },
    Quantiles {
        measure: usize,
        ranges: Vec<QuantileRange>,
        interpolation: Interpolation,
    },
    Distinct {
        measure: usize,
        values: Vec<Value>,
        relation: SetRelation,
        kind: ColumnType,
    },
    MostCommon {
        measure: usize,
        values: Vec<Value>,
        ties_okay: bool,
        kind: ColumnType,
    },
    KlDivergence {
        measure: usize,
        test: KlDivergence,
        kind: ColumnType,
    },
    Table(TableTest),
    Query(String),
}

impl Plan {
    pub(super) fn new(suite: &Suite, schema: &Schema) -> Self {
        let mut plan = Self {
            schema: schema.clone(),
            rules: Vec::with_capacity(suite.expectations.len()),
            measures: Vec::new(),
            conditions: Vec::new(),
        };
        for expectation in &suite.expectations {
            let verdict = plan.rule(expectation);
            plan.rules.push(PlannedRule {
                expectation: expectation.clone(),
                verdict,
            });
        }
        plan
    }

    /// The columns that measurements and conditions look at, in the order of the schema.
    pub(super) fn columns(&self) -> Vec<String> {
        let names = self.schema.names();
        let measured = |name: &String| self.measures.iter().any(|m| m.columns.contains(name));
        let asked = |name: &String| self.conditions.iter().any(|c| c.asks_for(name));
        names
            .into_iter()
            .filter(|name| measured(name) || asked(name))
            .collect()
    }

    fn rule(&mut self, expectation: &Expectation) -> Result<Planned, Problem> {
        let read = expectation.rule.read()?;
        let condition = match &read.condition {
            Some(condition) => {
                let condition = RowCondition::new(condition, &self.schema)?;
                let same = self.conditions.iter().position(|known| *known == condition);
                Some(same.unwrap_or_else(|| {
                    self.conditions.push(condition);
                    self.conditions.len() - 1
                }))
            }
            None => None,
        };
        let columns = match &read.test {
            Test::Values { column, .. } | Test::Column { column, .. } => vec![column.clone()],
            _ => Vec::new(),
        };
        for column in &columns {
            column_of(&self.schema, column)?;
        }
        let judge = self.judge(&read.test, condition)?;
        Ok(Planned {
            counts: self.measure(columns, condition, Work::Counts),
            judge,
        })
    }

    /// The place of a measurement; one that is there already is shared.
    fn measure(&mut self, columns: Vec<String>, condition: Option<usize>, work: Work) -> usize {
        let measure = Measure {
            columns,
            condition,
            work,
        };
        let same = self
            .measures
            .iter()
            .position(|known| known.is_same(&measure));
        same.unwrap_or_else(|| {
            self.measures.push(measure);
            self.measures.len() - 1
        })
    }

    fn judge(&mut self, test: &Test, condition: Option<usize>) -> Result<Judge, Problem> {
        if let Some(row_test) = RowTest::new(test, &self.schema) {
            let row_test = row_test?;
            let columns = row_test.columns.clone();
            return Ok(Judge::Tally {
                measure: self.measure(columns, condition, Work::Rows(row_test)),
                mostly: mostly_of(test),
            });
        }
        match test {
            Test::Values {
                column,
                test,
                mostly,
            } => self.values(column, test, *mostly, condition),
            Test::Records {
                columns,
                test: RecordTest::CompoundUnique,
                ignore,
                mostly,
            } => {
                for column in columns {
                    column_of(&self.schema, column)?;
                }
                Ok(Judge::Repeats {
                    measure: self.measure(columns.clone(), condition, Work::RowKeys(*ignore)),
                    mostly: *mostly,
                })
            }
            Test::Column { column, test } => self.column(column, test, condition),
            Test::Table(test) => {
                if let TableTest::ColumnType { column, .. } = test {
                    column_of(&self.schema, column)?;
                }
                Ok(Judge::Table(test.clone()))
            }
            Test::Query(query) => Ok(Judge::Query(query.clone())),
            Test::Pairs { .. } | Test::Records { .. } => {
                Err(Problem("the rule has no evaluation".to_owned()))
            }
        }
    }

    fn values(
        &mut self,
        column: &str,
        test: &ValueTest,
        mostly: f64,
        condition: Option<usize>,
    ) -> Result<Judge, Problem> {
        let kind = column_of(&self.schema, column)?;
        let columns = vec![column.to_owned()];
        if let Some(cells) = CellTest::new(test, column, kind) {
            return Ok(Judge::Tally {
                measure: self.measure(columns, condition, Work::Cells(cells?)),
                mostly,
            });
        }
        let needs = |is_fit: bool, needed: &str| {
            if is_fit {
                Ok(())
            } else {
                Err(wrong_type(column, kind, needed))
            }
        };
        Ok(match test {
            ValueTest::Unique => Judge::Repeats {
                measure: self.measure(columns, condition, Work::Keys),
                mostly,
            },
            ValueTest::Ordered {
                descending,
                strictly,
            } => {
                let is_fit = !matches!(kind, ColumnType::Text | ColumnType::Boolean);
                needs(is_fit, "numbers or dates")?;
                let direction = Direction {
                    descending: *descending,
                    strictly: *strictly,
                };
                Judge::Tally {
                    measure: self.measure(columns, condition, Work::Ordered(direction)),
                    mostly,
                }
            }
            ValueTest::ZScore {
                threshold,
                double_sided,
            } => {
                needs(kind.is_numeric(), "numbers")?;
                Judge::ZScores {
                    measure: self.measure(columns, condition, Work::Numbers { with_rows: true }),
                    threshold: *threshold,
                    double_sided: *double_sided,
                    mostly,
                }
            }
            ValueTest::NotOutlier { method, multiplier } => {
                needs(kind.is_numeric(), "numbers")?;
                Judge::Outliers {
                    measure: self.measure(columns, condition, Work::Numbers { with_rows: true }),
                    method: *method,
                    multiplier: *multiplier,
                    mostly,
                }
            }
            ValueTest::OfType(names) => Judge::Type {
                kind,
                names: names.clone(),
            },
            _ => return Err(Problem("the rule has no evaluation".to_owned())),
        })
    }

    fn column(
        &mut self,
        column: &str,
        test: &ColumnTest,
        condition: Option<usize>,
    ) -> Result<Judge, Problem> {
        let kind = column_of(&self.schema, column)?;
        let columns = vec![column.to_owned()];
        let numbers = Work::Numbers { with_rows: false };
        let needs_numbers = || {
            if kind.is_numeric() {
                Ok(())
            } else {
                Err(wrong_type(column, kind, "numbers"))
            }
        };
        Ok(match test {
            ColumnTest::Statistic { statistic, bounds } => {
                let work = match statistic {
                    Statistic::Min | Statistic::Max => {
                        // the bounds must compare with the values
                        CellTest::new(&ValueTest::Between(bounds.clone()), column, kind)
                            .transpose()?;
                        Work::Extremes
                    }
                    Statistic::Mean | Statistic::Stdev | Statistic::Sum => {
                        needs_numbers()?;
                        Work::Moments
                    }
                    Statistic::Median => {
                        needs_numbers()?;
                        numbers
                    }
                    Statistic::DistinctCount | Statistic::DistinctShare => Work::Keys,
                    Statistic::NonNullShare => Work::Counts,
                };
                Judge::Statistic {
                    measure: self.measure(columns, condition, work),
                    statistic: *statistic,
                    bounds: bounds.clone(),
                    kind,
                }
            }
            ColumnTest::Quantiles(ranges, interpolation) => {
                needs_numbers()?;
                Judge::Quantiles {
                    measure: self.measure(columns, condition, numbers),
                    ranges: ranges.clone(),
                    interpolation: *interpolation,
                }
            }
            ColumnTest::Distinct { values, relation } => Judge::Distinct {
                measure: self.measure(columns, condition, Work::Distinct),
                values: values.clone(),
                relation: *relation,
                kind,
            },
            ColumnTest::MostCommon { values, ties_okay } => Judge::MostCommon {
                measure: self.measure(columns, condition, Work::Distinct),
                values: values.clone(),
                ties_okay: *ties_okay,
                kind,
            },
            ColumnTest::KlDivergence(test) => {
                let of_values = match test.partition {
                    Some(Partition::Values { .. }) => true,
                    Some(Partition::Bins { .. }) => false,
                    None => !test.bucketize,
                };
                let work = if of_values {
                    Work::Distinct
                } else {
                    needs_numbers()?;
                    numbers
                };
                Judge::KlDivergence {
                    measure: self.measure(columns, condition, work),
                    test: test.clone(),
                    kind,
                }
            }
        })
    }
}

fn mostly_of(test: &Test) -> f64 {
    match test {
        Test::Values { mostly, .. } | Test::Pairs { mostly, .. } | Test::Records { mostly, .. } => {
            *mostly
        }
        _ => 1.0,
    }
}
