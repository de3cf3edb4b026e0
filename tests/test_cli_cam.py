"""The verb `cam`: maps over pictures as PNGs, and their scores as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from core_fixtures import publish_tiny, tiny_config
from PIL import Image

from ganstudio import places
from ganstudio.commands import main
from ganstudio.models import hub
from ganstudio.recipes import RECIPES

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """face2icon, of both ways and with its critics; alone, without them; types, a classifier; plain, a CycleGAN."""
    folder = tmp_path_factory.mktemp("models")
    networks = publish_tiny(folder / "face2icon", recipe="ugatit", size=32, domain_a="face", domain_b="icon")
    config = tiny_config("ugatit", size=32, domain_a="face", domain_b="icon")
    generators = {name: networks[name] for name in RECIPES["ugatit"].exports}
    hub.publish(folder / "alone", "ugatit", config, generators, images=0)
    publish_tiny(folder / "types", recipe="classifier", size=32, domains="fire,water,grass,ice")
    publish_tiny(folder / "plain", recipe="cyclegan", size=32)
    return folder


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    levels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(levels).save(tmp_path / "one.png")
    Image.new("RGBA", (24, 40), (200, 40, 40, 90)).save(tmp_path / "two.png")
    return [str(tmp_path / "one.png"), str(tmp_path / "two.png")]


def cam(models: Path, name: str, pictures: list[str], out: Path, *options: str) -> int:
    return main(["cam", "--model", str(models / name), *pictures, "--out", str(out), *options])


def test_every_network_over_input_and_output(models: Path, pictures: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert cam(models, "face2icon", pictures, out) == 0
    drawn = {f"{role}-{place}" for role in ("generator", "local", "global") for place in ("input", "output")}
    names = {f"{stem}-{each}.png" for stem in ("one", "two") for each in drawn}
    assert {path.name for path in out.iterdir()} == {*names, "cam.json"}
    assert Image.open(out / "one-local-output.png").size == (30, 20)
    assert Image.open(out / "two-generator-input.png").size == (24, 40)
    told = json.loads((out / "cam.json").read_text(encoding="utf-8"))
    assert (told["model"], told["to"], set(told["pictures"])) == ("face2icon", "icon", {"one.png", "two.png"})
    average = told["pictures"]["one.png"]["generator"]["input"]["average"]
    assert average["map"]["mean"] == pytest.approx(average["score"], abs=1e-5)
    assert average["map"]["least"] <= average["map"]["mean"] <= average["map"]["greatest"]
    assert 0 < average["probability"] < 1 and (average["map"]["height"], average["map"]["width"]) == (8, 8)
    assert told["pictures"]["one.png"]["local"]["output"]["maximum"]["probability"] is None


def test_one_network_one_part_and_the_opacity(models: Path, pictures: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ("--network", "generator", "--part", "maximum", "--to", "face")
    assert cam(models, "face2icon", pictures[:1], out, *options, "--opacity", "0") == 0
    assert {path.name for path in out.iterdir()} == {
        "one-generator-input.png",
        "one-generator-output.png",
        "cam.json",
    }
    shown = Image.open(out / "one-generator-input.png").convert("RGB")
    assert shown.tobytes() == Image.open(pictures[0]).tobytes()
    assert cam(models, "face2icon", pictures[:1], out, *options) == 0
    assert Image.open(out / "one-generator-input.png").convert("RGB").tobytes() != shown.tobytes()
    assert json.loads((out / "cam.json").read_text(encoding="utf-8"))["to"] == "face"


def test_a_classifiers_three_best_or_the_one_that_is_named(models: Path, pictures: list[str], tmp_path: Path) -> None:
    assert cam(models, "types", pictures[:1], tmp_path / "best") == 0
    told = json.loads((tmp_path / "best" / "cam.json").read_text(encoding="utf-8"))["pictures"]["one.png"]
    assert sum(each["probability"] for each in told.values()) == pytest.approx(1)
    best = sorted(told, key=lambda name: -told[name]["score"])[:3]
    assert {path.name for path in (tmp_path / "best").iterdir()} == {"cam.json", *(f"one-{name}.png" for name in best)}
    assert cam(models, "types", pictures[:1], tmp_path / "ice", "--class", "ice") == 0
    assert {path.name for path in (tmp_path / "ice").iterdir()} == {"cam.json", "one-ice.png"}


def test_critics_that_are_missing_cost_nothing_but_themselves(
    models: Path, pictures: list[str], tmp_path: Path, capsys: Captured
) -> None:
    assert cam(models, "alone", pictures[:1], tmp_path / "out") == 0
    assert len(list((tmp_path / "out").iterdir())) == 3
    assert cam(models, "alone", pictures, tmp_path / "none", "--network", "local") == 1
    assert "no network local" in capsys.readouterr().err and not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        ("face2icon", ("--network", "nose"), ("nose", "generator, local, global")),
        ("face2icon", ("--part", "minimum"), ("--part", "together, maximum, average")),
        ("face2icon", ("--to", "fire"), ("fire", "icon, face")),
        ("face2icon", ("--class", "fire"), ("--class", "--to, --network, --part")),
        ("face2icon", ("--opacity", "2"), ("--opacity",)),
        ("face2icon", ("--opacity", "nan"), ("--opacity",)),
        ("types", ("--class", "stone"), ("stone", "fire, water, grass, ice")),
        ("types", ("--part", "average"), ("--part", "--class")),
        ("plain", (), ("plain", "attention", "train ugatit")),
    ],
)
def test_what_does_not_go_is_said_before_anything_is_written(
    models: Path,
    pictures: list[str],
    tmp_path: Path,
    capsys: Captured,
    model: str,
    options: tuple[str, ...],
    words: tuple,
) -> None:
    assert cam(models, model, pictures, tmp_path / "out", *options) == 1
    said = capsys.readouterr().err
    assert said.startswith("ganstudio: ") and said.count("\n") == 1 and not (tmp_path / "out").exists()
    for word in words:
        assert word in said


def test_a_model_without_attention_names_those_that_have_it(
    models: Path, pictures: list[str], tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SHIPPED", models)
    assert main(["cam", "--model", "plain", *pictures, "--out", str(tmp_path / "out")]) == 1
    assert "alone, face2icon, types" in capsys.readouterr().err


def test_one_bad_picture_does_not_cost_the_others(
    models: Path, pictures: list[str], tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "bad.png").write_text("no picture")
    assert cam(models, "types", [str(tmp_path / "bad.png"), pictures[0]], tmp_path / "out", "--class", "ice") == 1
    assert "bad.png" in capsys.readouterr().err
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"cam.json", "one-ice.png"}
