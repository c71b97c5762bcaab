"""What an earlier task of the run returned, for those that come after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from airflow.sdk import task
from airflow.sdk.exceptions import AirflowFailException

from include import airflow_names


@dataclass(frozen=True)
class Returned:
    """A template that becomes what another task returned, once the task that has it runs.

    An XComArg does the same, and draws a line in the graph to each task that takes it: with a plan that all
    take, nobody would find the chain. The chain has to see to it that the other task comes before.
    """

    task_id: str
    """The task that returns it."""
    members: tuple[str, ...] = ()
    """The way to the one member that is taken; empty for all."""
    may_be_absent: bool = False
    """Whether the task may return nothing, which becomes None."""

    def __getitem__(self, member: str) -> "Returned":
        """Take one member of a dictionary, or of one within it."""
        return replace(self, members=(*self.members, member))

    def resolve(self, context: Mapping[str, Any]) -> Any:
        """Fetch it: Airflow calls this where it renders a task's templates.

        Raises:
            AirflowFailException: The task has returned nothing.
        """
        returned = self.fetched(context)
        if returned is None and not self.may_be_absent:
            raise AirflowFailException(
                f"The task {self.task_id} has returned nothing. This task needs what it returns. "
                f"Clear {self.task_id} and what follows it."
            )
        for member in self.members if returned is not None else ():
            returned = returned[member]
        return returned

    def fetched(self, context: Mapping[str, Any]) -> Any:
        """Ask Airflow for what the task has returned; None where that is nothing."""
        return context["ti"].xcom_pull(task_ids=self.task_id)

    def serialize(self) -> str:
        """Name it in Airflow's UI."""
        return f"what {self.task_id} returned" + (f": {'.'.join(self.members)}" if self.members else "")


def document_task(function: Callable[..., Any]) -> Any:
    """Make a task of a function that returns a document.

    It is one XCom, and not one more for each field, and no line of thousands of characters in the task's log.
    """
    return task(multiple_outputs=False, show_return_value_in_logs=False)(function)


# Any, as Airflow puts the value in their place before a task sees them.
PLAN_IF_ANY: Any = Returned(airflow_names.PLAN_RUN, may_be_absent=True)
"""A `PlanReference`, where the run was planned, as it came: for a task that works whatever it says."""
RAW: Any = Returned(airflow_names.DOWNLOAD_DATA)
"""A `RawData`."""
REUSED: Any = Returned(airflow_names.REUSE_MODEL, may_be_absent=True)
"""A `ReusedModel`, where there is one."""
SPLIT: Any = Returned(airflow_names.SPLIT_DATA)
"""A `Split`."""
TRAINING: Any = Returned(airflow_names.TRAIN_MODEL)
"""The training job, under `Training`: the members of `DescribeTrainingJob` that say what became of it."""
