"""The data tab without a browser: a set from what a page sends, how it is watched, and who may do that."""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import server_functions
from PIL import Image
from test_ui import outside_paths, picture_of, upload

from ganstudio import places
from ganstudio.data import archive, dataset, domains, making
from ganstudio.ui.tabs.data import server as data
from ganstudio.words import WORDS

SETTINGS = {"size": 16}


@pytest.fixture(scope="module", autouse=True)
def home(app_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Data sets of this file's own. The app asks for their place each time."""
    before = os.environ.get("GANSTUDIO_HOME")
    folder = tmp_path_factory.mktemp("home")
    os.environ["GANSTUDIO_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["GANSTUDIO_HOME"]
    else:
        os.environ["GANSTUDIO_HOME"] = before


@pytest.fixture(scope="module")
def ask(app_url: str) -> Any:
    return server_functions(app_url, "data")


def png(seed: int, size: int = 24) -> bytes:
    file = io.BytesIO()
    Image.fromarray(domains.ball((8, seed), "A", size)).save(file, "PNG")
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return file.getvalue()


def ended(ask: Any, answer: dict[str, Any]) -> dict[str, Any]:
    """The job behind an answer, when it is over."""
    assert list(answer) == ["job"], answer
    for _ in range(600):
        (job,) = [each for each in ask("data_jobs", {})["jobs"] if each["id"] == answer["job"]]
        if job["state"] not in ("waiting", "running"):
            return job
        time.sleep(0.05)
    raise AssertionError("it never ended")


def test_a_set_from_a_zip_in_pieces(app_url: str, ask: Any, home: Path) -> None:
    pictures = {f"cats/{k}.png": png(k) for k in range(5)} | {f"dogs/{k}.png": png(50 + k) for k in range(4)}
    whole = zipped(pictures | {"dogs/bad.png": b"x", "note.txt": b"x"})
    sent = [upload(app_url, "data-1", whole[:999]), upload(app_url, "data-2", whole[999:])]
    arrived = ask("data_receive", {"pieces": sent})
    assert arrived["count"] == 10 and not any(Path(each).exists() for each in sent)
    source = {"upload": arrived["hand"]}
    looked = ask("data_look", {"source": source})
    assert looked["guess"] == "labelled" and looked["classes"] == {"cats": 5, "dogs": 5} and looked["count"] == 10
    settings = {**SETTINGS, "kind": "labelled", "folds": 2}
    job = ended(ask, ask("data_make", {"name": "Pets 🐾", "source": source, "settings": settings}))
    assert (job["state"], job["set"], job["done"], job["count"], job["error"]) == ("done", "Pets", 10, 10, "")
    shown = ask("data_show", {"name": "Pets", "language": "ja"})
    assert shown["title"] == "Pets 🐾" and shown["pictures"] == 9 and sum(shown["folds"]) == 9
    assert [(each["name"], each["count"]) for each in shown["groups"]] == [("cats", 5), ("dogs", 4)]
    assert shown["left_out"] == 1 and shown["dropped"] == [
        {"name": "dogs/bad.png", "reason": WORDS["ja"]["image.unknown"]}
    ]
    page = ask("data_page", {"name": "Pets", "page": 0, "group": "dogs"})
    assert page["total"] == 4 and page["pages"] == 1 and page["pictures"][0]["labels"] == ["dogs"]
    assert picture_of(page["pictures"][0]["url"]).size == (data.THUMBNAIL,) * 2
    colours = ask("data_colours", {"name": "Pets"})
    assert len(json.loads(colours["points"])) == colours["count"] == 9
    assert (home / "datasets" / "Pets" / "original" / "cats" / "0.png").read_bytes() == pictures["cats/0.png"]
    shelf = ask("data_shelf", {})
    assert [each["name"] for each in shelf["sets"]] == ["Pets"] and not making.incoming().joinpath(
        arrived["hand"]
    ).exists()
    assert picture_of(ask("data_covers", {"names": ["Pets", "absent"]})["covers"]["Pets"]).size == (data.COVER,) * 2
    again = ended(ask, ask("data_repeat", {"name": "Pets"}))
    assert dataset.read(dataset.named(again["set"]))["sha256"] == shown["sha256"]
    for name in ("Pets", again["set"]):
        assert ask("data_delete", {"name": name}) == {}
    assert ask("data_shelf", {})["sets"] == []


def test_a_set_from_files_with_their_folders(app_url: str, ask: Any) -> None:
    names = ["mine/source/a.png", "mine\\target\\a.png", "mine/source/b.png", "mine/target/b.png", "mine/read.me"]
    hand, seeds = "", [0, 1, 2, 3, 4]
    for name, seed in zip(names, seeds, strict=True):
        files = [{"path": upload(app_url, f"data-f{seed}", png(seed)), "name": name}]
        arrived = ask("data_receive", {"hand": hand, "files": files})
        hand = arrived["hand"]
        assert not Path(files[0]["path"]).exists()
    assert arrived["count"] == 4 and arrived["ignored"] == 1
    assert ask("data_look", {"source": {"upload": hand}})["pairs"]
    job = ended(ask, ask("data_make", {"name": "pairs", "source": {"upload": hand}, "settings": SETTINGS}))
    assert job["state"] == "done" and dataset.read(dataset.named("pairs"))["counts"] == {"source": 2, "target": 2}
    gone = ask("data_make", {"name": "more", "source": {"upload": hand}, "settings": SETTINGS, "language": "ja"})
    assert gone == {"error": WORDS["ja"]["dataset.gone"]}


def test_names_that_lead_out_stay_inside(app_url: str, ask: Any) -> None:
    for k, name in enumerate(("../../x.png", "/etc/x.png", "..\\..\\x.png", "a/\0/x.png", "C:\\x.png", ".hidden.png")):
        files = [{"path": upload(app_url, f"data-n{k}", png(k)), "name": name}]
        hand = ask("data_receive", {"files": files})["hand"]
        inside = [path for path in making.incoming().joinpath(hand).rglob("*") if path.is_file()]
        assert len(inside) <= 1 and not list(places.home().glob("*.png"))


def test_a_drawn_set_is_made_where_nobody_looks(ask: Any) -> None:
    assert set(ask("data_drawn", {})["drawn"]) == set(dataset.DRAWN)
    source = {"drawn": "faces", "count": 5}
    job = ended(ask, ask("data_make", {"name": "f", "source": source, "settings": SETTINGS}))
    assert job["state"] == "done" and ask("data_forget", {"job": job["id"]}) == {}
    assert job["id"] not in [each["id"] for each in ask("data_jobs", {})["jobs"]]
    page = ask("data_page", {"name": "f", "page": 0, "group": ""})
    assert picture_of(page["pictures"][0]["url"]).size == (2 * data.THUMBNAIL, data.THUMBNAIL)


def test_two_clicks_make_one_set_and_it_can_be_cancelled(ask: Any) -> None:
    asked = {"name": "long", "source": {"drawn": "faces", "count": 5000}, "settings": {"size": 64}}
    job = ask("data_make", asked)
    again = ask("data_make", {**asked, "language": "ja"})
    assert list(again) == ["error"] and "long" in again["error"]
    other = ask("data_make", {**asked, "name": "other"})
    waits = [each for each in ask("data_jobs", {})["jobs"] if each["id"] == other["job"]]
    assert waits[0]["state"] == "waiting"
    for each in (other, job):
        assert ask("data_stop", {"job": each["job"]}) == {}
    assert ended(ask, job)["state"] == ended(ask, other)["state"] == "stopped"
    assert not list(places.datasets().glob("long")) and not list(places.datasets().glob(".making-*"))


def test_what_goes_wrong_is_a_sentence_of_the_job(app_url: str, ask: Any, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.png").write_bytes(b"x")
    source = {"folder": str(tmp_path / "d")}
    assert ask("data_look", {"source": source})["guess"] == "single"
    job = ended(ask, ask("data_make", {"name": "bad", "source": source, "settings": SETTINGS}))
    assert job["state"] == "failed" and "a.png" in job["error"]
    absent = {"source": {"folder": str(tmp_path / "absent")}}
    for language in ("en", "ja"):
        assert "absent" in ask("data_look", {**absent, "language": language})["error"]
    job = ended(ask, ask("data_make", {"name": "bad", **absent, "settings": SETTINGS}))
    assert job["state"] == "failed" and not (places.datasets() / "bad").exists()


def test_nothing_unexpected_is_swallowed(ask: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    def crash(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(making, "make", crash)
    source = {"drawn": "faces", "count": 2}
    job = ended(ask, ask("data_make", {"name": "crash", "source": source, "settings": SETTINGS}))
    assert job["state"] == "failed" and "ZeroDivisionError" in job["error"]


def test_bad_zips_get_a_sentence_and_leave_nothing(app_url: str, ask: Any) -> None:
    before = sorted(making.incoming().iterdir()) if making.incoming().is_dir() else []
    for data_ in (b"", b"PK\x03\x04 torn", png(1), zipped({"a.txt": b"x"}), zipped({"../a.png": b"x"})):
        for language in ("en", "ja"):
            sent = [upload(app_url, "data-z", data_)]
            answer = ask("data_receive", {"pieces": sent, "language": language})
            assert list(answer) == ["error"] and not Path(sent[0]).exists()
    assert sorted(making.incoming().iterdir()) == before


def test_too_much_is_refused(app_url: str, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, limit in (("MAX_PICTURES", 1), ("MAX_TOTAL", 100)):
        monkeypatch.setattr(archive, name, limit)
        files = [{"path": upload(app_url, f"data-m{k}", png(k)), "name": f"{k}.png"} for k in range(2)]
        assert list(ask("data_receive", {"files": files})) == ["error"]
        assert not any(Path(each["path"]).exists() for each in files)
        monkeypatch.undo()


def test_only_the_upload_folder_is_read(ask: Any, tmp_path: Path) -> None:
    for path in outside_paths(tmp_path):
        for request in ({"files": [{"path": path, "name": "a.png"}]}, {"pieces": [path]}):
            assert ask("data_receive", request) == {"error": WORDS["en"]["app.not_uploaded"]}


@pytest.mark.parametrize(
    "request_",
    [
        *(None, [], 3, "x", {}),
        *(
            {"name": each, "source": {"drawn": "faces"}, "settings": {}}
            for each in (None, "", 7, "x" * 200, "..", "\0")
        ),
        *(
            {"name": "a", "source": each, "settings": {}}
            for each in (None, [], {"x": 1}, {"count": "9"}, {"seed": True})
        ),
        *({"name": "a", "source": {"upload": each}, "settings": {}} for each in ("..", "../../etc", "a" * 20, "/etc")),
        *({"name": "a", "source": {"drawn": "faces"}, "settings": each} for each in (None, {"size": 4}, {"kind": "x"})),
        {"name": "a", "source": {"drawn": "faces", "count": 10**9}, "settings": {}},
    ],
)
def test_no_request_breaks_the_server(ask: Any, request_: Any) -> None:
    for name in ("data_make", "data_look"):
        answer = ask(name, request_)
        assert name == "data_look" or list(answer) == ["error"]
    for name in ("data_show", "data_page", "data_colours", "data_delete", "data_repeat", "data_covers", "data_receive"):
        assert list(ask(name, request_)) == ["error"]
    assert ask("data_stop", {"job": 7}) == ask("data_forget", {"job": "nothing"}) == {}
