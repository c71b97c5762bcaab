"""The request for the processing job that splits large tables, where the pipeline's YAML has `processing`."""

from typing import TYPE_CHECKING, Any

from include.pipeline.documents.table.split_job import PROCESSING, PROFILES, RUN
from include.pipeline.errors import ParamError
from include.pipeline.planning.names import job_name
from include.pipeline.planning.volume_keys import takes_key

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.table.split_job import ProcessingSettings

# SageMaker takes 256 characters in a line. What the archive does then, its own start.py says.
_START = (
    "import hashlib,runpy,sys;f,h=sys.argv[1:3];"
    "hashlib.sha256(open(f,'rb').read()).hexdigest()==h or sys.exit('The code is not what was sent');"
    "runpy.run_path(f,run_name='__main__')"
)


def with_processing(plan: "RunPlan", config: "PipelineConfig") -> "RunPlan":
    """Add the request of `CreateProcessingJob` to a run's plan, where the YAML asks for such a job.

    What it splits is not in it: the file is not known before it is downloaded.

    Raises:
        ParamError: The image is of another region than the run, or the instance type does not take the key of
            its volume.
    """
    if config.processing is None:
        return plan
    _check(config.processing, plan)
    return plan.model_copy(update={"processing": _request(plan, config.processing)})


def _check(settings: "ProcessingSettings", plan: "RunPlan") -> None:
    _, region, _ = settings.repository
    if region != plan.identity.region:
        raise ParamError(
            f"processing.image = {settings.image!r}",
            f"SageMaker pulls an image of the run's own region, {plan.identity.region}",
            "Push the image there, and name that in the pipeline's YAML file",
        )
    if plan.aws.keys.training_volume and not takes_key(settings.instance_type):
        raise ParamError(
            f"processing.instance_type = {settings.instance_type!r}",
            "an instance type with local storage takes no key, and aws.keys.training_volume names one",
            "Choose a type without local storage, or leave training_volume out of the pipeline's YAML file",
        )


def _request(plan: "RunPlan", settings: "ProcessingSettings") -> dict[str, Any]:
    keys, vpc = plan.aws.keys, plan.aws.vpc
    outputs = {RUN: plan.locations.run, PROFILES: plan.locations.profiles}
    return {
        "ProcessingJobName": job_name(plan.key, attempt=1),
        "AppSpecification": {
            "ImageUri": settings.image,
            "ContainerEntrypoint": ["python3", "-c", _START],
        },
        "RoleArn": plan.training["RoleArn"],
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceType": settings.instance_type,
                "InstanceCount": 1,
                "VolumeSizeInGB": settings.volume_gb,
                **({"VolumeKmsKeyId": keys.training_volume} if keys.training_volume else {}),
            }
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": settings.max_runtime_seconds},
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": path.rpartition("/")[2],
                    "S3Output": {
                        "S3Uri": uri,
                        "LocalPath": f"{PROCESSING}/{path}",
                        "S3UploadMode": "EndOfJob",
                    },
                }
                for path, uri in outputs.items()
            ],
            **({"KmsKeyId": keys.objects} if keys.objects else {}),
        },
        "NetworkConfig": {
            "EnableNetworkIsolation": plan.aws.network_isolation,
            **({"VpcConfig": vpc.to_aws()} if vpc else {}),
        },
        "Tags": plan.training["Tags"],
    }
