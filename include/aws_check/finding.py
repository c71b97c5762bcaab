"""What one look at AWS has found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from include.pipeline.aws.error_words import in_words
from include.pipeline.errors import PipelineError

Verdict = Literal["right", "wrong", "not told"]

# Of a task's messages; here there is none to clear.
_OF_A_TASK = ", then clear this task"


@dataclass(frozen=True)
class Finding:
    """One thing that a run needs of AWS, and how it is."""

    what: str
    """`role`, say."""
    verdict: Verdict
    told: str
    """What is right, in a line; or the three lines of what is wrong, or of why nothing was told."""

    def __str__(self) -> str:
        """The lines to print."""
        first, *others = self.told.splitlines()
        return "\n".join(
            [f"{self.verdict:>8}  {self.what:<10}  {first}", *(f"{'':22}{line}" for line in others)]
        )


def look(what: str, ask: Callable[[], str], permission: str = "") -> Finding:
    """Ask one thing.

    Args:
        what: Its name.
        ask: Returns what is right.
        permission: The action of IAM that the question needs and a run can do without. Where AWS does not
            answer it, nothing is wrong yet, and nothing told.
    """
    try:
        return Finding(what, "right", ask())
    except PipelineError as error:
        return Finding(what, "wrong", str(error))
    except (ClientError, BotoCoreError) as error:
        words = in_words(error)
        if permission and (words is None or _is_denied(error)):
            untold = PipelineError(
                str(error), f"AWS answers, for which {permission} is allowed", "Look yourself"
            )
            return Finding(what, "not told", str(untold))
        matter, mend = (words.matter, words.mend) if words else ("no such answer is known here", "Look it up")
        fault = PipelineError(f"{error} ({matter})", "AWS answers", mend.removesuffix(_OF_A_TASK))
        return Finding(what, "wrong", str(fault))


def _is_denied(error: ClientError | BotoCoreError) -> bool:
    return isinstance(error, ClientError) and error.response["Error"].get("Code", "").startswith(
        "AccessDenied"
    )
