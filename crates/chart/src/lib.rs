//! Charts drawn from `core::chart::ChartSpec`: as SVG, as PNG, and (feature `window`) in a native plot window.
//!
//! One routine (`figure::draw`) lays a figure out in CSS pixels and draws it through plotters' `DrawingBackend`; SVG and
//! PNG differ in the backend alone, so that the two pictures have the same geometry. The ticks, the numbers, the
//! colours and the thinning of long lines are shared with the window.
//!
//! Invariant: nothing here touches a file; a caller gets text or bytes.

mod canvas;
mod domain;
mod error;
mod figure;
mod font;
mod layout;
mod number;
mod palette;
mod raster;
mod thin;
mod ticks;
mod vector;
#[cfg(feature = "window")]
pub mod window;

use assay_core::chart::{CHART_SCHEMA, ChartSpec, Theme};

pub use error::Error;
pub use palette::{Palette, Rgb};

/// The shortest and the longest side of a picture, in pixels.
pub const SIDE_PIXELS: std::ops::RangeInclusive<u32> = 100..=8_000;

/// A self-contained SVG document, `width` x `height` CSS pixels, the same bytes for the same spec.
///
/// Values that are not finite (and values that are not positive, on a log axis) are gaps. Text names a list of
/// system fonts and is measured in Noto Sans. A line is thinned to the lowest and the highest point of each pixel
/// column, so that spikes stay.
///
/// # Errors
/// [`Error::Size`], [`Error::NewerSpec`], and [`Error::Nothing`] when the figure has no value that can be drawn.
pub fn svg(spec: &ChartSpec, theme: Theme, width: u32, height: u32) -> Result<String, Error> {
    check(spec, width, height)?;
    vector::document(spec, theme, width, height)
}

/// A PNG of exactly `width` x `height` pixels.
///
/// Small pictures look like the SVG of the same size. In large ones text and lines grow along, in whole steps, so
/// that they stay legible on a slide: one CSS pixel is `max(1, min(width / 800, height / 500))` pixels (whole division).
/// A chart for a screen of double density is therefore asked for at double its size, 1600 x 1000 rather than 800 x 500.
///
/// # Errors
/// As [`svg`].
pub fn png(spec: &ChartSpec, theme: Theme, width: u32, height: u32) -> Result<Vec<u8>, Error> {
    check(spec, width, height)?;
    raster::image(spec, theme, width, height)
}

fn check(spec: &ChartSpec, width: u32, height: u32) -> Result<(), Error> {
    if spec.schema > CHART_SCHEMA {
        return Err(Error::NewerSpec { found: spec.schema });
    }
    if !SIDE_PIXELS.contains(&width) || !SIDE_PIXELS.contains(&height) {
        return Err(Error::Size { width, height });
    }
    Ok(())
}
