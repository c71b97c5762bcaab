"""Numbers as lines of text, each as Python writes it, many of them at once."""

from typing import Any

import numpy as np

# From one to below the other, pyarrow writes a float in the digits that Python does.
_SMALLEST_ALIKE = 1e-4
_LARGEST_ALIKE = 1.0
# Numbers from which on pyarrow writes them: below, importing it takes longer than what it saves.
_MANY = 2**12


def write_lines(numbers: Any) -> str | bytes:
    """Write each number in a line of its own, in the digits of `str`.

    Args:
        numbers: Of 32 or 64 bits, shape `(rows,)`.
    """
    if len(numbers) < _MANY:
        return "".join(f"{number}\n" for number in numbers.tolist())
    import pyarrow as pa  # noqa: PLC0415 - only a large answer needs it
    import pyarrow.compute as pc  # noqa: PLC0415

    values = numbers.astype(np.float64)
    others = ~((values >= _SMALLEST_ALIKE) & (values < _LARGEST_ALIKE))
    text = pc.replace_with_mask(
        pa.array(values).cast(pa.string()),
        pa.array(others),
        pa.array([str(number) for number in values[others].tolist()], pa.string()),
    )
    lines = pc.binary_join_element_wise(text, "\n", "")
    # The characters of an array of strings follow each other without a gap.
    _, offsets, characters = lines.buffers()
    return bytes(memoryview(characters)[: np.frombuffer(offsets, np.int32)[len(values)]])
