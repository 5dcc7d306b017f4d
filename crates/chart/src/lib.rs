//! ChartSpec to SVG, PNG and the native plot window
