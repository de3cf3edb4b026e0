"""How pictures come from the processes that prepare them: through pipes, and not through shared memory.

PyTorch's own way puts each batch into /dev/shm, of which containers have 64 MB or less; where it is full, workers die
of a bus error. A batch is some megabytes, which a pipe carries in milliseconds.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

_SHARED = Path("/dev/shm")
# What locks and queues take of it all the same: pages of 4096 bytes, in all and for each worker.
PAGE, PAGES, PAGES_EACH = 4096, 10, 3


class Rows:
    """A batch as a worker sends it: arrays, one for each part of its rows."""

    def __init__(self, rows: Sequence[tuple[Tensor | int, ...]]) -> None:
        parts = zip(*rows, strict=True)
        self.parts = [np.stack([np.asarray(each) for each in part]) for part in parts]

    def __iter__(self) -> Iterator[Tensor]:
        return map(torch.from_numpy, self.parts)

    def pin_memory(self) -> list[Tensor]:
        """As PyTorch's loader asks for it, in a thread of its own, where a GPU waits for the batch."""
        return [part.pin_memory() for part in self]


def fitting(workers: int) -> int:
    """`workers`, or fewer where shared memory has no room for so many; 0: the trainer prepares pictures itself."""
    try:
        room = shutil.disk_usage(_SHARED).free // PAGE
    except OSError:  # macOS and Windows have no such folder, and no such limit
        return workers
    return max(0, min(workers, (room - PAGES) // PAGES_EACH))
