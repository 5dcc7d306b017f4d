"""Logs one run the way a notebook does; what the command line says of it is looked at afterwards."""

import mlflow
import pandas
from common import URI

mlflow.set_tracking_uri(URI)
mlflow.set_experiment("from a notebook")
with mlflow.start_run(run_name="logged", tags={"team": "a"}) as run:
    mlflow.log_params({"lr": 0.1, "depth": 3})
    for step in range(10):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_text("hello", "notes/a.txt")
    table = pandas.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    mlflow.log_input(mlflow.data.from_pandas(table, name="mini"), context="training")
    with mlflow.start_run(run_name="inner", nested=True):
        mlflow.log_metric("loss", 0.5)

[found] = mlflow.MlflowClient().search_runs([run.info.experiment_id], "datasets.name = 'mini' AND dataset.context = 'training'")
assert found.info.run_id == run.info.run_id
assert found.inputs.dataset_inputs[0].dataset.digest
