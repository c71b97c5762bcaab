"""The bucket of a run, made where it is not there, and refused where it is not the run's."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from airflow.providers.amazon.aws.operators.s3 import S3CreateBucketOperator
from airflow.sdk import Context

from include.airflow_names import PLAN_RUN
from include.pipeline.aws.bucket_tags import mark_as_made_by
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.plan import RunPlan


class CreateOwnBucketOperator(S3CreateBucketOperator):
    """Makes the bucket as its parent does, once it has seen that no other account and no other region has it.

    A bucket that it makes bears the run's tags: only that run may delete it.

    Args:
        plan: A `RunPlan`, which tells whose the bucket has to be.
    """

    template_fields: Sequence[str] = (*S3CreateBucketOperator.template_fields, "plan")

    def __init__(self, *, plan: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.plan = plan

    def execute(self, context: Context) -> None:
        """Prepare the bucket.

        Raises:
            OwnerError: It is another account's.
            BucketError: It is in another region, denied, or not there and not the run's to make.
        """
        plan = RunPlan.read(self.plan, PLAN_RUN)
        bucket, s3 = plan.own_bucket, plan.own_bucket.guard(self.hook.conn)
        if bucket.prepare(s3, make=partial(super().execute, context)):
            mark_as_made_by(s3, bucket.name, RunTags.of_request(plan.training))
