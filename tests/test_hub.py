"""Published models: written whole, found by name, and nothing in them is trusted."""

from __future__ import annotations

import errno
import json
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from core_fixtures import publish_tiny, tiny_config
from safetensors.torch import save_file
from torch import nn

from ganstudio import places
from ganstudio import remote as hub_remote
from ganstudio.models import hub, sharing
from ganstudio.recipes import RECIPES, cyclegan
from ganstudio.words import Refused


@pytest.fixture
def model(tmp_path: Path) -> Path:
    publish_tiny(tmp_path / "model")
    return tmp_path / "model"


def refusal_of(folder: Path) -> Refused:
    with pytest.raises(Refused) as refusal:
        hub.load_networks(folder)
    return refusal.value


def change_config(folder: Path, **changes: Any) -> None:
    file = folder / "config.json"
    values = json.loads(file.read_text()) | changes
    file.write_text(json.dumps({k: v for k, v in values.items() if v is not ...}))


# --- written ----------------------------------------------------------------------------------------------


def test_there_and_back(tmp_path: Path) -> None:
    published = publish_tiny(tmp_path / "model")
    networks, settings, config = hub.load_networks(tmp_path / "model")
    assert list(networks) == ["generator"] and settings == tiny_config()
    assert config["recipe"] == "pix2pix" and config["images"] == 7 and config["format"] == hub.FORMAT
    network = networks["generator"]
    assert not network.training and not any(p.requires_grad for p in network.parameters())
    x = torch.rand(1, 3, 16, 16) * 2 - 1
    expected = published["generator"].half().float()(x)
    assert torch.equal(network(x), expected)


def test_half_precision_halves_the_file(tmp_path: Path) -> None:
    networks = publish_tiny(tmp_path / "model", width=16)
    values = sum(tensor.numel() for tensor in networks["generator"].state_dict().values())
    size = (tmp_path / "model" / "generator.safetensors").stat().st_size
    assert 2 * values < size < 2 * values + 16_384  # two bytes each, and the header


def test_published_again(tmp_path: Path) -> None:
    """The card is a person's work and stays; all else is replaced, and no temporary is left."""
    publish_tiny(tmp_path / "model", seed=0)
    (tmp_path / "model" / "README.md").write_text("my card")
    (tmp_path / "model" / "discriminator.safetensors").write_text("of an older version")
    old = (tmp_path / "model" / "generator.safetensors").read_bytes()
    publish_tiny(tmp_path / "model", seed=1)
    names = sorted(p.name for p in (tmp_path / "model").iterdir())
    assert names == ["README.md", "config.json", "generator.safetensors"]
    assert (tmp_path / "model" / "README.md").read_text() == "my card"
    assert (tmp_path / "model" / "generator.safetensors").read_bytes() != old
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_a_failed_publication_leaves_the_old_model(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {p.name: p.read_bytes() for p in model.iterdir()}

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(hub, "write_json", full)
        with pytest.raises(OSError, match="full"):
            publish_tiny(model, seed=1)
    assert {p.name: p.read_bytes() for p in model.iterdir()} == before
    assert [p.name for p in model.parent.iterdir()] == ["model"]


def test_others_may_read_what_was_published(model: Path) -> None:
    assert os.name == "nt" or (model / "generator.safetensors").stat().st_mode & 0o777 == 0o644


def test_facts_are_kept(tmp_path: Path) -> None:
    config = tiny_config()
    networks = {"generator": RECIPES["pix2pix"].build(config)["generator"]}
    hub.publish(tmp_path / "m", "pix2pix", config, networks, 3, trained_on="Nichtleserliches 顔")
    assert hub.read(tmp_path / "m")[2]["trained_on"] == "Nichtleserliches 顔"


# --- weights that are not what they should be -------------------------------------------------------------


class Canary:
    """What a malicious pickle does when it is opened."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


@pytest.mark.parametrize("kind", ["pickle", "torch", "torch-old"])
def test_a_pickle_is_refused_by_content_and_never_opened(model: Path, tmp_path: Path, kind: str) -> None:
    weights, canary = model / "generator.safetensors", tmp_path / "canary"
    if kind == "pickle":
        weights.write_bytes(pickle.dumps(Canary(canary)))
    else:
        torch.save({"a": Canary(canary)}, weights, _use_new_zipfile_serialization=kind == "torch")
    assert refusal_of(model).key == "model.no_safetensors"
    assert not canary.exists()
    if kind == "pickle":
        pickle.loads(weights.read_bytes())
        assert canary.exists()  # so it would have worked


def header(content: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(content) if length is None else length) + content


OVERLAPPING = {name: {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} for name in ("a", "b")}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        header(b"{}", 2**62),
        header(b"{" * 10_000),
        header(b"[]"),
        header(json.dumps({"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}).encode()),
        header(json.dumps(OVERLAPPING).encode()) + bytes(8),
        header(json.dumps({"a": {"dtype": "object", "shape": [1], "data_offsets": [0, 8]}}).encode()) + bytes(8),
    ],
    ids=["empty", "zip", "huge header", "nested", "list", "lying size", "overlapping", "unknown type"],
)
def test_weights_that_are_no_safetensors(model: Path, content: bytes) -> None:
    (model / "generator.safetensors").write_bytes(content)
    refusal = refusal_of(model)
    assert refusal.key == "model.no_safetensors" and "generator.safetensors" in str(refusal)


def test_truncated_weights(model: Path) -> None:
    file = model / "generator.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    assert refusal_of(model).key == "model.no_safetensors"


def test_weights_missing_or_a_folder(model: Path) -> None:
    (model / "generator.safetensors").unlink()
    assert refusal_of(model).key == "model.no_safetensors"
    (model / "generator.safetensors").mkdir()
    assert refusal_of(model).key == "model.no_safetensors"


def test_too_large(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "MAX_WEIGHTS", 1000)
    assert refusal_of(model).key == "model.too_large"


def test_weights_that_do_not_fit_list_the_differences(model: Path) -> None:
    file = model / "generator.safetensors"
    tensors = hub.read_weights(file)
    name, other, *_ = tensors
    changed = {("strange" if n == name else n): t for n, t in tensors.items()}
    changed[other] = torch.zeros(3, 3, 3)
    save_file(changed, file)
    refusal = refusal_of(model)
    assert refusal.key == "model.mismatch"
    assert f"-{name}" in str(refusal) and "+strange" in str(refusal) and f"{other} (3, 3, 3)" in str(refusal)


def test_many_differences_are_not_all_listed(tmp_path: Path) -> None:
    publish_tiny(tmp_path / "model", width=8)
    change_config(
        tmp_path / "model", config=json.loads((tmp_path / "model" / "config.json").read_text())["config"] | {"width": 4}
    )
    refusal = refusal_of(tmp_path / "model")
    assert refusal.key == "model.mismatch" and str(refusal).endswith("....") and len(str(refusal)) < 600


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(model: Path, value: float) -> None:
    file = model / "generator.safetensors"
    tensors = hub.read_weights(file)
    next(iter(tensors.values())).view(-1)[0] = value
    save_file(tensors, file)
    assert refusal_of(model).key == "model.not_finite"


def test_a_mismatch_leaves_the_network_as_it_was(model: Path) -> None:
    network = nn.Linear(2, 2)
    before = network.weight.clone()
    with pytest.raises(Refused):
        hub.load_weights(model / "generator.safetensors", network)
    assert torch.equal(network.weight, before)


# --- config.json ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file", ["../x.safetensors", "/etc/passwd", "sub/x.safetensors", "..", "", "x\0", 5, None, ["a"]], ids=repr
)
def test_weights_outside_the_folder_are_not_opened(model: Path, file: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    good = (model / "generator.safetensors").read_bytes()
    (model.parent / "x.safetensors").write_bytes(good)
    change_config(model, networks={"generator": file})
    opened: list[Path] = []
    read = hub.read_weights
    monkeypatch.setattr(hub, "read_weights", lambda path: opened.append(path) or read(path))
    assert refusal_of(model).key in ("model.other_format", "model.damaged_config", "model.no_safetensors")
    assert all(model in (path, path.parent) for path in opened)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"format": 99}, "model.other_format"),
        ({"format": ...}, "model.damaged_config"),
        ({"recipe": "alchemy"}, "model.other_format"),
        ({"recipe": ["pix2pix"]}, "model.other_format"),
        ({"recipe": ...}, "model.damaged_config"),
        ({"config": None}, "model.damaged_config"),
        ({"config": [1]}, "model.damaged_config"),
        ({"config": {"widht": 4}}, "config.unknown"),
        ({"config": {"width": 10**9}}, "config.bounds"),
        ({"config": {"size": 100}}, "train.size"),
        ({"networks": []}, "model.damaged_config"),
        ({"networks": {}}, "model.incomplete"),
        ({"networks": {"generator": "generator.safetensors", "spy": "spy.safetensors"}}, "model.other_format"),
    ],
    ids=str,
)
def test_a_config_that_cannot_be_used(model: Path, changes: dict[str, Any], key: str) -> None:
    change_config(model, **changes)
    assert refusal_of(model).key == key


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"\xff\xfe", b"[" * 100_000], ids=range(6))
def test_a_config_that_is_no_json_object(model: Path, content: bytes) -> None:
    (model / "config.json").write_bytes(content)
    assert refusal_of(model).key == "model.damaged_config"


# --- found ------------------------------------------------------------------------------------------------


def test_find_by_name_and_by_folder(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SHIPPED", model.parent)
    assert hub.find("model") == model
    assert hub.find(model) == hub.find(str(model)) == model


@pytest.mark.parametrize(
    "source", ["no-such-model", "", "..", "../model", "/nowhere/at/all", "x" * 300, "a\0b", "x/y/z", "C:\\models\\x"]
)
def test_unknown_names_list_the_known_ones(model: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.setattr(places, "SHIPPED", model.parent)
    monkeypatch.chdir(model.parent)
    monkeypatch.setattr(hub_remote, "fetch", lambda *_: pytest.fail("the Hub was asked"))
    if source in ("", "..", "../model"):
        (model.parent / "below").mkdir()
        monkeypatch.chdir(model.parent / "below")
    if source == "../model":
        assert hub.find(source) == Path(source)
        return
    with pytest.raises(Refused) as refusal:
        hub.find(source)
    assert refusal.value.key in ("model.unknown", "model.no_config")
    if refusal.value.key == "model.unknown":
        assert "Known names: model." in str(refusal.value)


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        hub.find(tmp_path)
    assert refusal.value.key == "model.no_config"


# --- the Hub ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "revision"), [("a/b", None), ("a/b@v1", "v1"), ("a/b@", None)])
def test_a_hub_id_is_fetched(model: Path, monkeypatch: pytest.MonkeyPatch, source: str, revision: str | None) -> None:
    asked: list[object] = []
    monkeypatch.setattr(hub_remote, "fetch", lambda *wish, look: asked.extend(wish) or model)
    assert hub.find(source) == model and asked == ["a/b", revision]


def test_a_pool_is_not_built_to_use_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger's config.json could ask for 1000 pictures of 1024 pixels, twice."""
    publish_tiny(tmp_path / "m", recipe="cyclegan", pool=1000)
    built: list[int] = []
    pool = cyclegan.Pool
    monkeypatch.setattr(cyclegan, "Pool", lambda places, size: built.append(places) or pool(places, size))
    assert hub.load_networks(tmp_path / "m")[1].pool == 1000 and set(built) == {0}


def test_layers_that_a_start_lacks_keep_their_own_weights(tmp_path: Path) -> None:
    """`--start-from` a model without a head may train one with a head; nothing else may differ."""
    from ganstudio.networks.unet import UNet

    old, new, wider = UNet(4, 3), UNet(4, 3, head=5), UNet(8, 3)
    hub.save_weights(tmp_path / "generator.safetensors", old.state_dict())
    fresh = hub.load_weights(tmp_path / "generator.safetensors", new, fresh=True)
    assert fresh and all(name.startswith("detail.") for name in fresh)
    assert all(torch.equal(new.state_dict()[name], tensor) for name, tensor in old.state_dict().items())
    with pytest.raises(Refused, match="detail"):
        hub.load_weights(tmp_path / "generator.safetensors", new)
    with pytest.raises(Refused):
        hub.load_weights(tmp_path / "generator.safetensors", wider, fresh=True)


def test_settings_that_ask_for_networks_beyond_all_memory_are_refused(tmp_path: Path) -> None:
    """Before any of them is built: a full U-GAT-IT's weights grow with the fourth power of its size."""
    publish_tiny(tmp_path / "model", recipe="ugatit")
    file = tmp_path / "model" / "config.json"
    values = json.loads(file.read_text())
    values["config"] |= {"light": False, "size": 1024, "width": 256}  # 275 GB a generator
    file.write_text(json.dumps(values))
    with pytest.raises(Refused, match="too large"):
        hub.load_networks(tmp_path / "model")


# --- a stranger's config.json -----------------------------------------------------------------------------

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**63, 10**400, -(10**400), 1e308, float("inf"), float("nan"), "", "x", "\ud800",
    "\0", "x" * 5000, "../../x", "/etc/passwd", [], {}, [[[]]], {"a": {"b": []}}, ["generator.safetensors"],
)  # fmt: skip


@pytest.mark.parametrize("recipe", RECIPES)
def test_whatever_json_a_config_holds_it_is_refused_or_fits(tmp_path: Path, recipe: str) -> None:
    publish_tiny(tmp_path / "m", recipe=recipe)
    file = tmp_path / "m" / "config.json"
    usual = json.loads(file.read_text())
    places: list[tuple[str, ...]] = [(key,) for key in usual] + [("new",), ("config", "new"), ("networks", "new")]
    places += [("config", name) for name in usual["config"]] + [("networks", name) for name in usual["networks"]]
    for place in places:
        looked = False
        for value in ODD:
            values = json.loads(json.dumps(usual))
            table = values if len(place) == 1 else values[place[0]]
            table[place[-1]] = value
            file.write_text(json.dumps(values))
            try:
                hub.read(tmp_path / "m")
                assert 0 <= sharing.describe(tmp_path / "m").images <= sharing.MAX_SEEN
                if not looked:  # takes as long as all the rest
                    hub.look(tmp_path / "m")
                    looked = True
            except Refused as refusal:
                assert len(refusal.say("ja").encode()) < 4000


def test_a_config_that_is_no_file_or_no_end_of_one(tmp_path: Path, model: Path) -> None:
    file = model / "config.json"
    for content in (b"", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, b'"x"', b"{}", b" " * 2**21 + b"{}"):
        file.write_bytes(content)
        assert refusal_of(model).key == "model.damaged_config"
    file.unlink()
    os.mkfifo(file)
    assert refusal_of(model).key == "model.damaged_config"  # and does not wait for somebody to write
    file.unlink()
    file.mkdir()
    assert refusal_of(model).key == "model.damaged_config"


@pytest.mark.parametrize(
    "changes", [{"width": 256}, {"width": 256, "blocks": 32}, {"blocks": 32}, {"critic_width": 256}], ids=str
)
def test_networks_are_only_made_as_large_as_their_files(
    tmp_path: Path, changes: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two kilobytes of config.json can claim gigabytes."""
    publish_tiny(tmp_path / "m", recipe="cyclegan")
    values = json.loads((tmp_path / "m" / "config.json").read_text())
    change_config(tmp_path / "m", config=values["config"] | changes)
    made: list[torch.device] = []
    start = nn.Conv2d.reset_parameters

    def seen(layer: nn.Conv2d) -> None:
        made.append(layer.weight.device)
        start(layer)

    monkeypatch.setattr(nn.Conv2d, "reset_parameters", seen)
    if "critic_width" in changes:  # of critics that nobody published
        assert set(hub.load_networks(tmp_path / "m")[0]) == {"a_to_b", "b_to_a"}
    else:
        assert refusal_of(tmp_path / "m").key in ("model.mismatch", "model.too_large")
    assert made and {device.type for device in made} == {"meta"}


def test_the_sum_of_all_networks_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_tiny(tmp_path / "m", recipe="ugatit")
    networks = hub.load_networks(tmp_path / "m")[0]
    sizes = [sum(tensor.numel() for tensor in network.state_dict().values()) * 4 for network in networks.values()]
    monkeypatch.setattr(hub, "MAX_NETWORKS", sum(sizes) - 1)
    assert max(sizes) < hub.MAX_NETWORKS and refusal_of(tmp_path / "m").key == "model.too_large"


def test_a_model_keeps_what_is_no_weight(tmp_path: Path) -> None:
    """Loaded from its shapes alone it must compute what it did, its constants included."""
    for recipe in ("cyclegan", "ugatit", "classifier"):
        published = publish_tiny(tmp_path / recipe, recipe=recipe)
        for name, network in hub.load_networks(tmp_path / recipe)[0].items():
            assert not any(tensor.is_meta for tensor in (*network.parameters(), *network.buffers()))
            assert [n for n, _ in network.named_buffers()] == [n for n, _ in published[name].named_buffers()]
