"""What each type of step does: a call of the operation that SageMaker's own executions call."""

import re
import secrets
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from local_aws.errors import AwsError, ValidationError
from local_aws.jobs.pipelines.conditions import is_true
from local_aws.jobs.pipelines.definition import Definition, Step
from local_aws.jobs.pipelines.execution import StepRun
from local_aws.jobs.pipelines.references import References
from local_aws.state.resources import JsonObject, Region

Call = Callable[[Region, str, JsonObject], JsonObject]
"""Does an operation as for a caller from outside: region, name, request. It returns the answer's members."""

JOBS: Mapping[str, str] = {
    "Training": "TrainingJob",
    "Processing": "ProcessingJob",
    "Transform": "TransformJob",
    "Tuning": "HyperParameterTuningJob",
}
"""The types of steps that run a job: the name of its kind in the API's operations and members."""
OPERATIONS: Mapping[str, str] = {
    **{name: f"Create{kind}" for name, kind in JOBS.items()},
    "Model": "CreateModel",
    "RegisterModel": "CreateModelPackage",
}
"""The operation that takes the arguments of each type of step. The others have none."""
TYPES = (*OPERATIONS, "Condition", "Fail")
_LONGEST_NAME, _LONGEST_TUNING_NAME = 63, 32
_SUFFIX = 10
# Developer guide, TuningStep: the best training jobs that later steps may refer to.
_MOST_TRIALS = 50


def check_steps(definition: Definition) -> None:
    """Refuse what an execution would not do.

    Raises:
        ValidationError: A step of another type, or a member of a step that nothing would act on.
    """
    if definition.unknown:
        raise ValidationError(f"Local AWS has no {', '.join(definition.unknown)} of pipelines. Leave it out.")
    for step in definition.all_steps():
        if step.type not in TYPES:
            raise ValidationError(
                f"Local AWS has no {step.type} steps in pipelines; step {step.name} is one. It has "
                f"{', '.join(TYPES)}."
            )
        if step.unknown:
            raise ValidationError(
                f"Local AWS has no {', '.join(step.unknown)} of steps in pipelines, as step {step.name} "
                "has. A step runs once. Leave it out."
            )


def job_name(execution_id: str, step: Step) -> str:
    """Return a name for what a step makes, in the form that SageMaker gives it."""
    suffix = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(_SUFFIX))
    # Where the step names what it makes, the name is a prefix.
    given = next((step.arguments[name] for name in _name_members(step) if name in step.arguments), None)
    is_tuning = step.type == "Tuning"
    own = f"{execution_id}-{step.name}" if is_tuning else f"pipelines-{execution_id}-{step.name}"
    prefix = given if isinstance(given, str) else own
    longest = _LONGEST_TUNING_NAME if is_tuning else _LONGEST_NAME
    return f"{re.sub('[^a-zA-Z0-9-]', '-', prefix)[: longest - _SUFFIX - 1]}-{suffix}"


def _name_members(step: Step) -> tuple[str, ...]:
    return (
        (f"{JOBS[step.type]}Name",) if step.type in JOBS else ("ModelName",) if step.type == "Model" else ()
    )


@dataclass(frozen=True)
class Steps:
    """The steps of an execution, as calls."""

    region: Region
    call: Call

    def begin(self, step: Step, run: StepRun, references: References) -> bool | None:
        """Begin a step. All but a job has ended when this returns.

        Args:
            step: The step.
            run: Its state, which this changes.
            references: What its arguments refer to.

        Returns:
            The outcome of a condition; None for all other steps.

        Raises:
            AwsError: It refers to what is not there, or SageMaker refuses what it asks for.
        """
        if step.type == "Condition":
            conditions = step.arguments["Conditions"]
            outcome = all(is_true(condition, references.resolved) for condition in conditions)
            run.metadata = {"Condition": {"Outcome": str(outcome)}}
            run.end("Succeeded")
            return outcome
        arguments = references.resolved(step.arguments)
        if step.type == "Fail":
            run.metadata = {"Fail": {"ErrorMessage": arguments["ErrorMessage"]}}
            run.end("Failed", arguments["ErrorMessage"])
        elif step.type in JOBS:
            kind = JOBS[step.type]
            answer = self._invoke(OPERATIONS[step.type], {**arguments, f"{kind}Name": run.job_name})
            shown = "TuningJob" if step.type == "Tuning" else kind
            run.metadata = {shown: {"Arn": answer[f"{kind}Arn"]}}
            run.status = "Executing"
        elif step.type == "Model":
            answer = self._invoke("CreateModel", {**arguments, "ModelName": run.job_name})
            run.metadata = {"Model": {"Arn": answer["ModelArn"]}}
            run.end("Succeeded")
        else:
            self._make_group(arguments)
            answer = self._invoke("CreateModelPackage", arguments)
            run.metadata = {"RegisterModel": {"Arn": answer["ModelPackageArn"]}}
            run.end("Succeeded")
        return None

    def _invoke(self, operation: str, request: JsonObject) -> JsonObject:
        try:
            return self.call(self.region, operation, request)
        except AwsError as error:
            raise AwsError(
                error.code,
                f"ClientError: Failed to invoke sagemaker:{operation}. Error Details: {error.message}",
            ) from error

    def _make_group(self, arguments: JsonObject) -> None:
        """Make the group of a model package, as an execution does where there is none."""
        group = arguments.get("ModelPackageGroupName")
        if group is None:
            return
        try:
            self.call(self.region, "DescribeModelPackageGroup", {"ModelPackageGroupName": group})
        except AwsError:
            self._invoke("CreateModelPackageGroup", {"ModelPackageGroupName": group})

    def look(self, run: StepRun) -> None:
        """Look whether the job of a step is over."""
        job = self._job(run)
        status, reason = job[f"{JOBS[run.type]}Status"], job.get("FailureReason")
        if status == "Completed":
            run.end("Succeeded")
        elif status == "Failed":
            run.end("Failed", reason)
        elif status == "Stopped":
            # Somebody else, or its time limit, has stopped it.
            was_asked = run.status == "Stopping"
            run.end(
                "Stopped" if was_asked else "Failed", None if was_asked else "ClientError: The job stopped."
            )

    def stop(self, run: StepRun) -> None:
        """Ask the job of a step to stop."""
        run.status = "Stopping"
        kind = JOBS[run.type]
        try:
            self.call(self.region, f"Stop{kind}", {f"{kind}Name": run.job_name})
        except AwsError:
            # It ended by itself meanwhile.
            return

    def properties(self, run: StepRun) -> JsonObject:
        """Return what a step's properties are: what Describe answers of what it has made.

        A tuning step has its best training jobs, too, the best of them first.
        """
        if run.type == "Tuning":
            job = self._job(run)
            return {**job, "TrainingJobSummaries": self._trials(job)}
        if run.type in JOBS:
            return self._job(run)
        if run.type == "Model":
            return self.call(self.region, "DescribeModel", {"ModelName": run.job_name})
        if run.type == "RegisterModel":
            package = run.metadata["RegisterModel"]["Arn"]
            return self.call(self.region, "DescribeModelPackage", {"ModelPackageName": package})
        outcome: JsonObject = run.metadata.get(run.type, {})
        return outcome

    def _job(self, run: StepRun) -> JsonObject:
        kind = JOBS[run.type]
        return self.call(self.region, f"Describe{kind}", {f"{kind}Name": run.job_name})

    def _trials(self, job: JsonObject) -> list[JsonObject]:
        objective = job["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]
        listed = self.call(
            self.region,
            "ListTrainingJobsForHyperParameterTuningJob",
            {
                "HyperParameterTuningJobName": job["HyperParameterTuningJobName"],
                "SortBy": "FinalObjectiveMetricValue",
                "SortOrder": "Ascending" if objective["Type"] == "Minimize" else "Descending",
                "MaxResults": _MOST_TRIALS,
            },
        )
        trials: list[JsonObject] = listed["TrainingJobSummaries"]
        return trials
