"""ResNet generator (Zhu et al. 2017, 7.2; Johnson et al. 2016), plain or conditioned on a label."""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.networks.layers import ResizeConv2d, init_normal, norm
from ganstudio.networks.layers import pad as padded

OUTPUTS = ("picture", "colours")


class LabelNorm(nn.Module):
    """Instance norm whose scale and shift are linear in the label (Dumoulin et al. 2017; Huang et al. 2017).

    (N,C,H,W), (N,labels) -> (N,C,H,W). A label is a point of the simplex: one-hot, or a mixture.
    """

    def __init__(self, channels: int, labels: int) -> None:
        super().__init__()
        self.norm = nn.InstanceNorm2d(channels)
        self.scale = nn.Linear(labels, channels)
        self.shift = nn.Linear(labels, channels)
        # Labels differ from the first step on: a generator that begins deaf to its label may stay so.
        for part, centre in ((self.scale, 1.0), (self.shift, 0.0)):
            nn.init.normal_(part.weight, 0.0, 0.2)
            nn.init.constant_(part.bias, centre)

    def forward(self, x: Tensor, label: Tensor) -> Tensor:
        scale, shift = self.scale(label)[:, :, None, None], self.shift(label)[:, :, None, None]
        return self.norm(x) * scale + shift


class Layer(nn.Module):
    """Reflection padding, a convolution of any kind, a norm."""

    def __init__(self, conv: nn.Module, out: int, norm_kind: str, labels: int, pad: int = 0) -> None:
        super().__init__()
        self.conv, self.pad = conv, pad
        self.norm = LabelNorm(out, labels) if labels else norm(norm_kind, out)

    def forward(self, x: Tensor, label: Tensor | None) -> Tensor:
        if self.pad:
            x = padded(x, self.pad)
        x = self.conv(x)
        return self.norm(x) if label is None else self.norm(x, label)


class Block(nn.Module):
    """x + f(x): two 3x3 convolutions around one activation, as the paper draws it (He et al. 2016)."""

    def __init__(self, channels: int, norm_kind: str, labels: int, dropout: float) -> None:
        super().__init__()
        self.first = Layer(nn.Conv2d(channels, channels, 3), channels, norm_kind, labels, pad=1)
        self.second = Layer(nn.Conv2d(channels, channels, 3), channels, norm_kind, labels, pad=1)
        self.dropout = dropout

    def forward(self, x: Tensor, label: Tensor | None) -> Tensor:
        inner = F.relu(self.first(x, label))
        if self.dropout and self.training:
            inner = F.dropout(inner, self.dropout)
        return x + self.second(inner, label)


class ResNet(nn.Module):
    """c7s1-k, d2k, d4k, R4k x blocks, u2k, uk, c7s1-3: the paper's names, k = `width`.

    (N,3,H,W) in [-1,1] -> float32 (N,3,H,W); H and W must be multiples of 4, and at least 16. With `labels`
    the second argument is (N,labels), what to turn the picture into. `output`:

    - "picture": the network paints the pixels, in [-1,1] by a tanh, as in the paper;
    - "colours": it paints how to change them, an affine map of RGB for each pixel (as bilateral learning does,
      Gharbi et al. 2017), which begins as the identity. Outlines survive because the map is smooth where the
      picture is not. Its values may lie slightly outside [-1,1], so that no pixel's gradient dies there.
    """

    def __init__(
        self,
        width: int = 64,
        blocks: int = 9,
        norm_kind: str = "instance",
        upsample: str = "resize",
        dropout: float = 0.0,
        output: str = "picture",
        labels: int = 0,
    ) -> None:
        super().__init__()
        if output not in OUTPUTS:
            raise ValueError(f"output {output!r} is not one of {', '.join(OUTPUTS)}")
        self.output, self.labels = output, labels

        def layer(conv: nn.Module, out: int, pad: int = 0) -> Layer:
            return Layer(conv, out, norm_kind, labels, pad)

        def up(into: int, out: int) -> nn.Module:
            if upsample == "resize":
                return ResizeConv2d(into, out)
            return nn.ConvTranspose2d(into, out, 3, stride=2, padding=1, output_padding=1)

        self.encoder = nn.ModuleList(
            [
                layer(nn.Conv2d(3, width, 7), width, pad=3),
                layer(nn.Conv2d(width, width * 2, 3, stride=2, padding=1), width * 2),
                layer(nn.Conv2d(width * 2, width * 4, 3, stride=2, padding=1), width * 4),
            ]
        )
        self.blocks = nn.ModuleList([Block(width * 4, norm_kind, labels, dropout) for _ in range(blocks)])
        self.decoder = nn.ModuleList([layer(up(width * 4, width * 2), width * 2), layer(up(width * 2, width), width)])
        self.head = nn.Conv2d(width, 3 if output == "picture" else 12, 7)
        init_normal(self)
        if output == "colours":
            nn.init.normal_(self.head.weight, 0.0, 0.001)  # nearly the identity; at 0 no layer below would learn

    def settled(self, label: Tensor) -> ResNet:  # (labels,)
        """A copy without labels that does what this network does for one: its scales and shifts are constants."""
        assert self.labels
        copied = copy.deepcopy(self)
        copied.labels = 0
        for layer in (m for m in copied.modules() if isinstance(m, Layer)):
            assert isinstance(layer.norm, LabelNorm)
            fixed = nn.InstanceNorm2d(layer.norm.norm.num_features, affine=True)
            with torch.no_grad():
                fixed.weight.copy_(layer.norm.scale(label))
                fixed.bias.copy_(layer.norm.shift(label))
            layer.norm = fixed
        return copied

    def forward(self, x: Tensor, label: Tensor | None = None) -> Tensor:
        source = x
        for layer in self.encoder:
            x = F.relu(layer(x, label))  # (N,k,H,W), (N,2k,H/2,W/2), (N,4k,H/4,W/4)
        for block in self.blocks:
            x = block(x, label)
        for layer in self.decoder:
            x = F.relu(layer(x, label))  # (N,2k,H/2,W/2), (N,k,H,W)
        x = self.head(padded(x, 3)).float()
        return torch.tanh(x) if self.output == "picture" else recolour(source.float(), x)


def recolour(x: Tensor, field: Tensor) -> Tensor:  # (N,3,H,W) in [-1,1], (N,12,H,W) -> (N,3,H,W)
    """Each pixel's RGB in [0,1] through its own affine map: 9 numbers of a matrix, row by row, 3 of a shift.

    A field of zeros is the identity, and black stays black but for the shift: outlines are mostly black. Beyond
    [-1,1] the result goes on at a twentieth of the slope.
    """
    light = (x + 1) / 2
    rows = [light[:, k : k + 1] + (field[:, 3 * k : 3 * k + 3] * light).sum(1, keepdim=True) for k in range(3)]
    out = (torch.cat(rows, dim=1) + field[:, 9:]) * 2 - 1
    inside = out.clamp(-1, 1)
    return inside + (out - inside) * 0.05
