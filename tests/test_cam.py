"""Class activation maps: that their numbers are the networks' own, and that they lie where they belong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from core_fixtures import publish_tiny
from PIL import Image

from ganstudio import images
from ganstudio.analysis import cam
from ganstudio.analysis.cam import Observed, Part
from ganstudio.images import Frame, letterbox
from ganstudio.models import hub
from ganstudio.networks.classifier import Classifier
from ganstudio.networks.ugatit import UGATIT, UGATITCritic
from ganstudio.words import Refused


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Observed:
    folder = tmp_path_factory.mktemp("cam") / "face2icon"
    publish_tiny(folder, recipe="ugatit", size=32, domain_a="face", domain_b="icon")
    networks, settings, _ = hub.load_networks(folder)
    return Observed("face2icon", settings, networks)


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Observed:
    folder = tmp_path_factory.mktemp("cam") / "types"
    publish_tiny(folder, recipe="classifier", size=32, domains="fire,water,grass")
    networks, settings, _ = hub.load_networks(folder)
    return Observed("types", settings, networks)


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    levels = np.random.default_rng(0).integers(0, 256, (24, 36, 3), dtype=np.uint8)
    return Image.fromarray(levels).resize((90, 60), Image.Resampling.BICUBIC)


def part(values: np.ndarray, neutral: float | None = 0.0) -> Part:
    """A part of one feature of weight 1, which is its map."""
    features = values.astype(np.float32)[None]
    return Part("average", features, np.ones(1), features.mean((1, 2)), neutral=neutral)


def plain(size: int) -> Frame:
    return Frame(size, size, 0, 0, size, size, size)


# --- numbers --------------------------------------------------------------------------------------------


def test_the_average_map_is_the_score_spread_out(model: Observed, picture: Image.Image) -> None:
    found = cam.look(model, picture)
    assert list(found.sights) == ["generator", "local", "global"]
    for sights in found.sights.values():
        assert list(sights) == ["input", "output"]
        for sight in sights.values():
            average = sight.parts["average"]
            assert average.map.dtype == np.float32 and average.map.ndim == 2
            assert average.map.mean(dtype=np.float64) == pytest.approx(average.score, abs=1e-5)


def test_scores_are_the_networks_own(model: Observed, picture: Image.Image) -> None:
    found = cam.look(model, picture, "face")
    square, _ = letterbox(picture, 32)
    x = images.to_tensor(square)
    generator = model.networks["b_to_a"]
    assert isinstance(generator, UGATIT)
    with torch.inference_mode():
        y = generator(x)
        for role, name in {"generator": "b_to_a", "local": "local_a", "global": "global_a"}.items():
            network = model.networks[name]
            assert isinstance(network, UGATIT | UGATITCritic) and found.sights[role]["input"].network == name
            for place, shown in {"input": x, "output": y}.items():
                seen, sight = network.see(shown), found.sights[role][place]  # type: ignore[index]
                scores = [sight.parts[each].score for each in ("average", "maximum")]
                assert scores == pytest.approx(seen.logits[0].tolist(), abs=1e-5)
                assert np.allclose(sight.parts["together"].map, seen.attended[0].sum(0), atol=1e-5)
    assert found.output is not None and found.output.size == picture.size
    assert found.output.tobytes() == images.unpad(images.to_image(y), found.frame).tobytes()


def test_a_generators_score_is_a_probability_and_a_critics_is_not(model: Observed, picture: Image.Image) -> None:
    found = cam.look(model, picture)
    for name in ("average", "maximum"):
        each = found.sights["generator"]["input"].parts[name]
        assert each.probability == pytest.approx(1 / (1 + np.exp(-each.score))) and each.neutral == 0
    critic = found.sights["local"]["output"]
    assert critic.kind == "critic" and critic.aims == (0, 1)  # lsgan
    assert all(each.probability is None for each in critic.parts.values())
    assert [critic.parts[name].neutral for name in cam.PARTS] == [None, 0, 0.5]


def test_the_aims_are_those_of_the_losses() -> None:
    from ganstudio.losses import ADVERSARIAL

    for loss, (made, real) in cam.AIMS.items():
        on_real, on_made, _ = ADVERSARIAL[loss]
        assert on_real(torch.tensor(real)) == 0 and on_made(torch.tensor(made)) == 0
    assert set(ADVERSARIAL) - set(cam.AIMS) == {"vanilla"}  # has none: its best score is infinite


def test_a_classifiers_maps_and_biases_are_its_scores(classifier: Observed, picture: Image.Image) -> None:
    found = cam.look(classifier, picture)
    assert found.output is None and list(found.sights) == ["classifier"]
    parts = found.sights["classifier"]["input"].parts
    network = classifier.networks["classifier"]
    assert isinstance(network, Classifier) and list(parts) == ["fire", "water", "grass"]
    with torch.inference_mode():
        logits = network(images.to_tensor(letterbox(picture, 32)[0]))[0]
    assert [each.score for each in parts.values()] == pytest.approx(logits.tolist(), abs=1e-5)
    assert [each.probability for each in parts.values()] == pytest.approx(logits.softmax(0).tolist(), abs=1e-5)
    for each in parts.values():
        assert each.map.mean(dtype=np.float64) + each.bias == pytest.approx(each.score, abs=1e-5)


@pytest.mark.parametrize("count", [0, 3, 10_000])
def test_a_score_taken_apart_adds_up(model: Observed, classifier: Observed, picture: Image.Image, count: int) -> None:
    for found in (cam.look(model, picture), cam.look(classifier, picture)):
        for sights in found.sights.values():
            for each in (each for sight in sights.values() for each in sight.parts.values()):
                apart = cam.take_apart(each, count)
                total = sum(channel.contribution for channel in apart.channels) + apart.rest + apart.bias
                assert total == pytest.approx(apart.score, abs=1e-12) and apart.score == each.score
                assert len(apart.channels) + apart.others == len(each.weights)
                sizes = [abs(channel.contribution) for channel in apart.channels]
                assert sizes == sorted(sizes, reverse=True)
                shown = sum((channel.weight * channel.feature for channel in apart.channels), start=apart.rest_map)
                assert np.allclose(shown, each.map, atol=1e-4)


def test_channels_are_the_features_by_number() -> None:
    features = np.arange(12, dtype=np.float32).reshape(3, 2, 2)
    each = Part("average", features, np.array([1.0, -3.0, 0.0]), features.mean((1, 2)).astype(np.float64))
    apart = cam.take_apart(each, 1)
    (channel,) = apart.channels
    assert (channel.number, channel.weight, channel.pooled, channel.contribution) == (1, -3, 5.5, -16.5)
    assert channel.feature.tolist() == [[4, 5], [6, 7]] and apart.others == 2 and apart.rest == 1.5


# --- pictures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("neutral", [None, 0.0, 0.5])
@pytest.mark.parametrize("value", [0.0, 0.5, -3.0])
def test_a_constant_map_is_one_colour_and_no_nan(neutral: float | None, value: float) -> None:
    each = part(np.full((4, 4), value), neutral)
    span = cam.limits(neutral, each.map)
    spread = cam.upsample(each.map, plain(32))
    assert spread.shape == (32, 32) and np.allclose(spread, value)
    colours = cam.colour(spread, cam.scheme_of(each), span)
    assert colours.dtype == np.uint8 and len(np.unique(colours.reshape(-1, 3), axis=0)) == 1
    if neutral is None or value == neutral:
        assert colours[0, 0].tolist() == cam.table(cam.scheme_of(each))[128].tolist()


def test_colours_stand_for_values() -> None:
    span = cam.limits(0.0, np.array([[-1.0, 3.0]], np.float32))
    assert span == (-3, 3) and cam.limits(None, np.array([[2.0, 3.0]], np.float32)) == (2, 3)
    values = np.array([[-3.0, 0.0, 3.0, 9.0]], np.float32)
    indices = [0, 128, 255, 255]
    assert cam.colour(values, "diverging", span)[0].tolist() == cam.table("diverging")[indices].tolist()


@pytest.mark.parametrize("scheme", cam.SCHEMES)
def test_colour_maps_are_perceptually_even(scheme: str) -> None:
    linear = (cam.table(scheme) / 255) ** 2.2
    lightness = (linear @ [0.2126, 0.7152, 0.0722]) ** (1 / 3)  # about CIE's, as a share
    steps = np.diff(lightness)
    if scheme == "sequential":
        assert (steps > -2e-3).all()
    else:
        assert (steps[:120] > -2e-3).all() and (steps[135:] < 2e-3).all()
        assert lightness[0] == pytest.approx(lightness[-1], abs=0.1)


def test_an_overlay_goes_from_the_picture_to_the_colours(picture: Image.Image) -> None:
    each = part(np.arange(16.0).reshape(4, 4), None)
    spread = cam.upsample(each.map, letterbox(picture, 16)[1])
    span = cam.limits(None, each.map)
    none, half, whole = (np.asarray(cam.overlay(picture, spread, each, span, o), float) for o in (0, 0.5, 1))
    assert none.astype(np.uint8).tobytes() == picture.tobytes()
    assert whole.astype(np.uint8).tobytes() == cam.colour(spread, "sequential", span).tobytes()
    assert np.abs(half - (none + whole) / 2).max() <= 0.5


def test_a_map_lies_where_its_places_are() -> None:
    """A place's middle is in the middle of the pixels that it stands for, in a square with a border as well."""
    values = np.zeros((8, 8), np.float32)
    values[2, 5] = 1  # rows 16 to 24 and columns 40 to 48 of 64 pixels
    spread = cam.upsample(values, plain(64))
    assert np.unravel_index(spread.argmax(), spread.shape) in {(r, c) for r in (19, 20) for c in (43, 44)}
    assert spread.min() == 0 and spread.max() <= 1
    # The same in a picture of 128 x 64: shown as 64 x 32, from row 16 of the square on.
    wide = Frame(128, 64, 0, 16, 64, 32, 64)
    row, column = np.unravel_index(cam.upsample(values, wide).argmax(), (64, 128))
    assert 6 <= row <= 9 and 86 <= column <= 89


def test_a_critics_map_has_its_places_around_the_middle() -> None:
    """A critic with two halvings sees 15 places of a square of 64, 4 pixels apart, the first around pixel 4."""
    values = np.zeros((15, 15), np.float32)
    values[0, 14] = values[7, 7] = 1
    spread = cam.upsample(values, plain(64))
    assert spread[31:33, 31:33].min() > 0.8
    assert spread[3:5, 59:61].min() > 0.8 and spread[12, 60] < 0.2


def test_the_map_reacts_where_the_picture_changes() -> None:
    """Through a whole network: the feature of a bright dot lies where the dot is."""
    torch.manual_seed(0)
    critic = UGATITCritic(4, 3).eval()
    dark, dot = torch.zeros(1, 3, 32, 32), torch.zeros(1, 3, 32, 32)
    dot[..., 20:22, 8:10] = 1
    with torch.inference_mode():
        change = (critic.see(dot).features - critic.see(dark).features)[0].abs().sum(0).numpy()
    row, column = np.unravel_index(cam.upsample(change, plain(32)).argmax(), (32, 32))
    assert abs(row - 21) <= 2 and abs(column - 9) <= 2


# --- what cannot be looked at ---------------------------------------------------------------------------


def test_critics_may_be_missing(model: Observed, picture: Image.Image) -> None:
    alone = Observed("alone", model.settings, {"b_to_a": model.networks["b_to_a"]})
    assert cam.directions(alone) == {"face": "b_to_a"} and cam.observers(alone) == {"generator": "b_to_a"}
    assert list(cam.look(alone, picture).sights) == ["generator"]
    with pytest.raises(Refused, match="no network local"):
        cam.look(alone, picture, roles=["local"])
    with pytest.raises(Refused, match="icon"):
        cam.look(alone, picture, "icon")


def test_a_model_without_attention_is_refused(model: Observed, picture: Image.Image) -> None:
    for networks in ({}, {"generator": torch.nn.Identity()}):
        with pytest.raises(Refused, match="attention") as refused:
            cam.look(Observed("sketch2face", model.settings, networks), picture)
        assert "sketch2face" in refused.value.say("ja")


def test_numbers_that_overflow_are_refused(model: Observed, picture: Image.Image) -> None:
    broken = UGATIT(4, 2)
    torch.nn.init.constant_(broken.attention.merge.weight, torch.inf)
    with pytest.raises(Refused, match="overflow"):
        cam.look(Observed("broken", model.settings, {"a_to_b": broken.eval()}), picture)


# --- milestones -----------------------------------------------------------------------------------------


def test_milestones_are_found_in_order_and_damaged_ones_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "icon"
    publish_tiny(folder, recipe="ugatit")
    assert hub.milestones(folder) == []
    for name, recipe in (("050", "ugatit"), ("010", "ugatit"), ("030", "cyclegan"), ("000", "ugatit"), ("9", "ugatit")):
        publish_tiny(folder / "milestones" / name, recipe=recipe)
    (folder / "milestones" / "070").mkdir()
    publish_tiny(folder / "milestones" / "060", recipe="ugatit")
    (folder / "milestones" / "060" / "b_to_a.safetensors").unlink()
    (folder / "milestones" / "080").mkdir()
    (folder / "milestones" / "080" / "config.json").write_text("{")
    assert hub.milestones(folder) == [(10, folder / "milestones" / "010"), (50, folder / "milestones" / "050")]


def test_a_runs_milestones_lie_beside_its_model(tmp_path: Path) -> None:
    publish_tiny(tmp_path / "model", recipe="classifier")
    publish_tiny(tmp_path / "milestones" / "010", recipe="classifier")
    assert hub.milestones(tmp_path / "model") == [(10, tmp_path / "milestones" / "010")]
