"""How one hyperparameter of the built-in XGBoost is read and refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_aws.algorithms.interval import Interval
from local_aws.errors import UserError


@dataclass(frozen=True)
class Rule:
    """How a hyperparameter's text is read, and which values it may have.

    Attributes:
        parse: Reads the text; a ValueError refuses it.
        allowed: What the value, or each element of a list, must be in.
        elements: Returns the elements of a value that is a list.
    """

    parse: Callable[[str], Any]
    allowed: Interval | tuple[Any, ...]
    elements: Callable[[Any], list[Any]] | None = None

    def read(self, name: str, text: str) -> Any:
        """Reads the text.

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
        """Checks a value that was read.

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
