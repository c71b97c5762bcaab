from itertools import groupby

import pytest
from airflow.sdk.exceptions import ParamValidationError

from include.operators.dag.trigger_form import trigger_form
from include.pipeline.documents.config import load_config
from include.pipeline.documents.limits import Limits
from include.pipeline.documents.params import RunParams


class ParamsOfTomorrow(RunParams):
    """Params with two more, whose defaults do what runs have done so far."""

    note: str = ""
    patience: int | None = None


def test_a_param_that_was_added_has_the_pipelines_default_in_the_form() -> None:
    yaml = load_config("bank_marketing").params.model_dump()
    form = trigger_form(ParamsOfTomorrow.model_validate({**yaml, "note": "by the YAML"}), Limits())
    assert {name: param.value for name, param in form.items()} == {
        **yaml,
        "note": "by the YAML",
        "patience": None,
    }
    assert (form["note"].schema["type"], form["patience"].schema["type"]) == ("string", ["integer", "null"])


def test_the_form_has_each_field_in_one_section_and_shows_its_name() -> None:
    form = trigger_form(load_config("bank_marketing").params, Limits())
    sections = [param.schema["section"] for param in form.values()]
    assert [section for section, _ in groupby(sections)] == [
        "Data",
        "Split",
        "Training",
        "Threshold",
        "Gate",
        "Afterwards",
        "Account, machines and cost",
    ]
    for name, param in form.items():
        assert param.schema["title"].endswith(f" ({name})")


WIDE = Limits(
    buckets=("team",),
    partner_buckets={"partners": "210987654321"},
    roles=("Trainer",),
    instance_types=None,
    max_usd_per_hour=2.0,
    max_training_instances=4,
    max_cost=10.0,
    keep_endpoint=True,
    delete_data=True,
)


@pytest.mark.parametrize(
    ("limits", "param", "allowed", "refused"),
    [
        (Limits(), "bucket", [None], ["team"]),
        (WIDE, "bucket", [None, "team", "partners"], ["other"]),
        (Limits(), "bucket_owner", [None], ["210987654321"]),
        (WIDE, "bucket_owner", [None, "210987654321"], ["123456789012"]),
        (Limits(), "role", [None], ["Trainer"]),
        (WIDE, "role", [None, "Trainer"], ["Admin"]),
        (Limits(), "image_version", ["3.2-0", "1.7-1"], ["latest", "1"]),
        (Limits(), "training_instance_type", ["ml.m5.large"], ["ml.p5.48xlarge"]),
        (WIDE, "training_instance_type", ["ml.p5.48xlarge"], ["p5"]),
        (Limits(), "endpoint_instance_type", ["ml.m5.large"], ["ml.p5.48xlarge"]),
        (Limits(), "training_instance_count", [1], [2]),
        (WIDE, "training_instance_count", [4], [5]),
        (Limits(), "endpoint_instance_count", [1], [2]),
        (Limits(), "max_cost", [None, 1000.0], [0]),
        (WIDE, "max_cost", [None, 10.0], [10.5]),
        (Limits(), "keep_endpoint", [False], [True]),
        (WIDE, "keep_endpoint", [False, True], [None]),
        (Limits(), "delete_data", [False], [True]),
        (WIDE, "delete_data", [False, True], [None]),
    ],
)
def test_the_form_offers_what_the_limits_allow(
    limits: Limits, param: str, allowed: list[object], refused: list[object]
) -> None:
    form = trigger_form(load_config("bank_marketing").params, limits)
    for value in allowed:
        assert form[param].resolve(value) == value
    for value in refused:
        with pytest.raises(ParamValidationError):
            form[param].resolve(value)


def test_a_default_beyond_the_limits_of_a_deployment_does_not_unload_the_dag() -> None:
    defaults = load_config("bank_marketing").params.model_copy(
        update={"training_instance_count": 3, "role": "Trainer", "keep_endpoint": True, "max_cost": 20.0}
    )
    form = trigger_form(defaults, Limits(max_cost=10.0))
    assert {name: param.resolve() for name, param in form.items()} == defaults.model_dump()
