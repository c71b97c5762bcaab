import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.documents.training.algorithm import ALGORITHMS, AlgorithmName
from include.pipeline.errors import EndpointError
from include.pipeline.evaluation.scoring import Answers, batches, score_rows
from local_aws.algorithms.toolkit.recordio import read_rows
from tests.aws.clients import Aws
from tests.aws.endpoints import deploy
from tests.aws.training_data import put_training_data, separable_rows
from tests.aws.training_jobs import trained_model
from tests.pipeline.evaluation.answering import Answering
from tests.services.local_aws_server import local_aws_server

ROWS = b"".join(f"{number % 10},{number % 7},{number % 3}\n".encode() for number in range(100))


@given(
    st.lists(st.text("0123456789,", max_size=30).map(lambda row: row.encode() + b"\n")), st.integers(31, 99)
)
def test_batches_hold_all_lines_in_order_and_none_is_too_large(rows: list[bytes], max_bytes: int) -> None:
    made = list(batches(io.BytesIO(b"".join(rows)), max_bytes))
    assert [line for batch in made for line in batch] == rows
    assert all(0 < sum(map(len, batch)) <= max_bytes for batch in made)


def test_a_line_that_no_request_can_hold_is_refused() -> None:
    with pytest.raises(EndpointError, match="a test row of 12 bytes\nExpected: an endpoint takes at most 10"):
        list(batches(io.BytesIO(b"12345678901\n"), 10))


def test_batches_have_at_most_so_many_rows() -> None:
    assert [len(batch) for batch in batches(io.BytesIO(b"1\n" * 7), 99, max_rows=3)] == [3, 3, 1]


LINES = '{"score": 0.25, "predicted_label": 0}\n{"score": 1, "predicted_label": 1}\n'
NEIGHBOURS = '{"predicted_label": 0.0, "distances": [1, 2, 3, 4], "labels": [1.0, 0.0, 0.0, 0.0]}\n'


@pytest.mark.parametrize(
    ("algorithm", "text", "scores"),
    [
        ("linear-learner", LINES, [0.25, 1.0]),
        ("knn", NEIGHBOURS * 2, [0.25, 0.25]),
        ("factorization-machines", LINES, [0.25, 1.0]),
    ],
)
def test_answers_of_other_algorithms_are_read(
    algorithm: AlgorithmName, text: str, scores: list[float]
) -> None:
    runtime: Any = Answering(text)
    found = score_rows(
        io.BytesIO(b"1\n2\n"), endpoint="e", runtime=runtime, answers=Answers(algorithm=algorithm)
    )
    assert found.tolist() == scores
    assert runtime.accepts == [ALGORITHMS[algorithm].accept]


@pytest.mark.parametrize(
    ("answers", "text", "scores"),
    [
        (
            Answers("multiclass", 3, "linear-learner"),
            '{"score": [0.2, 0.7, 0.1], "predicted_label": 1}\n' * 2,
            [[0.2, 0.7, 0.1]] * 2,
        ),
        (
            Answers("multiclass", 3, "knn"),
            '{"predicted_label": 2.0, "distances": [1, 2, 3, 4], "labels": [2.0, 1.0, 2.0, 2.0]}\n' * 2,
            [[0.0, 0.25, 0.75]] * 2,
        ),
        (
            Answers("regression", 1, "knn"),
            '{"predicted_label": -2.5, "distances": [1, 2], "labels": [-2.0, -3.0]}\n' * 2,
            [-2.5] * 2,
        ),
        (Answers("regression", 1, "linear-learner"), '{"score": 12.5}\n' * 2, [12.5] * 2),
        (Answers("regression", 1, "factorization-machines"), '{"score": -1e3}\n' * 2, [-1000.0] * 2),
    ],
    ids=str,
)
def test_answers_to_labels_of_other_kinds_are_read(answers: Answers, text: str, scores: list[Any]) -> None:
    runtime: Any = Answering(text)
    found = score_rows(io.BytesIO(b"1\n2\n"), endpoint="e", runtime=runtime, answers=answers)
    assert found.tolist() == scores


def test_factorization_machines_get_records() -> None:
    runtime: Any = Answering(LINES)
    answers = Answers(algorithm="factorization-machines")
    score_rows(io.BytesIO(b"0,2.5\n-1e-3,0.0\n"), endpoint="e", runtime=runtime, answers=answers)
    (body,) = runtime.bodies
    found = read_rows(body).features
    assert found.nnz == 2
    assert found.toarray().tolist() == [[0, 2.5], [float(np.float32(-1e-3)), 0]]


@pytest.mark.parametrize(
    ("algorithm", "text", "said"),
    [
        ("linear-learner", "0.25\n1\n", "an endpoint has to answer scores to application/jsonlines"),
        ("linear-learner", '{"predicted_label": 1}\n', "SageMaker's Linear Learner, and what its model"),
        ("linear-learner", LINES.replace("0.25", "[0.25, 0.5]"), "answer scores to application/jsonlines"),
        ("linear-learner", LINES.replace("0.25", "-0.25"), "one probability for each row"),
        ("linear-learner", LINES * 2, "answered 4 scores"),
        ("linear-learner", "", "answer scores to|answered 0 scores"),
        ("knn", '{"predicted_label": 1.0}\n', "to application/jsonlines; verbose=true"),
        ("knn", '{"labels": []}\n', "to application/jsonlines; verbose=true"),
        ("knn", NEIGHBOURS, "answered 1 scores"),
        ("factorization-machines", LINES.replace("1,", "1.5,"), "SageMaker's Factorization Machines, and"),
    ],
)
def test_another_answer_is_refused(algorithm: AlgorithmName, text: str, said: str) -> None:
    runtime: Any = Answering(text)
    with pytest.raises(EndpointError, match=said):
        score_rows(io.BytesIO(b"1\n2\n"), endpoint="e", runtime=runtime, answers=Answers(algorithm=algorithm))


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    """A local AWS that serves probabilities and, from another model, their logits."""
    with local_aws_server() as server:
        aws = Aws(server.url)
        put_training_data(aws.client("s3"), separable_rows())
        sagemaker = aws.client("sagemaker")
        for name, objective in (("classifier", "binary:logistic"), ("raw", "binary:logitraw")):
            hyperparameters = {"num_round": "5", "objective": objective}
            archive = trained_model(sagemaker, name, HyperParameters=hyperparameters)
            assert deploy(sagemaker, name, archive)["EndpointStatus"] == "InService"
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
        with pytest.raises(EndpointError, match=r"(?s)endpoint 'classifier' answered .*400.*CloudWatch"):
            score(aws, "classifier", b"1,2,3,4,5,6,7\n")

    def test_an_absent_endpoint_is_told(self, aws: Aws) -> None:
        with pytest.raises(EndpointError, match=r"endpoint 'nowhere': Endpoint nowhere of account"):
            score(aws, "nowhere", ROWS)

    def test_answers_that_are_no_probabilities_are_refused(self, aws: Aws) -> None:
        with pytest.raises(EndpointError, match=r"(?s)one probability for each row.*binary:logistic"):
            score(aws, "raw", ROWS)
