"""How a sheet of samples looks, in three numbers a column: enough to see a GAN fail without looking."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor


def looks(columns: dict[str, Tensor], resembles: Callable[[str], str | None]) -> dict[str, dict[str, float]]:
    """Of every column, (N,3,H,W) in [-1,1], for which `resembles` names another that shows the same things:

    contrast: the mean standard deviation of brightness over a picture's pixels, from 0, one grey, to 1.
    variety: how much the pictures differ from each other, as a share of how much those others do; 0 = all alike.
    likeness: correlation in [-1,1] of their brightness; near -1 = inverted.
    """
    found = {}
    for name, made in columns.items():
        if (other := resembles(name)) is not None:
            meant = columns[other]
            found[name] = {
                "contrast": _grey(made).std(dim=(1, 2)).mean().item(),
                "variety": (_apart(made) / _apart(meant).clamp(min=1e-3)).item(),
                "likeness": _correlation(_grey(made), _grey(meant)).mean().item(),
            }
    return found


def _grey(pictures: Tensor) -> Tensor:  # (N,3,H,W) -> (N,H,W)
    return pictures.float().mean(1)


def _apart(pictures: Tensor) -> Tensor:
    """Mean absolute difference of each picture from the mean picture."""
    pictures = pictures.float()
    return (pictures - pictures.mean(0, keepdim=True)).abs().mean()


def _correlation(a: Tensor, b: Tensor) -> Tensor:  # (N,H,W) twice -> (N,)
    a, b = (each.flatten(1) - each.flatten(1).mean(1, keepdim=True) for each in (a, b))
    return (a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1)).clamp(min=1e-6)
