"""Put a directory at /opt/ml for this process and its children only, and nobody else in sight (Linux)."""

import ctypes
import os
from pathlib import Path

_OPT = Path("/opt")
# <sched.h> and <sys/mount.h>
_CLONE_NEWNS, _CLONE_NEWUSER, _CLONE_NEWPID = 0x0002_0000, 0x1000_0000, 0x2000_0000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x4_0000


def mount_at_opt_ml(directory: Path) -> None:
    """Enter a new user and mount namespace in which `directory` is /opt/ml, with processes of its own.

    The next process that this one starts becomes the first of a new process namespace.

    /opt may lack `ml`, and only root can make it. So a file system in memory takes the place of /opt, and
    everything else in /opt is mounted again where it was. The process becomes root of its namespace, as in
    SageMaker's containers. Outside of the namespace it keeps its user.

    Call it before the process starts a thread (unshare(2)).

    Raises:
        OSError: The system is not Linux, or does not allow user namespaces.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "unshare"):
        raise OSError("this system has no mount namespaces")
    user, group = os.getuid(), os.getgid()
    _check(libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")

    def mount(source: str, target: Path, kind: str | None, flags: int) -> None:
        names = (source.encode(), os.fsencode(target), kind.encode() if kind else None)
        _check(libc.mount(*names, ctypes.c_ulong(flags), None), f"mount {target}")

    mount("none", Path("/"), None, _MS_REC | _MS_PRIVATE)
    covered = os.open(_OPT, os.O_RDONLY | os.O_DIRECTORY)
    try:
        mount("tmpfs", _OPT, "tmpfs", 0)
        for entry in os.scandir(covered):
            place = _OPT / entry.name
            if entry.name == "ml":
                continue
            if entry.is_symlink():
                place.symlink_to(os.readlink(entry.name, dir_fd=covered))
                continue
            if entry.is_dir():
                place.mkdir()
            else:
                place.touch()
            mount(f"/proc/self/fd/{covered}/{entry.name}", place, None, _MS_BIND | _MS_REC)
    finally:
        os.close(covered)
    (_OPT / "ml").mkdir()
    mount(str(directory), _OPT / "ml", None, _MS_BIND | _MS_REC)


def has_own_processes() -> bool:
    """Tell whether what this process starts next is the first of a process namespace."""
    try:
        own = Path("/proc/self/ns/pid").readlink()
    except OSError:
        return False
    try:
        return Path("/proc/self/ns/pid_for_children").readlink() != own
    except FileNotFoundError:
        # pid_namespaces(7): the link leads nowhere before the first process is there.
        return True


def mount_own_proc() -> None:
    """Show the processes of this namespace in /proc, and no others.

    Where the system keeps parts of /proc covered, as container engines do, it does not allow this: then the
    others are seen, but cannot be signalled either.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mount(b"proc", b"/proc", b"proc", ctypes.c_ulong(0), None)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
