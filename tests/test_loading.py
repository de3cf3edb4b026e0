"""Batches come from worker processes without shared memory."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from ganstudio.data import loading
from ganstudio.data.loading import Rows, fitting


def test_a_batch_holds_no_tensors_until_it_has_arrived() -> None:
    rows = [(torch.full((3, 2, 2), k, dtype=torch.uint8), k) for k in range(4)]
    for batch in DataLoader(rows, batch_size=2, collate_fn=Rows, num_workers=1):  # type: ignore[arg-type]
        assert all(isinstance(part, np.ndarray) for part in batch.parts)  # a tensor would have come by /dev/shm
        pictures, labels = batch
        assert pictures.shape == (2, 3, 2, 2) and pictures.dtype == torch.uint8
        assert labels.dtype == torch.int64 and pictures[:, 0, 0, 0].tolist() == labels.tolist()


@pytest.mark.parametrize(("pages", "workers"), [(0, 0), (10, 0), (13, 1), (16, 2), (10_000, 4)])
def test_no_more_workers_than_shared_memory_has_room_for(
    pages: int, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading.shutil, "disk_usage", lambda path: SimpleNamespace(free=pages * loading.PAGE))
    assert fitting(4) == workers and fitting(0) == 0


def test_systems_without_such_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(path: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(loading.shutil, "disk_usage", absent)
    assert fitting(4) == 4
