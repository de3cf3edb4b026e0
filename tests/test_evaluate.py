"""Evaluation: the right pictures, the right figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from core_fixtures import make_data, publish_tiny

from ganstudio.evaluation.paired import evaluate
from ganstudio.evaluation.perceptual import evaluate_perceptual, judges
from ganstudio.models.engine import Model, load
from ganstudio.networks import pretrained
from ganstudio.words import Refused


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    publish_tiny(folder)
    return load(folder)


def test_figures(model: Model, tmp_path: Path) -> None:
    data = make_data(tmp_path / "data", 6)
    figures = evaluate(model, data)
    assert figures["model"] == "tiny" and figures["pictures"] == 6 and figures["unreadable"] == 0
    assert 0 < figures["l1"] < 2 and -1 <= figures["ssim"] <= 1 and 0 < figures["psnr"] < 40
    assert len(figures["sliced_wasserstein"]) == len(figures["floor"]) == 2
    # Random weights give flat grey: worse than the mean of the true pictures.
    assert figures["mean_picture"]["l1"] < figures["l1"]
    assert json.loads(json.dumps(figures)) == figures
    assert evaluate(model, data) == figures  # the same every time


def test_a_perfect_model_is_recognised(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the target is the source and the model changes nothing, the figures say so."""
    data = make_data(tmp_path / "data", 4)
    for file in (data / "source").iterdir():
        file.write_bytes((data / "target" / file.name).read_bytes())
    monkeypatch.setattr(Model, "run", lambda self, x, seed=None: x)
    figures = evaluate(model, data)
    assert figures["l1"] == 0 and figures["ssim"] == pytest.approx(1) and figures["psnr"] > 100
    assert figures["sliced_wasserstein"] == [0, 0]


def test_only_the_named_pictures(model: Model, tmp_path: Path) -> None:
    data = make_data(tmp_path / "data", 5)
    (tmp_path / "held.txt").write_text("0001.png\n0003\n")
    seen: list[int] = []
    figures = evaluate(model, data, str(tmp_path / "held.txt"), lambda indices: [seen.append(i) or i for i in indices])
    assert figures["pictures"] == 2 and seen == [0, 1]
    alone = tmp_path / "alone"
    for side in ("source", "target"):
        (alone / side).mkdir(parents=True)
        for name in ("0001", "0003"):
            (alone / side / f"{name}.png").write_bytes((data / side / f"{name}.png").read_bytes())
    assert evaluate(model, alone)["l1"] == figures["l1"]


def test_all_pictures_may_be_named(model: Model, tmp_path: Path) -> None:
    data = make_data(tmp_path / "data", 2)
    (tmp_path / "held.txt").write_text("0000\n0001\n")
    assert evaluate(model, data, str(tmp_path / "held.txt"))["pictures"] == 2


def test_one_picture_has_no_floor(model: Model, tmp_path: Path) -> None:
    figures = evaluate(model, make_data(tmp_path / "data", 1))
    assert figures["pictures"] == 1 and figures["floor"] is None


def test_unreadable_pictures_are_counted(model: Model, tmp_path: Path) -> None:
    data = make_data(tmp_path / "data", 6)
    (data / "target" / "0002.png").write_bytes(b"")
    figures = evaluate(model, data)
    assert figures["pictures"] == 5 and figures["unreadable"] == 1


def test_nothing_to_evaluate(model: Model, tmp_path: Path) -> None:
    data = make_data(tmp_path / "data", 2)
    (tmp_path / "held.txt").write_text("stranger\n")
    for folder, only, key in (
        (data, tmp_path / "held.txt", "evaluate.none"),
        (data, tmp_path / "absent.txt", "data.hold_out"),
        (tmp_path / "absent", "", "data.no_folder"),
    ):
        with pytest.raises(Refused) as refusal:
            evaluate(model, folder, str(only))
        assert refusal.value.key == key


class Brightness:
    """A judge that needs no weights: each quarter's mean colour."""

    name = "brightness"

    def __call__(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        small = torch.nn.functional.adaptive_avg_pool2d(x, 2)
        return small.flatten(1), small


@pytest.mark.parametrize("recipe", ["pix2pix", "bicyclegan"])
def test_what_judges_say(recipe: str, tmp_path: Path) -> None:
    publish_tiny(tmp_path / "models" / recipe, recipe=recipe)
    data = make_data(tmp_path / "data", 10)
    sheet = tmp_path / "sheet.png"
    found = evaluate_perceptual(
        load(tmp_path / "models" / recipe), data, [Brightness()], train=data / "target", sheet=sheet
    )
    judged = found["judges"]["brightness"]
    assert found["pictures"] == 10 and 0 <= found["following_outlines"]["share"] <= 1 and found["sharpness"] >= 0
    assert judged["kernel_distance"] > 0 and judged["variety"] > 0 and sheet.is_file()
    assert judged["copies"] == float("inf") or judged["copies"] > 1  # the true pictures are the training pictures
    assert set(judged["following"]) == {"share", "median_rank"}


def test_seeded_each_drawing_has_a_style_of_its_own(tmp_path: Path) -> None:
    publish_tiny(tmp_path / "models" / "styled", recipe="bicyclegan")
    model, data = load(tmp_path / "models" / "styled"), make_data(tmp_path / "data", 4)
    plain, seeded = (evaluate_perceptual(model, data, [Brightness()], seeded=each) for each in (False, True))
    assert plain["styles"] == "plain" and seeded["styles"] == "of seeds"
    first, second = (each["judges"]["brightness"]["kernel_distance"] for each in (plain, seeded))
    assert first != second


def test_judges_without_their_packages_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained, "LITE_PACKAGES", ("no_such_package", "nor_this"))
    with pytest.raises(Refused) as refusal:
        judges(["efficientnet_lite0"])
    assert refusal.value.key == "features.packages"
