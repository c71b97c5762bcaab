from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from include.pipeline.accepted import accept, find_previous, find_same, fingerprint, listed_for
from include.pipeline.config import TableConfig
from include.pipeline.manifest import RunManifest
from include.pipeline.object_store import list_objects, write_object
from include.pipeline.params import RunParams
from include.pipeline.plan import RunLocations, RunPlan
from tests.pipeline.report.example import contents_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONTENTS = contents_of()
DATA = "aa" * 32
DAY = datetime(2026, 3, 1, 6, tzinfo=UTC)

# A Param's other value, and whether it makes another model or other figures.
OTHER_VALUES: dict[str, tuple[Any, bool]] = {
    "data_url": ("https://example.org/other.csv", False),
    "bucket": ("another-bucket", False),
    "role": ("another-role", False),
    "train_fraction": (0.8, True),
    "validation_fraction": (0.1, True),
    "seed": (1, True),
    "image_version": ("1.7-1", True),
    "hyperparameters": ({"num_round": 7}, True),
    "training_instance_type": ("ml.m5.large", False),
    "training_instance_count": (2, True),
    "endpoint_instance_type": ("ml.m5.large", False),
    "endpoint_instance_count": (2, False),
    "threshold": (0.4, True),
    "threshold_rule": ("best_f1", True),
    "call_cost": (6.0, True),
    "deposit_value": (60.0, True),
    "min_roc_auc": (0.5, False),
    "must_beat_baseline": (False, False),
    "max_roc_auc_drop": (0.01, True),
    "force_retrain": (True, False),
    "keep_endpoint": (True, False),
    "delete_data": (True, False),
}


def plan_of(key: str = "run", day: datetime | None = DAY, **params: Any) -> RunPlan:
    identity = CONTENTS.plan.identity.model_copy(
        update={
            "run_id": f"backfill__{key}",
            "interval_start": day,
            "interval_end": day,
            "planned_at": DAY + timedelta(days=100),
        }
    )
    return CONTENTS.plan.model_copy(
        update={
            "key": key,
            "bucket": "bucket",
            "identity": identity,
            "locations": RunLocations.of("bucket", "bank_marketing", key),
            "params": CONTENTS.plan.params.model_copy(update=params),
        }
    )


def manifest_of(plan: RunPlan, data: str = DATA) -> RunManifest:
    return RunManifest(
        key=plan.key,
        identity=plan.identity,
        params=plan.params,
        image_uri="image",
        code_sha256="c0" * 32,
        raw=CONTENTS.raw.model_copy(update={"sha256": data}),
        split=CONTENTS.split,
        training=CONTENTS.training.model_copy(update={"model_uri": f"s3://bucket/{plan.key}/model.tar.gz"}),
        model_sha256="5e" * 32,
        metrics=CONTENTS.evaluation.headline,
        reused_from=None,
        missed=(),
    )


def accepted(s3: "S3Client", plan: RunPlan, data: str = DATA) -> RunManifest:
    """List a run whose model is there."""
    manifest = manifest_of(plan, data)
    write_object(s3, manifest.training.model_uri, b"model", "application/gzip")
    accept(s3, plan, manifest)
    return manifest


@pytest.mark.parametrize("name", RunParams.model_fields)
def test_a_param_counts_where_it_makes_another_model_or_other_figures(name: str) -> None:
    value, counts = OTHER_VALUES[name]
    assert value != getattr(CONTENTS.plan.params, name)
    same = fingerprint(plan_of(**{name: value}), DATA) == fingerprint(plan_of(), DATA)
    assert same is not counts


def test_data_columns_and_image_count_and_the_order_of_hyperparameters_does_not() -> None:
    plan = plan_of()
    of_other_columns = plan.model_copy(update={"table": TableConfig(label=plan.table.label)})
    image = {"AlgorithmSpecification": {"TrainingImage": "another"}}
    of_other_image = plan.model_copy(update={"training": plan.training | image})
    turned = dict(reversed(plan.params.hyperparameters.items()))
    assert len({fingerprint(each, DATA) for each in (plan, of_other_columns, of_other_image)}) == 3
    assert fingerprint(plan, "bb" * 32) != fingerprint(plan, DATA)
    assert fingerprint(plan_of(hyperparameters=turned), DATA) == fingerprint(plan, DATA)


def test_nothing_is_found_where_nothing_was_accepted(s3: "S3Client") -> None:
    assert find_same(s3, plan_of(), DATA) is None
    assert find_previous(s3, plan_of()) is None


def test_the_newest_model_of_the_same_data_and_configuration_is_found(s3: "S3Client") -> None:
    accepted(s3, plan_of("older", DAY - timedelta(days=2)))
    newer = accepted(s3, plan_of("newer", DAY - timedelta(days=1)))
    accepted(s3, plan_of("other-data", DAY), "bb" * 32)
    accepted(s3, plan_of("other-seed", DAY, seed=1))
    assert find_same(s3, plan_of("run", DAY + timedelta(days=1)), DATA) == newer


def test_a_run_finds_what_it_was_accepted_for_itself(s3: "S3Client") -> None:
    own = accepted(s3, plan_of("run"))
    assert find_same(s3, plan_of("run"), DATA) == own


def test_a_model_whose_archive_is_gone_does_not_count(s3: "S3Client") -> None:
    kept = accepted(s3, plan_of("kept", DAY - timedelta(days=2)))
    gone = accepted(s3, plan_of("gone", DAY - timedelta(days=1)))
    s3.delete_object(Bucket="bucket", Key=gone.training.model_uri.removeprefix("s3://bucket/"))
    assert find_same(s3, plan_of("run"), DATA) == kept


def test_the_previous_model_is_that_of_the_newest_older_data(s3: "S3Client") -> None:
    for days in (3, 1, 2):
        accepted(s3, plan_of(f"before-{days}", DAY - timedelta(days=days)))
    accepted(s3, plan_of("run", DAY))
    accepted(s3, plan_of("same-day", DAY))
    accepted(s3, plan_of("after", DAY + timedelta(days=1)))
    found = find_previous(s3, plan_of("run", DAY))
    assert found is not None
    assert found.key == "before-1"


def test_a_run_without_an_interval_stands_where_it_was_planned(s3: "S3Client") -> None:
    accepted(s3, plan_of("dated", DAY))
    by_hand = accepted(s3, plan_of("by-hand", None))  # planned a hundred days later
    assert find_previous(s3, plan_of("next", DAY + timedelta(days=99))) != by_hand
    assert find_previous(s3, plan_of("next", DAY + timedelta(days=101))) == by_hand


def test_more_models_than_s3_lists_at_once_are_looked_through(s3: "S3Client") -> None:
    body = manifest_of(plan_of("any")).model_dump_json().encode()
    models = plan_of().locations.models
    for number in range(1001):
        key = f"bank_marketing/models/20260101T{number:06d}000000/{'0' * 64}/old-{number}.json"
        s3.put_object(Bucket="bucket", Key=key, Body=body)
    newest = accepted(s3, plan_of("newest", DAY - timedelta(days=1)))
    assert len(list_objects(s3, f"{models}/")) == 1002
    assert find_previous(s3, plan_of("run", DAY)) == newest


def test_a_run_is_listed_by_its_key_alone(s3: "S3Client") -> None:
    accepted(s3, plan_of("run"))
    accepted(s3, plan_of("run", seed=1))
    accepted(s3, plan_of("run-2"))
    listed = list(listed_for(s3, plan_of().locations.models, "run"))
    assert len(listed) == 2
    assert all(uri.endswith("/run.json") for uri in listed)
