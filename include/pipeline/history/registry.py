"""The registry of SageMaker: accepted models as versions of a group, each with its figures and what made it.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html
"""

import hashlib
import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from include.pipeline.aws.tags import tag_value
from include.pipeline.documents.metrics import Metrics, MulticlassMetrics, RegressionMetrics
from include.pipeline.documents.training.algorithm import ALGORITHMS, algorithm_of
from include.pipeline.errors import OwnerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sagemaker import SageMakerClient

    from include.pipeline.documents.config import PipelineConfig
    from include.pipeline.documents.manifest import RunManifest
    from include.pipeline.documents.plan import RunLocations

Approval = Literal["Approved", "Rejected", "PendingManualApproval"]
# Each is a request to SageMaker.
_MOST_LOOKED_AT = 100
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelPackage.html: ApprovalDescription
_LONGEST_NOTE = 1024
_JOB, _RUN = "training_job", "run_id"
_FIGURES = frozenset().union(*(kind.FIGURES for kind in (Metrics, MulticlassMetrics, RegressionMetrics)))
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html: ClientToken
_TOKEN = 36
_ABSENT = frozenset({"ResourceNotFound", "ValidationException"})


@dataclass(frozen=True)
class RegisteredModel:
    """A version of a group, as SageMaker tells it."""

    arn: str
    version: int
    approval: str
    metadata: dict[str, str]

    @property
    def run_id(self) -> str:
        """The run that registered it."""
        return self.metadata.get(_RUN, "")

    @property
    def figures(self) -> dict[str, float]:
        """Its figures on its own test rows, by their names."""
        return {name: float(told) for name, told in self.metadata.items() if name in _FIGURES}


def known_version(
    sagemaker: "SageMakerClient", group: str, manifest: "RunManifest"
) -> RegisteredModel | None:
    """Find the version of a group that has an accepted model, whichever run registered it."""
    job = tag_value(manifest.training.name)
    found = (known for known in registered_models(sagemaker, group) if known.metadata.get(_JOB) == job)
    return next(found, None)


def registration(manifest: "RunManifest", places: "RunLocations", config: "PipelineConfig") -> dict[str, Any]:
    """Build what a request of `CreateModelPackage` says of an accepted model.

    Args:
        manifest: Of the run whose model was accepted.
        places: Where that run keeps its figures and its report.
        config: The pipeline's YAML: what its card says, and which instances may serve a model.
    """
    algorithm = ALGORITHMS[algorithm_of(manifest.image_uri)]
    instances = list(config.limits.instance_types or (manifest.params["endpoint_instance_type"],))
    return {
        "ModelPackageDescription": str(manifest)[:_LONGEST_NOTE],
        "InferenceSpecification": {
            "Containers": [{"Image": manifest.image_uri, "ModelDataUrl": manifest.training.model_uri}],
            "SupportedContentTypes": [algorithm.request_type],
            "SupportedResponseMIMETypes": [algorithm.accept.partition(";")[0]],
            "SupportedRealtimeInferenceInstanceTypes": instances,
            "SupportedTransformInstanceTypes": instances,
        },
        "ModelMetrics": {
            "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": places.metrics}}
        },
        "CustomerMetadataProperties": _metadata(manifest, places),
        "ModelCard": {"ModelCardStatus": "Draft", "ModelCardContent": json.dumps(_card(manifest, config))},
        # A request that is sent once more, as its answer was lost, makes no second version.
        "ClientToken": hashlib.sha256(manifest.training.name.encode()).hexdigest()[:_TOKEN],
    }


def side_by_side(challenger: RegisteredModel, champion: RegisteredModel | None, report: str) -> str:
    """Write the figures of a model beside those of the last approved one, in Markdown.

    Args:
        challenger: The model that somebody is to decide on.
        champion: The last approved one; None where there is none.
        report: Link to the report of the challenger's run, which compares models on the same rows.
    """
    before = champion.figures if champion else {}
    beside = f"version {champion.version}, of {champion.run_id}" if champion else "none approved yet"
    rows = "\n".join(
        f"| {name} | {value:.4f} | {f'{before[name]:.4f}' if name in before else '-'} |"
        for name, value in challenger.figures.items()
    )
    return (
        f"The model of the run {challenger.run_id} passed the gate. Here is each model on its own test rows; "
        f"how they do on the same rows, and what has drifted, says its [report]({report}).\n\n"
        f"| | version {challenger.version} | {beside} |\n| --- | --- | --- |\n{rows}\n\n"
        f"Data: {challenger.metadata.get('data_url', '')}, SHA-256 "
        f"{challenger.metadata.get('data_sha256', '')}\n"
    )


def registered_models(
    sagemaker: "SageMakerClient", group: str, approval: Approval | None = None
) -> "Iterator[RegisteredModel]":
    """Describe the versions of a group, the newest first: a hundred of them at the most.

    Args:
        sagemaker: The client.
        group: Its name.
        approval: That they have; None for any.
    """
    wanted: Any = {"ModelApprovalStatus": approval} if approval else {}
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Descending", **wanted
    )
    arns = (package["ModelPackageArn"] for page in pages for package in page["ModelPackageSummaryList"])
    yield from (describe_version(sagemaker, arn) for arn in islice(arns, _MOST_LOOKED_AT))


def approved_jobs(sagemaker: "SageMakerClient", group: str) -> frozenset[str]:
    """Name the training jobs of approved models, as their versions do; none where there is no group."""
    try:
        approved = [*registered_models(sagemaker, group, "Approved")]
    except ClientError as error:
        if error.response["Error"]["Code"] not in _ABSENT:
            raise
        approved = []
    return frozenset(known.metadata.get(_JOB, "") for known in approved)


def is_approved(manifest: "RunManifest", jobs: frozenset[str]) -> bool:
    """Tell whether the model of a run is among those that `approved_jobs` names."""
    return tag_value(manifest.training.name) in jobs


def decide(
    sagemaker: "SageMakerClient", arn: str, group: str, *, is_approved: bool, note: str
) -> RegisteredModel:
    """Approve or reject a version, and say why.

    Raises:
        OwnerError: It is none of the group's.
    """
    # SageMaker writes names into ARNs in lower case.
    if f":model-package/{group.lower()}/" not in arn:
        raise OwnerError(
            f"{arn} is no version of {group}",
            "a pipeline decides on its own models",
            "Clear register_model and what follows it; find out who may write XComs",
        )
    sagemaker.update_model_package(
        ModelPackageArn=arn,
        ModelApprovalStatus="Approved" if is_approved else "Rejected",
        ApprovalDescription=note[:_LONGEST_NOTE],
    )
    return describe_version(sagemaker, arn)


def _metadata(manifest: "RunManifest", places: "RunLocations") -> dict[str, str]:
    """Say what SageMaker's console shows beside a version: text of at most 256 characters each."""
    encoding = manifest.split.encoding
    told = {
        "dag_id": manifest.identity.dag_id,
        _RUN: manifest.identity.run_id,
        "deployment_id": manifest.identity.deployment_id,
        _JOB: manifest.training.name,
        "data_url": manifest.raw.url,
        "data_sha256": manifest.raw.sha256,
        "code_sha256": manifest.code_sha256,
        "model_sha256": manifest.model_sha256 or "",
        "archive_sha256": manifest.training.archive_sha256 or "",
        "encoding": places.encoding if encoding else "",
        "encoding_sha256": encoding.sha256 if encoding else "",
        "label": manifest.metrics.kind,
        "threshold": f"{manifest.metrics.threshold}" if isinstance(manifest.metrics, Metrics) else "",
        "manifest": places.manifest,
        "report": places.report,
        "test_rows": f"{manifest.metrics.rows}",
    }
    told |= {name: f"{value:.6g}" for name, value in _figures_of(manifest).items()}
    return {name: tag_value(value) for name, value in told.items() if value}


def _card(manifest: "RunManifest", config: "PipelineConfig") -> dict[str, Any]:
    """Write a model card: https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards.html."""
    figures = [
        {"name": name, "type": "number", "value": value} for name, value in _figures_of(manifest).items()
    ]
    uses = (
        {"intended_uses": config.card.use, "factors_affecting_model_efficiency": config.card.limits}
        if config.card
        else {}
    )
    return {
        "intended_uses": {"purpose_of_model": config.description or config.title, **uses},
        "evaluation_details": [
            {
                "name": f"{manifest.metrics.rows} test rows",
                "metric_groups": [{"name": manifest.metrics.kind, "metric_data": figures}],
            }
        ],
    }


def describe_version(sagemaker: "SageMakerClient", arn: str) -> RegisteredModel:
    """Ask SageMaker for a version."""
    found = sagemaker.describe_model_package(ModelPackageName=arn)
    return RegisteredModel(
        arn=arn,
        version=found["ModelPackageVersion"],
        approval=found["ModelApprovalStatus"],
        metadata=dict(found.get("CustomerMetadataProperties", {})),
    )


def _figures_of(manifest: "RunManifest") -> dict[str, float]:
    found = {name: getattr(manifest.metrics, name) for name in manifest.metrics.FIGURES}
    return {name: value for name, value in found.items() if value is not None}
