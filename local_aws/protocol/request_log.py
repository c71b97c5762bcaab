"""The server's log: one line a record, whatever characters a request or an error holds."""

import logging
import re
import sys

_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# The lines of a traceback stay lines.
_CONTROL_BUT_NEWLINE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """A format without control characters: what others send can neither begin a line nor steer a terminal."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Return the line of a record."""
        return _CONTROL_CHARACTER.sub(_escaped, super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 - as above
        """Return a traceback, indented below its record."""
        text = super().formatException(ei)  # type: ignore[arg-type] # logging's own argument, handed on
        return "\n".join(f"  | {line}" for line in _CONTROL_BUT_NEWLINE.sub(_escaped, text).split("\n"))


def configure_log() -> None:
    """Write the log to the standard error output."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(asctime)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO)


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()
