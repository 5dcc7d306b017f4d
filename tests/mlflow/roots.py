"""With a root of files of its own, clients keep files there themselves; what an experiment names counts before."""

import sys
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

from common import ask, client, refused_request

root, folder = sys.argv[2], Path(sys.argv[3])
run = client.create_run("0")
# A folder is told as an address, whatever folder the client is in.
root = root if root.startswith("file:") else folder.as_uri()
assert run.info.artifact_uri == f"{root}/0/{run.info.run_id}/artifacts", run.info.artifact_uri
client.log_text(run.info.run_id, "hier", "notes/für.txt")
assert (folder / "0" / run.info.run_id / "artifacts" / "notes" / "für.txt").read_text(encoding="utf-8") == "hier"
assert [one.path for one in client.list_artifacts(run.info.run_id, "notes")] == ["notes/für.txt"]

# Pages see what clients put there, and what they put there clients see.
run_id = run.info.run_id
listed = ask("GET", "/ajax-api/2.0/mlflow/artifacts/list", params={"run_id": run_id}).json()
assert [(one["path"], one["is_dir"]) for one in listed["files"]] == [("notes", True)]
assert ask("GET", "/get-artifact", params={"run_id": run_id, "path": "notes/für.txt"}).text == "hier"
where = {"run_uuid": run_id, "path": "notes/from a page.txt"}
assert ask("POST", "/ajax-api/2.0/mlflow/upload-artifact", params=where, data="da").status_code == 200
assert [one.path for one in client.list_artifacts(run_id, "notes")] == ["notes/from a page.txt", "notes/für.txt"]
assert (folder / "0" / run_id / "artifacts" / "notes" / "from a page.txt").read_text() == "da"
model = client.create_logged_model("0", name="in a folder")
(folder / "model").mkdir(exist_ok=True)
(folder / "model" / "MLmodel").write_text("flavors: {}")
client.log_model_artifacts(model.model_id, str(folder / "model"))
place = f"/ajax-api/2.0/mlflow/logged-models/{model.model_id}/artifacts"
assert [one["path"] for one in ask("GET", f"{place}/directories").json()["files"]] == ["MLmodel"]
assert ask("GET", f"{place}/files", params={"artifact_file_path": "MLmodel"}).text == "flavors: {}"
refused_request(400, "INVALID_PARAMETER_VALUE", "Invalid path", "GET", "/get-artifact", params={"run_id": run_id, "path": "../../a"})
refused_request(404, "RESOURCE_DOES_NOT_EXIST", "absent", "GET", "/get-artifact", params={"run_id": run_id, "path": "absent"})

own = folder / "own place"
experiment = client.create_experiment("own", artifact_location=own.as_uri())
run = client.create_run(experiment)
client.log_text(run.info.run_id, "dort", "a.txt")
place = Path(url2pathname(urlparse(run.info.artifact_uri).path))
assert place == own / run.info.run_id / "artifacts" and (place / "a.txt").read_text() == "dort"

relative = client.get_experiment(client.create_experiment("relative", artifact_location="below"))
assert relative.artifact_location.replace("\\", "/").endswith("/below"), "a place of its own, not one of whoever asks"
