"""Data sets of the Hub: with a stand-in for the library, and with the library itself, where it is, on local files."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import (
    GatedRepoError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from PIL import Image

from ganstudio.data import dataset, domains, hub_source
from ganstudio.data.dataset import Preparation, Source
from ganstudio.data.making import make, repeat
from ganstudio.words import Refused

COMMIT = "c0ffee" * 6 + "0000"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "home"))


def png(seed: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(domains.ball((3, seed), "A", 24)).save(file, "PNG")
    return file.getvalue()


class Picture:
    def __init__(self, decode: bool = True) -> None:
        self.decode = decode


class Classes:
    names = ("cat", "Big Dog")


class Stream:
    """What the library's streams are to us."""

    def __init__(self, features: dict[str, Any], rows: list[dict[str, Any]], broken: Exception | None = None) -> None:
        self.features, self.given, self.broken = features, rows, broken
        self.info = SimpleNamespace(splits={"train": SimpleNamespace(num_examples=len(rows))})

    def select_columns(self, columns: list[str]) -> Stream:
        rows = [{name: row[name] for name in columns} for row in self.given]
        return Stream({name: self.features[name] for name in columns}, rows, self.broken)

    def cast_column(self, column: str, kind: Picture) -> Stream:
        assert not kind.decode, "pictures are decoded by images.py alone"
        return self

    def __iter__(self) -> Iterator[dict[str, Any]]:
        yield from self.given
        if self.broken:
            raise self.broken


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a stream in the library's place, and remembers how it was asked for."""
    told = SimpleNamespace(stream=None, asked=None)

    def load_dataset(*args: Any, **options: Any) -> Stream:
        told.asked = (args, options)
        if isinstance(told.stream, Exception):
            raise told.stream
        return told.stream

    fake = SimpleNamespace(Image=Picture, ClassLabel=Classes, load_dataset=load_dataset)
    monkeypatch.setattr(hub_source, "_library", lambda: fake)
    monkeypatch.setattr(hub_source, "resolve", lambda name, revision: COMMIT)
    return told


def cell(seed: int) -> dict[str, Any]:
    return {"bytes": png(seed), "path": None}


def labelled(count: int = 6) -> Stream:
    rows = [{"image": cell(k), "label": k % 2, "text": "x"} for k in range(count)]
    return Stream({"text": object(), "image": Picture(), "label": Classes()}, rows)


def test_pictures_and_classes_by_a_pinned_commit(library: Any) -> None:
    library.stream = labelled()
    folder = make("hub", Source(hub="user/cats@main"), Preparation(size=16))
    record = dataset.read(folder)
    assert record["kind"] == "labelled" and record["classes"] == {"big_dog": 3, "cat": 3}
    source = record["source"]
    assert (source["hub"], source["revision"]) == ("user/cats", COMMIT) and len(source["sha256"]) == 64
    args, options = library.asked
    assert args == ("user/cats", None) and options == {"split": "train", "revision": COMMIT, "streaming": True}
    assert repeat("hub")[1]
    assert COMMIT in dataset.history(record, "en")[0]


def test_two_columns_are_pairs_or_two_kinds(library: Any) -> None:
    rows = [{"a": cell(k), "b": cell(100 + k)} for k in range(5)]
    library.stream = Stream({"a": Picture(), "b": Picture()}, rows)
    assert hub_source.look(Source(hub="u/d"))["target"] == "b"
    folder = make("pairs", Source(hub="u/d"), Preparation(size=16, most=4))
    assert dataset.read(folder)["counts"] == {"source": 4, "target": 4}
    two = dataset.read(make("two", Source(hub="u/d", image="b"), Preparation(size=16, kind="unpaired")))
    assert two["domains"] == ["b", "a"] and two["counts"] == {"trainA": 5, "trainB": 5}
    drawn = dataset.read(make("one", Source(hub="u/d"), Preparation(size=16, kind="single")))
    assert drawn["counts"] == {"pictures": 5}


def test_bad_cells_are_left_out_and_no_row_reads_this_machine(library: Any, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png(500))
    rows = [{"image": cell(k)} for k in range(40)]
    places = [str(tmp_path / "secret.png"), f"file://{tmp_path}/secret.png", "http://127.0.0.1/x.png", None]
    places += [f"hf://datasets/x/y::file://{tmp_path}/secret.png"]
    rows += [{"image": {"bytes": None, "path": place}} for place in places] + [{"image": None}]
    rows += [{"image": {"bytes": b"no picture", "path": "a.png"}}]
    library.stream = Stream({"image": Picture()}, rows)
    folder = make("some", Source(hub="u/d"), Preparation(size=16))
    assert dataset.read(folder)["pictures"] == 40
    assert {each.key for each in dataset.dropped(folder, 99)} == {"image.empty", "image.unknown"}


@pytest.mark.parametrize(
    ("features", "source", "key"),
    [
        ({"text": object()}, {}, "dataset.hub_no_pictures"),
        ({"image": Picture()}, {"image": "picture"}, "dataset.hub_column"),
        ({"image": Picture()}, {"label": "kind"}, "dataset.hub_column"),
        ({"image": Picture()}, {"target": "text"}, "dataset.hub_column"),
    ],
)
def test_columns_that_are_not_there(library: Any, features: Any, source: Any, key: str) -> None:
    library.stream = Stream(features, [])
    with pytest.raises(Refused) as refusal:
        hub_source.open_hub(Source(hub="u/d", **source))
    assert refusal.value.key == key and refusal.value.say("ja")


def test_what_breaks_is_said_and_nothing_is_left(library: Any) -> None:
    library.stream = ValueError("Bad split: x. Available splits: ['train']\nmore")
    with pytest.raises(Refused, match="Available splits") as refusal:
        make("x", Source(hub="u/d", split="x"), Preparation())
    assert refusal.value.key == "dataset.hub_failed" and "more" not in str(refusal.value)
    library.stream = labelled()
    library.stream.broken = OSError("the connection broke")
    with pytest.raises(Refused, match="broke off"):
        make("x", Source(hub="u/d"), Preparation(size=16))
    assert dataset.found() == []


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(Refused, match="pip install") as refusal:
        make("x", Source(hub="u/d"), Preparation())
    assert refusal.value.key == "dataset.no_library"


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (GatedRepoError, "dataset.hub_gated"),
        (RepositoryNotFoundError, "dataset.hub_absent"),
        (RevisionNotFoundError, "dataset.hub_revision"),
        (HFValidationError, "dataset.hub_absent"),
        (OfflineModeIsEnabled, "dataset.hub_unreachable"),
        (ConnectionError, "dataset.hub_unreachable"),
    ],
)
def test_each_trouble_with_the_hub_has_its_sentence(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], key: str
) -> None:
    def fail(*args: Any, **options: Any) -> Any:
        try:
            raise error("no", response=httpx.Response(404, request=httpx.Request("GET", "http://hub")))  # type: ignore[call-arg]
        except TypeError:
            raise error("no") from None

    monkeypatch.setattr(HfApi, "dataset_info", fail)
    with pytest.raises(Refused) as refusal:
        hub_source.resolve("u/d", "old")
    assert refusal.value.key == key


def test_the_library_itself_on_local_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("datasets")
    monkeypatch.setattr(hub_source, "resolve", lambda name, revision: COMMIT)
    monkeypatch.setattr(hub_source, "REMOTE", ("hf://", str(tmp_path)))
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    for k in range(8):
        place = tmp_path / "set" / "train" / ("cat" if k % 2 else "dog")
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{k}.png").write_bytes(png(k))
    monkeypatch.chdir(tmp_path)
    record = dataset.read(make("local", Source(hub="set"), Preparation(size=16)))
    assert record["classes"] == {"cat": 4, "dog": 4}
