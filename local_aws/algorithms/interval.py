"""A range of numbers, in the notation of mathematics: "(0, 1]"."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A range of numbers."""

    text: str
    """The range in that notation, for example "(0, 1]" or "[1, +inf)"."""

    def __contains__(self, value: float) -> bool:
        low, high = (float(end) for end in self.text[1:-1].split(","))
        above = value >= low if self.text[0] == "[" else value > low
        below = value <= high if self.text[-1] == "]" else value < high
        return above and below

    def __str__(self) -> str:
        return self.text
