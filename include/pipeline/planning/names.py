"""The names that a run gives to what it makes on AWS.

All come from `dag_id` and `run_id` alone: a retry or a clear meets the names of its first try, and two runs
never share one, whether scheduled, backfilled, triggered by hand or by an asset.
"""

import hashlib
import re

from include.pipeline.errors import ParamError

# SageMaker's 63 characters, less room for a job's "-99".
_LONGEST_KEY = 60
_DIGEST = 10

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_IP_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def run_key(dag_id: str, run_id: str) -> str:
    """Derive the one name that a run's job, model, endpoint and folder share.

    Returns:
        At most 60 characters of `[a-z0-9-]`: the DAG, the run in readable form, and ten hex digits of the
        SHA-256 of both, which keep apart what the readable form does not.
    """
    digest = hashlib.sha256(f"{dag_id}\0{run_id}".encode()).hexdigest()[:_DIGEST]
    readable = "-".join(_slug(part) for part in (dag_id, run_id))[: _LONGEST_KEY - _DIGEST - 1]
    return f"{readable.strip('-')}-{digest}".lstrip("-")


def training_job_name(key: str, attempt: int) -> str:
    """Name a run's n-th training job: SageMaker never gives a job's name out twice.

    Args:
        key: The run key.
        attempt: From 1. The first job's name is the key itself.
    """
    return key if attempt == 1 else f"{key}-{attempt}"


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
