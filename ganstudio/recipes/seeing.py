"""Critics of what a network that knows pictures sees in them (Sauer et al. 2021, "Projected GANs Converge Faster"),
beside the ones that a paper has: for sets too small, or trainings too short, for critics of pixels alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, cast

import torch
from torch import Tensor

from ganstudio.losses import Loss, hinge_fake, hinge_generator, hinge_real
from ganstudio.networks.pretrained import LEVELS, PretrainedFeatures
from ganstudio.networks.projected import ProjectedCritic
from ganstudio.recipes.recipe import Networks

Change = Callable[[Tensor], Tensor]


class SeeingSettings(Protocol):
    """The settings that concern these critics; see the recipes for units and bounds."""

    @property
    def size(self) -> int: ...
    @property
    def feature_weight(self) -> float: ...
    @property
    def feature_width(self) -> int: ...
    @property
    def features(self) -> str: ...


def seeing_critic(c: SeeingSettings, labels: int = 0) -> ProjectedCritic:
    """One that judges pictures of `size`, or with `labels` pairs of picture and label."""
    sides = [max(1, c.size >> level) for level in range(2, 2 + len(LEVELS))]
    return ProjectedCritic(list(LEVELS.values()), sides, c.feature_width, conditioned=False, labels=labels)


def seeing_networks(c: SeeingSettings) -> Networks:
    """For two domains: the frozen network and a critic each, `seen_a` and `seen_b`; none where their weight is 0."""
    if not c.feature_weight:
        return {}
    return {"features": PretrainedFeatures(), **{f"seen_{domain}": seeing_critic(c) for domain in ("a", "b")}}


def prepare_seeing(networks: Networks, c: SeeingSettings) -> None:
    """Brings the trained weights; raises `Refused` where they are missing."""
    if "features" in networks and c.features != "random":
        cast(PretrainedFeatures, networks["features"]).read(c.features)


def critic_terms(
    nets: Networks, weight: float, real: Mapping[str, Tensor], fake: Mapping[str, Tensor], change: Change
) -> dict[str, Tensor]:
    """What both critics learn from, by name; `real` and `fake` by domain. Empty where there are none."""
    terms = {}
    for domain, critic in critics(nets).items():
        with torch.no_grad():
            of_real, of_fake = (nets["features"](change(each[domain])) for each in (real, fake))
        terms[f"seen_{domain}_real"] = weight * mean_of(hinge_real, critic(of_real))
        terms[f"seen_{domain}_fake"] = weight * mean_of(hinge_fake, critic(of_fake))
    return terms


def generator_terms(nets: Networks, weight: float, fake: Mapping[str, Tensor], change: Change) -> dict[str, Tensor]:
    """What the generators learn from them."""
    return {
        f"gan_seen_{domain}": weight * mean_of(hinge_generator, critic(nets["features"](change(fake[domain]))))
        for domain, critic in critics(nets).items()
    }


def critics(nets: Networks) -> dict[str, ProjectedCritic]:
    """By domain, for those who freeze them."""
    return {name[-1]: cast(ProjectedCritic, net) for name, net in nets.items() if name.startswith("seen_")}


def mean_of(loss: Loss, logits: Sequence[Tensor]) -> Tensor:
    """The mean of a loss over critics."""
    return torch.stack([loss(each) for each in logits]).mean()
