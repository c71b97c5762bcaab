"""What a monitoring job does, whether a job definition or a schedule itself says so."""

from dataclasses import dataclass
from typing import Self

from local_aws.errors import ValidationError
from local_aws.processing.image import runs_analyzer
from local_aws.processing.monitoring.window import check_offset
from local_aws.processing.operations import check_local_path
from local_aws.protocol.request_validation import missing_member
from local_aws.state.resources import JsonObject

DATA_QUALITY, MODEL_QUALITY = "DataQuality", "ModelQuality"
# Where a prediction is: the members of an endpoint's input, and the variables of the analyzer.
_ATTRIBUTES = {
    "InferenceAttribute": "inference_attribute",
    "ProbabilityAttribute": "probability_attribute",
    "ProbabilityThresholdAttribute": "probability_threshold_attribute",
}


@dataclass(frozen=True, kw_only=True)
class MonitoringPlan:
    """The parts of a monitoring job, as the request has them."""

    monitoring_type: str
    application: JsonObject
    """ImageUri and Environment."""
    endpoint: JsonObject
    """The EndpointInput."""
    baseline: JsonObject
    """Where its statistics and constraints are, or the job that has suggested them."""
    output: JsonObject
    """The S3Output."""
    kms_key: str | None
    truth: str | None
    """The folder on S3 of the ground truth. None where data is analyzed, and no model."""
    job: JsonObject
    """The members that a processing job has alike: resources, role, network, stopping condition."""

    @classmethod
    def of_definition(cls, monitoring_type: str, request: JsonObject) -> Self:
        """Return the plan of a job definition."""
        job_input = request[f"{monitoring_type}JobInput"]
        output = request[f"{monitoring_type}JobOutputConfig"]
        return cls(
            monitoring_type=monitoring_type,
            application=request[f"{monitoring_type}AppSpecification"],
            endpoint=_endpoint(job_input),
            baseline=request.get(f"{monitoring_type}BaselineConfig", {}),
            output=output["MonitoringOutputs"][0]["S3Output"],
            kms_key=output.get("KmsKeyId"),
            truth=job_input["GroundTruthS3Input"].get("S3Uri", "")
            if monitoring_type == MODEL_QUALITY
            else None,
            job=_job(request, request["JobResources"]),
        )

    @classmethod
    def of_schedule(cls, request: JsonObject) -> Self:
        """Return the plan of a MonitoringJobDefinition, which a schedule has in itself: of data quality."""
        output = request["MonitoringOutputConfig"]
        application = request["MonitoringAppSpecification"] | {"Environment": request.get("Environment", {})}
        return cls(
            monitoring_type=DATA_QUALITY,
            application=application,
            endpoint=_endpoint(request["MonitoringInputs"][0]),
            baseline=request.get("BaselineConfig", {}),
            output=output["MonitoringOutputs"][0]["S3Output"],
            kms_key=output.get("KmsKeyId"),
            truth=None,
            job=_job(request, request["MonitoringResources"]),
        )

    @property
    def endpoint_name(self) -> str:
        """The endpoint that is monitored."""
        return str(self.endpoint["EndpointName"])

    @property
    def analysis(self) -> dict[str, str]:
        """The variables that tell the analyzer what the predictions are. None where it analyzes data."""
        if self.monitoring_type != MODEL_QUALITY:
            return {}
        attributes = {
            variable: str(self.endpoint[member])
            for member, variable in _ATTRIBUTES.items()
            if member in self.endpoint
        }
        return {
            "analysis_type": "MODEL_QUALITY",
            "problem_type": self.application["ProblemType"],
            **attributes,
        }

    def check(self) -> None:
        """See that a job can be made of it.

        Raises:
            ValidationError: None can.
        """
        if not runs_analyzer(self.application):
            raise ValidationError(
                f'Local AWS cannot monitor with the image "{self.application["ImageUri"]}". It has '
                "sagemaker-model-monitor-analyzer, under any registry account."
            )
        check_local_path("The endpoint's input", self.endpoint["LocalPath"])
        check_local_path("The monitoring output", self.output["LocalPath"])
        places = {"MonitoringOutputs": self.output["S3Uri"]}
        if self.monitoring_type == MODEL_QUALITY:
            if "ProblemType" not in self.application:
                raise missing_member("modelQualityAppSpecification.problemType")
            places["GroundTruthS3Input"] = str(self.truth)
        elif given := [member for member in _ATTRIBUTES if member in self.endpoint]:
            raise ValidationError(
                f"Local AWS has no {given[0]} for {self.monitoring_type}: it is of ModelQuality."
            )
        for member in ("ConstraintsResource", "StatisticsResource"):
            places[member] = self.baseline.get(member, {}).get("S3Uri", "s3://")
        for member, place in places.items():
            if not place.startswith("s3://"):
                raise ValidationError(
                    f"Local AWS has no S3Uri {place} in {member}; write it as s3://bucket/key."
                )
        for member in ("StartTimeOffset", "EndTimeOffset"):
            if member in self.endpoint:
                check_offset(member, self.endpoint[member])


def _endpoint(job_input: JsonObject) -> JsonObject:
    if "EndpointInput" not in job_input:
        raise ValidationError("Local AWS monitors endpoints: the input needs an EndpointInput.")
    endpoint: JsonObject = job_input["EndpointInput"]
    return endpoint


def _job(request: JsonObject, resources: JsonObject) -> JsonObject:
    members = ("NetworkConfig", "StoppingCondition")
    alike: JsonObject = {name: request[name] for name in members if name in request}
    return {**alike, "ProcessingResources": resources, "RoleArn": request["RoleArn"]}
