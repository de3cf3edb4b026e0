"""Differentiable augmentation: real and fake alike, nothing but what the policy names, gradients kept."""

from __future__ import annotations

import pytest
import torch

from ganstudio.data.augment import POLICIES, draw_augmentation


def pictures(n: int = 4, channels: int = 6, height: int = 24, width: int = 32) -> torch.Tensor:
    """Every pixel of a picture has a value of its own, none of them 0."""
    return torch.arange(1, n * channels * height * width + 1).view(n, channels, height, width) / 1e5


@pytest.mark.parametrize("policy", POLICIES)
def test_one_draw_is_one_function(policy: str) -> None:
    x = pictures()
    torch.manual_seed(0)
    change = draw_augmentation(policy, x)
    assert torch.equal(change(x), change(x)) and change(x).shape == x.shape
    torch.manual_seed(0)
    assert torch.equal(draw_augmentation(policy, x)(x), change(x))
    assert torch.equal(draw_augmentation(policy, x)(x), change(x)) == (policy == "none")  # another draw


@pytest.mark.parametrize("policy", POLICIES)
def test_gradients_reach_the_picture(policy: str) -> None:
    x = pictures().requires_grad_()
    torch.manual_seed(0)
    draw_augmentation(policy, x)(x).sum().backward()
    assert x.grad is not None
    per_picture = x.grad.abs().sum(dim=(1, 2, 3))
    assert (per_picture > 0).all()


def test_geometry_moves_whole_pixels_by_at_most_an_eighth_and_cuts_a_hole() -> None:
    x = pictures(n=32)
    torch.manual_seed(0)
    y = draw_augmentation("geometry", x)(x)
    shifts = set()
    for before, after in zip(x, y, strict=True):
        assert set(after.unique().tolist()) <= {0.0, *before.unique().tolist()}
        rows, columns = (after[0] > 0).nonzero().unbind(1)
        index = ((after[0][rows, columns] - before[0, 0, 0]) * 1e5).round().long()  # where each pixel was
        moves = set(zip((rows - index // 32).tolist(), (columns - index % 32).tolist(), strict=True))
        assert len(moves) == 1  # all went the same way
        down, right = moves.pop()
        assert abs(down) <= 3 and abs(right) <= 4
        shifts.add((down, right))
        zeros = after == 0
        assert (zeros == zeros[:1]).all()  # the same places in source and picture
        assert (zeros[0].float().mean()) < 0.25 + 0.125 * 2 + 0.05
    assert len(shifts) > 10 and {d > 0 for d, _ in shifts} == {r > 0 for _, r in shifts} == {True, False}


def test_all_changes_the_light_of_the_judged_picture_only() -> None:
    """The first three channels are the source drawing, whose light is the same for real and fake."""
    x = pictures(n=8)
    torch.manual_seed(0)
    y = draw_augmentation("all", x)(x)
    for before, after in zip(x, y, strict=True):
        seen = after[0] != 0
        assert set(after[:3].unique().tolist()) <= {0.0, *before[:3].unique().tolist()}
        changed = after[3:, seen]
        assert not torch.isin(changed, before[3:]).all()
        order = after[0][seen].argsort()
        steps = changed[0][order].diff()  # contrast keeps the order of levels
        assert (steps > 0).all()
    assert y.isfinite().all()


def test_pictures_of_a_batch_are_changed_apart() -> None:
    x = pictures(1).expand(6, -1, -1, -1)
    torch.manual_seed(0)
    y = draw_augmentation("geometry", x)(x)
    assert len({tuple(picture.flatten().tolist()) for picture in y}) > 1
