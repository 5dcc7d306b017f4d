//! Writes a filter so that it reads back as itself.

use std::fmt::{self, Write as _};

use super::lexer::{begins_word, is_word};
use super::parser::KEYWORDS;
use super::{Filter, Literal, Operator};

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::And(filters) => {
                for (index, filter) in filters.iter().enumerate() {
                    f.write_str(if index > 0 { " AND " } else { "" })?;
                    inside(f, filter, matches!(filter, Self::And(_) | Self::Or(_)))?;
                }
                Ok(())
            }
            Self::Or(filters) => {
                for (index, filter) in filters.iter().enumerate() {
                    f.write_str(if index > 0 { " OR " } else { "" })?;
                    inside(f, filter, matches!(filter, Self::Or(_)))?;
                }
                Ok(())
            }
            Self::Not(filter) => {
                f.write_str("NOT ")?;
                inside(f, filter, matches!(**filter, Self::And(_) | Self::Or(_)))
            }
            Self::Compare {
                name,
                operator,
                value,
            } => {
                write_name(f, name)?;
                write!(f, " {operator} {value}")
            }
            Self::Like {
                name,
                pattern,
                ignore_case,
                negated,
            } => {
                write_name(f, name)?;
                let not = if *negated { "NOT " } else { "" };
                let like = if *ignore_case { "ILIKE" } else { "LIKE" };
                write!(f, " {not}{like} ")?;
                write_quoted(f, pattern, '\'')
            }
            Self::In {
                name,
                values,
                negated,
            } => {
                write_name(f, name)?;
                f.write_str(if *negated { " NOT IN (" } else { " IN (" })?;
                for (index, value) in values.iter().enumerate() {
                    f.write_str(if index > 0 { ", " } else { "" })?;
                    write!(f, "{value}")?;
                }
                f.write_char(')')
            }
            Self::IsNull { name, negated } => {
                write_name(f, name)?;
                f.write_str(if *negated { " IS NOT NULL" } else { " IS NULL" })
            }
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Text(text) => write_quoted(f, text, '\''),
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

/// A name as a filter has it: in back-ticks where it needs them.
pub fn name_text(name: &str) -> String {
    struct Name<'a>(&'a str);
    impl fmt::Display for Name<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_name(f, self.0)
        }
    }
    Name(name).to_string()
}

fn inside(f: &mut fmt::Formatter<'_>, filter: &Filter, parentheses: bool) -> fmt::Result {
    if parentheses {
        write!(f, "({filter})")
    } else {
        write!(f, "{filter}")
    }
}

fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    let is_keyword = |part: &str| KEYWORDS.iter().any(|k| part.eq_ignore_ascii_case(k));
    let plain = name.split('.').all(|part| {
        part.chars().next().is_some_and(begins_word)
            && part.chars().all(is_word)
            && !is_keyword(part)
    });
    if plain {
        f.write_str(name)
    } else {
        write_quoted(f, name, '`')
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str, quote: char) -> fmt::Result {
    f.write_char(quote)?;
    for c in text.chars() {
        if c == quote {
            f.write_char(quote)?;
        }
        f.write_char(c)?;
    }
    f.write_char(quote)
}
