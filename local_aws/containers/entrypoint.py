"""Run a processing job's entrypoint inside its container, with the job's files at /opt/ml."""

import json
import os
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from local_aws.containers.private_mount import (
    has_own_processes,
    lock_mounts,
    make_all_else_read_only,
    mount_at_opt_ml,
    mount_own_proc,
)
from local_aws.containers.process_tree import die_with_parent, end_descendants, keep_orphans
from local_aws.opt_ml import CONTAINER_BASE, OptMl

# The exit code of a shell for a command that it cannot run (POSIX, 2.8.2 Exit Status for Commands).
_NOT_FOUND = 127
_BY_SIGNAL = 128
# Variables of this process that the entrypoint does not get.
_NOT_INHERITED = ("PYTHONPATH", "SAGEMAKER_BASE_DIR", "LOCAL_AWS_JOB_MEMORY", "LOCAL_AWS_JOB_PROCESSES")


def prepare(opt_ml: OptMl) -> OptMl:
    """Put the job's files at /opt/ml. Call it in a process without threads; it cannot start any later.

    All other files become read-only. Where the system does not allow that, log it.

    Where it does not even allow the first, rewrite the paths in the entrypoint and its arguments, and log it:
    a script that names "/opt/ml/..." itself does not find its files there.

    Returns:
        Where the job's files are now.
    """
    try:
        mount_at_opt_ml(opt_ml.base)
    except OSError as error:
        print(
            f"Local AWS: this system gives a job no /opt/ml of its own ({error}). Paths in the entrypoint "
            f"and its arguments lead to {opt_ml.base} instead; a script that names /opt/ml itself will fail.",
            flush=True,
        )
        config = json.loads(opt_ml.processing_config.read_text())
        config["AppSpecification"] = with_paths_below(opt_ml.base, config["AppSpecification"])
        opt_ml.processing_config.write_text(json.dumps(config))
        return opt_ml
    try:
        make_all_else_read_only()
    except OSError as error:
        print(f"Local AWS: this system keeps a job from writing to no files ({error}).", flush=True)
    return OptMl(CONTAINER_BASE)


def with_paths_below(base: Path, app_specification: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
    """Return an AppSpecification in which paths below /opt/ml are below another directory instead."""
    return {
        name: [word.replace(f"{CONTAINER_BASE}/", f"{base}/") for word in words]
        if isinstance(words, list)
        else words
        for name, words in app_specification.items()
    }


def run(opt_ml: OptMl) -> int:
    """Run the entrypoint to its end, and end with it all that it has started.

    It is for the entrypoint to handle SIGTERM.

    Returns:
        The exit code, as a shell would return it.
    """
    # A handler, and not SIG_IGN, which the entrypoint would inherit.
    signal.signal(signal.SIGTERM, lambda *_: None)
    if not has_own_processes():
        keep_orphans()
        try:
            return _run_entrypoint(opt_ml)
        finally:
            end_descendants(os.getpid())
    return _in_child(lambda: _run_as_first(opt_ml))


def run_apart(opt_ml: OptMl) -> int:
    """Prepare and run the entrypoint in a process of its own, which may enter namespaces as this one may not.

    Returns:
        The exit code, as a shell would return it.
    """
    signal.signal(signal.SIGTERM, lambda *_: None)

    def prepare_and_run() -> int:
        return run(prepare(opt_ml))

    return _in_child(prepare_and_run)


def _in_child(work: Callable[[], int]) -> int:
    """Do some work in a child, which ends with this process, and return its exit code."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            die_with_parent()
            code = work()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    exit_code = os.waitstatus_to_exitcode(status)
    return exit_code if exit_code >= 0 else _BY_SIGNAL - exit_code


def _run_as_first(opt_ml: OptMl) -> int:
    """Run the entrypoint as the first process of a namespace.

    The kernel ends all others in it with this one, and none of them can end who waits for it outside.
    """
    mount_own_proc()
    lock_mounts()
    limit_processes(int(os.environ.get("LOCAL_AWS_JOB_PROCESSES", "0")))
    return _run_entrypoint(opt_ml)


def limit_processes(most: int) -> None:
    """Limit the processes of this namespace's user, where there is a limit. Root has none (setrlimit(2))."""
    if most:
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def _run_entrypoint(opt_ml: OptMl) -> int:
    config = json.loads(opt_ml.processing_config.read_text())
    specification = config["AppSpecification"]
    command = [*specification["ContainerEntrypoint"], *specification.get("ContainerArguments", [])]
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    ours = {
        # The images' python3 is the interpreter that we run on.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{inherited.get('PATH', os.defpath)}",
        "HOME": str(opt_ml.base),
        "TMPDIR": str(opt_ml.temporary),
    }
    environment = {**inherited, **ours, **config.get("Environment", {})}
    listeners = [int(environment["LOCAL_AWS_LISTENER"])] if "LOCAL_AWS_LISTENER" in inherited else []
    try:
        process = subprocess.Popen(  # noqa: S603 - its purpose
            command, cwd=opt_ml.base, env=environment, stdin=subprocess.DEVNULL, pass_fds=listeners
        )
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", flush=True)
        return _NOT_FOUND
    exit_code = _wait_as_parent_of_all(process.pid)
    process.returncode = exit_code
    return exit_code if exit_code >= 0 else _BY_SIGNAL - exit_code


def _wait_as_parent_of_all(wanted: int) -> int:
    """Reap what ends, orphans too, until the entrypoint itself has ended. Return its exit code."""
    while True:
        pid, status = os.wait()
        if pid == wanted:
            return os.waitstatus_to_exitcode(status)
