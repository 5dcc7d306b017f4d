//! polars: files in, canonical Parquet, profiles, expectations, recipes, windows
