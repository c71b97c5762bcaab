from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpx
import pytest
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook

from include.pipeline.aws.object_store import write_object
from include.pipeline.report import formats
from tests.aws.connection import connect
from tests.plugins.model_report.browsing import COMPARE, MODELS, Page
from tests.plugins.model_report.evaluations import evaluation_of, of_numbers
from tests.plugins.model_report.pipeline_runs import (
    DAG_ID,
    DONE,
    FIRST_RUN,
    HIDDEN_DAG,
    add_run,
    make_pipelines_of_both,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def test_the_models_are_listed_newest_first_a_page_at_a_time(admin: httpx.Client, s3: "S3Client") -> None:
    ids = [f"listed_{i:02}" for i in range(26)]
    for i, run_id in enumerate(ids):
        run = add_run(s3, run_id, run_after=FIRST_RUN + timedelta(days=i))
        if i:
            run.keep(evaluation=evaluation_of(roc_auc=0.7 + i / 1000))
    page = Page(admin.get(MODELS))
    listed = [link for link in page.links if link.startswith("run?")]
    assert [link.rpartition("=")[2] for link in listed] == ids[:0:-1]
    assert "0.7250" in page.words
    assert "ROC AUC from 0.701 to 0.725, last 0.725" in str(page.tags)
    (older,) = [link for link in page.links if "page=2" in link]
    later = Page(admin.get(urljoin(MODELS, older)))
    assert [link.rpartition("=")[2] for link in later.links if link.startswith("run?")] == ["listed_00"]
    (newer,) = [link for link in later.links if "page=1" in link]
    assert "listed_25" in admin.get(urljoin(MODELS, newer)).text
    page.assert_nothing_executes()


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ({}, ["of_4", "of_3", "of_2"]),
        ({"state": "", "gate": "", "since": "", "until": ""}, ["of_4", "of_3", "of_2"]),
        ({"state": "failed"}, ["of_4", "of_3"]),
        ({"gate": "failed"}, ["of_3"]),
        ({"gate": "passed"}, ["of_2"]),
        ({"since": "2026-11-03"}, ["of_4", "of_3"]),
        ({"until": "2026-11-03"}, ["of_3", "of_2"]),
        ({"since": "2026-11-03", "until": "2026-11-03", "state": "failed"}, ["of_3"]),
        ({"state": "queued"}, []),
    ],
)
def test_an_address_says_which_runs_are_listed(
    admin: httpx.Client, s3: "S3Client", asked: dict[str, str], listed: list[str]
) -> None:
    add_run(s3, "of_2", run_after=FIRST_RUN)
    refused = DONE | {"check_quality": "failed"}
    add_run(s3, "of_3", state="failed", tasks=refused, run_after=FIRST_RUN + timedelta(days=1))
    add_run(s3, "of_4", state="failed", tasks={"plan_run": "failed"}, run_after=FIRST_RUN + timedelta(days=2))
    page = Page(admin.get(MODELS, params=asked))
    assert [link.rpartition("=")[2] for link in page.links if link.startswith("run?")] == listed
    assert ("No run is like that." in page.words) is (not listed)


def test_an_example_that_nobody_has_run_is_listed_where_it_is_asked_for_alone(admin: httpx.Client) -> None:
    assert "Example: fraud" not in Page(admin.get(MODELS)).words
    assert "Example: fraud" in Page(admin.get(MODELS, params={"pipeline": "fraud"})).words


def test_the_next_page_is_of_the_same_runs(admin: httpx.Client, s3: "S3Client") -> None:
    for i in range(27):
        state = "failed" if i else "success"
        add_run(s3, f"of_{i:02}", state=state, run_after=FIRST_RUN + timedelta(days=i))
    page = Page(admin.get(MODELS, params={"state": "failed", "since": "2026-11-02"}))
    (older,) = [link for link in page.links if "page=2" in link]
    later = Page(admin.get(urljoin(MODELS, older)))
    assert [link.rpartition("=")[2] for link in later.links if link.startswith("run?")] == ["of_01"]


RANKED = {"low_auc": (0.71, 0.30), "high_auc": (0.79, 0.31), "middle": (0.75, 0.28)}


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ({"figure": "roc_auc"}, ["high_auc", "middle", "low_auc"]),
        ({"figure": "log_loss"}, ["middle", "low_auc", "high_auc"]),
        ({"figure": "roc_auc", "low": "0.72"}, ["high_auc", "middle"]),
        ({"figure": "roc_auc", "low": "", "high": "0.75"}, ["middle", "low_auc"]),
        ({"figure": "", "low": "", "high": ""}, ["middle", "high_auc", "low_auc", "no_figures"]),
    ],
)
def test_runs_are_sorted_and_chosen_by_a_figure_the_best_first(
    admin: httpx.Client, s3: "S3Client", asked: dict[str, str], listed: list[str]
) -> None:
    add_run(s3, "no_figures", run_after=FIRST_RUN - timedelta(days=1))
    for i, (run_id, (roc_auc, log_loss)) in enumerate(RANKED.items()):
        run = add_run(s3, run_id, run_after=FIRST_RUN + timedelta(days=i))
        run.keep(evaluation=evaluation_of(roc_auc=roc_auc, log_loss=log_loss))
    page = Page(admin.get(MODELS, params=asked))
    assert [link.rpartition("=")[2] for link in page.links if link.startswith("run?")] == listed
    sorted_by = [attributes.get("aria-sort") for tag, attributes in page.tags if tag == "th"]
    assert (set(sorted_by) != {None}) is bool(asked["figure"])


def test_two_figures_are_plotted_against_each_other(admin: httpx.Client, s3: "S3Client") -> None:
    for i in range(2):
        run = add_run(s3, f"of_{i}", run_after=FIRST_RUN + timedelta(days=i))
        run.keep(evaluation=evaluation_of(recall=0.2 + i / 10, mcc=0.3 + i / 10))
    page = Page(admin.get(MODELS, params={"x": "recall", "y": "mcc"}))
    (said,) = [attributes["aria-label"] or "" for tag, attributes in page.tags if tag == "svg"]
    assert said.endswith("of run 1: 0.300, 0.400; run 2: 0.200, 0.300.")
    # Neither is a column of every list.
    assert "0.3000 0.4000" in page.words


def test_the_current_model_is_at_the_head_of_every_page(admin: httpx.Client, s3: "S3Client") -> None:
    for i in range(27):
        run = add_run(s3, f"of_{i:02}", run_after=FIRST_RUN + timedelta(days=i))
        run.keep(evaluation=evaluation_of(roc_auc=0.7 + i / 1000))
        if i == 0:
            uri = f"{run.places.models}/20261101/made-of/{run.key}.json"
            write_object(s3, uri, b"{}", "application/json")
    page = Page(admin.get(MODELS))
    listed = [link.rpartition("=")[2] for link in page.links if link.startswith("run?")]
    assert (listed[0], listed[1], len(listed)) == ("of_00", "of_26", 26)
    assert page.words.count("★ current") == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "green"},
        {"since": "yesterday"},
        {"page": "0"},
        {"stat": "x"},
        {"figure": "beauty"},
        {"low": "0.7"},
        {"figure": "f1", "high": "nan"},
    ],
)
def test_an_address_that_is_not_valid_is_refused(admin: httpx.Client, asked: dict[str, str]) -> None:
    answer = admin.get(MODELS, params=asked)
    assert answer.status_code == 422
    assert list(asked)[-1] in answer.text


def test_a_run_whose_data_has_changed_says_so(admin: httpx.Client, s3: "S3Client") -> None:
    changed = ("label rate of 'y_yes': 39.00 %, was 10.16 %", "'age' has moved")
    for run_id, changes in (("changed_run", changed), ("like_before", ())):
        add_run(s3, run_id).keep(evaluation=evaluation_of(), changes=changes)
    words = Page(admin.get(MODELS)).words
    assert "! data has changed label rate of 'y_yes': 39.00 %, was 10.16 % and 1 more" in words
    assert words.count("data has changed") == 1


def test_each_run_names_the_file_that_it_used(admin: httpx.Client, s3: "S3Client") -> None:
    add_run(s3, "of_a_day", data="bank_2026-11-05.csv, sha256 10eaf0...")
    add_run(s3, "of_a_version_that_told_none")
    words = Page(admin.get(MODELS)).words
    assert "of_a_day bank_2026-11-05.csv, sha256 10eaf0..." in words
    assert words.count("sha256") == 1


def test_the_model_that_is_current_is_marked(admin: httpx.Client, s3: "S3Client") -> None:
    """It is that of the newest data, whichever run came last."""
    for i, run_id in enumerate(("of_new_data", "of_old_data", "refused")):
        run = add_run(s3, run_id, run_after=FIRST_RUN + timedelta(days=i)).keep(evaluation=evaluation_of())
        if run_id != "refused":
            when = "20261103" if run_id == "of_new_data" else "20261001"
            write_object(s3, f"{run.places.models}/{when}/made-of/{run.key}.json", b"{}", "application/json")
    words = Page(admin.get(MODELS)).words
    assert words.count("★ current") == 1
    newest, marked = words.index("refused"), words.index("★ current")
    assert newest < words.index("of_old_data") < words.index("of_new_data") < marked


def test_a_broken_file_is_told_at_the_head(admin: httpx.Client, s3: "S3Client") -> None:
    told = "Found: bank_2026-11-06.csv: row 3 has 2 cells\nExpected: every row has 62\nTo do: Correct it"
    add_run(s3, "good_day").keep(evaluation=evaluation_of())
    add_run(
        s3,
        "bad_day",
        state="failed",
        tasks={"plan_run": "success", "download_data": "success", "split_data": "failed"},
        failures={"split_data": told},
        run_after=FIRST_RUN + timedelta(days=1),
    )
    words = Page(admin.get(MODELS)).words
    head = "The newest run, bad_day , has no model: split_data failed. " + " ".join(told.split())
    assert head in words
    assert words.index(head) < words.index("Runs, newest first")
    # And in its row.
    assert words.count("bank_2026-11-06.csv: row 3 has 2 cells") == 2
    add_run(s3, "next_day", run_after=FIRST_RUN + timedelta(days=2)).keep(evaluation=evaluation_of())
    assert "has no model" not in Page(admin.get(MODELS)).words


def test_the_form_compares_the_runs_that_are_ticked(admin: httpx.Client, s3: "S3Client") -> None:
    for i, run_id in enumerate(("older+run", "newer/run&x=1")):
        run = add_run(s3, run_id, run_after=FIRST_RUN + timedelta(days=i))
        run.keep(evaluation=evaluation_of(roc_auc=0.76 + i / 100))
    page = Page(admin.get(MODELS))
    first, ticked = (
        [attributes["value"] or "" for _, attributes in page.tags if chosen in attributes]
        for chosen in ("selected", "checked")
    )
    assert (first, ticked) == (["bank_marketing/older+run"], ["bank_marketing/newer/run&x=1"])
    compared = Page(admin.get(COMPARE, params={"first": first, "run": ticked}))
    assert "0.7600" in compared.words
    assert "0.7700" in compared.words


def test_figures_need_no_s3(admin: httpx.Client, s3: "S3Client", monkeypatch: pytest.MonkeyPatch) -> None:
    add_run(s3, "bad_bucket", bucket="Not A Bucket!").tell(_listed(roc_auc=0.7111))
    add_run(s3, "good_bucket").keep(evaluation=evaluation_of(roc_auc=0.7654))
    connect(monkeypatch, "http://127.0.0.1:9")
    page = Page(admin.get(MODELS))
    assert "0.7111" in page.words
    assert "0.7654" in page.words
    assert "★ current" not in page.words


def test_a_row_is_no_request_to_s3(
    admin: httpx.Client, s3: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked_for(runs: int) -> list[str]:
        for i in range(runs):
            add_run(s3, f"{runs}_{i}").keep(evaluation=evaluation_of())
        asked.clear()
        assert admin.get(MODELS).status_code == httpx.codes.OK
        return list(asked)

    def client(*arguments: Any, **named: Any) -> Any:
        made = make(*arguments, **named)
        made.meta.events.register("before-call", lambda model, **_: asked.append(model.name))
        return made

    asked: list[str] = []
    make = AwsBaseHook.get_client_type
    monkeypatch.setattr(AwsBaseHook, "get_client_type", client)
    of_one = asked_for(1)
    assert of_one
    assert asked_for(20) == of_one


def test_a_run_of_a_version_that_told_only_the_headline_is_listed(
    admin: httpx.Client, s3: "S3Client"
) -> None:
    for i in range(2):
        headline = evaluation_of(roc_auc=0.7654).headline.model_dump(mode="json")
        add_run(s3, f"of_before_{i}").tell(headline, "evaluate_model", "return_value")
    page = Page(admin.get(MODELS))
    assert page.words.count("0.7654") == 4  # in its row, and where it is offered to be compared
    assert "ROC AUC from 0.765 to 0.765" in str(page.tags)


def test_a_run_that_has_deleted_what_it_stored_is_listed_and_not_offered_to_be_compared(
    admin: httpx.Client, s3: "S3Client"
) -> None:
    add_run(s3, "deleted", tasks=DONE | {"delete_data": "success"}).tell(_listed(roc_auc=0.7111))
    for i in range(2):
        add_run(s3, f"kept_{i}").keep(evaluation=evaluation_of())
    page = Page(admin.get(MODELS))
    assert "0.7111" in page.words
    offered = [attributes.get("value") for tag, attributes in page.tags if tag == "option"]
    assert "bank_marketing/kept_1" in offered
    assert "bank_marketing/deleted" not in offered


def _listed(**figures: Any) -> dict[str, Any]:
    return evaluation_of(**figures).listed().model_dump(mode="json")


def test_a_yaml_file_that_is_not_valid_hides_no_model(
    admin: httpx.Client, s3: "S3Client", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_pipelines_of_both(tmp_path, monkeypatch)
    (tmp_path / f"{DAG_ID}.yaml").write_text("title: [")
    add_run(s3, "of_the_broken").keep(evaluation=evaluation_of(roc_auc=0.7654))
    add_run(s3, "of_the_other", dag_id=HIDDEN_DAG).keep(evaluation=evaluation_of(roc_auc=0.8765))
    words = Page(admin.get(MODELS)).words
    # In the place of its title stands its name.
    for expected in (DAG_ID, "0.7654", "Secret models", "0.8765"):
        assert expected in words


def test_no_two_things_on_a_page_of_several_pipelines_have_one_id(
    admin: httpx.Client, s3: "S3Client", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_pipelines_of_both(tmp_path, monkeypatch)
    for dag_id in (DAG_ID, HIDDEN_DAG):
        for i in range(2):
            run = add_run(s3, f"run_{i}", dag_id=dag_id, run_after=FIRST_RUN + timedelta(days=i))
            run.keep(evaluation=evaluation_of(roc_auc=0.76 + i / 100))
    page = Page(admin.get(MODELS))
    assert [tag for tag, _ in page.tags].count("svg") == 2
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert {id_ for id_ in ids if (id_ or "").startswith("trend-")}
    assert sorted(set(ids), key=str) == sorted(ids, key=str)


def test_a_time_is_written_as_in_the_report(admin: httpx.Client, s3: "S3Client") -> None:
    add_run(s3, "timed", run_after=FIRST_RUN + timedelta(seconds=7))
    assert "2026-11-02 06:00:07 UTC" in Page(admin.get(MODELS)).words


def test_models_of_a_number_are_listed_with_its_figures(admin: httpx.Client, s3: "S3Client") -> None:
    add_run(s3, "before", run_after=FIRST_RUN).keep(evaluation=evaluation_of())
    for day, noise in ((1, 9.0), (2, 3.0)):
        run = add_run(s3, f"number_{day}", run_after=FIRST_RUN + timedelta(days=day))
        run.keep(evaluation=of_numbers(noise)[0])
    page = Page(admin.get(MODELS, params={"pipeline": DAG_ID}))
    newest = of_numbers(3.0)[0]
    assert f"{formats.figure(newest.rmse)} {formats.figure(newest.baseline['rmse'])}" in page.words
    assert "RMSE from" in str(page.tags)
    assert "ROC AUC 0.7768; its label was of another kind" in page.words
    assert "Average precision" not in page.words
    assert "Accuracy" not in page.words
