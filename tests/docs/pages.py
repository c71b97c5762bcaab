"""The documents as their readers see them: headings, links, and blocks of code."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.project import PROJECT

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
_IN_HTML = re.compile(r"""(?:src|href)="([^"]+)\"""")
# https://github.com/gjtorikian/html-pipeline/blob/main/lib/html_pipeline/node_filter/table_of_contents_filter.rb
_NO_PART_OF_ANCHORS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True)
class Block:
    """A fenced block of code."""

    language: str
    """Empty where it says none."""
    text: str


@dataclass(frozen=True)
class Section:
    """What stands below a heading, up to the next one."""

    heading: str
    """As text, without its marks."""
    text: str
    """The first paragraph."""
    rows: tuple[tuple[str, ...], ...]
    """The cells of its tables as they are written, without their headers."""


@dataclass(frozen=True)
class Page:
    """One document."""

    path: Path

    @property
    def name(self) -> str:
        """Its path within the project."""
        return self.path.relative_to(PROJECT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def _tokens(self) -> list[Token]:
        return _MARKDOWN.parse(self.text)

    @property
    def headings(self) -> list[str]:
        """As text, without their marks."""
        return [
            "".join(part.content for part in inline.children or ())
            for opening, inline in pairwise(self._tokens)
            if opening.type == "heading_open"
        ]

    @property
    def sections(self) -> list[Section]:
        """Those of the second level."""
        found = []
        for part in re.split(r"^## ", self.text, flags=re.MULTILINE)[1:]:
            heading, _, below = part.partition("\n")
            tokens = _MARKDOWN.parse(below)
            text = next((token.content for token in tokens if token.type == "inline"), "")
            in_body = False
            cells: list[list[str]] = []
            for opening, inline in pairwise(tokens):
                in_body = (in_body or opening.type == "tbody_open") and opening.type != "tbody_close"
                if in_body and opening.type == "tr_open":
                    cells.append([])
                elif in_body and opening.type == "td_open":
                    cells[-1].append(inline.content)
            found.append(Section(heading.strip("` "), text, tuple(map(tuple, cells))))
        return found

    @property
    def anchors(self) -> set[str]:
        """What GitHub names the headings."""
        seen: Counter[str] = Counter()
        found = set()
        for heading in self.headings:
            anchor = _NO_PART_OF_ANCHORS.sub("", heading.lower()).replace(" ", "-")
            found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
            seen[anchor] += 1
        return found

    @property
    def links(self) -> list[str]:
        """Where links and pictures lead, as written."""
        inline = [part for token in self._tokens for part in token.children or ()]
        found = [str(part.attrGet("href") or part.attrGet("src")) for part in inline if part.attrs]
        html = [token.content for token in (*self._tokens, *inline) if token.type.startswith("html")]
        return found + [link for text in html for link in _IN_HTML.findall(text)]

    @property
    def blocks(self) -> list[Block]:
        """Its fenced blocks, in their order."""
        return [Block(token.info.strip(), token.content) for token in self._tokens if token.type == "fence"]

    @property
    def indented(self) -> list[str]:
        """Its blocks that are only indented, which cannot say their language."""
        return [token.content for token in self._tokens if token.type == "code_block"]

    @property
    def code_in_text(self) -> list[str]:
        """What stands between backticks."""
        return [
            part.content
            for token in self._tokens
            for part in token.children or ()
            if part.type == "code_inline"
        ]


def pages() -> list[Page]:
    """Find the documents that belong to the project."""
    return [Page(path) for path in sorted((*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")))]


PAGES = pages()
