"""What any task of a run may write, as XCom or to S3, harms no other row and never becomes an object."""

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from airflow.models.xcom import XComModel
from airflow.utils.session import create_session
from sqlalchemy import update

from tests.plugins.model_report.browsing import MODELS, RUN, Page
from tests.plugins.model_report.evaluations import evaluation_of
from tests.plugins.model_report.pipeline_runs import add_run

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

# Airflow's form of an object: its class, and what that is made of.
OBJECT = {
    "__classname__": "tests.plugins.model_report.test_hostile_runs.Trap",
    "__version__": 1,
    "__data__": "x",
}
BUILT: list[Any] = []


class Trap:
    """What an attacker would have built."""

    @staticmethod
    def deserialize(data: Any, version: int) -> "Trap":
        BUILT.append((data, version))
        return Trap()


@pytest.mark.parametrize("told", [json.dumps(OBJECT), OBJECT, ["a"], 5, {"bucket": "b"}, '"half', None])
@pytest.mark.parametrize("key", ["figures", "bucket", "bucket_owner"])
def test_an_xcom_that_is_of_another_kind_is_no_object_and_concerns_one_run(
    key: str,
    told: Any,
    admin: httpx.Client,
    s3: "S3Client",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__ALLOWED_DESERIALIZATION_CLASSES", "tests.*")
    hostile = add_run(s3, "hostile", bucket_owner="123456789012")
    hostile.keep(evaluation=evaluation_of(roc_auc=0.7111))
    add_run(s3, "honest").keep(evaluation=evaluation_of(roc_auc=0.7654))
    with create_session() as session:
        session.execute(
            update(XComModel).where(XComModel.run_id == "hostile", XComModel.key == key).values(value=told)
        )
    assert "0.7654" in Page(admin.get(MODELS)).words
    page = admin.get(MODELS) if key == "figures" else admin.get(RUN, params=hostile.query)
    assert "0.7111" not in Page(page).words
    assert BUILT == []


@pytest.mark.parametrize(
    "figures",
    [{"roc_auc": float("nan")}, {"log_loss": 1e308}, {"rows": -3}, {"f1": -1e308}],
    ids=["no number", "immense", "negative count", "negative share"],
)
def test_absurd_figures_are_told_in_their_row(
    figures: dict[str, Any], admin: httpx.Client, s3: "S3Client"
) -> None:
    hostile = add_run(s3, "hostile").keep(evaluation=evaluation_of())
    for run_id in ("honest", "honest_too"):
        add_run(s3, run_id).keep(evaluation=evaluation_of(roc_auc=0.7654))
    body = evaluation_of().model_copy(update=figures).listed().model_dump(mode="python")
    hostile.tell(json.dumps(body))
    answer = admin.get(MODELS)
    assert answer.status_code == httpx.codes.OK
    page = Page(answer)
    assert "0.7654" in page.words
    assert f"What a task of hostile told of its figures has {next(iter(figures))}" in page.words
