"""What Prometheus is given of Airflow's metrics by the mapping file, and what the dashboard asks it for.

The names are made as statsd-exporter makes them: the first rule that fits gives the name, `*` stands for one
part between dots, and what no rule fits keeps its name with `_` for whatever Prometheus does not take.
https://github.com/prometheus/statsd_exporter#metric-mapping-and-configuration
"""

import json
import re
from typing import Any

import yaml

from tests.project import PROJECT

_FOLDER = PROJECT / "deploy" / "metrics"
DASHBOARD: dict[str, Any] = json.loads((_FOLDER / "grafana_dashboard.json").read_text())
RULES: list[dict[str, Any]] = yaml.safe_load((_FOLDER / "statsd_mapping.yaml").read_text())["mappings"]


def rule_of(metric: str) -> dict[str, Any] | None:
    """Find the rule for a metric: `airflow.model.roc_auc`."""
    patterns = {
        rule["match"]: "[^.]+".join(re.escape(part) for part in rule["match"].split("*")) for rule in RULES
    }
    return next((rule for rule in RULES if re.fullmatch(patterns[rule["match"]], metric)), None)


def exported(metric: str) -> str:
    """Name what Prometheus has of a metric."""
    rule = rule_of(metric)
    return str(rule["name"]) if rule else re.sub(r"[^a-zA-Z0-9_]", "_", metric)


def shown() -> set[str]:
    """Name what the dashboard asks for, histograms without the endings of their parts."""
    asked = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    asked += [variable["query"] for variable in DASHBOARD["templating"]["list"]]
    names = {name for text in asked for name in re.findall(r"\bairflow_\w+", text)}
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in names}
