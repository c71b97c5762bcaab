"""The calls that the report of a kept endpoint offers."""

import ast
import json
import shlex
from types import SimpleNamespace
from typing import Any

import pytest

from include.pipeline.report.endpoint_call import endpoint_call, features_of, first_row
from tests.pipeline.accepted_runs import day, plan_of

COLUMNS = ("age", "pdays", "euribor3m")
ROW = "56,999,4.857"


def test_the_first_row_is_taken_from_the_beginning_of_the_features() -> None:
    assert first_row(b"56,999,4.857\n57,,1e-05\n58") == ROW
    assert first_row(b"57,,1e-05\r\n") == "57,,1e-05"


@pytest.mark.parametrize(
    "features", [b"", b"\n1,2", b"1,2'; rm -rf /\n", b"1,2\x00", b"\xff\n", b"age,pdays\n"]
)
def test_what_is_no_row_of_numbers_is_none(features: bytes) -> None:
    assert first_row(features) is None


def test_the_row_stands_in_both_calls_and_the_columns_beside_it() -> None:
    call = endpoint_call("kept", "eu-west-1", COLUMNS, ROW)
    assert (call.columns, call.is_real) == (COLUMNS, True)
    ast.parse(call.python)
    assert f"row = '{ROW}'" in call.python
    words = shlex.split(call.aws_cli)
    assert words[:5] == ["printf", "%s", ROW, ">", "row.csv"]
    assert words[words.index("--body") + 1] == "fileb://row.csv"
    assert words[words.index("--region") + 1] == "eu-west-1"
    assert [line.split()[2] for line in call.deletion.splitlines()] == [
        "delete-endpoint",
        "wait",
        "delete-endpoint-config",
        "delete-model",
    ]


def test_of_several_classes_each_score_is_printed_beside_its_class(
    capsys: pytest.CaptureFixture[str],
) -> None:
    call = endpoint_call("kept", "eu-west-1", COLUMNS, ROW, ("it's one", "two"))
    body = SimpleNamespace(read=lambda: b"0.25,0.75\n")
    printing = "\n".join(call.python.splitlines()[-2:])
    exec(compile(printing, "printing", "exec"), {"answer": {"Body": body}})  # noqa: S102 - what a reader pastes
    assert capsys.readouterr().out == "{\"it's one\": 0.25, 'two': 0.75}\n"


def test_a_model_of_another_algorithm_is_asked_for_the_form_that_has_scores() -> None:
    call = endpoint_call("kept", "eu-west-1", COLUMNS, ROW, algorithm="knn")
    ast.parse(call.python)
    assert 'Accept="application/jsonlines; verbose=true"' in call.python
    words = shlex.split(call.aws_cli)
    assert words[words.index("--accept") + 1] == "application/jsonlines; verbose=true"
    assert words[-2:] == ["cat", "score.jsonl"]


def test_a_model_that_takes_no_csv_is_asked_in_json() -> None:
    call = endpoint_call("kept", "eu-west-1", COLUMNS, ROW, algorithm="factorization-machines")
    assigned = ast.parse(call.python).body[2]
    assert isinstance(assigned, ast.Assign)
    assert json.loads(ast.literal_eval(assigned.value)) == {"instances": [{"features": [56, 999, 4.857]}]}
    assert 'ContentType="application/json", Accept="application/jsonlines"' in call.python
    words = shlex.split(call.aws_cli)
    assert words[words.index("--body") + 1] == f"fileb://{words[words.index('>') + 1]}"


def test_where_no_row_may_be_seen_it_is_one_of_zeros_as_long() -> None:
    call = endpoint_call("kept", "eu-west-1", COLUMNS, None)
    assert not call.is_real
    assert "row = '0,0,0'" in call.python


def test_the_features_of_a_model_that_is_used_again_are_those_of_the_run_that_made_it() -> None:
    first, second = plan_of("scheduled__1", of=day(1)), plan_of("scheduled__2", of=day(2))
    manifest: Any = SimpleNamespace(
        key=second.key, identity=second.identity, reused_from=None, contender=None
    )
    assert features_of(manifest, second.bucket) == second.locations.test_features
    manifest.reused_from = "scheduled__1"
    assert features_of(manifest, second.bucket) == first.locations.test_features
    manifest.contender = "knn"
    expected = f"{first.locations.run}/contenders/knn/test/features.csv"
    assert features_of(manifest, second.bucket) == expected
