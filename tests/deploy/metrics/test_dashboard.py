"""The dashboard asks for metrics that are sent, under the names that the mapping file gives them."""

import re
from importlib.resources import files

import pytest
import yaml

from include.operators.sagemaker.billed import BILLED_SECONDS, COST
from include.pipeline.documents.metrics.of_kind import METRICS
from plugins.model_metrics.airflow_plugin import FIGURE, PASSED
from tests.cluster.compose_file import COMPOSE
from tests.deploy.metrics.exported import DASHBOARD, RULES, exported, rule_of, shown
from tests.project import PROJECT

PAGE = (PROJECT / "docs" / "monitoring.md").read_text()


def sent() -> set[str]:
    """Every metric of Airflow's own, as it lists them, and ours."""
    listed = files("airflow") / "_shared" / "observability" / "metrics" / "metrics_template.yaml"
    own = {BILLED_SECONDS, COST, PASSED}
    own |= {f"{FIGURE}.{name}" for kind in METRICS.values() for name in kind.FIGURES}
    return {
        f"airflow.{name}" for name in own | {m["name"] for m in yaml.safe_load(listed.read_text())["metrics"]}
    }


def test_all_that_it_shows_is_sent() -> None:
    assert len(shown()) > 10
    assert shown() <= {exported(metric) for metric in sent()}


def test_each_rule_has_metrics_and_each_of_ours_a_rule() -> None:
    used = {id(rule_of(metric)) for metric in sent()}
    assert [rule["match"] for rule in RULES if id(rule) not in used] == []
    assert [name for name in (BILLED_SECONDS, COST, PASSED) if rule_of(f"airflow.{name}") is None] == []
    assert exported("airflow.model.roc_auc") == exported("airflow.model.rmse") == "airflow_model_figure"
    assert exported("airflow.executor.queued_tasks") == "airflow_executor_queued_tasks"


def test_the_page_names_each_of_them() -> None:
    named = set(re.findall(r"`(airflow_\w+)", PAGE))
    assert shown() <= named
    assert named <= {exported(metric) for metric in sent()}


def test_a_panel_says_what_it_shows_and_lies_on_no_other() -> None:
    panels = DASHBOARD["panels"]
    assert all(panel["title"] and panel["description"] for panel in panels)
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
    assert len(places) == len({panel["id"] for panel in panels}) == len(panels)


@pytest.mark.parametrize("part", [name for name in COMPOSE["services"] if name.startswith("airflow-")])
def test_every_part_that_runs_for_long_sends_them_with_tags(part: str) -> None:
    about = COMPOSE["services"][part]
    settings = {
        name.removeprefix("AIRFLOW__METRICS__").lower(): value
        for name, value in about["environment"].items()
        if name.startswith("AIRFLOW__METRICS__")
    }
    if part == "airflow-init":
        assert settings == {}
        return
    exporter = COMPOSE["services"]["statsd-exporter"]
    assert set(about["networks"]) & set(exporter["networks"])
    assert about["depends_on"]["statsd-exporter"] == {"condition": "service_healthy"}
    assert f"--statsd.listen-udp=:{settings['statsd_port']}" in exporter["command"]
    assert settings == {
        "statsd_on": "true",
        "statsd_host": "statsd-exporter",
        "statsd_port": "9125",
        "statsd_influxdb_enabled": "true",
        "legacy_names_on": "false",
    }
