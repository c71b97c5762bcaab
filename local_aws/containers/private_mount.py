"""Put a directory at /opt/ml for this process and its children, which see nobody else and write nowhere else.

All of it needs Linux.
"""

import ctypes
import os
import sys
from pathlib import Path

from local_aws.opt_ml import OptMl

_OPT, _TMP, _SHARED_MEMORY = Path("/opt"), Path("/tmp"), Path("/dev/shm")  # noqa: S108 - they are mounted
# <sched.h> and <sys/mount.h>
_CLONE_NEWNS, _CLONE_NEWUSER, _CLONE_NEWPID = 0x0002_0000, 0x1000_0000, 0x2000_0000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x4_0000
# <asm-generic/unistd.h>, <fcntl.h> and <linux/mount.h>
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 0x1


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
    _become_root_of_namespaces(_CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID)
    _mount("none", Path("/"), None, _MS_REC | _MS_PRIVATE)
    covered = os.open(_OPT, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _mount("tmpfs", _OPT, "tmpfs", 0)
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
            _mount(f"/proc/self/fd/{covered}/{entry.name}", place, None, _MS_BIND | _MS_REC)
    finally:
        os.close(covered)
    (_OPT / "ml").mkdir()
    _mount(str(directory), _OPT / "ml", None, _MS_BIND | _MS_REC)


def _become_root_of_namespaces(flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "unshare"):
        raise OSError("this system has no mount namespaces")
    user, group = os.getuid(), os.getgid()
    _check(libc.unshare(flags), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def _mount(source: str, target: Path, kind: str | None, flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    names = (source.encode(), os.fsencode(target), kind.encode() if kind else None)
    _check(libc.mount(*names, ctypes.c_ulong(flags), None), f"mount {target}")


def make_all_else_read_only() -> None:
    """Make every file system read-only but /opt/ml, and /tmp and /dev/shm, which become the job's own.

    Where Python itself is below /tmp, that stays in sight, and is read-only too.

    Call it after `mount_at_opt_ml`. What this process can make writable again, it cannot any more after
    `lock_mounts`.

    Raises:
        OSError: The system does not allow it, or is older than Linux 5.12.
    """
    writable = [_OPT / "ml"]
    if not any(Path(entry).resolve().is_relative_to(_TMP) for entry in (sys.prefix, *sys.path)):
        _mount(str(OptMl(_OPT / "ml").temporary), _TMP, None, _MS_BIND)
        writable.append(_TMP)
    _set_read_only(Path("/"), is_read_only=True, flags=_AT_RECURSIVE)
    for place in writable:
        _set_read_only(place, is_read_only=False, flags=0)
    if _SHARED_MEMORY.is_dir():
        _mount("tmpfs", _SHARED_MEMORY, "tmpfs", 0)


def _set_read_only(place: Path, *, is_read_only: bool, flags: int) -> None:
    # struct mount_attr: attr_set, attr_clr, propagation, userns_fd
    wanted = (_MOUNT_ATTR_RDONLY, 0) if is_read_only else (0, _MOUNT_ATTR_RDONLY)
    attributes = (ctypes.c_uint64 * 4)(*wanted, 0, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(
        ctypes.c_long(_MOUNT_SETATTR),
        _AT_FDCWD,
        os.fsencode(place),
        flags,
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
    )
    _check(result, f"mount_setattr {place}")


def lock_mounts() -> None:
    """Enter one more user and mount namespace, in which what is read-only stays so, even for its root.

    Source: mount_namespaces(7), "Restrictions on mount namespaces".

    Raises:
        OSError: The system does not allow it.
    """
    _become_root_of_namespaces(_CLONE_NEWUSER | _CLONE_NEWNS)


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
