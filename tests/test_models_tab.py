"""The models tab without a browser: its server functions, and what strangers and requests may not do."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from core_fixtures import make_data, make_run, publish_tiny, server_functions
from fake_hub import TOKEN, FakeHub, connected
from test_ui import picture_of

from ganstudio import remote as hub_remote
from ganstudio.models import hub, sharing
from ganstudio.runs.folder import RunFolder
from ganstudio.training.loop import train
from ganstudio.ui import access
from ganstudio.ui.tabs.models import server as shelf
from ganstudio.words import WORDS

FUNCTIONS = (
    "models_shelf",
    "models_person",
    "model_card",
    "model_work",
    "pull_model",
    "keep_model",
    "promotable",
    "promote_run",
    "push_model",
    "export_model",
)


@pytest.fixture(scope="module")
def ask(app_url: str) -> Any:
    return server_functions(app_url, "models")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "studio"))
    shelf._people.clear()
    with connected(monkeypatch, tmp_path / "hf") as found:
        yield found


@pytest.fixture
def shelved(published: Path) -> Iterator[Path]:
    """The app's folder of models; what a test adds to it is gone afterwards."""
    before = set(published.iterdir())
    yield published
    for each in set(published.iterdir()) - before:
        shutil.rmtree(each)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("trained")
    run = make_run(root / "faces", make_data(root / "data"))
    train(run, quiet=True)
    return run.path


@pytest.fixture
def run(fake: FakeHub, trained: Path, tmp_path: Path) -> RunFolder:
    return RunFolder(shutil.copytree(trained, tmp_path / "studio" / "runs" / "faces"))


# --- the shelf --------------------------------------------------------------------------------------------


def test_the_shelf_lists_what_is_here_and_in_the_cache(ask: Any, fake: FakeHub, run: RunFolder, tmp_path: Path) -> None:
    publish_tiny(tmp_path / "model")
    sharing.push(tmp_path / "model", "tester/afar")
    sharing.pull("tester/afar")
    fake.put("somebody/text", {"config.json": b'{"architectures": ["T5"]}'})
    hub_remote.fetch("somebody/text")
    answer = ask("models_shelf", {})
    by_name = {each["name"]: each for each in answer["models"]}
    assert {"recolour", "water-grass", "tester/afar"} <= set(by_name) and "somebody/text" not in by_name
    assert by_name["recolour"]["tab"] == "app.tab_recolour" and by_name["recolour"]["size"] == 32
    assert by_name["water-grass"]["generators"] == ["a_to_b", "b_to_a"]
    afar = by_name["tester/afar"]
    assert afar["revisions"] == ["main"] and len(afar["commit"]) == 40 and afar["bytes"] > 0
    assert answer["runs"] == [{"run": "faces", "title": "faces"}]


def test_the_shelf_survives_any_entry(ask: Any, fake: FakeHub, shelved: Path, run: RunFolder, tmp_path: Path) -> None:
    usual = json.loads((shelved / "recolour" / "config.json").read_text())
    odd: dict[str, Any] = {
        "float": {**usual, "config": {**usual["config"], "rate": 10**400}},
        "images": {**usual, "images": 10**30},
        "recipe": {**usual, "recipe": ["recolour"]},
        "surrogate": {**usual, "config": {**usual["config"], "domains": "\ud800,b"}},
        "long": {**usual, "networks": {"generator": "x" * 5000}},
        "list": [],
    }
    for name, values in odd.items():
        shutil.copytree(shelved / "recolour", shelved / name)
        (shelved / name / "config.json").write_text(json.dumps(values))
    for name in ("pipe", "folder"):
        shutil.copytree(shelved / "recolour", shelved / name)
        file = shelved / name / ("README.md" if name == "pipe" else "samples.png")
        file.unlink(missing_ok=True)
        os.mkfifo(file) if name == "pipe" else file.mkdir()
    shutil.copytree(shelved / "recolour", shelved / os.fsdecode(b"\xff\xfe"))
    gone = tmp_path / "studio" / "runs" / "gone"
    gone.mkdir()
    (gone / "config.json").symlink_to(tmp_path / "nowhere")
    (run.path / "about.json").write_text('{"title": "\\ud800"}')
    names = {each["name"] for each in ask("models_shelf", {})["models"]}
    assert {"recolour", "water-grass", "images", "pipe", "folder"} <= names
    assert not names & {"float", "recipe", "surrogate", "long", "list"}


def test_a_card_is_shown_and_runs_nothing(ask: Any, fake: FakeHub, shelved: Path, run: RunFolder) -> None:
    made = ask("promote_run", {"run": "faces", "checkpoint": "newest", "name": "Carded"})
    answer = ask("model_card", made)
    assert "<table>" in answer["html"] and "<h1>Carded</h1>" in answer["html"] and "license:" not in answer["html"]
    assert picture_of(answer["samples"]).size[0] > 0
    hostile = [
        "---\nlicense: mit\n---\n<script>alert(1)</script> <img src=x onerror=alert(1)>",
        "[x](javascript:alert(1)) <javascript:alert(1)> [y](data:text/html,x) [z](../../README.md)",
        "![p](https://example.org/track.png) [![q](https://example.org/b.png)](https://example.org)",
        '[w](https://example.org "t\\" onclick=alert(1)")',
    ]
    (shelved / "Carded" / "README.md").write_text("\n\n".join(hostile))
    html = ask("model_card", made)["html"]
    assert "<script" not in html and "<img" not in html and "track.png" not in html
    assert 'href="javascript' not in html and 'href="data' not in html and "README.md" not in html.split("z</")[0][-60:]
    assert html.count('rel="noopener noreferrer"') == html.count("<a ") == 2 and "onclick" not in html


def test_rendering_never_fails() -> None:
    for text in ("", "---", "---\nno end", "#" * 10_000, "[" * 5000, "> " * 2000, "\0", "`" * 999, "- " * 3000):
        assert isinstance(shelf.rendered(text), str)


# --- out of a run -----------------------------------------------------------------------------------------


def test_promote_and_promote_over(ask: Any, fake: FakeHub, run: RunFolder, shelved: Path) -> None:
    told = ask("promotable", {"run": "faces"})
    assert told["name"] == "faces" and [each["checkpoint"] for each in told["choices"]][:2] == ["newest", "30"]
    wish = {"run": "faces", "checkpoint": "newest", "name": "My faces"}
    assert ask("promote_run", wish) == {"model": "here:My-faces"}
    assert hub.read(shelved / "My-faces")[2]["images"] == 40
    early = {**wish, "checkpoint": "30"}
    assert ask("promote_run", early) == {"exists": "My-faces"}
    assert hub.read(shelved / "My-faces")[2]["images"] == 40
    assert ask("promote_run", {**early, "overwrite": True}) == {"model": "here:My-faces"}
    assert hub.read(shelved / "My-faces")[2]["images"] == 30
    assert "My-faces" in [each["name"] for each in ask("models_shelf", {})["models"]]
    assert ask("promotable", {"run": "faces"})["name"] == "faces"


def test_a_run_without_a_checkpoint(ask: Any, fake: FakeHub, tmp_path: Path) -> None:
    make_run(tmp_path / "studio" / "runs" / "new", tmp_path)
    assert ask("promotable", {"run": "new", "language": "ja"}) == {"error": WORDS["ja"]["app.models_no_checkpoint"]}
    assert "run" in ask("promote_run", {"run": "new", "checkpoint": "newest", "name": "x"})["error"]


# --- the Hub ----------------------------------------------------------------------------------------------


def test_push_pull_and_keep(ask: Any, fake: FakeHub, shelved: Path) -> None:
    wish = {"model": "here:water-grass", "repository": "tester/wg", "message": "hello", "private": True, "job": "a"}
    pushed = ask("push_model", wish)
    assert (
        pushed["repository"] == "tester/wg" and pushed["url"].startswith(fake.url) and fake.model("tester/wg").private
    )
    pulled = ask("pull_model", {"source": "tester/wg", "job": "b"})
    assert pulled == {"model": f"hub:tester/wg@{pushed['commit']}"}
    pinned = ask("pull_model", {"source": "tester/wg", "revision": pushed["commit"], "job": "c"})
    assert pinned == pulled and ask("model_card", pulled)["html"]
    assert ask("keep_model", {**pulled, "name": "recolour"}) == {"exists": "recolour"}
    assert ask("keep_model", {**pulled, "name": "kept"}) == {"model": "here:kept"}
    hub.load_networks(shelved / "kept")
    assert ask("model_work", {"job": "b"}) == {"done": 0, "total": 0}


def test_who_is_signed_in_and_how_to(ask: Any, fake: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask("models_person", {}) == {"name": "tester", "organisations": ["atelier"], "writes": True}
    assert ask("models_person", {})["name"] == "tester" and fake.asked("whoami") == 1
    monkeypatch.delenv("HF_TOKEN")
    assert "hf auth login" in ask("models_person", {"again": True, "language": "ja"})["error"]


def test_a_fault_of_the_hub_is_a_sentence(ask: Any, fake: FakeHub) -> None:
    fake.put("somebody/gated", {"config.json": b"{}"}, gated=True)
    for source, key in (("somebody/gated", "model.gated"), ("somebody/none", "model.hub_absent"), ("x", "hub.name")):
        said = ask("pull_model", {"source": source, "job": "d", "language": "ja"})["error"]
        assert said == WORDS["ja"][key].format(source=source)
    fake.fail("reset")
    assert "error" in ask("push_model", {"model": "here:recolour", "repository": "tester/x", "job": "e"})


def test_no_answer_and_no_page_has_the_token(ask: Any, app_url: str, fake: FakeHub) -> None:
    answers = [ask("models_person", {}), ask("models_shelf", {}), ask("pull_model", {"source": TOKEN, "job": "f"})]
    answers.append(ask("push_model", {"model": "here:recolour", "repository": "tester/r", "job": "g"}))
    assert TOKEN not in str(answers[:2]) + str(answers[3]) and TOKEN not in httpx.get(app_url).text
    assert TOKEN not in httpx.get(f"{app_url}/config").text


def test_export_tells_what_is_missing_or_gives_a_file(ask: Any, app_url: str, fake: FakeHub) -> None:
    answer = ask("export_model", {"model": "here:water-grass", "network": "a_to_b", "job": "h"})
    if "error" in answer:
        assert "pip install onnx" in answer["error"]
    else:
        assert (
            answer["name"] == "water-grass-a_to_b.onnx" and httpx.get(f"{app_url}/{answer['file']}").status_code == 200
        )


# --- strangers --------------------------------------------------------------------------------------------


def test_every_function_is_for_the_owner_alone(
    ask: Any, fake: FakeHub, run: RunFolder, monkeypatch: pytest.MonkeyPatch, shelved: Path
) -> None:
    monkeypatch.setattr(access, "is_owner", lambda: False)
    before = set(shelved.iterdir())
    wish = {"run": "faces", "checkpoint": "newest", "name": "stolen", "model": "here:recolour", "source": "a/b"}
    for name in FUNCTIONS:
        answer = ask(name, {**wish, "repository": "tester/x", "job": "i", "overwrite": True})
        assert answer == {"error": WORDS["en"]["app.owner_only"]}, name
    assert set(shelved.iterdir()) == before and fake.requests == []


@pytest.mark.parametrize(
    "request_",
    [
        *(None, [], 3, "x", {}),
        *({"model": each} for each in (None, 7, "here:../x", "here:/etc", "hub:a/b@main", "x" * 9999, "here:a\0b")),
        *({"run": each} for each in (None, 7, "..", "../x", "/abs", "a\0b", ".hidden", "x" * 9999)),
        {"run": "faces", "name": ["a"], "checkpoint": {}},
        {"source": "a/b", "job": None},
        {"source": "a/b", "job": "x" * 99},
        {"source": ["a"], "job": "j"},
        {"source": "x" * 9999, "job": "k"},
    ],
)
def test_no_request_breaks_the_server(ask: Any, fake: FakeHub, request_: Any) -> None:
    for name in FUNCTIONS[2:]:
        if name != "model_work" or not isinstance(request_, dict):
            answer = ask(name, request_)
            assert list(answer) == ["error"] and len(answer["error"]) < 700, name


@pytest.mark.parametrize("name", ["../up", "/abs", "CON", "-rf", "$(x)", "顔 🙂", "x" * 200])
def test_names_become_folders_of_their_own(ask: Any, fake: FakeHub, run: RunFolder, shelved: Path, name: str) -> None:
    before = set(shelved.iterdir())
    answer = ask("promote_run", {"run": "faces", "checkpoint": "newest", "name": name})
    made = set(shelved.iterdir()) - before
    assert len(made) == 1 and answer["model"] == f"here:{made.pop().name}"
