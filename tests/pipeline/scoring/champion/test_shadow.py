"""A challenger in the shadow of the model that serves, on local AWS, which really copies requests to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from include.pipeline.aws.object_store import read_object
from include.pipeline.documents.scoring.champion import Shadow
from include.pipeline.errors import EndpointError
from include.pipeline.scoring.champion import shadow as module
from include.pipeline.scoring.champion.endpoint import ChampionEndpoint
from include.pipeline.scoring.champion.shadow import end_own_shadow
from include.pipeline.teardown.daily_cost import endpoint_cost
from tests.aws.clients import Aws
from tests.aws.endpoints import invoke, settled
from tests.local_aws.hosting.model_archives import boosted
from tests.pipeline.scoring.champion.served_models import (
    ENDPOINT,
    ServedModel,
    promote,
    replace_archive,
    roll_back,
    serving_of,
)

pytestmark = pytest.mark.slow

BRIEF = Shadow(seconds=3)


@contextmanager
def asking(aws: Aws, champion: ServedModel) -> Iterator[list[float]]:
    """Ask the endpoint all the time about a row; gives its answers. A failure ends the test."""
    runtime, answers, done = aws.client("sagemaker-runtime"), list[float](), threading.Event()
    failed: list[BaseException] = []

    def ask() -> None:
        while not done.wait(0.02):
            try:
                answers.append(float(invoke(runtime, ENDPOINT, champion.features[0])["Body"]))
            except ClientError as error:
                failed.append(error)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        yield answers
    finally:
        done.set()
        asker.join()
    assert failed == []


def serves(aws: Aws) -> str:
    found = settled(aws.client("sagemaker"), ENDPOINT)
    assert found["EndpointStatus"] == "InService"
    assert "ShadowProductionVariants" not in found
    name: str = found["EndpointConfigName"]
    return name


def configurations(aws: Aws) -> set[str]:
    listed = aws.client("sagemaker").list_endpoint_configs(MaxResults=100)["EndpointConfigs"]
    return {one["EndpointConfigName"] for one in listed}


@pytest.fixture
def updates(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """Notes which configuration the endpoint is updated to, and whether by steps."""
    noted: list[tuple[str, bool]] = []
    really = ChampionEndpoint.change_to

    def change_to(self: ChampionEndpoint, version: str, deployment_config: dict[str, Any] | None) -> None:
        noted.append((version, deployment_config is not None))
        really(self, version, deployment_config)

    monkeypatch.setattr(ChampionEndpoint, "change_to", change_to)
    return noted


def test_a_challenger_that_does_well_in_the_shadow_takes_over_by_the_canary(
    aws: Aws,
    models: list[ServedModel],
    champion: ServedModel,
    updates: list[tuple[str, bool]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = serves(aws)
    updates.clear()
    with caplog.at_level("INFO"), asking(aws, champion) as answers:
        served = promote(aws, "shadowed", models[2], shadow=BRIEF)
    name = served.version.name
    assert served.run_id == models[2].run_id
    assert updates == [(f"{name}-sh", False), (before, False), (name, True)]
    assert serves(aws) == name
    assert f"{name}-sh" not in configurations(aws)
    # Whoever asked got one model's answer or the other's.
    known = {round(model.scores[0], 6) for model in (champion, models[2])}
    assert {round(answer, 6) for answer in answers} <= known
    (told,) = [one.getMessage() for one in caplog.records if one.getMessage().startswith("In the shadow")]
    assert ", 0 without an answer;" in told
    assert int(told.split(": ")[1].split()[0]) > 10


@pytest.mark.parametrize("starts", [True, False], ids=["fails requests", "does not start"])
def test_one_that_breaks_in_the_shadow_is_not_promoted(
    aws: Aws,
    models: list[ServedModel],
    champion: ServedModel,
    *,
    starts: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, known, s3 = serves(aws), configurations(aws), aws.client("s3")
    archive = read_object(s3, models[2].manifest.training.model_uri)
    # Of the former's columns the table has too many.
    content = boosted(1) if starts else b"no archive"
    monkeypatch.setattr(
        "include.pipeline.scoring.champion.promotion.check_alarms",
        lambda *_: replace_archive(s3, models[2], content),
    )
    told = r"has failed \d+ requests in a minute" if starts else "Failed to extract model data archive"
    try:
        with asking(aws, champion) as answers, pytest.raises(EndpointError, match=told):
            promote(aws, f"broken in the shadow {starts}", models[2], shadow=Shadow(seconds=60))
    finally:
        replace_archive(s3, models[2], archive)
    # The champion has served all along, and nothing is left.
    assert {round(answer, 6) for answer in answers} == {round(champion.scores[0], 6)}
    assert serves(aws) == before
    assert configurations(aws) == known


@pytest.mark.usefixtures("champion")
def test_nobody_asks_and_the_canary_decides(
    aws: Aws, models: list[ServedModel], caplog: pytest.LogCaptureFixture
) -> None:
    assert promote(aws, "unasked", models[2], shadow=Shadow(seconds=1)).run_id == models[2].run_id
    assert "Nobody has asked the endpoint meanwhile" in caplog.text


@pytest.mark.usefixtures("champion")
def test_a_challenger_may_come_at_the_first_moment_of_a_minute(
    aws: Aws, models: list[ServedModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC).replace(second=0, microsecond=5)
    monkeypatch.setattr(module, "datetime", mock.Mock(now=mock.Mock(return_value=now)))
    assert promote(aws, "on-the-minute", models[2], shadow=Shadow(seconds=1)).run_id == models[2].run_id


def test_one_that_is_much_slower_is_not_promoted(
    aws: Aws, models: list[ServedModel], champion: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = serves(aws)
    monkeypatch.setattr(module, "_FEWEST", 1)
    really = module._figures

    def slowed(serving: Any, variant: str, *rest: Any) -> Any:
        found = really(serving, variant, *rest)
        factor = 10 if variant.startswith("Shadow") else 1
        return module._Figures(
            found.asked, found.failed, {minute: factor * sum_ for minute, sum_ in found.microseconds.items()}
        )

    monkeypatch.setattr(module, "_figures", slowed)
    with asking(aws, champion), pytest.raises(EndpointError, match=r"serve\.shadow\.slower"):
        promote(aws, "slow", models[2], shadow=BRIEF)
    assert serves(aws) == before


class KilledError(BaseException):
    """The process has ended, and nothing that it would have done."""


@pytest.fixture
def killed_in_the_shadow(aws: Aws, models: list[ServedModel], champion: ServedModel) -> str:
    """The run's id: its promotion was killed while its model was in the shadow."""
    run_id = "killed"
    with (
        mock.patch.object(module, "_watch", side_effect=KilledError),
        mock.patch.object(module, "end_shadow", side_effect=KilledError),
        pytest.raises(KilledError),
    ):
        promote(aws, run_id, models[2], shadow=BRIEF)
    found = settled(aws.client("sagemaker"), ENDPOINT)
    assert found["ShadowProductionVariants"]
    # Both are billed, and the champion serves.
    assert endpoint_cost(aws.client("sagemaker"), ENDPOINT) == pytest.approx(2 * 2.76)
    answer = invoke(aws.client("sagemaker-runtime"), ENDPOINT, champion.features[0])
    assert float(answer["Body"]) == pytest.approx(champion.scores[0], abs=1e-7)
    return run_id


def test_a_retry_goes_on_where_the_try_before_was_killed_in_the_shadow(
    aws: Aws, models: list[ServedModel], killed_in_the_shadow: str
) -> None:
    served = promote(aws, killed_in_the_shadow, models[2], shadow=BRIEF)
    assert served.run_id == models[2].run_id
    assert serves(aws) == served.version.name
    assert not {name for name in configurations(aws) if name.endswith("-sh")}


def test_what_a_run_has_left_in_the_shadow_is_taken_away_at_its_end(
    aws: Aws, champion: ServedModel, killed_in_the_shadow: str
) -> None:
    version = end_own_shadow(serving_of(aws, killed_in_the_shadow))
    assert version == serves(aws)
    assert not {name for name in configurations(aws) if name.endswith("-sh")}
    answer = invoke(aws.client("sagemaker-runtime"), ENDPOINT, champion.features[0])
    assert float(answer["Body"]) == pytest.approx(champion.scores[0], abs=1e-7)
    # Once more, and of a run that has left nothing.
    assert end_own_shadow(serving_of(aws, killed_in_the_shadow)) == version
    assert end_own_shadow(serving_of(aws, "another")) == version


def test_whoever_goes_back_meanwhile_is_not_overruled(
    aws: Aws, models: list[ServedModel], champion: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    better = promote(aws, "better, without", models[2])

    def go_back(*_: object) -> None:
        assert roll_back(aws, "back").run_id == champion.run_id

    monkeypatch.setattr(module, "_watch", go_back)
    # A model that has served before is held to be better, so that one is in the shadow.
    verdict = mock.Mock(is_better=True, reason="made up")
    monkeypatch.setattr("include.pipeline.scoring.champion.promotion.challenge", lambda *_: verdict)
    with pytest.raises(EndpointError, match="since the challenger was in the shadow"):
        promote(aws, "overruled", wanted=models[0].run_id, shadow=BRIEF)
    assert serves(aws) == better.version.before
    assert not {name for name in configurations(aws) if name.endswith("-sh")}
