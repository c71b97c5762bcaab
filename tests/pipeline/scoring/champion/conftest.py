"""A local AWS with three models, and an endpoint that serves one of them."""

from collections.abc import Iterator

import pytest

from tests.aws.clients import Aws
from tests.aws.endpoints import delete
from tests.pipeline.scoring.champion.served_models import (
    BUCKET,
    ENDPOINT,
    ServedModel,
    accepted_model,
    promote,
)
from tests.services.local_aws_server import local_aws_server


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        made = Aws(server.url)
        made.client("s3").create_bucket(Bucket=BUCKET)
        yield made


@pytest.fixture(scope="module")
def models(aws: Aws) -> list[ServedModel]:
    """Three models of the same rows, the worst first."""
    made = [accepted_model(aws, f"rounds-{rounds}", num_round=rounds) for rounds in (1, 4, 30)]
    made = sorted(made, key=lambda model: model.roc_auc)
    assert made[0].roc_auc < made[1].roc_auc < made[2].roc_auc
    return made


@pytest.fixture
def champion(aws: Aws, models: list[ServedModel], request: pytest.FixtureRequest) -> Iterator[ServedModel]:
    """The endpoint serves the model between the others."""
    promote(aws, f"first of {request.node.name}", models[1])
    yield models[1]
    if any(one["EndpointName"] == ENDPOINT for one in aws.client("sagemaker").list_endpoints()["Endpoints"]):
        delete(aws.client("sagemaker"), ENDPOINT)
