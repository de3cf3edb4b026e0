"""Critics of a frozen network's features (Sauer et al. 2021, "Projected GANs Converge Faster"), with a condition."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

WIDTHS = (48, 64, 96, 128)  # channels of the fixed random projections, a level each; half as many of the condition
SIDE = 4  # each critic halves its level's map down to about so many places a side


class FixedMix(nn.Module):
    """A random 1x1 convolution that nobody trains: (N,in,H,W) -> (N,out,H,W)."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.register_buffer("weight", nn.init.kaiming_normal_(torch.empty(out_channels, in_channels, 1, 1)))
        self.weight: Tensor

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.weight)


class ProjectedCritic(nn.Module):
    """One small critic a level of features: picture's and condition's features -> float32 logits (N,1,h,w) each.

    Without a condition (`conditioned`) it judges pictures alone; with `labels` pairs of picture and label (N,labels):
    each place's last hidden features times the label's embedding are added to its logit (Miyato and Koyama 2018, eq.
    3).

    `channels` of the features of each level, `sides` of their maps at the size that it is trained on. A fixed random
    1x1 convolution mixes each level's channels, so that no critic can settle on a few of them (section 3.2; theirs also
    mixes the levels). The features of the condition, such as the drawing, go through another one and are judged beside
    the picture's: whether it looks real, and whether it fits. Spectral norm (Miyato et al. 2018) as in the paper.
    """

    def __init__(
        self,
        channels: Sequence[int],
        sides: Sequence[int],
        width: int = 128,
        conditioned: bool = True,
        labels: int = 0,
    ) -> None:
        super().__init__()
        self.pictures, self.conditions, self.critics = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        self.embeddings = nn.ModuleList()
        for level, (into, side) in enumerate(zip(channels, sides, strict=True)):
            mixed = WIDTHS[min(level, len(WIDTHS) - 1)]
            self.pictures.append(FixedMix(into, mixed))
            here = mixed
            if conditioned:
                self.conditions.append(FixedMix(into, mixed // 2))
                here += mixed // 2
            layers: list[nn.Module] = []
            while side > SIDE:
                layers += [spectral_norm(nn.Conv2d(here, width, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)]
                here, side = width, side // 2
            if not layers:
                layers = [spectral_norm(nn.Conv2d(here, width, 3, padding=1)), nn.LeakyReLU(0.2)]
                here = width
            layers.append(spectral_norm(nn.Conv2d(here, 1, 3, padding=1)))
            self.critics.append(nn.Sequential(*layers))
            if labels:
                self.embeddings.append(spectral_norm(nn.Linear(labels, here, bias=False)))

    def forward(
        self, picture: Sequence[Tensor], condition: Sequence[Tensor] = (), label: Tensor | None = None
    ) -> list[Tensor]:
        logits = []
        for level, (see, critic) in enumerate(zip(self.pictures, self.critics, strict=True)):
            x = see(picture[level])
            if condition:
                x = torch.cat([x, self.conditions[level](condition[level])], dim=1)
            x = critic[:-1](x)  # type: ignore[index]
            judged = critic[-1](x).float()  # type: ignore[index]
            if label is not None:
                fitting = self.embeddings[level](label)[:, :, None, None].to(x.dtype) * x
                judged = judged + fitting.sum(dim=1, keepdim=True).float()
            logits.append(judged)
        return logits
