"""Losses against their closed forms, and which way they push."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.losses import ADVERSARIAL, feature_matching


def logits(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64) * 3


def expected(name: str, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(real, fake, generator) by the textbook."""
    one, zero = torch.ones_like(x), torch.zeros_like(x)
    if name == "lsgan":
        return F.mse_loss(x, one), F.mse_loss(x, zero), F.mse_loss(x, one)
    if name == "vanilla":
        bce = F.binary_cross_entropy_with_logits
        return bce(x, one), bce(x, zero), bce(x, one)
    assert name == "hinge", f"no closed form written down for {name}"
    return (1 - x).clamp(min=0).mean(), (1 + x).clamp(min=0).mean(), -x.mean()


@pytest.mark.parametrize("name", ADVERSARIAL)
@pytest.mark.parametrize("shape", [(), (5,), (2, 1, 3, 4)], ids=str)
def test_closed_form(name: str, shape: tuple[int, ...]) -> None:
    x = logits(*shape)
    for loss, value in zip(ADVERSARIAL[name], expected(name, x), strict=True):
        assert loss(x).shape == ()
        torch.testing.assert_close(loss(x), value)


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_gradients(name: str) -> None:
    for loss in ADVERSARIAL[name]:
        assert torch.autograd.gradcheck(loss, (logits(2, 1, 3, 3).requires_grad_(),))


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_directions(name: str) -> None:
    """Real wants higher logits, fake lower, and the generator higher, where the critic is undecided."""
    for loss, wanted in zip(ADVERSARIAL[name], (1, -1, 1), strict=True):
        x = torch.full((3,), 0.5, requires_grad=True)
        (gradient,) = torch.autograd.grad(loss(x), x)
        assert (gradient.sign() == -wanted).all()


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_extreme_logits_stay_finite(name: str) -> None:
    for loss in ADVERSARIAL[name]:
        for value in (-1e4, 1e4):
            x = torch.full((2,), value, requires_grad=True)
            (gradient,) = torch.autograd.grad(loss(x), x)
            assert loss(x).isfinite() and gradient.isfinite().all()


def test_feature_matching() -> None:
    fake = [torch.zeros(1, 2, 4, 4, requires_grad=True), torch.zeros(1, 4, 2, 2, requires_grad=True)]
    real = [torch.full((1, 2, 4, 4), 3.0, requires_grad=True), torch.full((1, 4, 2, 2), 1.0, requires_grad=True)]
    loss = feature_matching(fake, real)
    assert loss.item() == 2.0  # layers count alike, whatever their size
    loss.backward()
    assert all(a.grad is not None and a.grad.abs().sum() > 0 for a in fake)
    assert all(b.grad is None for b in real)  # targets
    assert feature_matching(real, real).item() == 0
    with pytest.raises(ValueError, match="zip"):
        feature_matching(fake, real[:1])
