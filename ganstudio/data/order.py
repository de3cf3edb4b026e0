"""Which picture comes when: an endless shuffled order that is a pure function of (seed, position).

A position counts pictures seen since the start of the run, so a resumed run goes on with exactly the pictures,
and the same random changes of them, that an uninterrupted one would have seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from torch.utils.data import Sampler


@lru_cache(maxsize=2)
def _permutation(seed: int, epoch: int, length: int) -> np.ndarray:
    return np.random.default_rng([seed, epoch]).permutation(length)


def index_at(seed: int, position: int, length: int) -> int:
    """The picture at `position` of the endless order over `length` pictures; each epoch is a permutation."""
    epoch, offset = divmod(position, length)
    return int(_permutation(seed, epoch, length)[offset])


def rng_at(seed: int, position: int) -> np.random.Generator:
    """The generator of all random changes made to the picture at `position`."""
    return np.random.default_rng([seed, 1, position])


def fold_of(name: str, folds: int) -> int:
    """The fold that a picture belongs to: a stable function of its name, whatever else is in the folder."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % folds


class Positions(Sampler[int]):
    """This process's positions from `start` on: its slice of every global batch, until `stop`."""

    def __init__(self, start: int, stop: int, batch: int, rank: int = 0, world: int = 1) -> None:
        if batch % world:
            raise ValueError(f"a batch of {batch} does not divide among {world} processes")
        self.start, self.stop, self.batch, self.rank, self.world = start, stop, batch, rank, world

    def __iter__(self) -> Iterator[int]:
        share = self.batch // self.world
        for first in range(self.start, self.stop, self.batch):
            yield from range(first + self.rank * share, first + (self.rank + 1) * share)
