"""Logged models through MLflow's own client."""

import math
import tempfile
import warnings
from pathlib import Path

import mlflow
from common import URI, ask, client, refused, refused_request
from mlflow.entities import LoggedModelOutput, LoggedModelParameter, LoggedModelStatus, Metric, Param

warnings.filterwarnings("ignore")
mlflow.set_tracking_uri(URI)


def lives():
    experiment = client.create_experiment("logged models live")
    run = client.create_run(experiment)
    model = client.create_logged_model(
        experiment,
        name="tree",
        source_run_id=run.info.run_id,
        tags={"team": "a"},
        params={"depth": "3"},
        model_type="classifier",
    )
    assert model.model_id.startswith("m-") and len(model.model_id) == 34
    assert model.status == LoggedModelStatus.PENDING
    assert model.artifact_location == f"mlflow-artifacts:/{experiment}/models/{model.model_id}/artifacts"
    assert (model.params, model.tags["team"], model.model_type) == ({"depth": "3"}, "a", "classifier")
    client.log_model_params(model.model_id, {"width": "9"})
    ready = client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)
    assert ready.status == LoggedModelStatus.READY
    client.set_logged_model_tags(model.model_id, {"team": "b", "note": "ü"})
    client.delete_logged_model_tag(model.model_id, "note")
    found = client.get_logged_model(model.model_id)
    assert (found.tags["team"], "note" in found.tags) == ("b", False)
    assert found.params == {"depth": "3", "width": "9"}
    assert found.source_run_id == run.info.run_id
    refused("RESOURCE_DOES_NOT_EXIST", "", client.delete_logged_model_tag, model.model_id, "note")

    client.log_outputs(run.info.run_id, [LoggedModelOutput(model.model_id, step=2)])
    outputs = client.get_run(run.info.run_id).outputs.model_outputs
    assert [(o.model_id, o.step) for o in outputs] == [(model.model_id, 2)]

    client.delete_logged_model(model.model_id)
    refused("RESOURCE_DOES_NOT_EXIST", "", client.get_logged_model, model.model_id)
    refused("RESOURCE_DOES_NOT_EXIST", "", client.get_logged_model, "m-" + "0" * 32)
    for name in ["a/b", "a:b", "a.b", "a%b", 'a"b', "a'b"]:
        refused("INVALID_PARAMETER_VALUE", "", client.create_logged_model, experiment, name=name)


def measures():
    experiment = client.create_experiment("logged models are measured")
    run = client.create_run(experiment).info.run_id
    one = client.create_logged_model(experiment, name="one").model_id
    two = client.create_logged_model(experiment, name="two").model_id
    client.log_metric(run, "auc", 0.8, timestamp=5, step=1, model_id=one)
    client.log_metric(run, "auc", 0.9, timestamp=6, step=2, model_id=one)
    client.log_batch(
        run,
        metrics=[
            Metric("auc", 0.7, 7, 0, model_id=two, dataset_name="test", dataset_digest="d1"),
            Metric("loss", math.nan, 7, 0, model_id=two),
            Metric("plain", 1.0, 7, 0),
        ],
    )
    metrics = client.get_logged_model(one).metrics
    assert [(m.key, m.value, m.step, m.run_id) for m in metrics] == [
        ("auc", 0.8, 1, run),
        ("auc", 0.9, 2, run),
    ]
    metrics = {m.key: m for m in client.get_logged_model(two).metrics}
    assert set(metrics) == {"auc", "loss"}
    assert (metrics["auc"].dataset_name, metrics["auc"].dataset_digest) == ("test", "d1")
    # The run has them all.
    assert client.get_run(run).data.metrics["auc"] == 0.9 or client.get_run(run).data.metrics["auc"] == 0.7

    def names(**kwargs):
        found = client.search_logged_models(experiment_ids=[experiment], **kwargs)
        return [model.name for model in found]

    assert names(order_by=[{"field_name": "metrics.auc", "ascending": False}]) == ["one", "two"]
    assert names(order_by=[{"field_name": "metrics.auc", "ascending": True}]) == ["two", "one"]
    assert names(filter_string="metrics.auc > 0.85") == ["one"]
    assert names(filter_string="metrics.auc > 0.1", datasets=[{"dataset_name": "test"}]) == ["two"]
    assert names(datasets=[{"dataset_name": "test", "dataset_digest": "d1"}]) == ["two"]
    assert names(datasets=[{"dataset_name": "test", "dataset_digest": "other"}]) == []
    batch = [Metric("lone", 1.0, 1, 0), Metric("lone", 2.0, 2, 1, model_id="m-" + "1" * 32)]
    refused("RESOURCE_DOES_NOT_EXIST", "", client.log_batch, run, metrics=batch)
    assert "lone" not in client.get_run(run).data.metrics, "all of a batch or nothing"
    client.log_param(run, "depth", "3")
    batch = [Metric("lone", 1.0, 1, 0, model_id=one)]
    refused("INVALID_PARAMETER_VALUE", "Changing param values", client.log_batch, run, metrics=batch, params=[Param("depth", "4")])
    assert "lone" not in {m.key for m in client.get_logged_model(one).metrics}, "of its model too"
    refused("RESOURCE_DOES_NOT_EXIST", "", client.log_metric, run, "auc", 1.0, model_id="m-" + "1" * 32
    )


def searches():
    experiment = client.create_experiment("logged models are searched")
    ids = [
        client.create_logged_model(
            experiment, name=f"model-{i}", params={"i": str(i)}, tags={"even": str(i % 2 == 0)}
        ).model_id
        for i in range(7)
    ]

    def names(filter_string=None, **kwargs):
        found = client.search_logged_models(
            experiment_ids=[experiment], filter_string=filter_string, **kwargs
        )
        return sorted(model.name for model in found)

    assert names("name = 'model-3'") == ["model-3"]
    assert names("name LIKE 'model-%' AND params.i = '4'") == ["model-4"]
    assert names("tags.even = 'True'") == ["model-0", "model-2", "model-4", "model-6"]
    assert names(f"model_id = '{ids[1]}'") == ["model-1"]
    assert names("name IN ('model-1', 'model-2')") == ["model-1", "model-2"]
    refused("INVALID_PARAMETER_VALUE", "", names, "name > 'a'")
    refused("INVALID_PARAMETER_VALUE", "", names, "nonsense.x = 'a'")
    seen, token = [], None
    while True:
        page = client.search_logged_models(
            experiment_ids=[experiment], max_results=3, page_token=token
        )
        seen += [model.model_id for model in page]
        token = page.token
        if not token:
            break
    assert sorted(seen) == sorted(ids) and len(seen) == 7


def keeps_files():
    experiment = client.create_experiment("logged models keep files")
    model = client.create_logged_model(experiment, name="files")
    with tempfile.TemporaryDirectory() as folder:
        for path, text in [("MLmodel", "flavors: {}\n"), ("data/für mich 100%.txt", "grüße")]:
            file = Path(folder, path)
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        client.log_model_artifacts(model.model_id, folder)
    listed = client.list_logged_model_artifacts(model.model_id)
    assert sorted((f.path, f.is_dir) for f in listed) == [("MLmodel", False), ("data", True)]
    inside = client.list_logged_model_artifacts(model.model_id, "data")
    assert [f.path for f in inside] == ["data/für mich 100%.txt"]
    # As pages ask for them.
    place = f"/ajax-api/2.0/mlflow/logged-models/{model.model_id}/artifacts"
    listed = ask("GET", f"{place}/directories").json()
    assert listed["root_uri"] == model.artifact_location and len(listed["files"]) == 2
    answer = ask("GET", f"{place}/files", params={"artifact_file_path": "data/für mich 100%.txt"}, headers={"range": "bytes=0-1"})
    assert (answer.status_code, answer.text) == (206, "gr"), answer.text
    for path in ("../x", "/etc/passwd", "%2e%2e/x"):
        refused_request(400, "INVALID_PARAMETER_VALUE", "Invalid path", "GET", f"{place}/files", params={"artifact_file_path": path})
        refused_request(400, "INVALID_PARAMETER_VALUE", "Invalid path", "GET", f"{place}/directories", params={"artifact_directory_path": path})
    refused_request(400, "INVALID_PARAMETER_VALUE", "artifact_file_path", "GET", f"{place}/files")
    refused_request(404, "RESOURCE_DOES_NOT_EXIST", "absent", "GET", f"{place}/files", params={"artifact_file_path": "absent"})
    refused_request(404, "RESOURCE_DOES_NOT_EXIST", "not found", "GET", place.replace(model.model_id, "m-none") + "/directories")
    with tempfile.TemporaryDirectory() as folder:
        local = mlflow.artifacts.download_artifacts(f"models:/{model.model_id}", dst_path=folder)
        assert Path(local, "data", "für mich 100%.txt").read_text() == "grüße"


def loads():
    import numpy
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    mlflow.set_experiment("models are loaded")
    x, y = load_iris(return_X_y=True, as_frame=True)
    tree = LogisticRegression(max_iter=300).fit(x, y)
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(
            tree,
            name="tree",
            input_example=x.head(2),
            registered_model_name="iris tree",
            serialization_format="cloudpickle",
            pip_requirements=["scikit-learn"],
        )
    for address in [
        info.model_uri,
        f"models:/{info.model_id}",
        f"runs:/{run.info.run_id}/tree",
        "models:/iris tree/1",
        "models:/iris tree/latest",
    ]:
        loaded = mlflow.pyfunc.load_model(address)
        assert numpy.array_equal(loaded.predict(x), tree.predict(x)), address
    client.set_registered_model_alias("iris tree", "champion", 1)
    loaded = mlflow.sklearn.load_model("models:/iris tree@champion")
    assert numpy.array_equal(loaded.predict(x), tree.predict(x))
    version = client.get_model_version("iris tree", 1)
    assert version.run_id == run.info.run_id
    assert "iris tree" in client.get_logged_model(info.model_id).tags["mlflow.modelVersions"]
    # A run lists the files of the models that it made.
    listed = [f.path for f in client.list_artifacts(run.info.run_id, "tree")]
    assert "tree/MLmodel" in listed, listed

    second = mlflow.register_model(f"models:/{info.model_id}", "iris tree")
    assert (int(second.version), second.run_id) == (2, run.info.run_id)
    third = mlflow.register_model(f"runs:/{run.info.run_id}/tree", "iris tree")
    assert int(third.version) == 3
    assert numpy.array_equal(
        mlflow.pyfunc.load_model("models:/iris tree/3").predict(x), tree.predict(x)
    )


def logs_by_itself():
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    mlflow.set_experiment("autolog")
    mlflow.sklearn.autolog()
    x, y = load_iris(return_X_y=True, as_frame=True)
    with mlflow.start_run() as run:
        LogisticRegression(max_iter=300, C=0.5).fit(x, y)
    mlflow.sklearn.autolog(disable=True)
    found = client.get_run(run.info.run_id)
    assert found.info.status == "FINISHED"
    assert found.data.params["C"] == "0.5"
    assert found.data.metrics["training_accuracy_score"] > 0.9
    assert found.inputs.dataset_inputs
    (output,) = found.outputs.model_outputs
    model = client.get_logged_model(output.model_id)
    assert model.status == LoggedModelStatus.READY
    assert any(m.key == "training_accuracy_score" for m in model.metrics)
    assert len(mlflow.pyfunc.load_model(f"models:/{model.model_id}").predict(x)) == len(x)


for check in [lives, measures, searches, keeps_files, loads, logs_by_itself]:
    check()
    print(f"{check.__name__} passed")
