"""Whoever may replace a model file can end, or hold up, no more than the process that reads it."""

import signal
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import xgboost

from include.pipeline.evaluation import booster, model_process
from include.pipeline.evaluation.explanation import explain
from include.pipeline.evaluation.model_process import ModelLimits

pytestmark = pytest.mark.slow

ROWS = b"1,2,3\n4,5,6\n"
NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def model() -> bytes:
    rows = np.random.default_rng(7).random((200, 3))
    made = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(rows, rows[:, 0] > 0.5), 3)
    return bytes(made.save_raw("ubj"))


def crashing(model: bytes) -> bytes:
    """Let the root of a tree be its own child."""
    name = b"left_children[$l#L"
    first = model.index(name) + len(name) + 8
    return model[:first] + bytes(4) + model[first + 4 :]


def test_a_model_that_kills_its_reader_is_not_explained(
    model: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert explain(crashing(model), ROWS, NAMES) == ()
    assert "was ended by SIGSEGV" in caplog.text


@pytest.mark.parametrize(
    ("does", "said"),
    [
        pytest.param("while True: pass", "took more than 2 s", id="never returns"),
        pytest.param("bytes(10**11)", "MemoryError", id="takes all memory"),
        pytest.param("open('/dev/null'); print('[1, 2')", "did not answer in JSON", id="answers anything"),
    ],
)
def test_a_reader_is_bounded(
    does: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # No mutant does each of these on every machine: in XGBoost's place stands what does it for certain.
    (tmp_path / "xgboost.py").write_text(f"{does}\nraise SystemExit(0)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    begun = time.monotonic()
    assert explain(b"model", ROWS, NAMES, ModelLimits(seconds=2 if "while" in does else 60)) == ()
    assert said in caplog.text
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_reader_that_is_told_to_end_says_nothing_of_the_model(
    sent: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = (
        "import os, signal",
        f"signal.signal({sent:d}, signal.SIG_DFL)",
        f"os.kill(os.getpid(), {sent:d})",
    )
    (tmp_path / "xgboost.py").write_text("\n".join(ends))
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(InterruptedError):
        explain(b"model", ROWS, NAMES)


def test_the_reader_has_no_secret_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, str]] = []

    def run(command: Sequence[str], *, env: dict[str, str], **_: object) -> object:
        assert command[-1] == booster.__name__
        started.append(env)
        raise model_process.subprocess.TimeoutExpired(command, 1)

    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", "secret")
    monkeypatch.setattr(model_process.subprocess, "run", run)
    assert explain(b"model", ROWS, NAMES) == ()
    assert "secret" not in started[0].values()
