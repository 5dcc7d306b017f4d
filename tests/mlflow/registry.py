"""The registry through MLflow's own client."""

import warnings

import mlflow
from common import URI, client, refused

warnings.filterwarnings("ignore")
mlflow.set_tracking_uri(URI)


def run_of(name):
    experiment = client.create_experiment(name)
    run = client.create_run(experiment)
    return run.info.run_id, f"{run.info.artifact_uri}/model"


def models():
    model = client.create_registered_model("models are kept", {"k": "v"}, "first")
    assert (model.name, model.description, model.tags) == ("models are kept", "first", {"k": "v"})
    assert model.latest_versions == [] and model.aliases == {}
    refused("RESOURCE_ALREADY_EXISTS", "Registered Model (name=models are kept) already exists.", client.create_registered_model, "models are kept")
    assert client.update_registered_model("models are kept", "second").description == "second"
    client.rename_registered_model("models are kept", "models were kept")
    renamed = client.get_registered_model("models were kept")
    assert (renamed.name, renamed.description, renamed.tags) == (
        "models were kept",
        "second",
        {"k": "v"},
    )
    refused("RESOURCE_DOES_NOT_EXIST", "", client.get_registered_model, "models are kept")
    client.create_registered_model("models are kept")
    refused("RESOURCE_ALREADY_EXISTS", "", client.rename_registered_model,
        "models were kept",
        "models are kept",
    )
    client.set_registered_model_tag("models were kept", "a", "1")
    client.set_registered_model_tag("models were kept", "a", "2")
    client.delete_registered_model_tag("models were kept", "k")
    client.delete_registered_model_tag("models were kept", "absent")
    assert client.get_registered_model("models were kept").tags == {"a": "2"}
    client.delete_registered_model("models were kept")
    refused("RESOURCE_DOES_NOT_EXIST", "Registered Model with name=models were kept not found", client.get_registered_model, "models were kept")
    refused("RESOURCE_DOES_NOT_EXIST", "", client.delete_registered_model, "models were kept")
    client.create_registered_model("models were kept")
    for name in ["a/b", "a:b", " ", ".", ".."]:
        refused("INVALID_PARAMETER_VALUE", "", client.create_registered_model, name)
    for name in ["März 100% + 'q' \"d\"", "UPPER", "upper", "a@b", "v1"]:
        assert client.create_registered_model(name).name == name
        assert client.get_registered_model(name).name == name


def versions():
    run, source = run_of("registry versions")
    client.create_registered_model("versioned")
    first = client.create_model_version(
        "versioned", source, run, tags={"q": "good"}, description="one"
    )
    second = client.create_model_version("versioned", source, run)
    assert (int(first.version), int(second.version)) == (1, 2)
    found = client.get_model_version("versioned", "1")
    assert (found.source, found.run_id, found.status) == (source, run, "READY")
    assert (found.current_stage, found.description, found.tags) == ("None", "one", {"q": "good"})
    assert client.get_model_version_download_uri("versioned", "1") == source
    updated = client.update_model_version("versioned", "1", "two")
    assert updated.description == "two"
    assert updated.last_updated_timestamp >= found.last_updated_timestamp
    client.set_model_version_tag("versioned", "1", "r", "x")
    client.delete_model_version_tag("versioned", "1", "q")
    assert client.get_model_version("versioned", "1").tags == {"r": "x"}
    client.delete_model_version("versioned", "1")
    refused("RESOURCE_DOES_NOT_EXIST", "Model Version (name=versioned, version=1) not found", client.get_model_version, "versioned", "1")
    third = client.create_model_version("versioned", source, run)
    assert int(third.version) == 3
    client.delete_model_version("versioned", "3")
    assert int(client.create_model_version("versioned", source, run).version) == 4
    refused("RESOURCE_DOES_NOT_EXIST", "", client.create_model_version, "absent model", source, run)
    refused("INVALID_PARAMETER_VALUE", "", client.get_model_version, "versioned", "x")
    for bad in [
        source + "/../../other",
        "/etc",
        "file:///etc",
        "mlflow-artifacts:/0/%2e%2e/other",
        "s3://bucket/..%2f..%2fother",
        "models:/" + "m-" + "0" * 32,
    ]:
        refused("INVALID_PARAMETER_VALUE", "", client.create_model_version, "versioned", bad, run)
    copied = client.copy_model_version("models:/versioned/4", "copied")
    assert (copied.name, int(copied.version), copied.run_id) == ("copied", 1, run)
    assert client.get_model_version_download_uri("copied", "1") == source
    client.rename_registered_model("copied", "copied again")
    assert client.get_model_version("copied again", "1").name == "copied again"


def aliases():
    run, source = run_of("registry aliases")
    client.create_registered_model("aliased")
    for _ in range(2):
        client.create_model_version("aliased", source, run)
    client.set_registered_model_alias("aliased", "champion", "1")
    assert client.get_model_version("aliased", "1").aliases == ["champion"]
    client.set_registered_model_alias("aliased", "champion", "2")
    assert int(client.get_model_version_by_alias("aliased", "champion").version) == 2
    assert client.get_model_version("aliased", "1").aliases == []
    assert client.get_registered_model("aliased").aliases == {"champion": "2"}
    assert int(client.get_model_version_by_alias("aliased", "latest").version) == 2
    for alias in ["latest", "Latest", "v1", "V22", "a b", "a/b", "", "a" * 256]:
        refused("INVALID_PARAMETER_VALUE", "", client.set_registered_model_alias, "aliased", alias, "1"
        )
    refused("RESOURCE_DOES_NOT_EXIST", "", client.set_registered_model_alias, "aliased", "next", "9"
    )
    client.delete_registered_model_alias("aliased", "champion")
    client.delete_registered_model_alias("aliased", "champion")
    refused("INVALID_PARAMETER_VALUE", "Registered model alias champion not found.", client.get_model_version_by_alias, "aliased", "champion")
    client.set_registered_model_alias("aliased", "next", "1")
    client.delete_model_version("aliased", "1")
    assert client.get_registered_model("aliased").aliases == {}


def stages():
    run, source = run_of("registry stages")
    client.create_registered_model("staged")
    for _ in range(3):
        client.create_model_version("staged", source, run)
    moved = client.transition_model_version_stage("staged", "1", "production")
    assert moved.current_stage == "Production"
    client.transition_model_version_stage("staged", "2", "Production", True)
    assert client.get_model_version("staged", "1").current_stage == "Archived"
    latest = {v.current_stage: int(v.version) for v in client.get_latest_versions("staged")}
    assert latest == {"None": 3, "Production": 2, "Archived": 1}
    found = client.get_latest_versions("staged", ["Production"])
    assert [int(v.version) for v in found] == [2]
    kept = client.get_registered_model("staged").latest_versions
    assert {v.current_stage for v in kept} == {"None", "Production", "Archived"}
    refused("INVALID_PARAMETER_VALUE", "", client.transition_model_version_stage, "staged", "1", "Live"
    )
    refused("INVALID_PARAMETER_VALUE", "", client.transition_model_version_stage,
        "staged",
        "1",
        "None",
        True,
    )


def searches():
    run, source = run_of("registry searches")
    for i in range(5):
        client.create_registered_model(f"hunted-{i}", {"team": "z" if i % 2 else "y"})
    names = lambda text, **more: [m.name for m in client.search_registered_models(text, **more)]
    assert names("name LIKE 'hunted-%'") == [f"hunted-{i}" for i in range(5)]
    assert names("name ILIKE 'HUNTED-%' AND tags.team = 'z'") == ["hunted-1", "hunted-3"]
    assert names("name LIKE 'hunted-%'", order_by=["name DESC"], max_results=2) == [
        "hunted-4",
        "hunted-3",
    ]
    seen, token = [], None
    while True:
        page = client.search_registered_models(
            "name LIKE 'hunted-%'", max_results=2, page_token=token
        )
        seen += [m.name for m in page]
        token = page.token
        if not token:
            break
    assert seen == [f"hunted-{i}" for i in range(5)]
    refused("INVALID_PARAMETER_VALUE", "", names, "name > 'a'")
    refused("INVALID_PARAMETER_VALUE", "", names, "nonsense.x = 'a'")

    for i in range(3):
        client.create_model_version("hunted-0", source, run, tags={"i": str(i)})
    numbers = lambda text, **more: [
        int(v.version) for v in client.search_model_versions(text, **more)
    ]
    assert numbers("name = 'hunted-0'", order_by=["version_number ASC"]) == [1, 2, 3]
    assert numbers("name = 'hunted-0' AND version_number >= 2", order_by=["version_number ASC"]) == [2, 3]
    assert sorted(numbers(f"run_id = '{run}'")) == [1, 2, 3]
    assert sorted(numbers(f"run_id IN ('{run}', 'other')")) == [1, 2, 3]
    assert numbers("name = 'hunted-0' AND tags.i = '1'") == [2]
    assert sorted(numbers(f"source_path = '{source}'")) == [1, 2, 3]
    first = client.search_model_versions("name = 'hunted-0'", max_results=2)
    rest = client.search_model_versions("name = 'hunted-0'", max_results=2, page_token=first.token)
    assert len(first) == 2 and len(rest) == 1 and not rest.token


def prompts():
    client.register_prompt(name="greeting", template="Hello {{name}}")
    client.register_prompt(name="greeting", template="Good day {{name}}")
    assert client.load_prompt("prompts:/greeting/2").format(name="you") == "Good day you"
    client.set_prompt_alias("greeting", "live", 1)
    assert client.load_prompt("prompts:/greeting@live").format(name="you") == "Hello you"
    assert "greeting" in [p.name for p in client.search_prompts()]
    assert "greeting" not in [m.name for m in client.search_registered_models()]
    assert "greeting" not in [v.name for v in client.search_model_versions("")]
    refused("RESOURCE_ALREADY_EXISTS", "", client.create_registered_model, "greeting")


for check in [models, versions, aliases, stages, searches, prompts]:
    check()
    print(f"{check.__name__} passed")
