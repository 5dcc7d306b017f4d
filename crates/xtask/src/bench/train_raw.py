"""Writes the columns of train.parquet as raw little-endian numbers, which ours reads: x.f32, label.u32, target.f64."""
import sys
from pathlib import Path

import numpy
import polars

source, folder = Path(sys.argv[1]), Path(sys.argv[2])
table = polars.read_parquet(source)
features = table.select(polars.col(r"^f\d+$")).to_numpy()
numpy.ascontiguousarray(features, dtype="<f4").tofile(folder / "x.f32")
table["label"].to_numpy().astype("<u4").tofile(folder / "label.u32")
table["target"].to_numpy().astype("<f8").tofile(folder / "target.f64")
