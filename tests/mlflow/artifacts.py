"""Files of runs through the proxy: any name, any size, in parts, and never outside of their run."""

import hashlib
import http.client
import json
import os
import tempfile
from pathlib import Path
from urllib.parse import quote, urlparse

import mlflow.artifacts
from common import URI, ask, client, refused, refused_request

PROXY = "/api/2.0/mlflow-artifacts/artifacts"
run = client.create_run("0")
run_id = run.info.run_id
root = f"0/{run_id}/artifacts"


def logged_and_listed():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "für mich 100%.csv").write_text("a,b\n1,2\n", encoding="utf-8")
        (folder / "deep" / "二").mkdir(parents=True)
        (folder / "deep" / "二" / "b+c&d=e.bin").write_bytes(bytes(range(256)))
        (folder / "empty.txt").write_bytes(b"")
        client.log_artifacts(run_id, folder, "set")
        client.log_artifact(run_id, folder / "empty.txt")
    client.log_text(run_id, "línea", "notes/a.txt")
    client.log_dict(run_id, {"k": [1, None]}, "conf.json")
    listed = lambda path=None: [(one.path, one.is_dir, one.file_size) for one in client.list_artifacts(run_id, path)]
    assert listed() == [("conf.json", False, len(json.dumps({"k": [1, None]}, indent=2))), ("empty.txt", False, 0), ("notes", True, None), ("set", True, None)]
    assert listed("set") == [("set/deep", True, None), ("set/empty.txt", False, 0), ("set/für mich 100%.csv", False, 8)]
    assert listed("set/deep/二") == [("set/deep/二/b+c&d=e.bin", False, 256)]
    assert listed("absent") == [] and listed("conf.json") == []

    local = Path(client.download_artifacts(run_id, ""))
    assert (local / "set" / "deep" / "二" / "b+c&d=e.bin").read_bytes() == bytes(range(256))
    assert (local / "set" / "für mich 100%.csv").read_text(encoding="utf-8") == "a,b\n1,2\n"
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/a.txt") == "línea"
    assert mlflow.artifacts.load_dict(f"runs:/{run_id}/conf.json") == {"k": [1, None]}
    # The same path again replaces the file.
    client.log_text(run_id, "other", "notes/a.txt")
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/a.txt") == "other"


def headers_of_a_download():
    answer = ask("GET", f"{PROXY}/{root}/set/{quote('für mich 100%.csv')}")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "filename*=UTF-8''f%C3%BCr%20mich%20100%25.csv" in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    client.log_text(run_id, "<script>alert(1)</script>", "page.html")
    for path in (f"{PROXY}/{root}/page.html", f"/get-artifact?run_id={run_id}&path=page.html"):
        answer = ask("GET", path)
        assert answer.status_code == 200 and "html" not in answer.headers["content-type"], "no browser may run it"
    refused_request(404, "RESOURCE_DOES_NOT_EXIST", "No such artifact", "GET", f"{PROXY}/{root}/absent.txt")


def large_and_in_parts():
    block = os.urandom(1 << 20)
    n_blocks, digest = 48, hashlib.sha256()

    def blocks():
        for _ in range(n_blocks):
            digest.update(block)
            yield block

    assert ask("PUT", f"{PROXY}/{root}/large.bin", data=blocks()).status_code == 200
    size = n_blocks << 20
    answer = ask("GET", f"{PROXY}/{root}/large.bin", stream=True)
    back = hashlib.sha256()
    for chunk in answer.iter_content(1 << 16):
        back.update(chunk)
    assert back.digest() == digest.digest() and int(answer.headers["content-length"]) == size
    for asked, first, n in [
        ("bytes=0-9", 0, 10), (f"bytes={size - 5}-", size - 5, 5), ("bytes=-7", size - 7, 7), ("bytes=1048570-1048585", 1048570, 16),
    ]:
        answer = ask("GET", f"{PROXY}/{root}/large.bin", headers={"range": asked})
        assert (answer.status_code, len(answer.content)) == (206, n), asked
        assert answer.headers["content-range"] == f"bytes {first}-{first + n - 1}/{size}"
        assert answer.content == (block * 2)[first % (1 << 20):][:n]


def cut_off():
    """An upload that its client leaves in the middle is no file."""
    place = urlparse(URI)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    connection.putrequest("PUT", f"{PROXY}/{root}/cut.bin")
    connection.putheader("Content-Length", "1000000")
    connection.endheaders()
    connection.send(b"x" * 1000)
    connection.close()
    assert "cut.bin" not in [one.path for one in client.list_artifacts(run_id)]


def deleted():
    client.log_text(run_id, "1", "gone/a.txt")
    client.log_text(run_id, "2", "gone/b/c.txt")
    client.log_text(run_id, "3", "gone.txt")
    assert ask("DELETE", f"{PROXY}/{root}/gone/a.txt").status_code == 200
    assert [one.path for one in client.list_artifacts(run_id, "gone")] == ["gone/b"]
    assert ask("DELETE", f"{PROXY}/{root}/gone").status_code == 200
    assert client.list_artifacts(run_id, "gone") == []
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/gone.txt") == "3"
    client.delete_run(run_id)
    refused_request(400, "INVALID_PARAMETER_VALUE", "active", "PUT", f"{PROXY}/{root}/late.txt", data=b"x")
    client.restore_run(run_id)


def nothing_leaves_its_run():
    place = urlparse(URI)
    ways = ["..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "%25252e%25252e", "..%5c..", "..\\..", "%c0%ae%c0%ae", "..%00", "..%2f..", ".."]
    for way in ways:
        for target in (f"{root}/{way}/{way}/{way}/{way}/etc/passwd", f"{way}/{way}/etc/passwd", f"{root}/a/{way}/{way}/{way}/lab.db"):
            for method in ("GET", "PUT", "DELETE"):
                # By hand, for a client's library would tidy the path up.
                connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
                connection.putrequest(method, f"{PROXY}/{target}", skip_accept_encoding=True)
                connection.putheader("Content-Length", "1")
                connection.endheaders(b"x")
                answer = connection.getresponse()
                body = answer.read()
                connection.close()
                assert answer.status in (400, 404), (method, target, answer.status, body)
                assert b"root:" not in body
    for path in ("../../../etc/passwd", "/etc/passwd", "a/../../b", "..\\..\\b", "%2e%2e/b", "a\0b", "c:/windows", "./a"):
        refused_request(400, "INVALID_PARAMETER_VALUE", "Invalid path", "GET", "/api/2.0/mlflow/artifacts/list", params={"run_id": run_id, "path": path})
        refused_request(400, "INVALID_PARAMETER_VALUE", "Invalid path", "GET", "/get-artifact", params={"run_id": run_id, "path": path})
        refused_request(400, "INVALID_PARAMETER_VALUE", "Invalid path", "GET", PROXY, params={"path": path})
    assert ask("GET", f"{PROXY}/0/{'0' * 32}/artifacts/a.txt").status_code == 404
    refused("RESOURCE_DOES_NOT_EXIST", "not found", client.list_artifacts, "0" * 32)


def sent_by_pages():
    path = "/ajax-api/2.0/mlflow/upload-artifact"
    where = {"run_uuid": run_id, "path": "small/grüße.txt"}
    assert ask("POST", path, params=where, data="hello world").status_code == 200
    assert ask("GET", "/get-artifact", params=where).text == "hello world"
    assert "small/grüße.txt" in [one.path for one in client.list_artifacts(run_id, "small")]
    for params, data, words in [
        ({}, b"x", "must specify run_uuid"),
        ({"run_uuid": run_id}, b"x", "must specify path"),
        ({"run_uuid": run_id, "path": ""}, b"x", "must specify path"),
        ({"run_uuid": run_id, "path": "../x"}, b"x", "Invalid path"),
        (where, b"", "must specify data"),
        (where, b"x" * ((10 << 20) + 1), "too large"),
    ]:
        refused_request(400, "INVALID_PARAMETER_VALUE", words, "POST", path, params=params, data=data)
    refused_request(404, "RESOURCE_DOES_NOT_EXIST", "not found", "POST", path, params={"run_uuid": "0" * 32, "path": "a"}, data=b"x")


def files_of_versions():
    client.create_registered_model("with files")
    client.create_model_version("with files", f"mlflow-artifacts:/{root}/small", run_id=run_id)
    ask_for = lambda **params: ask("GET", "/model-versions/get-artifact", params={"name": "with files", "version": 1, **params})
    assert ask_for(path="grüße.txt").text == "hello world"
    assert ask_for(path="absent").status_code == 404 and ask_for(path="grüße.txt", version=7).status_code == 404
    refused_request(400, "INVALID_PARAMETER_VALUE", "Invalid path", "GET", "/model-versions/get-artifact", params={"name": "m", "version": 1, "path": "../x"})


logged_and_listed()
headers_of_a_download()
large_and_in_parts()
cut_off()
sent_by_pages()
files_of_versions()
deleted()
nothing_leaves_its_run()
