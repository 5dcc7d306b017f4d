"""With a root of files of its own, clients keep files there themselves; what an experiment names counts before."""

import sys
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname

from common import client

root, folder = sys.argv[2], Path(sys.argv[3])
run = client.create_run("0")
assert run.info.artifact_uri == f"{root}/0/{run.info.run_id}/artifacts", run.info.artifact_uri
client.log_text(run.info.run_id, "hier", "notes/für.txt")
assert (folder / "0" / run.info.run_id / "artifacts" / "notes" / "für.txt").read_text(encoding="utf-8") == "hier"
assert [one.path for one in client.list_artifacts(run.info.run_id, "notes")] == ["notes/für.txt"]

own = folder / "own place"
experiment = client.create_experiment("own", artifact_location=own.as_uri())
run = client.create_run(experiment)
client.log_text(run.info.run_id, "dort", "a.txt")
place = Path(url2pathname(urlparse(run.info.artifact_uri).path))
assert place == own / run.info.run_id / "artifacts" and (place / "a.txt").read_text() == "dort"

relative = client.get_experiment(client.create_experiment("relative", artifact_location="below"))
assert relative.artifact_location.replace("\\", "/").endswith("/below"), "a place of its own, not one of whoever asks"
