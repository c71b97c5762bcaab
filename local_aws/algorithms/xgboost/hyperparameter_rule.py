"""How one hyperparameter of the built-in XGBoost is read and refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_aws.algorithms.interval import Interval
from local_aws.errors import UserError


@dataclass(frozen=True)
class Rule:
    """How a hyperparameter's text is read, and which values it may have."""

    parse: Callable[[str], Any]
    """The function that reads the text. A ValueError or SyntaxError refuses the text."""
    allowed: Interval | tuple[Any, ...]
    """The values that are allowed, for the value or for each element of a list."""
    elements: Callable[[Any], list[Any]] | None = None
    """The function that returns the elements of a list. None where the value is not a list."""

    def read(self, name: str, text: str) -> Any:
        """Read the text.

        Raises:
            UserError: It is not of the hyperparameter's type.
        """
        try:
            return self.parse(text)
        except (ValueError, SyntaxError) as error:
            raise UserError(
                f"Hyperparameter {name}: could not parse value (caused by {type(error).__name__})"
            ) from error

    def check(self, name: str, value: Any) -> None:
        """Check a value that was read.

        Raises:
            UserError: It is not allowed.
        """
        allowed = list(self.allowed) if isinstance(self.allowed, tuple) else self.allowed
        if self.elements is None:
            if value not in self.allowed:
                raise UserError(f"Hyperparameter {name}: {value} is not in {allowed}")
            return
        try:
            is_allowed = all(element in self.allowed for element in self.elements(value))
        except TypeError as error:
            raise UserError(
                f"Hyperparameter {name}: unexpected failure when validating {value} (caused by TypeError)"
            ) from error
        if not is_allowed:
            raise UserError(f"Hyperparameter {name}: value {value} not in range {allowed}")
