"""LightGBM's own package on the first rows of train.parquet, as the peers' script measures the others: one JSON line.

It gets its features in f32, as ours does: in f64 its bins part other rows, which moves the accuracy by 0.002.
"""
import json
import sys
import time

import lightgbm
import polars

source, n_rows = sys.argv[1], int(sys.argv[2])
table = polars.read_parquet(source).head(n_rows)
matrix = table.select(polars.col(r"^f\d+$")).to_numpy().astype("float32")
wanted = table["label"].to_numpy()
split = len(matrix) * 4 // 5
model = lightgbm.LGBMClassifier(random_state=0, verbosity=-1)
started = time.perf_counter()
model.fit(matrix[:split], wanted[:split])
answer = model.predict(matrix[split:])
figures = {
    "seconds": time.perf_counter() - started,
    "accuracy": float((answer == wanted[split:]).mean()),
}
print(json.dumps({"results": [figures]}))
