"""docs/local-aws.md against the server's command line."""

import re
import subprocess
import sys

from tests.docs.pages import Page
from tests.project import PROJECT

PAGE = Page(PROJECT / "docs" / "local-aws.md")


def test_the_page_has_the_options_of_the_command_line() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "local_aws", "--help"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    (options,) = (section for section in PAGE.sections if section.heading == "Options")
    on_the_page = [name for row in options.rows for name in re.findall(r"--[a-z-]+", row[0])]
    assert sorted(on_the_page) == sorted(set(re.findall(r"--[a-z-]+", told.stdout)) - {"--help"})
