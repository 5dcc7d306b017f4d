//! A rule read from its arguments: typed, complete and checked, as an evaluation needs it.

mod arguments;
mod partition;
mod types;

use serde_json::Value;

use super::condition::Condition;
use super::{Problem, Rule, RuleType};
use arguments::Arguments;

pub use partition::{KlDivergence, Partition};
pub use types::column_types;

/// A rule whose arguments were understood.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRule {
    pub test: Test,
    /// The rows that it looks at; `None` for all.
    pub condition: Option<Condition>,
}

/// What a rule asks, by what it looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Each value of a column.
    Values {
        column: String,
        test: ValueTest,
        mostly: f64,
    },
    /// Two columns, row by row.
    Pairs {
        column_a: String,
        column_b: String,
        test: PairTest,
        ignore: IgnoreRow,
        mostly: f64,
    },
    /// Several columns, row by row.
    Records {
        columns: Vec<String>,
        test: RecordTest,
        ignore: IgnoreRow,
        mostly: f64,
    },
    /// A column as a whole.
    Column {
        column: String,
        test: ColumnTest,
    },
    Table(TableTest),
    /// A query that selects bad rows.
    Query(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum ValueTest {
    NotNull,
    Null,
    Unique,
    Between(Bounds),
    InSet {
        values: Vec<Value>,
        negated: bool,
    },
    /// Names of types as GX, pandas, SQL or people write them.
    OfType(Vec<String>),
    /// Characters.
    Length(Bounds),
    Regex(Patterns),
    /// As in SQL.
    Like {
        patterns: Patterns,
        escape: Option<char>,
    },
    Strftime(String),
    DateParseable,
    JsonParseable,
    JsonSchema(Value),
    /// Compared with the value before; the first one holds.
    Ordered {
        descending: bool,
        strictly: bool,
    },
    ZScore {
        threshold: f64,
        double_sided: bool,
    },
    NotOutlier {
        method: OutlierMethod,
        multiplier: f64,
    },
}

/// Patterns of which one or all must match, or none may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patterns {
    pub patterns: Vec<String>,
    pub wanted: Wanted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Any,
    All,
    None,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutlierMethod {
    /// Outside of the quartiles by more than so many interquartile ranges.
    Iqr,
    /// So many standard deviations from the mean, or more.
    Std,
}

#[derive(Debug, Clone, PartialEq)]
pub enum PairTest {
    Equal,
    Greater { or_equal: bool },
    InSet(Vec<(Value, Value)>),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RecordTest {
    CompoundUnique,
    /// All different within a row.
    Different,
    Equal,
    Sum(f64),
}

/// Which rows are not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IgnoreRow {
    AllMissing,
    AnyMissing,
    Never,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ColumnTest {
    Statistic {
        statistic: Statistic,
        bounds: Bounds,
    },
    Quantiles(Vec<QuantileRange>, Interpolation),
    Distinct {
        values: Vec<Value>,
        relation: SetRelation,
    },
    MostCommon {
        values: Vec<Value>,
        ties_okay: bool,
    },
    KlDivergence(KlDivergence),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Statistic {
    Min,
    Max,
    Mean,
    Median,
    /// Divisor n − 1.
    Stdev,
    Sum,
    DistinctCount,
    /// Distinct values over values that are there.
    DistinctShare,
    /// Values that are there over rows.
    NonNullShare,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuantileRange {
    /// 0 to 1.
    pub probability: f64,
    pub min: Option<f64>,
    pub max: Option<f64>,
}

/// Which number a quantile between two values is; as in numpy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interpolation {
    Linear,
    Lower,
    Higher,
    Midpoint,
    Nearest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetRelation {
    /// Every distinct value is in the set.
    InSet,
    /// Every value of the set occurs.
    ContainsSet,
    EqualsSet,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TableTest {
    RowCount(Bounds),
    /// As many rows as the newest version of another data set has.
    RowCountOf(String),
    ColumnCount(Bounds),
    ColumnSet {
        columns: Vec<String>,
        /// Other columns are not allowed.
        exact: bool,
    },
    ColumnList(Vec<String>),
    ColumnExists {
        column: String,
        /// 0-based.
        index: Option<u64>,
    },
    ColumnType {
        column: String,
        type_name: String,
    },
}

/// Bounds are inclusive unless strict; an absent bound does not bound.
///
/// Invariant: where both are numbers, `min` is not above `max`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bounds {
    pub min: Option<Bound>,
    pub max: Option<Bound>,
    pub strict_min: bool,
    pub strict_max: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    Integer(i64),
    Float(f64),
    /// A date, a date-time, or a text to compare with.
    Text(String),
}

impl Bound {
    /// `None` for a text.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Text(_) => None,
        }
    }
}

impl Bounds {
    /// Exactly this number.
    pub fn exactly(value: u64) -> Self {
        let bound = || {
            let whole = i64::try_from(value);
            Some(whole.map_or(Bound::Float(value as f64), Bound::Integer))
        };
        Self {
            min: bound(),
            max: bound(),
            ..Self::default()
        }
    }

    /// Whether a number lies within; a NaN does not. Bounds that are texts do not bound numbers.
    pub fn hold(&self, value: f64) -> bool {
        let min = self.min.as_ref().and_then(Bound::number);
        let max = self.max.as_ref().and_then(Bound::number);
        let above = match min {
            None => !value.is_nan(),
            Some(min) if self.strict_min => value > min,
            Some(min) => value >= min,
        };
        let below = match max {
            None => !value.is_nan(),
            Some(max) if self.strict_max => value < max,
            Some(max) => value <= max,
        };
        above && below
    }
}

impl Rule {
    /// Reads the arguments. Those that the type does not take are left alone; [`Rule::not_understood`] names them.
    ///
    /// # Errors
    /// A sentence on the first argument that is missing, of the wrong kind or out of its range.
    pub fn read(&self) -> Result<ReadRule, Problem> {
        let arguments = Arguments(&self.kwargs);
        Ok(ReadRule {
            test: read_test(self.type_, arguments)?,
            condition: read_condition(self.type_, arguments)?,
        })
    }
}

fn read_condition(type_: RuleType, arguments: Arguments<'_>) -> Result<Option<Condition>, Problem> {
    let Some(value) = arguments.get("row_condition") else {
        return Ok(None);
    };
    if !super::catalogue::takes(type_, "row_condition") {
        return Ok(None);
    }
    if arguments.text("condition_parser")? == Some("spark") {
        return Err(Problem(
            "`condition_parser` is spark; write the condition for pandas or for great_expectations"
                .to_owned(),
        ));
    }
    if value.as_str().is_some_and(str::is_empty) {
        return Ok(None);
    }
    Condition::read(value).map(Some)
}

fn read_test(type_: RuleType, arguments: Arguments<'_>) -> Result<Test, Problem> {
    use RuleType as T;
    let mostly = arguments.mostly()?;
    let values = |test| -> Result<Test, Problem> {
        Ok(Test::Values {
            column: arguments.column("column")?,
            test,
            mostly,
        })
    };
    let pairs = |test| -> Result<Test, Problem> {
        Ok(Test::Pairs {
            column_a: arguments.column("column_A")?,
            column_b: arguments.column("column_B")?,
            test,
            ignore: arguments.ignore_pair()?,
            mostly,
        })
    };
    let records = |test| -> Result<Test, Problem> {
        Ok(Test::Records {
            columns: arguments.some_columns("column_list", 2)?,
            test,
            ignore: arguments.ignore_record()?,
            mostly,
        })
    };
    let column = |test| -> Result<Test, Problem> {
        Ok(Test::Column {
            column: arguments.column("column")?,
            test,
        })
    };
    let statistic = |statistic, bounds: Result<Bounds, Problem>| {
        column(ColumnTest::Statistic {
            statistic,
            bounds: bounds?,
        })
    };
    let distinct = |relation| {
        column(ColumnTest::Distinct {
            values: arguments.values("value_set")?,
            relation,
        })
    };
    let in_set = |negated| {
        values(ValueTest::InSet {
            values: arguments.values("value_set")?,
            negated,
        })
    };
    let regex = |name, wanted| values(ValueTest::Regex(arguments.patterns(name, wanted)?));
    let like = |name, wanted| {
        values(ValueTest::Like {
            patterns: arguments.patterns(name, wanted)?,
            escape: arguments.escape()?,
        })
    };
    let ordered = |descending| {
        values(ValueTest::Ordered {
            descending,
            strictly: arguments.flag("strictly", false)?,
        })
    };
    match type_ {
        T::NotNull => values(ValueTest::NotNull),
        T::Null => values(ValueTest::Null),
        T::ValuesUnique => values(ValueTest::Unique),
        T::ValuesBetween => values(ValueTest::Between(arguments.bounds()?)),
        T::InSet => in_set(false),
        T::NotInSet => in_set(true),
        T::OfType => values(ValueTest::OfType(vec![arguments.type_name("type_")?])),
        T::InTypeList => values(ValueTest::OfType(arguments.type_names("type_list")?)),
        T::LengthsBetween => values(ValueTest::Length(arguments.counts()?)),
        T::LengthsEqual => values(ValueTest::Length(Bounds::exactly(
            arguments.count("value")?,
        ))),
        T::Regex if arguments.get("regex").is_none() => values(ValueTest::Regex(Patterns {
            patterns: vec!["(?s).*".to_owned()],
            wanted: Wanted::Any,
        })),
        T::Regex => regex("regex", Wanted::Any),
        T::NotRegex => regex("regex", Wanted::None),
        T::RegexList => regex("regex_list", arguments.match_on()?),
        T::NotRegexList => regex("regex_list", Wanted::None),
        T::Like => like("like_pattern", Wanted::Any),
        T::NotLike => like("like_pattern", Wanted::None),
        T::LikeList => like("like_pattern_list", arguments.match_on()?),
        T::NotLikeList => like("like_pattern_list", Wanted::None),
        T::Strftime => values(ValueTest::Strftime(
            arguments.need_text("strftime_format")?.to_owned(),
        )),
        T::DateParseable => values(ValueTest::DateParseable),
        T::JsonParseable => values(ValueTest::JsonParseable),
        T::JsonSchema => values(ValueTest::JsonSchema(
            arguments.object("json_schema")?.clone(),
        )),
        T::Increasing => ordered(false),
        T::Decreasing => ordered(true),
        T::ZScores => values(ValueTest::ZScore {
            threshold: arguments.need_number("threshold")?,
            double_sided: arguments.flag("double_sided", true)?,
        }),
        T::NotOutliers => values(arguments.outliers()?),
        T::PairEqual => pairs(PairTest::Equal),
        T::PairGreater => pairs(PairTest::Greater {
            or_equal: arguments.flag("or_equal", false)?,
        }),
        T::PairInSet => pairs(PairTest::InSet(arguments.pairs("value_pairs_set")?)),
        T::CompoundUnique => records(RecordTest::CompoundUnique),
        T::UniqueWithinRecord | T::MulticolumnUnique => records(RecordTest::Different),
        T::MulticolumnEqual => records(RecordTest::Equal),
        T::MulticolumnSum => records(RecordTest::Sum(arguments.need_number("sum_total")?)),
        T::Min => statistic(Statistic::Min, arguments.bounds()),
        T::Max => statistic(Statistic::Max, arguments.bounds()),
        T::Mean => statistic(Statistic::Mean, arguments.numbers()),
        T::Median => statistic(Statistic::Median, arguments.numbers()),
        T::Stdev => statistic(Statistic::Stdev, arguments.numbers()),
        T::Sum => statistic(Statistic::Sum, arguments.numbers()),
        T::DistinctCount => statistic(Statistic::DistinctCount, arguments.counts()),
        T::DistinctShare => statistic(Statistic::DistinctShare, arguments.numbers()),
        T::NonNullShare => statistic(Statistic::NonNullShare, arguments.numbers()),
        T::Quantiles => {
            let (ranges, interpolation) = arguments.quantiles()?;
            column(ColumnTest::Quantiles(ranges, interpolation))
        }
        T::KlDivergence => column(ColumnTest::KlDivergence(partition::read(arguments)?)),
        T::DistinctInSet => distinct(SetRelation::InSet),
        T::DistinctContainSet => distinct(SetRelation::ContainsSet),
        T::DistinctEqualSet => distinct(SetRelation::EqualsSet),
        T::MostCommonInSet => column(ColumnTest::MostCommon {
            values: arguments.values("value_set")?,
            ties_okay: arguments.flag("ties_okay", false)?,
        }),
        T::ColumnExists => Ok(Test::Table(TableTest::ColumnExists {
            column: arguments.column("column")?,
            index: match arguments.get("column_index") {
                Some(_) => Some(arguments.count("column_index")?),
                None => None,
            },
        })),
        T::ColumnType => Ok(Test::Table(TableTest::ColumnType {
            column: arguments.column("column")?,
            type_name: arguments.type_name("type_")?,
        })),
        T::ColumnCountEqual => {
            let count = Bounds::exactly(arguments.count("value")?);
            Ok(Test::Table(TableTest::ColumnCount(count)))
        }
        T::ColumnCountBetween => Ok(Test::Table(TableTest::ColumnCount(arguments.counts()?))),
        T::ColumnsMatchSet => Ok(Test::Table(TableTest::ColumnSet {
            columns: arguments.some_columns("column_set", 0)?,
            exact: arguments.flag("exact_match", true)?,
        })),
        T::ColumnsMatchList => {
            let columns = arguments.some_columns("column_list", 0)?;
            Ok(Test::Table(TableTest::ColumnList(columns)))
        }
        T::RowCountEqual => {
            let count = Bounds::exactly(arguments.count("value")?);
            Ok(Test::Table(TableTest::RowCount(count)))
        }
        T::RowCountBetween => Ok(Test::Table(TableTest::RowCount(arguments.counts()?))),
        T::RowCountEqualOther => {
            let other = arguments.need_text("other_table_name")?.to_owned();
            Ok(Test::Table(TableTest::RowCountOf(other)))
        }
        T::NotUnderstood => Err(Problem(format!(
            "{} is not understood here",
            super::foreign_type(arguments.0)
        ))),
        T::UnexpectedRows => {
            let query = arguments.need_text("unexpected_rows_query")?.to_owned();
            Ok(Test::Query(query))
        }
    }
}
