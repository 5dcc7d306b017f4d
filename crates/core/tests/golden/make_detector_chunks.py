"""Writes detector_chunks.json: in which chunks of 500 rows NannyML's realised accuracy alerts, on the streams of
make_detectors.py. Run: python make_detector_chunks.py (nannyml alone; River is not needed)
"""

import json
import os
import sys
import types

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"

import nannyml
import pandas as pd

# The streams need nothing of River.
for name in ("river", "river.drift", "river.drift.binary"):
    sys.modules.setdefault(name, types.ModuleType(name))
sys.modules["river"].drift = sys.modules["river.drift"]
sys.modules["river.drift"].binary = sys.modules["river.drift.binary"]
import make_detectors as streams

N_CHUNK = 500


def frame(values):
    # The truth alternates, so that both classes occur; the prediction is wrong where the stream says so.
    truth = [row % 2 for row in range(len(values))]
    predicted = [t if value == 0 else 1 - t for t, value in zip(truth, values)]
    return pd.DataFrame({"truth": truth, "predicted": predicted, "score": [0.1 + 0.8 * p for p in predicted]})


def main():
    cases = []
    for kind in streams.KINDS:
        for seed in streams.SEEDS:
            calculator = nannyml.PerformanceCalculator(
                metrics=["accuracy"],
                y_true="truth",
                y_pred="predicted",
                y_pred_proba="score",
                problem_type="classification_binary",
                chunk_size=N_CHUNK,
            )
            calculator.fit(frame(streams.errors("none", 1_000 + seed)))
            found = calculator.calculate(frame(streams.errors(kind, seed))).filter(period="analysis").to_df()
            alerts = found[("accuracy", "alert")].tolist()
            cases.append({"kind": kind, "seed": seed, "chunks": [i for i, alert in enumerate(alerts) if alert]})
    golden = {"nannyml": nannyml.__version__, "n_chunk": N_CHUNK, "cases": cases}
    with open("detector_chunks.json", "w") as file:
        file.write(json.dumps(golden, separators=(",", ":")).replace('{"kind"', '\n{"kind"') + "\n")


if __name__ == "__main__":
    main()
