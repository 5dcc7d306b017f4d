"""A run that Assay trained, named by the second argument, is read like any other; its record does not change."""

import sys

from common import client, refused
from mlflow.entities import ViewType

run_id = sys.argv[2]
run = client.get_run(run_id)
assert (run.info.status, run.info.lifecycle_stage) == ("FINISHED", "active")
assert run.info.end_time >= run.info.start_time > 0
assert run.data.params["algorithm"] == "decision_tree"
assert 0.5 < run.data.metrics["test.accuracy"] <= 1.0
[point] = client.get_metric_history(run_id, "test.accuracy")
assert point.value == run.data.metrics["test.accuracy"]

experiment = client.get_experiment(run.info.experiment_id)
found = client.search_runs(
    [experiment.experiment_id], "metrics.test.accuracy > 0.5 AND params.algorithm = 'decision_tree'", ViewType.ALL
)
assert [one.info.run_id for one in found] == [run_id]

files = {one.path: one.file_size for one in client.list_artifacts(run_id)}
assert files["model.onnx"] > 0
with open(client.download_artifacts(run_id, "model.onnx"), "rb") as file:
    assert len(file.read()) == files["model.onnx"]

refused("INVALID_STATE", "was trained here", client.log_metric, run_id, "late", 1.0)
refused("INVALID_STATE", "was trained here", client.log_param, run_id, "late", 1)
client.set_tag(run_id, "seen by", "a client")
assert client.get_run(run_id).data.tags["seen by"] == "a client"
