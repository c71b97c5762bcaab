"""Reads a page as a browser's parser does: its elements, and their text."""

from dataclasses import dataclass
from html.parser import HTMLParser

_VOID = {"meta", "link", "br", "img", "hr", "input", "base"}


@dataclass
class Element:
    """An element of the page, and all text inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    inside: tuple[str, ...] = ()


class Page(HTMLParser):
    """A page, read: all its elements, and those that it leaves open."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []

    @classmethod
    def read(cls, html: str) -> "Page":
        page = cls()
        page.feed(html)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        inside = tuple(element.tag for element in self.open)
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, inside=inside))
        if tag not in _VOID:
            self.open.append(self.elements[-1])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    @property
    def text(self) -> str:
        return " ".join(self.all("body")[0].text.split())

    def table(self, caption: str) -> list[list[str]]:
        """The cells of the table whose caption holds some words, row by row, the head first."""
        rows: list[list[str]] = []
        found = False
        for element in self.elements:
            if element.tag == "table":
                found = False
            elif element.tag == "caption":
                found = caption in element.text
            elif found and element.tag == "tr":
                rows.append([])
            elif found and element.tag in {"td", "th"}:
                rows[-1].append(" ".join(element.text.split()))
        assert rows, f"no table says {caption!r}"
        return rows

    def plots(self) -> list[Element]:
        return self.all("svg")
