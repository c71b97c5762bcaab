"""What a script's program may be: a Python file, by its path in the source archive."""

from pathlib import Path

from local_aws.errors import ValidationError


def check_program(named_by: str, program: object) -> None:
    """Check a program before anything is started.

    Args:
        named_by: What names it, for the message.
        program: Its path.

    Raises:
        ValidationError: It is no Python file, or may lie outside of the archive.
    """
    path = Path(str(program))
    if path.suffix != ".py" or path.is_absolute() or ".." in path.parts:
        raise ValidationError(
            f"Local AWS cannot run {named_by} {program}. It runs a Python file (.py), by its path in the "
            "source archive."
        )
