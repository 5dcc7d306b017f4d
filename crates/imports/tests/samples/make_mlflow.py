"""Makes the samples of MLflow's stores: a folder of files and a SQLite database, each with what the client says of it.

    python make_mlflow.py FOLDER        in an environment with one mlflow package (1.30.1, 2.3.2, 2.22.2, 3.17.2)

Writes FOLDER/<version>/{mlruns/,mlflow.db,mlartifacts/,files.json,database.json}. The JSON is what MlflowClient reads
back; a test holds the import against it.
"""

import json
import math
import os
import sqlite3
import sys
from pathlib import Path

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"

import mlflow
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.tracking import MlflowClient

START = 1_700_000_000_000


def fill(client, artifacts):
    place = (lambda name: f"{artifacts}/{name}") if artifacts else (lambda name: None)
    wines = client.create_experiment("wines", artifact_location=place("wines"))
    client.set_experiment_tag(wines, "team", "röd")
    gone = client.create_experiment("gone", artifact_location=place("gone"))

    def begin(experiment, name, **tags):
        tags = {"mlflow.runName": name, "mlflow.user": "anna", **tags}
        return client.create_run(experiment, start_time=START, tags=tags).info.run_id

    parent = begin(wines, "sweep")
    client.log_param(parent, "trials", "2")
    child = begin(wines, "trial 1", **{"mlflow.parentRunId": parent, "note": "two\nlines: 'quoted'"})
    points = [Metric("loss", 1 / (step + 1), START + step, step) for step in range(40)]
    points += [
        Metric("odd", math.nan, START + 1, 0),
        Metric("odd", math.inf, START + 2, 1),
        Metric("odd", -math.inf, START + 3, 2),
        Metric("nested/auc", 0.25, START + 4, -3),
    ]
    params = [Param("lr", "0.1"), Param("opt/name", "adam"), Param("text", "line one\nline two"), Param("empty", "")]
    if mlflow.__version__.startswith("1."):
        params = params[:2]
    client.log_batch(child, points, params, [RunTag("stage", "done")])
    client.log_text(child, "hello\n", "notes/größe.txt")
    client.log_text(child, "top\n", "top.txt")
    client.set_terminated(child, "FAILED", end_time=START + 5000)
    client.set_terminated(parent, "FINISHED", end_time=START + 9000)
    begin("0", "still running")
    deleted = begin(wines, "thrown away")
    client.log_metric(deleted, "loss", 3.5, timestamp=START, step=0)
    client.set_terminated(deleted, "KILLED", end_time=START + 10)
    client.delete_run(deleted)
    begin(gone, "of a deleted experiment")
    client.delete_experiment(gone)

    if hasattr(mlflow, "data"):
        try:
            from mlflow.entities import Dataset, DatasetInput, InputTag

            data = Dataset("wine.csv", "0f343b09", "local", '{"uri": "wine.csv"}', '{"mlflow_colspec": []}', '{"num_rows": 3}')
            client.log_inputs(child, [DatasetInput(data, [InputTag("mlflow.data.context", "training")])])
        except (ImportError, AttributeError, TypeError) as error:
            print("no inputs:", error)
    try:
        register(client, child)
    except mlflow.exceptions.MlflowException as error:
        print("no registry:", error)
    if hasattr(client, "create_logged_model"):
        model = client.create_logged_model(wines, name="net", source_run_id=child, params={"depth": "3"}, tags={"a": "b"}, model_type="mlp")
        client.finalize_logged_model(model.model_id, "READY")


def register(client, run_id):
    client.create_registered_model("pinot", tags={"kind": "red"}, description="a model")
    uri = client.get_run(run_id).info.artifact_uri
    for number in (1, 2):
        client.create_model_version("pinot", f"{uri}/notes", run_id=run_id, tags={"n": str(number)}, description="v")
    client.transition_model_version_stage("pinot", "1", "Production")
    if hasattr(client, "set_registered_model_alias"):
        client.set_registered_model_alias("pinot", "champion", "2")


def number(value):
    return value if math.isfinite(value) else str(value)


def told(client):
    listing = getattr(client, "search_experiments", None) or client.list_experiments
    experiments = listing(view_type=ViewType.ALL)
    runs = []
    for run in client.search_runs([e.experiment_id for e in experiments], run_view_type=ViewType.ALL):
        info, data = run.info, run.data
        history = {
            key: sorted(
                ([p.step, p.timestamp, number(p.value)] for p in client.get_metric_history(info.run_id, key)),
                key=lambda p: p[:2],
            )
            for key in data.metrics
        }
        inputs = getattr(getattr(run, "inputs", None), "dataset_inputs", [])
        runs.append(
            {
                "run_id": info.run_id,
                "experiment_id": info.experiment_id,
                "name": data.tags.get("mlflow.runName"),
                "user": info.user_id,
                "status": info.status,
                "start_time": info.start_time,
                "end_time": info.end_time,
                "lifecycle_stage": info.lifecycle_stage,
                "params": dict(sorted(data.params.items())),
                "tags": dict(sorted(data.tags.items())),
                "metrics": dict(sorted(history.items())),
                "inputs": [[i.dataset.name, i.dataset.digest, {t.key: t.value for t in i.tags}] for i in inputs],
            }
        )
    return {
        "mlflow": mlflow.__version__,
        "experiments": [
            {
                "experiment_id": e.experiment_id,
                "name": e.name,
                "lifecycle_stage": e.lifecycle_stage,
                "tags": e.tags,
                "creation_time": getattr(e, "creation_time", None),
            }
            for e in sorted(experiments, key=lambda e: int(e.experiment_id))
        ],
        "runs": sorted(runs, key=lambda r: r["run_id"]),
    }


def main():
    folder = Path(sys.argv[1]).resolve() / mlflow.__version__
    folder.mkdir(parents=True)
    os.chdir(folder)
    for store, artifacts, golden in (
        ("mlruns", None, "files.json"),
        ("sqlite:///mlflow.db", "./mlartifacts", "database.json"),
    ):
        if store == "mlruns":
            client = MlflowClient(tracking_uri=(folder / store).as_uri(), registry_uri=(folder / store).as_uri())
        else:
            client = MlflowClient(tracking_uri=store, registry_uri=store)
        fill(client, artifacts)
        (folder / golden).write_text(json.dumps(told(client), indent=1, ensure_ascii=False) + "\n")
    move_away(folder)


def move_away(folder):
    """As if all of it had been made on another computer."""
    for path in Path("mlruns").rglob("meta.yaml"):
        path.write_text(path.read_text().replace(str(folder), "/home/anna/lab"))
    connection = sqlite3.connect("mlflow.db")
    for table, column in (
        ("experiments", "artifact_location"),
        ("runs", "artifact_uri"),
        ("model_versions", "source"),
        ("model_versions", "storage_location"),
        ("logged_models", "artifact_location"),
    ):
        try:
            connection.execute(f"UPDATE {table} SET {column} = replace({column}, ?, '/home/anna/lab')", [str(folder)])
        except sqlite3.OperationalError:
            pass  # an older schema
    connection.commit()
    connection.executescript("PRAGMA page_size = 1024; VACUUM;")
    connection.close()


main()
