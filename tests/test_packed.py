"""The packed form of a network is the same function: for every published network, norm and enlargement."""

from __future__ import annotations

import pytest
import torch
from core_fixtures import tiny_config

from ganstudio.config import fields
from ganstudio.models.engine import BACKENDS, Fast, example_extra
from ganstudio.networks.packed import can_pack, packed
from ganstudio.recipes import RECIPES

PAPER = {"upsample": "transposed"}
needs_operators = pytest.mark.skipif(not can_pack(), reason="this PyTorch has no packed operators")


@needs_operators
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize(
    "changes",
    [{}, {"norm": "batch"}, {"norm": "group"}, {"head": 5}, {"upsample": "transposed"}, {"generator": "unet"}],
    ids=str,
)
@pytest.mark.parametrize("recipe", RECIPES)
def test_packed_is_the_same_function(recipe: str, changes: dict[str, object], batch: int) -> None:
    torch.manual_seed(0)
    known = {name for name, *_ in fields(RECIPES[recipe].config)}
    if not set(changes) <= known:
        pytest.skip("a setting that this recipe does not have")
    config = tiny_config(recipe, size=32, **changes)
    built = RECIPES[recipe].build(config)
    x = torch.rand(batch, 3, 32, 32) * 2 - 1
    for name in RECIPES[recipe].exports:
        network = built[name].eval()
        before = {key: tensor.clone() for key, tensor in network.state_dict().items()}
        extra = example_extra(network, 32)  # of one picture: a batch has the same, or a label each
        labels = getattr(network, "labels", 0)
        several = (torch.eye(labels)[:batch],) if labels else extra
        fast = packed(network, torch.zeros(1, 3, 32, 32), *extra)
        with torch.inference_mode():
            torch.testing.assert_close(fast(x, *several), network(x, *several), rtol=1e-3, atol=1e-4)
        for key, tensor in network.state_dict().items():  # the original can still be published
            assert torch.equal(tensor, before[key])


@pytest.mark.parametrize("backend", [b for b in BACKENDS if b.available()], ids=lambda b: b.name)
def test_every_backend_takes_noise(backend: object) -> None:
    config = tiny_config("pix2pix", size=32, depth=4)
    generator = RECIPES["pix2pix"].build(config)["generator"].eval().requires_grad_(False)
    fast, x = Fast(generator, backend, 32), torch.rand(1, 3, 32, 32) * 2 - 1  # type: ignore[arg-type]
    one, two = (generator.noise(32, 32, (seed,)) for seed in (1, 2))  # type: ignore[operator]
    assert torch.equal(fast(x, one), fast(x, one))
    assert not torch.equal(fast(x, one), fast(x, two))
    with torch.inference_mode():
        assert (fast(x, one) - generator(x, one)).abs().mean() < 0.02
