"""What `cargo xtask bench serve` measures beside Assay, in Python. The first word says what:

prepare DATA FOLDER     train.parquet -> rows to train on, columns to score, and one request of each form
fastapi MODEL PORT      a FastAPI application around onnxruntime, as a user would write it
in_process MODEL FOLDER onnxruntime's own call, row by row
forest FOLDER           scikit-learn's forest on the same rows
"""

import json
import sys
import time
from pathlib import Path

N_TRAINED = 100_000
N_SCORED = 1_000_000
SINGLE_ROWS = 5_000


def prepare(data, folder):
    import pandas as pd

    table = pd.read_parquet(Path(data) / "train.parquet")
    features = [name for name in table.columns if name.startswith("f")]
    folder = Path(folder)
    table.head(N_TRAINED)[features + ["label"]].to_parquet(folder / "rows.parquet", index=False)
    scored = table.head(N_SCORED)[features]
    scored.to_parquet(folder / "scored.parquet", index=False)
    scored.to_numpy(dtype="<f8").T.tofile(folder / "columns.f64")
    record = {name: float(scored[name].iloc[0]) for name in features}
    (folder / "record.json").write_text(json.dumps(record))
    (folder / "invocation.json").write_text(json.dumps({"dataframe_records": [record]}))
    print(json.dumps({"n_columns": len(features)}))


def feeds(session, record):
    import numpy as np

    return {
        port.name: np.array([record[port.name]], dtype=np.float64 if port.type == "tensor(double)" else object)
        for port in session.get_inputs()
    }


def application(model):
    import onnxruntime
    from fastapi import FastAPI

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    app = FastAPI()

    @app.get("/health")
    def health():
        return "OK"

    @app.post("/predict")
    async def predict(record: dict):
        label, probabilities = session.run(None, feeds(session, record))
        return {"label": label[0].item() if hasattr(label[0], "item") else label[0], "probabilities": probabilities[0].tolist()}

    return app


def fastapi(model, port):
    import uvicorn

    uvicorn.run(application(model), host="127.0.0.1", port=int(port), log_level="error", access_log=False)


def in_process(model, folder):
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [port.name for port in session.get_inputs()]
    columns = np.fromfile(Path(folder) / "columns.f64", dtype="<f8").reshape(len(names), -1)
    rows = [{name: columns[i, row : row + 1].copy() for i, name in enumerate(names)} for row in range(SINGLE_ROWS)]
    latencies = []
    for row in rows:
        started = time.perf_counter()
        session.run(None, row)
        latencies.append((time.perf_counter() - started) * 1e6)
    latencies.sort()
    print(
        json.dumps(
            {
                "single_p50_us": latencies[len(latencies) // 2],
                "single_p99_us": latencies[int(len(latencies) * 0.99)],
                "version": onnxruntime.__version__,
            }
        )
    )


def forest(folder):
    import pandas as pd
    import sklearn
    from sklearn.ensemble import RandomForestClassifier

    rows = pd.read_parquet(Path(folder) / "rows.parquet")
    scored = pd.read_parquet(Path(folder) / "scored.parquet").to_numpy(dtype="float32")
    features = [name for name in rows.columns if name != "label"]
    model = RandomForestClassifier(100, max_depth=10, n_jobs=2, random_state=0)
    model.fit(rows[features].to_numpy(dtype="float32"), rows["label"].to_numpy())
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        model.predict_proba(scored)
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"batch_secs": sorted(seconds)[1], "rows": len(scored), "version": sklearn.__version__}))


if __name__ == "__main__":
    {"prepare": prepare, "fastapi": fastapi, "in_process": in_process, "forest": forest}[sys.argv[1]](*sys.argv[2:])
