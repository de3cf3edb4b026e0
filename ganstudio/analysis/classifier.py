"""A small classifier of labels by features, such as a palette, for measuring: which type do these call to mind?"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

DECAY = 3e-3  # of the weights: there are few pictures and many colours
STEPS = 60


@dataclass(frozen=True)
class Classifier:
    """Multinomial logistic regression on features that were standardised over the training pictures."""

    mean: Tensor  # (D,)
    scale: Tensor  # (D,)
    weight: Tensor  # (D,K)
    bias: Tensor  # (K,)

    def __call__(self, features: Tensor) -> Tensor:  # (N,D) -> (N,K) logits
        return (features - self.mean) / self.scale @ self.weight + self.bias


def fit(features: Tensor, labels: Tensor, count: int, decay: float = DECAY) -> Classifier:
    """(N,D), (N,) of 0..count-1 -> the classifier, by full-batch L-BFGS; each label counts alike however rare."""
    mean, scale = features.mean(0), features.std(0).clamp_min(1e-3)
    x = (features - mean) / scale
    share = 1 / torch.bincount(labels, minlength=count).clamp_min(1).float()
    weight = torch.zeros(x.shape[1], count, requires_grad=True)
    bias = torch.zeros(count, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        total = F.cross_entropy(x @ weight + bias, labels, weight=share) + decay * weight.square().sum()
        total.backward()
        return total

    optimizer.step(loss)
    return Classifier(mean, scale, weight.detach(), bias.detach())
