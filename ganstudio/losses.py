"""Adversarial losses as functions of a discriminator's logits, and the feature-matching loss.

Each takes logits of any shape, float, unbounded, and returns a scalar: the mean over all of them, which for a
PatchGAN is the mean over its patches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

Loss = Callable[[Tensor], Tensor]


def lsgan_real(logits: Tensor) -> Tensor:
    """(D(x) - 1)^2: least squares, target 1 (Mao et al. 2017, eq. 2)."""
    return (logits - 1).square().mean()


def lsgan_fake(logits: Tensor) -> Tensor:
    """D(G(z))^2: least squares, target 0 (Mao et al. 2017, eq. 2)."""
    return logits.square().mean()


def vanilla_real(logits: Tensor) -> Tensor:
    """-log sigmoid(D(x)): binary cross entropy, target 1 (Goodfellow et al. 2014, eq. 1)."""
    return F.softplus(-logits).mean()


def vanilla_fake(logits: Tensor) -> Tensor:
    """-log(1 - sigmoid(D(G(z)))): binary cross entropy, target 0 (Goodfellow et al. 2014, eq. 1)."""
    return F.softplus(logits).mean()


def hinge_real(logits: Tensor) -> Tensor:
    """max(0, 1 - D(x)) (Lim and Ye 2017, eq. 5)."""
    return F.relu(1 - logits).mean()


def hinge_fake(logits: Tensor) -> Tensor:
    """max(0, 1 + D(G(z))) (Lim and Ye 2017, eq. 5)."""
    return F.relu(1 + logits).mean()


def hinge_generator(logits: Tensor) -> Tensor:
    """-D(G(z)): what a generator minimises against a hinge discriminator (Lim and Ye 2017, eq. 6)."""
    return -logits.mean()


# name -> (discriminator on real, discriminator on fake, generator). Vanilla and least squares use the
# non-saturating form for the generator: its picture judged against the target of a real one.
ADVERSARIAL: dict[str, tuple[Loss, Loss, Loss]] = {
    "lsgan": (lsgan_real, lsgan_fake, lsgan_real),
    "vanilla": (vanilla_real, vanilla_fake, vanilla_real),
    "hinge": (hinge_real, hinge_fake, hinge_generator),
}


def feature_matching(fake: Sequence[Tensor], real: Sequence[Tensor]) -> Tensor:
    """Mean L1 distance between the discriminator's hidden features of fake and real (Wang et al. 2018, eq. 4).

    The real features are targets: no gradient flows into them. Each is (N,C,H,W); layers count alike.
    """
    return torch.stack([F.l1_loss(a, b.detach()) for a, b in zip(fake, real, strict=True)]).mean()
