"""Recolouring by palette: a picture's own colours, a handful of them, mapped as a set to others.

What has one colour is changed alike, wherever it stands and at whatever resolution, because a network decides for each
colour of the palette and never for a pixel (palettes as in Chang et al. 2015, "Palette-based Photo Recoloring"; here
the new ones are painted by a generator instead of a person).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.networks.palette import not_paper

SAMPLES = 512  # pixels of a picture of which its palette is made
ROUNDS = 5  # of k-means
LIGHTNESS = 0.45  # how much a difference of lightness counts beside one of hue: shades of one colour stay together
SOFTNESS = 0.0022  # squared distance at which a pixel's share in a colour has fallen to 1/e
SEED_DENSITY = 0.006  # squared distance within which pixels count as of one colour when palettes begin
WHITE = (0.93, 0.995)  # lowest channel of 0..1 from which a pixel starts to stay white, and stays so wholly
FACTS = 14  # numbers that describe a colour of a palette
SCALE = 5.0  # of Oklab's numbers, which spread by about a fifth
BEYOND = 0.05  # slope with which colours go on outside of what a screen can show


class Palette(NamedTuple):
    """A picture's colours in Oklab, K of them, the rest of which may be empty."""

    centres: Tensor  # (N,K,3)
    shares: Tensor  # (N,K), of the painted pixels, 0 for one that is empty
    facts: Tensor  # (N,K,FACTS)
    touching: Tensor  # (N,K,K), how often pixels of two colours are neighbours, 0..1


class Change(NamedTuple):
    """What becomes of each colour of a palette: centre, shades and tints around it."""

    palette: Palette
    centres: Tensor  # (N,K,3), the new ones
    contrast: Tensor  # (N,K), factor of differences of lightness from the centre
    turn: Tensor  # (N,K,2), complex factor of differences of hue from the centre


# --- Oklab (Ottosson 2020, "A perceptual color space for image processing") ---------------------------------


def to_oklab(x: Tensor) -> Tensor:  # (N,3,H,W) sRGB in [-1,1] -> (N,3,H,W): L 0..1, a and b about -0.3..0.3
    light = ((x.float() + 1) / 2).clamp(0, 1)
    linear = torch.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055).clamp_min(1e-6) ** 2.4)
    cones = torch.einsum("ij,njhw->nihw", x.new_tensor(_CONES, dtype=torch.float32), linear)
    return torch.einsum("ij,njhw->nihw", x.new_tensor(_LAB, dtype=torch.float32), cones.clamp_min(1e-7) ** (1 / 3))


def to_srgb(lab: Tensor) -> Tensor:  # (N,3,H,W) Oklab -> (N,3,H,W), in [-1,1] for what a screen can show
    cones = torch.einsum("ij,njhw->nihw", lab.new_tensor(_FROM_LAB), lab) ** 3
    linear = torch.einsum("ij,njhw->nihw", lab.new_tensor(_FROM_CONES), cones)
    light = torch.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear.clamp_min(1e-5) ** (1 / 2.4) - 0.055)
    out = light * 2 - 1
    inside = out.clamp(-1, 1)
    return inside + (out - inside) * BEYOND  # so that no pixel's gradient dies there


_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB = torch.linalg.inv(torch.tensor(_LAB, dtype=torch.float64)).float().tolist()
_FROM_CONES = torch.linalg.inv(torch.tensor(_CONES, dtype=torch.float64)).float().tolist()


# --- palettes -------------------------------------------------------------------------------------------------


def _near(lab: Tensor) -> Tensor:
    """Oklab's last dimension weighed as palettes compare colours."""
    return lab * lab.new_tensor([LIGHTNESS, 1.0, 1.0])


def _distances(points: Tensor, centres: Tensor) -> Tensor:  # (N,P,3), (N,K,3) -> (N,P,K), squared
    lengths = points.square().sum(2)[:, :, None] + centres.square().sum(2)[:, None]
    return torch.baddbmm(lengths, points, centres.transpose(1, 2), alpha=-2).clamp_min(0)


@torch.no_grad()
def palette_of(x: Tensor, count: int) -> Palette:  # (N,3,H,W) in [-1,1]
    """The picture's `count` colours by k-means over its painted pixels, the same each time.

    They begin where many pixels are of a colour that is unlike those that there are already, so that neither a large
    area takes several nor an eye none.
    """
    height, width = x.shape[2:]
    lab = to_oklab(x).flatten(2).transpose(1, 2)  # (N,P,3)
    painted = not_paper(x).flatten(1)  # (N,P)
    # The same number of painted pixels of each picture, evenly over it.
    pixels = painted.shape[1]
    number = torch.arange(pixels, device=x.device, dtype=torch.float32)[None]
    order = torch.topk((1 - painted.float()) * pixels + number, pixels, dim=1, largest=False).indices
    total = painted.sum(1, keepdim=True).clamp_min(1)
    steps = (torch.arange(SAMPLES, device=x.device)[None] + 0.5) / SAMPLES
    places = order.gather(1, (steps * total).long())  # (N,S)
    points = lab.gather(1, places[..., None].expand(-1, -1, 3))
    near = _near(points)
    density = torch.exp(_distances(near, near) / -SEED_DENSITY).mean(2)  # (N,S)
    best = density.argmax(1, keepdim=True)
    centres = near.gather(1, best[..., None].expand(-1, -1, 3))
    for _ in range(count - 1):
        apart = _distances(near, centres).amin(2)
        best = (apart * density.sqrt()).argmax(1, keepdim=True)
        centres = torch.cat([centres, near.gather(1, best[..., None].expand(-1, -1, 3))], dim=1)
    for _ in range(ROUNDS):
        mine = F.one_hot(_distances(near, centres).argmin(2), count).to(near)  # (N,S,K)
        amount = mine.sum(1)[..., None]
        centres = torch.where(amount > 0, mine.transpose(1, 2) @ near / amount.clamp_min(1), centres)
    mine = F.one_hot(_distances(near, centres).argmin(2), count).to(near)
    amount = mine.sum(1)[..., None].clamp_min(1)
    shares = mine.mean(1)
    mean = mine.transpose(1, 2) @ points / amount  # (N,K,3)
    spread = (mine.transpose(1, 2) @ points.square() / amount - mean.square()).clamp_min(0).sqrt()
    row = (places.float() / width).floor()
    where = torch.stack([places.float() / width - row, row / height], dim=2) * 2 - 1  # (N,S,2)
    middle = mine.transpose(1, 2) @ where / amount
    extent = (mine.transpose(1, 2) @ where.square() / amount - middle.square()).clamp_min(0).sqrt()
    chroma = mean[..., 1:].norm(dim=2, keepdim=True)
    facts = torch.cat(
        [
            (mean - mean.new_tensor([0.6, 0.0, 0.0])) * SCALE,
            spread * SCALE * 2,
            middle,
            extent * 2,
            shares.sqrt()[..., None] * 2,
            (shares > 0).to(mean)[..., None],
            chroma * SCALE,
            shares[..., None] * 2,
        ],
        dim=2,
    )
    assert facts.shape[2] == FACTS
    return Palette(mean, shares, facts, _touching(x, painted, _near(lab), centres))


def _touching(x: Tensor, painted: Tensor, near: Tensor, centres: Tensor) -> Tensor:
    n, _, height, width = x.shape
    stride = max(1, min(height, width) // 32)
    whose = _distances(near, centres).argmin(2).view(n, height, width)
    mine = F.one_hot(whose, centres.shape[1]).to(near) * painted.view(n, height, width, 1)
    pairs = mine.new_zeros(n, centres.shape[1], centres.shape[1])
    for one, other in (
        (mine[:, ::stride, :-stride:stride], mine[:, ::stride, stride::stride]),
        (mine[:, :-stride:stride, ::stride], mine[:, stride::stride, ::stride]),
    ):
        pairs = pairs + one.flatten(1, 2).transpose(1, 2) @ other.flatten(1, 2)
    pairs = pairs + pairs.transpose(1, 2)
    return pairs / pairs.sum(2, keepdim=True).clamp_min(1)


# --- the network ----------------------------------------------------------------------------------------------


class Layer(nn.Module):
    """Attention among the colours, then each for itself; scales and shifts come from what is wished (as in DiT,
    Peebles and Xie 2023, 3.2: adaLN-Zero)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.near = nn.Linear(1, heads, bias=False)
        self.inner = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.wish = nn.Linear(width, 6 * width)
        nn.init.normal_(self.wish.weight, 0.0, 0.02)
        nn.init.zeros_(self.wish.bias)

    def forward(self, x: Tensor, wish: Tensor, touching: Tensor, present: Tensor) -> Tensor:
        shift_a, scale_a, gate_a, shift_b, scale_b, gate_b = self.wish(wish)[:, None].chunk(6, dim=2)
        n, k, width = x.shape
        h = F.layer_norm(x, (width,)) * (1 + scale_a) + shift_a
        q, key, value = self.query(h).view(n, k, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        bias = self.near(touching[..., None]).permute(0, 3, 1, 2) * 4  # (N,heads,K,K)
        bias = bias.masked_fill(~present[:, None, None], -1e4)
        attended = F.scaled_dot_product_attention(q, key, value, attn_mask=bias)
        x = x + (1 + gate_a) * self.out(attended.transpose(1, 2).reshape(n, k, width))
        h = F.layer_norm(x, (width,)) * (1 + scale_b) + shift_b
        return x + (1 + gate_b) * self.inner(h)


class Recolourer(nn.Module):
    """Picture, label and style to a recoloured picture: (N,3,H,W) in [-1,1], (N,labels), (N,codes) -> (N,3,H,W).
    Without labels it makes one thing in one style, and takes the picture alone.

    A label is a point of the simplex: one-hot, or a mixture. Results may lie slightly outside of [-1,1]. `plan` decides
    on a picture of any size, `paint` follows it on one of any other. With `plain`, a seed a label, a style shorter than
    the usual ones is drawn towards that of the seed, and 0 is it: the palette that says best what the label is.
    """

    def __init__(
        self,
        labels: int,
        codes: int = 8,
        colours: int = 10,
        plain: Sequence[int] = (),
        width: int = 128,
        layers: int = 3,
    ) -> None:
        super().__init__()
        self.labels, self.codes, self.colours, self.seeds = labels, codes, colours, tuple(plain)
        self.facts = nn.Linear(FACTS, width)
        if labels:
            self.label = nn.Linear(labels, width, bias=False)
            self.from_style = nn.Linear(codes, width)
        else:
            self.wished = nn.Parameter(torch.randn(1, width))
        self.wish = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width), nn.GELU())
        self.layers = nn.ModuleList([Layer(width, 4) for _ in range(layers)])
        self.head = nn.Linear(width, 6)
        nn.init.normal_(self.head.weight, 0.0, 0.01)
        nn.init.zeros_(self.head.bias)

    def style(self, seed: int) -> Tensor:
        """The style of a seed: (1,codes) from the normal distribution."""
        return torch.randn(1, self.codes, generator=torch.Generator().manual_seed(seed))

    def settled(self, label: Tensor) -> Recolourer:  # (labels,)
        """A copy without labels that does what this network does for one, in its plain style."""
        assert self.labels
        width = self.label.out_features
        copied = Recolourer(0, 0, self.colours, width=width, layers=len(self.layers))
        kept = {name: tensor for name, tensor in self.state_dict().items() if not name.startswith(("label", "from_"))}
        with torch.no_grad():
            wished = self._wished(label[None].to(self.label.weight), self.label.weight.new_zeros(1, self.codes))
        copied.load_state_dict({**kept, "wished": wished})
        return copied

    def _wished(self, label: Tensor, style: Tensor) -> Tensor:  # (N,labels), (N,codes) -> (N,width)
        if self.seeds:
            plain = torch.cat([self.style(seed) for seed in self.seeds]).to(style.device)  # (labels,codes)
            short = (1 - style.norm(dim=1, keepdim=True) / self.codes**0.5).clamp_min(0)
            style = style + short * (label @ plain)
        return self.label(label) + self.from_style(style)

    def plan(self, x: Tensor, label: Tensor | None = None, style: Tensor | None = None) -> Change:
        with torch.autocast(x.device.type, enabled=False):  # small, and colours need the digits
            found = palette_of(x.float(), self.colours)
            if label is None:
                wished = self.wished.expand(len(x), -1)
            else:
                style = x.new_zeros(len(x), self.codes) if style is None else style
                wished = self._wished(label.float(), style.float())
            wish = self.wish(wished)
            h = self.facts(found.facts)
            for layer in self.layers:
                h = layer(h, wish, found.touching, found.shares > 0)
            moved = self.head(F.layer_norm(h, h.shape[2:]))  # (N,K,6)
            centres = found.centres + moved[..., :3] / SCALE
            one = moved.new_tensor([1.0, 0.0])
            return Change(found, centres, torch.exp(moved[..., 3].clamp(-2, 1)), one + moved[..., 4:])

    def paint(self, x: Tensor, change: Change) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            x = x.float()
            height, width = x.shape[2:]
            lab = to_oklab(x).flatten(2).transpose(1, 2)  # (N,P,3)
            apart = _distances(_near(lab), _near(change.palette.centres)) / SOFTNESS
            apart = apart.masked_fill(change.palette.shares[:, None] <= 0, 1e4)
            mix = (-apart).softmax(2)  # (N,P,K)
            # A mixture of affine maps: mixed constants and mixed factors, without a map a pixel and colour.
            old, new = change.palette.centres, change.centres
            turn = change.turn
            turned = torch.stack(
                [
                    turn[..., 0] * old[..., 1] - turn[..., 1] * old[..., 2],
                    turn[..., 1] * old[..., 1] + turn[..., 0] * old[..., 2],
                ],
                dim=2,
            )
            constant = torch.cat([new[..., :1] - change.contrast[..., None] * old[..., :1], new[..., 1:] - turned], 2)
            mixed = mix @ torch.cat([constant, change.contrast[..., None], turn], dim=2)  # (N,P,6)
            light, a, b = lab.unbind(2)
            k, p, q = mixed[..., 3], mixed[..., 4], mixed[..., 5]
            painted = mixed[..., :3] + torch.stack([k * light, p * a - q * b, q * a + p * b], dim=2)
            painted = to_srgb(painted.transpose(1, 2).unflatten(2, (height, width)))
            lowest = (x.amin(dim=1, keepdim=True) + 1) / 2
            stays = ((lowest - WHITE[0]) / (WHITE[1] - WHITE[0])).clamp(0, 1)  # paper, and the white of eyes
            return x + (1 - stays) * (painted - x)

    def forward(self, x: Tensor, label: Tensor | None = None, style: Tensor | None = None) -> Tensor:
        return self.paint(x, self.plan(x, label, style))
