"""The colours tab without a browser: its server functions, what they refuse, and what they leave behind."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from core_fixtures import server_functions
from gradio.utils import get_upload_folder
from PIL import Image

from ganstudio.typenames import TYPES
from ganstudio.ui import pieces, work
from ganstudio.ui.tabs.colours import measure
from ganstudio.words import WORDS

RED, BLUE = (200, 40, 40), (30, 60, 220)


def png(colour: tuple[int, ...], size: int = 8) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", (size, size), colour).save(file, "PNG")
    return file.getvalue()


def zipped(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return file.getvalue()


@pytest.fixture(scope="module")
def ask(app_url: str) -> Any:
    return server_functions(app_url, "colours")


@pytest.fixture
def upload(app_url: str) -> Any:
    """Uploads as the page does, under a name of its own each, and returns the path."""
    count = 0

    def send(data: bytes, name: str | None = None) -> str:
        nonlocal count
        count += 1
        files = {"files": (name or f"colours-test{count}", data)}
        answer = httpx.post(f"{app_url}/gradio_api/upload", files=files, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()[0]

    return send


def test_the_page_gets_the_statistics_and_plotly_from_this_machine(app_url: str, ask: Any) -> None:
    answer = ask("pokedex", {})
    entries = json.loads(answer["entries"])
    assert len(entries) > 700 and answer["types"] == TYPES
    assert all(len(each["hue"]) == 36 and len(each["saturation"]) == len(each["value"]) == 16 for each in entries)
    with httpx.stream("GET", f"{app_url}/{answer['script']}") as script:
        assert script.status_code == 200 and "plotly.js" in next(script.iter_text(4096))


def test_only_that_file_of_its_folder_is_served(app_url: str, ask: Any) -> None:
    script = ask("pokedex", {})["script"]
    assert httpx.get(f"{app_url}/{Path(script).parent.as_posix()}/datasets/iris.csv.gz").status_code in (403, 404)


def test_an_own_picture_is_measured_and_deleted(ask: Any, upload: Any) -> None:
    path = upload(png((*RED, 128)))
    entry = ask("own_picture", {"path": path})["entry"]
    assert entry["mean"] == list(map(float, RED)) and entry["spread"] == [0, 0, 0]
    assert entry["hue"][0] == sum(entry["hue"]) == 1000
    assert not Path(path).exists()


def test_a_picture_that_cannot_be_used_is_deleted_too(ask: Any, upload: Any) -> None:
    for data in (b"<svg/>", png((255, 255, 255))):
        path = upload(data)
        said = ask("own_picture", {"path": path, "language": "ja"})
        assert list(said) == ["error"] and not said["error"].isascii()
        assert not Path(path).exists()


def test_files_of_other_tabs_are_never_deleted(ask: Any, upload: Any) -> None:
    path = upload(png(RED), "drawing.png")
    assert "entry" in ask("own_picture", {"path": path})
    assert Path(path).exists()


def test_a_folder_keeps_its_names_types_and_labels(ask: Any, upload: Any) -> None:
    table = "id,name_ja,type1,type2\n004,ヒトカゲ,fire,dragon\n".encode()
    labels = ask("read_labels", {"path": upload(table)})["labels"]
    files = {"all/water/a.png": png(BLUE), "all/004.png": png(RED), "all/b.png": png(RED), "all/bad.png": b"<svg/>"}
    pictures = [{"path": upload(data), "name": name, "label": None} for name, data in files.items()]
    pictures[1]["label"] = labels["4"]
    answer = ask("measure_pictures", {"pictures": pictures})
    entries = json.loads(answer["entries"])
    assert [each["id"] for each in entries] == ["a", "004", "b"]
    assert [each["types"] for each in entries] == [["water"], ["fire", "dragon"], []]
    assert entries[1]["names"] == ["004", "ヒトカゲ"] and entries[0]["mean"] == list(map(float, BLUE))
    assert [each["name"] for each in answer["refused"]] == ["all/bad.png"] and answer["refused"][0]["reason"]
    assert not any(Path(each["path"]).exists() for each in pictures)


def test_bad_labels_get_a_sentence_without_a_path_of_the_server(ask: Any, upload: Any) -> None:
    for data in (b"id,name\n1,a\n", b"id,type1\n1,plasma\n", b"\xff\xfe\0", b""):
        for language in ("en", "ja"):
            said = ask("read_labels", {"path": upload(data), "language": language})
            assert list(said) == ["error"] and said["error"].isascii() == (language == "en")
            assert get_upload_folder() not in said["error"]


def test_a_zip_in_pieces_is_measured_and_deleted(ask: Any, upload: Any) -> None:
    data = zipped(**{"fire/a.png": png(RED), "b.png": png(BLUE), "notes.txt": b"hello"})
    pieces = [upload(data[:100]), upload(data[100:])]
    answer = ask("open_zip", {"pieces": pieces, "job": "a", "labels": None})
    found = {tuple(each["types"]): each["mean"] for each in json.loads(answer["entries"])}
    assert found == {("fire",): list(map(float, RED)), (): list(map(float, BLUE))}
    assert answer["left"] == 0 and answer["refused"] == []
    assert not any(Path(piece).exists() for piece in pieces)
    assert ask("progress", {"job": "a"}) == {"done": 0, "count": 0}


def test_a_zip_may_bring_its_own_labels(ask: Any, upload: Any) -> None:
    data = zipped(**{"001.png": png(RED), "labels.csv": b"id,name_en,type1\n1,Bulbasaur,grass\n"})
    (entry,) = json.loads(ask("open_zip", {"pieces": [upload(data)], "job": "b"})["entries"])
    assert entry["types"] == ["grass"] and entry["names"][0] == "Bulbasaur"


def test_bombs_and_broken_archives_are_refused_in_words(ask: Any, upload: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(**{f"{k}.png": b"\0" * (8 * 2**20) for k in range(160)})  # 1.3 GB in 1.3 MB
    for data in (bomb, b"PK\x03\x04 torn", b"no archive"):
        path = upload(data)
        for_page = ask("open_zip", {"pieces": [path], "job": "c", "language": "ja"})
        assert list(for_page) == ["error"] and not for_page["error"].isascii()
        assert not Path(path).exists()
    monkeypatch.setattr(pieces, "MAX_ZIP_BYTES", 10)
    path = upload(zipped(**{"a.png": png(RED)}))
    assert "error" in ask("open_zip", {"pieces": [path], "job": "d"}) and not Path(path).exists()


def test_a_job_ends_when_nobody_wants_it(tmp_path: Path) -> None:
    files = [tmp_path / f"{k}.png" for k in range(3)]
    for file in files:
        file.write_bytes(png(RED))
    pictures = [measure.Picture(file, file.name, None) for file in files]
    job = work.Job()
    job.asked(stop=True)
    assert measure._measured(pictures, "en", job)["left"] == 3
    late = work.Job()
    late.begun -= work.MAX_SECONDS + 1
    assert measure._measured(pictures, "en", late)["left"] == 3
    assert measure._measured(pictures, "en", work.Job())["left"] == 0


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "", "\0", None, 7, ["a"], "http://127.0.0.1:1/x.png"])
def test_only_the_upload_folder_is_read(ask: Any, path: object) -> None:
    expected = {"error": WORDS["en"]["app.not_uploaded"]}
    assert ask("own_picture", {"path": path}) == expected
    assert ask("read_labels", {"path": path}) == expected
    assert ask("measure_pictures", {"pictures": [{"path": path, "name": "a"}]}) == expected
    assert ask("open_zip", {"pieces": [path], "job": "e"}) == expected


@pytest.mark.parametrize("request_", [None, [], "x", {}, {"pictures": [7], "pieces": 7, "entries": [7]}])
def test_no_request_breaks_the_server(ask: Any, request_: object) -> None:
    for name in ("own_picture", "read_labels", "measure_pictures", "open_zip", "save_csv"):
        assert list(ask(name, request_)) == ["error"]


def test_the_table_that_one_takes_home(ask: Any) -> None:
    entries = json.loads(ask("pokedex", {})["entries"])
    by_id = ask("save_csv", {"ids": [entries[3]["id"], "nobody"]})["csv"]
    by_entry = ask("save_csv", {"entries": [entries[3]]})["csv"]
    assert by_id == by_entry and len(by_id.splitlines()) == 2 and entries[3]["names"][1] in by_id


@pytest.mark.parametrize(
    "change",
    [
        {"hue": [1] * 35},
        {"mean": [1, 2, "3"]},
        {"mean": [1, 2, True]},
        {"spread": [1, 2, 300]},
        {"types": ["plasma"]},
        {"types": [["fire"]]},
        {"names": ["a"]},
        {"pixels": -1},
        {"id": 7},
    ],
)
def test_entries_of_a_stranger_are_checked(ask: Any, change: dict[str, Any]) -> None:
    entry = json.loads(ask("pokedex", {})["entries"])[0] | change
    assert ask("save_csv", {"entries": [entry]}) == {"error": WORDS["en"]["app.reload"]}
