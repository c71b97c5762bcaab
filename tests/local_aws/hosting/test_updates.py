"""Updates of an endpoint through the API: traffic that moves in steps, alarms that roll back, failures."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from scipy import stats

from local_aws.hosting.traffic import TrafficPlan
from local_aws.state.latency import Latency
from tests.aws.alarms import make_alarm
from tests.aws.answers import refused
from tests.aws.clients import make_client
from tests.aws.endpoints import delete, deploy, invoke, settled
from tests.aws.in_process import local_aws_in_process
from tests.aws.sagemaker_requests import model_request, variant
from tests.aws.training_data import BUCKET
from tests.aws.waiting import wait_until
from tests.local_aws.hosting.model_archives import archive, boosted

ROW = b"0.5,0.1,-0.2"
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def other_model(s3: Any) -> str:
    s3.put_object(Bucket=BUCKET, Key="other.tar.gz", Body=boosted(3))
    return f"s3://{BUCKET}/other.tar.gz"


@pytest.fixture
def served(sagemaker: Any, model_data: str) -> Iterator[str]:
    name = f"served-{next(NUMBERS)}"
    assert deploy(sagemaker, name, model_data)["EndpointStatus"] == "InService"
    yield name
    wait_until(lambda: sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "InService")
    delete(sagemaker, name)


@pytest.fixture
def configured(sagemaker: Any) -> Callable[..., str]:
    """Makes a model of an archive, and an endpoint configuration of it; gives their name."""

    def make(model_data: str, name: str = "AllTraffic") -> str:
        made = f"next-{next(NUMBERS)}"
        sagemaker.create_model(**model_request(made, model_data))
        sagemaker.create_endpoint_config(EndpointConfigName=made, ProductionVariants=[variant(made, name)])
        return made

    return make


def canary(
    wait: int, alarms: tuple[str, ...] = (), percent: int = 20, termination: int = 0
) -> dict[str, Any]:
    routing = {
        "Type": "CANARY",
        "WaitIntervalInSeconds": wait,
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": percent},
    }
    policy = {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": termination}
    rollback = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name} for name in alarms]}}
    return {"BlueGreenUpdatePolicy": policy, **(rollback if alarms else {})}


def errors_alarm(cloudwatch: Any, endpoint: str, metric: str, threshold: float = 0) -> str:
    cloudwatch.put_metric_alarm(
        AlarmName=f"{endpoint}-errors",
        Namespace="AWS/SageMaker",
        MetricName=metric,
        Dimensions=[
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=threshold,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    return f"{endpoint}-errors"


@contextmanager
def asking(runtime: Any, endpoint: str) -> Iterator[tuple[Counter[bytes], list[str]]]:
    """Ask an endpoint all the time; counts its answers, and lists what failed."""
    answers: Counter[bytes] = Counter()
    failures: list[str] = []
    done = threading.Event()

    def ask() -> None:
        while not done.wait(0.005):
            try:
                answers[invoke(runtime, endpoint, ROW)["Body"]] += 1
            except runtime.exceptions.ClientError as error:
                failures.append(str(error))

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        yield answers, failures
    finally:
        done.set()
        asker.join()


def test_a_canary_gets_its_share_and_then_all(
    sagemaker: Any, runtime: Any, served: str, configured: Callable[..., str], other_model: str
) -> None:
    config = canary(wait=3)
    old, following = invoke(runtime, served, ROW)["Body"], configured(other_model)
    with asking(runtime, served) as (answers, failures):
        sagemaker.update_endpoint(EndpointName=served, EndpointConfigName=following, DeploymentConfig=config)
        first = sagemaker.describe_endpoint(EndpointName=served)
        assert first["EndpointStatus"] == "Updating"
        # Until it is over, the endpoint has the configuration that it had.
        assert first["EndpointConfigName"] == served
        pending = first["PendingDeploymentSummary"]
        assert pending["EndpointConfigName"] == following
        (coming,) = pending["ProductionVariants"]
        assert (coming["VariantName"], coming["DesiredInstanceCount"]) == ("AllTraffic", 1)
        assert coming["VariantStatus"][0]["Status"] == "Creating"
        wait_until(lambda: stage(sagemaker, served) == "Baking")
        answers.clear()
        time.sleep(2.5)
        during = Counter(answers)
        described = settled(sagemaker, served)
        answers.clear()
        wait_until(lambda: sum(answers.values()) > 20)
        after = Counter(answers)
    assert failures == []
    (new,) = after.keys()
    assert new != old
    assert set(during) == {old, new}
    assert is_a_fifth(during[new], sum(during.values()))
    assert described["EndpointConfigName"] == following
    assert described["LastDeploymentConfig"] == config
    assert "PendingDeploymentSummary" not in described
    assert "FailureReason" not in described


def is_a_fifth(part: int, of: int) -> bool:
    """Tell whether chance alone could give so many: some hundred on an idle machine, thirty on a busy one."""
    return stats.binomtest(part, of, 0.2).pvalue > 1e-4


def stage(sagemaker: Any, name: str) -> str | None:
    pending = sagemaker.describe_endpoint(EndpointName=name).get("PendingDeploymentSummary")
    return pending["ProductionVariants"][0]["VariantStatus"][0]["Status"] if pending else None


def test_an_alarm_rolls_back(
    client: Callable[..., Any], served: str, configured: Callable[..., str], other_model: str
) -> None:
    sagemaker, runtime, cloudwatch = client("sagemaker"), client("sagemaker-runtime"), client("cloudwatch")
    make_alarm(cloudwatch, "by-hand")
    old = invoke(runtime, served, ROW)["Body"]
    with asking(runtime, served) as (answers, failures):
        sagemaker.update_endpoint(
            EndpointName=served,
            EndpointConfigName=configured(other_model),
            DeploymentConfig=canary(0, ("by-hand",), termination=60),
        )
        wait_until(lambda: len(answers) > 1)
        cloudwatch.set_alarm_state(AlarmName="by-hand", StateValue="ALARM", StateReason="somebody called")
        described = settled(sagemaker, served)
        answers.clear()
        wait_until(lambda: sum(answers.values()) > 20)
        assert set(answers) == {old}
    assert failures == []
    assert described["EndpointConfigName"] == served
    assert described["FailureReason"] == (
        "The deployment was rolled back: the CloudWatch alarm by-hand is in the state ALARM."
    )


def test_a_model_that_answers_with_errors_trips_its_alarm(
    client: Callable[..., Any], s3: Any, served: str, configured: Callable[..., str]
) -> None:
    sagemaker, runtime, cloudwatch = client("sagemaker"), client("sagemaker-runtime"), client("cloudwatch")
    s3.put_object(Bucket=BUCKET, Key="narrow.tar.gz", Body=boosted(1))
    narrow = configured(f"s3://{BUCKET}/narrow.tar.gz")
    alarm = errors_alarm(cloudwatch, served, "Invocation4XXErrors", threshold=2)
    old = invoke(runtime, served, ROW)["Body"]
    with asking(runtime, served) as (answers, failures):
        sagemaker.update_endpoint(
            EndpointName=served, EndpointConfigName=narrow, DeploymentConfig=canary(60, (alarm,))
        )
        described = settled(sagemaker, served)
    # Who was among the canary's has met the errors; nobody else has.
    assert len(failures) > 2
    assert all("Received client error (400)" in failure for failure in failures)
    assert set(answers) == {old}
    assert described["EndpointConfigName"] == served
    assert alarm in described["FailureReason"]
    (state,) = cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    assert state["StateValue"] == "ALARM"
    # The next update begins anew.
    sagemaker.update_endpoint(EndpointName=served, EndpointConfigName=served, RetainDeploymentConfig=True)
    retained = sagemaker.describe_endpoint(EndpointName=served)["LastDeploymentConfig"]
    assert retained == canary(60, (alarm,))
    wait_until(lambda: stage(sagemaker, served) == "Baking")
    (state,) = cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    assert state["StateValue"] == "OK"
    cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="to end it")


def test_a_container_that_fails_to_start_rolls_back(
    sagemaker: Any, runtime: Any, s3: Any, served: str, configured: Callable[..., str]
) -> None:
    s3.put_object(Bucket=BUCKET, Key="broken.tar.gz", Body=archive(**{"xgboost-model": b"not a model"}))
    broken = configured(f"s3://{BUCKET}/broken.tar.gz")
    with asking(runtime, served) as (answers, failures):
        wait_until(lambda: answers)
        sagemaker.update_endpoint(EndpointName=served, EndpointConfigName=broken, DeploymentConfig=canary(1))
        described = settled(sagemaker, served)
    assert failures == []
    assert len(answers) == 1
    assert described["EndpointConfigName"] == served
    assert "did not pass the ping health check" in described["FailureReason"]


def rolling() -> dict[str, Any]:
    batch = {"Type": "INSTANCE_COUNT", "Value": 1}
    return {"RollingUpdatePolicy": {"MaximumBatchSize": batch, "WaitIntervalInSeconds": 1}}


def test_what_an_update_refuses(
    sagemaker: Any, served: str, configured: Callable[..., str], model_data: str
) -> None:
    def refusal(deployment: dict[str, Any], variant_name: str = "AllTraffic") -> tuple[str, str]:
        return refused(
            sagemaker.update_endpoint,
            EndpointName=served,
            EndpointConfigName=configured(model_data, variant_name),
            DeploymentConfig=deployment,
        )

    for deployment, name, message in (
        (canary(1, ("absent",)), "AllTraffic", "Could not find alarm absent in us-east-1."),
        (canary(1), "Second", "the names have to be the same"),
        (canary(1, percent=60), "AllTraffic", "It has to be at most 50%"),
        (rolling(), "AllTraffic", "Local AWS has no DeploymentConfig.RollingUpdatePolicy in UpdateEndpoint"),
    ):
        code, text = refusal(deployment, name)
        assert code == "ValidationException"
        assert message in text
    assert sagemaker.describe_endpoint(EndpointName=served)["EndpointStatus"] == "InService"


@pytest.mark.long
def test_what_takes_too_long_is_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process: AWS takes no MaximumExecutionTimeoutInSeconds below ten minutes."""
    with local_aws_in_process(Latency(starting=0)) as url:
        s3, sagemaker = make_client("s3", url), make_client("sagemaker", url)
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="model.tar.gz", Body=boosted(3))
        deploy(sagemaker, "slow", f"s3://{BUCKET}/model.tar.gz")
        short = TrafficPlan(baking_seconds=60, longest_seconds=3)
        monkeypatch.setattr(TrafficPlan, "of", lambda *_: short)
        sagemaker.update_endpoint(EndpointName="slow", EndpointConfigName="slow", DeploymentConfig=canary(60))
        described = settled(sagemaker, "slow")
        assert described["EndpointStatus"] == "InService"
        assert described["FailureReason"] == ("The deployment was rolled back: it takes more than 3 seconds.")
        s3.close()
        sagemaker.close()
