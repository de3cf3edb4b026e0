"""Pictures made larger: by every way that is compared, and by the model's own door."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from core_fixtures import make_data, publish_tiny
from PIL import Image

from ganstudio import images
from ganstudio.analysis import enlarge
from ganstudio.commands import main
from ganstudio.data import demo
from ganstudio.images import Frame
from ganstudio.models.engine import Model, load
from ganstudio.words import Refused


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    """A face drawn by code, half as large as it was drawn."""
    return next(iter(demo.faces(1, 64, 0)))[1].convert("RGB")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    publish_tiny(folder, recipe="bicyclegan", size=32)
    return load(folder)


@pytest.mark.parametrize("way", enlarge.WAYS.values(), ids=enlarge.WAYS)
@pytest.mark.parametrize("size", [(128, 128), (256, 256), (100, 100)])
def test_every_way_gives_the_size_and_keeps_what_is_plain(
    picture: Image.Image, way: enlarge.Way, size: tuple[int, int]
) -> None:
    assert way(picture, size).size == size
    plain = Image.new("RGB", (16, 16), (180, 90, 40))
    assert way(plain, size).getcolors() == [(size[0] * size[1], (180, 90, 40))]


def test_the_way_in_use_is_crisper_than_bicubic_and_keeps_its_light(picture: Image.Image) -> None:
    def edges(large: Image.Image) -> float:
        return float(np.abs(np.diff(np.asarray(large.convert("L"), np.float32), axis=1)).max(axis=1).mean())

    best, plain = enlarge.enlarged(picture, 128, 128), picture.resize((128, 128), Image.Resampling.BICUBIC)
    assert edges(best) > 1.05 * edges(plain)
    back = np.asarray(best.resize(picture.size, Image.Resampling.BOX), np.float32)
    assert np.abs(back - np.asarray(picture, np.float32)).mean() < 6


def test_back_projection_gives_the_picture_again_where_it_is_made_small(picture: Image.Image) -> None:
    def again(way: str) -> float:
        small = enlarge.WAYS[way](picture, (128, 128)).resize((64, 64), Image.Resampling.BOX)
        return float(np.abs(np.asarray(small, np.float32) - np.asarray(picture, np.float32)).mean())

    assert again("back-projected") < 0.5 * again("bicubic")


@pytest.mark.parametrize(
    ("size", "longer", "expected"),
    [((48, 48), 64, (64, 64)), ((30, 60), 128, (64, 128)), ((60, 20), 90, (90, 30)), ((48, 48), 16, (16, 16))],
)
def test_a_translation_of_a_chosen_size(
    model: Model, size: tuple[int, int], longer: int, expected: tuple[int, int]
) -> None:
    result = model.translate(Image.new("RGB", size, "white"), size=longer)
    assert result.mode == "RGB"
    assert all(abs(a - b) <= 1 for a, b in zip(result.size, expected, strict=True)) and max(result.size) == longer


def test_at_the_networks_own_size_it_is_the_networks_picture(model: Model, picture: Image.Image) -> None:
    own = model.translate(picture, keep_size=False, seed=3)
    assert model.translate(picture, size=32, seed=3).tobytes() == own.tobytes()
    large = model.translate(picture, size=64, seed=3)
    assert large.tobytes() == enlarge.enlarged(own, 64, 64).tobytes()
    assert model.variations(picture, 1, seed=3, size=64)[0].tobytes() == large.tobytes()
    wide = Image.new("RGB", (60, 20), "white")
    assert model.translate(wide, size=64, keep_size=False).size == (64, 64)


def test_sizes_that_cannot_be(model: Model, tmp_path: Path) -> None:
    for size in (enlarge.MIN_SIDE - 1, enlarge.MAX_SIDE + 1):
        with pytest.raises(Refused, match="1024"):
            model.translate(Image.new("RGB", (8, 8)), size=size)
    publish_tiny(tmp_path / "ball", recipe="cyclegan")
    with pytest.raises(Refused, match="ball"):
        load(tmp_path / "ball").translate(Image.new("RGB", (8, 8)), size=64)


def test_inside_the_whole_frame_there_is_all() -> None:
    assert Frame(100, 50, 0, 8, 32, 16, 32).inside(64) == (0, 16, 64, 48)
    assert Frame(1000, 1, 0, 15, 32, 1, 32).inside(16) == (0, 8, 16, 9)


def test_the_command_line_enlarges_and_compares(
    model: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = str(model.folder)
    Image.new("RGB", (48, 24), "white").save(tmp_path / "one.png")
    command = ["translate", "--model", name, str(tmp_path / "one.png"), "--out", str(tmp_path / "out")]
    assert main([*command, "--size", "128"]) == 0
    made = tmp_path / "out" / "one.png"
    assert Image.open(made).size == (128, 64)
    assert (images.read_settings(made.read_bytes()) or {})["size"] == 128
    assert main([*command, "--size", "5000"]) == 1
    assert "1024" in capsys.readouterr().err
    data, sheet = make_data(tmp_path / "data", 3, 32), tmp_path / "sheet.png"
    compare = ["evaluate", "--model", name, "--data", str(data), "--enlarge", "--json", "--sheet", str(sheet)]
    assert main(compare) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["pictures"] == 3 and found["best"] == enlarge.BEST
    for kind in ("sharp", "soft"):
        assert found[kind].keys() == enlarge.WAYS.keys()
        assert all(each["psnr"] > 10 and each["sharpness"] > 0 for each in found[kind].values())
    assert found["soft"]["bicubic"]["sharpness"] < found["sharp"]["bicubic"]["sharpness"]
    assert Image.open(sheet).width == len(enlarge.WAYS) * 66 - 2
