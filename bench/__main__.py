"""All measurements, one after the other, into docs/performance.md: `make bench`.

    python -m bench [NAME ...]

Names are of scripts, such as `prepare`; without one all are run. Those that are named are renewed on the
page, the figures of others stay.
"""

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.figures import Figure, read_line
from tests.project import PROJECT

PAGE = PROJECT / "docs" / "performance.md"
SCRIPTS = {
    "prepare": "Preparing data",
    "download": "Download",
    "training_time": "Training on local AWS",
    "evaluate": "Evaluation",
    "scoring": "New rows",
    "report_time": "Report",
    "models_page": "Pages in Airflow",
    "plan_run": "Plan",
    "dag_import": "DAG file",
    "whole_run": "Whole run",
    "endpoint_start": "Endpoint of local AWS",
    "script_mode": "Scripts on local AWS",
    "invoke_batch": "Many rows in one request",
    "invoke_load": "One row in each request",
    "signature_cost": "Signatures",
    "put_object": "Objects of local AWS",
    "memory": "Memory of local AWS",
    "many_at_once": "Many jobs at once",
    "profiles": "Where the time goes",
}
"""Each script of this folder that `make bench` runs, with its heading on the page."""

_HEAD = """# Performance

Written by `make bench` (see [Checks](../CONTRIBUTING.md#checks)); one script in `bench/` for each section.
What is compared is measured side by side in one run, in turns: figures are medians, ratios are of pairs. A
ratio holds on other machines, a time does not.
"""


def machine() -> str:
    """Describe this machine: processor, memory, system, and how busy it was."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = models[0] if models else platform.processor() or platform.machine()
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores of {processor}, {memory:.0f} GB of memory, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}; load average {os.getloadavg()[1]:.1f} in "
        "the five minutes before"
    )


def section(name: str, figures: list[Figure], where: str, text: str) -> str:
    """Write the figures of one script, and its text, as a section of the page."""
    rows = "\n".join(
        f"| {figure.name} | {figure.told} | {figure.wanted} | {'' if figure.is_met else 'not met'} |"
        for figure in figures
    )
    return (
        f"## {SCRIPTS[name]}\n\n`python -m bench.{name}`, {datetime.now(UTC):%Y-%m-%d}. {where}.\n\n"
        f"| figure | measured | has to be | |\n| --- | --- | --- | --- |\n{rows}\n"
        f"{text and chr(10) + text}"
    )


def sections(page: str) -> dict[str, str]:
    """Return the sections of a page by their headings."""
    _, *found = f"\n{page}".split("\n## ")
    return {text.partition("\n")[0]: f"## {text.rstrip()}\n" for text in found}


def measure(name: str) -> tuple[list[Figure], str]:
    """Run a script, and return its figures and the text below them; its output is shown meanwhile.

    Raises:
        SystemExit: It failed, or told no figure.
    """
    command = [sys.executable, "-m", f"bench.{name}"]
    figures: list[Figure] = []
    text = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own code
        for line in process.stdout or ():
            found, below = read_line(line)
            figures += found
            text += below
            if not found:
                print(line, end="", flush=True)
    if process.returncode or not figures:
        raise SystemExit(f"bench.{name} ended with {process.returncode}, and {len(figures)} figures")
    return figures, text


def main() -> None:
    """Measure, and write the page after each script: what was measured stays, whatever comes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCRIPTS))
    names = parser.parse_args().names or list(SCRIPTS)
    if unknown := set(names) - set(SCRIPTS):
        parser.error(f"no such script: {', '.join(sorted(unknown))}")
    for name in names:
        where = machine()
        figures, text = measure(name)
        known = sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
        known[SCRIPTS[name]] = section(name, figures, where, text)
        kept = [known[heading] for heading in SCRIPTS.values() if heading in known]
        PAGE.write_text("\n".join([_HEAD, *kept]), encoding="utf-8")


if __name__ == "__main__":
    main()
