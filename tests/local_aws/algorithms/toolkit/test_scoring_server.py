"""Requests and answers of Amazon's own algorithms: every format, statuses, refusals."""

import os
from typing import Any

import numpy as np
import pytest
from werkzeug.test import Client

from local_aws.algorithms.toolkit import recordio
from local_aws.algorithms.toolkit.scoring_server import AnswerForm, serve
from tests.local_aws.algorithms.records import dense, sparse


class Sums:
    """Predicts each row's sum, and tells the row where it is asked for more."""

    width = 3

    def predict(self, features: np.ndarray, is_verbose: bool) -> list[dict[str, Any]]:
        return [{"sum": sum(row)} | ({"row": row} if is_verbose else {}) for row in features.tolist()]


@pytest.fixture
def container() -> Client:
    return Client(serve(Sums()))


def ask(container: Client, body: bytes, content_type: str, accept: str = "*/*") -> Any:
    headers = {"Content-Type": content_type, "Accept": accept}
    return container.post("/invocations", data=body, headers=headers)


def test_the_other_paths(container: Client) -> None:
    assert container.get("/ping").status_code == 200
    assert container.get("/invocations").status_code == 404
    assert container.get("/execution-parameters").json == {
        "MaxConcurrentTransforms": os.cpu_count(),
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": 6,
    }


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/csv", b"1,2,3\n4,5,6\n"),
        ("text/csv; label_size=0", b"1,2,3\n4,5,6"),
        ("text/csv; label_size=1", b"9,1,2,3\n9,4,5,6"),
        ("text/csv; charset=utf-8", b"1,2,3\n4,5,6"),
        ("application/json", b'{"instances": [{"features": [1, 2, 3]}, {"features": [4, 5, 6]}]}'),
        (
            "application/json",
            (
                b'{"instances": [{"data": {"features": {"values": [1, 2, 3]}}},'
                b'{"data": {"features": {"keys": [2, 0, 1], "shape": [3], "values": [6, 4, 5]}}}]}'
            ),
        ),
        ("application/jsonlines", b'{"features": [1, 2, 3]}\n{"features": {"values": [4, 5, 6]}}\n'),
        ("application/x-recordio-protobuf", dense([[1, 2, 3], [4, 5, 6]])),
        ("application/x-recordio-protobuf", sparse([{0: 1, 1: 2, 2: 3}, {2: 6, 1: 5, 0: 4}], 3, [0, 0])),
    ],
)
def test_requests(container: Client, content_type: str, body: bytes) -> None:
    answer = ask(container, body, content_type)
    assert answer.json == {"predictions": [{"sum": 6}, {"sum": 15}]}


def test_answers(container: Client) -> None:
    def answer(accept: str) -> Any:
        found = ask(container, b"1,2,3\n4,5,6", "text/csv", accept)
        assert found.content_type.partition(";")[0] == accept.partition(";")[0]
        return found

    assert answer("application/json; verbose=true").json["predictions"][1] == {"sum": 15, "row": [4, 5, 6]}
    assert answer("application/jsonlines").text == '{"sum": 6.0}\n{"sum": 15.0}\n'
    assert answer("text/csv").text == "6.0\n15.0\n"
    assert answer("text/csv; verbose=true").text == "6.0,1.0,2.0,3.0\n15.0,4.0,5.0,6.0\n"
    records = []
    for framed in recordio.frames(answer("application/x-recordio-protobuf").data):
        record = recordio.Record()
        record.ParseFromString(framed)
        records.append(list(record.label["sum"].float32_tensor.values))
    assert records == [[6], [15]]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/csv", b""),
        ("text/csv", b"a,b,c"),
        ("text/csv", b"1,2"),
        ("text/csv", b"1,2,3,4"),
        ("text/csv", b"1,,3"),
        ("text/csv", b"1,nan,3"),
        ("text/csv; encoding=klingon", b"1,2,3"),
        ("application/json", b"1,2,3"),
        ("application/json", b"[1, 2, 3]"),
        ("application/json", b"{}"),
        ("application/json", b'{"instances": 1}'),
        ("application/json", b'{"instances": [[1, 2, 3]]}'),
        ("application/json", b'{"instances": [{"features": ["a", "b", "c"]}]}'),
        ("application/json", b'{"instances": [{"features": [1, 2]}]}'),
        (
            "application/json",
            b'{"instances": [{"data": {"features": {"keys": [7], "shape": [3], "values": [1]}}}]}',
        ),
        ("application/jsonlines", b'{"features": [1, 2, 3]}\n{"features": [1, 2]}'),
        ("application/x-recordio-protobuf", b"1,2,3"),
        ("application/x-recordio-protobuf", dense([[1, 2]])),
    ],
)
@pytest.mark.filterwarnings("ignore:loadtxt. input contained no data:UserWarning")
def test_bodies_that_cannot_be_evaluated(container: Client, content_type: str, body: bytes) -> None:
    answer = ask(container, body, content_type)
    assert (answer.status_code, answer.text) == (400, "unable to evaluate payload provided")


@pytest.mark.parametrize("is_sparse", [False, True])
def test_a_model_that_takes_sparse_rows_gets_them(is_sparse: bool) -> None:
    seen = []

    class Notes(Sums):
        def predict(self, features: Any, is_verbose: bool) -> list[dict[str, Any]]:
            seen.append(features)
            return super().predict(np.zeros((1, 3)), is_verbose)

    keyed = b'{"instances": [{"data": {"features": {"keys": [2], "shape": [3], "values": [6]}}}, '
    container = Client(serve(Notes(), AnswerForm(is_sparse=is_sparse)))
    assert ask(container, keyed + b'{"features": [1, 2, 3]}]}', "application/json").status_code == 200
    assert isinstance(seen[0], np.ndarray) != is_sparse
    np.testing.assert_array_equal(seen[0].toarray() if is_sparse else seen[0], [[0, 0, 6], [1, 2, 3]])


def test_an_algorithm_has_formats_and_a_root_of_its_own() -> None:
    container = Client(serve(Sums(), AnswerForm(("text/csv",), ("application/json",), root="sums")))
    assert ask(container, b"1,2,3", "text/csv").json == {"sums": [{"sum": 6}]}
    assert ask(container, b"{}", "application/json").status_code == 415
    assert ask(container, b"1,2,3", "text/csv", "text/csv").status_code == 406


def test_types_that_are_not_supported(container: Client) -> None:
    answer = ask(container, b"1,2,3", "text/libsvm")
    assert answer.status_code == 415
    assert answer.text.startswith("Content type 'text/libsvm' is not supported. Supported are: text/csv, ")
    answer = ask(container, b"1,2,3", "text/csv", "application/pdf")
    assert answer.status_code == 406
    assert answer.text.startswith(
        "Accept type 'application/pdf' is not supported. Supported are: application/json"
    )


def test_the_largest_body(container: Client) -> None:
    assert ask(container, b"1,2,3".ljust(6_291_456), "text/csv").status_code == 200
    assert ask(container, b"1,2,3".ljust(6_291_457), "text/csv").status_code == 413
