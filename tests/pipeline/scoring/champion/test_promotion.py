"""Promotions and ways back on local AWS, where the endpoint really serves."""

from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from include.pipeline.aws.object_store import read_object
from include.pipeline.documents.scoring.champion import Serverless
from include.pipeline.errors import EndpointError, OwnerError, ParamError
from include.pipeline.scoring.caller import EndpointCaller
from include.pipeline.scoring.champion.promotion import Promotion
from include.pipeline.scoring.champion.versions import list_versions
from include.pipeline.teardown.janitor import sweep
from include.pipeline.teardown.kept import kept_endpoints
from tests.aws.alarms import make_alarm
from tests.aws.clients import Aws
from tests.aws.endpoints import create_deployment, delete, invoke, settled
from tests.aws.sagemaker_requests import deployment_requests
from tests.pipeline.planned import ROLE
from tests.pipeline.scoring.champion.served_models import (
    ENDPOINT,
    ServedModel,
    promote,
    replace_archive,
    roll_back,
    serving_of,
)
from tests.project import DEPLOYMENT_ID

pytestmark = pytest.mark.slow


def served_score(aws: Aws, model: ServedModel) -> float:
    answer = invoke(aws.client("sagemaker-runtime"), ENDPOINT, model.features[0])
    return float(answer["Body"])


def described(aws: Aws) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


def test_a_better_model_takes_over_by_a_canary_with_an_alarm(
    aws: Aws, models: list[ServedModel], champion: ServedModel
) -> None:
    assert served_score(aws, champion) == pytest.approx(champion.scores[0], abs=1e-7)
    before = described(aws)["EndpointConfigName"]
    served = promote(aws, "better", models[2])
    assert (served.run_id, served.version.before, served.left_out) == (models[2].run_id, before, None)
    assert served_score(aws, models[2]) == pytest.approx(models[2].scores[0], abs=1e-7)
    found = described(aws)
    assert found["EndpointConfigName"] == served.version.name
    routing = found["LastDeploymentConfig"]["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]
    assert routing["Type"] == "CANARY"
    assert routing["CanarySize"] == {"Type": "CAPACITY_PERCENT", "Value": 20}
    alarms = found["LastDeploymentConfig"]["AutoRollbackConfiguration"]["Alarms"]
    assert alarms == [{"AlarmName": f"{ENDPOINT}-errors"}]


def test_the_client_asks_it_about_rows_as_the_table_has_them(
    aws: Aws, models: list[ServedModel], champion: ServedModel
) -> None:
    """By the manifest of any model that has been served: all of them take the same rows."""
    manifest_uri = models[0].plan.locations.manifest
    s3, runtime = aws.client("s3"), aws.client("sagemaker-runtime")
    caller = EndpointCaller.of_run(manifest_uri, s3, runtime, endpoint=ENDPOINT)
    row = dict(zip(caller.columns, champion.features[0].decode().split(","), strict=True))
    (answer,) = caller.ask([row])
    assert answer.score == pytest.approx(champion.scores[0], abs=1e-7)


def test_a_worse_model_is_never_promoted(aws: Aws, models: list[ServedModel], champion: ServedModel) -> None:
    before = described(aws)
    served = promote(aws, "worse", models[0])
    assert served.run_id == champion.run_id
    assert f"ROC AUC {models[0].roc_auc:.5f} beside {champion.roc_auc:.5f}" in (served.left_out or "")
    # Not when somebody asks for it by name, either.
    assert promote(aws, "asked", wanted=models[0].run_id).left_out
    assert "is served already" in (promote(aws, "same", champion).left_out or "")
    assert described(aws) == before


@pytest.mark.usefixtures("champion")
def test_of_several_that_come_together_the_best_is_promoted_not_the_last(
    aws: Aws, models: list[ServedModel]
) -> None:
    assert promote(aws, "several", models[2], models[0]).run_id == models[2].run_id


def test_the_way_back_leads_to_the_model_before_or_to_the_one_that_is_named(
    aws: Aws, models: list[ServedModel], champion: ServedModel
) -> None:
    better = promote(aws, "withdrawn", models[2])
    back = roll_back(aws, "back")
    assert back.run_id == champion.run_id
    assert served_score(aws, champion) == pytest.approx(champion.scores[0], abs=1e-7)
    # What was taken back does not come again by itself, and does where it is named.
    with pytest.raises(ParamError, match="one that was taken back"):
        promote(aws, "again", models[2])
    assert roll_back(aws, "forth", wanted=better.version.name).run_id == models[2].run_id
    assert roll_back(aws, "named", wanted=champion.run_id).run_id == champion.run_id
    assert promote(aws, "named again", wanted=models[2].run_id).run_id == models[2].run_id
    with pytest.raises(ParamError, match="no such version"):
        roll_back(aws, "unknown", wanted="manual__unknown")


def test_a_retry_goes_on_where_the_try_before_was_refused_or_lost(
    aws: Aws, models: list[ServedModel], champion: ServedModel
) -> None:
    serving = serving_of(aws, "twice")
    throttled = ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateEndpoint")
    with mock.patch.object(serving.endpoint.sagemaker, "update_endpoint", side_effect=throttled):
        promotion = Promotion(serving, ROLE, before_it_bills=lambda: None)
        with pytest.raises(ClientError, match="ThrottlingException"):
            promotion.promote(None, {models[2].run_id})
    assert served_score(aws, champion) == pytest.approx(champion.scores[0], abs=1e-7)
    # What that try has made is no model that somebody has taken back.
    assert promote(aws, "twice", models[2]).run_id == models[2].run_id

    noted: list[str] = []
    back = roll_back(aws, "lost", before_it_changes=noted.append)
    assert noted == [back.version.name]
    assert roll_back(aws, "lost", wanted=noted[0]) == back
    assert served_score(aws, champion) == pytest.approx(champion.scores[0], abs=1e-7)


@pytest.mark.parametrize(
    ("is_archive", "told"),
    [
        # SageMaker's own way back.
        (False, r"was rolled back.*Failed to extract model data archive"),
        # It starts, and answers as another model does.
        (True, "to test rows whose scores are"),
    ],
    ids=["does not start", "answers garbage"],
)
def test_a_model_that_breaks_leaves_the_old_one_serving(
    aws: Aws,
    models: list[ServedModel],
    champion: ServedModel,
    *,
    is_archive: bool,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, s3 = described(aws)["EndpointConfigName"], aws.client("s3")
    archive, other = (read_object(s3, models[each].manifest.training.model_uri) for each in (2, 0))
    # The last moment before it is made: the archive has been held to its hash.
    monkeypatch.setattr(
        "include.pipeline.scoring.champion.promotion.check_alarms",
        lambda *_: replace_archive(s3, models[2], other if is_archive else b"no archive"),
    )
    try:
        with pytest.raises(EndpointError, match=told):
            promote(aws, f"broken {is_archive}", models[2])
    finally:
        replace_archive(s3, models[2], archive)
    assert described(aws)["EndpointConfigName"] == before
    assert served_score(aws, champion) == pytest.approx(champion.scores[0], abs=1e-7)
    own = serving_of(aws, "looks").endpoint.own
    assert list_versions(aws.client("sagemaker"), own)[0].name == before


def test_a_retry_takes_up_what_an_earlier_try_has_begun(
    aws: Aws, models: list[ServedModel], champion: ServedModel
) -> None:
    served = promote(aws, "retried", models[2])
    before = described(aws)
    assert promote(aws, "retried", models[2]).version.name == served.version.name
    assert described(aws) == before
    assert served.version.before != champion.run_id


@pytest.mark.usefixtures("champion")
def test_old_versions_go_and_those_to_go_back_to_stay(aws: Aws, models: list[ServedModel]) -> None:
    first = described(aws)["EndpointConfigName"]
    served = promote(aws, "kept", models[2], keep_versions=2)
    names = [one.name for one in list_versions(aws.client("sagemaker"), serving_of(aws, "x").endpoint.own)]
    assert names == [served.version.name, first]


@pytest.mark.usefixtures("champion")
def test_it_is_kept_as_asked_and_no_leftover(aws: Aws) -> None:
    told: list[str] = []
    sagemaker = aws.client("sagemaker")
    sweep(
        sagemaker,
        now=datetime.now(UTC),
        deployment_id=DEPLOYMENT_ID,
        is_over=lambda run: run.dag_id.endswith("_serve"),
        dry_run=False,
        report=told.append,
    )
    assert settled(sagemaker, ENDPOINT)["EndpointStatus"] == "InService"
    assert any(line.startswith(f"Kept as asked: endpoint {ENDPOINT} (2.76 USD a day)") for line in told)
    (kept,) = [each for each in kept_endpoints(sagemaker, DEPLOYMENT_ID) if each.name == ENDPOINT]
    # An ml.m5.large: 0.115 USD an hour.
    assert kept.usd_per_day == pytest.approx(2.76)


def test_an_endpoint_of_somebody_else_is_not_touched(aws: Aws, models: list[ServedModel]) -> None:
    sagemaker = aws.client("sagemaker")
    archive = models[0].manifest.training.model_uri
    create_deployment(sagemaker, deployment_requests(ENDPOINT, archive))
    assert settled(sagemaker, ENDPOINT)["EndpointStatus"] == "InService"
    with pytest.raises(OwnerError, match="somebody else"):
        promote(aws, "intruder", models[2])
    delete(sagemaker, ENDPOINT)


@pytest.mark.usefixtures("champion")
def test_an_alarm_of_ones_own_has_to_be_there_and_quiet(aws: Aws, models: list[ServedModel]) -> None:
    with pytest.raises(ParamError, match="complaints is not there"):
        promote(aws, "unknown alarm", models[2], alarms=("complaints",))
    cloudwatch = aws.client("cloudwatch")
    make_alarm(cloudwatch, "complaints")
    cloudwatch.set_alarm_state(AlarmName="complaints", StateValue="ALARM", StateReason="somebody called")
    with pytest.raises(ParamError, match="complaints is in the state ALARM"):
        promote(aws, "loud alarm", models[2], alarms=("complaints",))
    cloudwatch.set_alarm_state(AlarmName="complaints", StateValue="OK", StateReason="nobody calls")
    assert promote(aws, "quiet alarm", models[2], alarms=("complaints",)).run_id == models[2].run_id


def test_a_serverless_endpoint_is_promoted_without_a_canary(aws: Aws, models: list[ServedModel]) -> None:
    changes = {"serverless": Serverless(memory_mb=1024, max_concurrency=2)}
    promote(aws, "serverless 1", models[1], **changes)
    served = promote(aws, "serverless 2", models[2], **changes)
    found = described(aws)
    assert found["EndpointConfigName"] == served.version.name
    assert "LastDeploymentConfig" not in found
    (serving,) = found["ProductionVariants"]
    assert serving["CurrentServerlessConfig"] == {"MemorySizeInMB": 1024, "MaxConcurrency": 2}
    delete(aws.client("sagemaker"), ENDPOINT)
