"""Reads a plot of shares back: the points of its lines and marks, in the units that its ticks tell."""

import re

import numpy as np

from tests.pipeline.report.page_reader import Element, Page

_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
_SHARE = re.compile(r"(\d+)\s%")


class Plot:
    """A plot whose axes both run in per cent."""

    def __init__(self, svg: str) -> None:
        self.page = Page.read(svg)
        grid = [_points(path) for path in self._paths("grid")]
        columns = [x for (x, _), (other, _) in grid if x == other]
        rows = [y for (_, y), (_, other) in grid if y == other]
        shares = [
            int(found[1]) / 100 for text in self.page.all("text") if (found := _SHARE.fullmatch(text.text))
        ]
        assert len(shares) == len(columns) + len(rows)
        self._across = np.polyfit(columns, shares[: len(columns)], 1)
        self._up = np.polyfit(rows, shares[len(columns) :], 1)

    @property
    def alternative(self) -> str:
        """What it says for who does not see it."""
        return self.page.elements[0].attributes["aria-label"]

    def line(self, colour: str) -> np.ndarray:
        """Read the points of the one line in a colour of the page, from its first to its last."""
        (path,) = self._paths(colour)
        return self._in_shares(_points(path))

    def mark(self, colour: str) -> np.ndarray:
        """Read where the one mark in a colour of the page stands."""
        marks = [
            element
            for element in self.page.all("use")
            if f"fill: var(--{colour})" in element.attributes["style"]
        ]
        # The other one is in the legend.
        assert len(marks) == 2
        place = marks[0].attributes
        (point,) = self._in_shares([(float(place["x"]), float(place["y"]))])
        return np.array(point)

    def _paths(self, colour: str) -> list[Element]:
        # What belongs to the legend and to the axes is not clipped.
        return [
            path
            for path in self.page.all("path")
            if f"stroke: var(--{colour})" in path.attributes["style"] and "clip-path" in path.attributes
        ]

    def _in_shares(self, points: list[tuple[float, float]]) -> np.ndarray:
        x, y = np.array(points).T
        return np.column_stack([np.polyval(self._across, x), np.polyval(self._up, y)])


def _points(path: Element) -> list[tuple[float, float]]:
    numbers = [float(number) for number in _NUMBERS.findall(path.attributes["d"])]
    return list(zip(numbers[::2], numbers[1::2], strict=True))
