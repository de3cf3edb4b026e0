"""Weights of pytorch-CycleGAN-and-pix2pix give here what they give there, and no file is trusted.

The peer's two generators are built here anew, from their description in the papers and in the project's own words: a
list of layers for the ResNet, nested levels with activations in place for the U-Net.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn

from ganstudio import commands, images
from ganstudio.models import engine, hub, peers
from ganstudio.recipes import RECIPES
from ganstudio.words import Refused

Weights = dict[str, Tensor]
NORMS = {
    "instance": lambda channels: nn.InstanceNorm2d(channels, affine=False),
    "batch": nn.BatchNorm2d,
    "none": lambda channels: nn.Identity(),
}


class PeerBlock(nn.Module):
    def __init__(self, channels: int, norm: str, dropout: bool) -> None:
        super().__init__()
        bias = norm == "instance"
        layers = [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=bias), NORMS[norm](channels)]
        layers += [nn.ReLU(True), *([nn.Dropout(0.5)] if dropout else [])]
        layers += [nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=bias), NORMS[norm](channels)]
        self.conv_block = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


class PeerResNet(nn.Module):
    def __init__(
        self, width: int, blocks: int, norm: str, dropout: bool, channels_in: int = 3, channels_out: int = 3
    ) -> None:
        super().__init__()
        bias = norm == "instance"
        layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(channels_in, width, 7, bias=bias)]
        layers += [NORMS[norm](width), nn.ReLU(True)]
        for k in (1, 2):
            layers += [nn.Conv2d(width * k, width * k * 2, 3, stride=2, padding=1, bias=bias)]
            layers += [NORMS[norm](width * k * 2), nn.ReLU(True)]
        layers += [PeerBlock(width * 4, norm, dropout) for _ in range(blocks)]
        for k in (4, 2):
            up = nn.ConvTranspose2d(width * k, width * k // 2, 3, stride=2, padding=1, output_padding=1, bias=bias)
            layers += [up, NORMS[norm](width * k // 2), nn.ReLU(True)]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, channels_out, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class PeerLevel(nn.Module):
    """Down, whatever lies `below`, up; joined to what came in, which the activation has changed in place."""

    def __init__(self, outer: int, inner: int, below: nn.Module | None, top: bool, norm: str, dropout: bool) -> None:
        super().__init__()
        self.top = top
        bias = norm == "instance"
        down = nn.Conv2d(3 if top else outer, inner, 4, stride=2, padding=1, bias=bias)
        into = inner if below is None else inner * 2
        layers: list[nn.Module]
        if top:
            up = nn.ConvTranspose2d(into, 3, 4, stride=2, padding=1)
            assert below is not None
            layers = [down, below, nn.ReLU(True), up, nn.Tanh()]
        else:
            up = nn.ConvTranspose2d(into, outer, 4, stride=2, padding=1, bias=bias)
            middle = [] if below is None else [NORMS[norm](inner), below]
            layers = [nn.LeakyReLU(0.2, True), down, *middle, nn.ReLU(True), up, NORMS[norm](outer)]
            layers += [nn.Dropout(0.5)] if dropout and below is not None else []
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x) if self.top else torch.cat([x, self.model(x)], 1)


class PeerUNet(nn.Module):
    def __init__(self, width: int, depth: int, norm: str, dropout: bool) -> None:
        super().__init__()
        level = PeerLevel(width * 8, width * 8, None, False, norm, dropout)
        for _ in range(depth - 5):
            level = PeerLevel(width * 8, width * 8, level, False, norm, dropout)
        for k in (4, 2, 1):
            level = PeerLevel(width * k, width * k * 2, level, False, norm, False)
        self.model = PeerLevel(3, width, level, True, norm, False)

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


def random(network: nn.Module, seed: int = 0) -> nn.Module:
    """Every weight and statistic drawn at random, as large as training leaves them, in eval mode."""
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for part in network.modules():
            if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):
                part.weight.normal_(0, 1 / (part.weight[0].numel() ** 0.5), generator=draw)
                if part.bias is not None:
                    part.bias.normal_(0, 0.3, generator=draw)
            elif isinstance(part, nn.BatchNorm2d):
                part.weight.normal_(1, 0.2, generator=draw)
                for tensor in (part.bias, part.running_mean):
                    assert tensor is not None
                    tensor.normal_(0, 0.3, generator=draw)
                assert part.running_var is not None and part.num_batches_tracked is not None
                part.running_var.uniform_(0.5, 2, generator=draw)
                part.num_batches_tracked.fill_(123)
    return network.eval()


def old_form(network: nn.Module) -> Weights:
    """As PyTorch 0.3 and DataParallel wrote it: instance norm has statistics, no batch is counted."""
    weights = {n: t for n, t in network.state_dict().items() if not n.endswith("num_batches_tracked")}
    for name, part in network.named_modules():
        if isinstance(part, nn.InstanceNorm2d):
            weights[f"{name}.running_mean"] = torch.randn(part.num_features)
            weights[f"{name}.running_var"] = torch.rand(part.num_features)
    return {f"module.{name}": tensor for name, tensor in weights.items()}


def picture(height: int, width: int) -> Tensor:
    return torch.rand(2, 3, height, width, generator=torch.Generator().manual_seed(9)) * 2 - 1


def same(a: Tensor, b: Tensor) -> bool:
    return a.shape == b.shape and (a - b).abs().max().item() <= 1e-5


def small_peer(**changes: Any) -> nn.Module:
    settings = {"width": 4, "blocks": 1, "norm": "instance", "dropout": False} | changes
    return random(PeerResNet(**settings))


def saved(folder: Path, content: object, name: str = "latest_net_G.pth", **how: Any) -> Path:
    torch.save(content, folder / name, **how)
    return folder / name


def refusal(file: Path) -> Refused:
    """What is said about it; nothing is left behind."""
    before = sorted(file.parent.iterdir())
    with pytest.raises(Refused) as refused:
        peers.import_weights(file, "m", file.parent / "out")
    assert sorted(file.parent.iterdir()) == before
    assert refused.value.say("ja") != refused.value.say("en")
    return refused.value


# --- the same pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["new", "old"])
@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize("norm", ["instance", "batch"])
@pytest.mark.parametrize("kind", ["resnet_6blocks", "resnet_9blocks", "unet_128", "unet_256"])
def test_outputs_equal_the_originals(kind: str, norm: str, dropout: bool, form: str, tmp_path: Path) -> None:
    """From the peer's file, through the published folder, back into a network."""
    peer: nn.Module
    if kind.startswith("resnet"):
        peer, x = PeerResNet(5, int(kind[7]), norm, dropout), picture(64, 48)
    else:
        side = int(kind[5:])
        peer, x = PeerUNet(4, {128: 7, 256: 8}[side], norm, dropout), picture(side, side)
    random(peer)
    if form == "new":
        file = saved(tmp_path, peer.state_dict())
    else:
        file = saved(tmp_path, OrderedDict(old_form(peer)), _use_new_zipfile_serialization=False)
    made = peers.import_weights(file, "m", tmp_path)
    assert made.architecture == kind and made.config.norm == norm
    if kind.startswith("resnet"):  # a U-Net's weights do not say
        assert made.config.dropout == 0.5 * dropout
    networks, _, _ = hub.load_networks(tmp_path / "m")
    with torch.inference_mode():
        theirs, ours = peer(x), networks["a_to_b"](x)
    assert theirs.std() > 0.1 and (theirs.abs() > 0.99).float().mean() < 0.5  # or else all would be close
    assert same(ours, theirs)


@pytest.mark.parametrize(
    "peer",
    [PeerResNet(4, 2, "none", False), PeerResNet(12, 1, "instance", True), PeerUNet(6, 5, "none", False)],
    ids=["no norm", "one block, wider", "a flat U-Net"],
)
def test_relatives(peer: nn.Module, tmp_path: Path) -> None:
    x = picture(32, 64)
    peer = random(peer)
    peers.import_weights(saved(tmp_path, peer.state_dict()), "m", tmp_path)
    with torch.inference_mode():
        assert same(hub.load_networks(tmp_path / "m")[0]["a_to_b"](x), peer(x))


def test_statistics_without_a_scale_are_of_an_instance_norm(tmp_path: Path) -> None:
    """Also where no convolution before a norm has a bias, as the other norms have it."""
    peer, x = small_peer(), picture(32, 32)
    weights = old_form(peer)
    for name in [name for name in weights if name.endswith(".bias") and not name.endswith("model.18.bias")]:
        weights.pop(name)
    assert peers.import_weights(saved(tmp_path, weights), "m", tmp_path).config.norm == "instance"
    with torch.inference_mode():
        for name, tensor in peer.named_parameters():
            if name.endswith(".bias") and name != "model.18.bias":
                tensor.zero_()
        assert same(hub.load_networks(tmp_path / "m")[0]["a_to_b"](x), peer(x))


def test_safetensors_and_half_precision_are_read_too(tmp_path: Path) -> None:
    """By content: the suffix says nothing."""
    peer = small_peer().half()
    save_file(peer.state_dict(), tmp_path / "weights.pth")
    saved(tmp_path, peer.state_dict(), "weights.safetensors")
    x = picture(16, 16)
    for k, file in enumerate(("weights.pth", "weights.safetensors")):
        peers.import_weights(tmp_path / file, f"m{k}", tmp_path)
        with torch.inference_mode():
            ours = hub.load_networks(tmp_path / f"m{k}")[0]["a_to_b"](x)
            assert same(ours, peer.float()(x))
        peer.half()


# --- the model that is made -------------------------------------------------------------------------------


def test_the_model_works_like_any_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    peer = small_peer()
    file = saved(tmp_path, peer.state_dict(), "horse2zebra.pth")
    assert commands.main(["import-weights", str(file), "--name", "zebra", "--out", str(tmp_path / "models")]) == 0
    said = capsys.readouterr().out
    assert str(tmp_path / "models" / "zebra") in said and "resnet_1blocks" in said
    model = engine.load(tmp_path / "models" / "zebra")
    assert model.recipe == "cyclegan" and len(model.targets) == 1 and list(model.networks) == ["a_to_b"]
    assert (model.settings.domain_a, model.settings.domain_b) == ("A", "zebra")
    x = picture(32, 32)
    with torch.inference_mode():
        assert same(model.networks["a_to_b"](x), peer(x))
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)).save(tmp_path / "in.png")
    arguments = ["translate", str(tmp_path / "in.png"), "--model", str(tmp_path / "models" / "zebra")]
    assert commands.main([*arguments, "--out", str(tmp_path / "results")]) == 0
    shown = images.to_tensor(images.decode(tmp_path / "results" / "in.png"))
    with torch.inference_mode():
        expected = peer(images.to_tensor(images.decode(tmp_path / "in.png")))
    assert (shown - expected).abs().mean() < 0.03  # of the arithmetic that the engine chose


def test_the_card_says_where_the_weights_come_from(tmp_path: Path) -> None:
    file = saved(tmp_path, small_peer().state_dict(), "a`b\n[x](y).pth")
    peers.import_weights(file, "m", tmp_path)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    card = (tmp_path / "m" / "README.md").read_text()
    assert digest in card and "`a_b_[x](y).pth`" in card and "author" in card and "license: other" in card
    config = json.loads((tmp_path / "m" / "config.json").read_text())
    assert config["imported"] == {"file": file.name, "sha256": digest, "architecture": "resnet_1blocks"}
    assert str(tmp_path) not in card + json.dumps(config)


@pytest.mark.parametrize("way", RECIPES["cyclegan"].exports)
def test_a_cyclegan_may_go_one_way(way: str, tmp_path: Path) -> None:
    """Either one, though not none."""
    made = peers.import_weights(saved(tmp_path, small_peer().state_dict()), "m", tmp_path)
    (tmp_path / "m" / "a_to_b.safetensors").rename(tmp_path / "m" / f"{way}.safetensors")
    file = made.folder / "config.json"
    values = json.loads(file.read_text())
    file.write_text(json.dumps(values | {"networks": {way: f"{way}.safetensors"}}))
    assert list(hub.load_networks(made.folder)[0]) == [way]
    file.write_text(json.dumps(values | {"networks": {}}))
    with pytest.raises(Refused) as refused:
        hub.read(made.folder)
    assert refused.value.key == "model.incomplete"


@pytest.mark.parametrize(
    "wrap",
    [
        lambda tensors: {"state_dict": tensors},
        lambda tensors: {"model": tensors, "epoch": 5, "optimizer": {"state": {0: {"step": torch.ones(())}}}},
        lambda tensors: {"checkpoint": {"model_state_dict": tensors}, "loss": 0.5},
        lambda tensors: {"_orig_mod." + name: each for name, each in tensors.items()},
        lambda tensors: {"module._orig_mod." + name: each for name, each in tensors.items()},
        lambda tensors: {"module.module." + name: each for name, each in tensors.items()},
        lambda tensors: {"generator." + name: each for name, each in tensors.items()},
        lambda tensors: {
            "state_dict": {
                **{"gan.netG." + name: each for name, each in tensors.items()},
                "gan.netD.model.0.weight": torch.ones(4, 3, 4, 4),
            }
        },
        lambda tensors: {"G": tensors, "D": {"model.0.weight": torch.ones(4, 3, 4, 4)}},
    ],
)
@pytest.mark.parametrize("kind", ["resnet", "unet"])
def test_what_is_around_the_weights_does_not_count(kind: str, wrap: Any, tmp_path: Path) -> None:
    peer = small_peer() if kind == "resnet" else random(PeerUNet(4, 5, "batch", False))
    made = peers.import_weights(saved(tmp_path, wrap(peer.state_dict())), "m", tmp_path)
    plain = peers.import_weights(saved(tmp_path, peer.state_dict()), "plain", tmp_path)
    assert made.config.generator == plain.config.generator == kind  # type: ignore[union-attr]
    name = "a_to_b.safetensors"
    assert (made.folder / name).read_bytes() == (plain.folder / name).read_bytes()


def test_of_several_generators_one_is_to_be_named(tmp_path: Path) -> None:
    a, b = small_peer().state_dict(), {name: each + 1 for name, each in small_peer().state_dict().items()}
    file = saved(tmp_path, {"netG_A": a, "netG_B": b, "netD_A": {"model.0.weight": torch.ones(4, 3, 4, 4)}})
    refused = refusal(file)
    assert refused.key == "peers.several" and "netG_A, netG_B." in str(refused)
    made = peers.import_weights(file, "b", tmp_path, "netG_B")
    plain = peers.import_weights(saved(tmp_path, b), "plain", tmp_path)
    name = "a_to_b.safetensors"
    assert (made.folder / name).read_bytes() == (plain.folder / name).read_bytes()
    with pytest.raises(Refused) as other:
        peers.import_weights(file, "c", tmp_path, "netG_C")
    assert other.value.key == "peers.several"


def test_git_lfs_pointers_say_what_they_are(tmp_path: Path) -> None:
    pointer = tmp_path / "latest_net_G.pth"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 45575747\n")
    refused = refusal(pointer)
    assert refused.key == "file.pointer" and "git lfs pull" in str(refused)
    made = peers.import_weights(saved(tmp_path, small_peer().state_dict(), "plain.pth"), "m", tmp_path)
    (made.folder / "a_to_b.safetensors").write_bytes(pointer.read_bytes())
    with pytest.raises(Refused) as caught:
        hub.load_networks(made.folder)
    assert caught.value.key == "file.pointer"


@pytest.mark.parametrize("name", ["zebra", "horse-2_zebra.v1", "シマウマ", "9", "a" * 200])
def test_names(name: str) -> None:
    assert peers.checked_name(name) == name


def test_a_name_in_pieces_is_the_same_name() -> None:
    assert peers.checked_name("か\u3099") == "が"


@pytest.mark.parametrize(
    "name",
    [
        "$(x)",
        "a.",
        ".a",
        "a b",
        "🐎",
        "a\u202eb",
        "_",
        "\udc80",
        "",
        ".",
        "..",
        "../x",
        "/abs",
        "a/b",
        "a\\b",
        "CON",
        "nul.txt",
        "a\0b",
        "a\n",
        "a" * 201,
        "顔" * 67,
        "-rf",
    ],
)
def test_names_that_no_folder_should_have(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        peers.import_weights(saved(tmp_path, small_peer().state_dict()), name, tmp_path / "out")
    assert refused.value.key == "peers.name" and not (tmp_path / "out").exists()


def test_a_model_is_never_replaced(tmp_path: Path) -> None:
    file = saved(tmp_path, small_peer().state_dict())
    peers.import_weights(file, "m", tmp_path)
    before = {path: path.read_bytes() for path in (tmp_path / "m").iterdir()}
    with pytest.raises(Refused) as refused:
        peers.import_weights(file, "m", tmp_path)
    assert refused.value.key == "peers.taken"
    assert {path: path.read_bytes() for path in (tmp_path / "m").iterdir()} == before


def test_the_command_line_says_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["import-weights", str(tmp_path / "absent.pth"), "--name", "m", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("ganstudio: ") and said.err.count("\n") == 1


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    file = saved(tmp_path, small_peer().state_dict())
    with pytest.raises(Refused) as refused:
        peers.import_weights(file, "m", file)  # a file is no folder
    assert refused.value.key == "translate.output"


# --- what is refused --------------------------------------------------------------------------------------


class Bomb:
    """A pickle of it opens a file for writing."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.canary),)


@pytest.mark.parametrize("zipped", [True, False])
def test_code_in_a_pickle_never_runs(zipped: bool, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    content = {**small_peer().state_dict(), "model.99.weight": Bomb(canary)}
    file = saved(tmp_path, content, _use_new_zipfile_serialization=zipped)
    assert refusal(file).key == "peers.not_weights"
    assert not canary.exists()
    torch.load(file, weights_only=False)  # it would have
    assert canary.exists()


def network_file(folder: Path) -> Path:
    return saved(folder, small_peer())


def no_file(folder: Path) -> Path:
    return folder / "absent.pth"


def png(folder: Path) -> Path:
    Image.new("RGB", (8, 8)).save(folder / "a.pth", "PNG")
    return folder / "a.pth"


def truncated(folder: Path) -> Path:
    file = saved(folder, small_peer().state_dict())
    file.write_bytes(file.read_bytes()[:5000])
    return file


def truncated_old(folder: Path) -> Path:
    file = saved(folder, small_peer().state_dict(), _use_new_zipfile_serialization=False)
    file.write_bytes(file.read_bytes()[:5000])
    return file


def other_zip(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "a.pth", "w") as archive:
        archive.writestr("a.txt", "hello")
    return folder / "a.pth"


def program(folder: Path) -> Path:
    return torch.jit.script(nn.Conv2d(3, 3, 3)).save(str(folder / "a.pth")) or folder / "a.pth"


def damaged_safetensors(folder: Path) -> Path:
    (folder / "a.safetensors").write_bytes(b"\xff\0\0\0\0\0\0\0{}")
    return folder / "a.safetensors"


def not_a_number(folder: Path) -> Path:
    weights = small_peer().state_dict()
    weights["model.4.weight"][0, 0, 0, 0] = torch.nan
    return saved(folder, weights)


def an_infinity(folder: Path) -> Path:
    """That the last layer hides."""
    weights = small_peer().state_dict()
    weights["model.18.bias"][0] = torch.inf
    return saved(folder, weights)


def no_number_comes_out(folder: Path) -> Path:
    weights = small_peer(norm="batch").state_dict()
    weights["model.2.running_var"].fill_(-1)
    return saved(folder, weights)


def beyond_float32(folder: Path) -> Path:
    return saved(folder, {name: tensor.double() + 1e300 for name, tensor in small_peer().state_dict().items()})


def discriminator(folder: Path) -> Path:
    network = nn.Sequential(nn.Conv2d(3, 4, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 4, 1, 1))
    return saved(folder, {f"model.{name}": tensor for name, tensor in network.state_dict().items()})


def pixel_discriminator(folder: Path) -> Path:
    return saved(folder, {"net.0.weight": torch.zeros(4, 3, 1, 1), "net.0.bias": torch.zeros(4)})


def other_network(folder: Path) -> Path:
    return saved(folder, nn.Linear(3, 3).state_dict())


def grey_in(folder: Path) -> Path:
    return saved(folder, small_peer(channels_in=1).state_dict())


def grey_out(folder: Path) -> Path:
    return saved(folder, small_peer(channels_out=1).state_dict())


def grey_unet(folder: Path) -> Path:
    weights = random(PeerUNet(4, 5, "batch", False)).state_dict()
    return saved(folder, weights | {"model.model.0.weight": torch.zeros(4, 1, 4, 4)})


def one_more(folder: Path) -> Path:
    return saved(folder, small_peer().state_dict() | {"model.3.filt": torch.ones(3)})


def one_less(folder: Path) -> Path:
    weights = small_peer(norm="batch").state_dict()
    del weights["model.10.conv_block.6.running_var"]
    return saved(folder, weights)


def other_shape(folder: Path) -> Path:
    return saved(folder, small_peer().state_dict() | {"model.4.weight": torch.zeros(8, 4, 5, 5)})


def too_narrow(folder: Path) -> Path:
    return saved(folder, small_peer(width=2).state_dict())


def whole_numbers(folder: Path) -> Path:
    return saved(folder, {name: (tensor > 0) for name, tensor in small_peer().state_dict().items()})


def sparse(folder: Path) -> Path:
    weights = small_peer().state_dict()
    return saved(folder, weights | {"model.4.weight": weights["model.4.weight"].to_sparse()})


def swollen(folder: Path) -> Path:
    """Four bytes that claim to be terabytes."""
    weights = small_peer().state_dict()
    return saved(folder, weights | {"model.4.weight": torch.ones(1).expand(2**20, 2**20)})


@pytest.mark.filterwarnings("ignore:.*torch.jit")
@pytest.mark.parametrize(
    ("make", "key"),
    [
        (no_file, "peers.no_file"),
        (lambda folder: folder, "peers.no_file"),
        (png, "peers.not_weights"),
        (network_file, "peers.not_weights"),
        (
            lambda folder: saved(folder, {"epoch": 3, "optimizer": {"state": {0: {"step": torch.ones(())}}}}),
            "peers.not_weights",
        ),
        (truncated, "peers.not_weights"),
        (truncated_old, "peers.not_weights"),
        (other_zip, "peers.not_weights"),
        (program, "peers.not_weights"),
        (whole_numbers, "peers.not_weights"),
        (sparse, "peers.not_weights"),
        (lambda folder: saved(folder, {}), "peers.not_weights"),
        (lambda folder: saved(folder, torch.ones(3)), "peers.not_weights"),
        (lambda folder: saved(folder, {3: torch.ones(3)}), "peers.not_weights"),
        (damaged_safetensors, "model.no_safetensors"),
        (swollen, "model.too_large"),
        (not_a_number, "model.not_finite"),
        (an_infinity, "model.not_finite"),
        (no_number_comes_out, "model.not_finite"),
        (beyond_float32, "model.not_finite"),
        (discriminator, "peers.discriminator"),
        (pixel_discriminator, "peers.discriminator"),
        (other_network, "peers.unknown"),
        (grey_in, "peers.channels"),
        (grey_out, "peers.channels"),
        (grey_unet, "peers.channels"),
        (one_more, "peers.differs"),
        (one_less, "peers.differs"),
        (other_shape, "peers.differs"),
        (too_narrow, "config.bounds"),
    ],
)
def test_what_is_refused(make: Any, key: str, tmp_path: Path) -> None:
    assert refusal(make(tmp_path)).key == key


def test_the_file_may_not_be_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor what is compressed in it."""
    file = saved(tmp_path, {name: tensor * 0 for name, tensor in small_peer().state_dict().items()})
    pressed = tmp_path / "pressed.pth"
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(pressed, "w", zipfile.ZIP_DEFLATED) as smaller:
        for name in archive.namelist():
            smaller.writestr(name, archive.read(name))
    limit = pressed.stat().st_size + 1
    assert limit < file.stat().st_size
    monkeypatch.setattr(peers, "MAX_FILE", limit)
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("it was read"))
    for each in (file, pressed):
        assert refusal(each).key == "model.too_large"


def test_any_damage_ends_in_a_sentence(tmp_path: Path) -> None:
    """Bytes changed at random: imported or refused, never a traceback."""
    buffer = io.BytesIO()
    torch.save(small_peer().state_dict(), buffer, _use_new_zipfile_serialization=False)
    content, draw = buffer.getvalue(), np.random.default_rng(0)
    refused = 0
    for k in range(60):
        damaged = bytearray(content)
        for place in draw.integers(0, 3000, 4):  # where the pickle is
            damaged[place] = draw.integers(256)
        (tmp_path / "a.pth").write_bytes(damaged)
        try:
            peers.import_weights(tmp_path / "a.pth", f"m{k}", tmp_path)
        except Refused:
            refused += 1
    assert refused > 30


def test_an_imported_model_lies_where_ones_own_models_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "home"))
    made = peers.import_weights(saved(tmp_path, small_peer().state_dict()), "mine")
    assert made.folder == tmp_path / "home" / "checkpoints" / "mine" and (made.folder / "config.json").is_file()
