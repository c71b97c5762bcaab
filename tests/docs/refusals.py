"""What meets each kind of refusal, in as few lines as it takes."""

import errno
import io
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from include.pipeline.aws.own_bucket import OwnBucket
from include.pipeline.data.drift import check_drift
from include.pipeline.data.encoding.classes import told_classes
from include.pipeline.data.encoding.encoded_rows import fit_rows
from include.pipeline.data.parts import check_for_algorithm
from include.pipeline.data.split import split_table
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.line import places_on_the_line
from include.pipeline.data.writing.rows import shuffled
from include.pipeline.documents import config
from include.pipeline.documents.drift import Drift, DriftLimits
from include.pipeline.documents.params import parse_params
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.evaluation.scoring import score_rows
from include.pipeline.planning.held_plan import hold_plan
from include.pipeline.planning.limits import check_limits
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from include.pipeline.source.web import Patience, check_answer
from include.pipeline.source.worker_disk import telling_of_full_disk
from tests.pipeline.planned import CONFIG, plan_of

HEADER = "age,y_no,y_yes\n"
ROWS = "".join(f"{age},{age % 2},{1 - age % 2}\n" for age in range(20, 40))
URL = "https://data.example.org/bank.csv"


@dataclass(frozen=True)
class Place:
    """Where a fault happens."""

    folder: Path
    patch: pytest.MonkeyPatch


def client(service: str, *answers: tuple[str, str, int] | tuple[str, Mapping[str, Any]]) -> Any:
    """Make a client of AWS that gives these answers, in this order.

    Args:
        service: Its name.
        answers: Each an operation with an error's code and status, or with what it answers.
    """
    made = boto3.client(
        service,  # type: ignore[call-overload]
        region_name="us-east-1",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",
    )
    stub = Stubber(made)
    for operation, answer, *status in answers:
        if isinstance(answer, str):
            stub.add_client_error(operation, answer, http_status_code=status[0])
        else:
            stub.add_response(operation, answer)
    stub.activate()
    return made


def yaml(place: Place, text: str) -> None:
    (place.folder / "made.yaml").write_text(text)
    place.patch.setattr(config, "DATASETS", place.folder)
    config.load_config("made")


def changed_yaml(place: Place, **fields: object) -> None:
    """Read bank_marketing's YAML with other fields, without the Params of a label of 0 and 1."""
    of_bank = json.loads(CONFIG.model_dump_json()) | fields
    for name in ("call_cost", "deposit_value", "min_roc_auc"):
        del of_bank["params"][name]
    yaml(place, json.dumps(of_bank))


def without_limits(place: Place) -> None:
    place.patch.setenv(config.LIMITS_FILE, str(place.folder / "limits.yaml"))
    config.load_config("bank_marketing")


def beyond_limits(_: Place) -> None:
    chosen = parse_params(CONFIG.params.model_dump() | {"training_instance_type": "ml.p4d.24xlarge"})
    check_limits(chosen, CONFIG, identity=plan_of({}).identity, default_role=None)


def hold(change: Mapping[str, Any]) -> None:
    derived = plan_of({})
    hold_plan(derived.model_dump(mode="json") | change, derived, datetime(2026, 11, 23, tzinfo=UTC))


def local(place: Place, content: str, name: str = "bank.csv") -> None:
    (place.folder / name).write_text(content)
    fetch(
        name,
        policy=SourcePolicy(local_folder=place.folder, max_bytes=10_000),
        s3=client("s3"),
        raw_uri="s3://b/r",
    )


def no_address(place: Place) -> None:
    def nobody_knows(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    place.patch.setattr(socket, "getaddrinfo", nobody_knows)
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        place.patch.delenv(name, raising=False)
    fetch(
        URL,
        policy=SourcePolicy(),
        s3=client("s3"),
        raw_uri="s3://b/r",
        patience=Patience(first_wait_seconds=0),
    )


def answered(status: int, **headers: str) -> None:
    check_answer(URL, httpx.Response(status, headers=headers), SourcePolicy())


def table(content: str, encoding: str = "utf-8") -> None:
    read_table(io.BytesIO(content.encode(encoding)), CONFIG.table)


def labelled(values: str, **table: Any) -> StoredTable:
    """Read a table of labels, and of numbers beside them."""
    rows = "".join(f"{at},{value}\n" for at, value in enumerate(values.split()))
    return read_table(io.BytesIO(f"age,y\n{rows}".encode()), TableConfig(label="y", **table))


def classes(values: str, hyperparameters: Mapping[str, object]) -> None:
    data, own = labelled(values, kind="multiclass"), TableConfig(label="y", kind="multiclass")
    told_classes(data, fit_rows(shuffled(data, 0), own), own, hyperparameters)


def two_classes() -> None:
    config_of = CONFIG.model_copy(
        update={
            "algorithm": "linear-learner",
            "table": TableConfig(label="y", kind="multiclass"),
            "params": CONFIG.params.model_copy(update={"call_cost": None, "deposit_value": None}),
        }
    )
    given = {"hyperparameters": {}, "image_version": "1", "min_roc_auc": 0.0}
    check_for_algorithm(plan_of(given, config=config_of), features=1, rows=9, classes=2)


def few_rows(_: Place) -> None:
    frame = read_table(io.BytesIO((HEADER + "20,0,1\n21,1,0\n").encode()), CONFIG.table)
    split_table(frame, CONFIG.table, train_fraction=0.7, seed=1729)


def one_time(_: Place) -> None:
    file = io.BytesIO((HEADER + "20,0,1\n20,1,0\n").encode())
    config = CONFIG.table.model_copy(update={"split": "time", "time": "age"})
    places_on_the_line(read_table(file, config), file, config, 1729)


def drifted(**changes: Any) -> None:
    alike = Drift(
        rows=1000, previous_rows=900, added=(), missing=(), columns=(), label="y_yes", label_rate=0.11,
        previous_label_rate=0.1, label_psi=0.001,
    )  # fmt: skip
    check_drift(alike.model_copy(update=changes), DriftLimits(psi_fail=0.25))


def scores(answer: str) -> None:
    body = {"Body": io.BytesIO(answer.encode())}
    runtime = client("sagemaker-runtime", ("invoke_endpoint", body))
    score_rows(io.BytesIO(b"1,2\n3,4\n"), endpoint="asked", runtime=runtime)


def bucket(*answers: Any, owner: str = "123456789012") -> None:
    def make() -> None:
        error = {"Error": {"Code": "BucketAlreadyExists"}, "ResponseMetadata": {"HTTPStatusCode": 409}}
        raise ClientError(error, "CreateBucket")  # type: ignore[arg-type]

    OwnBucket("data", owner, "123456789012", "us-east-1").prepare(client("s3", *answers), make)


def full_disk(_: Place) -> None:
    with telling_of_full_disk():
        raise OSError(errno.ENOSPC, "No space left on device")
