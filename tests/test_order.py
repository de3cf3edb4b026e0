"""The order of pictures: endless, a function of seed and position, shared out without overlap."""

from __future__ import annotations

from itertools import chain

import pytest

from ganstudio.data.order import Positions, fold_of, index_at, rng_at


@pytest.mark.parametrize("length", [1, 2, 7, 100])
def test_each_epoch_sees_every_picture_once(length: int) -> None:
    for epoch in range(3):
        seen = [index_at(5, position, length) for position in range(epoch * length, (epoch + 1) * length)]
        assert sorted(seen) == list(range(length))


def test_orders_differ_by_epoch_and_seed_and_do_not_depend_on_history() -> None:
    order = [index_at(1, p, 50) for p in range(100)]
    assert order[:50] != order[50:]
    assert order != [index_at(2, p, 50) for p in range(100)]
    assert [index_at(1, p, 50) for p in reversed(range(100))] == order[::-1]
    assert index_at(1, 10**9, 50) in range(50)


def test_random_changes_belong_to_their_position() -> None:
    draws = {(seed, p): rng_at(seed, p).random() for seed in (0, 1) for p in range(50)}
    assert len(set(draws.values())) == 100
    assert rng_at(1, 7).random() == draws[1, 7]


@pytest.mark.parametrize("world", [1, 2, 4])
@pytest.mark.parametrize("start", [0, 24])
def test_processes_share_every_batch(world: int, start: int) -> None:
    shares = [list(Positions(start, start + 32, 8, rank, world)) for rank in range(world)]
    assert sorted(chain(*shares)) == list(range(start, start + 32))
    for step in range(4):
        part = slice(step * 8 // world, (step + 1) * 8 // world)
        batch = sorted(chain(*(share[part] for share in shares)))
        assert batch == list(range(start + step * 8, start + step * 8 + 8))


def test_a_resumed_order_is_the_rest_of_the_whole_one() -> None:
    assert list(Positions(0, 40, 4)) == [*Positions(0, 24, 4), *Positions(24, 40, 4)]


def test_a_batch_must_divide() -> None:
    with pytest.raises(ValueError, match="divide"):
        Positions(0, 8, 4, 0, 3)


def test_folds_are_stable_and_even() -> None:
    names = [f"picture-{k}" for k in range(2000)]
    folds = [fold_of(name, 5) for name in names]
    assert all(300 < folds.count(fold) < 500 for fold in range(5))
    assert folds[:10] == [fold_of(name, 5) for name in names[:10]]
    # Written down, because a picture that changes its fold between versions leaks into training.
    assert [fold_of(name, 5) for name in ("0000", "a", "顔")] == [3, 0, 0]
