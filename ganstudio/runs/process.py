"""Which process a run belongs to, so that a dead one is never taken for living nor a stranger for ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_START = 19  # field 22 of /proc/PID/stat, counted behind the command's name: start in clock ticks since boot


def identity(pid: int | None = None) -> dict[str, Any]:
    """Of a process, this one by default: its number; its start, in seconds since the epoch; and, where the system
    tells it, boot and start in the boot's own ticks, which no change of the clock moves. Raises psutil.NoSuchProcess.
    """
    process = psutil.Process(pid)
    return {"pid": process.pid, "started": process.create_time(), "boot": _since_boot(process.pid)}


def alive(identity: Mapping[str, Any]) -> bool:
    """Whether the very process that `identity` was taken of lives; False for what is no identity, and for zombies."""
    pid, started, boot = (identity.get(key) for key in ("pid", "started", "boot"))
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
        return False
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if boot and _since_boot(pid):
            return bool(boot == _since_boot(pid))
        return isinstance(started, int | float) and abs(process.create_time() - started) < 2
    except psutil.Error:
        return False


def _since_boot(pid: int) -> str:
    try:
        behind_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        return f"{_BOOT.read_text(encoding='ascii').strip()}:{behind_name.split()[_START]}"
    except (OSError, IndexError):
        return ""
