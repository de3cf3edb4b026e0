"""Data without partners: which pictures are found, how they are balanced and changed, and what is refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from core_fixtures import make_labelled, make_unpaired
from PIL import Image

from ganstudio.data import unpaired
from ganstudio.data.order import rng_at
from ganstudio.data.sets import KINDS
from ganstudio.data.unpaired import (
    Labelled,
    Unpaired,
    find_labelled,
    find_unpaired,
    open_labelled,
    open_unpaired,
    plain,
    vary,
)
from ganstudio.words import Refused


@dataclass(frozen=True)
class Settings:
    data: str = ""
    data_b: str = ""
    labels: str = ""
    domain_a: str = "fire"
    domain_b: str = "water"
    domains: str = "fire,water,grass"
    secondary: float = 0.5
    size: int = 16
    seed: int = 0
    enlarge: float = 0.2
    shrink: float = 0.4
    flip: bool = True
    output: str = "colours"
    folds: int = 1
    fold: int = 0
    hold_out: str = ""
    pair_weight: float = 0.0


# --- two domains ------------------------------------------------------------------------------------------


def test_two_folders_of_one(tmp_path: Path) -> None:
    c = Settings(data=str(make_unpaired(tmp_path / "d")))
    a, b, held_a, held_b = find_unpaired(c)
    assert (len(a), len(b), len(held_a), len(held_b)) == (5, 5, 2, 2)
    assert {p.source.parent.name for p in held_a} == {"testA"}
    train, probe, bad, line = open_unpaired(c)
    assert not bad and "5 + 5" in line and len(probe) == 2
    first, second = train[3]
    assert first.shape == second.shape == (3, 16, 16) and first.dtype == torch.uint8


def test_two_folders_apart_and_folds(tmp_path: Path) -> None:
    folder = make_unpaired(tmp_path / "d", 9)
    c = Settings(data=str(folder / "trainA"), data_b=str(folder / "trainB"), folds=3, fold=1)
    a, b, held_a, held_b = find_unpaired(c)
    assert len(a) + len(held_a) == len(b) + len(held_b) == 9 and held_a and a
    assert not {p.source for p in a} & {p.source for p in held_a}


def test_two_labels_of_a_table(tmp_path: Path) -> None:
    folder = make_labelled(tmp_path / "d")
    c = Settings(data=str(folder), labels=str(tmp_path / "labels.csv"))
    a, b, *_ = find_unpaired(c)
    assert [p.name for p in a] == ["001", "004", "007"] and [p.name for p in b] == ["002", "005", "008"]
    with pytest.raises(Refused, match="fire, grass, water") as refusal:
        find_unpaired(replace(c, domain_b="dragon"))
    assert refusal.value.key == "data.no_such_label"


def test_the_two_are_drawn_independently(tmp_path: Path) -> None:
    a, b, *_ = find_unpaired(Settings(data=str(make_unpaired(tmp_path / "d"))))
    dataset = Unpaired(a, b, Settings(flip=False, enlarge=0, shrink=0))
    plains = [[plain(p.source, Settings()) for p in side] for side in (a, b)]

    def which(picture: torch.Tensor, side: int) -> int:
        return min(range(5), key=lambda k: (plains[side][k].float() - picture.float()).abs().sum().item())

    pairs = {(which(x, 0), which(y, 1)) for x, y in (dataset[k] for k in range(40))}
    assert len(pairs) > 10  # in one order, five would be all


def test_partners_are_drawn_at_every_second_position_and_changed_alike(tmp_path: Path) -> None:
    """Two folders of the same pictures: whatever was done to the one was done to its partner."""
    folder = make_unpaired(tmp_path / "d")
    for file in (folder / "trainA").iterdir():
        (folder / "trainB" / file.name).write_bytes(file.read_bytes())
    a, b, *_ = find_unpaired(Settings(data=str(folder)))
    dataset = Unpaired(a, b, Settings(pair_weight=1.0))
    alike = [torch.equal(*dataset[k]) for k in range(24)]
    assert all(alike[::2]) and not all(alike[1::2])
    assert len({dataset[k][0].numpy().tobytes() for k in range(0, 24, 2)}) > 6
    without = Unpaired(a, b, Settings())
    assert not all(torch.equal(*without[k]) for k in range(0, 24, 2))


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda f: None, "data.no_domains"),
        (lambda f: (f / "trainA").mkdir(), "data.no_domains"),
        (lambda f: [(f / n).mkdir() for n in ("trainA", "trainB")], "data.empty"),
    ],
)
def test_no_domains(tmp_path: Path, make: object, key: str) -> None:
    make(tmp_path)  # type: ignore[operator]
    with pytest.raises(Refused) as refusal:
        find_unpaired(Settings(data=str(tmp_path)))
    assert refusal.value.key == key


# --- labels -----------------------------------------------------------------------------------------------


def test_labels_by_table_and_by_folder(tmp_path: Path) -> None:
    folder = make_labelled(tmp_path / "d")
    found = find_labelled(folder, str(tmp_path / "labels.csv"))
    assert len(found) == 9 and found[folder / "008.png"] == ("water", "grass")
    for label in ("fire", "water"):
        (tmp_path / "sorted" / label).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / "sorted" / label / "a.png")
    assert sorted(find_labelled(tmp_path / "sorted", "").values()) == [("fire",), ("water",)]


def test_every_label_comes_as_often_however_rare(tmp_path: Path) -> None:
    paths = [tmp_path / f"{k}.png" for k in range(12)]
    for path in paths:
        Image.new("RGB", (8, 8), (200, 0, 0)).save(path)
    labelled = {path: ("fire",) if k else ("water", "grass") for k, path in enumerate(paths)}
    dataset = Labelled(labelled, Settings())
    counts = Counter(dataset[k][1] for k in range(30))
    assert counts == {0: 10, 1: 10, 2: 10}  # of grass there is one, as a second type
    none = Labelled(labelled, Settings(secondary=0.0))
    assert {none[k][1] for k in range(12)} == {0, 1}


def test_a_second_type_counts_less(tmp_path: Path) -> None:
    labelled = {}
    for k, types in enumerate([("fire",), ("water", "fire")] * 5):
        Image.new("RGB", (8, 8), (250, 0, 0) if types[0] == "fire" else (0, 0, 250)).save(tmp_path / f"{k}.png")
        labelled[tmp_path / f"{k}.png"] = types
    dataset = Labelled(labelled, Settings(secondary=0.25, shrink=0))
    drawn = [dataset[k] for k in range(800)]
    fire = [picture for picture, label in drawn if label == 0]
    blue = sum(bool(picture[2].float().mean() > 125) for picture in fire) / len(fire)
    assert 0.12 < blue < 0.28  # 0.25 of one among 1.25


def test_domains_without_pictures_are_named(tmp_path: Path) -> None:
    folder = make_labelled(tmp_path / "d")
    c = Settings(data=str(folder), labels=str(tmp_path / "labels.csv"))
    assert open_labelled(c)[3].endswith("0 unreadable")
    assert open_labelled(replace(c, domains="fire, water,grass"))[3].endswith("none of  water")


def test_held_back_pictures_are_never_drawn(tmp_path: Path) -> None:
    folder = make_labelled(tmp_path / "d", 6)
    c = Settings(data=str(folder), labels=str(tmp_path / "labels.csv"), folds=3)
    train, probe, _, line = open_labelled(c)
    names = [{path.stem for path, _ in each.all} for each in (train, probe)]
    assert names[0] and names[1] and not names[0] & names[1] and len(names[0] | names[1]) == 18
    assert f"{len(names[0])} pictures to train on, {len(names[1])} held back" in line


def test_what_sample_sheets_show_can_be_shown(tmp_path: Path) -> None:
    folder = make_labelled(tmp_path / "d", 9)
    (tmp_path / "held.txt").write_text("".join(f"{k:03d}\n" for k in range(1, 10)))
    c = Settings(data=str(folder), labels=str(tmp_path / "labels.csv"), hold_out=str(tmp_path / "held.txt"))
    (folder / "003.png").write_bytes(b"no picture")  # one of those held back
    probe = open_labelled(c)[1]
    assert [path.stem for path, _ in probe.all] == ["001", "002", "004", "005", "006", "007", "008", "009"]
    (tmp_path / "held.txt").write_text("001\n002\n006\n")  # of fire, of water and of grass
    train, probe, *_ = open_labelled(replace(c, domains="fire,dragon,grass"))
    assert {path.stem for path, _ in probe.all} == {"001", "006"}
    train, probe, *_ = open_labelled(replace(c, domains="water,dragon,grass", hold_out=""))
    assert probe is train
    (tmp_path / "held.txt").write_text("001\n002\n")
    train, probe, *_ = open_labelled(replace(c, domains="water,dragon,grass"))  # held back is one domain alone
    assert probe is train


def test_a_domain_known_by_second_labels_alone_is_shown(tmp_path: Path) -> None:
    labelled = {}
    for k, second in enumerate(("fire", "water")):
        Image.new("RGB", (8, 8), (9, 90, 200)).save(tmp_path / f"{k}.png")
        labelled[tmp_path / f"{k}.png"] = ("ghost", second)
    dataset = Labelled(labelled, Settings())
    assert len(dataset) == 2 and [dataset.probe(k)[1] for k in range(2)] == [0, 1]


def test_pictures_are_kept_up_to_a_number_of_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpaired, "KEPT", 2 * 16 * 16 * 3)
    monkeypatch.setattr(unpaired, "_kept", {})
    for k in range(4):
        Image.new("RGB", (8, 8), (60 * k, 0, 0)).save(tmp_path / f"{k}.png")
    seen = [[int(plain(tmp_path / f"{k}.png", Settings())[0, 0, 0]) for k in range(4)] for _ in range(2)]
    assert seen == [[0, 60, 120, 180]] * 2 and len(unpaired._kept) == 2


@pytest.mark.parametrize(
    ("labels", "key"),
    [("id,type1\n900,fire\n", "data.labels_match_none"), ("id,type1\n1,fire\n2,fire\n", "data.one_label")],
)
def test_labels_that_do_not_fit(tmp_path: Path, labels: str, key: str) -> None:
    folder = make_labelled(tmp_path / "d")
    table = tmp_path / "other.csv"
    table.write_text(labels)
    with pytest.raises(Refused) as refusal:
        open_labelled(Settings(data=str(folder), labels=str(table)))
    assert refusal.value.key == key
    with pytest.raises(Refused) as refusal:
        find_labelled(folder, "")
    assert refusal.value.key == "data.no_labels"


# --- changes ----------------------------------------------------------------------------------------------


def test_changes_are_a_function_of_the_place_in_the_order(tmp_path: Path) -> None:
    folder = make_labelled(tmp_path / "d")
    c = Settings(data=str(folder), labels=str(tmp_path / "labels.csv"))
    one, other = open_labelled(c)[0], open_labelled(c)[0]
    for k in (0, 7, 100):
        assert torch.equal(one[k][0], other[k][0]) and one[k][1] == other[k][1]
    reseeded = open_labelled(replace(c, seed=5))[0]
    assert any(not torch.equal(one[k][0], reseeded[k][0]) for k in range(3))


def test_made_smaller_a_picture_lies_on_white(tmp_path: Path) -> None:
    path = tmp_path / "red.png"
    Image.new("RGB", (32, 32), (255, 0, 0)).save(path)
    seen = [vary(path, Settings(enlarge=0, shrink=0.5), rng_at(0, k)) for k in range(40)]
    white = [float((picture[1] == 255).float().mean()) for picture in seen]
    assert any(w > 0.3 for w in white) and any(w == 0 for w in white)
    assert all(bool((picture[0] == 255).all()) for picture in seen)


def test_transparency_becomes_white(tmp_path: Path) -> None:
    Image.new("RGBA", (10, 20), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert bool((plain(tmp_path / "clear.png", Settings()) == 255).all())


def test_nearly_white_paper_becomes_white_where_colours_are_learned(tmp_path: Path) -> None:
    paper = Image.new("RGB", (16, 16), (250, 251, 252))
    paper.paste((200, 30, 30), (5, 5, 11, 11))
    paper.save(tmp_path / "opaque.png")
    cleaned, kept = (plain(tmp_path / "opaque.png", Settings(output=output)) for output in ("colours", "picture"))
    assert cleaned[:, 0, 0].tolist() == [255] * 3 and kept[:, 0, 0].tolist() == [250, 251, 252]
    assert torch.equal(cleaned[:, 6:10, 6:10], kept[:, 6:10, 6:10])


# --- one kind -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OfOneKind:
    data: str
    size: int = 16
    seed: int = 0
    folds: int = 1
    fold: int = 0
    hold_out: str = ""
    enlarge: float = 0.1
    shrink: float = 0.0
    flip: bool = True
    output: str = "picture"


def test_pictures_of_one_kind_need_no_more_than_a_folder(tmp_path: Path) -> None:
    for k in range(24):
        (tmp_path / "below").mkdir(exist_ok=True)
        Image.new("RGB", (20, 24), (10 * k, 90, 120)).save(tmp_path / ("below" if k % 2 else ".") / f"{k}.png")
    (tmp_path / "notes.txt").write_text("none of them")
    (tmp_path / "broken.png").write_bytes(b"no picture")
    c = OfOneKind(str(tmp_path))
    opened = KINDS["single"].open(c)
    assert len(opened.train) == 24 and [path.name for path, _ in opened.unreadable] == ["broken.png"]
    assert ".txt" in opened.line and "0 held back" in opened.line
    apart = KINDS["single"].open(replace(c, folds=3))
    assert 0 < len(apart.probe) < len(apart.train) < 24
    picture, kind = opened.train[7]
    assert picture.shape == (3, 16, 16) and picture.dtype == torch.uint8 and kind == 0
    again = KINDS["single"].open(c).train[7][0]
    assert torch.equal(picture, again) and not torch.equal(picture, opened.train[8][0])
    with pytest.raises(Refused):
        KINDS["single"].find(OfOneKind(str(tmp_path / "absent")))
