"""What a translation should leave as it is, as losses. Pictures are (N,3,H,W) in [-1,1]; each returns a scalar."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.networks.palette import PAPER
from ganstudio.networks.recolourer import to_oklab, to_srgb

STEEPER = 1.2
PAIRS = 2048  # of pixels, drawn from each picture
DARK, LIGHT = -0.6, 0.7  # of [-1,1]: a mean below is an outline, a least channel above is white
ALIKE = 0.15  # root mean square difference of R, G and B, for a range of 2, at which two pixels hardly count as alike


def new_edges(before: Tensor, after: Tensor) -> Tensor:  # (N,3,H,W) each, in [-1,1] -> scalar
    """How much steeper the picture has become than `STEEPER` times what it was, summed over R, G, B, mean over pixels.

    A part is recoloured as a whole, not in patches: new colours may begin only where the source has an outline.
    """
    total = before.new_zeros(())
    for dim in (2, 3):
        was, now = (x.diff(dim=dim).abs().sum(1) for x in (before, after))
        total = total + F.relu(now - STEEPER * was).mean()
    return total


def one_colour(before: Tensor, after: Tensor) -> Tensor:
    """How differently pixels of one colour are changed: mean L1 of the difference, over random pairs of a picture.

    Pairs are weighed by how alike the two were. What was of one colour stays of one, wherever it is: no blotches.
    Random numbers come from PyTorch's global generator.
    """
    n = before.shape[0]
    places = torch.randint(before.shape[2] * before.shape[3], (n, 1, 2 * PAIRS)).to(before.device)
    x, change = (
        each.flatten(2).gather(2, places.expand(-1, 3, -1)).unflatten(2, (2, PAIRS))  # (N,3,2,PAIRS)
        for each in (before, after - before)
    )
    weight = torch.exp(-(x[:, :, 0] - x[:, :, 1]).square().mean(1) / ALIKE**2)  # (N,PAIRS)
    weight = weight * (x.amin(dim=1) < PAPER).all(dim=1)  # paper is alike everywhere, and most of a picture
    different = (change[:, :, 0] - change[:, :, 1]).abs().mean(1)
    return (weight * different).sum() / weight.sum().clamp_min(1.0)


def turned_hues(x: Tensor) -> Tensor:  # (N,3,H,W) in [-1,1] -> the same
    """Each picture with all its hues turned by an angle of its own, lightness and chroma kept as far as a screen can.

    Random numbers come from PyTorch's global generator.
    """
    angle = torch.rand(len(x), 1, 1) * 2 * torch.pi
    light, a, b = to_oklab(x).unbind(1)
    cos, sin = angle.cos().to(x.device), angle.sin().to(x.device)
    turned = torch.stack([light, cos * a - sin * b, sin * a + cos * b], dim=1)
    return to_srgb(turned).clamp(-1, 1).to(x.dtype)


def kept_colours(source: Tensor, result: Tensor) -> Tensor:
    """How far a result's colours are from the nearest of its source's: mean L1, over random pixels.

    Which colour goes where, and how much of each, is left free. Black and white, of lines, eyes and paper, are
    everyone's. Random numbers come from PyTorch's global generator.
    """
    n = source.shape[0]
    places = torch.randint(source.shape[2] * source.shape[3], (2, n, PAIRS // 2)).to(source.device)
    known, painted = (
        each.float().flatten(2).transpose(1, 2).gather(1, place[..., None].expand(-1, -1, 3))  # (N,P,3)
        for each, place in zip((source, result), places, strict=True)
    )
    known = torch.cat([known, known.new_tensor([[-1.0] * 3, [1.0] * 3]).expand(n, -1, -1)], dim=1)
    with torch.no_grad():
        nearest = torch.cdist(painted, known).argmin(2)  # (N,P)
    return (painted - known.gather(1, nearest[..., None].expand(-1, -1, 3))).abs().mean()


def some_pixels(made: Tensor, source: Tensor, painted: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """`count` random painted pixels of each picture, (N*count,3,1,1), and which of them count, (N*count,): those whose
    source is neither an outline nor white, which are no type's."""
    n = len(made)
    shares = painted.flatten(1) + 1e-6
    places = torch.multinomial(shares, count, replacement=True)  # (N,count)
    taken, before = (x.flatten(2).gather(2, places[:, None].expand(-1, 3, -1)) for x in (made, source))
    lightness = before.mean(dim=1)  # (N,count)
    counted = ((lightness > DARK) & (before.amin(dim=1) < LIGHT)).float()
    return taken.transpose(1, 2).reshape(n * count, 3, 1, 1), counted.reshape(-1)
