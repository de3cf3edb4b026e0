"""Out of a run under a name: whole or not at all, with a card that tells what it is, and never over another model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from core_fixtures import make_data, make_run, publish_tiny, tensors_of

from ganstudio import images, places
from ganstudio.models import hub, sharing
from ganstudio.runs.folder import RunFolder
from ganstudio.training.loop import train
from ganstudio.ui.tabs.models.server import rendered
from ganstudio.words import Refused


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run of 40 images with checkpoints at 30 and 40 and a milestone at half its way."""
    root = tmp_path_factory.mktemp("trained")
    run = make_run(root / "runs" / "My run", make_data(root / "Cats & dogs"), milestones="50", sample_every=10)
    train(run, quiet=True)
    return run


@pytest.fixture
def run(trained: RunFolder, tmp_path: Path) -> RunFolder:
    return RunFolder(shutil.copytree(trained.path, tmp_path / "runs" / trained.path.name))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "studio"))
    yield tmp_path / "studio"


def test_what_can_be_promoted(run: RunFolder, tmp_path: Path) -> None:
    assert [(each.checkpoint, each.images) for each in sharing.choices(run)] == [
        ("newest", 40),
        ("30", 30),
        ("50%", 20),
    ]
    assert sharing.choices(RunFolder(tmp_path / "absent")) == []


def test_the_newest_becomes_a_model_with_all_that_belongs_to_it(run: RunFolder, home: Path) -> None:
    run.write_about(data="Cats | dogs", title="いぬ")
    (run.path / "evaluation.json").write_text(json.dumps({"held back": {"error": 0.25}, "count": 3, "name": "x"}))
    folder = sharing.promote(run, "My model")
    assert folder == home / "checkpoints" / "My-model" == hub.find("My-model")
    networks, _, values = hub.load_networks(folder)
    assert values["images"] == 40 and list(networks) == ["generator"]
    assert (folder / "generator.safetensors").read_bytes() == (run.model / "generator.safetensors").read_bytes()
    assert (folder / "samples.png").read_bytes() == run.list_samples()[-1][1].read_bytes()
    assert (folder / "losses.csv").read_text().startswith("images,")
    assert [percent for percent, _ in hub.milestones(folder)] == [50]
    card = (folder / "README.md").read_text()
    for word in ("library_name: ganstudio", "pix2pix", "# My-model", "40 images seen of 40", "| width | 4 |", "0.25"):
        assert word in card, word
    assert "Cats \\| dogs" in card and str(run.path.parent) not in card
    assert sharing.describe(folder).licence == "unknown"


def test_an_earlier_checkpoint_is_its_averages(run: RunFolder) -> None:
    folder = sharing.promote(run, "early", "30")
    found = hub.read_weights(folder / "generator.safetensors")
    state = tensors_of(run.checkpoints / "step-000000030")
    for name, tensor in found.items():
        assert torch.equal(tensor.float(), state[f"averages:generator.{name}"].half().float())
    assert hub.read(folder)[2]["images"] == 30 and hub.read(folder)[2]["config"]["data"] == ""
    assert hub.read(sharing.promote(run, "half", "50%"))[2]["images"] == 20


def test_a_name_that_is_taken_is_only_replaced_when_that_is_meant(run: RunFolder, home: Path) -> None:
    publish_tiny(home / "checkpoints" / "mine", seed=5)
    before = (home / "checkpoints" / "mine" / "generator.safetensors").read_bytes()
    with pytest.raises(Refused) as refused:
        sharing.promote(run, "mine")
    assert refused.value.key == "promote.exists"
    assert (home / "checkpoints" / "mine" / "generator.safetensors").read_bytes() == before
    sharing.promote(run, "mine", overwrite=True)
    assert hub.read(home / "checkpoints" / "mine")[2]["images"] == 40
    assert [each.name for each in (home / "checkpoints").iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["../up", "/abs", "CON", "a\0b", "x" * 300, "-rf", "$(x)", "🙂 顔", "מודל"])
def test_any_name_stays_a_folder_of_its_own(run: RunFolder, home: Path, name: str) -> None:
    folder = sharing.promote(run, name)
    assert folder.parent == home / "checkpoints" and folder.name == places.slug(name)
    assert not folder.name.startswith(("-", "."))


def test_a_name_of_nothing_is_refused(run: RunFolder) -> None:
    with pytest.raises(Refused):
        sharing.promote(run, "///")


def test_what_is_not_there_is_told(run: RunFolder) -> None:
    for checkpoint in ("31", "10%", "", "best"):
        with pytest.raises(Refused) as refused:
            sharing.promote(run, "x", checkpoint)
        assert refused.value.key == "promote.no_checkpoint" and "newest" in str(refused.value)


def test_damage_is_refused_and_leaves_nothing(run: RunFolder, home: Path) -> None:
    file = run.checkpoints / "step-000000030" / "averages.safetensors"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(Refused) as refused:
        sharing.promote(run, "x", "30")
    assert "averages.safetensors" in str(refused.value)
    (run.model / "generator.safetensors").write_bytes(b"PK\x03\x04")
    with pytest.raises(Refused):
        sharing.promote(run, "x")
    assert not list((home / "checkpoints").iterdir())


def test_a_config_that_points_elsewhere_is_refused(run: RunFolder, home: Path) -> None:
    values = json.loads((run.model / "config.json").read_text())
    values["networks"]["generator"] = "../../secret.safetensors"
    (run.model / "config.json").write_text(json.dumps(values))
    with pytest.raises(Refused):
        sharing.promote(run, "x")
    assert not list((home / "checkpoints").glob("*"))


def test_a_model_is_kept_under_a_name(home: Path, tmp_path: Path) -> None:
    publish_tiny(tmp_path / "cached")
    (tmp_path / "cached" / "other.bin").write_bytes(b"x")
    folder = sharing.keep(tmp_path / "cached", "mine")
    assert {each.name for each in folder.iterdir()} == {"config.json", "generator.safetensors"}
    with pytest.raises(Refused):
        sharing.keep(tmp_path / "cached", "mine")


def test_a_card_tells_no_more_than_it_should(run: RunFolder) -> None:
    run.write_about(data="<script>alert(1)</script> [x](javascript:1)")
    card = (sharing.promote(run, "x") / "README.md").read_text()
    assert "\\<script\\>" in card and "\\[x\\]" in card  # it means nothing but itself
    shown = rendered(card)
    assert "<script" not in shown and "<a " not in shown
    assert images.decode(sharing.promote(run, "y") / "samples.png").size[0] > 0
