"""The definition of a pipeline, as JSON of the schema 2020-12-01.

Source: "Amazon SageMaker Pipelines JSON schema", and what the SageMaker Python SDK writes.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic import ValidationError as FormError
from pydantic.alias_generators import to_pascal

from local_aws.errors import ValidationError
from local_aws.jobs.pipelines.references import names_in

_NAME = r"^[A-Za-z0-9_-]{1,64}$"


class _Form(BaseModel):
    # What this has no field for is kept, so that an execution can refuse it by its name.
    model_config = ConfigDict(frozen=True, extra="allow", alias_generator=to_pascal)

    @property
    def unknown(self) -> list[str]:
        """The members that it has, and that this has no field for. One that is null is none."""
        return [name for name, value in (self.model_extra or {}).items() if value is not None]


class Parameter(_Form):
    """A parameter of a pipeline."""

    name: str
    type: Literal["String", "Integer", "Float", "Boolean"]
    default_value: str | int | float | bool | None = None
    enum_values: tuple[str | int | float | bool, ...] | None = None


class PropertyFile(_Form):
    """A JSON file that a processing step leaves, for the conditions behind it."""

    property_file_name: str
    output_name: str
    file_path: str


class Step(_Form):
    """One step."""

    name: str = Field(pattern=_NAME)
    type: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    display_name: str | None = None
    description: str | None = None
    property_files: tuple[PropertyFile, ...] = ()
    cache_config: dict[str, Any] | None = None

    @property
    def branches(self) -> dict[bool, list["Step"]]:
        """The steps of a condition that is true, and of one that is false."""
        if self.type != "Condition":
            return {True: [], False: []}
        return {
            outcome: [Step.model_validate(step) for step in self.arguments.get(member, ())]
            for outcome, member in ((True, "IfSteps"), (False, "ElseSteps"))
        }

    @property
    def own_arguments(self) -> dict[str, Any]:
        """Its arguments, without the steps of a condition's branches."""
        if self.type != "Condition":
            return self.arguments
        return {name: self.arguments[name] for name in self.arguments.keys() - {"IfSteps", "ElseSteps"}}

    @property
    def needs(self) -> frozenset[str]:
        """The names of the steps that it waits for."""
        return frozenset(self.depends_on) | names_in(self.own_arguments, "Steps")


class Definition(_Form):
    """A definition: its references lead somewhere, and its steps do not wait for each other in a circle."""

    version: Literal["2020-12-01"]
    metadata: dict[str, Any] | None = None
    parameters: tuple[Parameter, ...] = ()
    pipeline_experiment_config: dict[str, Any] | None = None
    steps: tuple[Step, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a definition.

        Raises:
            ValidationError: It is not one. The message says where.
        """
        try:
            parsed = cls.model_validate_json(text)
            steps = {step.name: (step, around) for step, around in _walk(parsed.steps, frozenset())}
        except FormError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the document"
            raise ValidationError(f"The pipeline definition is not valid: {place}: {first['msg']}") from error
        if len(steps) < sum(1 for _ in parsed.all_steps()):
            raise ValidationError("The pipeline definition is not valid: step names must be unique.")
        parameters = {parameter.name for parameter in parsed.parameters}
        for step, _ in steps.values():
            unknown = sorted(step.needs - steps.keys())
            unknown += sorted(names_in(step.own_arguments, "Parameters") - parameters)
            if unknown:
                raise ValidationError(
                    f"The pipeline definition is not valid: step {step.name} refers to {', '.join(unknown)}, "
                    "which it does not define."
                )
        # A step of a branch waits for its condition, too.
        _refuse_circle({name: step.needs | around for name, (step, around) in steps.items()})
        return parsed

    def all_steps(self) -> Iterator[Step]:
        """Yield the steps, and those of the branches of conditions, at every depth."""
        for step, _ in _walk(self.steps, frozenset()):
            yield step


def _walk(steps: Iterable[Step], around: frozenset[str]) -> Iterator[tuple[Step, frozenset[str]]]:
    """Yield steps, and those of branches, each with the name of the condition around it."""
    for step in steps:
        yield step, around
        for branch in step.branches.values():
            yield from _walk(branch, frozenset({step.name}))


def _refuse_circle(needs: dict[str, frozenset[str]]) -> None:
    left = dict(needs)
    while free := [name for name, waits in left.items() if not waits & left.keys()]:
        for name in free:
            del left[name]
    if left:
        raise ValidationError(
            f"The pipeline definition is not valid: the steps {', '.join(left)} wait for each other."
        )
