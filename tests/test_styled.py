"""The networks of BicycleGAN: a generator that paints in a style, an encoder that reads one, critics of features."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio.networks import pretrained
from ganstudio.networks.layers import norm_and_slope
from ganstudio.networks.pretrained import LEVELS, PretrainedFeatures
from ganstudio.networks.projected import ProjectedCritic
from ganstudio.networks.styled import StyleEncoder, StyleUNet
from ganstudio.recipes import RECIPES
from ganstudio.words import Refused


def as_written(x: Tensor, scale: Tensor, shift: Tensor, noise: Tensor, grain: Tensor) -> Tensor:
    mean, variance = x.mean((2, 3), keepdim=True), x.var((2, 3), unbiased=False, keepdim=True)
    normed = (x - mean) / (variance + 1e-5).sqrt()
    return F.leaky_relu(normed * scale[..., None, None] + shift[..., None, None] + noise * grain[:, None, None], 0.2)


@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize("side", [8, 40])
def test_norm_and_slope_of_one_picture_in_use_is_that_of_training(side: int, noisy: bool) -> None:
    torch.manual_seed(1)
    x = torch.randn(1, 6, side, side).contiguous(memory_format=torch.channels_last)
    scale, shift, grain = torch.rand(1, 6), torch.randn(1, 6), torch.rand(6)
    noise = (torch.randn(1, 1, side, side), grain) if noisy else ()
    trained = norm_and_slope(x, scale, shift, *noise)
    with torch.inference_mode():
        torch.testing.assert_close(norm_and_slope(x, scale, shift, *noise), trained)


@pytest.mark.parametrize("side", [8, 40])  # the two ways to take moments
def test_norm_and_slope_is_its_formula_and_so_is_its_gradient(side: int) -> None:
    torch.manual_seed(0)
    wide = [torch.randn(shape, dtype=torch.float64) for shape in ((2, 5, side, side), (2, 5), (2, 5), (5,))]
    noise, weight = torch.randn(2, 1, side, side), torch.randn(2, 5, side, side)
    exact = [each.clone().requires_grad_() for each in wide]
    ours = [each.float().requires_grad_() for each in wide]
    (as_written(*exact[:3], noise.double(), exact[3]) * weight).sum().backward()
    x = ours[0].contiguous(memory_format=torch.channels_last)
    (norm_and_slope(x, *ours[1:3], noise, ours[3]) * weight).sum().backward()
    for a, b in zip(exact, ours, strict=True):
        assert a.grad is not None and b.grad is not None
        torch.testing.assert_close(b.grad, a.grad.float(), rtol=1e-3, atol=1e-3)


def unet() -> StyleUNet:
    torch.manual_seed(0)
    return StyleUNet(4, 3, 8, codes=5).eval()


def test_a_style_and_a_seed_change_the_picture_and_each_gives_the_same_again() -> None:
    g, x = unet(), torch.rand(1, 3, 32, 32) * 2 - 1
    noise = g.noise(32, 32, 3)
    with torch.inference_mode():
        plain = g(x, torch.zeros(1, 5), noise)
        assert plain.shape == x.shape and plain.dtype == torch.float32 and plain.abs().max() <= 1
        assert torch.equal(plain, g(x, torch.zeros(1, 5), g.noise(32, 32, 3)))
        assert not torch.equal(plain, g(x, g.style(1), noise))
        assert not torch.equal(plain, g(x, torch.zeros(1, 5), g.noise(32, 32, 4)))
    assert torch.equal(g.style(9), g.style(9)) and not torch.equal(g.style(9), g.style(10))
    assert torch.equal(g.noise(32, 32)[0], g.noise(32, 32)[0])  # without a seed always the same


def test_the_plain_style_is_the_mean_of_all_and_far_ones_are_untouched() -> None:
    g = unet()
    near, far = torch.full((1, 5), 1e-6), torch.full((1, 5), 2.0)
    assert torch.equal(g.mapped(torch.zeros(1, 5))[0], g.centre)
    torch.testing.assert_close(g.mapped(near)[0], g.centre)
    torch.testing.assert_close(g.mapped(far), g.map(far))
    many = torch.randn(4000, 5, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(g.centre, g.map(many).mean(0), atol=0.02, rtol=0.1)
    assert torch.equal(g.train().mapped(near), g.map(near))  # what is trained is the map itself


def test_plain_can_be_the_style_of_a_seed() -> None:
    torch.manual_seed(0)
    g = StyleUNet(8, 3, 16, 5, plain=7).eval()
    torch.testing.assert_close(g.mapped(torch.zeros(1, 5)), g.map(g.style(7)))
    assert not torch.equal(g.mapped(torch.zeros(1, 5)), g.map(g.style(8)))


def test_a_palette_mixes_the_styles_own_colours() -> None:
    torch.manual_seed(0)
    g = StyleUNet(8, 3, 16, 5, palette=4).eval()
    for colour in g.colours:
        torch.nn.init.zeros_(colour.weight[:3])  # no light and shade
        torch.nn.init.normal_(colour.weight[3:], 0, 40)  # each pixel takes one colour, nearly
    x, style = torch.rand(1, 3, 32, 32) * 2 - 1, g.style(1)
    with torch.inference_mode():
        picture = g(x, style, g.noise(32, 32))
        hues = torch.tanh(g.hues(g.mapped(style)).unflatten(1, (4, 3)))[0]
    pixels = picture[0].flatten(1).T
    distance = torch.cdist(pixels, hues)
    assert (distance.min(1).values < 0.05).float().mean() > 0.8 and len(distance.argmin(1).unique()) > 1
    torch.nn.init.normal_(g.hues.weight)
    with torch.inference_mode():
        assert not torch.allclose(picture, g(x, g.style(2), g.noise(32, 32)), atol=0.1)


def test_the_last_level_can_be_left_out() -> None:
    g, x = unet(), torch.rand(2, 3, 32, 32)
    assert g(x, torch.zeros(2, 5), stop=1).shape == (2, 3, 16, 16)
    g(x, torch.zeros(2, 5), stop=1).sum().backward()
    assert all(p.grad is None for p in g.decoder[-1].parameters())
    assert all(p.grad is not None for p in g.decoder[0].parameters())


def test_the_recipe_grows_once_at_its_place() -> None:
    recipe = RECIPES["bicyclegan"]
    c = recipe.config(grow_at=100)
    assert recipe.at(c, 99).grow_at == 100 and recipe.at(c, 100).grow_at == 0


def test_the_encoder_reads_any_size() -> None:
    e = StyleEncoder(codes=5, side=32)
    for side in (32, 64, 96):
        mean, log_variance = e(torch.rand(2, 3, side, side))
        assert mean.shape == log_variance.shape == (2, 5) and log_variance.abs().max() <= 8


def test_features_are_frozen_and_critics_judge_them_with_their_condition() -> None:
    features = PretrainedFeatures()
    assert not list(features.parameters())
    x, y = torch.rand(2, 3, 64, 64) * 2 - 1, torch.rand(2, 3, 64, 64) * 2 - 1
    levels = features(y)
    assert [f.shape[1] for f in levels] == list(LEVELS.values()) and [f.shape[2] for f in levels] == [16, 8, 4, 2]
    d = ProjectedCritic(list(LEVELS.values()), [16, 8, 4, 2], 8).eval()
    logits, others = d(levels, features(x)), d(levels, features(y))
    assert len(logits) == 4 and all(each.shape[:2] == (2, 1) for each in logits)
    assert not any(torch.equal(a, b) for a, b in zip(logits, others, strict=True))


def test_folded_batch_norms_give_the_same_features() -> None:
    from torchvision.models import mobilenet_v2

    torch.manual_seed(1)
    network = mobilenet_v2(weights=None).features[: max(LEVELS) + 1].eval()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)  # type: ignore[union-attr,operator]
            module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr,operator]
    x = torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        before = network(x)
        torch.testing.assert_close(pretrained._folded(network)(x), before, rtol=1e-3, atol=1e-4)


def test_weights_are_taken_by_their_contents_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.models import mobilenet_v2

    torch.manual_seed(2)
    network, file = mobilenet_v2(weights=None), tmp_path / "weights.pth"
    torch.save(network.state_dict(), file)
    features = PretrainedFeatures()
    with pytest.raises(Refused) as refusal:  # not the file that is known
        features.read(str(file))
    assert refusal.value.key == "features.other"
    with pytest.raises(Refused) as refusal:
        features.read(str(tmp_path / "none.pth"))
    assert refusal.value.key == "features.missing"
    monkeypatch.setattr(pretrained, "SHA256", hashlib.sha256(file.read_bytes()).hexdigest())
    assert features.read(str(file)) == file
    x = torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        expected = network.eval().features[: max(LEVELS) + 1]((x - features.mean) / features.deviation)
        torch.testing.assert_close(features(x)[-1], expected, rtol=1e-3, atol=1e-4)


def test_weights_that_cannot_be_fetched_are_said_to_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.models import MobileNet_V2_Weights

    def offline(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(pretrained, "PACKAGE", "no_such_package")
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(type(MobileNet_V2_Weights.IMAGENET1K_V1), "get_state_dict", offline)
    with pytest.raises(Refused) as refusal:
        pretrained.find()
    assert refusal.value.key == "features.missing" and "no network" in str(refusal.value)
