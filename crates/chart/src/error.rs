//! Why a chart is not drawn: what is wrong in one clause, and what to do about it.

use assay_core::Code;
use assay_core::chart::CHART_SCHEMA;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// `missing` completes "there is no ...".
    #[error("the chart `{title}` is empty: there is no {missing}")]
    Nothing {
        title: String,
        missing: &'static str,
    },
    #[error(
        "a picture of {width} x {height} pixels is out of range: each side has {min} to {max} pixels",
        min = crate::SIDE_PIXELS.start(),
        max = crate::SIDE_PIXELS.end()
    )]
    Size { width: u32, height: u32 },
    #[error("the chart is of schema {found}, and this Assay knows schemas up to {CHART_SCHEMA}")]
    NewerSpec { found: u32 },
    #[error("the picture could not be drawn: {0}")]
    Draw(String),
    #[cfg(feature = "window")]
    #[error("the plot window did not open: {0}")]
    Window(String),
}

impl Error {
    pub fn code(&self) -> Code {
        match self {
            Self::Nothing { .. } | Self::Size { .. } => Code::Invalid,
            Self::NewerSpec { .. } => Code::NewerData,
            Self::Draw(_) => Code::Bug,
            #[cfg(feature = "window")]
            Self::Window(_) => Code::Unsupported,
        }
    }

    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Nothing { .. } => {
                Some("choose a run, a metric or a column that has finite values")
            }
            Self::Size { .. } => Some("1600 x 1000 suits a slide, 800 x 500 a page"),
            Self::NewerSpec { .. } => Some("install the Assay that wrote it, or a newer one"),
            Self::Draw(_) => None,
            #[cfg(feature = "window")]
            Self::Window(_) => {
                Some("it needs a display with OpenGL; the chart can be saved as SVG or PNG instead")
            }
        }
    }
}
