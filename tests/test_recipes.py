"""What every recipe promises the trainer, over the table: a new recipe is tested without a new test."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch
from core_fixtures import TINY, tiny_config
from torch import Tensor, nn

from ganstudio.config import fields
from ganstudio.recipes import RECIPES
from ganstudio.recipes.recipe import Batch, Networks, Recipe, Training, frozen

PACKAGE = Path(__file__).parents[1] / "ganstudio"
every_recipe = pytest.mark.parametrize("recipe", RECIPES.values(), ids=lambda recipe: recipe.name)


def built(recipe: Recipe, **changes: Any) -> tuple[Any, Networks]:
    config = tiny_config(recipe.name, **changes)
    torch.manual_seed(0)
    return config, {name: network.train() for name, network in recipe.build(config).items()}


def batch_for(recipe: Recipe, config: Any) -> Batch:
    shape = (config.batch, 3, config.size, config.size)
    source, target = torch.rand(shape) * 2 - 1, torch.rand(shape) * 2 - 1
    return Batch(source, torch.arange(config.batch) if recipe.data == "labelled" else target)


def with_gradient(networks: Networks) -> set[str]:
    """Names of networks in which any parameter has a gradient that is not 0."""
    return {
        name
        for name, network in networks.items()
        if any(p.grad is not None and p.grad.abs().sum() > 0 for p in network.parameters())
    }


# Settings that change which terms there are, where a recipe has them.
VARIANTS: dict[str, dict[str, Any]] = {
    "default": {},
    "features": {"feature_weight": 10.0, "augmentation": "all"},
    "lsgan-transposed": {"loss": "lsgan", "upsample": "transposed"},
    "hinge-pixel": {"loss": "hinge", "patch": 1, "dropout": 0.0},
    "palette-picture": {"palette_weight": 2.0, "output": "picture", "pool": 0},
    "turned": {"turned_hues": 1.0, "feature_weight": 0.0},
    "partners": {"pair_weight": 5.0, "feature_weight": 1.0},
    "palettes": {"output": "palette"},
    "unet-vanilla": {"generator": "unet", "loss": "vanilla", "identity_weight": 0.0},
}


@every_recipe
@pytest.mark.parametrize("variant", VARIANTS)
def test_each_update_gives_gradients_to_exactly_its_player(recipe: Recipe, variant: str) -> None:
    known = {name for name, *_ in fields(recipe.config)}
    config, networks = built(recipe, **{k: v for k, v in VARIANTS[variant].items() if k in known})
    called: list[str] = []

    def update(player: str, **terms: Tensor) -> None:
        called.append(player)
        assert terms
        for name, term in terms.items():
            assert term.shape == () and term.isfinite(), name
        for network in networks.values():
            network.zero_grad(set_to_none=True)
        torch.stack([term.float() for term in terms.values()]).sum().backward()
        owned = [name for name in recipe.players[player] if name in networks]
        assert with_gradient(networks) == set(owned)
        for name in owned:  # each layer learns, not only some
            for parameter, weight in networks[name].named_parameters():
                if weight.dim() > 1:
                    assert weight.grad is not None and weight.grad.abs().sum() > 0, f"{name}.{parameter}"

    recipe.step(networks, batch_for(recipe, config), update, config)
    assert set(called) == set(recipe.players)
    assert all(p.requires_grad for network in networks.values() for p in network.parameters())


@every_recipe
def test_steps_lower_what_the_networks_are_trained_for(recipe: Recipe) -> None:
    """A few steps on one batch change every owned network and keep all numbers finite."""
    config, networks = built(recipe)
    before = {n: {k: v.clone() for k, v in network.state_dict().items()} for n, network in networks.items()}
    optimizers = {
        player: torch.optim.Adam(
            [p for n in owned if n in networks for p in networks[n].parameters()], 1e-3, (0.5, 0.999)
        )
        for player, owned in recipe.players.items()
    }
    totals: list[dict[str, float]] = []

    def update(player: str, **terms: Tensor) -> None:
        optimizers[player].zero_grad()
        torch.stack(list(terms.values())).sum().backward()
        optimizers[player].step()
        totals[-1] |= {f"{player}/{name}": term.item() for name, term in terms.items()}

    batch = batch_for(recipe, config)
    for _ in range(12):
        totals.append({})
        recipe.step(networks, batch, update, config)
    for owned in recipe.players.values():
        for name in networks.keys() & set(owned):
            now = networks[name].state_dict()
            assert any(not torch.equal(now[key], value) for key, value in before[name].items())
            assert all(value.isfinite().all() for value in now.values())
    if "generator/l1" in totals[0]:
        assert totals[-1]["generator/l1"] < totals[0]["generator/l1"]


@every_recipe
def test_the_record_is_consistent(recipe: Recipe) -> None:
    config, networks = built(recipe)
    assert RECIPES[recipe.name] is recipe and issubclass(recipe.config, Training)
    owned = [name for names in recipe.players.values() for name in names]
    assert len(owned) == len(set(owned)), "a network has two owners"
    learning = {name for name, network in networks.items() if list(network.parameters())}
    assert learning <= set(owned) and set(owned) & set(networks) == learning
    assert recipe.exports and set(recipe.exports) <= set(networks)
    assert all(isinstance(network, nn.Module) for network in networks.values())
    assert config.size % recipe.multiple(config) == 0 and config.size >= recipe.smallest(config)
    default = recipe.config()
    assert default.size % recipe.multiple(default) == 0 and default.size >= recipe.smallest(default)


@every_recipe
def test_generate(recipe: Recipe) -> None:
    """Columns of pictures from the exported networks alone, as the trainer's sample sheets call it."""
    config, networks = built(recipe)
    exported = {name: networks[name].eval() for name in recipe.exports}
    batch = batch_for(recipe, config)
    with torch.no_grad():
        columns = recipe.generate(exported, batch)
    assert columns
    for picture in columns.values():
        assert picture.shape == batch.source.shape and picture.dtype == torch.float32 and picture.abs().max() < 1.1


@every_recipe
def test_the_smallest_size_can_be_trained(recipe: Recipe) -> None:
    """What `smallest` and `multiple` allow, `step` can do."""
    known = {name for name, *_ in fields(recipe.config)}
    for patch in (1, 16, 70) if "patch" in known else (None,):
        changes = {name: value for name, value in {"patch": patch, "depth": 2}.items() if name in known}
        config = tiny_config(recipe.name, **changes)
        multiple = recipe.multiple(config)
        size = max(16, -(-recipe.smallest(config) // multiple) * multiple)
        config, networks = built(recipe, **changes, size=size)
        recipe.step(networks, batch_for(recipe, config), lambda player, **terms: None, config)


def test_frozen_lets_gradients_through_and_comes_undone() -> None:
    layer, other = nn.Linear(2, 2), nn.Linear(2, 2)
    other.bias.requires_grad_(False)
    x = torch.ones(1, 2, requires_grad=True)
    with pytest.raises(RuntimeError, match="stop"), frozen(layer, other):
        other(layer(x)).sum().backward()
        assert layer.weight.grad is None and other.weight.grad is None
        assert x.grad is not None and x.grad.abs().sum() > 0
        raise RuntimeError("stop")
    assert layer.weight.requires_grad and layer.bias.requires_grad and other.weight.requires_grad
    assert not other.bias.requires_grad  # as it was before


def test_tiny_settings_exist_somewhere() -> None:
    """A setting renamed in the recipes would silently make these tests large."""
    known = {name for recipe in RECIPES.values() for name, *_ in fields(recipe.config)}
    assert set(TINY) <= known


@pytest.mark.parametrize(("batch", "labels"), [(1, 3), (4, 2), (6, 3)])
def test_recolour_never_takes_a_right_pair_for_a_wrong_one(batch: int, labels: int) -> None:
    """Whatever the batch: nothing is turned into its own label, and critics see it under its own as right alone."""
    config, networks = built(RECIPES["recolour"], batch=batch, domains=",".join("abc"[:labels]))
    seen: list[Tensor] = []
    critic = networks["palette_critic"]
    critic.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[1].argmax(dim=1)))
    own = torch.arange(batch) % 2
    for _ in range(5):
        source = torch.rand(batch, 3, config.size, config.size) * 2 - 1
        RECIPES["recolour"].step(networks, Batch(source, own), lambda player, **terms: None, config)
    for made, right, wrong, again in zip(*[iter(seen)] * 4, strict=True):
        assert torch.equal(right, own) and not (wrong == own).any()
        assert torch.equal(wrong, made) and torch.equal(wrong, again)


def test_no_recipe_is_asked_for_by_its_name() -> None:
    """What others need to know of a GAN stands in its record; the benches alone measure one that they name."""
    names = set(RECIPES) - {"recolour", "classifier"}  # also a purpose and a tab; a network and a role
    quoted = re.compile(rf"[\"']({'|'.join(names)})[\"']")
    asking = []
    for file in (each for kind in ("py", "js", "html") for each in PACKAGE.rglob(f"*.{kind}")):
        apart = file.relative_to(PACKAGE).parts[0] in ("recipes", "bench")
        if not apart and quoted.search(file.read_text(encoding="utf-8")):
            asking.append(file.name)
    assert asking == []
