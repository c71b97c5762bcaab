"""How a kept endpoint is asked and deleted, ready to be pasted: with a row of the run's own test features."""

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.documents.plan import RunLocations
from include.pipeline.documents.training.algorithm import ALGORITHMS, CSV, XGBOOST, AlgorithmName
from include.pipeline.planning.names import run_key

if TYPE_CHECKING:
    from include.pipeline.documents.manifest import RunManifest

LONGEST_ROW = 65536
"""Bytes of the features' beginning in which the first row is looked for."""
# What the pipeline itself writes: numbers and empty cells.
_ROW = re.compile(rb"[0-9eE+.,-]+")


@dataclass(frozen=True)
class EndpointCall:
    """The texts, of which each is whole by itself."""

    python: str
    aws_cli: str
    deletion: str
    columns: tuple[str, ...]
    """The names of the columns of a row, in the order in which the model takes them."""
    is_real: bool
    """Whether the row is one of the run's test rows, and not made up of zeros."""


def features_of(manifest: "RunManifest", bucket: str) -> str:
    """Name the test features of a model: of the run itself, or of the one whose model it uses again."""
    run = manifest.identity
    maker = manifest.reused_from
    key = run_key(run.deployment_id, run.dag_id, maker) if maker else manifest.key
    places = RunLocations.of(bucket, run.dag_id, key, deployment_id=run.deployment_id)
    return places.of_contender(manifest.contender).test_features


def first_row(features: bytes) -> str | None:
    """Take the first row out of the beginning of the test features; None where that is none."""
    row = features.partition(b"\n")[0].rstrip(b"\r")
    return row.decode() if _ROW.fullmatch(row) else None


def endpoint_call(
    name: str,
    region: str,
    columns: tuple[str, ...],
    row: str | None,
    classes: tuple[str, ...] = (),
    *,
    algorithm: AlgorithmName = XGBOOST,
) -> EndpointCall:
    """Write the calls.

    Args:
        name: Of the endpoint, its configuration and its model.
        region: Where it is.
        columns: The names of the features, in the model's order.
        row: A row of them; None where none may be seen or there is none, which makes it one of zeros.
        classes: What the label's classes are called, in the order of the scores; none of another label.
        algorithm: Which made the model.
    """
    accept = ALGORITHMS[algorithm].accept
    file = "score.csv" if algorithm == XGBOOST else "score.jsonl"
    cells = row or ",".join("0" for _ in columns)
    # Of the forms that an endpoint takes beside RecordIO, the one that can be pasted.
    takes_csv = ALGORITHMS[algorithm].request_type == CSV
    kind, sent = (CSV, "row.csv") if takes_csv else ("application/json", "row.json")
    body = cells if takes_csv else f'{{"instances": [{{"features": [{cells}]}}]}}'
    common = f"--region {shlex.quote(region)}"
    endpoint = shlex.quote(name)
    return EndpointCall(
        python="\n".join(
            (
                "import boto3",
                "",
                f'runtime = boto3.client("sagemaker-runtime", region_name={region!r})',
                f"row = {body!r}",
                "answer = runtime.invoke_endpoint(",
                f'    EndpointName={name!r}, ContentType="{kind}", Accept="{accept}", Body=row',
                ")",
                *_printing(classes, algorithm),
            )
        ),
        # Versions 1 and 2 of the AWS CLI read a body that is given as text differently, and a file alike.
        aws_cli=(
            f"printf %s {shlex.quote(body)} > {sent}\n"
            f"aws sagemaker-runtime invoke-endpoint {common} --endpoint-name {endpoint} \\\n"
            f"    --content-type {kind} --accept {shlex.quote(accept)} --body fileb://{sent} {file} "
            f"&& cat {file}"
        ),
        deletion="\n".join(
            (
                f"aws sagemaker delete-endpoint {common} --endpoint-name {endpoint}",
                f"aws sagemaker wait endpoint-deleted {common} --endpoint-name {endpoint}",
                f"aws sagemaker delete-endpoint-config {common} --endpoint-config-name {endpoint}",
                f"aws sagemaker delete-model {common} --model-name {endpoint}",
            )
        ),
        columns=columns,
        is_real=row is not None,
    )


def _printing(classes: tuple[str, ...], algorithm: AlgorithmName) -> tuple[str, ...]:
    if algorithm != XGBOOST:
        return ('print(answer["Body"].read().decode())',)
    if not classes:
        return ('print(float(answer["Body"].read()))',)
    return (
        'scores = [float(score) for score in answer["Body"].read().decode().strip().split(",")]',
        f"print(dict(zip({list(classes)!r}, scores)))",
    )
