"""Networks: shapes, receptive fields, noise by seed, and the layers they are made of."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ganstudio.models import hub
from ganstudio.networks.layers import NORMS, ResizeConv2d, init_normal, norm
from ganstudio.networks.packed import folded
from ganstudio.networks.palette import BINS, SCALE, PaletteCritic, not_paper, palette
from ganstudio.networks.patchgan import PATCHES, PatchGAN
from ganstudio.networks.resnet import ResNet, recolour
from ganstudio.networks.unet import UNet
from ganstudio.recipes.colouring import new_edges, one_colour

UPSAMPLES = ("resize", "transposed")


# --- layers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 3, 1, 1), (2, 3, 5, 4)], ids=str)
def test_resize_convolution_is_enlargement_then_convolution(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    layer = ResizeConv2d(3, 7).double()
    layer.bias.data.normal_()
    x = torch.randn(*shape, dtype=torch.float64)
    enlarged = F.interpolate(x, scale_factor=2, mode="nearest")
    result = layer(x)
    assert result.shape == (shape[0], 7, shape[2] * 2, shape[3] * 2)
    torch.testing.assert_close(result, F.conv2d(enlarged, layer.weight.transpose(0, 1), layer.bias, padding=1))


def test_resize_convolution_learns_its_nine_weights() -> None:
    layer = ResizeConv2d(2, 3)
    layer(torch.randn(1, 2, 4, 4)).square().sum().backward()
    assert {name for name, _ in layer.named_parameters()} == {"weight", "bias"}
    assert list(layer.state_dict()) == ["weight", "bias"]
    assert layer.weight.shape == (2, 3, 3, 3) and layer.weight.grad is not None
    assert (layer.weight.grad != 0).all()


@pytest.mark.parametrize("kind", NORMS)
@pytest.mark.parametrize("channels", [4, 5, 6, 34, 130, 512])
def test_norms(kind: str, channels: int) -> None:
    """Any number of channels, since the width is a knob."""
    x = torch.randn(2, channels, 4, 4) * 3 + 1
    y = norm(kind, channels)(x)
    assert y.shape == x.shape
    if kind == "none":
        assert torch.equal(x, y)
    else:
        assert abs(y.mean().item()) < 0.1 and abs(y.std().item() - 1) < 0.1


def test_unknown_norm() -> None:
    with pytest.raises(ValueError, match="instance"):
        norm("layer", 4)


def test_initial_weights() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(16, 64, 4), norm("batch", 64), ResizeConv2d(64, 64), nn.ConvTranspose2d(64, 8, 4))
    init_normal(network)
    for layer in (network[0], network[2], network[3]):
        assert abs(layer.weight.mean().item()) < 1e-3 and abs(layer.weight.std().item() - 0.02) < 1e-3
        assert not layer.bias.any()
    assert abs(network[1].weight.mean().item() - 1) < 0.02


# --- U-Net ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("upsample", UPSAMPLES)
@pytest.mark.parametrize("kind", NORMS)
@pytest.mark.parametrize(("depth", "height", "width"), [(2, 4, 4), (3, 16, 24), (4, 16, 16)])
def test_unet_shapes(upsample: str, kind: str, depth: int, height: int, width: int) -> None:
    network = UNet(4, depth, kind, upsample)
    for mode in (True, False):
        y = network.train(mode)(torch.rand(2, 3, height, width) * 2 - 1)
        assert y.shape == (2, 3, height, width) and y.dtype == torch.float32
        assert y.abs().max() <= 1


def test_unet_of_the_paper() -> None:
    """54.4 million weights at 64 channels and depth 8, with transposed convolutions (the authors' figure)."""
    network = UNet(64, 8, "none", "transposed")
    assert sum(w.numel() for w in network.parameters()) == pytest.approx(54.4e6, rel=0.005)
    assert [encode[0].out_channels for encode in network.encoder] == [64, 128, 256, 512, 512, 512, 512, 512]


def test_unet_too_shallow() -> None:
    with pytest.raises(ValueError, match="depth"):
        UNet(4, 1)


def test_every_level_reaches_the_output() -> None:
    """By the skips and through the bottleneck: a change of any level's weights changes the picture."""
    torch.manual_seed(0)
    network = UNet(4, 4, dropout=0.0).eval()
    network(torch.randn(1, 3, 16, 16)).square().sum().backward()
    assert all(w.grad is not None and w.grad.abs().sum() > 0 for w in network.parameters() if w.dim() > 1)


def test_noise_at_test_time_is_an_argument() -> None:
    torch.manual_seed(0)
    network = UNet(4, 5).eval()
    x = torch.randn(1, 3, 32, 32)
    steady = network(x)
    assert torch.equal(steady, network(x))
    with_seven = network(x, network.noise(32, 32, [7]))
    assert torch.equal(with_seven, network(x, network.noise(32, 32, [7])))
    assert not torch.allclose(with_seven, steady, atol=1e-4)
    assert not torch.allclose(with_seven, network(x, network.noise(32, 32, [8])), atol=1e-4)
    network.train()
    assert not torch.equal(network(x), network(x))  # drawn by PyTorch


def test_noise_of_a_seed_is_the_same_alone_and_in_a_batch() -> None:
    network = UNet(4, 5).eval()
    together = network.noise(32, 64, [3, 7, 2**31 - 1])
    assert len(together) == 3
    for k, seed in enumerate([3, 7, 2**31 - 1]):
        for alone, level in zip(network.noise(32, 64, [seed]), together, strict=True):
            assert torch.equal(alone[0], level[k])
    x = torch.randn(1, 3, 32, 64)
    batch = network(x.expand(3, -1, -1, -1), together)
    torch.testing.assert_close(batch[1:2], network(x, network.noise(32, 64, [7])))


@pytest.mark.parametrize(("depth", "levels"), [(2, 0), (3, 1), (5, 3), (8, 3)])
def test_noise_has_dropout_statistics_and_fits(depth: int, levels: int) -> None:
    network = UNet(8, depth, dropout=0.25).eval()
    side = 2 ** (depth + 1)
    masks = network.noise(side, side, list(range(8)))
    assert len(masks) == len(network.noisy) == levels
    for mask in masks:
        assert ((mask == 0) | (mask == 1 / torch.tensor(0.75))).all()
    if levels:
        assert torch.cat([m.flatten() for m in masks]).mean().item() == pytest.approx(1, abs=0.1)
    network(torch.zeros(8, 3, side, side), masks)


def test_without_dropout_there_is_no_noise() -> None:
    network = UNet(4, 5, dropout=0.0).train()
    assert network.noise(32, 32, [1]) == ()
    x = torch.randn(1, 3, 32, 32)
    assert torch.equal(network(x), network(x))


@pytest.mark.parametrize("upsample", UPSAMPLES)
def test_folded_is_the_same_function(upsample: str) -> None:
    torch.manual_seed(0)
    network = UNet(4, 4, upsample=upsample).eval()
    for weight in network.parameters():
        weight.data.normal_(0, 0.3)
    quick = folded(copy.deepcopy(network))
    assert not any(isinstance(m, ResizeConv2d) for m in quick.modules())
    x = torch.randn(2, 3, 16, 32)
    noise = network.noise(16, 32, [1, 2])
    torch.testing.assert_close(quick(x), network(x))
    torch.testing.assert_close(quick(x, noise), network(x, noise))


# --- PatchGAN ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("patch", PATCHES)
def test_the_receptive_field_is_the_patch(patch: int) -> None:
    """As computed from the convolutions, and as the gradient of one logit shows it."""
    torch.manual_seed(0)
    network = PatchGAN(6, 4, patch, "none")  # a norm would let every pixel touch every logit
    assert network.receptive_field() == patch
    for weight in network.parameters():
        weight.data = weight.data.abs() + 0.01  # nothing cancels
    side = patch * 2 + 2 ** PATCHES[patch] * 4
    x = torch.rand(1, 6, side, side, requires_grad=True)
    logits = network(x)
    middle = logits.shape[2] // 2
    logits[0, 0, middle, middle].backward()
    assert x.grad is not None
    touched = x.grad[0].abs().sum(dim=0) > 0
    rows, columns = touched.any(dim=1).nonzero(), touched.any(dim=0).nonzero()
    assert len(rows) == len(columns) == patch and touched.sum() == patch**2
    assert rows[-1] - rows[0] == patch - 1


@pytest.mark.parametrize("patch", PATCHES)
@pytest.mark.parametrize("kind", NORMS)
def test_patchgan_shapes(patch: int, kind: str) -> None:
    """Down to the smallest picture that the recipe allows: three of the last level's pixels."""
    side = 3 * 2 ** PATCHES[patch]
    network = PatchGAN(6, 4, patch, kind).train()
    logits, hidden = network.features(torch.randn(2, 6, side, side))
    assert logits.shape[:2] == (2, 1) and logits.dtype == torch.float32
    assert min(logits.shape[2:]) == (3 if patch == 1 else 1)
    assert len(hidden) == len(network.hidden) and all(h.dim() == 4 for h in hidden)
    assert hidden[-1].std() > 0
    with torch.no_grad():
        network.eval()
        x = torch.randn(2, 6, side, side)
        assert torch.equal(network(x), network.features(x)[0])


def test_patchgan_of_the_paper() -> None:
    """30 x 30 logits of a 256-pixel picture, 2.77 million weights."""
    network = PatchGAN(6, 64, 70, "none")
    assert sum(w.numel() for w in network.parameters()) == pytest.approx(2.765e6, rel=0.002)
    with torch.no_grad():
        assert network(torch.zeros(1, 6, 256, 256)).shape == (1, 1, 30, 30)


# --- both -------------------------------------------------------------------------------------------------

NETWORKS = {
    **{f"unet-{kind}-{up}": lambda kind=kind, up=up: UNet(4, 3, kind, up) for kind in NORMS for up in UPSAMPLES},
    **{f"patchgan-{patch}": lambda patch=patch: PatchGAN(3, 4, patch) for patch in PATCHES},
}


@pytest.mark.parametrize("name", NETWORKS)
def test_saved_and_loaded_networks_give_equal_output(name: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network, other = NETWORKS[name](), NETWORKS[name]()
    side = 96 if name == "patchgan-286" else 48
    network.train()(torch.randn(2, 3, side, side))  # so that running statistics, where there are any, are not 0
    hub.save_weights(tmp_path / "weights.safetensors", network.state_dict())
    hub.load_weights(tmp_path / "weights.safetensors", other)
    x = torch.randn(1, 3, side, side)
    assert torch.equal(network.eval()(x), other.eval()(x))


def test_a_fresh_head_changes_nothing_and_then_sees_the_source_at_full_resolution() -> None:
    torch.manual_seed(0)
    plain, headed = UNet(4, 3).eval(), UNet(4, 3, head=6).eval()
    assert headed.load_state_dict(plain.state_dict(), strict=False).unexpected_keys == []
    x = torch.rand(1, 3, 16, 16) * 2 - 1
    with torch.no_grad():
        torch.testing.assert_close(headed(x), plain(x))
        assert headed.detail is not None
        headed.detail[2].weight.normal_()
    x.requires_grad_(True)
    for network in (plain, headed):
        for weights in network.encoder.parameters():
            weights.data.zero_()  # leaves the head as the only way from the source to the picture
    assert torch.autograd.grad(plain(x).sum(), x)[0].abs().max() == 0
    assert (torch.autograd.grad(headed(x).sum(), x)[0] != 0).all()


# --- ResNet -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("upsample", ["resize", "transposed"])
@pytest.mark.parametrize("output", ["picture", "colours"])
@pytest.mark.parametrize("labels", [0, 3])
def test_resnet_keeps_the_shape(upsample: str, output: str, labels: int) -> None:
    network = ResNet(4, 2, upsample=upsample, output=output, labels=labels).eval()
    x = torch.rand(2, 3, 24, 40) * 2 - 1
    label = (torch.eye(3)[:2],) if labels else ()
    out = network(x, *label)
    assert out.shape == x.shape and out.dtype == torch.float32 and out.abs().max() <= 1.1


def test_the_papers_resnet_has_its_weights() -> None:
    """11.4 million for nine blocks of 64 channels, as the authors' code counts; the norms' own scales come on top."""
    network = ResNet(64, 9, upsample="transposed")
    norms = sum(p.numel() for m in network.modules() if isinstance(m, nn.InstanceNorm2d) for p in m.parameters())
    assert sum(p.numel() for p in network.parameters()) - norms == 11_378_179


def test_colours_begin_as_the_picture_itself() -> None:
    torch.manual_seed(0)
    x = torch.rand(1, 3, 16, 16) * 2 - 1
    assert (ResNet(8, 1, output="colours")(x) - x).abs().mean() < 0.05
    field = torch.zeros(1, 12, 16, 16)
    torch.testing.assert_close(recolour(x, field), x)
    field[:, 0] = -1  # R out of R goes
    field[:, 2] = 1  # and comes out of B
    field[:, 9:] = 0.1
    red, green = recolour(x, field)[0, :2]
    torch.testing.assert_close(red, (x[0, 2] + 0.2).clamp(max=1) + ((x[0, 2] + 0.2) - 1).clamp(min=0) * 0.05)
    assert (green >= x[0, 1]).all()


def test_every_label_gives_another_picture_and_one_can_be_settled() -> None:
    torch.manual_seed(0)
    network = ResNet(4, 2, labels=3).eval()
    x = torch.rand(1, 3, 16, 16) * 2 - 1
    labels = torch.eye(3)
    outs = [network(x, labels[k : k + 1]) for k in range(3)]
    assert all((outs[a] - outs[b]).abs().max() > 1e-4 for a, b in ((0, 1), (0, 2), (1, 2)))
    mixed = network(x, labels[:2].mean(0, keepdim=True))
    assert (mixed - outs[0]).abs().max() > 1e-4
    torch.testing.assert_close(network.settled(labels[1])(x), outs[1])


# --- palettes and pairs -----------------------------------------------------------------------------------


def test_a_palette_counts_colours_and_not_places() -> None:
    x = torch.rand(2, 3, 8, 8) * 2 - 1
    shuffled = x.flatten(2)[:, :, torch.randperm(64)].view_as(x)
    torch.testing.assert_close(palette(x), palette(shuffled))
    red = torch.full((1, 3, 4, 4), -1.0)
    red[:, 0] = 1.0
    features = palette(red)[0] / SCALE
    shares = features[: BINS**3].square() - 1e-4
    assert shares.argmax() == (BINS - 1) * BINS**2 and shares.sum() == pytest.approx(1, abs=1e-4)
    assert features[-6:-3].tolist() == pytest.approx([1, 0, 0])


def test_a_palette_leaves_out_what_is_not_counted() -> None:
    x = torch.ones(1, 3, 4, 8)
    x[..., :4] = -0.5
    painted = not_paper(x)
    assert painted.mean() == 0.5
    torch.testing.assert_close(palette(x, painted), palette(x[..., :4]))
    x.requires_grad_()
    palette(x, painted)[:, 5:].sum().backward()
    assert x.grad is not None and x.grad[..., 4:].abs().max() == 0


@pytest.mark.parametrize("patch", [1, 16, 34])
def test_critics_judge_pairs(patch: int) -> None:
    torch.manual_seed(0)
    labels = torch.eye(3)
    x = torch.rand(1, 3, 32, 32)
    critic = PatchGAN(3, 4, patch, labels=3)
    assert critic(x, labels[:1]).shape == critic(x).shape
    assert (critic(x, labels[:1]) - critic(x, labels[1:2])).abs().max() > 1e-4
    colours = PaletteCritic(8, labels=3)
    assert colours(palette(x), labels[:1]).shape == (1, 1)
    assert (colours(palette(x), labels[:1]) - colours(palette(x), labels[1:2])).abs().max() > 1e-4


# --- palettes -------------------------------------------------------------------------------------------------


def test_oklab() -> None:
    """Ottosson's own table: white is (1, 0, 0), and the way back gives every colour."""
    from ganstudio.networks.recolourer import to_oklab, to_srgb

    x = torch.rand(2, 3, 9, 7) * 2 - 1
    torch.testing.assert_close(to_srgb(to_oklab(x)), x, atol=1e-4, rtol=0)
    white = to_oklab(torch.ones(1, 3, 1, 1)).flatten()
    torch.testing.assert_close(white, torch.tensor([1.0, 0.0, 0.0]), atol=1e-3, rtol=0)
    red = to_oklab(torch.tensor([1.0, -1.0, -1.0]).view(1, 3, 1, 1)).flatten()
    torch.testing.assert_close(red, torch.tensor([0.628, 0.2249, 0.1258]), atol=1e-3, rtol=0)


def test_turned_hues_keep_light_and_paper() -> None:
    from ganstudio.networks.recolourer import to_oklab
    from ganstudio.recipes.colouring import turned_hues

    torch.manual_seed(1)
    x = torch.rand(3, 3, 8, 8) * 0.5 - 0.25  # dull: what a screen can show whichever hue it has
    x[:, :, 0] = 1.0
    turned = turned_hues(x)
    assert (turned - x)[:, :, 1:].abs().mean() > 0.02
    torch.testing.assert_close(turned[:, :, 0], x[:, :, 0], atol=2e-3, rtol=0)
    torch.testing.assert_close(to_oklab(turned)[:, 0], to_oklab(x)[:, 0], atol=2e-3, rtol=0)


def test_a_palette_finds_large_areas_and_small_ones() -> None:
    from ganstudio.networks.recolourer import palette_of, to_srgb

    picture = torch.ones(1, 3, 64, 64)
    colours = {"body": (0.8, -0.2, -0.6), "belly": (0.9, 0.8, 0.5), "eye": (-0.9, -0.9, 0.2)}
    for (name, colour), area in zip(colours.items(), ((8, 56, 8, 56), (30, 56, 20, 44), (14, 18, 20, 24)), strict=True):
        top, bottom, left, right = area
        picture[0, :, top:bottom, left:right] = torch.tensor(colour).view(3, 1, 1)
        assert name
    found = palette_of(picture, 6)
    assert found.shares.sum().item() == pytest.approx(1)
    centres = to_srgb(found.centres.transpose(1, 2)[..., None])[0, :, :, 0].T  # (K,3)
    for colour in colours.values():
        distance = (centres[found.shares[0] > 0] - torch.tensor(colour)).abs().amax(1)
        assert distance.min() < 0.06
    again = palette_of(picture, 6)
    assert all(torch.equal(a, b) for a, b in zip(found, again, strict=True))


def test_a_recolourer_begins_near_the_identity_and_hears_label_and_style() -> None:
    from ganstudio.networks.recolourer import Recolourer

    torch.manual_seed(0)
    network = Recolourer(3, codes=4, colours=5).eval()
    x = torch.rand(2, 3, 16, 24) * 1.8 - 1
    label = torch.eye(3)[:2]
    with torch.no_grad():
        assert (network(x, label) - x).abs().mean() < 0.25
        torch.nn.init.normal_(network.head.weight, 0, 0.2)
        first, other = network(x, label), network(x, label.roll(1, 1))
        styled = network(x, label, torch.randn(2, 4))
        assert (first - other).abs().mean() > 1e-3 < (first - styled).abs().mean()
        # One picture alone is what it is among others.
        torch.testing.assert_close(network(x[:1], label[:1]), first[:1], atol=1e-4, rtol=0)


@pytest.mark.parametrize("plain", [(), (5, 6, 7)])
def test_a_recolourer_can_be_settled_on_one_label(plain: tuple[int, ...]) -> None:
    from ganstudio.networks.recolourer import Recolourer

    torch.manual_seed(0)
    network = Recolourer(3, codes=4, colours=5, plain=plain, width=16, layers=2).eval()
    torch.nn.init.normal_(network.head.weight, 0, 0.2)
    x, labels = torch.rand(2, 3, 16, 24) * 2 - 1, torch.eye(3)
    with torch.no_grad():
        torch.testing.assert_close(network.settled(labels[1])(x), network(x, labels[1].expand(2, -1)))


# --- what a recolouring should leave ----------------------------------------------------------------------


def test_one_colour_is_changed_alike() -> None:
    torch.manual_seed(0)
    x = torch.full((1, 3, 16, 16), -0.5)
    x[..., 8:] = 0.5
    assert one_colour(x, x).item() == 0
    by_part = torch.where(x < 0, x + 0.7, x - 0.2)
    assert one_colour(x, by_part) < 1e-3  # each colour as a whole
    blotch = x.clone()
    blotch[..., :4, :] += 0.7  # half of either colour
    assert one_colour(x, blotch) > 0.1
    paper = torch.ones(1, 3, 16, 16)
    assert one_colour(paper, paper * torch.rand(1, 1, 16, 16)) == 0


def test_new_edges_cost_and_old_ones_do_not() -> None:
    x = torch.zeros(1, 3, 16, 16)
    x[..., 8:] = 1.0
    assert new_edges(x, x) == 0 and new_edges(x, -x) == 0 and new_edges(x, x * 0.3) == 0
    y = x.clone()
    y[..., 4:6, :] += 1.0
    assert new_edges(x, y) > 0.1
