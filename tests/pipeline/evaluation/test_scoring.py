import io
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.errors import EndpointError
from include.pipeline.evaluation.scoring import batches, score_rows
from tests.local_aws_client import OFTEN, Aws, deployment_config, training_config
from tests.local_aws_server import local_aws_server

BUCKET = "scoring"
ROWS = b"".join(f"{number % 10},{number % 7},{number % 3}\n".encode() for number in range(100))


@given(
    st.lists(st.text("0123456789,", max_size=30).map(lambda row: row.encode() + b"\n")), st.integers(31, 99)
)
def test_batches_hold_all_lines_in_order_and_none_is_too_large(rows: list[bytes], max_bytes: int) -> None:
    made = list(batches(io.BytesIO(b"".join(rows)), max_bytes))
    assert [line for batch in made for line in batch] == rows
    assert all(0 < sum(map(len, batch)) <= max_bytes for batch in made)


def test_a_line_that_no_request_can_hold_is_refused() -> None:
    with pytest.raises(EndpointError, match="a test row of 12 bytes: an endpoint takes at most 10 bytes"):
        list(batches(io.BytesIO(b"12345678901\n"), 10))


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    """A local AWS that serves probabilities and, from another model, their logits."""
    with local_aws_server() as server:
        aws = Aws(server.url)
        aws.put_training_data(BUCKET)
        sagemaker = aws.client("sagemaker")
        for name, objective in (("classifier", "binary:logistic"), ("raw", "binary:logitraw")):
            sagemaker.create_training_job(**training_config(BUCKET, name, objective=objective))
        for name in ("classifier", "raw"):
            sagemaker.get_waiter("training_job_completed_or_stopped").wait(
                TrainingJobName=name, WaiterConfig=OFTEN
            )
            config = deployment_config(name)
            config["Model"]["PrimaryContainer"]["ModelDataUrl"] = (
                f"s3://{BUCKET}/model/{name}/output/model.tar.gz"
            )
            sagemaker.create_model(**config["Model"])
            sagemaker.create_endpoint_config(**config["EndpointConfig"])
            sagemaker.create_endpoint(**config["Endpoint"])
            sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig=OFTEN)
        yield aws


def score(aws: Aws, endpoint: str, rows: bytes, **options: int) -> np.ndarray:
    return score_rows(io.BytesIO(rows), endpoint=endpoint, runtime=aws.client("sagemaker-runtime"), **options)


@pytest.mark.slow
class TestEndpoint:
    def test_each_row_gets_its_score(self, aws: Aws) -> None:
        scores = score(aws, "classifier", ROWS)
        first_feature = np.arange(100) % 10
        # What the model was trained on: a yes where the first feature is above 4.
        assert ((scores > 0.5) == (first_feature > 4)).all()

    def test_many_small_requests_give_what_one_gives(self, aws: Aws) -> None:
        assert (score(aws, "classifier", ROWS, max_bytes=50) == score(aws, "classifier", ROWS)).all()

    def test_no_rows_have_no_scores(self, aws: Aws) -> None:
        assert score(aws, "classifier", b"").shape == (0,)

    def test_rows_that_the_model_refuses_are_told_with_its_answer(self, aws: Aws) -> None:
        with pytest.raises(EndpointError, match=r"endpoint 'classifier' answered .*400.*CloudWatch"):
            score(aws, "classifier", b"1,2,3,4,5,6,7\n")

    def test_an_absent_endpoint_is_told(self, aws: Aws) -> None:
        with pytest.raises(EndpointError, match=r"endpoint 'nowhere': Endpoint nowhere of account"):
            score(aws, "nowhere", ROWS)

    def test_answers_that_are_no_probabilities_are_refused(self, aws: Aws) -> None:
        with pytest.raises(EndpointError, match=r"one probability for each row.*binary:logistic"):
            score(aws, "raw", ROWS)
