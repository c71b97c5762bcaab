"""The pipelines that are struck: the bundled one, and others of the same table."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml

from local_stack.demo import DAG_ID
from tests.pipeline.split_jobs import PROCESSING
from tests.pipeline.tuned import TUNE

SOURCE = "s3://fault-source/bank_marketing_sample.csv"
SOURCES = [f"{SOURCE.rpartition('/')[0]}/"]
"""What runs may read from."""
TUNED = f"{DAG_ID}_tuned"
"""The pipeline that has a tuning job."""
SHADOWED = f"{DAG_ID}_shadow"
"""The one whose models are in the shadow of the served one before the canary."""
CONTENDING = f"{DAG_ID}_contending"
"""The one that has several algorithms."""
SPLIT = f"{DAG_ID}_split"
"""The one whose table a processing job splits."""
_SERVE = {"canary_seconds": 1, "keep_old_seconds": 0}


def use_the_model(fields: dict[str, Any]) -> None:
    """Give the bundled pipeline the DAGs that score new rows and serve the best model."""
    fields |= {"score": {}, "serve": _SERVE}


def add_pipelines(datasets: Path, buckets: Collection[str]) -> None:
    """Write the other pipelines.

    Args:
        datasets: Their folder, which has the bundled one.
        buckets: That their runs may have for their own.
    """
    fields = yaml.safe_load((datasets / f"{DAG_ID}.yaml").read_text())
    for name in ("score", "serve"):
        del fields[name]
    fields |= {"schedule": None, "watch": None}
    fields["limits"] |= {"s3_sources": SOURCES, "buckets": list(buckets)}
    params = fields["params"] | {
        "data_url": SOURCE,
        "validation_fraction": 0.2,
        "hyperparameters": {"num_round": 10, "objective": "binary:logistic"},
        "min_roc_auc": 0.5,
        "must_beat_baseline": False,
    }
    pipelines = {
        TUNED: {"tune": TUNE, "params": params},
        SHADOWED: {"serve": _SERVE | {"shadow": {"seconds": 1}}},
        CONTENDING: {
            "algorithms": [{"name": "xgboost"}, {"name": "linear-learner"}],
            "params": params,
            "table": {"label": "y_yes", "drop": ["y_no"], "show_values": True},
        },
        SPLIT: {"split_on": "processing", "processing": PROCESSING | {"above_bytes": 0}},
    }
    for name, others in pipelines.items():
        (datasets / f"{name}.yaml").write_text(yaml.safe_dump(fields | others))
