"""The fields of the example `churn`, for tests that change some."""

from copy import deepcopy
from functools import cache
from typing import Any

import yaml

from include.pipeline.documents.config import DATASETS


def churn_fields() -> dict[str, Any]:
    """The fields of its YAML file, which names data of the web; the caller may change them."""
    fields: dict[str, Any] = deepcopy(_fields())
    fields["params"]["data_url"] = "https://data.example.com/churn.csv"
    return fields


@cache
def _fields() -> Any:
    return yaml.safe_load((DATASETS / "churn.yaml").read_text(encoding="utf-8"))
