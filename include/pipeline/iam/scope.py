"""What one pipeline's identities may reach: names, places, tags."""

from dataclasses import dataclass

from include.pipeline.aws.tags import PROJECT
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.scoring.champion import SERVE
from include.pipeline.documents.scoring.settings import SCORE
from include.pipeline.documents.training.tune import READABLE_OF_TUNING
from include.pipeline.iam.policy import Conditions
from include.pipeline.planning.names import champion_endpoint, key_prefix, model_package_group

_TUNED = frozenset({"hyper-parameter-tuning-job", "training-job"})


@dataclass(frozen=True)
class Scope:
    """A pipeline of one Airflow, in one account and region."""

    deployment_id: str
    """Which Airflow."""
    pipeline: str
    """Its name, which is its DAG's."""
    config: PipelineConfig
    account: str
    """Twelve digits."""
    region: str
    partition: str
    """`aws`, `aws-cn` or `aws-us-gov`."""
    buckets: tuple[str, ...]
    roles: tuple[str, ...]
    """ARNs of the roles that SageMaker may be given."""

    @property
    def instance_types(self) -> tuple[str, ...]:
        """Name the instance types that jobs and endpoints may have; none where the limits allow any."""
        return tuple(sorted(self.config.limits.instance_types or ()))

    def sagemaker(self, *kinds: str) -> tuple[str, ...]:
        """Name what the pipeline's runs make on SageMaker, of kinds such as `training-job`."""
        contending = self.config.algorithms is not None
        named = key_prefix(self.deployment_id, self.pipeline, contending=contending)
        # Names of tuning jobs are shorter, and those of their training jobs begin with them.
        short = _TUNED if self.config.tune else frozenset()
        return tuple(
            self.sagemaker_arn(f"{kind}/{named[:READABLE_OF_TUNING] if kind in short else named}*")
            for kind in kinds
        )

    def sagemaker_arn(self, resource: str) -> str:
        """Name a resource on SageMaker, such as `model-package-group/models`."""
        return f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:{resource}"

    @property
    def model_package_group(self) -> str | None:
        """The group of the pipeline's models in SageMaker's registry, where it has one."""
        registry = self.config.registry
        if registry is None:
            return None
        return model_package_group(self.deployment_id, self.pipeline, registry.group)

    @property
    def champion_endpoint(self) -> str | None:
        """The endpoint that serves the pipeline's best model, where it has one."""
        serve = self.config.serve
        return champion_endpoint(self.deployment_id, self.pipeline, serve.endpoint) if serve else None

    def serving_tags(self, key: str) -> Conditions:
        """Of what is made, `aws:RequestTag`, or used, `aws:ResourceTag`: it is of the DAG that promotes."""
        return self._tags(key, f"{self.pipeline}{SERVE}")

    def log_group(self, name: str) -> str:
        """Name a log group of SageMaker's, such as `TrainingJobs:*`."""
        return f"arn:{self.partition}:logs:{self.region}:{self.account}:log-group:/aws/sagemaker/{name}"

    @property
    def bucket_arns(self) -> tuple[str, ...]:
        """Name the buckets."""
        return tuple(f"arn:{self.partition}:s3:::{bucket}" for bucket in self.buckets)

    def objects(self, below: str) -> tuple[str, ...]:
        """Name the objects of the pipeline's folder in each bucket, such as `runs/*`."""
        return tuple(f"{bucket}/{self.folders[0]}/{below}" for bucket in self.bucket_arns)

    def scored_objects(self, below: str) -> tuple[str, ...]:
        """Name those of the folder of the DAG that scores new rows; none where there is no such DAG."""
        return tuple(
            f"{bucket}/{folder}/{below}" for folder in self.folders[1:] for bucket in self.bucket_arns
        )

    @property
    def dag_ids(self) -> tuple[str, ...]:
        """The pipeline's DAG, and the one that scores new rows, where there is one."""
        return (self.pipeline, f"{self.pipeline}{SCORE}") if self.config.score else (self.pipeline,)

    @property
    def folders(self) -> tuple[str, ...]:
        """The folder of each of these DAGs, in any bucket."""
        return tuple(f"{self.deployment_id}/{dag_id}" for dag_id in self.dag_ids)

    @property
    def own_account(self) -> Conditions:
        """A bucket's name can be guessed, and whoever takes it first has it."""
        return {"StringEquals": {"aws:ResourceAccount": self.account}}

    @property
    def request_tags(self) -> Conditions:
        """What is made says whose it is."""
        return self._tags("aws:RequestTag", self._made_by)

    @property
    def resource_tags(self) -> Conditions:
        """What is used, stopped or deleted is the pipeline's own."""
        return self._tags("aws:ResourceTag", self._made_by)

    @property
    def _made_by(self) -> str | tuple[str, ...]:
        return self.dag_ids if self.config.score else self.pipeline

    def _tags(self, key: str, dag_ids: str | tuple[str, ...]) -> Conditions:
        tags: dict[str, str | tuple[str, ...]] = {
            "airflow:project": PROJECT,
            "airflow:dag_id": dag_ids,
            "airflow:deployment_id": self.deployment_id,
        }
        return {"StringEquals": {f"{key}/{name}": value for name, value in tags.items()}}
