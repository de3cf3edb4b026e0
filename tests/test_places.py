"""Names of folders from names that people type."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from ganstudio import places
from ganstudio.words import Refused


@pytest.mark.parametrize(
    ("typed", "folder"),
    [
        ("My first try", "My-first-try"),
        ("猫と犬 2", "猫と犬-2"),
        ("が", "が"),
        ("../../etc/passwd", "etc-passwd"),
        ("/abs", "abs"),
        ("-rf", "rf"),
        ("$(rm x); `y`", "rm-x-y"),
        ("a\0b\nc", "a-b-c"),
        ("CON", "CON-"),
        ("com1", "com1-"),
        ("..hidden", "hidden"),
        ("🐱 cat", "cat"),
        ("x" * 300, "x" * places.MAX_NAME),
        ("\u202etxt.exe", "txt-exe"),
    ],
)
def test_a_name_becomes_a_folder_and_nothing_else(typed: str, folder: str) -> None:
    assert places.slug(typed) == folder
    assert places.slug(places.slug(typed)) == folder
    assert Path(folder).name == folder and len(folder.encode()) < 255


@pytest.mark.parametrize("typed", ["", "   ", "...", "🐱", "-", "\0", "_"])
def test_names_of_which_nothing_is_left(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        places.slug(typed)
    assert refusal.value.key == "name.empty"


def test_one_name_typed_on_two_systems_is_one_folder() -> None:
    name = "ポケモンが"
    assert places.slug(unicodedata.normalize("NFD", name)) == places.slug(unicodedata.normalize("NFC", name))


def test_unused_names_are_numbered(tmp_path: Path) -> None:
    assert places.unused(tmp_path / "absent", "a") == tmp_path / "absent" / "a"
    for name in ("a", "A-2"):  # "a-2" would be the same file elsewhere
        (tmp_path / name).mkdir()
    assert places.unused(tmp_path, "a").name == "a-3"


def test_home_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GANSTUDIO_HOME", raising=False)
    assert places.home() == places.PROJECT and (places.models() / "sketch2face").is_dir()
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "elsewhere"))
    assert {path.parent for path in (places.runs(), places.datasets(), places.models())} == {tmp_path / "elsewhere"}


def test_own_models_come_first_and_hide_shipped_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped, home = tmp_path / "shipped", tmp_path / "home"
    monkeypatch.setattr(places, "SHIPPED", shipped)
    monkeypatch.setenv("GANSTUDIO_HOME", str(home))
    assert places.published() == {} and places.shelves() == [home / "checkpoints", shipped]
    for folder in (shipped / "b", shipped / "a", home / "checkpoints" / "b", shipped / ".half"):
        folder.mkdir(parents=True)
        (folder / "config.json").write_text("{}")
    assert list(places.published().items()) == [("a", shipped / "a"), ("b", home / "checkpoints" / "b")]
    monkeypatch.delenv("GANSTUDIO_HOME")
    assert places.shelves() == [shipped]
