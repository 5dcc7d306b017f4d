"""Experiments and runs: every method of the client that makes, changes, finds or deletes them."""

import json
import math

from common import all_pages, ask, client, refused, refused_request
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelInput, Metric, Param, RunTag, ViewType

ABSENT = "RESOURCE_DOES_NOT_EXIST"
INVALID = "INVALID_PARAMETER_VALUE"


def experiments():
    default = client.get_experiment("0")
    assert (default.name, default.lifecycle_stage) == ("Default", "active")
    assert default.artifact_location == "mlflow-artifacts:/0"

    first = client.create_experiment("first", tags={"team": "a", "leer": ""})
    found = client.get_experiment_by_name("first")
    assert found.experiment_id == first
    assert found.tags == {"team": "a", "leer": ""}
    assert found.creation_time == found.last_update_time > 0
    refused("RESOURCE_ALREADY_EXISTS", "Experiment(name=first) already exists", client.create_experiment, "first")
    assert client.get_experiment_by_name("absent") is None
    refused(ABSENT, "No Experiment with id=987654321 exists", client.get_experiment, "987654321")

    client.rename_experiment(first, "renamed")
    assert client.get_experiment(first).name == "renamed"
    assert client.get_experiment_by_name("first") is None
    client.set_experiment_tag(first, "owner", "línea\n二")
    assert client.get_experiment(first).tags["owner"] == "línea\n二"
    client.delete_experiment_tag(first, "owner")
    assert "owner" not in client.get_experiment(first).tags
    refused(ABSENT, "No tag with name: owner", client.delete_experiment_tag, first, "owner")

    # A deleted experiment keeps its name and its runs go and come with it.
    run = client.create_run(first)
    other = client.create_run(first)
    client.delete_run(other.info.run_id)
    client.delete_experiment(first)
    assert client.get_experiment(first).lifecycle_stage == "deleted"
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "deleted"
    refused("RESOURCE_ALREADY_EXISTS", "already exists", client.create_experiment, "renamed")
    refused(INVALID, f"The experiment {first} must be in the 'active' state", client.create_run, first)
    refused(ABSENT, f"No Experiment with id={first} exists", client.delete_experiment, first)
    client.restore_experiment(first)
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "active"
    assert client.get_run(other.info.run_id).info.lifecycle_stage == "deleted"
    refused(ABSENT, f"No Experiment with id={first} exists", client.restore_experiment, first)


def search_experiments():
    made = [client.create_experiment(f"hunt-{at:02}", tags={"rank": str(at % 3)}) for at in range(23)]
    client.delete_experiment(made[0])
    found, n_pages = all_pages(
        client.search_experiments, filter_string="name LIKE 'hunt-%'", max_results=5, order_by=["name ASC"]
    )
    assert [one.name for one in found] == [f"hunt-{at:02}" for at in range(1, 23)]
    assert n_pages == 5
    names = lambda **named: [one.name for one in client.search_experiments(**named)]
    assert names(filter_string="name = 'hunt-03'") == ["hunt-03"]
    assert names(filter_string="name ILIKE 'HUNT-03'") == ["hunt-03"]
    assert names(filter_string="name LIKE 'hunt-%' AND tags.rank = '2'", order_by=["name DESC"])[:2] == ["hunt-20", "hunt-17"]
    assert names(view_type=ViewType.DELETED_ONLY, filter_string="name LIKE 'hunt-%'") == ["hunt-00"]
    assert len(names(view_type=ViewType.ALL, filter_string="name LIKE 'hunt-%'")) == 23
    # The newest first when nothing is said.
    assert names(filter_string="name LIKE 'hunt-%'")[0] == "hunt-22"
    created = client.get_experiment(made[4]).creation_time
    assert "hunt-04" in names(filter_string=f"creation_time >= {created} AND last_update_time >= {created}")


def runs():
    experiment = client.create_experiment("runs")
    run = client.create_run(experiment, start_time=1234, run_name="first", tags={"a": "b", "mlflow.user": "ana"})
    run_id = run.info.run_id
    for found in (run, client.get_run(run_id)):
        info = found.info
        assert (info.run_id, info.experiment_id, info.run_name) == (run_id, experiment, "first")
        assert (info.status, info.start_time, info.end_time) == ("RUNNING", 1234, None)
        assert (info.user_id, info.lifecycle_stage) == ("ana", "active")
        assert info.artifact_uri == f"mlflow-artifacts:/{experiment}/{run_id}/artifacts"
        assert found.data.tags == {"a": "b", "mlflow.user": "ana", "mlflow.runName": "first"}
    unnamed = client.create_run(experiment)
    assert unnamed.info.run_name
    assert unnamed.data.tags["mlflow.runName"] == unnamed.info.run_name
    assert unnamed.info.user_id == "unknown"

    client.update_run(run_id, status="FAILED", name="second")
    assert (client.get_run(run_id).info.status, client.get_run(run_id).info.run_name) == ("FAILED", "second")
    client.set_terminated(run_id, status="FINISHED", end_time=5678)
    assert (client.get_run(run_id).info.status, client.get_run(run_id).info.end_time) == ("FINISHED", 5678)
    client.set_tag(run_id, "mlflow.runName", "third")
    assert client.get_run(run_id).info.run_name == "third"
    # A run that ended may go on.
    client.update_run(run_id, status="RUNNING")
    client.log_metric(run_id, "late", 1.0)
    client.set_terminated(run_id, status="KILLED")
    assert client.get_run(run_id).info.status == "KILLED"

    client.set_tag(run_id, "note", "línea\n二")
    client.set_tag(run_id, "number", 3)
    client.set_tag(run_id, "empty", "")
    tags = client.get_run(run_id).data.tags
    assert (tags["note"], tags["number"], tags["empty"]) == ("línea\n二", "3", "")
    client.delete_tag(run_id, "note")
    assert "note" not in client.get_run(run_id).data.tags
    refused(ABSENT, f"No tag with name: note in run with id {run_id}", client.delete_tag, run_id, "note")

    client.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    state = f"The run {run_id} must be in the 'active' state. Current state is deleted."
    refused(INVALID, state, client.log_metric, run_id, "m", 1.0)
    refused(INVALID, state, client.log_param, run_id, "p", "1")
    refused(INVALID, state, client.set_tag, run_id, "t", "1")
    refused(INVALID, state, client.delete_tag, run_id, "a")
    refused(INVALID, state, client.log_batch, run_id, tags=[RunTag("t", "1")])
    assert [one.info.run_id for one in client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)] == [run_id]
    assert [one.info.run_id for one in client.search_runs([experiment])] == [unnamed.info.run_id]
    assert len(client.search_runs([experiment], run_view_type=ViewType.ALL)) == 2
    client.restore_run(run_id)
    client.log_metric(run_id, "m", 1.0)

    nobody = "0" * 32
    for call in (client.get_run, client.delete_run, client.restore_run):
        refused(ABSENT, f"Run with id={nobody} not found", call, nobody)
    refused(ABSENT, f"Run with id={nobody} not found", client.log_metric, nobody, "m", 1.0)


def params_and_metrics():
    run_id = client.create_run("0").info.run_id
    assert client.log_param(run_id, "lr", 0.1) == 0.1
    client.log_param(run_id, "lr", 0.1)
    client.log_param(run_id, "empty", "")
    refused(
        INVALID,
        f"Changing param values is not allowed. Param with key='lr' was already logged with value='0.1' for run "
        f"ID='{run_id}'. Attempted logging new value '0.2'.",
        client.log_param,
        run_id,
        "lr",
        0.2,
    )
    assert client.get_run(run_id).data.params == {"lr": "0.1", "empty": ""}

    values = {"nan": math.nan, "inf": math.inf, "minus": -math.inf, "tiny": 5e-324, "big": 1.7976931348623157e308}
    for key, value in values.items():
        client.log_metric(run_id, key, value, timestamp=7, step=3)
    metrics = client.get_run(run_id).data.metrics
    assert math.isnan(metrics["nan"])
    assert (metrics["inf"], metrics["minus"]) == (1.7976931348623157e308, -1.7976931348623157e308)
    assert (metrics["tiny"], metrics["big"]) == (5e-324, 1.7976931348623157e308)
    [point] = client.get_metric_history(run_id, "nan")
    assert math.isnan(point.value) and (point.timestamp, point.step) == (7, 3)

    # The latest: by step, then time, then value. A point sent twice is one point.
    for step, at, value in [(5, 10, 1.0), (6, 5, 2.0), (6, 7, 3.0), (6, 7, 2.5), (-2, 90, 9.0), (6, 7, 3.0)]:
        client.log_metric(run_id, "latest", value, timestamp=at, step=step)
    assert client.get_run(run_id).data.metrics["latest"] == 3.0
    history = [(one.step, one.timestamp, one.value) for one in client.get_metric_history(run_id, "latest")]
    assert sorted(history) == [(-2, 90, 9.0), (5, 10, 1.0), (6, 5, 2.0), (6, 7, 2.5), (6, 7, 3.0)]
    assert client.get_metric_history(run_id, "absent") == []

    client.log_batch(
        run_id,
        metrics=[Metric("batch", float(at), at, at) for at in range(800)],
        params=[Param(f"p{at}", str(at)) for at in range(100)],
        tags=[RunTag(f"t{at}", str(at)) for at in range(100)],
    )
    found = client.get_run(run_id).data
    assert found.metrics["batch"] == 799.0 and found.params["p99"] == "99" and found.tags["t0"] == "0"
    refused(
        INVALID,
        "Changing param values is not allowed. Params were already logged='[{'key': 'p0', 'old_value': '0', "
        f"'new_value': 'other'}}]' for run ID='{run_id}'",
        client.log_batch,
        run_id,
        params=[Param("p0", "other"), Param("fresh", "1")],
    )
    assert "fresh" not in client.get_run(run_id).data.params, "all of a batch or nothing"


def long_history():
    run_id = client.create_run("0").info.run_id
    for start in range(0, 26_000, 1_000):
        client.log_batch(run_id, metrics=[Metric("long", at / 7, at * 10, at) for at in range(start, start + 1_000)])
    history = client.get_metric_history(run_id, "long")
    assert [one.step for one in history] == list(range(26_000)), "more than the client asks for at once"
    assert all(one.value == one.step / 7 and one.timestamp == one.step * 10 for one in history)


def nested_runs():
    experiment = client.create_experiment("nested")
    parent = client.create_run(experiment)
    children = [
        client.create_run(experiment, tags={"mlflow.parentRunId": parent.info.run_id}).info.run_id for _ in range(3)
    ]
    found = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'")
    assert {one.info.run_id for one in found} == set(children)
    assert client.get_parent_run(children[0]).info.run_id == parent.info.run_id
    assert client.get_parent_run(parent.info.run_id) is None


def inputs():
    experiment = client.create_experiment("inputs")
    run_id = client.create_run(experiment).info.run_id
    data = lambda name, context: DatasetInput(Dataset(name, "d1", "local", "{}"), [InputTag("mlflow.data.context", context)] if context else [])
    model = client.create_logged_model(experiment, name="used").model_id
    client.log_inputs(run_id, [data("rows", "training"), data("more", None)], [LoggedModelInput(model)])
    client.log_inputs(run_id, [data("rows", "training")], [LoggedModelInput(model)])
    found = client.get_run(run_id).inputs
    assert [one.dataset.name for one in found.dataset_inputs] == ["rows", "more"]
    assert [one.model_id for one in found.model_inputs] == [model]
    client.log_inputs(client.create_run(experiment).info.run_id, [data("rows", "test")])

    path = "/api/2.0/mlflow/experiments/search-datasets"
    summaries = ask("POST", path, json={"experiment_ids": [experiment]}).json()["dataset_summaries"]
    common = {"experiment_id": experiment, "digest": "d1"}
    assert summaries == [
        {**common, "name": "more"},
        {**common, "name": "rows", "context": "test"},
        {**common, "name": "rows", "context": "training"},
    ], summaries
    assert ask("POST", path, json={"experiment_ids": ["0"]}).json() == {}
    refused_request(400, INVALID, "at least one experiment_id", "POST", path, json={})
    refused_request(400, INVALID, "cannot specify more than 20", "POST", path, json={"experiment_ids": [str(at) for at in range(21)]})


def models_of_older_clients():
    """A run's models stand in a tag, one after the other."""
    run_id = client.create_run("0").info.run_id
    path = "/api/2.0/mlflow/runs/log-model"
    model = {"artifact_path": "m", "flavors": {"sklearn": {"config": 1, "code": 2}}, "utc_time_created": "now", "run_id": run_id, "signature": "{}"}
    for name in ("m", "n"):
        assert ask("POST", path, json={"run_id": run_id, "model_json": json.dumps({**model, "artifact_path": name})}).json() == {}
    kept = json.loads(client.get_run(run_id).data.tags["mlflow.log-model.history"])
    assert [one["artifact_path"] for one in kept] == ["m", "n"]
    assert kept[0]["flavors"] == {"sklearn": {"code": 2}} and "signature" not in kept[0]
    refused_request(400, INVALID, "not a valid JSON", "POST", path, json={"run_id": run_id, "model_json": "{"})
    refused_request(400, INVALID, "mandatory fields: artifact_path", "POST", path, json={"run_id": run_id, "model_json": "{}"})
    refused_request(404, ABSENT, "not found", "POST", path, json={"run_id": "0" * 32, "model_json": json.dumps(model)})


experiments()
search_experiments()
runs()
params_and_metrics()
long_history()
nested_runs()
inputs()
models_of_older_clients()
