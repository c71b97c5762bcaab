"""What a document leads to is there: files, pictures, headings."""

import re
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import PAGES, Page
from tests.project import PROJECT


def leads_somewhere(page: Page, link: str) -> bool:
    """Tell whether a link's file and heading are in the project; links into the world are not followed."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
    if not target.exists() or not target.is_relative_to(PROJECT):
        return False
    return not parts.fragment or parts.fragment in Page(target).anchors


def test_the_documents_are_found() -> None:
    assert {"README.md", "README.es.md", "docs/aws.md", "docs/iam/README.md"} <= {page.name for page in PAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_to_something_in_the_project(page: Page) -> None:
    lost = [link for link in page.links if not leads_somewhere(page, link)]
    assert lost == []


def test_nearly_every_page_has_links() -> None:
    assert len([page for page in PAGES if page.links]) > len(PAGES) - 3


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_into_the_world_are_encrypted(page: Page) -> None:
    assert [link for link in page.links if link.startswith("http://")] in ([], ["http://127.0.0.1:8080"])


def test_readers_of_the_readme_find_every_document() -> None:
    readme = Page(PROJECT / "README.md")
    reached = {
        (PROJECT / urlsplit(link).path).resolve() for link in readme.links if not urlsplit(link).scheme
    }
    of_its_spanish_sister = PROJECT / "docs" / "tutorial.es.md"
    assert {page.path for page in PAGES} - reached == {readme.path, of_its_spanish_sister}


def test_pictures_say_what_they_show() -> None:
    for page in PAGES:
        for token in page._tokens:
            for part in token.children or ():
                assert part.type != "image" or part.content, f"{page.name}: {part.attrGet('src')}"


def test_every_picture_is_one_that_make_screenshots_takes() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    (command,) = re.findall(r"^\tSCREENSHOTS=.*", makefile, re.MULTILINE)
    files = [PROJECT / name for name in re.findall(r"tests/\S+\.py", command)]
    tests = "".join(file.read_text(encoding="utf-8") for file in files)
    # report-light and report-dark are one line there.
    taken = re.findall(r'take_picture\(browser, f?"([a-z-]+)', tests)
    assert {"report-tab", "approval"} <= set(taken)
    folder = PROJECT / "docs" / "images"
    shown = {
        (page.path.parent / link).resolve() for page in PAGES for link in page.links if link.endswith(".png")
    }
    assert shown
    assert shown <= set(folder.iterdir())
    assert [path.name for path in folder.iterdir() if not path.stem.startswith(tuple(taken))] == []


def test_a_link_to_nothing_is_noticed() -> None:
    page = Page(PROJECT / "docs" / "aws.md")
    assert leads_somewhere(page, "serving.md#delete-it")
    assert not leads_somewhere(page, "serving.md#delete-them")
    assert not leads_somewhere(page, "served.md")
    assert not leads_somewhere(page, "../../outside.md")


def test_the_anchors_are_those_of_github() -> None:
    assert {"2-choose-a-region", "10-clean-up"} <= Page(PROJECT / "docs" / "aws.md").anchors
    assert "keep_endpoint" in Page(PROJECT / "docs" / "params.md").anchors
