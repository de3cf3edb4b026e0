"""What is measured of a model that redraws pictures on white, and on which pictures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from core_fixtures import tiny_config
from PIL import Image
from test_palette_of import head
from torch import Tensor

from ganstudio.analysis.distance import sliced_wasserstein
from ganstudio.commands import main
from ganstudio.evaluation.icons import evaluate_icons
from ganstudio.models import hub
from ganstudio.models.engine import Model, load
from ganstudio.networks.ugatit import Seen, UGATITCritic
from ganstudio.recipes import RECIPES
from ganstudio.words import Refused

SIDE = 64
UGATIT = RECIPES["ugatit"]


def publish(folder: Path, names: tuple[str, ...], **changes: Any) -> Model:
    """A tiny model of random weights with these of its networks."""
    sizes = {"size": SIDE, "blocks": 1, "local_layers": 3, "global_layers": 4}
    config = tiny_config("ugatit", domain_a="face", domain_b="icon", **(sizes | changes))
    torch.manual_seed(0)
    networks = UGATIT.build(config)
    hub.publish(folder, "ugatit", config, {name: networks[name].eval() for name in names}, images=7)
    return load(folder)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return publish(tmp_path_factory.mktemp("models") / "tiny", (*UGATIT.exports, *UGATIT.witnesses))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Faces of hair and skin of their own in trainA and testA, smaller ones on other pictures in trainB and testB."""
    folder = tmp_path_factory.mktemp("data")
    draw = np.random.default_rng(0)
    for part, count in (("trainA", 4), ("testA", 6), ("trainB", 3), ("testB", 5)):
        (folder / part).mkdir()
        for k in range(count):
            hair, skin = ((int(r), int(g), int(b)) for r, g, b in draw.integers(30, 210, (2, 3)))
            picture = head(hair, skin, SIDE)
            if part.endswith("B"):
                small = Image.new("RGB", (SIDE, SIDE), "white")
                small.paste(picture.resize((48, 48)), (8, 8))
                picture = small
            picture.save(folder / part / f"{part}{k}.png")
    return folder


def same(model: Model, x: Tensor, seed: int | None = None, to: str | None = None) -> Tensor:
    return x


def no_bar(items: Any) -> Any:
    return items


def measured(model: Model, data: Path, data_b: str = "", only: str = "", **given: Any) -> dict[str, Any]:
    return evaluate_icons(model, data, data_b, only, no_bar, **given)


# --- figures ----------------------------------------------------------------------------------------------


def test_figures(model: Model, data: Path) -> None:
    figures = measured(model, data)
    assert json.loads(json.dumps(figures)) == figures and figures["model"] == "tiny"
    assert figures["held_back"] == {"face": 6, "icon": 5} and figures["unreadable"] == 0
    assert list(figures["targets"]) == ["icon", "face"]
    icon, face = figures["targets"]["icon"], figures["targets"]["face"]
    assert (icon["sources"], icon["real"], face["sources"], face["real"]) == (6, 5, 5, 6)
    for way in (icon, face):
        assert way["kernel_distance"]["after"] > way["kernel_distance"]["before"] > 0  # random weights make it worse
        assert abs(way["kernel_distance"]["floor"]) < way["kernel_distance"]["after"]
        lengths = {len(distances) for distances in way["sliced_wasserstein"].values()}
        assert lengths == {4} and way["sliced_wasserstein"].keys() == {"before", "after", "floor"}
        assert way["hair"]["pictures"] == way["skin"]["pictures"] == way["sources"]
        assert 0 < way["round_trip"]["error"] < 1 and 0 < way["round_trip"]["other"] < 0.5
    assert list(figures["attention"]) == list(UGATIT.witnesses)
    for name, seen in figures["attention"].items():
        assert seen["pictures"] == {"a": 6, "b": 5}[name[-1]]
        assert 0 < seen["on_drawing"] < 1 and 0.1 < seen["area"] < 0.7
    assert figures["attention"]["local_a"]["area"] > figures["attention"]["local_b"]["area"]  # icons are smaller


def test_a_model_that_changes_nothing(model: Model, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Model, "run", same)
    for way in measured(model, data)["targets"].values():
        for distances in (way["sliced_wasserstein"], way["kernel_distance"]):
            assert distances["before"] == distances["after"]
        for part in ("hair", "skin"):
            assert way[part]["median"] < 1e-3 and way[part]["kept"] == 1
            assert way[part]["shuffled_median"] > 20 and way[part]["shuffled_kept"] < 0.5
        assert way["round_trip"]["error"] == 0


def test_a_perfect_model_is_at_the_floor(model: Model, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That makes real pictures of the other domain, though with colours of their own."""
    shown: dict[str, list[Tensor]] = {"face": [], "icon": []}
    for name, part in (("face", "testA"), ("icon", "testB")):
        for file in sorted((data / part).iterdir()):
            shown[name].append(torch.from_numpy(np.array(Image.open(file))).permute(2, 0, 1)[None] / 127.5 - 1)
    drawn = {name: iter(pictures * 3) for name, pictures in shown.items()}
    monkeypatch.setattr(Model, "run", lambda self, x, seed=None, to=None: next(drawn[to]))
    figures = measured(model, data)["targets"]["icon"]
    expected = sliced_wasserstein(torch.cat([*shown["icon"], shown["icon"][0]]), torch.cat(shown["icon"]))
    assert figures["sliced_wasserstein"]["after"] == expected
    assert figures["kernel_distance"]["after"] < 0 < figures["kernel_distance"]["before"]
    assert figures["hair"]["kept"] < 0.5


def test_other_colours_are_not_kept(model: Model, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that paints every hair and skin in one colour keeps as much as another's translation has."""

    def grey(model: Model, x: Tensor, seed: int | None = None, to: str | None = None) -> Tensor:
        return torch.where(x.amax(1, keepdim=True).expand_as(x) > 0.9, x, torch.zeros_like(x))

    monkeypatch.setattr(Model, "run", grey)
    for way in measured(model, data)["targets"].values():
        assert way["skin"]["median"] == pytest.approx(way["skin"]["shuffled_median"], rel=0.2)
        assert way["round_trip"]["error"] > 0


def test_attention_on_the_drawing_alone(model: Model, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def see(critic: UGATITCritic, x: Tensor) -> Seen:
        drawn = (x.amin(1, keepdim=True) < 0.85).float()
        return Seen(drawn, torch.zeros(2, 1), torch.zeros(1, 2), drawn.repeat(1, 3, 1, 1) - 5)

    monkeypatch.setattr(UGATITCritic, "see", see)
    for seen in measured(model, data)["attention"].values():
        assert seen["on_drawing"] > 0.97 > seen["area"]
    monkeypatch.setattr(UGATITCritic, "see", lambda critic, x: see(critic, torch.ones_like(x)))
    for seen in measured(model, data)["attention"].values():  # constant maps
        assert seen == {"pictures": 0, "on_drawing": None, "area": None}


def test_one_way_without_critics(data: Path, tmp_path: Path) -> None:
    model = publish(tmp_path / "alone", ("b_to_a",))
    figures = measured(model, data, sheet=tmp_path / "sheet.png")
    assert list(figures["targets"]) == ["face"] and figures["targets"]["face"]["round_trip"] is None
    assert figures["attention"] == {} and Image.open(tmp_path / "sheet.png").size == (2 * 130 - 2, 5 * 130 - 2)


def test_one_picture_has_nothing_to_be_compared_with(model: Model, data: Path, tmp_path: Path) -> None:
    (tmp_path / "only.txt").write_text("testA1\ntestB2.png\n")
    figures = measured(model, data, only=str(tmp_path / "only.txt"))
    assert figures["held_back"] == {"face": 1, "icon": 1}
    icon = figures["targets"]["icon"]
    assert icon["kernel_distance"] == {"before": None, "after": None, "floor": None}
    assert icon["sliced_wasserstein"]["floor"] is None and icon["round_trip"]["other"] is None
    assert icon["hair"]["shuffled_median"] is None and icon["hair"]["median"] is not None


# --- which pictures ---------------------------------------------------------------------------------------


def test_a_fold_is_held_back(model: Model, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside testA and testB, where there are such; of two folders, the fold alone."""
    monkeypatch.setattr(Model, "run", same)
    held = []
    for fold in (0, 1):
        monkeypatch.setattr(model, "settings", replace(model.settings, folds=2, fold=fold))
        both = (measured(model, data), measured(model, data / "testA", str(data / "testB")))
        held.append([each["held_back"][name] for each in both for name in ("face", "icon")])
    assert [sum(counts) for counts in zip(*held, strict=True)] == [2 * 6 + 4, 2 * 5 + 3, 6, 5]


def test_the_named_pictures(model: Model, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no others, though they be all there are."""
    monkeypatch.setattr(Model, "run", same)
    (tmp_path / "some.txt").write_text("trainA0\ntestA3.png\ntrainB1\ntrainB2\n")
    assert measured(model, data, only=str(tmp_path / "some.txt"))["held_back"] == {"face": 2, "icon": 2}
    (tmp_path / "all.txt").write_text("".join(f"train{d}{k}\n" for d in "AB" for k in range(4)))
    found = measured(model, data / "trainA", str(data / "trainB"), str(tmp_path / "all.txt"))
    assert found["held_back"] == {"face": 4, "icon": 3}


def test_unreadable_pictures_are_counted(
    model: Model, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Model, "run", same)
    for part in ("testA", "testB"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "damaged.png").write_bytes(b"")
        (tmp_path / part / "whole.png").write_bytes((data / part / f"{part}0.png").read_bytes())
    figures = measured(model, tmp_path)
    assert figures["unreadable"] == 2 and figures["held_back"] == {"face": 1, "icon": 1}
    (tmp_path / "testB" / "whole.png").unlink()
    with pytest.raises(Refused) as refused:
        measured(model, tmp_path)
    assert refused.value.key == "data.unreadable"


def test_nothing_to_measure(model: Model, data: Path, tmp_path: Path) -> None:
    (tmp_path / "strangers.txt").write_text("nobody\n")
    (tmp_path / "empty").mkdir()
    for folder, data_b, only, key in (
        (tmp_path / "absent", "", "", "data.no_folder"),
        (data, str(tmp_path / "absent"), "", "data.no_folder"),
        (data / "trainA", "", "", "data.no_domains"),
        (tmp_path / "empty", str(data / "trainB"), "", "data.empty"),
        (data / "trainA", str(data / "trainB"), "", "evaluate.none_held"),
        (data, "", str(tmp_path / "strangers.txt"), "evaluate.none"),
        (data, "", str(tmp_path / "absent.txt"), "data.hold_out"),
    ):
        with pytest.raises(Refused) as refused:
            measured(model, folder, data_b, only)
        assert refused.value.key == key and refused.value.say("ja") != refused.value.say("en")


# --- the command line -------------------------------------------------------------------------------------


def test_the_command_line(model: Model, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, only = tmp_path / "sheet.png", tmp_path / "only.txt"
    only.write_text("testA0\ntestA1\ntestB0\ntestB1\n")
    command = ["evaluate", "--model", str(model.folder), "--data", str(data), "--only", str(only)]
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == measured(model, data, only=str(only))
    folders = ["--data", str(data / "testA"), "--data-b", str(data / "testB"), "--sheet", str(sheet)]
    assert main([*command, *folders]) == 0
    said = capsys.readouterr().out
    assert "targets:" in said and "kernel_distance:" in said and "on_drawing:" in said
    assert Image.open(sheet).size == (6 * 130 - 2, 2 * 130 - 2)  # a row: source, result, round trip, of both domains
    assert main([*command, "--sheet", str(tmp_path / "absent" / "sheet.png")]) == 1
    assert "sheet.png" in capsys.readouterr().err


# --- judges and partners ----------------------------------------------------------------------------------


class Means:
    """Judges pictures by their mean colours, and a little noise of their own."""

    name = "means"

    def __call__(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x.mean(dim=(2, 3)), x.mean(dim=3)


def test_judges_say_how_near_the_results_are_and_what_chance_is(model: Model, data: Path) -> None:
    found = measured(model, data, asked=(Means(),))["targets"]["icon"]["means"]
    assert found["before"] is not None and found["floor_width"] > 0 and np.isfinite(found["kernel_distance"])


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    draw = np.random.default_rng(1)
    for part in ("trainA", "testA", "trainB", "testB"):
        (folder / part).mkdir()
    for k in range(5):
        hair, skin = ((int(r), int(g), int(b)) for r, g, b in draw.integers(30, 210, (2, 3)))
        for side in "AB":
            head(hair if k else (4, 3, 3), skin, SIDE).save(folder / f"test{side}" / f"{k}.png")
    return folder


def test_partners(model: Model, pairs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "partners" not in measured(model, pairs)["targets"]["icon"]
    worse = measured(model, pairs, partners=True)["targets"]["icon"]["partners"]
    monkeypatch.setattr(Model, "run", same)
    best = measured(model, pairs, partners=True)["targets"]["icon"]["partners"]
    assert best["pictures"] == 5 and best["error"] == 0 < best["other"]
    assert best["hair"]["pictures"] == 5 and best["hair"]["kept"] == best["skin"]["kept"] == 1
    assert worse["error"] > 0 and worse["hair"]["kept"] < 1
