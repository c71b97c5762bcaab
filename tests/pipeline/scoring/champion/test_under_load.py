"""Twenty requests a second, while ten promotions and two ways back happen: `pytest -s` prints the figures."""

import time
from collections import Counter

import numpy as np
import pytest

from tests.aws.clients import Aws
from tests.aws.endpoint_load import A_SECOND, load
from tests.pipeline.scoring.champion.served_models import (
    BUCKET,
    ENDPOINT,
    ServedModel,
    accepted_model,
    promote,
    roll_back,
)
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

ROWS = 50
"""Of a request."""
PROMOTIONS = 10


def in_order(models: list[ServedModel]) -> list[ServedModel]:
    """Sort models from the worst to the best; of those that are as good as another one alone."""
    by_area = {model.roc_auc: model for model in models}
    return [by_area[area] for area in sorted(by_area)]


def test_no_request_fails_and_each_is_answered_by_one_whole_model() -> None:
    with local_aws_server() as server:
        aws = Aws(server.url)
        aws.client("s3").create_bucket(Bucket=BUCKET)
        rounds = (1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 18, 25, 40, 100)
        made = [accepted_model(aws, f"rounds-{number}", num_round=number) for number in rounds]
        models = in_order(made)[-PROMOTIONS - 1 :]
        assert len(models) == PROMOTIONS + 1
        body = b"\n".join(models[0].features[:ROWS]) + b"\n"
        promote(aws, "the first", models[0])
        begin = time.monotonic()
        with load(aws.client, ENDPOINT, body) as found:
            for number, model in enumerate(models[1:], 1):
                assert promote(aws, f"promotion {number}", model).left_out is None
                if number in {4, 8}:
                    back = roll_back(aws, f"way back {number}")
                    assert back.run_id == models[number - 1].run_id
        seconds = time.monotonic() - begin
    assert found.failures == []
    whole = {model.run_id: model.scores[:ROWS] for model in models}
    by_model: Counter[str] = Counter()
    for answer, count in found.answers.items():
        scores = np.array([float(line) for line in answer.split()])
        (answered_by,) = [run for run, known in whole.items() if np.abs(scores - known).max() < 1e-6]
        by_model[answered_by] += count
    assert set(by_model) == set(whole)
    total = sum(by_model.values())
    middle, most = np.percentile(found.milliseconds, [50, 99])
    print(
        f"\n{total} requests of {ROWS} rows in {seconds:.0f} s ({total / seconds:.1f} a second), "
        f"{PROMOTIONS} promotions, 2 ways back: {len(found.failures)} failed, answers of {len(by_model)} "
        f"models and of no mixture, median {middle:.0f} ms, 99 % within {most:.0f} ms, {found.late} late"
    )
    assert total / seconds > 0.9 * A_SECOND
