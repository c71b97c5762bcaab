"""What a look at the source announces, and what it remembers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest
import yaml
from airflow.sdk import Asset, RetryAction
from airflow.sdk.exceptions import AirflowSkipException

from include.operators.failures.retries import RETRY_POLICY
from include.operators.source.watching import look_at_source, source_asset
from include.pipeline.documents import config
from include.pipeline.source.web import UnavailableError

# Each look makes an S3 client.
pytestmark = pytest.mark.slow

SOURCE = source_asset("bank_marketing")


@dataclass
class Airflow:
    """What Airflow keeps: an event only of a task that ended well, the state store whatever becomes of it."""

    events: list[Any] = field(default_factory=list)
    store: dict[str, Any] = field(default_factory=dict)

    def look(self, dies: bool = False) -> str:
        """Run the task; returns why it was skipped, or "changed".

        Args:
            dies: The worker dies before Airflow knows that the task has ended.
        """
        updated = SimpleNamespace(extra={})
        try:
            look_at_source.function(
                "bank_marketing",
                ti=SimpleNamespace(task=SimpleNamespace(outlets=[SOURCE])),
                inlet_events={SOURCE: Events(self.events)},
                outlet_events={SOURCE: updated},
                asset_state_store={SOURCE: SimpleNamespace(get=self.store.get, set=self.store.__setitem__)},
            )
        except AirflowSkipException as skipped:
            return str(skipped)
        if not dies:
            self.events.append(SimpleNamespace(extra=updated.extra))
        return "changed"


class Events(list[Any]):
    """Events of an asset, as Airflow gives them to a task."""

    def ascending(self, ascending: bool) -> Self:
        return self if ascending else type(self)(self[::-1])

    def limit(self, limit: int) -> Self:
        return type(self)(self[:limit])


@pytest.fixture
def airflow() -> Airflow:
    return Airflow()


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that the pipeline's data_url leads to."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("AIRFLOW_VAR_SOURCE_LOCAL_FOLDER", str(folder))
    file = folder / "bank.csv"
    file.write_text("age,y\n31,0\n")
    return file


@pytest.fixture
def point_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Writes another data_url into the pipeline's file."""
    fields = yaml.safe_load((config.DATASETS / "bank_marketing.yaml").read_text())
    monkeypatch.setattr(config, "DATASETS", tmp_path)

    def point(url: str) -> None:
        fields["params"]["data_url"] = url
        (tmp_path / "bank_marketing.yaml").write_text(yaml.safe_dump(fields))

    return point


@pytest.fixture(autouse=True)
def _watched(source: Path, point_at: Callable[[str], None]) -> None:
    point_at(source.name)


def test_the_asset_has_the_pipelines_name() -> None:
    assert Asset("bank_marketing_source", group="source") == SOURCE


def test_a_change_is_announced_once_with_the_version(airflow: Airflow, source: Path) -> None:
    assert "First look: url='bank.csv'" in airflow.look()
    assert "The source has not changed: url='bank.csv'" in airflow.look()
    source.write_text("age,y\n31,1\n")
    assert airflow.look() == "changed"
    assert "has not changed" in airflow.look()
    (event,) = airflow.events
    assert event.extra["url"] == "bank.csv"
    assert event.extra["bytes"] == 11
    assert set(event.extra) == {"url", "etag", "last_modified", "bytes"}


def test_a_change_that_is_taken_back_is_another(airflow: Airflow, source: Path) -> None:
    before = source.read_text()
    airflow.look()
    for content in ("age,y\n", before):
        source.write_text(content)
        assert airflow.look() == "changed"
    assert "has not changed" in airflow.look()


def test_a_change_is_not_lost_with_the_worker(airflow: Airflow, source: Path) -> None:
    airflow.look()
    source.write_text("age,y\n31,1\n")
    airflow.look(dies=True)
    assert airflow.look() == "changed"
    assert "has not changed" in airflow.look()


def test_what_was_announced_is_known_after_its_event_was_deleted(airflow: Airflow, source: Path) -> None:
    airflow.look()
    source.write_text("age,y\n31,1\n")
    airflow.look()
    airflow.look()
    airflow.events.clear()
    assert "has not changed" in airflow.look()


def test_an_event_made_by_hand_is_no_version(airflow: Airflow, source: Path) -> None:
    airflow.look()
    source.write_text("age,y\n31,1\n")
    airflow.look()
    airflow.events += [SimpleNamespace(extra={"from_rest_api": True})] * 3
    assert "has not changed" in airflow.look()


def test_another_source_is_seen_for_the_first_time(
    airflow: Airflow, source: Path, point_at: Callable[[str], None]
) -> None:
    airflow.look()
    source.write_text("age,y\n31,1\n")
    airflow.look()
    other = source.with_name("other.csv")
    other.write_text("age,y\n")
    point_at(other.name)
    assert "First look: url='other.csv'" in airflow.look()
    other.write_text("age,y\n50,1\n")
    assert airflow.look() == "changed"


def test_a_dated_source_is_not_watched(airflow: Airflow, point_at: Callable[[str], None]) -> None:
    point_at("https://example.org/bank_{interval_start:%Y-%m-%d}.csv?sig=SECRET")
    said = airflow.look()
    assert "https://example.org/bank_{interval_start:%Y-%m-%d}.csv is another file for each period" in said
    assert "SECRET" not in said
    assert airflow == Airflow()


def test_a_server_that_is_not_available_is_asked_again() -> None:
    decision = RETRY_POLICY.evaluate(UnavailableError("503 Service Unavailable"), try_number=1, max_tries=2)
    assert decision.action is RetryAction.DEFAULT
