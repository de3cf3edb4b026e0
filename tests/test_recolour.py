"""Recolouring models: what the engine keeps of a picture, and how they are measured."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from core_fixtures import make_labelled, make_unpaired, publish_tiny, tiny_config
from PIL import Image

from ganstudio import images
from ganstudio.analysis.edges import edge_f1
from ganstudio.data.creatures import creature
from ganstudio.evaluation.unpaired import evaluate_partners, evaluate_types
from ganstudio.images import to_tensor
from ganstudio.models import engine
from ganstudio.models.engine import Model
from ganstudio.networks.palette import PaletteClassifier, palette
from ganstudio.networks.recolourer import Recolourer
from ganstudio.networks.resnet import ResNet
from ganstudio.recipes import RECIPES
from ganstudio.words import Refused


@pytest.fixture(scope="module", params=["palette", "colours"])
def recolour(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Three types; the generator has been given strong opinions, so that there is something to see."""
    folder = tmp_path_factory.mktemp("models") / "recolour"
    settings = {"domains": "fire,water,grass", "size": 32, "output": request.param}
    built = publish_tiny(folder, recipe="recolour", **settings)
    opinionated(built["generator"])
    torch.manual_seed(0)
    publish_again(folder, "recolour", built, **settings)
    return engine.load(folder)


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Recolours by palette, in many looks."""
    folder = tmp_path_factory.mktemp("models") / "looks"
    settings = {"domains": "fire,water,grass", "size": 32, "output": "palette"}
    built = publish_tiny(folder, recipe="recolour", **settings)
    opinionated(built["generator"])
    publish_again(folder, "recolour", built, **settings)
    return engine.load(folder)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("models") / "water-fire"
    settings = {"domain_a": "water", "domain_b": "fire", "size": 32, "output": "colours"}
    built = publish_tiny(folder, recipe="cyclegan", **settings)
    for k, network in enumerate(built.values()):
        opinionated(network, k)
    publish_again(folder, "cyclegan", built, **settings)
    return engine.load(folder)


def opinionated(network: torch.nn.Module, seed: int = 0) -> None:
    torch.manual_seed(seed)
    assert isinstance(network, ResNet | Recolourer)
    torch.nn.init.normal_(network.head.weight, 0, 0.05)
    torch.nn.init.normal_(network.head.bias, 0, 0.15)  # type: ignore[arg-type]


def publish_again(folder: Path, recipe: str, built: dict[str, torch.nn.Module], **changes: object) -> None:
    from core_fixtures import tiny_config

    from ganstudio.models import hub

    hub.publish(folder, recipe, tiny_config(recipe, **changes), built, images=7)


def picture(size: tuple[int, int] = (90, 70)) -> Image.Image:
    """A creature with transparency, of a size that is no square and larger than the models' 32."""
    return Image.fromarray(creature(3, "grass", 128)).resize(size)


# --- what the engine keeps --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(90, 70), (31, 200), (20, 20), (1, 1), (1, 50)])
def test_size_and_alpha_are_the_pictures_own(recolour: Model, size: tuple[int, int]) -> None:
    source = picture(size)
    result = recolour.translate(source, to="water")
    assert result.size == source.size and result.mode == "RGBA"
    assert result.getchannel("A").tobytes() == source.getchannel("A").tobytes()
    opaque = recolour.translate(source.convert("RGB"), to="water")
    assert opaque.size == source.size and opaque.mode == "RGB"


def test_every_target_gives_another_picture(recolour: Model) -> None:
    assert recolour.targets == ("fire", "water", "grass") and recolour.recipe == "recolour"
    results = {to: recolour.translate(picture(), to=to).tobytes() for to in (*recolour.targets, "fire+water")}
    assert len(set(results.values())) == 4
    assert recolour.translate(picture(), to="fire").tobytes() == results["fire"]


def test_strength(recolour: Model) -> None:
    source = picture()
    assert recolour.translate(source, to="fire", strength=0.0).tobytes() == source.tobytes()
    first, half, double = (
        np.asarray(recolour.translate(source, to="fire", strength=s), np.float32) for s in (1.0, 0.5, 2.0)
    )
    seen = np.asarray(source)[..., 3] > 0
    whole, part, more = (np.abs(x - np.asarray(source, np.float32))[seen].mean() for x in (first, half, double))
    assert 0.4 * whole < part < 0.6 * whole and more > 1.3 * whole
    for strength in (-0.1, 2.1, float("nan")):
        with pytest.raises(Refused, match="strength"):
            recolour.translate(source, to="fire", strength=strength)


def test_outlines_of_the_full_picture_survive(recolour: Model) -> None:
    source = Image.fromarray(creature(3, "grass", 192))
    mild = recolour.translate(source, to="fire", strength=0.5)
    assert edge_f1(source, mild) > 0.8
    small = recolour.translate(source, to="fire", strength=0.5, keep_size=False)
    assert small.size == (32, 32) and edge_f1(source, small.resize(source.size)) < edge_f1(source, mild)


def test_a_plain_backdrop_is_left_alone(recolour: Model) -> None:
    sheet = Image.new("RGB", (90, 70), (120, 190, 240))
    sheet.paste(picture(), mask=picture().getchannel("A"))
    before, after = np.asarray(sheet), np.asarray(recolour.translate(sheet, to="fire"))
    assert (before[0] == after[0]).all() and (before[-1] == after[-1]).all()
    assert np.abs(before.astype(int) - after).max() > 20


def test_files_and_transparency(recolour: Model, tmp_path: Path) -> None:
    picture().save(tmp_path / "a.png")
    assert (
        recolour.translate(tmp_path / "a.png", to="water").tobytes()
        == recolour.translate(picture(), to="water").tobytes()
    )


@pytest.mark.parametrize("to", [None, "dragon", "", "fire+", "fire+water+grass", "+"])
def test_unknown_targets_are_refused(recolour: Model, to: str | None) -> None:
    with pytest.raises(Refused, match="fire, water, grass") as refusal:
        recolour.translate(picture(), to=to)
    assert refusal.value.key == "engine.to"


def test_two_domains_out_of_many_by_palette(looks: Model, tmp_path: Path) -> None:
    """Each network is the many-domain model's, settled on a label, and is used as that one is, at any size."""
    settings = {"output": "palette", "size": 32, "domain_a": "water", "domain_b": "fire"}
    networks = RECIPES["cyclegan"].adapt(looks.networks, looks.settings, tiny_config("cyclegan", **settings))
    assert networks is not None
    publish_again(tmp_path / "two", "cyclegan", networks, **settings)
    model = engine.load(tmp_path / "two")
    for to in ("water", "fire"):
        for size in (32, 70):
            large = picture().resize((size, size))
            made, expected = (np.asarray(each.translate(large, to=to), float) for each in (model, looks))
            assert np.abs(made - expected).max() <= 1
    assert model.translate(picture(), to="fire").tobytes() != model.translate(picture(), to="water").tobytes()
    assert model.codes == 0 and not model.labelled


def test_a_model_of_two_domains_goes_both_ways(two: Model) -> None:
    assert two.targets == ("water", "fire")
    there, back = (two.translate(picture(), to=to) for to in ("fire", "water"))
    assert there.tobytes() != back.tobytes()
    x = torch.rand(1, 3, 32, 32) * 2 - 1
    with torch.inference_mode():
        for to, name in (("fire", "a_to_b"), ("water", "b_to_a")):
            assert (two.run(x, to=to) - two.networks[name](x)).abs().mean() < 0.03
    with pytest.raises(Refused):
        two.translate(picture(), to="fire+water")
    with pytest.raises(Refused):
        two.variations(picture(), 2)


def test_names_of_domains_may_hold_a_plus(tmp_path: Path) -> None:
    publish_tiny(tmp_path / "m", recipe="cyclegan", domain_a="day", domain_b="night+rain", size=32)
    assert engine.load(tmp_path / "m").translate(picture(), to="night+rain").size == picture().size


def test_a_model_of_one_label_needs_no_target(tmp_path: Path) -> None:
    publish_tiny(tmp_path / "m", recipe="recolour", domains="fire", size=32)
    model = engine.load(tmp_path / "m")
    assert model.translate(picture()).tobytes() == model.translate(picture(), to="fire").tobytes()


def test_an_opaque_rgba_picture_gives_rgba(recolour: Model) -> None:
    opaque = picture().convert("RGB").convert("RGBA")
    result = recolour.translate(opaque, to="fire")
    assert result.mode == "RGBA" and result.getchannel("A").getextrema() == (255, 255)
    assert result.convert("RGB").tobytes() == recolour.translate(opaque.convert("RGB"), to="fire").tobytes()


@pytest.mark.parametrize("size", [(90, 70), (20, 9)])
def test_a_large_picture_is_the_same_in_portions(
    two: Model, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(images, "to_tensor", lambda each: seen.append(each.height) or to_tensor(each))
    for keep_detail in (True, False):
        monkeypatch.setattr(two, "settings", replace(two.settings, keep_detail=keep_detail))
        whole = np.asarray(two.translate(picture(size), to="fire"), int)
        seen.clear()
        with monkeypatch.context() as patched:
            patched.setattr(engine, "BAND", size[0] * 4)
            assert np.abs(np.asarray(two.translate(picture(size), to="fire"), int) - whole).max() <= 1
        assert max(seen[1:], default=0) <= 4  # beside the network's own square, never more than a portion as floats


# --- palettes, and the many looks of a type ----------------------------------------------------------------


def test_a_seed_gives_a_look_and_a_style_the_same(looks: Model) -> None:
    plain, one, again, other = (looks.translate(picture(), to="fire", seed=seed) for seed in (None, 4, 4, 5))
    assert len({each.tobytes() for each in (plain, one, other)}) == 3 and one.tobytes() == again.tobytes()
    style = looks.seed_style(4)
    assert len(style) == looks.codes == 3
    by_style = np.asarray(looks.translate(picture(), to="fire", style=style), int)
    assert np.abs(by_style - np.asarray(one, int)).max() <= 1  # a style is told in four decimals
    with pytest.raises(Refused) as refusal:
        looks.translate(picture(), to="fire", style=[0.0] * 4)
    assert refusal.value.key == "engine.style"


def test_a_plain_look_may_be_that_of_a_seed(tmp_path: Path) -> None:
    settings = {"domains": "fire,water", "size": 32, "output": "palette"}
    built = publish_tiny(tmp_path / "a", recipe="recolour", **settings)
    opinionated(built["generator"])
    publish_again(tmp_path / "a", "recolour", built, **settings)
    publish_again(tmp_path / "b", "recolour", built, **settings, plain="3,7")
    without, chosen = engine.load(tmp_path / "a"), engine.load(tmp_path / "b")
    for to, seed in (("fire", 3), ("water", 7)):
        expected = without.translate(picture(), to=to, style=without.seed_style(seed))
        found = chosen.translate(picture(), to=to)
        assert np.abs(np.asarray(found, int) - np.asarray(expected, int)).max() <= 1
        assert found.tobytes() != without.translate(picture(), to=to).tobytes()


@pytest.mark.parametrize("plain", ["3", "3,x", "3,-1", "3,99999999999999999999", "3,7,1"])
def test_seeds_that_are_none_are_refused(tmp_path: Path, plain: str) -> None:
    config = tiny_config("recolour", domains="fire,water", output="palette", plain=plain)
    with pytest.raises(Refused) as refusal:
        RECIPES["recolour"].build(config)
    assert refusal.value.key == "recolour.plain"


def test_models_without_looks_say_so(two: Model) -> None:
    with pytest.raises(Refused) as refusal:
        two.translate(picture(), to="fire", style=[0.0] * 8)
    assert refusal.value.key == "engine.no_style"


def test_what_has_one_colour_is_changed_alike_at_any_size(looks: Model) -> None:
    patches = Image.new("RGBA", (120, 80))
    for box, colour in (((4, 4, 30, 76), "#d04020"), ((40, 4, 70, 76), "#3060c0"), ((80, 4, 116, 76), "#d04020")):
        patches.paste(colour, box)
    large = patches.resize((960, 640), Image.Resampling.NEAREST)
    small, big = (looks.translate(each, to="water", seed=1) for each in (patches, large))
    first, third = small.getpixel((16, 40)), small.getpixel((100, 40))
    assert first == third != small.getpixel((55, 40)) and first[:3] != (0xD0, 0x40, 0x20)
    assert np.abs(np.array(big.getpixel((128, 320))) - first).max() <= 2


def test_white_and_paper_stay(looks: Model) -> None:
    sheet = Image.new("RGB", (64, 64), "white")
    sheet.paste("#d04020", (10, 10, 50, 50))
    sheet.paste("white", (20, 20, 30, 30))  # an eye's
    result = looks.translate(sheet, to="water")
    assert result.getpixel((2, 2)) == result.getpixel((25, 25)) == (255, 255, 255)
    assert result.getpixel((40, 40)) != (0xD0, 0x40, 0x20)


@pytest.mark.parametrize("colour", ["white", "black", "#808080", "#ff0000"])
def test_a_picture_of_one_colour_is_recoloured_all_the_same(looks: Model, colour: str) -> None:
    result = np.asarray(looks.translate(Image.new("RGBA", (9, 5), colour), to="water"))
    assert (result == result[0, 0]).all()


# --- how they are measured --------------------------------------------------------------------------------


def test_figures_of_types(recolour: Model, tmp_path: Path) -> None:
    folder = make_labelled(tmp_path / "d", 8, 32)
    only = tmp_path / "held.txt"
    only.write_text("\n".join(f"{k:03d}" for k in range(1, 10)))
    sheet = tmp_path / "sheet.png"
    found = evaluate_types(recolour, folder, str(tmp_path / "labels.csv"), str(only), lambda x: x, sheet)
    assert found["held_back"] == 9 and found["alpha_equal"] is True and 0 <= found["classifier_accuracy"] <= 1
    assert set(found["targets"]) == {"fire", "water", "grass"}
    fire = found["targets"]["fire"]
    assert (fire["sources"], fire["real"], fire["held_real"]) == (6, 8, 3)
    assert fire["closed"] == pytest.approx((fire["before"] - fire["after"]) / (fire["before"] - fire["floor"]))
    assert sheet.is_file()


def test_a_perfect_recolouring_closes_the_gap(recolour: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every creature in the target's own palette: nearly nothing is left of the distance, and the classifier agrees."""
    folder = make_labelled(tmp_path / "d", 12, 48)
    with (tmp_path / "labels.csv").open() as file:
        labels = {row["id"]: row for row in csv.DictReader(file)}
    sources = {Image.open(folder / f"{int(k):03d}.png").tobytes(): int(k) - 1 for k in labels}
    sources |= {creature(k, to, 48).tobytes(): k for k in range(len(labels)) for to in ("fire", "water", "grass")}
    (tmp_path / "held.txt").write_text("\n".join(f"{k:03d}" for k in range(1, 19)))
    measured = {}
    for name, change in {
        "perfect": lambda k, to: Image.fromarray(creature(k, to, 48)),
        "nothing": lambda k, to: Image.open(folder / f"{k + 1:03d}.png"),
    }.items():
        monkeypatch.setattr(
            Model, "translate", lambda self, image, to, _change=change: _change(sources[image.tobytes()], to)
        )
        measured[name] = evaluate_types(
            recolour, folder, str(tmp_path / "labels.csv"), str(tmp_path / "held.txt"), lambda x: x
        )["targets"]
    for target in ("fire", "water", "grass"):
        perfect, nothing = measured["perfect"][target], measured["nothing"][target]
        assert perfect["scored"] and perfect["closed"] > 0.8 and abs(nothing["closed"]) < 1e-9
        assert perfect["called"] > 0.8 > nothing["called"] + 0.3
        assert perfect["edges"] > 0.7 and nothing["edges"] == 1.0
        # The way back leads home, where one has been away.
        assert perfect["home"] == 1.0 and perfect["left"] == 0 < perfect["away"] and nothing["home"] == 0.0


def test_true_partners(two: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_unpaired(tmp_path / "d", 3, 32)
    found = evaluate_partners(two, folder, lambda x: x)["targets"]
    assert set(found) == {"water", "fire"} and found["fire"]["pictures"] == 2
    assert (
        found["fire"]["unchanged"] == pytest.approx(found["water"]["unchanged"]) and found["fire"]["unchanged"] > 0.02
    )
    monkeypatch.setattr(Model, "translate", lambda self, image, to: image)
    assert evaluate_partners(two, folder, lambda x: x)["targets"]["fire"]["error"] == found["fire"]["unchanged"]


def test_nothing_to_measure(recolour: Model, two: Model, tmp_path: Path) -> None:
    folder = make_labelled(tmp_path / "d")
    with pytest.raises(Refused) as refusal:  # trained on all of them, and none is named
        evaluate_types(recolour, folder, str(tmp_path / "labels.csv"), "", lambda x: x)
    assert refusal.value.key == "evaluate.none"
    with pytest.raises(Refused) as refusal:
        evaluate_partners(two, folder, lambda x: x)
    assert refusal.value.key == "evaluate.no_partners"


def test_a_model_of_two_domains_is_measured_by_labels(two: Model, tmp_path: Path) -> None:
    folder = make_labelled(tmp_path / "d", 8, 32)
    (tmp_path / "held.txt").write_text("\n".join(f"{k:03d}" for k in range(1, 10)))
    labels, only = str(tmp_path / "labels.csv"), str(tmp_path / "held.txt")
    (folder / "001.png").write_bytes(b"no picture")
    Image.new("RGBA", (32, 32)).save(folder / "010.png")  # nothing to be seen
    found = evaluate_types(two, folder, labels, only, lambda x: x)
    assert found["unreadable"] == 2 and found["held_back"] == 8
    assert {to: row["sources"] for to, row in found["targets"].items()} == {"water": 2, "fire": 3}
    table = (tmp_path / "labels.csv").read_text()
    (tmp_path / "labels.csv").write_text(table.replace("water", "bug"))
    with pytest.raises(Refused, match="water") as refusal:
        evaluate_types(two, folder, labels, only, lambda x: x)
    assert refusal.value.key == "data.no_such_label"


def test_models_of_one_way_are_not_measured(tmp_path: Path) -> None:
    built = publish_tiny(tmp_path / "m", recipe="cyclegan", domain_b="fire")
    publish_again(tmp_path / "m", "cyclegan", {"a_to_b": built["a_to_b"]}, domain_b="fire")
    model, folder = engine.load(tmp_path / "m"), make_labelled(tmp_path / "d")
    for measure in (
        lambda: evaluate_types(model, folder, str(tmp_path / "labels.csv"), "", lambda x: x),
        lambda: evaluate_partners(model, folder, lambda x: x),
    ):
        with pytest.raises(Refused) as refusal:
            measure()
        assert refusal.value.key == "evaluate.one_way"


# --- outlines ---------------------------------------------------------------------------------------------


def test_edges() -> None:
    source = Image.fromarray(creature(1, "fire", 96))
    assert edge_f1(source, source) == 1.0
    assert edge_f1(source, Image.fromarray(creature(1, "water", 96))) > 0.7
    shifted = Image.new("RGBA", source.size)
    shifted.paste(source, (1, 0))
    assert edge_f1(source, shifted) > 0.95  # within a pixel
    assert edge_f1(source, Image.fromarray(creature(9, "fire", 96))) < 0.6
    blank = Image.new("RGB", (20, 20), (9, 9, 9))
    assert edge_f1(blank, blank) == 1.0 and edge_f1(source, Image.new("RGB", source.size)) == 0.0


def test_colours_tell_a_type_by_what_they_cover() -> None:
    blue, red = torch.tensor([-0.8, -0.6, 0.9]), torch.tensor([0.9, -0.6, -0.8])
    sides = torch.stack([one.view(3, 1, 1).expand(3, 8, 8) for one in (blue, red)])
    classifier = PaletteClassifier(2)
    optimizer = torch.optim.Adam(classifier.parameters(), 1e-3)
    for _ in range(60):
        loss = torch.nn.functional.cross_entropy(classifier(palette(sides)), torch.tensor([0, 1]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    spotted = sides[1].clone()
    spotted[:, 0, 0] = blue  # a speck of the other's colour convinces nobody
    whole, with_speck = classifier(palette(torch.stack([sides[1], spotted]))).softmax(1)[:, 1]
    assert whole > 0.9 and with_speck > 0.85
