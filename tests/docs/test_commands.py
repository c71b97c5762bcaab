"""Every command of the documents runs: here, or in a test that is named here, or it says what it needs."""

import re
import shlex
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.aws.clients import Aws
from tests.docs.made_run import make_run
from tests.docs.pages import PAGES, Block, Page
from tests.docs.terminal import AWS_CLI, Terminal
from tests.pipeline.data.encoding.churn import churn, fitted
from tests.project import PROJECT
from tests.services.local_aws_server import local_aws_server

NEEDS = ("# needs AWS\n", "# needs Docker\n", "# needs Kubernetes\n", "# needs Slack\n")
# What tests elsewhere run, and what these say for it.
ELSEWHERE = {
    "make demo": ("tests/e2e/test_demo.py", "local_stack.demo"),
    "make up": ("tests/e2e/test_browser.py", "local_stack.up"),
    "make up SOURCE_FOLDER=/tmp/bank": ("tests/local_stack/test_up.py", "SOURCE_FOLDER={tmp_path}"),
    "make backfill": ("tests/local_stack/test_backfill.py", "local_stack.backfill"),
    "make spread PIPELINE=bank_marketing DATA=include/datasets/bank_marketing_sample.csv TIMES=5": (
        "tests/inspection/test_repeated_splits.py",
        "repeated_splits.main()",
    ),
    "make env": ("tests/local_stack/test_make_env.py", "local_stack.make_env"),
    "make .venv/.installed": (".ci/run", "make lint"),
    "make mwaa": ("tests/deploy/mwaa/test_bundle.py", "deploy.mwaa.bundle"),
    "python -m local_aws --port 5555": ("tests/services/local_aws_server.py", '"-m", "local_aws", "--port"'),
    "python -m local_aws --port 5555 --interrupt-spot 10 60": (
        "tests/operators/sagemaker/test_spot.py",
        '"--interrupt-spot"',
    ),
}
LANGUAGES = {"ini", "json", "python", "sh", "sql", "text", "yaml"}
# These are about a run that their reader has made; whether its endpoint was kept.
ABOUT_A_RUN = {"docs/aws.md": False, "docs/serving.md": True}


def commands(block: Block) -> list[str]:
    """Split a block into its commands, each on one line, without comments."""
    lines = block.text.replace("\\\n", " ").splitlines()
    words = [shlex.split(line, comments=True) for line in lines]
    return [" ".join(line) for line in words if line]


def is_run_elsewhere(command: str) -> bool:
    return command in ELSEWHERE or command.partition(" FROM=")[0] == "make backfill"


def is_run_here(block: Block) -> bool:
    if block.language == "python":
        return True
    is_command = block.language == "sh" and not block.text.startswith(NEEDS)
    return is_command and not all(is_run_elsewhere(command) for command in commands(block))


def blocks_to_run() -> dict[Page, list[Block]]:
    """Find what is run of each page. What a page types that was run for another, is not run again."""
    seen: set[str] = set()
    found = {}
    for page in sorted(PAGES, key=lambda page: page.name not in ABOUT_A_RUN):
        blocks = [block for block in page.blocks if is_run_here(block)]
        if page.name not in ABOUT_A_RUN:
            blocks = [
                block
                for block in blocks
                if block.language == "python" or not seen.issuperset(commands(block))
            ]
        seen |= {command for block in blocks if block.language == "sh" for command in commands(block)}
        if blocks:
            found[page] = blocks
    return found


TO_RUN = blocks_to_run()


def test_commands_are_found() -> None:
    assert {"docs/aws.md", "docs/serving.md", "docs/operations.md", "CONTRIBUTING.md"} <= {
        page.name for page in TO_RUN
    }
    run = {
        command
        for blocks in TO_RUN.values()
        for block in blocks
        if block.language == "sh"
        for command in commands(block)
    }
    assert {"airflow db migrate", "airflow variables set sagemaker_deployment_id prod"} <= run
    assert commands(Block("sh", "make demo    # once\n\n# why\naws a \\\n    b\n")) == [
        "make demo",
        "aws a b",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_says_what_it_is_of(page: Page) -> None:
    assert {block.language for block in page.blocks} <= LANGUAGES
    if page.name != "ARCHITECTURE.md":  # its maps
        assert page.indented == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_block_is_run_in_parts(page: Page) -> None:
    for block in page.blocks:
        if is_run_here(block) and block.language == "sh":
            assert [command for command in commands(block) if is_run_elsewhere(command)] == []


@pytest.mark.parametrize("command", ELSEWHERE)
def test_what_runs_elsewhere_does(command: str) -> None:
    file, text = ELSEWHERE[command]
    assert text in (PROJECT / file).read_text(encoding="utf-8")
    typed = [
        found
        for page in PAGES
        for block in page.blocks
        if block.language == "sh"
        for found in commands(block)
    ]
    assert [found for found in typed if is_run_elsewhere(found) and found.startswith(command)]


# CHANGELOG.md names what there was.
@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=lambda page: page.name
)
def test_what_is_named_in_the_text_is_there(page: Page) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))
    for code in page.code_in_text:
        words = code.split()
        if words[:1] == ["make"]:
            assert {word for word in words[1:] if "=" not in word} <= targets, code
        if words[:2] == ["python", "-m"] and words[2] != "pytest":
            assert find_spec(words[2]), code


@pytest.fixture(scope="module")
def airflow_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an Airflow that knows the DAGs and has run none. Made once, as it takes long."""
    terminal = Terminal.opened(tmp_path_factory.mktemp("airflow"), "http://127.0.0.1:1")
    terminal.type(Block("sh", "airflow db migrate\nairflow dags reserialize\n"))
    return terminal.airflow_database


@pytest.mark.slow
@pytest.mark.stacks
@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", TO_RUN, ids=lambda page: page.name)
def test_the_commands_of_a_page_run(page: Page, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    blocks = TO_RUN[page]
    programs = {line.split(maxsplit=1)[0] for block in blocks for line in block.text.splitlines() if line}
    if "aws" in programs and not AWS_CLI.is_dir():
        pytest.skip(f"the AWS CLI is not at {AWS_CLI} (`make test` puts it there)")
    with local_aws_server() as server:
        terminal = Terminal.opened(tmp_path, server.url)
        if "airflow" in programs:
            made: Path = request.getfixturevalue("airflow_database")
            terminal.airflow_database.parent.mkdir()
            shutil.copyfile(made, terminal.airflow_database)
        if page.name in ABOUT_A_RUN:
            plan = make_run(Aws(server.url), keep_endpoint=ABOUT_A_RUN[page.name])
            terminal.environment["BUCKET"] = plan.bucket
        if page.name == "CONTRIBUTING.md":
            subprocess.run(["/usr/bin/git", "init", "--quiet"], cwd=terminal.folder, check=True)
        elif page.name == "docs/local-aws.md":
            # The page says how they are set.
            for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE"):
                del terminal.environment[name]
        elif page.name == "docs/own-data.md":
            # What a run has left, and rows that its reader has.
            (terminal.folder / "encoding.json").write_bytes(fitted(churn())[0].content)
            (terminal.folder / "rows.csv").write_text(churn().to_csv(index=False))
        terminal.type(*blocks)
        assert left_over(Aws(server.url)) == []


def left_over(aws: Aws) -> list[str]:
    """Name what is billed, and who may log in: whoever follows a page to its end has none of it."""
    sagemaker, iam = aws.client("sagemaker"), aws.client("iam")
    found = (
        *(endpoint["EndpointName"] for endpoint in sagemaker.list_endpoints()["Endpoints"]),
        *(user["UserName"] for user in iam.list_users()["Users"]),
        *(role["RoleName"] for role in iam.list_roles()["Roles"]),
    )
    return list(found)
