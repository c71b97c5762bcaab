"""The entrypoint's /opt/ml: a private one where the system has it, rewritten paths where not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws.containers.entrypoint import with_paths_below
from local_aws.opt_ml import OptMl
from tests.project import PROJECT

WRITES = "import sys; open(sys.argv[1] + '/seen', 'w').write(sys.argv[1]); sys.exit(7)"
PREPARE_AND_RUN = """
import sys
from pathlib import Path
from local_aws.containers import entrypoint
from local_aws.opt_ml import OptMl

def refuse(directory):
    raise PermissionError(1, "Operation not permitted", "unshare")

if sys.argv[2] == "without":
    entrypoint.mount_at_opt_ml = refuse
sys.exit(entrypoint.run(entrypoint.prepare(OptMl(Path(sys.argv[1])))))
"""


def run_entrypoint(
    script: str, folder: Path, namespaces: str
) -> tuple[OptMl, "subprocess.CompletedProcess[str]"]:
    """Run a script as the entrypoint of a processing job, with or without namespaces."""
    opt_ml = OptMl(folder)
    opt_ml.create()
    opt_ml.processing_config.parent.mkdir()
    application = {
        "ImageUri": "image",
        "ContainerEntrypoint": ["python3", "-c", script],
        "ContainerArguments": ["/opt/ml/output"],
    }
    opt_ml.processing_config.write_text(json.dumps({"AppSpecification": application}))
    ran = subprocess.run(
        [sys.executable, "-c", PREPARE_AND_RUN, str(folder), namespaces],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        cwd=PROJECT,
    )
    return opt_ml, ran


@pytest.mark.parametrize(("namespaces", "is_rewritten"), [("with", False), ("without", True)])
def test_arguments_lead_to_the_jobs_files_either_way(
    tmp_path: Path, namespaces: str, is_rewritten: bool
) -> None:
    opt_ml, ran = run_entrypoint(WRITES, tmp_path, namespaces)
    assert ran.returncode == 7, ran.stderr
    expected = f"{tmp_path}/output" if is_rewritten else "/opt/ml/output"
    assert (opt_ml.output / "seen").read_text() == expected
    assert ("gives a job no /opt/ml of its own" in ran.stdout) is is_rewritten
    assert ("Operation not permitted" in ran.stdout) is is_rewritten


TRIES_TO_WRITE = """
import ctypes, os, pathlib, sys, tempfile

seen = []
for folder in ("/", "/etc", "/var/tmp", "/opt", {outside!r}, {project!r}, "/proc/1/root/" + {outside!r}):
    try:
        pathlib.Path(folder, "written").write_text("by a script")
        seen.append("wrote to " + folder)
    except OSError as error:
        seen.append(error.strerror)
try:
    with open({kept!r}, "a") as kept:
        kept.write("more")
except OSError as error:
    seen.append(error.strerror)
libc = ctypes.CDLL(None)
# MS_REMOUNT | MS_BIND, and a mount of its own that is not read-only; mount_setattr(2) of all.
seen.append(libc.mount(None, b"/", None, ctypes.c_ulong(0x20 | 0x1000), None))
attributes = (ctypes.c_uint64 * 4)(0, 1, 0, 0)
seen.append(libc.syscall(442, -100, b"/", 0x8000, ctypes.byref(attributes), ctypes.c_size_t(32)))
pathlib.Path("here").write_text("in the working directory")
pathlib.Path(tempfile.mkdtemp(), "file").write_text("")
pathlib.Path("/tmp/file").write_text("")
pathlib.Path("/opt/ml/output/seen").write_text("\\n".join(map(str, seen)))
"""


@pytest.mark.skipif(
    Path(sys.prefix).is_relative_to("/tmp"),  # noqa: S108 - no file is made
    reason="Python is below /tmp, which a job then sees, and cannot write to",
)
def test_nothing_outside_its_folders_is_writable(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "job"
    outside.mkdir()
    folder.mkdir()
    (outside / "kept").write_text("as it was")
    script = TRIES_TO_WRITE.format(outside=str(outside), project=str(PROJECT), kept=str(outside / "kept"))
    opt_ml, ran = run_entrypoint(script, folder, "with")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    refused, gone = "Read-only file system", "No such file or directory"
    seen = (opt_ml.output / "seen").read_text().splitlines()
    assert seen[:4] == [refused] * 4
    # What is below /tmp is out of sight.
    assert set(seen[4:8]) <= {refused, gone}
    assert seen[8:] == ["-1", "-1"]
    assert (outside / "kept").read_text() == "as it was"
    assert [path.name for path in outside.iterdir()] == ["kept"]
    assert (folder / "here").read_text() == "in the working directory"


DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open(sys.argv[1] + "/daemon", "w").write(os.readlink("/proc/self"))
        time.sleep(600)
    os._exit(0)
os.wait()
while not os.path.exists(sys.argv[1] + "/daemon"):
    time.sleep(0.01)
"""


@pytest.mark.parametrize("namespaces", ["with", "without"])
def test_a_daemon_ends_with_the_entrypoint_either_way(tmp_path: Path, namespaces: str) -> None:
    # The daemon holds the output open: where it lived on, this would not end.
    opt_ml, ran = run_entrypoint(DAEMON, tmp_path, namespaces)
    assert ran.returncode == 0, ran.stderr
    assert (opt_ml.output / "daemon").exists()


def test_only_words_are_rewritten_that_name_a_path_below_opt_ml() -> None:
    application: dict[str, str | list[str]] = {
        "ImageUri": "/opt/ml/image",
        "ContainerEntrypoint": ["python3", "/opt/ml/processing/code/a.py"],
        "ContainerArguments": ["--to=/opt/ml/processing/out", "/opt/mlops", "x"],
    }
    assert with_paths_below(Path("/job"), application) == {
        "ImageUri": "/opt/ml/image",
        "ContainerEntrypoint": ["python3", "/job/processing/code/a.py"],
        "ContainerArguments": ["--to=/job/processing/out", "/opt/mlops", "x"],
    }


MOUNT = """
import os, sys
from pathlib import Path
from local_aws.containers.private_mount import mount_at_opt_ml
mount_at_opt_ml(Path(sys.argv[1]))
Path("/opt/ml/made").write_text("inside")
print(*sorted(os.listdir("/opt")), sep="\\n")
"""


def test_a_private_mount_hides_nothing_of_opt_and_is_not_seen_outside(tmp_path: Path) -> None:
    before = sorted(os.listdir("/opt"))  # noqa: PTH208 - names are compared
    ran = subprocess.run(
        [sys.executable, "-c", MOUNT, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        cwd=PROJECT,
    )
    assert ran.stdout.split("\n")[:-1] == sorted({*before, "ml"})
    assert sorted(os.listdir("/opt")) == before  # noqa: PTH208 - as above
    assert (tmp_path / "made").read_text() == "inside"


@pytest.mark.parametrize("path", ["/etc/passwd", "/opt/ml/../../etc", "relative", "/opt/mlops"])
def test_a_path_outside_opt_ml_has_no_place(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="is not below /opt/ml"):
        OptMl(tmp_path).at(path)
