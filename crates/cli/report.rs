//! `assay report [RUN...|REPLAY] -o FILE.html|.svg|.png`

use std::path::PathBuf;
use std::process::ExitCode;

use assay_core::ask::{ReportRequest, SaveChart};
use assay_core::chart::{ChartRequest, ImageFormat, RenderRequest, ResultPart, Theme};
use assay_core::code::Code;
use assay_core::{ReplayId, RunId};
use assay_lab::{Cause, Error, Lab};

use crate::output::{Output, bytes};

#[derive(clap::Args)]
pub struct Arguments {
    /// Runs (ROC curves as a picture), or one replay (its heat map as a picture); nothing: the whole lab
    #[arg(value_name = "RUN|REPLAY")]
    subjects: Vec<String>,
    /// The file; its ending says what is written
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// What the picture of a run shows; ROC curves when nothing is said
    #[arg(long, value_enum)]
    chart: Option<Chart>,
    /// Pictures in dark colours
    #[arg(long)]
    dark: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Chart {
    Roc,
    Confusion,
    PrecisionRecall,
    Calibration,
    Residuals,
    Importances,
    OwnImportances,
    LearningCurve,
}

impl Chart {
    /// All but ROC curves are of one run.
    fn request(self, runs: Vec<RunId>) -> Result<ChartRequest, Error> {
        let part = match self {
            Self::Roc => return Ok(ChartRequest::Roc { runs }),
            Self::Confusion => None,
            Self::PrecisionRecall => Some(ResultPart::PrecisionRecall),
            Self::Calibration => Some(ResultPart::Calibration),
            Self::Residuals => Some(ResultPart::Residuals),
            Self::Importances => Some(ResultPart::Importances),
            Self::OwnImportances => Some(ResultPart::OwnImportances),
            Self::LearningCurve => Some(ResultPart::LearningCurve),
        };
        let [run] = <[RunId; 1]>::try_from(runs).map_err(|_| {
            let cause = Cause::with_hint(
                Code::Invalid,
                "this chart is of one run",
                "name one run, or leave --chart out for the ROC curves of several",
            );
            Error::new("draw the chart", cause)
        })?;
        Ok(match part {
            Some(part) => ChartRequest::Result { run, part },
            None => ChartRequest::Confusion { run },
        })
    }
}

impl Arguments {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        let ending = self
            .output
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase());
        let replay = self.replay(lab)?;
        let written = match ending.as_deref() {
            Some("html") => {
                let request = match (replay, self.subjects.is_empty()) {
                    (Some(replay), _) => ReportRequest::Replay {
                        replay,
                        judged_by: None,
                    },
                    (None, true) => ReportRequest::Lab,
                    (None, false) => ReportRequest::Runs {
                        runs: lab.find_runs(&self.subjects)?,
                    },
                };
                lab.save_report(&request, &self.output)?
            }
            Some(ending @ ("svg" | "png")) => {
                let (chart, height) = match replay {
                    Some(replay) => (
                        ChartRequest::DriftMap {
                            replay,
                            judged_by: None,
                        },
                        420,
                    ),
                    None => {
                        let runs = lab.find_runs(&self.subjects)?;
                        (self.chart.unwrap_or(Chart::Roc).request(runs)?, 640)
                    }
                };
                let format = if ending == "svg" {
                    ImageFormat::Svg
                } else {
                    ImageFormat::Png
                };
                let theme = if self.dark { Theme::Dark } else { Theme::Light };
                lab.save_chart(&SaveChart {
                    render: RenderRequest {
                        chart,
                        format,
                        theme,
                        width: 960,
                        height,
                    },
                    path: self.output.clone(),
                })?
            }
            _ => {
                let cause = Cause::with_hint(
                    Code::Unsupported,
                    "the ending of the file names no format",
                    "end it in .html, .svg or .png",
                );
                return Err(Error::new(
                    format!("write {}", self.output.display()),
                    cause,
                ));
            }
        };
        output.result(&written, |written| {
            format!("wrote {}, {}", written.path, bytes(written.size_bytes))
        });
        Ok(ExitCode::SUCCESS)
    }

    /// The replay that the one subject names, when it names one.
    fn replay(&self, lab: &Lab) -> Result<Option<ReplayId>, Error> {
        let [subject] = self.subjects.as_slice() else {
            return Ok(None);
        };
        let replays = lab.replays()?;
        Ok(replays
            .into_iter()
            .map(|replay| replay.replay_id)
            .find(|id| subject.len() >= 4 && id.as_str().starts_with(subject.as_str())))
    }
}
