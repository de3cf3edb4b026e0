"""A plain classifier whose decision can be mapped: global average pooling and one linear layer (Lin et al. 2014,
"Network In Network", 3.2; Zhou et al. 2016, "Learning Deep Features for Discriminative Localization", section 2)."""

from __future__ import annotations

from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.networks.layers import norm

STAGES = 4  # of two convolutions; each but the last halves the side


class Scored(NamedTuple):
    """What a classifier saw in a batch of pictures, and made of it."""

    features: Tensor  # (N,C,H/8,W/8), not negative
    weights: Tensor  # (K,C), how much each feature speaks for each class
    bias: Tensor  # (K,)
    logits: Tensor  # (N,K), the averaged features times the weights, and the bias


class Classifier(nn.Module):
    """(N,3,H,W) in [-1,1] -> float32 logits (N,classes). H and W at least 16."""

    def __init__(self, classes: int, width: int = 32, norm_kind: str = "batch", dropout: float = 0.0) -> None:
        super().__init__()
        layers = nn.ModuleList()
        into = 3
        for stage in range(STAGES):
            out = width * 2**stage
            for _ in range(2):
                layers.append(nn.Sequential(nn.Conv2d(into, out, 3, padding=1, bias=False), norm(norm_kind, out)))
                into = out
        self.hidden = layers
        self.dropout = dropout
        self.head = nn.Linear(into, classes)

    def encode(self, x: Tensor) -> Tensor:  # (N,3,H,W) -> (N,8 width,H/8,W/8)
        for k, layer in enumerate(self.hidden):
            x = F.relu(layer(x))
            if k % 2 and k < 2 * STAGES - 1:
                x = F.max_pool2d(x, 2)
        return x

    def forward(self, x: Tensor) -> Tensor:
        pooled = self.encode(x).mean((2, 3)).to(self.head.weight.dtype)
        return self.head(F.dropout(pooled, self.dropout, self.training)).float()

    def see(self, x: Tensor) -> Scored:
        """What the decision is made of, for heat maps."""
        features = self.encode(x).float()
        return Scored(features, self.head.weight, self.head.bias, self.head(features.mean((2, 3))))
