"""The list of accepted models: which was made of the same, which came before."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from include.pipeline.aws.object_store import list_objects, read_object, split_uri, write_object
from include.pipeline.documents.params import RunParams
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DocumentError
from include.pipeline.history.accepted import accept, find_previous, find_same, fingerprint, listed_for
from include.pipeline.teardown.cleanup import delete_run
from tests.pipeline.accepted_runs import DATA, OTHER_DATA, accepted, day, plan_of, train
from tests.pipeline.report.example import evaluation_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# Another valid value of each Param, and whether a run that has it makes another model or other figures.
OTHER_VALUES: dict[str, tuple[dict[str, Any], bool]] = {
    "data_url": ({"data_url": "https://example.org/the-same-file.csv"}, False),
    "source_connection": ({"source_connection": "another"}, False),
    "bucket": ({"bucket": "another-bucket"}, False),
    "bucket_owner": ({"bucket_owner": "999999999999"}, False),
    "role": ({"role": "another-role"}, False),
    "train_fraction": ({"train_fraction": 0.8}, True),
    "validation_fraction": ({"validation_fraction": 0.1}, True),
    "seed": ({"seed": 1}, True),
    "image_version": ({"image_version": "1.7-1"}, True),
    "hyperparameters": ({"hyperparameters": {"num_round": 7}}, True),
    "training_instance_type": ({"training_instance_type": "ml.c5.xlarge"}, False),
    # Each instance trains on its part of the rows.
    "training_instance_count": ({"training_instance_count": 2}, True),
    "endpoint_instance_type": ({"endpoint_instance_type": "ml.c5.xlarge"}, False),
    "endpoint_instance_count": ({"endpoint_instance_count": 2}, False),
    "threshold": ({"threshold": 0.4}, True),
    "threshold_rule": ({"threshold_rule": "best_f1", "validation_fraction": 0.1}, True),
    "call_cost": ({"call_cost": 6.0}, True),
    "deposit_value": ({"deposit_value": 60.0}, True),
    "min_roc_auc": ({"min_roc_auc": 0.6}, False),
    "gate": ({"gate": {"recall": {"at_least": 0.1}}}, False),
    "must_beat_baseline": ({"must_beat_baseline": False}, False),
    "undecided_passes": ({"undecided_passes": False}, False),
    # metrics.json then holds the figures of the last accepted model, too.
    "max_roc_auc_drop": ({"max_roc_auc_drop": 0.01}, True),
    "max_cost": ({"max_cost": 5.0}, False),
    "force_retrain": ({"force_retrain": True}, False),
    "keep_endpoint": ({"keep_endpoint": True}, False),
    "keep_rejected": ({"keep_rejected": True}, False),
    "delete_data": ({"delete_data": True}, False),
}


def put(s3: "S3Client", uri: str) -> None:
    write_object(s3, uri, b"x", "text/plain")


def delete(s3: "S3Client", uri: str) -> None:
    bucket, key = split_uri(uri)
    s3.delete_object(Bucket=bucket, Key=key)


def listed(s3: "S3Client", plan: RunPlan) -> list[str]:
    return list_objects(s3, f"{plan.locations.models}/")


def test_of_every_param_it_is_decided_whether_it_matters() -> None:
    assert set(OTHER_VALUES) == set(RunParams.model_fields)


@pytest.mark.parametrize("name", RunParams.model_fields)
def test_what_matters_to_model_or_figures_changes_the_fingerprint(name: str) -> None:
    changed, matters = OTHER_VALUES[name]
    # Of what else it needs, the run that it is held against has the same.
    before = plan_of(**{param: value for param, value in changed.items() if param != name})
    after = plan_of(**changed)
    assert getattr(after.params, name) != getattr(before.params, name)
    assert (fingerprint(after, DATA) != fingerprint(before, DATA)) is matters


def test_other_data_changes_the_fingerprint() -> None:
    assert fingerprint(plan_of(), DATA) != fingerprint(plan_of(), OTHER_DATA)


@pytest.mark.parametrize("changed", [{"label": "y_no"}, {"drop": ()}, {"drop": ("y_no", "duration")}])
def test_another_label_or_other_columns_change_the_fingerprint(changed: dict[str, Any]) -> None:
    plan = plan_of()
    other = plan.model_copy(update={"table": plan.table.model_copy(update=changed)})
    assert fingerprint(other, DATA) != fingerprint(plan, DATA)


@pytest.mark.parametrize(
    "changed",
    [
        {"positive": "no"},
        {"missing": ["-"]},
        {"leaks": ["duration"]},
        {"columns": {}},
        {"columns": {"plan": "text", "signup": "date"}},
        {"columns": {"plan": "category", "signup": {"kind": "date", "parts": ["year"]}}},
        {"columns": {"plan": {"kind": "category", "most": 3}, "signup": "date"}},
        {"columns": {"plan": {"kind": "category", "encode": "ordinal"}, "signup": "date"}},
        {"split": "stratified"},
        {"split": "time", "time": "signup"},
        {"split": "group", "key": "customer"},
        # A feature is called after a value, where that may be seen.
        {"show_values": True},
    ],
)
def test_what_the_columns_are_changes_the_fingerprint(changed: dict[str, Any]) -> None:
    told = {"label": "y", "positive": "yes", "columns": {"plan": "category", "signup": "date"}}
    one, other = (
        plan_of().model_copy(update={"table": TableConfig.model_validate(fields)})
        for fields in (told, told | changed)
    )
    assert fingerprint(one, DATA) != fingerprint(other, DATA)


@pytest.mark.parametrize(
    "changed",
    [{"show_values": False}, {"show_values": True}, {"show_values": ("age",)}, {"groups": {"age": (50,)}}],
)
def test_who_may_see_values_and_what_is_told_by_group_make_no_other_model(changed: dict[str, Any]) -> None:
    plan = plan_of()
    table = plan.table.model_copy(update=changed)
    assert fingerprint(plan.model_copy(update={"table": table}), DATA) == fingerprint(plan, DATA)


def test_another_algorithm_changes_the_fingerprint() -> None:
    plan = plan_of()
    assert fingerprint(plan.model_copy(update={"algorithm": "knn"}), DATA) != fingerprint(plan, DATA)


def test_another_image_changes_the_fingerprint_under_the_same_version() -> None:
    image = "492215442770.dkr.ecr.eu-central-1.amazonaws.com/sagemaker-xgboost:3.2-0"
    plan = plan_of()
    other = plan.model_copy(update={"image_uri": image})
    assert fingerprint(other, DATA) != fingerprint(plan, DATA)


def test_the_order_of_hyperparameters_does_not_matter() -> None:
    given = {"num_round": 7, "eta": 0.3, "objective": "binary:logistic"}
    there, back = plan_of(hyperparameters=given), plan_of(hyperparameters=dict(reversed(given.items())))
    assert list(there.params.hyperparameters) != list(back.params.hyperparameters)
    assert fingerprint(there, DATA) == fingerprint(back, DATA)


def test_run_and_period_do_not_matter_nor_the_way_of_the_plan_through_json() -> None:
    run, other = plan_of("scheduled__1", of=day(1)), plan_of("manual__2", planned_at=day(9))
    travelled = RunPlan.model_validate_json(run.model_dump_json())
    assert len({fingerprint(plan, DATA) for plan in (run, other, travelled)}) == 1


def test_an_accepted_model_is_found_by_a_run_of_the_same(s3: "S3Client") -> None:
    manifest = accepted(s3, plan_of("first"))
    assert find_same(s3, plan_of("second"), DATA) == manifest
    assert find_same(s3, plan_of("second"), OTHER_DATA) is None
    assert find_same(s3, plan_of("second", seed=1), DATA) is None


def test_a_model_that_was_not_accepted_is_not_found(s3: "S3Client") -> None:
    train(s3, plan_of("first", of=day(1)))
    assert find_same(s3, plan_of("second", of=day(2)), DATA) is None
    assert find_previous(s3, plan_of("second", of=day(2))) is None


def test_nothing_is_found_where_nothing_is_not_even_the_bucket(s3: "S3Client") -> None:
    assert find_same(s3, plan_of(), DATA) is None
    s3.delete_bucket(Bucket="bucket")
    assert find_same(s3, plan_of(), DATA) is None
    assert find_previous(s3, plan_of()) is None


def test_the_newest_of_several_is_found_whichever_was_accepted_last(s3: "S3Client") -> None:
    newest = accepted(s3, plan_of("of the third", of=day(3)))
    for number in (1, 2):
        accepted(s3, plan_of(f"of the {number}.", of=day(number)))
    assert find_same(s3, plan_of("another", of=day(2)), DATA) == newest


def test_a_runs_own_earlier_model_is_found(s3: "S3Client") -> None:
    manifest = accepted(s3, plan_of("first", of=day(1)))
    cleared = plan_of("first", of=day(1), planned_at=day(29))
    assert find_same(s3, cleared, DATA) == manifest


@pytest.mark.parametrize("gone", ["model", "metrics"])
def test_a_model_of_which_something_is_gone_gives_way_to_an_older_one(s3: "S3Client", gone: str) -> None:
    older = accepted(s3, plan_of("first", of=day(1)))
    plan = plan_of("second", of=day(2))
    newer = accepted(s3, plan)
    delete(s3, {"model": newer.training.model_uri, "metrics": plan.locations.metrics}[gone])
    assert find_same(s3, plan_of("third", of=day(3)), DATA) == older
    delete(s3, older.training.model_uri)
    assert find_same(s3, plan_of("third", of=day(3)), DATA) is None


def test_a_model_whose_run_has_other_figures_by_now_is_not_found(s3: "S3Client") -> None:
    accepted(s3, plan_of("first", of=day(1)))
    # The data of that day was corrected; the new model did not pass the gate.
    train(
        s3,
        plan_of("first", of=day(1), planned_at=day(29)),
        data=OTHER_DATA,
        evaluation=evaluation_of(model_sha256="6f" * 32),
    )
    assert find_same(s3, plan_of("second", of=day(2)), DATA) is None
    assert find_same(s3, plan_of("first", of=day(1)), DATA) is None


def test_a_run_is_listed_once_with_its_last_model(s3: "S3Client") -> None:
    first = plan_of("manual__1", planned_at=day(1))
    accepted(s3, first)
    (before,) = listed(s3, first)
    again = plan_of("manual__1", planned_at=day(2))
    manifest = accepted(s3, again, data=OTHER_DATA)
    (after,) = listed(s3, first)
    assert before != after
    assert find_previous(s3, plan_of("manual__2", planned_at=day(3))) == manifest
    accept(s3, again, manifest)
    assert listed(s3, first) == [after]


def test_listing_a_run_leaves_the_other_runs_listed(s3: "S3Client") -> None:
    runs = [plan_of(f"scheduled__{number}", of=day(number)) for number in (1, 2, 3)]
    for run in (*runs, *runs):
        accepted(s3, run)
    assert [list(listed_for(s3, run.locations.models, run.key)) for run in runs] == [
        [uri] for uri in listed(s3, runs[0])
    ]


def test_what_is_listed_holds_no_secret(s3: "S3Client") -> None:
    plan = plan_of(data_url="https://example.org/bank.csv?X-Amz-Signature=hunter2")
    accepted(s3, plan)
    (uri,) = listed(s3, plan)
    assert b"hunter2" not in read_object(s3, uri)


def test_the_previous_model_is_that_of_the_newest_data_before_the_runs_own(s3: "S3Client") -> None:
    manifests = {
        number: accepted(s3, plan_of(f"scheduled__{number}", of=day(number))) for number in (5, 2, 9, 4)
    }
    found = {
        number: find_previous(s3, plan_of(f"new__{number}", of=day(number))) for number in (2, 3, 5, 6, 30)
    }
    assert found == {
        2: None,
        3: manifests[2],
        5: manifests[4],
        6: manifests[5],
        30: manifests[9],
    }


def test_the_previous_model_is_never_the_runs_own_or_of_the_same_period(s3: "S3Client") -> None:
    accepted(s3, plan_of("scheduled__1", of=day(1)))
    assert find_previous(s3, plan_of("scheduled__1", of=day(1), planned_at=day(29))) is None
    assert find_previous(s3, plan_of("backfill__1", of=day(1))) is None
    # Without a period, a run that was planned again is newer than itself.
    accepted(s3, plan_of("manual__1", planned_at=day(2)))
    previous = find_previous(s3, plan_of("manual__1", planned_at=day(29)))
    assert previous is not None
    assert previous.identity.run_id == "scheduled__1"


def test_a_run_without_a_period_stands_where_it_was_planned(s3: "S3Client") -> None:
    manual = accepted(s3, plan_of("manual__1", planned_at=day(5) + timedelta(hours=6)))
    assert find_previous(s3, plan_of("scheduled__5", of=day(5), planned_at=day(6))) is None
    assert find_previous(s3, plan_of("scheduled__6", of=day(6), planned_at=day(7))) == manual
    assert find_previous(s3, plan_of("manual__2", planned_at=day(5) + timedelta(hours=5))) is None
    assert (
        find_previous(s3, plan_of("manual__2", planned_at=day(5) + timedelta(hours=6, microseconds=1)))
        == manual
    )


def test_the_order_is_that_of_moments_not_of_clocks(s3: "S3Client") -> None:
    from_tokyo = day(5).astimezone(ZoneInfo("Asia/Tokyo"))
    accepted(s3, plan_of("scheduled__5", of=from_tokyo))
    assert find_previous(s3, plan_of("new", of=day(5))) is None
    assert find_previous(s3, plan_of("new", of=day(5) + timedelta(hours=1))) is not None


def test_the_previous_model_may_be_of_other_data_and_params(s3: "S3Client") -> None:
    manifest = accepted(s3, plan_of("scheduled__1", of=day(1), seed=7), data=OTHER_DATA)
    assert find_previous(s3, plan_of("scheduled__2", of=day(2))) == manifest


def test_a_deleted_run_is_no_longer_found(s3: "S3Client") -> None:
    first, second = plan_of("scheduled__1", of=day(1)), plan_of("scheduled__2", of=day(2))
    left = accepted(s3, first)
    accepted(s3, second)
    delete_run(s3, second.locations, None)
    third = plan_of("scheduled__3", of=day(3))
    assert find_same(s3, third, DATA) == find_previous(s3, third) == left
    assert list(listed_for(s3, second.locations.models, second.key)) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is not JSON"),
        (b"{}", "cannot be read .key: Field required"),
        (
            b'{"schema_version": 2}',
            "has schema_version 2\nExpected: this version of the project reads schema_version 1",
        ),
    ],
)
def test_a_manifest_that_cannot_be_read_is_an_error_that_names_it(
    s3: "S3Client", body: bytes, said: str
) -> None:
    accepted(s3, plan_of("scheduled__1", of=day(1)))
    plan = plan_of("scheduled__2", of=day(2))
    accepted(s3, plan)
    (uri,) = listed_for(s3, plan.locations.models, plan.key)
    write_object(s3, uri, body, "application/json")
    third = plan_of("scheduled__3", of=day(3))
    for look in (lambda: find_same(s3, third, DATA), lambda: find_previous(s3, third)):
        with pytest.raises(DocumentError, match=f"{re.escape(uri)} {said}"):
            look()


def test_a_run_that_is_deleted_while_it_is_looked_up_is_passed_over(
    s3: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    older = accepted(s3, plan_of("scheduled__1", of=day(1)))
    second = plan_of("scheduled__2", of=day(2))
    accepted(s3, second)

    (uri,) = listed_for(s3, second.locations.models, second.key)

    def list_then_delete(s3: "S3Client", prefix_uri: str) -> list[str]:
        found = list_objects(s3, prefix_uri)
        delete(s3, uri)
        return [*found, uri] if uri not in found else found

    monkeypatch.setattr("include.pipeline.history.accepted.list_objects", list_then_delete)
    third = plan_of("scheduled__3", of=day(3))
    assert find_same(s3, third, DATA) == find_previous(s3, third) == older


@pytest.mark.slow
def test_of_more_models_than_s3_lists_at_once_the_right_ones_are_found(s3: "S3Client") -> None:
    oldest = accepted(s3, plan_of("scheduled__1", of=day(1)))
    newest = accepted(s3, plan_of("scheduled__20", of=day(20)), data=OTHER_DATA)
    models = plan_of().locations.models
    # Between the two, and of none of their fingerprints: nothing here looks into them.
    for number in range(1000):
        put(s3, f"{models}/20261110T00{number // 60:02}{number % 60:02}000000/{'0' * 64}/run-{number}.json")
    after, between = plan_of("new", of=day(21)), plan_of("new", of=day(2))
    assert len(listed(s3, after)) == 1002
    assert find_previous(s3, after) == newest
    assert find_same(s3, after, OTHER_DATA) == newest
    assert find_previous(s3, between) == find_same(s3, between, DATA) == oldest
