"""How much memory there is for local AWS and its jobs."""

import os
from pathlib import Path

# What the process's container may have (cgroup v2); it says "max" where that is all.
_CGROUP = Path("/sys/fs/cgroup/memory.max")


def machine_memory() -> int:
    """Return the bytes of memory of this machine, or of the container that this process runs in."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        told = _CGROUP.read_text(encoding="ascii").strip()
    except OSError:
        return total
    return min(total, int(told)) if told.isdecimal() else total
