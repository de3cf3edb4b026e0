"""A critic that sees a picture's colours alone: which, and how much of each, not where."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

RECOLOURS = ("palette", "colours")  # outputs of generators that change a picture's colours, and leave its paper blank
BINS = 5  # of each channel's soft histogram: 0, 63.75, 127.5, 191.25, 255
PAPER = 0.98  # a pixel whose channels are all above this, in [-1,1], is blank paper and not counted
FEATURES = BINS**3 + 6
SCALE = 5.0  # of the features: their spread over real pictures becomes about 1, which a critic learns from fastest
GAIN = 30.0  # of the linear classifier's logits: shares are small, and Adam's steps are of one size


def palette(x: Tensor, counted: Tensor | None = None) -> Tensor:  # (N,3,H,W) in [-1,1] -> (N,131)
    """Soft 5x5x5 RGB histogram, then mean and standard deviation of R, G and B; differentiable.

    `counted` (N,1,H,W), 0..1, weighs the pixels. Each pixel shares its weight linearly among the eight nearest
    bins, so that colours move the histogram smoothly. Shares are square-rooted, or a few large areas would
    outweigh every accent (the Hellinger geometry of histograms).
    """
    n = x.shape[0]
    pixels = ((x.float().clamp(-1, 1) + 1) / 2).flatten(2)  # (N,3,P)
    weight = torch.ones_like(pixels[:, 0]) if counted is None else counted.float().flatten(1)
    weight = weight / weight.sum(1, keepdim=True).clamp_min(1e-6)  # (N,P)
    centres = torch.linspace(0, 1, BINS, device=x.device).view(1, 1, BINS, 1)
    share = F.relu(1 - (pixels[:, :, None] - centres).abs() * (BINS - 1))  # (N,3,5,P)
    pair = (share[:, 0, :, None] * share[:, 1, None]).flatten(1, 2)  # (N,25,P)
    histogram = (pair * weight[:, None]) @ share[:, 2].transpose(1, 2)  # (N,25,5)
    mean = (pixels * weight[:, None]).sum(2)  # (N,3)
    spread = ((pixels - mean[:, :, None]).square() * weight[:, None]).sum(2).clamp_min(1e-6).sqrt()
    return SCALE * torch.cat([(histogram.reshape(n, -1) + 1e-4).sqrt(), mean, spread], dim=1)


def not_paper(x: Tensor) -> Tensor:  # (N,3,H,W) in [-1,1] -> (N,1,H,W), 0 or 1
    """1 where a picture on white paper has been painted on."""
    return (x.amin(dim=1, keepdim=True) < PAPER).to(x.dtype)


class PaletteCritic(nn.Module):
    """(N,131) of `palette`, and with `labels` (N,labels) -> float32 logits (N,1).

    With labels it judges pairs by projection: a label's embedding times the hidden features is added to the
    unconditional logit (Miyato and Koyama 2018, eq. 3).
    """

    def __init__(self, width: int = 128, labels: int = 0) -> None:
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(FEATURES, width), nn.Linear(width, width)])
        self.head = nn.Linear(width, 1)
        self.embedding = nn.Linear(labels, width, bias=False) if labels else None

    def forward(self, features: Tensor, label: Tensor | None = None) -> Tensor:
        with torch.autocast(features.device.type, enabled=False):  # small, and histograms need the digits
            x = features.float()
            for layer in self.hidden:
                x = F.leaky_relu(layer(x), 0.2)
            logits = self.head(x)
            if self.embedding is not None and label is not None:
                logits = logits + (self.embedding(label.float()) * x).sum(1, keepdim=True)
        return logits


class PaletteClassifier(nn.Module):
    """(N,131) of `palette` -> float32 logits (N,labels): what a picture belongs to by its colours alone.

    Linear, and in the shares themselves, not in their roots: what covers much says much, and a few pixels of a telling
    colour do not convince it.
    """

    def __init__(self, labels: int) -> None:
        super().__init__()
        self.head = nn.Linear(FEATURES, labels)
        nn.init.zeros_(self.head.weight)  # at first it knows nothing, instead of something wrong
        nn.init.zeros_(self.head.bias)

    def forward(self, features: Tensor) -> Tensor:
        with torch.autocast(features.device.type, enabled=False):
            roots, rest = features.float().split([BINS**3, FEATURES - BINS**3], dim=1)
            return GAIN * self.head(torch.cat([roots.square() / SCALE, rest / SCALE], dim=1))
