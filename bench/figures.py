"""A figure beside what it has to be: a small table for people, one line of JSON for `make bench`."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

FIGURES, TEXT = "figures", "text"


@dataclass(frozen=True)
class Figure:
    """What was measured."""

    name: str
    """What of, and against what."""
    value: float
    """The figure."""
    unit: str
    """What it counts, such as `s`; `x` for times another."""
    at_most: float | None = None
    """What it has to be below, if anything."""
    at_least: float | None = None
    """What it has to be above, if anything."""

    @property
    def is_met(self) -> bool:
        """Tell whether it is what it has to be."""
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )

    @property
    def verdict(self) -> str:
        """Say the same in a word; nothing of a figure that may be anything."""
        if self.at_most is None and self.at_least is None:
            return ""
        return "met" if self.is_met else "NOT MET"

    @property
    def wanted(self) -> str:
        """Say what it has to be."""
        sides = (("at most", self.at_most), ("at least", self.at_least))
        return ", ".join(f"{side} {bound:g}" for side, bound in sides if bound is not None) or "-"

    @property
    def told(self) -> str:
        """Write the value in three digits, with its unit."""
        return f"{float(f'{self.value:.3g}'):,g} {self.unit}"


def show(figures: Sequence[Figure], text: str = "") -> None:
    """Print a table of the figures, and all of them as one line of JSON.

    Args:
        figures: In their order.
        text: Markdown that stands below them on the page.
    """
    table = Table("figure", "measured", "has to be", "", box=None, padding=(0, 2, 0, 0))
    for figure in figures:
        table.add_row(figure.name, figure.told, figure.wanted, figure.verdict)
    Console().print(table)
    print(json.dumps({FIGURES: [asdict(figure) for figure in figures], TEXT: text}), flush=True)


def read_line(line: str) -> tuple[list[Figure], str]:
    """Read the figures of a line of JSON, and the text below them; none of any other line."""
    try:
        found = json.loads(line)
        return [Figure(**figure) for figure in found[FIGURES]], found[TEXT]
    except (json.JSONDecodeError, KeyError, TypeError):
        return [], ""
