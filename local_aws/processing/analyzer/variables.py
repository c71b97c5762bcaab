"""The variables of a job's environment, read one by one, each with what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from local_aws.errors import AnalysisError
from local_aws.opt_ml import OptMl


@dataclass(frozen=True)
class Variables:
    """The environment of a container, whose paths are below its /opt/ml.

    Each method raises an AnalysisError that names the variable, where its value is not what is asked for.
    """

    environment: Mapping[str, str]
    opt_ml: OptMl

    def get(self, name: str) -> str | None:
        """Return a text. None where it is absent or empty."""
        return self.environment.get(name) or None

    def required(self, name: str) -> str:
        """Return a text that has to be there."""
        value = self.get(name)
        if value is None:
            raise AnalysisError(
                f"The variable {name} is not in the job's Environment; the analyzer needs it."
            )
        return value

    def choice(self, name: str, *known: str) -> str:
        """Return one of some texts: the first of them where it is absent."""
        value = self.get(name) or known[0]
        if value not in known:
            raise AnalysisError(
                f"The variable {name} is {value}; local AWS's analyzer has {', '.join(known)}."
            )
        return value

    def number(self, name: str, default: float) -> float:
        """Return a number."""
        value = self.get(name)
        try:
            return default if value is None else float(value)
        except ValueError as error:
            raise AnalysisError(f"The variable {name} is {value}; it has to be a number.") from error

    def path(self, name: str) -> Path:
        """Return where a path of the container is."""
        value = self.required(name)
        try:
            return self.opt_ml.at(value)
        except ValueError as error:
            raise AnalysisError(
                f"The variable {name} is {value}; it has to be a path below /opt/ml."
            ) from error

    def existing(self, name: str) -> Path:
        """Return where a path of the container is, which has to be there."""
        path = self.path(name)
        if not path.exists():
            raise AnalysisError(
                f"The variable {name} is {self.get(name)}, which does not exist. It has to be of an input, "
                "below its LocalPath."
            )
        return path

    def existing_or_none(self, name: str) -> Path | None:
        """Return where a path of the container is. None where the variable is absent."""
        return self.existing(name) if self.get(name) else None

    def moment(self, name: str) -> datetime | None:
        """Return a time. None where it is absent."""
        value = self.get(name)
        if value is None:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise AnalysisError(f"The variable {name} is {value}; it has to be ISO 8601.") from error
        if moment.tzinfo is None:
            raise AnalysisError(f"The variable {name} is {value}, without a time zone. Write it as {value}Z.")
        return moment
