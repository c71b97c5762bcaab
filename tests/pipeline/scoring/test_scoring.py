import io
import logging
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from include.pipeline.aws.object_store import list_objects, read_object, write_object
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.errors import DataError, ParamError, TransformError
from include.pipeline.history.accepted import accept
from include.pipeline.history.manifest import record_run
from include.pipeline.report.scoring import render_scoring
from include.pipeline.scoring.answers import read_answers
from include.pipeline.scoring.caller import EndpointCaller
from include.pipeline.scoring.model import choose_model
from include.pipeline.scoring.reuse import find_scored, fingerprint
from include.pipeline.scoring.rows import encode_rows
from include.work import progress
from tests.pipeline.churn_run import FRAME, TEST, ChurnRun, churn_run, kept_raw
from tests.pipeline.data.encoding.churn import TABLE, churn, written
from tests.pipeline.scoring.scored_rows import MOST, SCORE_CONFIG, score, score_plan_of

pytestmark = pytest.mark.slow

UNLABELLED = FRAME.iloc[TEST].drop(columns=["churned", "refund"])


@pytest.fixture(scope="module")
def run() -> Iterator[ChurnRun]:
    """A run whose model is accepted, and whose endpoint still serves."""
    with churn_run() as made:
        s3, plan = made.aws.client("s3"), made.plan
        manifest = record_run(s3, plan, made.evaluate(), raw=made.raw, split=made.split, training=made.job)
        accept(s3, plan, manifest)
        yield made


def predictions_of(run: ChurnRun, prefix: str) -> pd.DataFrame:
    content = read_object(run.aws.client("s3"), f"{prefix}.csv")
    return pd.read_csv(io.BytesIO(content), keep_default_na=False)


def test_a_batch_scores_the_rows_of_the_evaluation_to_the_last_bit_and_joins_their_identifiers(
    run: ChurnRun,
) -> None:
    s3, plan = run.aws.client("s3"), score_plan_of("equal")
    scoring = score(run.aws, kept_raw(s3, written(UNLABELLED), "new.csv"), plan)
    found = predictions_of(run, plan.locations.predictions)
    evaluated = pd.read_csv(io.BytesIO(read_object(s3, run.plan.locations.predictions)))
    # Sorted by score, and rows of equal score in the order of the file.
    expected = evaluated.sort_values("score", ascending=False, kind="stable")
    assert list(found.columns) == ["customer", "score", "predicted", "model"]
    assert found["customer"].tolist() == expected["customer"].tolist()
    assert found["score"].to_numpy().tobytes() == expected["score"].to_numpy().tobytes()
    assert found["predicted"].tolist() == (expected["score"] >= 0.5).astype(int).tolist()
    assert set(found["model"]) == {run.plan.identity.run_id}
    parquet = pd.read_parquet(io.BytesIO(read_object(s3, f"{plan.locations.predictions}.parquet")))
    pd.testing.assert_frame_equal(parquet.astype(found.dtypes), found)
    assert (scoring.encoded.rows, scoring.kept) == (300, 300)
    assert scoring.positives == found["predicted"].sum()
    assert sum(scoring.distribution.counts) == 300
    assert scoring.distribution.quantiles["0.5"] == pytest.approx(np.median(expected["score"]))
    # What was encoded is no longer needed.
    assert list_objects(s3, plan.locations.rows) == []


def test_the_log_tells_how_far_the_join_is(
    run: ChurnRun, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(progress, "_SECONDS", 0)
    caplog.set_level(logging.INFO, progress.__name__)
    raw = kept_raw(run.aws.client("s3"), written(UNLABELLED), "new.csv")
    score(run.aws, raw, score_plan_of("told"))
    lines = [line.partition(",")[0] for line in caplog.messages]
    assert {"Joining: 300 of 300 rows", "Writing predictions: 300 of 300 rows"} <= set(lines)


@pytest.mark.parametrize(
    ("params", "kept"), [({"top": 7}, 7), ({"top": 10_000}, 300), ({"top_fraction": 0.05}, 15)], ids=str
)
def test_the_highest_rows_alone_are_kept_where_that_is_asked(
    run: ChurnRun, params: dict[str, float], kept: int
) -> None:
    s3, plan = run.aws.client("s3"), score_plan_of(f"top-{kept}", **params)
    raw = kept_raw(s3, written(UNLABELLED), "new.csv")
    assert score(run.aws, raw, plan).kept == kept
    found = predictions_of(run, plan.locations.predictions)
    evaluated = pd.read_csv(io.BytesIO(read_object(s3, run.plan.locations.predictions)))
    expected = evaluated.sort_values("score", ascending=False, kind="stable").head(kept)
    assert found["customer"].tolist() == expected["customer"].tolist()


def test_the_same_rows_and_the_same_model_are_found_again_as_long_as_their_answers_are_the_same(
    run: ChurnRun,
) -> None:
    s3, plan = run.aws.client("s3"), score_plan_of("first")
    raw = kept_raw(s3, written(UNLABELLED), "new.csv")
    scoring = score(run.aws, raw, plan)
    later = score_plan_of("later", top=3)
    scored = fingerprint(later, raw, choose_model(s3, later))
    found = find_scored(s3, later, scored)
    assert found is not None
    assert (found.answers, found.rows) == (scoring.answers, scoring.encoded)
    other = kept_raw(s3, written(UNLABELLED.head(20)), "other.csv")
    assert find_scored(s3, later, fingerprint(later, other, scoring.model)) is None
    (answer,) = list_objects(s3, found.answers.answers_uri)
    own = read_object(s3, answer)
    write_object(s3, answer, own.replace(b"0.", b"1.", 1), "text/csv")
    assert find_scored(s3, later, scored) is None
    write_object(s3, answer, own[: own.index(b"\n") + 1], "text/csv")
    with pytest.raises(TransformError, match="1 scores for 300 rows"):
        read_answers(s3, found.rows, found.answers, later.algorithm)
    write_object(s3, answer, own, "text/csv")


def test_a_model_may_be_named_and_one_that_was_not_accepted_scores_nothing(run: ChurnRun) -> None:
    s3 = run.aws.client("s3")
    named = choose_model(s3, score_plan_of("named", model=run.plan.identity.run_id))
    assert named.model_uri == run.job.model_uri
    with pytest.raises(ParamError, match=r"model = 'another'.*no such accepted model"):
        choose_model(s3, score_plan_of("another", model="another"))
    with pytest.raises(ParamError, match="no such accepted model"):
        choose_model(s3, score_plan_of("denied"), lambda _: False)


def test_an_image_that_the_limits_no_longer_allow_serves_no_rows(run: ChurnRun) -> None:
    plan = score_plan_of("image")
    with pytest.raises(ParamError, match="no such accepted model"):
        choose_model(run.aws.client("s3"), plan.model_copy(update={"images": plan.images[1:]}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop(columns="calls"), "column 'calls' is there 0 times"),
        (lambda frame: frame.assign(calls="many"), "row 2, column 'calls'"),
        (lambda frame: frame.assign(fee="inf"), "row 2, column 'fee' is inf"),
        (lambda frame: frame.assign(signup="yesterday"), "row 2, column 'signup'"),
        (lambda frame: frame.head(0), "the table has no rows"),
    ],
    ids=["absent", "text", "infinite", "no date", "empty"],
)
def test_rows_that_the_model_cannot_score_are_refused_before_a_job_is_bought(
    run: ChurnRun, change: object, message: str
) -> None:
    s3, plan = run.aws.client("s3"), score_plan_of("broken")
    assert callable(change)
    raw = kept_raw(s3, written(change(UNLABELLED)), "broken.csv")
    with pytest.raises(DataError, match=f"broken.csv: {message}"):
        encode_rows(s3, raw, plan, choose_model(s3, plan), max_bytes=MOST)


def test_an_earlier_trys_rows_are_not_scored_with_those_of_the_next(run: ChurnRun) -> None:
    s3, plan = run.aws.client("s3"), score_plan_of("again")
    write_object(s3, f"{plan.locations.rows}rows-000009.csv", b"1\n", "text/csv")
    raw = kept_raw(s3, written(UNLABELLED), "new.csv")
    encode_rows(s3, raw, plan, choose_model(s3, plan), max_bytes=MOST)
    assert list_objects(s3, plan.locations.rows) == [f"{plan.locations.rows}rows-000000.csv"]


def hidden(*shown: str) -> PipelineConfig:
    return SCORE_CONFIG.model_copy(update={"table": TABLE.model_copy(update={"show_values": shown})})


@pytest.mark.parametrize("shows", [(), ("customer",)], ids=["hidden", "shown"])
def test_the_report_tells_drift_and_values_never_seen_and_names_nobody_it_may_not(
    run: ChurnRun, shows: tuple[str, ...]
) -> None:
    plan = score_plan_of(f"told-{len(shows)}", config=hidden(*shows))
    frame = churn(rows=400, seed=5).drop(columns="churned").assign(fee="999.5")
    frame.loc[:29, "plan"] = "enterprise"
    raw = kept_raw(run.aws.client("s3"), written(frame), "drifted.csv")
    scoring = score(run.aws, raw, plan)
    assert scoring.encoded.unseen == {"plan": 30}
    assert scoring.encoded.columns[0].name == "fee"
    page = render_scoring(plan, scoring)
    assert "&#39;fee&#39; (" in page
    assert "<bdi>plan</bdi>: 30 rows" in page
    assert "<script" not in page
    highest = predictions_of(run, plan.locations.predictions)["customer"].head(20)
    assert [customer in page for customer in highest] == [bool(shows)] * 20


def test_a_program_asks_the_endpoint_about_rows_as_the_table_has_them(run: ChurnRun) -> None:
    s3, runtime = run.aws.client("s3"), run.aws.client("sagemaker-runtime")
    caller = EndpointCaller.of_run(run.plan.locations.manifest, s3, runtime)
    rows = UNLABELLED.head(20).to_dict(orient="records")
    answers = caller.ask(rows)
    evaluated = pd.read_csv(io.BytesIO(read_object(s3, run.plan.locations.predictions))).head(20)
    assert [answer.score for answer in answers] == evaluated["score"].tolist()
    assert [answer.is_positive for answer in answers] == (evaluated["score"] >= 0.5).tolist()
    # What the model does not know is not looked at; what it knows has to be there, though it may be empty.
    assert caller.ask([rows[0] | {"shoe size": 43}]) == answers[:1]
    assert caller.ask([dict.fromkeys(caller.columns)])
    with pytest.raises(DataError, match="column 'calls'"):
        caller.ask([rows[0] | {"calls": "many"}])
