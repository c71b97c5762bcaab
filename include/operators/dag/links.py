"""Where a task's buttons in the Airflow UI lead: the run's report, and the AWS console."""

from typing import Any
from urllib.parse import quote, urlsplit

from airflow.configuration import conf
from airflow.providers.amazon.aws.links.base_aws import BASE_AWS_CONSOLE_LINK, BaseAwsLink
from airflow.sdk import BaseOperatorLink

from include.airflow_names import REPORT_TAB

# https://docs.aws.amazon.com/general/latest/gr/rande.html
_OF_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


def run_url(dag_id: str, run_id: str) -> str:
    """Build the URL of a run's page."""
    base = conf.get("api", "base_url", fallback="/").rstrip("/")
    return f"{base}/dags/{quote(dag_id)}/runs/{quote(run_id)}"


def report_url(dag_id: str, run_id: str) -> str:
    """Build the URL of a run's tab that shows its report."""
    return f"{run_url(dag_id, run_id)}/plugin/{REPORT_TAB}"


class ModelReportLink(BaseOperatorLink):
    """The tab of the run that shows its report."""

    name = "Model report"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002
        """Build the URL of the run's tab."""
        return report_url(ti_key.dag_id, ti_key.run_id)


class _ConsoleLink(BaseOperatorLink):
    """A page of SageMaker's console; none on anything but AWS."""

    page: str

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ARG002
        """Build the URL of the page; empty where the connection leads elsewhere, or there is nothing yet."""
        client, name = operator.hook.conn, operator.console_name
        host = urlsplit(client.meta.endpoint_url).hostname or ""
        if not name or not host.endswith(_OF_AWS):
            return ""
        console = BASE_AWS_CONSOLE_LINK.format(aws_domain=BaseAwsLink.get_aws_domain(client.meta.partition))
        return f"{console}/sagemaker/home?region={client.meta.region_name}#/{self.page}/{quote(name)}"


class ProcessingJobLink(_ConsoleLink):
    """The processing job; where the worker splits the table, there is none."""

    name = "SageMaker processing job"
    page = "processing-jobs"


class TrainingJobLink(_ConsoleLink):
    """The training job."""

    name = "SageMaker training job"
    page = "jobs"


class TuningJobLink(_ConsoleLink):
    """The tuning job; where a model is used again, nothing is tuned, and there is none."""

    name = "SageMaker tuning job"
    page = "hyper-tuning-jobs"


class EndpointLink(_ConsoleLink):
    """The endpoint."""

    name = "SageMaker endpoint"
    page = "endpoints"


class TransformJobLink(_ConsoleLink):
    """The transform job."""

    name = "SageMaker transform job"
    page = "transform-jobs"
