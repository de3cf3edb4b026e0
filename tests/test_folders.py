"""Paired data in its three forms: found, checked, split, and changed alike on both sides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from core_fixtures import make_data
from PIL import Image

from ganstudio.data import demo, sketch
from ganstudio.data.folders import (
    Pair,
    Pairs,
    check,
    crop_alike,
    find_pairs,
    open_pairs,
    read_pair,
    split,
    turned_alike,
)
from ganstudio.data.order import fold_of, index_at
from ganstudio.words import Refused


@dataclass(frozen=True)
class Settings:
    data: str = ""
    form: str = "auto"
    direction: str = "AtoB"
    size: int = 16
    seed: int = 3
    enlarge: float = 0.5
    shrink: float = 0.4
    turn: float = 0.0
    flip: bool = True
    repeat: str = ""
    hands: str = ""
    hands_share: float = 0.5
    folds: int = 1
    fold: int = 0
    hold_out: str = ""


PLAIN = Settings(enlarge=0.0, shrink=0.0, flip=False)


def colour(index: int, width: int = 16, height: int = 16) -> Image.Image:
    return Image.new("RGB", (width, height), (index * 20, 255 - index * 20, 100))


def make_beside(folder: Path, count: int = 4, side: int = 16) -> Path:
    """Left halves red, right halves blue, each with its index in the green."""
    folder.mkdir(parents=True)
    for k in range(count):
        both = Image.new("RGB", (2 * side, side), (255, k * 10, 0))
        both.paste((0, k * 10, 255), (side, 0, 2 * side, side))
        both.save(folder / f"{k}.png")
    return folder


def make_photos(folder: Path, count: int = 3, size: int = 48) -> Path:
    folder.mkdir(parents=True)
    for k, (_, face) in enumerate(demo.faces(count, size, 0)):
        face.save(folder / f"{k}.png")
    return folder


# --- found ------------------------------------------------------------------------------------------------


def test_folders(tmp_path: Path) -> None:
    make_data(tmp_path, 3)
    (tmp_path / "target" / "notes.txt").write_text("not a picture")
    form, pairs = find_pairs(tmp_path)
    assert form == "folders" and [p.name for p in pairs] == ["0000", "0001", "0002"]
    assert all(p.source.parent.name == "source" and p.target and p.target.parent.name == "target" for p in pairs)


def test_partners_may_have_other_suffixes(tmp_path: Path) -> None:
    for name, suffix in (("source", "png"), ("target", "jpg")):
        (tmp_path / name).mkdir()
        colour(1).save(tmp_path / name / f"a.b.{suffix}")
    assert [p.name for p in find_pairs(tmp_path)[1]] == ["a.b"]


def test_unmatched_partners_are_listed(tmp_path: Path) -> None:
    make_data(tmp_path, 4)
    (tmp_path / "source" / "0001.png").unlink()
    (tmp_path / "target" / "0003.png").unlink()
    with pytest.raises(Refused, match=r"0001\.png, 0003\.png") as refusal:
        find_pairs(tmp_path)
    assert refusal.value.key == "data.unmatched" and refusal.value.details["count"] == 2


@pytest.mark.parametrize("below", ["", "train"])
def test_beside(tmp_path: Path, below: str) -> None:
    make_beside(tmp_path / "data" / below)
    form, pairs = find_pairs(tmp_path / "data")
    assert form == "beside" and len(pairs) == 4 and all(p.target is None for p in pairs)


def test_a_damaged_file_does_not_change_the_form(tmp_path: Path) -> None:
    make_beside(tmp_path / "data")
    (tmp_path / "data" / "0.png").write_bytes(b"\x89PNG\r\n\x1a\n damaged")
    assert find_pairs(tmp_path / "data")[0] == "beside"


def test_photos(tmp_path: Path) -> None:
    form, pairs = find_pairs(make_photos(tmp_path / "data"))
    assert form == "photos" and [p.name for p in pairs] == ["0", "1", "2"]


def test_a_form_can_be_demanded(tmp_path: Path) -> None:
    make_beside(tmp_path / "data")
    assert find_pairs(tmp_path / "data", "photos")[0] == "photos"
    with pytest.raises(Refused) as refusal:
        find_pairs(tmp_path / "data", "folders")
    assert refusal.value.key == "data.no_folder" and "source" in str(refusal.value)


def test_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "file.png").write_bytes(b"x")
    for name, key in (("absent", "data.no_folder"), ("file.png", "data.no_folder"), ("", "data.empty")):
        folder = tmp_path / name if name else tmp_path / "empty"
        if not name:
            folder.mkdir()
        with pytest.raises(Refused) as refusal:
            find_pairs(folder)
        assert refusal.value.key == key and folder.name in str(refusal.value)
    for name in ("source", "target"):
        (tmp_path / "hollow" / name).mkdir(parents=True)
    with pytest.raises(Refused) as refusal:
        find_pairs(tmp_path / "hollow")
    assert refusal.value.key == "data.empty"


# --- checked ----------------------------------------------------------------------------------------------

BAD = {
    "empty": b"",
    "text": b"this is not a picture",
    "truncated": None,  # the first half of a real one
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("side", ["source", "target"])
def test_unreadable_pictures_are_listed_and_skipped(tmp_path: Path, kind: str, side: str) -> None:
    make_data(tmp_path, 6)
    file = tmp_path / side / "0004.png"
    content = BAD[kind]
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2] if content is None else content)
    good, bad = check(find_pairs(tmp_path)[1])
    assert [p.name for p in good] == ["0000", "0001", "0002", "0003", "0005"]
    assert [path for path, _ in bad] == [file] and bad[0][1]


def test_too_many_unreadable_pictures_are_refused(tmp_path: Path) -> None:
    make_data(tmp_path, 6)
    for name in ("0000", "0001"):
        (tmp_path / "target" / f"{name}.png").write_bytes(b"")
    with pytest.raises(Refused, match=r"0000\.png.*0001\.png") as refusal:
        check(find_pairs(tmp_path)[1])
    assert refusal.value.key == "data.unreadable" and refusal.value.details["bad"] == 2


def test_all_unreadable(tmp_path: Path) -> None:
    (tmp_path / "only.png").write_bytes(b"")
    with pytest.raises(Refused):
        check(find_pairs(tmp_path)[1])


def test_partners_of_another_aspect_are_listed(tmp_path: Path) -> None:
    make_data(tmp_path, 6)
    colour(1, 16, 32).save(tmp_path / "target" / "0002.png")
    colour(1, 32, 32).save(tmp_path / "target" / "0003.png")  # larger, but the same aspect
    good, bad = check(find_pairs(tmp_path)[1])
    assert len(good) == 5 and bad[0][0].name == "0002.png" and "16x32" in bad[0][1] and "16x16" in bad[0][1]


# --- split ------------------------------------------------------------------------------------------------


def named(count: int) -> list[Pair]:
    return [Pair(f"p{k}", Path(f"p{k}.png")) for k in range(count)]


def test_folds_part_the_pictures() -> None:
    pairs = named(60)
    parts = [split(pairs, 4, fold, "") for fold in range(4)]
    assert sorted(p.name for _, held in parts for p in held) == sorted(p.name for p in pairs)
    for kept, held in parts:
        assert not set(kept) & set(held) and len(kept) + len(held) == 60 and held
    assert [p.name for p in parts[1][1]] == [p.name for p in pairs if fold_of(p.name, 4) == 1]
    assert split(pairs, 1, 0, "") == (pairs, [])


@pytest.mark.parametrize(("folds", "fold"), [(1, 1), (3, 3), (3, 900)])
def test_a_fold_that_does_not_exist(folds: int, fold: int) -> None:
    with pytest.raises(Refused) as refusal:
        split(named(9), folds, fold, "")
    assert refusal.value.key == "data.fold"


def test_named_pictures_are_held_back(tmp_path: Path) -> None:
    """By name with or without suffix or folder; names may have dots."""
    pairs = [Pair(name, Path(f"{name}.png")) for name in ("a", "b", "c", "img.001", "img.002", "img", "顔")]
    listed = tmp_path / "held.txt"
    listed.write_text("a\n\n b.png \nfolder/c.JPG\nimg.001\nimg.002.png\n顔\nstranger\n", encoding="utf-8")
    kept, held = split(pairs, 1, 0, str(listed))
    assert [p.name for p in kept] == ["img"]
    assert len(held) == 6


def test_a_list_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "held.txt").write_bytes("\ufeffp0\r\np2.png\r\n".encode())  # as Windows' Notepad saves it
    assert [p.name for p in split(named(4), 1, 0, str(tmp_path / "held.txt"))[1]] == ["p0", "p2"]


def test_everything_held_back_is_refused(tmp_path: Path) -> None:
    (tmp_path / "held.txt").write_text("p0\np1\n")
    with pytest.raises(Refused) as refusal:
        split(named(2), 1, 0, str(tmp_path / "held.txt"))
    assert refusal.value.key == "data.all_held"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00\xd8"])
def test_a_list_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    listed = tmp_path / "held.txt"
    if content is not None:
        listed.write_bytes(content)
    with pytest.raises(Refused) as refusal:
        split(named(2), 1, 0, str(listed))
    assert refusal.value.key == "data.hold_out"


def test_held_back_pictures_are_never_trained_on(tmp_path: Path) -> None:
    """However long the run: what a data set yields comes from the pictures that were kept."""
    for name in ("source", "target"):
        (tmp_path / name).mkdir()
        for k in range(10):
            colour(k).save(tmp_path / name / f"{k}.png")
    pairs = check(find_pairs(tmp_path)[1])[0]
    kept, held = split(pairs, 3, 1, "")
    assert kept and held
    dataset = Pairs(kept, "folders", replace(PLAIN, folds=3, fold=1))
    seen = {int(dataset[position][0][0, 8, 8]) // 20 for position in range(100)}
    assert {str(k) for k in seen} == {p.name for p in kept}


# --- read and changed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("direction", "source_channel"), [("AtoB", 0), ("BtoA", 2)])
def test_direction(tmp_path: Path, direction: str, source_channel: int) -> None:
    form, pairs = find_pairs(make_beside(tmp_path / "data"))
    source, target = Pairs(pairs, form, replace(PLAIN, direction=direction)).probe(1)
    assert source.shape == target.shape == (3, 16, 16)
    assert (source[source_channel] == 255).all() and (target[2 - source_channel] == 255).all()
    assert not source[2 - source_channel].any() and (source[1] == 10).all() and (target[1] == 10).all()


def test_every_form_yields_tensors_of_the_size(tmp_path: Path) -> None:
    folders = {
        "folders": make_data(tmp_path / "folders", 3, 40),
        "beside": make_beside(tmp_path / "beside", 3, 40),
        "photos": make_photos(tmp_path / "photos"),
    }
    for expected, folder in folders.items():
        form, pairs = find_pairs(folder)
        assert form == expected
        dataset = Pairs(pairs, form, Settings(size=32))
        for pair in (*(dataset[k] for k in range(4)), dataset.probe(0)):
            for side in pair:
                assert side.shape == (3, 32, 32) and str(side.dtype) == "torch.uint8" and side.is_contiguous()
    drawing = Pairs(find_pairs(folders["photos"])[1], "photos", replace(PLAIN, size=32)).probe(0)[0]
    assert (drawing[0] == drawing[1]).all() and drawing.float().mean() > 150  # grey lines on white


def same_pairs(folder: Path, count: int = 8) -> Path:
    """Source and target are one and the same noise picture, so that a pair shows how each was changed."""
    for name in ("source", "target"):
        (folder / name).mkdir(parents=True)
    for k in range(count):
        noise = np.random.default_rng(k).integers(0, 256, (24, 24, 3), dtype=np.uint8)
        for name in ("source", "target"):
            Image.fromarray(noise).save(folder / name / f"{k}.png")
    return folder


def test_crops_and_flips_are_alike_on_both_sides(tmp_path: Path) -> None:
    _, pairs = find_pairs(same_pairs(tmp_path / "data"))
    dataset = Pairs(pairs, "folders", Settings(size=24))
    seen = set()
    for position in range(64):
        source, target = dataset[position]
        assert (source == target).all()
        seen.add(source.numpy().tobytes())
    assert len(seen) > 55  # each was changed in its own way


def test_changes_depend_on_seed_and_position_alone(tmp_path: Path) -> None:
    _, pairs = find_pairs(make_data(tmp_path / "data", 5, 24))
    dataset, other = (Pairs(pairs, "folders", Settings()) for _ in range(2))
    forward = [dataset[p] for p in range(20)]
    for position in reversed(range(20)):
        for a, b in zip(forward[position], other[position], strict=True):
            assert (a == b).all()
    reseeded = Pairs(pairs, "folders", Settings(seed=4))
    assert any((forward[p][0] != reseeded[p][0]).any() for p in range(20))


def test_photos_without_a_face_are_made_smaller_too(tmp_path: Path) -> None:
    block = Image.new("RGB", (64, 64), (200, 200, 200))
    block.paste((20, 20, 20), (16, 16, 48, 48))
    block.save(tmp_path / "block.png")
    dataset = Pairs(find_pairs(tmp_path, "photos")[1], "photos", replace(PLAIN, size=64, shrink=0.5))
    dark = [float((dataset[k][1] < 110).float().mean()) for k in range(12)]
    assert min(dark) < 0.7 * max(dark)


def test_drawings_of_photos_depend_on_seed_and_position_alone(tmp_path: Path) -> None:
    _, pairs = find_pairs(make_photos(tmp_path / "data"))
    dataset, other = (Pairs(pairs, "photos", Settings(size=32)) for _ in range(2))
    first = [dataset[p] for p in (0, 1, 2, 3)]
    for position in (3, 1, 0, 2):
        assert all((a == b).all() for a, b in zip(first[position], other[position], strict=True))
    again = [p for p in range(1, 12) if index_at(3, p, 3) == index_at(3, 0, 3)]
    assert any((dataset[p][0] != first[0][0]).any() for p in again)  # the same photo is drawn anew


def test_flip_mirrors_half_of_the_pictures(tmp_path: Path) -> None:
    _, pairs = find_pairs(same_pairs(tmp_path / "data", 1))
    dataset = Pairs(pairs, "folders", replace(PLAIN, size=24, flip=True))
    whole = dataset.probe(0)[0]
    mirrored = [bool((dataset[p][0] == whole.flip(2)).all()) for p in range(60)]
    straight = [bool((dataset[p][0] == whole).all()) for p in range(60)]
    assert all(a != b for a, b in zip(mirrored, straight, strict=True)) and 15 < sum(mirrored) < 45


def test_probes_are_whole_and_always_the_same(tmp_path: Path) -> None:
    _, pairs = find_pairs(same_pairs(tmp_path / "data", 2))
    dataset = Pairs(pairs, "folders", Settings(size=24))
    expected = np.asarray(Image.open(tmp_path / "data" / "source" / "1.png")).transpose(2, 0, 1)
    for _ in range(2):
        assert (dataset.probe(1)[0].numpy() == expected).all()


def test_a_larger_target_is_brought_to_the_source(tmp_path: Path) -> None:
    colour(1).save(tmp_path / "a.png")
    colour(2, 32, 32).save(tmp_path / "b.png")
    pair = Pair("a", tmp_path / "a.png", tmp_path / "b.png")
    x, y = read_pair(pair, "folders", "AtoB", 16, np.random.default_rng(0))
    assert x.shape == y.shape == (16, 16, 3) and y[0, 0].tolist() == [40, 215, 100]


@pytest.mark.parametrize("white", [False, True])
def test_made_smaller_the_lower_edge_stays_below(white: bool) -> None:
    """Above and beside it a drawing is continued by paper, a photograph by its own border."""
    picture = np.full((32, 32, 3), 60, np.uint8)
    picture[-1] = 200  # the lower edge
    for seed in range(40):
        x, y = crop_alike(picture, picture, 32, 0.0, 0.5, white, np.random.default_rng(seed))
        assert x.shape == y.shape == (32, 32, 3)
        assert (y[0] == 60).all() and (y[-1, :, 0] > 120).all()
        assert x[0, 16, 0] in ((60, 255) if white else (60,))
        assert x[-1, :, 0].max() >= 120


def test_enlarged_crops_stay_inside() -> None:
    ramp = np.repeat(np.arange(64, dtype=np.uint8)[None, :, None], 64, axis=0).repeat(3, axis=2)
    widths = []
    for seed in range(40):
        x, _ = crop_alike(ramp, ramp, 32, 0.5, 0.0, False, np.random.default_rng(seed))
        widths.append(int(x[0, -1, 0]) - int(x[0, 0, 0]))
    assert min(widths) >= 64 / 1.5 - 4 and max(widths) <= 63


def test_traces_are_kept_for_each_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    traced = []
    trace = sketch.trace
    monkeypatch.setattr(sketch, "trace", lambda photo: traced.append(1) or trace(photo))
    _, pairs = find_pairs(make_photos(tmp_path / "data", 2))
    dataset = Pairs(pairs, "photos", Settings(size=32))
    for position in range(8):
        dataset[position]
    assert len(traced) == 2


def test_other_shapes_are_put_on_white_as_the_engine_does(tmp_path: Path) -> None:
    """Trained squeezed and used letterboxed, a model would meet shapes that it never saw."""
    for side, grey in (("source", 40), ("target", 90)):
        (tmp_path / side).mkdir()
        Image.new("RGB", (64, 32), (grey,) * 3).save(tmp_path / side / "a.png")
    form, pairs = find_pairs(tmp_path)
    x, y = read_pair(pairs[0], form, "AtoB", 32, np.random.default_rng(0))
    for pixels, grey in ((x, 40), (y, 90)):
        assert pixels.shape == (64, 64, 3)
        assert (pixels[:16] == 255).all() and (pixels[16:48] == grey).all() and (pixels[48:] == 255).all()


def test_hair_that_the_edge_cuts_is_not_continued() -> None:
    """A dark top of the head at the upper edge became a column up to the border in what the generator learned."""
    portrait = np.full((64, 64, 3), 200, np.uint8)
    portrait[:40, 16:48] = 20  # hair up to the top
    portrait[20:30, :8] = 20  # and to one side
    for seed in range(40):
        _, y = crop_alike(portrait, portrait, 64, 0.0, 0.5, False, np.random.default_rng(seed))
        if (y != portrait).any():
            assert y[0].min() > 190
            assert (y[:, :, 0] < 60).any()  # the head itself stays


def test_patterns_say_how_often_a_picture_counts(tmp_path: Path) -> None:
    make_data(tmp_path / "data", 4)
    rules = tmp_path / "repeat.txt"
    rules.write_text("0000 3\n000[12] 0\n* 2\n")
    settings = replace(PLAIN, data=str(tmp_path / "data"), size=16, repeat=str(rules))
    names = [pair.name for pair in open_pairs(settings)[0].pairs]
    assert sorted(names) == ["0000"] * 3 + ["0003"] * 2
    for wrong in ("0000", "0000 x", "0000 -1", "* 0"):
        rules.write_text(wrong)
        with pytest.raises(Refused):
            open_pairs(settings)


def test_a_share_of_the_pictures_is_drawn_by_hand(tmp_path: Path) -> None:
    make_data(tmp_path / "data", 4)
    for side, colour in (("source", 250), ("target", 128)):
        (tmp_path / "hands" / side).mkdir(parents=True)
        for name in ("one", "two"):
            Image.new("RGB", (20, 20), (colour,) * 3).save(tmp_path / "hands" / side / f"{name}.png")
    held = tmp_path / "held.txt"
    held.write_text("two\n")
    settings = replace(
        PLAIN, data=str(tmp_path / "data"), size=16, hands=str(tmp_path / "hands"), hands_share=0.5, hold_out=str(held)
    )
    dataset, _, bad, line = open_pairs(replace(settings, form="folders"))
    assert [pair.name for pair in dataset.hands] == ["one"] and not bad and "by hand 1" in line
    by_hand = [bool((dataset[k][1] == 128).all()) for k in range(60)]
    assert 15 < sum(by_hand) < 45
    assert by_hand == [bool((dataset[k][1] == 128).all()) for k in range(60)]


def test_turning_turns_both_alike_and_continues_the_border(tmp_path: Path) -> None:
    picture = np.full((32, 32, 3), 200, np.uint8)
    picture[12:20, 4:10] = 0
    source, target = turned_alike(picture, picture, 20.0, white=True)
    middle = np.s_[6:26, 6:26]
    assert np.array_equal(source[middle], target[middle]) and not np.array_equal(target, picture)
    assert (source[0, 0] == 255).all() and (target[0, 0] == 200).all()
