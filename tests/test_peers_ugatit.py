"""Weights of UGATIT-pytorch give here what they give there: pictures, patches, and the logits of the attention."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from test_peers import picture, refusal, same, saved
from torch import Tensor, nn
from ugatit_reference import PeerCritic, PeerGenerator, Weights, checkpoint, random, state_dicts

from ganstudio import commands
from ganstudio.models import engine, hub, peers, peers_ugatit
from ganstudio.networks.ugatit import UGATIT, UGATITCritic
from ganstudio.recipes import RECIPES


def small(light: bool = True, **changes: Any) -> PeerGenerator:
    generator = random(PeerGenerator(**({"width": 4, "blocks": 2, "light": light, "size": 32} | changes)))
    assert isinstance(generator, PeerGenerator)
    return generator


def equal(ours: nn.Module, theirs: nn.Module, x: Tensor) -> None:
    """Both outputs, to 1e-5 of their own size, or to 1e-6 where large numbers cancel out."""
    assert isinstance(ours, UGATIT | UGATITCritic)
    with torch.inference_mode():
        found, expected = ours.judge(x), theirs(x)
        assert torch.equal(ours(x), found.result)
    for a, b in zip(found, expected, strict=True):
        assert b.std() > 1e-3  # or else all would be close
        size = b.abs().max().clamp(min=0.1)
        assert same(a / size, b / size)


# --- the same pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["pt", "module", "safetensors"])
@pytest.mark.parametrize("light", [True, False])
def test_a_checkpoint_gives_a_model_of_both_ways_and_its_critics(light: bool, form: str, tmp_path: Path) -> None:
    """From the peer's file, through the published folder, back into networks."""
    theirs = checkpoint(4, 2, light, 32, (4, 5))
    content = state_dicts(theirs)
    if form == "pt":
        file = saved(tmp_path, content, "face2anime_params_0100000.pt")
    elif form == "module":
        wrapped = {network: {f"module.{n}": t for n, t in tensors.items()} for network, tensors in content.items()}
        file = saved(tmp_path, wrapped, _use_new_zipfile_serialization=False)
    else:
        file = tmp_path / "latest.safetensors"
        save_file({f"{network}.{n}": t for network, tensors in content.items() for n, t in tensors.items()}, file)
    made = peers.import_weights(file, "m", tmp_path)
    assert made.architecture == ("UGATIT_light" if light else "UGATIT")
    networks, c, values = hub.load_networks(tmp_path / "m")
    assert values["recipe"] == "ugatit" and networks.keys() == {*peers_ugatit.NETWORKS.values()}
    assert (c.width, c.blocks, c.light, c.size) == (4, 2, light, 256 if light else 32)
    assert (c.critic_width, c.local_layers, c.global_layers, c.domain_a, c.domain_b) == (4, 4, 5, "A", "B")
    for name, ours in peers_ugatit.NETWORKS.items():
        equal(networks[ours], theirs.get_submodule(name), picture(32, 32))
    if light:  # of any size
        for name in ("genA2B", "genB2A"):
            equal(networks[peers_ugatit.NETWORKS[name]], theirs.get_submodule(name), picture(64, 48))


@pytest.mark.parametrize("light", [True, False])
def test_a_generator_alone_goes_one_way(light: bool, tmp_path: Path) -> None:
    peer = small(light)
    content = peer.state_dict()
    save_file(content, tmp_path / "weights.safetensors")
    files = [
        saved(tmp_path, content, "plain.pt"),
        saved(tmp_path, {f"module.{name}": tensor for name, tensor in content.items()}, "module.pth"),
        tmp_path / "weights.safetensors",
    ]
    for k, file in enumerate(files):
        made = peers.import_weights(file, f"m{k}", tmp_path)
        networks, c, _ = hub.load_networks(made.folder)
        assert list(networks) == ["a_to_b"] and (c.domain_a, c.domain_b) == ("A", f"m{k}")
        equal(networks["a_to_b"], peer, picture(32, 32))


def test_the_other_way_alone(tmp_path: Path) -> None:
    peer, critic = small(), random(PeerCritic(4, 5))
    file = saved(tmp_path, {"genB2A": peer.state_dict(), "disLA": critic.state_dict()})
    model = engine.load(peers.import_weights(file, "m", tmp_path).folder)
    assert model.targets == ("m",) and set(model.networks) == {"b_to_a", "local_a"}
    equal(model.networks["b_to_a"], peer, picture(32, 32))
    equal(model.networks["local_a"], critic, picture(48, 32))


def test_the_papers_critics(tmp_path: Path) -> None:
    """Seven and five convolutions, the global critic on its smallest picture."""
    theirs = checkpoint(4, 1, True)
    networks, c, _ = hub.load_networks(peers.import_weights(saved(tmp_path, state_dicts(theirs)), "m", tmp_path).folder)
    assert (c.local_layers, c.global_layers) == (5, 7)
    for name in ("disGA", "disLB"):
        equal(networks[peers_ugatit.NETWORKS[name]], theirs.get_submodule(name), picture(128, 128))


def test_half_precision_is_read_too(tmp_path: Path) -> None:
    peer = small().half()
    peers.import_weights(saved(tmp_path, peer.state_dict()), "m", tmp_path)
    equal(hub.load_networks(tmp_path / "m")[0]["a_to_b"], peer.float(), picture(32, 32))


# --- the model that is made -------------------------------------------------------------------------------


def test_the_model_works_like_any_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = saved(tmp_path, state_dicts(checkpoint(4, 1, False, 32, (3, 4))), "face2anime_params_latest.pt")
    assert commands.main(["import-weights", str(file), "--name", "anime", "--out", str(tmp_path / "models")]) == 0
    said = capsys.readouterr().out
    assert str(tmp_path / "models" / "anime") in said and "UGATIT\n" in said and "size: 32" in said
    model = engine.load(tmp_path / "models" / "anime")
    assert model.recipe == "ugatit" and model.targets == ("A", "B")
    assert set(RECIPES["ugatit"].witnesses) < set(model.networks)
    x = picture(32, 32)[:1]
    with torch.inference_mode():
        for target, way in (("B", "a_to_b"), ("A", "b_to_a")):
            assert (model.run(x, to=target) - model.networks[way](x)).abs().mean() < engine.TOLERANCE


def test_the_card(tmp_path: Path) -> None:
    whole = peers.import_weights(saved(tmp_path, state_dicts(checkpoint(4, 1, True, layers=(3, 4)))), "whole", tmp_path)
    alone = peers.import_weights(saved(tmp_path, small(False).state_dict()), "alone", tmp_path)
    cards = [(made.folder / "README.md").read_text() for made in (whole, alone)]
    for card in cards:
        assert "UGATIT-pytorch" in card and "author" in card and "license: other" in card and "CycleGAN" not in card
        assert str(tmp_path) not in card
    assert "UGATIT_light" in cards[0] and "both ways" in cards[0] and "--to B" in cards[0] and "critics" in cards[0]
    assert (
        "one way" in cards[1] and "--to" not in cards[1] and "critics" not in cards[1] and "squares of 32" in cards[1]
    )
    config = json.loads((alone.folder / "config.json").read_text())
    assert config["imported"]["architecture"] == "UGATIT" and config["networks"] == {"a_to_b": "a_to_b.safetensors"}


@pytest.mark.parametrize(
    ("wrap", "networks"),
    [
        (lambda tensors: {"genA2B": tensors, "epoch": 3}, ["a_to_b"]),
        (lambda tensors: {"params": {"genA2B": tensors, "genB2A": tensors}}, ["a_to_b", "b_to_a"]),
        (lambda tensors: {"state_dict": {f"genB2A.{name}": each for name, each in tensors.items()}}, ["b_to_a"]),
        (lambda tensors: {"net": {"generator": tensors}}, ["a_to_b"]),
    ],
)
def test_what_is_around_the_networks_does_not_count(wrap: Any, networks: list[str], tmp_path: Path) -> None:
    made = peers.import_weights(saved(tmp_path, wrap(small().state_dict())), "m", tmp_path)
    assert sorted(path.stem for path in made.folder.glob("*.safetensors")) == networks


# --- what is refused --------------------------------------------------------------------------------------


def changed(**changes: Tensor | None) -> Weights:
    """A generator's state dict with tensors, under names with __ for dots, put in or (None) left out."""
    given = {name.replace("__", "."): tensor for name, tensor in changes.items()}
    return {n: t for n, t in (small().state_dict() | given).items() if t is not None}


def of_two_kinds() -> dict[str, Weights]:
    return {"genA2B": small().state_dict(), "genB2A": small(False).state_dict()}


def swollen() -> dict[str, Weights]:
    """Four bytes that claim to be terabytes, one network down."""
    return {"genA2B": changed(FC__0__weight=torch.ones(1).expand(2**20, 2**20))}


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: random(PeerCritic(4, 4)).state_dict(), "peers.discriminator"),
        (lambda: {"disGA": random(PeerCritic(4, 4)).state_dict()}, "peers.discriminator"),
        (lambda: small(channels=1).state_dict(), "peers.channels"),
        (lambda: changed(FC__2__weight=None), "peers.differs"),
        (lambda: changed(FC__0__weight=None), "peers.differs"),
        (lambda: changed(FC__0__weight=torch.zeros(16, 16 * 63)), "peers.differs"),
        (lambda: changed(FC__0__weight=torch.zeros(1, 16 * 256**2)), "peers.differs"),
        (lambda: changed(UpBlock2__8__rho=torch.zeros(4)), "peers.differs"),
        (lambda: changed(UpBlock2__12__weight=torch.zeros(1)), "peers.differs"),
        (lambda: changed(UpBlock1_1__norm1__rho=torch.full((1, 16, 1, 1), torch.nan)), "model.not_finite"),
        (lambda: changed(conv1x1__bias=torch.full((16,), 1e300, dtype=torch.float64)), "model.not_finite"),
        (lambda: small(width=2).state_dict(), "config.bounds"),
        (lambda: changed(DownBlock__1__weight=None), "config.bounds"),
        (of_two_kinds, "peers.differs"),
        (
            lambda: {
                "genA2B": small().state_dict(),
                "disLA": random(PeerCritic(5, 4)).state_dict(),
                "disLB": random(PeerCritic(4, 4)).state_dict(),
            },
            "peers.differs",
        ),
        (lambda: {"genA2B": small().state_dict(), "other": small().state_dict()}, "peers.several"),
        (lambda: {"genA2B": {}}, "peers.not_weights"),
        (lambda: {3: small().state_dict()}, "peers.not_weights"),
        (lambda: {"": small().state_dict(), "genB2A": small().state_dict()}, "peers.several"),
        (lambda: {"genA2B": small()}, "peers.not_weights"),
        (swollen, "model.too_large"),
    ],
)
def test_what_is_refused(make: Any, key: str, tmp_path: Path) -> None:
    assert refusal(saved(tmp_path, make())).key == key


def test_critics_without_a_norm_are_refused(tmp_path: Path) -> None:
    """Weights of zero have a spectral norm of zero, which nothing can be divided by."""
    critic = {name: tensor * 0 for name, tensor in random(PeerCritic(4, 4)).state_dict().items()}
    file = saved(tmp_path, {"genA2B": small().state_dict(), "disLA": critic})
    assert refusal(file).key == "model.not_finite"


def test_nothing_large_is_built_before_it_is_known_to_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes may have the shapes of a network of many gigabytes."""
    weights = small().state_dict() | {
        "DownBlock.1.weight": torch.zeros(256, 3, 7, 7),
        "FC.0.weight": torch.zeros(1, 1024 * 256**2),
    }
    built: list[str] = []
    monkeypatch.setattr(peers_ugatit, "_build", lambda *_: built.append("one"))
    assert refusal(saved(tmp_path, weights)).key == "peers.differs" and not built
