"""PatchGAN discriminator: judges each patch of a picture as real or fake (Isola et al. 2017, 3.2.2)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.networks.layers import init_normal, norm

# The paper's patch sizes (6.1.2) -> how many stride-2 convolutions. 1 is the PixelGAN of 1x1 convolutions.
PATCHES = {1: 0, 16: 1, 34: 2, 70: 3, 142: 4, 286: 5}


class PatchGAN(nn.Module):
    """(N,in_channels,H,W) -> float32 logits (N,1,h,w), each judging one patch of about `patch` pixels.

    `features` gives the hidden layers as well, for feature matching and attention views. With `labels` it judges
    pairs of picture and label (N,labels) by projection: each patch's last features times the label's embedding are
    added to its logit (Miyato and Koyama 2018, eq. 3).
    """

    def __init__(
        self, in_channels: int = 6, width: int = 64, patch: int = 70, norm_kind: str = "instance", labels: int = 0
    ) -> None:
        super().__init__()
        strided = PATCHES[patch]
        layers = nn.ModuleList()
        if strided == 0:
            plan = [(1, 1, width), (1, 1, width * 2)]
        else:
            plan = [(4, 2, min(width * 2**k, width * 8)) for k in range(strided)]
            plan.append((4, 1, min(width * 2**strided, width * 8)))
        into = in_channels
        for k, (kernel, stride, out) in enumerate(plan):
            conv = nn.Conv2d(into, out, kernel, stride, padding=kernel // 3)
            layers.append(nn.Sequential(conv, norm(norm_kind if k else "none", out)))
            into = out
        self.hidden = layers
        self.head = nn.Conv2d(into, 1, plan[-1][0], 1, padding=plan[-1][0] // 3)
        init_normal(self)
        self.embedding = nn.Linear(labels, into, bias=False) if labels else None

    def features(self, x: Tensor, label: Tensor | None = None) -> tuple[Tensor, list[Tensor]]:
        """Logits (N,1,h,w) and the activations of every hidden layer."""
        hidden = []
        for layer in self.hidden:
            x = F.leaky_relu(layer(x), 0.2)
            hidden.append(x)
        logits = self.head(x).float()
        if self.embedding is not None and label is not None:
            match = (self.embedding(label)[:, :, None, None] * x).sum(1, keepdim=True).float()
            if match.shape != logits.shape:  # the head's 4x4 convolution makes each side one less
                match = F.avg_pool2d(match, 2, stride=1)
            logits = logits + match
        return logits, hidden

    def forward(self, x: Tensor, label: Tensor | None = None) -> Tensor:
        return self.features(x, label)[0]

    def receptive_field(self) -> int:
        """Side in pixels of the patch that one logit sees, computed from the convolutions themselves."""
        field, step = 1, 1
        for conv in (m for m in self.modules() if isinstance(m, nn.Conv2d)):
            field += (conv.kernel_size[0] - 1) * step
            step *= conv.stride[0]
        return field
