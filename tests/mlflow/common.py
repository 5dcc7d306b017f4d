"""What the scripts share: the client, and how a refusal is looked at."""

import sys

import requests
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

URI = sys.argv[1]
client = MlflowClient(URI)


def refused(code, words, call, *arguments, **named):
    """The call must be refused with MLflow's error code and a message that holds the words."""
    try:
        answer = call(*arguments, **named)
    except MlflowException as error:
        assert error.error_code == code, f"{error.error_code}: {error.message}"
        assert words in error.message, error.message
        return
    raise AssertionError(f"{call.__name__}{arguments} was not refused: {answer}")


def ask(method, path, **named):
    """A request as no client would send it."""
    return requests.request(method, URI + path, timeout=60, **named)


def refused_request(status, code, words, method, path, **named):
    answer = ask(method, path, **named)
    assert answer.status_code == status, (path, answer.status_code, answer.text)
    assert answer.json()["error_code"] == code, answer.text
    assert words in answer.json()["message"], answer.text


def all_pages(call, **named):
    """Every entry of a paged list, and how many pages it took."""
    found, n_pages, token = [], 0, None
    while True:
        page = call(page_token=token, **named)
        found.extend(page)
        n_pages += 1
        token = page.token
        if not token:
            return found, n_pages
