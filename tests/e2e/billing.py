"""What a run may not leave on AWS, because it costs money."""

from tests.aws.lists import listed
from tests.e2e.running_stack import FinishedRun, RunningStack

TEARDOWN = ("delete_endpoint", "delete_endpoint_config", "delete_model")


def assert_nothing_bills(stack: RunningStack, run: FinishedRun) -> None:
    """Fail where the teardown of a run did not succeed, or left anything deployed."""
    assert {run.tasks[task].state for task in (*TEARDOWN, "verify_teardown")} == {"success"}
    sagemaker = stack.aws.client("sagemaker")
    assert listed(sagemaker, "list_endpoints", NameContains=run.plan.key) == []
    assert listed(sagemaker, "list_endpoint_configs", NameContains=run.plan.key) == []
    assert listed(sagemaker, "list_models", NameContains=run.plan.key) == []
