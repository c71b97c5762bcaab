"""Which models a container of several keeps loaded."""

from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.hosting.serving import target_models
from local_aws.hosting.serving.target_models import TargetModels


class _Stub:
    """Stands in for a process, of which nine would take the test's time."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_closed = False

    def await_health(self, seconds: float) -> bool:
        return seconds > 0

    def keep_alive(self) -> None:
        return

    def close(self) -> None:
        self.is_closed = True


class _Log:
    def append(self, line: str) -> None:
        assert line.startswith("Local AWS loads the model ")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[_Stub]:
    """The processes in the order of their start."""
    made: list[_Stub] = []

    def start(_region: object, definition: dict[str, str], environment: dict[str, str], *_: object) -> _Stub:
        assert environment == {"A": "b", "SAGEMAKER_MULTI_MODEL": "true"}
        made.append(_Stub(definition["ModelDataUrl"]))
        return made[-1]

    monkeypatch.setattr(target_models, "start_process", start)
    return made


@pytest.fixture
def models() -> Iterator[TargetModels]:
    region: Any = None
    log: Any = _Log()
    definition = {"Image": "image", "ModelDataUrl": "s3://bucket/models"}
    made = TargetModels(region, definition, {"A": "b"}, log, "primary")
    yield made
    made.close()


def test_the_one_that_was_not_asked_for_the_longest_goes(models: TargetModels, started: list[_Stub]) -> None:
    for name in "abcdefgh":
        with models.taken(name):
            pass
    with models.taken("a"), models.taken("i"):
        closed = [stub.url for stub in started if stub.is_closed]
    assert closed == ["s3://bucket/models/b"]
    # It comes back when it is asked for.
    with models.taken("b"):
        assert not started[-1].is_closed
    assert [stub.url[-1] for stub in started] == [*"abcdefghib"]


def test_one_that_answers_stays(models: TargetModels, started: list[_Stub]) -> None:
    with models.taken("a"):
        for name in "bcdefghij":
            with models.taken(name):
                pass
        assert [stub.url[-1] for stub in started if stub.is_closed] == ["b", "c"]


def test_its_end_ends_all(models: TargetModels, started: list[_Stub]) -> None:
    with models.taken("a"), models.taken("b"):
        pass
    models.close()
    assert [stub.is_closed for stub in started] == [True, True]
