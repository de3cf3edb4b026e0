"""U-GAT-IT's networks: its norm, its attention, its forms."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from core_fixtures import tiny_config
from torch import Tensor, nn

from ganstudio.networks.layers import EPSILON, ResizeConv2d, affine, moments
from ganstudio.networks.ugatit import UGATIT, AdaLIN, Instance, UGATITCritic, smallest_side
from ganstudio.recipes import RECIPES
from ganstudio.recipes.recipe import Batch
from ganstudio.recipes.ugatit import heat


def unbiased(x: Tensor, dims: tuple[int, ...]) -> Tensor:
    """x less its mean over `dims`, over the unbiased deviation: the authors' norms, by their definition."""
    return (x - x.mean(dims, keepdim=True)) / (x.var(dims, keepdim=True) + EPSILON).sqrt()


def layer(rho: float, channels: int = 6) -> AdaLIN:
    norm = AdaLIN(channels, rho)
    norm.rho.data.fill_(rho)
    return norm


# Below and above the size from which the moments are taken by another kernel.
SIDES = (5, 40)


@pytest.mark.parametrize("side", SIDES)
def test_adalin_is_instance_norm_at_1_and_layer_norm_at_0(side: int) -> None:
    x = torch.randn(2, 6, side, side) * 3 + 5
    one, zero = torch.ones(2, 6), torch.zeros(2, 6)
    assert torch.allclose(layer(1.0)(x, one, zero), unbiased(x, (2, 3)), atol=1e-4)
    assert torch.allclose(layer(0.0)(x, one, zero), unbiased(x, (1, 2, 3)), atol=1e-4)
    # PyTorch's own norms differ by their biased variance alone.
    n = side * side
    assert torch.allclose(layer(1.0)(x, one, zero), F.instance_norm(x) * ((n - 1) / n) ** 0.5, atol=1e-4)
    n *= 6
    assert torch.allclose(layer(0.0)(x, one, zero), F.group_norm(x, 1) * ((n - 1) / n) ** 0.5, atol=1e-4)


def test_adalin_mixes_by_channel_and_scales_by_picture() -> None:
    x, gamma, beta = torch.randn(3, 6, 40, 40), torch.randn(3, 6), torch.randn(3, 6)
    norm = AdaLIN(6, 0.0)
    rho = torch.linspace(0, 1, 6)
    norm.rho.data.copy_(rho)
    mixed = rho[:, None, None] * unbiased(x, (2, 3)) + (1 - rho[:, None, None]) * unbiased(x, (1, 2, 3))
    assert torch.allclose(norm(x, gamma, beta), mixed * gamma[..., None, None] + beta[..., None, None], atol=1e-4)


@pytest.mark.parametrize("side", SIDES)
def test_the_gradients_of_the_norms_are_those_of_their_definition(side: int) -> None:
    torch.manual_seed(0)
    x, gamma, beta = (torch.randn(shape, requires_grad=True) for shape in ((2, 6, side, side), (2, 6), (2, 6)))
    norm, weigh = layer(0.3), torch.randn(2, 6, side, side)
    wanted = (x, gamma, beta, norm.rho)
    got = torch.autograd.grad((norm(x, gamma, beta) * weigh).sum(), wanted)
    rho = norm.rho[:, None, None]
    defined = (rho * unbiased(x, (2, 3)) + (1 - rho) * unbiased(x, (1, 2, 3))) * gamma[..., None, None]
    truth = torch.autograd.grad(((defined + beta[..., None, None]) * weigh).sum(), wanted)
    for one, other in zip(got, truth, strict=True):
        assert torch.allclose(one, other, rtol=1e-3, atol=1e-3 * float(other.abs().max()))
    instance = torch.autograd.grad((Instance()(x) * weigh).sum(), x)[0]
    assert torch.allclose(instance, torch.autograd.grad((F.instance_norm(x) * weigh).sum(), x)[0], atol=1e-4)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_moments_and_affine(side: int, kind: torch.dtype) -> None:
    x = (torch.randn(2, 3, side, side) * 2 + 1).to(kind).contiguous(memory_format=torch.channels_last)
    mean, variance = moments(x)
    assert mean.dtype == variance.dtype == torch.float32
    assert torch.allclose(mean, x.float().mean((2, 3)), atol=1e-4)
    assert torch.allclose(variance, x.float().var((2, 3), unbiased=False), atol=1e-3)
    made = affine(x, variance, mean)
    assert made.dtype == kind and made.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("side", SIDES)
def test_a_constant_map_stays_a_number(side: int) -> None:
    x = torch.full((1, 6, side, side), 7.0, requires_grad=True)
    for norm in (lambda t: layer(0.5)(t, torch.ones(1, 6), torch.zeros(1, 6)), Instance()):
        made = norm(x)
        assert made.isfinite().all() and made.abs().max() < 0.1
        assert torch.autograd.grad(made.sum(), x)[0].isfinite().all()
    generator = UGATIT(4, 1, size=side - side % 4 or 16).eval()
    blank = torch.ones(1, 3, 16, 16)
    assert heat(generator, blank).isfinite().all() and generator(blank).isfinite().all()


def test_rho_stays_between_0_and_1_and_learns() -> None:
    recipe, config = RECIPES["ugatit"], tiny_config("ugatit")
    torch.manual_seed(0)
    networks = recipe.build(config)
    rhos = [p for n in recipe.exports for name, p in networks[n].named_parameters() if name.endswith("rho")]
    assert rhos
    for rho in rhos:  # at the borders, where a step may lead outside
        rho.data.copy_(torch.arange(len(rho)) % 2)
    before = [rho.detach().clone() for rho in rhos]
    optimizers = {
        player: torch.optim.Adam([p for n in owned if n in networks for p in networks[n].parameters()], 0.05)
        for player, owned in recipe.players.items()
    }
    outside = False

    def update(player: str, **terms: Tensor) -> None:
        nonlocal outside
        optimizers[player].zero_grad()
        torch.stack(list(terms.values())).sum().backward()
        optimizers[player].step()
        outside |= any(rho.min() < 0 or rho.max() > 1 for rho in rhos)

    pictures = Batch(*(torch.rand(2, 3, 16, 16) * 2 - 1 for _ in range(2)))
    for _ in range(3):
        recipe.step(networks, pictures, update, config)
        assert all(rho.min() >= 0 and rho.max() <= 1 for rho in rhos)
    assert outside, "nothing was there to be clipped"
    assert all(not torch.equal(rho, old) for rho, old in zip(rhos, before, strict=True))


@pytest.mark.parametrize("network", [UGATIT(4, 2), UGATITCritic(4, 4)], ids=["generator", "critic"])
def test_the_mean_of_the_average_map_is_its_logit(network: UGATIT | UGATITCritic) -> None:
    x = torch.rand(2, 3, 32, 32) * 2 - 1
    seen = network.eval().see(x)
    maps = torch.einsum("nchw,pc->nphw", seen.features, seen.weights)
    assert torch.allclose(maps[:, 0].mean((1, 2)), seen.logits[:, 0], atol=1e-5)
    assert torch.allclose(seen.features.amax((2, 3)) @ seen.weights[1], seen.logits[:, 1], atol=1e-5)
    assert torch.equal(network.judge(x).logits, seen.logits)
    assert seen.attended.shape == seen.features.shape


def test_attention_goes_on_with_the_weighted_features() -> None:
    """The one convolution is the papers' two steps: features times weights, both kinds, then 1x1 to merge them."""
    attention = UGATIT(4, 1).attention
    features = torch.rand(2, 16, 8, 8)
    average, maximum = (weight[..., None, None] for weight in attention.weights())
    apart = attention.merge(torch.cat([features * average, features * maximum], dim=1))
    assert torch.allclose(attention(features), apart, atol=1e-5)


def test_the_light_form_takes_any_size_and_the_full_one_its_own() -> None:
    light, full = UGATIT(4, 1, light=True, size=32).eval(), UGATIT(4, 1, light=False, size=32).eval()
    for side in (16, 32, 48):
        assert light(torch.rand(1, 3, side, side)).shape == (1, 3, side, side)
    assert full(torch.rand(1, 3, 32, 32)).shape == (1, 3, 32, 32)
    with pytest.raises(RuntimeError):
        full(torch.rand(1, 3, 48, 48))


def test_the_critics_see_patches_of_the_papers_sizes() -> None:
    for layers, patch in ((5, 70), (7, 286)):
        critic = UGATITCritic(4, layers)
        field, step = 1, 1
        for conv in (*critic.hidden, critic.head):
            assert isinstance(conv, nn.Conv2d)
            field, step = field + (conv.kernel_size[0] - 1) * step, step * conv.stride[0]
        assert field == patch
        side = smallest_side(layers)
        assert critic(torch.rand(1, 3, side, side)).shape[2:] == (2, 2)


@pytest.mark.parametrize("bias", [True, False])
def test_resize_convolution_with_the_edge_again_is_reflection_after_enlarging(bias: bool) -> None:
    conv = ResizeConv2d(3, 5, edges="replicate", bias=bias)
    x = torch.randn(2, 3, 6, 7)
    wide = F.pad(F.interpolate(x, scale_factor=2.0), [1] * 4, mode="reflect")
    assert torch.allclose(conv(x), F.conv2d(wide, conv.weight.transpose(0, 1), conv.bias), atol=1e-5)
