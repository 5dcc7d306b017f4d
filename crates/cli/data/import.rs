//! `assay data import | preview`

use std::path::PathBuf;

use assay_core::DatasetName;
use assay_core::dataset::{
    BadRows, ImportOptions, ImportOutcome, ImportSpec, TextEncoding, TypeChoice, TypeError,
};
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::preview::{ImportPreview, PreviewRequest};
use assay_core::schema::Form;
use assay_lab::{Error, Lab};

use crate::output::{Output, bytes, plural, table};
use crate::progress;

#[derive(clap::Args)]
pub struct Import {
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    format: Format,
    /// The data set's name; else that of the file
    #[arg(long)]
    name: Option<String>,
    /// Read it as the last file of the same shape was read
    #[arg(long)]
    as_before: bool,
}

#[derive(clap::Args)]
pub struct Preview {
    #[arg(value_name = "PATH")]
    path: PathBuf,
    #[command(flatten)]
    format: Format,
    /// Rows
    #[arg(short, default_value_t = 10)]
    n: u32,
    /// Read it as the last file of the same shape was read
    #[arg(long)]
    as_before: bool,
}

/// How a file is to be read; all of it is found out when nothing is said.
#[derive(clap::Args, Clone)]
pub struct Format {
    /// The first row holds values, not names
    #[arg(long)]
    no_header: bool,
    /// Names for the columns
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    columns: Vec<String>,
    /// What stands between two fields
    #[arg(long, value_name = "C")]
    delimiter: Option<String>,
    /// A text that means missing; may be given several times
    #[arg(long = "null", value_name = "V", allow_hyphen_values = true)]
    null_values: Vec<String>,
    /// What stands around a field; '' for nothing
    #[arg(long, value_name = "C")]
    quote: Option<String>,
    /// The encoding of the text
    #[arg(long, value_enum)]
    encoding: Option<Encoding>,
    /// 1.234,5 is a number
    #[arg(long)]
    decimal_comma: bool,
    /// Lines that begin so are no rows
    #[arg(long, value_name = "PREFIX")]
    comment: Option<String>,
    /// Lines to leave out before the header
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip_lines: u32,
    /// The sheet of a workbook, or the table of a SQLite file
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// A column's type: int, float, bool, text, date, datetime, datetime(ZONE), category, decimal(DIGITS,SCALE)
    #[arg(long = "type", value_name = "COLUMN=TYPE", value_parser = typed)]
    types: Vec<(String, TypeChoice)>,
    /// What becomes of rows that cannot be read
    #[arg(long, value_enum, default_value_t = OnBadRows::Refuse)]
    bad_rows: OnBadRows,
}

#[derive(clap::ValueEnum, Clone, Copy)]
enum Encoding {
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "utf-16le")]
    Utf16Le,
    #[value(name = "utf-16be")]
    Utf16Be,
    Latin1,
}

#[derive(clap::ValueEnum, Clone, Copy)]
enum OnBadRows {
    /// Nothing is imported, and they are counted
    Refuse,
    /// They go to a file of their own
    SetAside,
}

fn typed(text: &str) -> Result<(String, TypeChoice), String> {
    let (column, name) = text
        .rsplit_once('=')
        .ok_or_else(|| "write COLUMN=TYPE".to_owned())?;
    let choice = name.parse().map_err(|error: TypeError| error.to_string())?;
    Ok((column.to_owned(), choice))
}

impl Format {
    pub fn options(&self) -> ImportOptions {
        ImportOptions {
            no_header: self.no_header,
            columns: self.columns.clone(),
            delimiter: self.delimiter.clone(),
            null_values: self.null_values.clone(),
            quote: self.quote.clone(),
            encoding: self.encoding.map(|encoding| match encoding {
                Encoding::Utf8 => TextEncoding::Utf8,
                Encoding::Utf16Le => TextEncoding::Utf16Le,
                Encoding::Utf16Be => TextEncoding::Utf16Be,
                Encoding::Latin1 => TextEncoding::Latin1,
            }),
            decimal_comma: self.decimal_comma.then_some(true),
            comment: self.comment.clone(),
            skip_lines: self.skip_lines,
            sheet: self.sheet.clone(),
            types: self.types.iter().cloned().collect(),
            bad_rows: match self.bad_rows {
                OnBadRows::Refuse => BadRows::Refuse,
                OnBadRows::SetAside => BadRows::SetAside,
            },
        }
    }
}

impl Import {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let mut outcomes: Vec<ImportOutcome> = Vec::new();
        for path in &self.paths {
            let job = progress::run(
                lab,
                JobSpec::Import(ImportSpec {
                    path: absolute(path),
                    name: self.name.clone().map(DatasetName::new),
                    options: if self.as_before {
                        lab.remembered_options(path)?
                    } else {
                        self.format.options()
                    },
                }),
            )?;
            if let Some(JobOutcome::Dataset(outcome)) = job.outcome {
                outcomes.push(outcome);
            }
        }
        match outcomes.as_slice() {
            [one] => output.result(one, imported),
            all => output.result(&serde_json::json!({ "imported": all }), |_| {
                all.iter().map(imported).collect::<Vec<_>>().join("\n")
            }),
        }
        Ok(())
    }
}

fn imported(outcome: &ImportOutcome) -> String {
    let what = if outcome.already_there {
        "is there already as"
    } else {
        "imported as"
    };
    let mut text = format!(
        "{what} {}@{}, {}, {}, b3:{}",
        outcome.dataset,
        outcome.version,
        plural(outcome.n_rows, "row"),
        plural(u64::from(outcome.n_columns), "column"),
        outcome.dataset_version.short(),
    );
    if let Some(aside) = &outcome.set_aside {
        text.push_str(&format!(
            "\nset aside: {} (`assay data set-aside {}@{} FILE` writes them)",
            plural(aside.n_rows, "row"),
            outcome.dataset,
            outcome.version
        ));
        for row in &aside.first {
            text.push_str(&format!("\n- line {} {}", row.line, row.problem));
        }
    }
    text
}

impl Preview {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let preview = lab.preview(&PreviewRequest {
            path: self.path.clone(),
            options: (!self.as_before).then(|| self.format.options()),
            n_rows: self.n,
        })?;
        output.result(&preview, previewed);
        Ok(())
    }
}

fn previewed(preview: &ImportPreview) -> String {
    let head: Vec<String> = preview
        .columns
        .iter()
        .map(|column| {
            let kind = column.kind.label().to_owned();
            let label = column.form.as_ref().map_or(kind, Form::label);
            format!("{} {label}", column.name)
        })
        .collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let rows = preview
        .rows
        .iter()
        .map(|row| {
            row.iter()
                .map(|cell| cell.clone().unwrap_or_else(|| "null".to_owned()))
                .collect()
        })
        .collect();
    let mut text = table(&head, rows, &[]);
    text.push_str(&format!(
        "\n\n{}, {}{}, {} would be `{}`",
        preview.kind,
        bytes(preview.size_bytes),
        preview
            .compression
            .as_ref()
            .map_or(String::new(), |packed| format!(", {packed}")),
        if preview.is_whole {
            plural(preview.n_rows, "row")
        } else {
            format!("{} looked at", plural(preview.n_rows, "row"))
        },
        preview.name
    ));
    if !preview.sheets.is_empty() {
        text.push_str(&format!("\nsheets: {}", preview.sheets.join(", ")));
    }
    for row in &preview.bad_rows {
        text.push_str(&format!("\n- line {} {}", row.line, row.problem));
    }
    for warning in &preview.warnings {
        text.push_str(&format!("\n- {warning}"));
    }
    text
}

/// The worker may stand in another folder.
pub fn absolute(path: &std::path::Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
