"""The two unpaired domains: reproducible, their partners differ only where they should, and the folders are right."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from ganstudio import images
from ganstudio.commands import main
from ganstudio.data import creatures, domains
from ganstudio.typenames import TYPES


def pixels(path: Path) -> np.ndarray:
    return np.asarray(images.decode(path))


# --- the ball ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [16, 33, 128])
def test_ball_of_a_seed(size: int) -> None:
    first, again, other = domains.ball(7, "A", size), domains.ball(7, "A", size), domains.ball(8, "A", size)
    assert first.shape == (size, size, 3) and first.dtype == np.uint8
    assert (first == again).all() and (first != other).any()


def test_partners_of_a_ball_differ_on_the_top_of_the_sphere_only() -> None:
    parts = []
    for seed in range(9):
        a, b = (domains.ball(seed, domain, 96).astype(int) for domain in "AB")
        differs = np.abs(a - b).max(axis=2) > 0
        rows, columns = np.nonzero(differs)
        # The sphere has a radius of at most 0.78 of half the picture.
        assert np.ptp(rows) < 0.79 * 96 and np.ptp(columns) < 0.79 * 96
        border = np.concatenate([differs[0], differs[-1], differs[:, 0], differs[:, -1]])
        assert not border.any()
        assert (a[differs][:, 0] > a[differs][:, 2]).mean() > 0.8  # red there in A
        assert b[differs][:, 2].mean() > 1.2 * a[differs][:, 2].mean()  # bluer in B
        parts.append(differs.mean())
    assert np.median(parts) > 0.08  # most poses show a good part of the top


def test_a_ball_is_the_same_scene_at_every_size() -> None:
    large = domains.ball(3, "B", 128).reshape(64, 2, 64, 2, 3).mean(axis=(1, 3))
    small = domains.ball(3, "B", 64)
    assert np.abs(large - small).mean() < 2


# --- creatures --------------------------------------------------------------------------------------------


def test_every_type_has_a_palette() -> None:
    assert list(creatures.PALETTES) == list(TYPES)


@pytest.mark.parametrize("size", [16, 33, 161])
def test_creature_of_a_seed(size: int) -> None:
    first, again = creatures.creature(5, "grass", size), creatures.creature(5, "grass", size)
    assert first.shape == (size, size, 4) and first.dtype == np.uint8
    assert (first == again).all() and (first != creatures.creature(6, "grass", size)).any()
    assert not first[first[..., 3] == 0].any()
    if size > 16:  # whole, with a margin
        assert not np.concatenate([first[0], first[-1], first[:, 0], first[:, -1]])[:, 3].any()


def test_a_creature_has_one_shape_in_all_palettes() -> None:
    for seed in range(8):
        base, other = creatures.creature(seed, "water", 32), creatures.creature(seed, "fire", 32)
        assert (base[..., 3] == other[..., 3]).all()
        solid = base[..., 3] == 255
        assert solid.mean() > 0.2
        water, fire = base[solid][:, :3].mean(axis=0), other[solid][:, :3].mean(axis=0)
        assert water[2] > water[0] and fire[0] > fire[2]


def test_seeds_give_creatures_of_different_shapes() -> None:
    shapes = [creatures.creature(seed, "normal", 24)[..., 3].astype(int) for seed in range(10)]
    assert all(np.abs(a - b).mean() > 3 for a, b in combinations(shapes, 2))


def test_lines_are_dark_and_no_edge_is_pale() -> None:
    """On the rim, where alpha is partial, lies the outline: nothing of another background shines through."""
    for seed in range(5):
        drawn = creatures.creature(seed, "ice", 64)
        rim = (drawn[..., 3] > 20) & (drawn[..., 3] < 235)
        assert rim.any() and np.median(drawn[rim][:, :3].max(axis=1)) < 120


def test_examples() -> None:
    assert len(creatures.EXAMPLES) == len({seed for seed, _ in creatures.EXAMPLES}) == 8
    assert len({palette for _, palette in creatures.EXAMPLES}) == 8
    for seed, palette in creatures.EXAMPLES:
        assert palette in TYPES
        assert creatures.creature(seed, palette, 32)[..., 3].max() == 255


def test_creature_on_white() -> None:
    drawn, shown = creatures.creature(4, "fire", 64), domains.creature_on_white(4, "B", 64)
    assert (shown[drawn[..., 3] == 0] == 255).all()
    solid = drawn[..., 3] == 255
    assert (shown[solid] == drawn[solid][:, :3]).all()


# --- data sets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", domains.KINDS)
def test_write_unpaired(tmp_path: Path, kind: str) -> None:
    folder, more = tmp_path / "deep" / "set", tmp_path / "more"
    domains.write_unpaired(folder, kind, 3, 24, 5, test=2)
    domains.write_unpaired(more, kind, 4, 24, 5, test=3)
    made = {name: sorted(path.name for path in (folder / name).iterdir()) for name in ("trainA", "trainB")}
    assert made["trainA"] == made["trainB"] == ["0000.png", "0001.png", "0002.png"]
    for path in folder.rglob("*.png"):  # whatever the count
        assert (pixels(path) == pixels(more / path.relative_to(folder))).all()
    draw = domains.ball if kind == "ball" else domains.creature_on_white
    for index in range(2):
        for domain in domains.DOMAINS:
            found = pixels(folder / f"test{domain}" / f"000{index}.png")
            assert (found == draw((5, 2, index), domain, 24)).all()
    # Every training picture shows a scene of its own: no picture of B is the partner of one of A, or of a test's.
    partners = [draw((5, scenes, index), "B", 24) for scenes in (0, 2) for index in range(3)]
    for path in (folder / "trainB").iterdir():
        assert all((pixels(path) != partner).any() for partner in partners)


def test_number_of_test_pictures(tmp_path: Path) -> None:
    domains.write_unpaired(tmp_path / "a", "ball", 2, 16, 0)
    assert len(list((tmp_path / "a" / "testA").iterdir())) == len(list((tmp_path / "a" / "testB").iterdir())) == 1
    domains.write_unpaired(tmp_path / "b", "ball", 20, 16, 0)
    assert len(list((tmp_path / "b" / "testA").iterdir())) == 2


@pytest.mark.parametrize("size", [0, 15, 1025])
def test_bounds(tmp_path: Path, size: int) -> None:
    with pytest.raises(ValueError, match="16 to 1024"):
        domains.ball(0, "A", size)
    with pytest.raises(ValueError, match="16 to 1024"):
        creatures.creature(0, "fire", size)
    with pytest.raises(ValueError, match="16 to 1024"):
        domains.write_unpaired(tmp_path / "x", "ball", 1, size, 0)
    assert not (tmp_path / "x").exists()


def test_unknown_names(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="choose one of A, B"):
        domains.ball(0, "C")
    with pytest.raises(ValueError, match="choose one of normal, fire"):
        creatures.creature(0, "sound", 32)
    with pytest.raises(ValueError, match="choose one of ball, creatures"):
        domains.write_unpaired(tmp_path, "cats", 1, 32, 0)


@pytest.mark.parametrize("kind", domains.KINDS)
def test_command_line(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "deep" / "set"
    assert main(["demo", "--out", str(folder), "--kind", kind, "--count", "2", "--size", "24", "--seed", "9"]) == 0
    found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.png"))
    train = [f"train{domain}/000{index}.png" for domain in "AB" for index in range(2)]
    assert found == ["testA/0000.png", "testB/0000.png", *train]
    domains.write_unpaired(tmp_path / "direct", kind, 2, 24, 9)
    assert all((pixels(folder / name) == pixels(tmp_path / "direct" / name)).all() for name in found)


def test_command_line_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["demo", "--out", str(tmp_path / "x")]
    assert main([*out, "--kind", "cats"]) == 1
    assert "faces, icons, ball, creatures" in capsys.readouterr().err
    assert main([*out, "--kind", "ball", "--size", "8"]) == 1
    assert "between 16 and 1024" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
    (tmp_path / "file").write_text("")
    assert main(["demo", "--out", str(tmp_path / "file"), "--kind", "creatures"]) == 1
