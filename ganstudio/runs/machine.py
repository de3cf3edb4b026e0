"""How busy this machine is: processor, memory, and GPUs as NVIDIA's driver tells it."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from typing import Any

import psutil

psutil.cpu_percent()  # the first call of a process only begins to measure


def machine() -> dict[str, Any]:
    """{"cpu": per cent since the last call, "memory": [used, total], "gpus": [{"name", "use": per cent,
    "memory": [used, total]}]}; memory in bytes."""
    memory = psutil.virtual_memory()
    return {"cpu": psutil.cpu_percent(), "memory": [memory.total - memory.available, memory.total], "gpus": _gpus()}


def _gpus() -> list[dict[str, Any]]:
    driver = shutil.which("nvidia-smi")
    if driver is None:
        return []
    query = [driver, "--query-gpu=name,index,utilization.gpu,memory.used,memory.total"]
    found = []
    with suppress(OSError, subprocess.SubprocessError):
        told = subprocess.run(
            [*query, "--format=csv,noheader,nounits"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
        for line in told.splitlines():
            name, index, *figures = (part.strip() for part in line.split(","))
            if len(figures) == 3 and all(figure.isdecimal() for figure in figures):  # not "[N/A]"
                use, used, total = (int(figure) for figure in figures)
                gpu = {"name": f"{name} ({index})", "use": use, "memory": [used * 2**20, total * 2**20]}
                found.append(gpu)
    return found
