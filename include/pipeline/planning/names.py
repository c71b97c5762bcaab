"""The names that a run gives to what it makes on AWS.

All come from the deployment's id, `dag_id` and `run_id` alone: a retry or a clear meets the names of its
first try, and two runs never share one, whether scheduled, backfilled, triggered by hand or by an asset, in
this Airflow or in another one.
"""

import base64
import hashlib
import re

from include.pipeline.aws.deployment_id import run_digest
from include.pipeline.documents.training.algorithm import ALGORITHMS
from include.pipeline.documents.training.contenders import LONGEST_KEY
from include.pipeline.errors import ParamError

_LONGEST_NAME = 63
# Base 32: 60 bits. Whoever triggers a run chooses its id, and must not find one that has another run's key.
_DIGEST = 12
_EARLIER_DIGEST = 10

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_IP_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def run_key(deployment_id: str, dag_id: str, run_id: str) -> str:
    """Derive the one name that a run's job, model, endpoint and folder share.

    Args:
        deployment_id: Which Airflow; empty for the key that versions without one gave.
        dag_id: Of the run's DAG.
        run_id: Of the run.

    Returns:
        At most 60 characters of `[a-z0-9-]`: the deployment, the DAG, the run in readable form, and twelve
        letters and digits of the SHA-256 of the three, which keep apart what the readable form does not.
    """
    if not deployment_id:
        digest = hashlib.sha256(f"{dag_id}\0{run_id}".encode()).hexdigest()[:_EARLIER_DIGEST]
        return _key(dag_id, run_id, digest=digest)
    digest = base64.b32encode(run_digest(deployment_id, dag_id, run_id)).decode().lower()[:_DIGEST]
    return _key(deployment_id, dag_id, run_id, digest=digest)


def _key(*parts: str, digest: str) -> str:
    readable = "-".join(_slug(part) for part in parts)[: LONGEST_KEY - len(digest) - 1]
    return f"{readable.strip('-')}-{digest}".lstrip("-")


def key_prefix(deployment_id: str, dag_id: str, *, contending: bool = False) -> str:
    """Name what the keys of all runs of a DAG in one deployment begin with.

    Of a DAG with a long name it is cut, as the keys are: other DAGs' keys may begin with the same.

    Args:
        deployment_id: Which Airflow.
        dag_id: Of the DAG.
        contending: Whether its runs train with several algorithms, whose keys have less room for it.
    """
    end = max(len(f"-{algorithm.short}") for algorithm in ALGORITHMS.values()) if contending else 0
    return f"{deployment_id}-{_slug(dag_id)}-"[: LONGEST_KEY - _DIGEST - 1 - end]


def part_of_all_names(key: str) -> str:
    """Name what all that a run makes on SageMaker has in its name, whichever algorithm it is for.

    Args:
        key: The run key, of which it is the digest.
    """
    return key.rpartition("-")[2]


def model_package_group(deployment_id: str, pipeline: str, named: str | None) -> str:
    """Name the group of a pipeline's models in SageMaker's registry, of at most 63 characters.

    Args:
        deployment_id: Which Airflow.
        pipeline: Whose models.
        named: As the pipeline's YAML has it, where it does.
    """
    return named or f"{deployment_id}-{_slug(pipeline)}"[:_LONGEST_NAME].strip("-")


def champion_endpoint(deployment_id: str, pipeline: str, named: str) -> str:
    """Name the endpoint that serves a pipeline's best model, of at most 63 characters.

    Args:
        deployment_id: Which Airflow.
        pipeline: Whose models.
        named: The end of the name, as the pipeline's YAML has it.
    """
    return f"{key_prefix(deployment_id, pipeline)[: _LONGEST_NAME - len(named)]}{named}"


def job_name(key: str, attempt: int) -> str:
    """Name a run's n-th job: SageMaker never gives a job's name out twice.

    Args:
        key: The run key.
        attempt: From 1. The first job's name is the key itself.
    """
    return key if attempt == 1 else f"{key}-{attempt}"


def is_named_for(name: str, key: str) -> bool:
    """Tell whether a run of this key gives the name to a resource, which may be any of its training jobs."""
    return re.fullmatch(rf"{re.escape(key)}(-[0-9]+)?", name) is not None


def default_bucket(account_id: str, region: str) -> str:
    """Name the bucket where no Param names one; the account id makes it globally unique.

    It holds the word "sagemaker", on which AWS's managed policy AmazonSageMakerFullAccess allows buckets.
    """
    return f"airflow-sagemaker-{region}-{account_id}"


def check_bucket_name(bucket: str) -> str:
    """Check a name against S3's rules for general purpose buckets, so that no call is made in vain.

    Rules: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html

    Raises:
        ParamError: The name breaks a rule.
    """
    broken = _broken_bucket_rule(bucket)
    if broken:
        raise ParamError(
            f"bucket = {bucket!r}", broken, "Set the Param bucket, or leave it empty for the default name"
        )
    return bucket


def _broken_bucket_rule(bucket: str) -> str | None:
    if not _BUCKET.fullmatch(bucket):
        return (
            "a bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens, "
            "and begins and ends with a letter or digit"
        )
    if ".." in bucket:
        return "a bucket's name has no two dots in a row"
    if _IP_ADDRESS.fullmatch(bucket):
        return "a bucket's name is not formatted as an IP address"
    if bucket.startswith(_RESERVED_PREFIXES):
        return f"AWS reserves names that begin with {', '.join(_RESERVED_PREFIXES)}"
    if bucket.endswith(_RESERVED_SUFFIXES):
        return f"AWS reserves names that end with {', '.join(_RESERVED_SUFFIXES)}"
    return None


def _slug(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("-", text.lower()).strip("-")
