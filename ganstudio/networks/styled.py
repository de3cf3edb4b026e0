"""A U-Net that paints a source in a style, and the encoder that reads a style off a picture.

The style is BicycleGAN's latent code (Zhu et al. 2017, "Toward Multimodal Image-to-Image Translation"); it enters as
in StyleGAN (Karras et al. 2019, section 2 and eq. 1): a small network maps it, and every layer of the decoder takes
scale and shift from that, and noise of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.networks.layers import ResizeConv2d, norm_and_slope

MAPPED = 128  # width of the network that maps a style
SHARPNESS = 3.0  # of a palette's shares: what they are multiplied by, or pixels would stay mixtures for long
NOISE_SEED = 0x5EED  # where no seed is given: always the same noise


class AdaptiveNorm(nn.Module):
    """Instance norm whose scale and shift come from a mapped style (AdaIN, Karras et al. 2019, eq. 1), then noise, then
    a leaky ReLU.

    (N,C,H,W), style (N,MAPPED), noise (N,1,H,W) -> (N,C,H,W). `grain`: how much of the noise each channel takes.
    """

    def __init__(self, channels: int, mapped: int = MAPPED) -> None:
        super().__init__()
        self.style = nn.Linear(mapped, 2 * channels)
        nn.init.normal_(self.style.weight, 0.0, 0.02)
        nn.init.zeros_(self.style.bias)
        self.grain = nn.Parameter(torch.full((channels,), 0.02))

    def forward(self, x: Tensor, style: Tensor, noise: Tensor) -> Tensor:
        scale, shift = self.style(style).float().chunk(2, dim=1)  # (N,C) each
        return norm_and_slope(x, 1 + scale, shift, noise, self.grain)


class PlainNorm(nn.Module):
    """Instance norm with a learned scale and shift a channel, then a leaky ReLU: (N,C,H,W) -> the same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale, self.shift = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        n = x.shape[0]
        return norm_and_slope(x, self.scale.float().expand(n, -1), self.shift.float().expand(n, -1))


class Block(nn.Module):
    """One level of the decoder: twice as large, then joined with the encoder's level by the skip.

    (N,below,H,W), (N,skip,2H,2W), style (N,MAPPED), noise (N,2,2H,2W) -> (N,channels,2H,2W).
    """

    def __init__(self, below: int, skip: int, channels: int) -> None:
        super().__init__()
        self.up, self.norm_up = ResizeConv2d(below, channels), AdaptiveNorm(channels)
        self.join, self.norm_join = nn.Conv2d(channels + skip, channels, 3, padding=1), AdaptiveNorm(channels)

    def forward(self, x: Tensor, skip: Tensor, style: Tensor, noise: Tensor) -> Tensor:
        x = self.norm_up(self.up(x), style, noise[:, :1])
        return self.norm_join(self.join(torch.cat([x, skip], dim=1)), style, noise[:, 1:])


class StyleUNet(nn.Module):
    """Source and style to a picture: (N,3,H,W) in [-1,1], (N,codes) -> float32 (N,3,H,W) in [-1,1].

    H and W must be multiples of 2**depth. `width` channels at full resolution, doubling at each level to at most
    `most`. Each level of the decoder adds colours of its own to the enlarged picture of the one before (Karras et al.
    2020, "Analyzing and Improving the Image Quality of StyleGAN", figure 7), so that the first levels can be trained
    alone, at a fraction of the cost: `stop` leaves the last ones out, and the picture has H / 2**stop rows.

    In use, a code shorter than the usual one is drawn towards the mean of all mapped styles, and 0 is that mean: it
    gives a picture better than most (truncation, Karras et al. 2019, B), where the map of 0 itself was never trained.
    With `plain` not below 0 the style of that seed takes the mean's place: of palettes the mean is grey.

    With `palette` the style chooses so many colours, and every pixel mixes them: for pictures of flat areas, whose
    colours the drawing does not tell and whose places it does. What each level adds is then light and shade.
    """

    def __init__(
        self, width: int = 16, depth: int = 6, most: int = 208, codes: int = 32, palette: int = 0, plain: int = -1
    ) -> None:
        super().__init__()
        self.depth, self.codes, self.palette, self.plain = depth, codes, palette, plain
        channels = [min(width * 2**level, most) for level in range(depth + 1)]
        self.stem = nn.Conv2d(3, channels[0], 3, padding=1)
        self.encoder, self.norms = nn.ModuleList(), nn.ModuleList()
        for level in range(depth):
            self.encoder.append(nn.Conv2d(channels[level], channels[level + 1], 4, stride=2, padding=1))
            # None at the bottleneck, which is a few pixels, or one.
            self.norms.append(PlainNorm(channels[level + 1]) if level < depth - 1 else nn.LeakyReLU(0.2))
        widths = (codes, MAPPED, MAPPED)
        self.map = nn.Sequential(*(part for a, b in pairwise(widths) for part in (nn.Linear(a, b), nn.LeakyReLU(0.2))))
        self.register_buffer("centre", torch.zeros(MAPPED), persistent=False)
        self.centre: Tensor
        self.decoder, self.colours = nn.ModuleList(), nn.ModuleList()
        for level in reversed(range(depth)):
            self.decoder.append(Block(channels[level + 1], channels[level], channels[level]))
            self.colours.append(nn.Conv2d(channels[level], 3 + palette, 1))
        for colour in self.colours:
            nn.init.normal_(colour.weight, 0.0, 0.02)  # type: ignore[arg-type]
            nn.init.zeros_(colour.bias)  # type: ignore[arg-type]
        if palette:
            self.hues = nn.Linear(MAPPED, 3 * palette)
            nn.init.uniform_(self.hues.bias, -1, 1)

    def train(self, mode: bool = True) -> StyleUNet:
        super().train(mode)
        if not mode:
            with torch.no_grad():
                codes = torch.randn(2048, self.codes, generator=torch.Generator().manual_seed(NOISE_SEED))
                codes = codes if self.plain < 0 else self.style(self.plain)
                weight = next(self.map.parameters())
                self.centre = self.map(codes.to(weight)).mean(dim=0)
        return self

    def mapped(self, style: Tensor) -> Tensor:  # (N,codes) -> (N,MAPPED)
        """What the decoder's layers take their scales and shifts from."""
        mapped = self.map(style)
        if self.training:
            return mapped
        length = style.float().norm(dim=1, keepdim=True) / self.codes**0.5
        return torch.lerp(self.centre.to(mapped.dtype), mapped, length.clamp(max=1).to(mapped.dtype))

    def noise(self, height: int, width: int, seed: int | None = None) -> tuple[Tensor, ...]:
        """The noise of one picture of height x width by `seed`: float32 (1,2,h,w) a level, the smallest first."""
        generator = torch.Generator().manual_seed(NOISE_SEED if seed is None else seed)
        levels = reversed(range(self.depth))
        return tuple(torch.randn(1, 2, height >> level, width >> level, generator=generator) for level in levels)

    def style(self, seed: int) -> Tensor:
        """The style of a seed: (1,codes) from the normal distribution."""
        return torch.randn(1, self.codes, generator=torch.Generator().manual_seed(seed))

    def forward(self, x: Tensor, style: Tensor, noise: Sequence[Tensor] = (), stop: int = 0) -> Tensor:
        """Without `noise`, fresh noise of PyTorch's own generator, as in training."""
        mapped = self.mapped(style)
        x = F.leaky_relu(self.stem(x), 0.2)
        skips = []
        for encode, norm in zip(self.encoder, self.norms, strict=True):
            skips.append(x)
            x = norm(encode(x))  # (N,C,H/2^k,W/2^k)
        picture: Tensor | None = None
        for level in range(self.depth - stop):
            skip = skips.pop()
            if noise:
                grain = noise[level].to(x.dtype)
            else:
                grain = torch.randn(x.shape[0], 2, *skip.shape[2:], dtype=x.dtype, device=x.device)
            x = self.decoder[level](x, skip, mapped, grain)
            colours = self.colours[level](x).float()
            if picture is not None:
                colours = colours + F.interpolate(picture, scale_factor=2.0, mode="bilinear", align_corners=False)
            picture = colours
        assert picture is not None
        if self.palette:
            picture = picture[:, :3] + self._mixed(picture[:, 3:], mapped)
        return torch.tanh(picture)

    def _mixed(self, shares: Tensor, mapped: Tensor) -> Tensor:  # (N,palette,H,W), (N,MAPPED) -> (N,3,H,W)
        """The style's colours, mixed at each pixel by the softmax of its shares."""
        with torch.autocast(shares.device.type, enabled=False):  # colours need the digits
            hues = F.linear(mapped.float(), self.hues.weight.float(), self.hues.bias.float())
            mixture = (shares.permute(0, 2, 3, 1).float() * SHARPNESS).softmax(3)  # (N,H,W,palette)
            mixed = mixture.flatten(1, 2) @ hues.unflatten(1, (self.palette, 3))
            return mixed.unflatten(1, mixture.shape[1:3]).permute(0, 3, 1, 2)


class StyleEncoder(nn.Module):
    """The style of a picture: (N,3,H,W) in [-1,1] -> mean and log variance, float32 (N,codes) each.

    It sees the picture at no more than `side` pixels, averaged over the whole: what colours there are and what they
    are on, not where things stand, which is the drawing's to say.
    """

    def __init__(self, codes: int = 32, width: int = 32, side: int = 128) -> None:
        super().__init__()
        self.side = side
        layers: list[nn.Module] = []
        into = 3
        for level in range(min(5, side.bit_length() - 1)):
            out = min(width * 2**level, width * 8)
            layers += [nn.Conv2d(into, out, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
            into = out
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(into, 2 * codes)

    def forward(self, y: Tensor) -> tuple[Tensor, Tensor]:
        if y.shape[2] > self.side:
            y = F.interpolate(y, (self.side, self.side), mode="area")
        pooled = self.features(y).mean(dim=(2, 3))
        mean, log_variance = self.head(pooled).float().chunk(2, dim=1)
        return mean, log_variance.clamp(-8, 4)
