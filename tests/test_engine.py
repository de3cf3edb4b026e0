"""Published models in use: reproducible, of the right size, safe under concurrent use."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from core_fixtures import publish_tiny
from PIL import Image

import ganstudio
from ganstudio import images
from ganstudio.data import demo
from ganstudio.models import engine
from ganstudio.models.engine import BACKENDS, TOLERANCE, Fast, Model, describe, fastest, load, measure
from ganstudio.networks.unet import UNet
from ganstudio.words import Refused


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    publish_tiny(folder, size=32, depth=5, width=8)
    return folder


@pytest.fixture(scope="module")
def model(folder: Path) -> Model:
    """With weights large enough that drawing and noise can be seen in the picture."""
    return load(folder)


@pytest.fixture(scope="module")
def drawing() -> Image.Image:
    return next(iter(demo.faces(1, 48, 0)))[0]


def test_the_same_seed_gives_the_same_picture(model: Model, drawing: Image.Image) -> None:
    first = model.translate(drawing, seed=7)
    assert first.mode == "RGB" and first.size == (48, 48)
    assert first.tobytes() == model.translate(drawing, seed=7).tobytes()
    others = {model.translate(drawing, seed=seed).tobytes() for seed in range(8)}
    assert len(others) > 1


def test_without_a_seed_the_picture_is_steady(model: Model, drawing: Image.Image) -> None:
    steady = model.translate(drawing).tobytes()
    model.translate(drawing, seed=3)
    assert model.translate(drawing).tobytes() == steady
    torch.manual_seed(5)
    assert model.translate(drawing, seed=None).tobytes() == steady


def test_another_drawing_gives_another_picture(model: Model) -> None:
    pictures = [model.translate(drawing).tobytes() for drawing, _ in demo.faces(3, 48, 1)]
    assert len(set(pictures)) == 3


@pytest.mark.parametrize(("count", "seed"), [(0, 0), (1, 0), (6, 40)])
def test_variations_are_translations_of_following_seeds(
    model: Model, drawing: Image.Image, count: int, seed: int
) -> None:
    found = [picture.tobytes() for picture in model.variations(drawing, count, seed)]
    assert found == [model.translate(drawing, seed=seed + k).tobytes() for k in range(count)]


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (31, 33), (32, 32), (333, 127), (1, 500)], ids=str)
def test_the_result_has_the_pictures_size(model: Model, size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, (200, 30, 90))
    assert model.translate(picture).size == size
    assert model.translate(picture, keep_size=False).size == (32, 32)
    assert [v.size for v in model.variations(picture, 2)] == [size, size]


def test_inputs_may_be_pictures_of_any_mode_paths_and_names(model: Model, drawing: Image.Image, tmp_path: Path) -> None:
    expected = model.translate(drawing).tobytes()
    drawing.save(tmp_path / "d.png")
    assert model.translate(tmp_path / "d.png").tobytes() == expected
    assert model.translate(str(tmp_path / "d.png")).tobytes() == expected
    assert model.translate(drawing.convert("L")).tobytes() == expected
    alpha = drawing.copy()
    alpha.putalpha(255)
    assert model.translate(alpha).tobytes() == expected
    for bad in (tmp_path / "absent.png", tmp_path):
        with pytest.raises(Refused):
            model.translate(bad)


def test_the_engines_picture_is_the_networks_picture(model: Model) -> None:
    """Close to what the float32 network gives, with and without noise, whatever arithmetic was chosen."""
    drawing = next(iter(demo.faces(1, 32, 2)))[0]
    x = images.to_tensor(drawing)
    network = model.networks["generator"]
    assert isinstance(network, UNet)
    for seed, noise in ((None, ()), (9, network.noise(32, 32, [9]))):
        with torch.no_grad():
            expected = np.asarray(images.to_image(network(x, noise)), dtype=int)
        found = np.asarray(model.translate(drawing, seed=seed), dtype=int)
        assert np.abs(found - expected).mean() < TOLERANCE * 127.5


def test_concurrent_requests_get_what_they_would_get_alone(model: Model) -> None:
    requests = [(drawing, seed) for drawing, _ in demo.faces(4, 40, 3) for seed in (None, 1, 2, 3)] * 2
    alone = [model.translate(picture, seed=seed).tobytes() for picture, seed in requests]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda r: model.translate(r[0], seed=r[1]).tobytes(), requests))
    assert together == alone


# --- loading ----------------------------------------------------------------------------------------------


def test_one_instance_a_folder(folder: Path, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert load(folder) is load(str(folder)) is load("./tiny") is ganstudio.load(folder / ".." / "tiny") is model


def test_concurrent_loads_share_one_instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_tiny(tmp_path / "model")
    built: list[int] = []

    class Slow(Model):
        def __init__(self, folder: Path, name: str) -> None:
            built.append(1)
            time.sleep(0.05)
            super().__init__(folder, name)

    monkeypatch.setattr(engine, "Model", Slow)
    gate = threading.Barrier(6)

    def wait_and_load(_: int) -> Model:
        gate.wait()
        return load(tmp_path / "model")

    with ThreadPoolExecutor(6) as pool:
        assert len(set(map(id, pool.map(wait_and_load, range(6))))) == 1
    assert len(built) == 1


def test_a_failed_load_can_be_tried_again(tmp_path: Path) -> None:
    publish_tiny(tmp_path / "model")
    weights = tmp_path / "model" / "generator.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-9])
    with pytest.raises(Refused):
        load(tmp_path / "model")
    weights.write_bytes(content)
    assert load(tmp_path / "model").size == 16


def test_names(tmp_path: Path) -> None:
    """A run's model is called after its run."""
    publish_tiny(tmp_path / "faces" / "model")
    assert load(tmp_path / "faces" / "model").name == "faces"
    with pytest.raises(Refused) as refusal:
        load("no-such-model")
    assert refusal.value.key == "model.unknown"


def test_what_a_model_says_of_itself(model: Model, folder: Path) -> None:
    assert model.name == "tiny" and model.folder == folder.resolve() and model.size == 32
    assert model.config["recipe"] == "pix2pix" and list(model.networks) == ["generator"]
    assert model.receptive_field() == 16
    described = json.loads(json.dumps(describe(model)))
    assert described["model"] == "tiny" and described["backend"] == model.backend
    assert model.backend in [row["backend"] for row in described["measured"]]


# --- arithmetic -------------------------------------------------------------------------------------------

AVAILABLE = [backend for backend in BACKENDS if backend.available()]


@pytest.mark.parametrize("backend", AVAILABLE, ids=lambda backend: backend.name)
@pytest.mark.parametrize("upsample", ["resize", "transposed"])
@pytest.mark.parametrize("norm", ["instance", "batch", "group", "none"])
def test_every_way_of_computing_is_close_to_float32(backend: engine.Backend, upsample: str, norm: str) -> None:
    torch.manual_seed(0)
    network = UNet(8, 4, norm, upsample).train()
    network(torch.randn(2, 3, 32, 32))  # running statistics of their own
    network.eval().requires_grad_(False)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    fast = Fast(network, backend, 32)
    x = torch.rand(1, 3, 32, 32) * 2 - 1
    for noise in ((), network.noise(32, 32, [4])):
        with torch.no_grad():
            expected = network(x, noise)
        found = fast(x, noise)
        assert found.dtype == torch.float32 and found.shape == expected.shape
        difference = (found - expected).abs().mean()
        assert difference < (TOLERANCE if backend.dtype == torch.bfloat16 else 1e-5)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_plain_float32_is_always_there_and_inexact_ways_are_never_chosen() -> None:
    assert BACKENDS[0].name == "float32" and BACKENDS[0].available()
    network = UNet(4, 3).eval().requires_grad_(False)
    measured = measure(network, 16, trials=1)
    assert [m.name for m in measured] == [backend.name for backend in AVAILABLE]
    assert measured[0].difference < 1e-5
    chosen = fastest(measured)
    assert chosen.difference <= TOLERANCE and chosen.seconds == min(m.seconds for m in measured)
    wrong = engine.Measured(chosen.fast, 0.0, TOLERANCE * 2)
    assert fastest([wrong, *measured]) is chosen


# --- styles ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def styled(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("models") / "styled"
    publish_tiny(folder, recipe="bicyclegan", size=32)
    values = json.loads((folder / "config.json").read_text())
    values["directions"] = [
        {"name": "skin", "vector": [2.0, 0.0, 0.0]},
        {"name": "short", "vector": [1.0]},
        {"name": "odd", "vector": [1.0, "x", 0.0]},
        "nothing",
    ]
    (folder / "config.json").write_text(json.dumps(values))
    return load(folder)


def test_a_style_goes_before_the_seed_and_gives_the_same_picture(styled: Model, drawing: Image.Image) -> None:
    style = styled.seed_style(3)
    assert styled.codes == 3 and len(style) == 3
    plain = styled.translate(drawing)
    assert plain.size == drawing.size and plain.tobytes() == styled.translate(drawing, style=[0, 0, 0]).tobytes()
    assert styled.translate(drawing, style=style).tobytes() != plain.tobytes()
    assert len({each.tobytes() for each in styled.variations(drawing, 4)}) == 4
    assert len(styled.style_of(drawing)) == 3


def test_sliders_move_a_style_along_the_directions_that_are_whole(styled: Model) -> None:
    assert [each.name for each in styled.directions] == ["skin"]
    assert styled.styled() is None and styled.styled(7) is None and styled.styled(7, None, {"skin": 0}) is None
    assert styled.styled(None, None, {"skin": -0.5}) == (-1.0, 0.0, 0.0)
    assert styled.styled(None, [1, 2, 3], {"skin": 1}) == (3.0, 2.0, 3.0)
    assert styled.styled(7, None, {"skin": 1}) == pytest.approx(np.add(styled.seed_style(7), [2, 0, 0]))
    for sliders in ({"hair": 1}, {"skin": 1.5}):
        with pytest.raises(Refused) as refusal:
            styled.styled(None, None, sliders)
        assert refusal.value.key == "engine.slider"


@pytest.mark.parametrize("style", [[], [0, 0], [0, 0, 0, 0], [0, 0, float("nan")], [0, 0, float("inf")], [0, 0, 99]])
def test_a_style_that_cannot_be_one_is_refused(styled: Model, drawing: Image.Image, style: list[float]) -> None:
    with pytest.raises(Refused) as refusal:
        styled.translate(drawing, style=style)
    assert refusal.value.key == "engine.style"


def test_a_model_without_styles_says_so(model: Model, drawing: Image.Image) -> None:
    for ask in (
        lambda: model.translate(drawing, style=[0.0]),
        lambda: model.style_of(drawing),
        lambda: model.styled(None, [0.0]),
    ):
        with pytest.raises(Refused) as refusal:
            ask()
        assert refusal.value.key == "engine.no_style"
