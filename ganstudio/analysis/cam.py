"""Class activation maps: where a network looked (Zhou et al. 2016, "Learning Deep Features for Discriminative
Localization", section 2; Kim et al. 2020, "U-GAT-IT", 2.1.1).

A score that is a weighted sum of averaged features is the average of a map, of the features f_k weighted likewise:
sum_k w_k mean f_k = mean of M(x,y) = sum_k w_k f_k(x,y). So M says how much each place adds to the score. A score of
features pooled by their maximum has such a map as well, of what could have added to it, whose mean is another number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from ganstudio import images
from ganstudio.images import Frame
from ganstudio.networks.classifier import Classifier, Scored
from ganstudio.networks.ugatit import POOLINGS, UGATIT, Seen, UGATITCritic
from ganstudio.words import Refused

ROLES = ("generator", "local", "global")
TOGETHER = "together"  # the authors' own map: all attended features, added up
PARTS = (TOGETHER, *reversed(POOLINGS))
# What a critic's score is trained towards: (for made pictures, for real ones), by the loss; of others the sign says it.
AIMS = {"lsgan": (0.0, 1.0), "hinge": (-1.0, 1.0)}
CHANNELS = 6  # that are shown one by one

Array = NDArray[np.float32]
Place = Literal["input", "output"]


# --- one score, taken apart -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One score of one picture and what it is made of."""

    name: str  # of PARTS, or a class
    features: Array  # (C,h,w): what is pooled; of TOGETHER what the network goes on with
    weights: NDArray[np.float64]  # (C,)
    pooled: NDArray[np.float64]  # (C,): each feature's average, or its maximum
    bias: float = 0.0
    probability: float | None = None  # 0..1, where the score is trained to be one's logit
    neutral: float | None = 0.0  # value of the map that speaks neither for nor against; None: it does neither

    @cached_property
    def map(self) -> Array:  # (h,w)
        """How much each place adds to the score, times the number of places, without the bias."""
        return np.tensordot(self.weights, self.features.astype(np.float64), 1).astype(np.float32)

    @property
    def contributions(self) -> NDArray[np.float64]:  # (C,)
        return self.weights * self.pooled

    @property
    def score(self) -> float:
        """The network's own score (of TOGETHER, which no network computes, the map's mean), in float64."""
        return self.bias + float(self.contributions.sum())


class Channel(NamedTuple):
    """One feature's share of a score."""

    number: int
    weight: float
    pooled: float
    contribution: float  # weight times pooled
    feature: Array  # (h,w)


class Apart(NamedTuple):
    """A score as a sum: the channels' contributions + rest + bias = score."""

    channels: list[Channel]  # those of the largest contributions, up or down, the largest first
    others: int  # how many features are in the rest
    rest: float
    rest_map: Array  # (h,w): the map without these channels
    bias: float
    score: float


def take_apart(part: Part, count: int = CHANNELS) -> Apart:
    """The `count` features that move the score most, and all others as one."""
    contributions = part.contributions
    order = np.argsort(-np.abs(contributions), kind="stable")
    first, others = order[:count], np.sort(order[count:])
    channels = [
        Channel(int(k), float(part.weights[k]), float(part.pooled[k]), float(contributions[k]), part.features[k].copy())
        for k in first
    ]
    rest = part.score - part.bias - sum(channel.contribution for channel in channels)  # to the last digit
    rest_map = np.tensordot(part.weights[others], part.features[others].astype(np.float64), 1).astype(np.float32)
    return Apart(channels, len(others), rest, rest_map, part.bias, part.score)


def of_attention(seen: Seen, generator: bool, aims: tuple[float, float] | None = None) -> dict[str, Part]:
    """The parts of what a generator or a critic saw in one picture (a batch of 1), in the order of PARTS.

    A generator's scores are logits of the picture being one that is to be changed. A critic's say how real it is
    (`aims`, see AIMS); no sigmoid belongs to those. Raises `Refused` where a number overflowed.
    """
    features, attended = _array(seen.features[0]), _array(seen.attended[0])
    pooled = {"average": features.mean((1, 2), dtype=np.float64), "maximum": features.max((1, 2)).astype(np.float64)}
    means = attended.mean((1, 2), dtype=np.float64)
    parts = {TOGETHER: Part(TOGETHER, attended, np.ones(len(attended)), means, neutral=None)}
    for name in PARTS[1:]:
        weights = _array(seen.weights[POOLINGS.index(name)]).astype(np.float64)
        logit = float(weights @ pooled[name])
        # Halfway between what it says of made pictures and of real ones. Of the maximum no value of a place is the
        # score's equal, so that there the sign of the weights is all that can be told.
        neutral = sum(aims) / 2 if aims and name == "average" else 0.0
        chance = _sigmoid(logit) if generator else None
        parts[name] = Part(name, features, weights, pooled[name], probability=chance, neutral=neutral)
    return parts


def of_scores(scored: Scored, classes: Sequence[str]) -> dict[str, Part]:
    """A part for each class of what a classifier saw in one picture; their probabilities sum to 1.

    Raises `Refused` where a number overflowed.
    """
    features, weights, biases = _array(scored.features[0]), _array(scored.weights), _array(scored.bias)
    pooled = features.mean((1, 2), dtype=np.float64)
    logits = weights.astype(np.float64) @ pooled + biases
    chances = np.exp(logits - logits.max())
    chances /= chances.sum()
    return {
        name: Part(name, features, weights[k].astype(np.float64), pooled, float(biases[k]), float(chances[k]))
        for k, name in enumerate(classes)
    }


def _array(tensor: Tensor) -> Array:
    values = tensor.detach().float().numpy()
    if not np.isfinite(values).all():
        raise Refused("cam.not_finite")
    return values


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit))) if logit > -700 else 0.0


# --- a picture, looked at ---------------------------------------------------------------------------------


class Observed(NamedTuple):
    """A published model as far as it is looked through."""

    name: str
    settings: Any
    networks: Mapping[str, nn.Module]  # float32, in eval mode; they are not changed, and may be shared


class Sight(NamedTuple):
    """What one network saw in one picture."""

    network: str  # its name among the model's
    kind: Literal["generator", "critic", "classifier"]
    parts: dict[str, Part]
    aims: tuple[float, float] | None  # of a critic: see AIMS


class Look(NamedTuple):
    """What a model's networks saw in a picture, and in what became of it; a classifier has no output."""

    frame: Frame  # where the picture lies in the square that the networks were shown
    output: Image.Image | None  # RGB, of the picture's size
    sights: dict[str, dict[Place, Sight]]  # by role: of ROLES, or "classifier"


def observers(model: Observed, to: str | None = None) -> dict[str, str]:
    """{role: network} of those that can be looked through on the way `to`; critics that it came without are absent.

    `to` is a domain's name, by default the second's where the model goes there. Raises `Refused` for a model that has
    no attention and for a domain that it does not turn pictures into.
    """
    if isinstance(model.networks.get("classifier"), Classifier):
        return {"classifier": "classifier"}
    ways = directions(model)
    if not ways:
        raise Refused("cam.no_attention", model=model.name, known="-")
    to = next(iter(ways)) if to is None else to
    if to not in ways:
        raise Refused("engine.to", model=model.name, to=to, known=", ".join(ways))
    names = (ways[to], f"local_{ways[to][-1]}", f"global_{ways[to][-1]}")
    roles = zip(ROLES, names, strict=True)
    return {role: name for role, name in roles if isinstance(model.networks.get(name), UGATIT | UGATITCritic)}


def directions(model: Observed) -> dict[str, str]:
    """{domain: generator into it}, the second domain first; empty for a model without attention."""
    names = {"b": "a_to_b", "a": "b_to_a"}
    return {
        getattr(model.settings, f"domain_{domain}"): name
        for domain, name in names.items()
        if isinstance(model.networks.get(name), UGATIT)
    }


def look(model: Observed, picture: Image.Image, to: str | None = None, roles: Sequence[str] = ()) -> Look:
    """What the networks of these roles (all that there are, where none is named) saw in `picture`, RGB.

    It is put on a square as the engine does. Raises `Refused` as `observers` does, for a role that is not there, and
    where a number overflowed.
    """
    networks = observers(model, to)
    for role in roles:
        if role not in networks:
            raise Refused("cam.unknown_network", model=model.name, network=role, known=", ".join(networks))
    square, frame = images.letterbox(picture, model.settings.size)
    shown: dict[Place, Tensor] = {"input": images.to_tensor(square)}
    output = None
    with torch.inference_mode():
        if "generator" in networks:
            shown["output"] = model.networks[networks["generator"]](shown["input"])
            output = images.unpad(images.to_image(shown["output"]), frame)
        sights = {
            role: {place: _sight(model, networks[role], x) for place, x in shown.items()} for role in roles or networks
        }
    return Look(frame, output, sights)


def _sight(model: Observed, name: str, x: Tensor) -> Sight:
    network = model.networks[name]
    if isinstance(network, Classifier):
        return Sight(name, "classifier", of_scores(network.see(x), model.settings.domains.split(",")), None)
    if isinstance(network, UGATIT):
        return Sight(name, "generator", of_attention(network.see(x), generator=True), None)
    assert isinstance(network, UGATITCritic)
    aims = AIMS.get(model.settings.loss)
    return Sight(name, "critic", of_attention(network.see(x), generator=False, aims=aims), aims)


# --- as a picture -----------------------------------------------------------------------------------------

# Lightness grows evenly in both: matplotlib's inferno from nothing to most; Moreland's (2009, "Diverging Color Maps for
# Scientific Visualization") from cool, against, through grey, neither, to warm, for.
SCHEMES = {"sequential": "inferno", "diverging": "coolwarm"}


@cache
def table(scheme: str) -> NDArray[np.uint8]:  # (256,3)
    """The colours of one of SCHEMES, from the least value to the greatest."""
    from matplotlib import colormaps

    return colormaps[SCHEMES[scheme]](np.arange(256), bytes=True)[:, :3]


def limits(neutral: float | None, *maps: Array) -> tuple[float, float]:
    """(least, greatest) value that the colours span for maps that share them: as far up as down from `neutral`."""
    low, high = min(float(each.min()) for each in maps), max(float(each.max()) for each in maps)
    if neutral is None:
        return low, high
    reach = max(neutral - low, high - neutral)
    return neutral - reach, neutral + reach


def upsample(values: Array, frame: Frame) -> Array:
    """(h,w) of a network that was shown the letterboxed square -> (frame.height,frame.width) over the picture, smooth.

    Catmull-Rom, between the least and the greatest value. The places lie a power of two pixels apart, around the
    square's middle: a critic's last convolution, of an even side, leaves one place less than the square has.
    """
    pitch = 2.0 ** round(np.log2(frame.size / values.shape[0]))
    rows = _weights(values.shape[0], frame.size, pitch, frame.top, frame.inner_height, frame.height)
    columns = _weights(values.shape[1], frame.size, pitch, frame.left, frame.inner_width, frame.width)
    return (rows @ values @ columns.T).clip(values.min(), values.max())


def _weights(places: int, side: int, pitch: float, start: int, inner: int, out: int) -> Array:
    """(out,places): how much each place counts for each pixel along one axis."""
    pixel = start + (np.arange(out) + 0.5) * inner / out  # in the square
    at = ((pixel - side / 2) / pitch + (places - 1) / 2).clip(0, places - 1)
    first = np.floor(at).astype(int)
    t = at - first
    taps = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2)
    weights = np.zeros((out, places), np.float32)
    for offset, tap in enumerate(taps, start=-1):
        np.add.at(weights, (np.arange(out), (first + offset).clip(0, places - 1)), tap / 2)
    return weights


def colour(values: Array, scheme: str, span: tuple[float, float]) -> NDArray[np.uint8]:
    """(H,W) -> (H,W,3), the colours of one of SCHEMES over `span`; of a span of nothing all is the middle colour."""
    low, high = span
    share = (values - low) / (high - low) if high > low else np.full_like(values, 0.5)
    return table(scheme)[np.rint(share.clip(0, 1) * 255).astype(np.uint8)]


def overlay(picture: Image.Image, values: Array, part: Part, span: tuple[float, float], opacity: float) -> Image.Image:
    """RGB: the colours of `values` (H,W) on a picture of W x H pixels; `opacity` 0 is the picture, 1 the colours."""
    under = np.asarray(picture.convert("RGB"), np.float32)
    over = colour(values, scheme_of(part), span)
    return Image.fromarray(np.rint(under + opacity * (over - under)).astype(np.uint8))


def scheme_of(part: Part) -> str:
    """Which of SCHEMES shows its map."""
    return "sequential" if part.neutral is None else "diverging"
