"""U-Net generator (Isola et al. 2017, 3.2.1 and 6.1.1; Ronneberger et al. 2015)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.networks.layers import ResizeConv2d, init_normal, norm

# The decoder's first levels after the bottleneck carry dropout: pix2pix's only source of noise (3.2).
NOISY_LEVELS = 3


class UNet(nn.Module):
    """An encoder that halves the picture `depth` times, and a decoder that sees each level again by a skip.

    (N,3,H,W) in [-1,1] -> float32 (N,3,H,W) in [-1,1]; H and W must be multiples of 2**depth. `width` channels
    after the first level, doubling to at most 8 * width. `upsample` is "resize" (no checkerboard) or "transposed"
    (as in the paper). `head` channels at full resolution paint the finest detail; 0 is none, as in the paper. At
    training time dropout is drawn by PyTorch; at test time the noise is an argument, so that one shared network
    serves many seeds at once: see `noise`.
    """

    def __init__(
        self,
        width: int = 64,
        depth: int = 8,
        norm_kind: str = "instance",
        upsample: str = "resize",
        dropout: float = 0.5,
        head: int = 0,
    ) -> None:
        super().__init__()
        if depth < 2:
            raise ValueError("a U-Net needs a depth of at least 2")
        self.depth, self.dropout = depth, dropout
        channels = [min(width * 2**level, width * 8) for level in range(depth)]
        self.encoder = nn.ModuleList()
        for level, out in enumerate(channels):
            # No norm on the first level, nor at the bottleneck, which may be a single pixel.
            kind = norm_kind if 0 < level < depth - 1 else "none"
            conv = nn.Conv2d(channels[level - 1] if level else 3, out, 4, stride=2, padding=1)
            self.encoder.append(nn.Sequential(conv, norm(kind, out)))
        self.decoder = nn.ModuleList()
        for level in reversed(range(depth)):
            into = channels[level] * (1 if level == depth - 1 else 2)  # from below, and by the skip
            out = channels[level - 1] if level else 3
            up = (
                ResizeConv2d(into, out)
                if upsample == "resize"
                else nn.ConvTranspose2d(into, out, 4, stride=2, padding=1)
            )
            self.decoder.append(nn.Sequential(up, norm(norm_kind if level else "none", out)))
        self.noisy = [k for k in range(depth - 1) if 1 <= k <= NOISY_LEVELS] if dropout else []
        self.noise_channels = [channels[depth - 2 - k] for k in self.noisy]
        init_normal(self)
        # The paper's last layer paints from features at half the resolution, so lines come out in steps of two
        # pixels. A head of a few channels at full resolution, which sees the source again, adds the detail.
        self.detail: nn.ModuleList | None = None
        if head:
            last = nn.Conv2d(head, 3, 3, padding=1)
            nn.init.zeros_(last.weight)  # at first the network is the one without a head
            nn.init.zeros_(last.bias)  # type: ignore[arg-type]
            up = ResizeConv2d(channels[0] * 2, head)
            self.detail = nn.ModuleList([up, nn.Conv2d(head + 3, head, 3, padding=1), last])

    def noise(self, height: int, width: int, seeds: Sequence[int]) -> tuple[Tensor, ...]:
        """Dropout masks for pictures of height x width, one picture a seed: float (len(seeds),C,h,w) a level.

        A mask depends on its own seed alone, so a seed gives the same picture alone or in a batch.
        """
        drawn = []
        for seed in seeds:
            generator = torch.Generator().manual_seed(seed)
            masks = []
            for k, channels in zip(self.noisy, self.noise_channels, strict=True):
                scale = 2 ** (self.depth - 1 - k)
                shape = (1, channels, height // scale, width // scale)
                keep = torch.rand(shape, generator=generator) >= self.dropout
                masks.append(keep.float() / (1 - self.dropout))
            drawn.append(masks)
        return tuple(torch.cat(level) for level in zip(*drawn, strict=True))

    def forward(self, x: Tensor, noise: Sequence[Tensor] = ()) -> Tensor:
        source, skips = x, []
        for level, encode in enumerate(self.encoder):
            x = encode(F.leaky_relu(x, 0.2) if level else x)  # (N,C,H/2^(level+1),W/2^(level+1))
            skips.append(x)
        skips.pop()
        masks = list(noise)
        for k, decode in enumerate(self.decoder):
            below = F.relu(x)
            x = decode(below)
            if k in self.noisy and masks:
                x = x * masks.pop(0).to(x.dtype)
            elif k in self.noisy and self.training:
                x = F.dropout(x, self.dropout)
            if skips:
                x = torch.cat([x, skips.pop()], dim=1)  # (N,2C,h,w)
        if self.detail is not None:
            up, mix, last = self.detail
            fine = torch.cat([F.leaky_relu(up(below), 0.2), source.to(below.dtype)], dim=1)  # (N,head+3,H,W)
            x = x + last(F.leaky_relu(mix(fine), 0.2))
        return torch.tanh(x.float())
