"""A script that serves: its functions in their order, the images' defaults, and the toolkit's refusals."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.test import Client

from local_aws.algorithms.script.serving import application
from local_aws.algorithms.script.serving_variables import ALGORITHM

CSV, JSON, NPY = "text/csv", "application/json", "application/x-npy"
SUMS = """
class Sums:
    def predict(self, data, **options):
        return data.sum(axis=1)

def model_fn(model_dir):
    return Sums()
"""
WHOLE = """
import json

def model_fn(model_dir):
    return {"from": model_dir}

def input_fn(body, content_type):
    return [body, content_type]

def predict_fn(data, model):
    return {"saw": data, **model}

def output_fn(prediction, accept):
    return json.dumps(prediction), accept
"""
Serve = Callable[..., Client]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Starts the server of a script, in this process."""

    def start(script: str, algorithm: str = "scikit_learn", **environment: str) -> Client:
        (tmp_path / "inference_script.py").write_text(script)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, "inference_script", raising=False)
        monkeypatch.setenv("SAGEMAKER_PROGRAM", "inference_script.py")
        monkeypatch.setenv(ALGORITHM, algorithm)
        for name, text in environment.items():
            monkeypatch.setenv(name, text)
        return Client(application(Path("/opt/ml/model")))

    return start


def ask(container: Client, body: bytes, content_type: str = CSV, accept: str | None = None) -> Any:
    headers = {"Content-Type": content_type} | ({} if accept is None else {"Accept": accept})
    return container.post("/invocations", data=body, headers=headers)


def test_the_four_functions(serve: Serve) -> None:
    answer = ask(serve(WHOLE), b"1,2", CSV, JSON)
    assert answer.content_type == JSON
    assert answer.json == {"saw": ["1,2", CSV], "from": "/opt/ml/model"}


def test_what_is_no_text_comes_as_bytes(serve: Serve) -> None:
    kind = (
        "def model_fn(d): pass\ndef transform_fn(m, body, t, a): return type(body).__name__, 'text/plain'\n"
    )
    container = serve(kind)
    assert [ask(container, b"1", t).text for t in (CSV, JSON, "application/octet-stream")] == [
        "str",
        "str",
        "bytes",
    ]


def npy(values: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array(values))
    return file.getvalue()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"1,2\n3,4.5\n", CSV), (b"[[1, 2], [3, 4.5]]", JSON), (npy([[1, 2], [3, 4.5]]), NPY)],
)
def test_the_defaults_of_scikit_learn(serve: Serve, body: bytes, content_type: str) -> None:
    container = serve(SUMS)
    assert ask(container, body, content_type).json == [3, 7.5]
    assert ask(container, body, content_type, CSV).text == "3.0\n7.5\n"
    assert np.load(io.BytesIO(ask(container, body, content_type, NPY).data)).tolist() == [3, 7.5]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"1,2\n3,4.5", CSV), (b"1 1:1 2:2\n0 1:3 2:4.5", "text/libsvm")],
)
def test_the_defaults_of_xgboost(serve: Serve, body: bytes, content_type: str) -> None:
    """They make a DMatrix, and do not ask for the names of features."""
    script = SUMS.replace(
        "return data.sum(axis=1)",
        "return data.get_data().toarray().sum(axis=1) * (not options['validate_features'])",
    )
    assert ask(serve(script, "xgboost"), body, content_type).json == [3, 7.5]


def test_the_environment_chooses_the_answers_default_type(serve: Serve) -> None:
    container = serve(SUMS, SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT=CSV)
    for accept in (None, "*/*"):
        assert ask(container, b"1,2\n3,4", CSV, accept).text == "3.0\n7.0\n"
    assert ask(container, b"1,2\n3,4", CSV, JSON).json == [3, 7]


@pytest.mark.parametrize("algorithm", ["scikit_learn", "xgboost"])
@pytest.mark.parametrize(
    ("content_type", "accept", "status"), [("image/png", JSON, 415), (CSV, "image/png", 406)]
)
def test_types_that_the_toolkit_does_not_know(
    serve: Serve, algorithm: str, content_type: str, accept: str, status: int
) -> None:
    script = "def model_fn(d): pass\ndef predict_fn(data, model): return [1]\n"
    answer = ask(serve(script, algorithm), b"1,2\n3,4", content_type, accept)
    assert answer.status_code == status
    told = json.loads(answer.data)
    assert told["error"] == "UnsupportedFormatError"
    assert told["error-message"].startswith("Content type image/png is not supported by this framework.")


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("def transform_fn(*_): raise ValueError('no rows')\n", "ValueError: no rows"),
        (
            "def transform_fn(*_): return 7\n",
            "TypeError: The script answered with int; it has to be str, bytes",
        ),
    ],
)
def test_what_a_script_raises_is_in_the_log(
    serve: Serve, caplog: pytest.LogCaptureFixture, script: str, line: str
) -> None:
    answer = ask(serve(f"def model_fn(d): pass\n{script}"), b"1")
    assert answer.status_code == 500
    assert "Internal Server Error" in answer.text
    assert line in caplog.text


def test_a_body_alone_is_html_as_flask_takes_it(serve: Serve) -> None:
    answer = ask(serve("def model_fn(d): pass\ndef transform_fn(*_): return 'yes'\n"), b"1")
    assert (answer.text, answer.mimetype) == ("yes", "text/html")


@pytest.mark.parametrize(
    ("script", "error", "message"),
    [
        ("def predict_fn(d, m): pass\n", NotImplementedError, "Please provide a model_fn implementation."),
        (
            "def model_fn(d): pass\ndef transform_fn(*_): pass\ndef input_fn(*_): pass\n",
            ValueError,
            "Cannot use transform_fn implementation with input_fn, predict_fn, and/or output_fn",
        ),
        ("raise RuntimeError('no such table')\n", RuntimeError, "no such table"),
    ],
)
def test_a_script_that_cannot_serve(serve: Serve, script: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        serve(script)
