from datetime import UTC, datetime
from typing import Any

import pytest

from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.limits import Limits
from include.pipeline.documents.params import parse_params
from include.pipeline.documents.plan import RunIdentity
from include.pipeline.errors import ParamError
from include.pipeline.planning.limits import check_limits
from tests.pipeline.planned import CONFIG, ROLE

TRAINER = "arn:aws:iam::123456789012:role/Trainer"
ACCOUNT, PARTNER = "123456789012", "210987654321"
DEFAULT = f"airflow-sagemaker-us-east-1-{ACCOUNT}"
IDENTITY = RunIdentity(
    dag_id="bank_marketing",
    run_id="manual__1",
    account_id=ACCOUNT,
    region="us-east-1",
    planned_at=datetime(2026, 11, 23, tzinfo=UTC),
)


def check(params: dict[str, Any], max_runtime: int = 3600, **limits: Any) -> None:
    config = CONFIG.model_copy(
        update={
            "limits": Limits.model_validate(limits),
            "aws": AwsSettings(max_runtime_seconds=max_runtime),
        }
    )
    chosen = parse_params(CONFIG.params.model_dump() | params)
    check_limits(chosen, config, identity=IDENTITY, default_role=ROLE)


PARTNERS = {"partner_buckets": {"partners": PARTNER}}
SOURCES = {"s3_sources": ["s3://team/bank/", "s3://open-data/"]}
ANY_TYPE = {"instance_types": None, "max_usd_per_hour": 1.0}


@pytest.mark.parametrize(
    ("params", "limits"),
    [
        ({}, {}),
        ({"bucket": DEFAULT, "bucket_owner": ACCOUNT}, {}),
        ({"bucket": "team"}, {"buckets": ["team"]}),
        ({"bucket": "partners", "bucket_owner": PARTNER}, PARTNERS),
        ({"role": ROLE}, {}),
        ({"role": TRAINER}, {"roles": ["Another", TRAINER]}),
        ({"data_url": "s3://team/bank/2026/bank.csv"}, SOURCES),
        ({"data_url": "s3://open-data/bank.csv"}, SOURCES),
        ({"image_version": "1.7-1"}, {"image_versions": ["1.7-1"]}),
        ({"training_instance_type": "ml.m5.4xlarge", "endpoint_instance_type": "ml.m5.large"}, ANY_TYPE),
        ({"training_instance_count": 3}, {"max_training_instances": 3}),
        ({"endpoint_instance_count": 3}, {"max_endpoint_instances": 3}),
        ({"max_cost": 3.0}, {"max_cost": 3.0}),
        ({"max_cost": 3.0}, {}),
        ({"keep_endpoint": True, "delete_data": True}, {"keep_endpoint": True, "delete_data": True}),
    ],
)  # fmt: skip
def test_what_the_limits_allow_is_taken(params: dict[str, Any], limits: dict[str, Any]) -> None:
    check(params, **({"image_versions": ["3.2-0"]} | limits))


@pytest.mark.parametrize(
    ("params", "limits", "said"),
    [
        ({"bucket": "other"}, {"buckets": ["team"]}, f"'other' (one of {DEFAULT}, team)"),
        ({"bucket": "partners"}, PARTNERS, f"bucket_owner = None (partners is of {PARTNER})"),
        ({"bucket": "partners", "bucket_owner": ACCOUNT}, PARTNERS, f"(partners is of {PARTNER})"),
        ({"bucket": "team", "bucket_owner": PARTNER}, {"buckets": ["team"], **PARTNERS}, "run's own account"),
        ({"bucket_owner": PARTNER}, PARTNERS, f"bucket_owner = '{PARTNER}' (the bucket is of the run's own"),
        ({"role": "Admin"}, {"roles": ["Trainer"]}, "'Admin' (Trainer alone, or empty: the Airflow Variable"),
        ({"data_url": "s3://team/bank.csv"}, SOURCES, "(below s3://team/bank/ or s3://open-data/)"),
        ({"data_url": "s3://team/bank-of-others/x.csv"}, SOURCES, "(below s3://team/bank/"),
        ({"data_url": "s3://open-data-of-others/x.csv"}, SOURCES, "(below s3://team/bank/"),
        ({"data_url": "s3://team/bank/../payroll.csv"}, SOURCES, "(below s3://team/bank/"),
        ({"data_url": "s3://team/bank/./x.csv"}, SOURCES, "(below s3://team/bank/"),
        ({"image_version": "1.5-1"}, {}, "image_version = '1.5-1' (one of 3.2-0, 3.0-5, 1.7-1)"),
        ({"training_instance_type": "ml.c5.xlarge"}, {}, "training_instance_type = 'ml.c5.xlarge' (one of"),
        ({"endpoint_instance_type": "ml.c5.xlarge"}, {}, "endpoint_instance_type = 'ml.c5.xlarge' (one of"),
        (
            {"training_instance_type": "ml.m5.4xlarge", "training_instance_count": 2},
            {**ANY_TYPE, "max_training_instances": 2},
            "2 ml.m5.4xlarge for the training (their price is 1.84 USD an hour, at most 1.00)",
        ),
        (
            {"endpoint_instance_type": "ml.m99.large"},
            ANY_TYPE,
            "1 ml.m99.large for the endpoint (their price is not known, at most 1.00)",
        ),
        ({"training_instance_count": 2}, {}, "training_instance_count = 2 (at most 1)"),
        ({"endpoint_instance_count": 2}, {}, "endpoint_instance_count = 2 (at most 1)"),
        ({"max_cost": 3.5}, {"max_cost": 3.0}, "max_cost = 3.5 (at most 3)"),
        ({"keep_endpoint": True}, {}, "keep_endpoint = true (an endpoint is not kept)"),
        ({"delete_data": True}, {}, "delete_data = true (data is not deleted)"),
    ],
)
def test_what_they_do_not_allow_is_refused_by_name(
    params: dict[str, Any], limits: dict[str, Any], said: str
) -> None:
    with pytest.raises(ParamError) as refused:
        check(params, **limits)
    assert said in str(refused.value)
    assert "within the limits of its pipeline\nTo do: Choose what they allow" in str(refused.value)


def test_jobs_do_not_run_longer_than_the_limits_let_them() -> None:
    with pytest.raises(ParamError, match=r"aws.max_runtime_seconds = 7200 \(at most 3600\)"):
        check({}, max_runtime=7200)


def test_one_message_tells_all() -> None:
    with pytest.raises(ParamError, match=r"role = .*; training_instance_count = 2 .*; delete_data = true"):
        check(
            {
                "role": "arn:aws:iam::1" + "2" * 11 + ":role/Admin",
                "training_instance_count": 2,
                "delete_data": True,
            }
        )
