"""The runs tab without a browser: what its page is told, what can be asked of a run, and by whom."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest
from core_fixtures import server_functions, tiny_config
from PIL import Image

from ganstudio import places
from ganstudio import remote as hub_remote
from ganstudio.recipes import RECIPES
from ganstudio.recipes.recipe import Batch
from ganstudio.runs import control, export, jobs, local
from ganstudio.runs.folder import RunFolder
from ganstudio.runs.process import identity
from ganstudio.ui.tabs.runs import server as runs_module
from ganstudio.ui.tabs.runs.server import Board
from ganstudio.words import LANGUAGES, WORDS, Refused

TERMS = ("generator/gan", "generator/l1", "discriminator/real", "discriminator/fake")
STATES = {"alive": "running", "done": "finished", "dead": "interrupted", "odd": "stopped", "broken": "damaged"}
FUNCTIONS = (
    "watch_runs",
    "sample_sheet",
    "save_sheet",
    "film_samples",
    "stop_run",
    "save_run",
    "sample_run",
    "resume_run",
    "delete_run",
    "export_run",
    "recover_jobs",
)


def dead() -> dict[str, Any]:
    """The identity of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as process:
        found = identity(process.pid)
    return found


def row(images: int) -> dict[str, Any]:
    values = {name: (k + 1) / (1 + images / 500) for k, name in enumerate(TERMS)}
    return {"images": images, "time": 1.7e9 + images, "rate": 2e-4, "images_per_second": 20.0, **values}


def write_run(name: str, state: str, images: int = 1200, recipe: str = "pix2pix", **about: Any) -> RunFolder:
    """A run as the trainer leaves it, of 4000 images; `state` running is of this very process."""
    run = RunFolder(places.runs() / name)
    run.create(recipe, {"images": 4000, "size": 64, "data": "/pictures", "rate": 2e-4})
    run.write_about(title=about.pop("title", name), created=about.pop("created", 1.7e9), device="cpu")
    for seen in range(20, images + 1, 20):
        run.append_metrics(row(seen))
    for seen in range(0, images + 1, 400):
        sheet = Image.new("RGB", (96, 64), (40, seen // 16 % 256, 90))
        sheet.paste((250, 250, 250), (0, 0, 32, 64))
        sheet.save(run.sample_file(seen))
    for line in ("resumed", "trains on 6 pictures", f"{state} at {images} images"):
        run.log(line)
    run.checkpoints.mkdir(exist_ok=True)
    (run.checkpoints / f"step-{images:09d}").mkdir(exist_ok=True)
    run.model.mkdir(exist_ok=True)
    (run.model / "config.json").write_text("{}")
    who = dead() if state == "interrupted" else identity()
    said = "running" if state == "interrupted" else state
    run.write_status(
        state=said,
        images=images,
        total=4000,
        images_per_second=20.0,
        seconds_left=140.0,
        message="",
        device="cpu",
        **who,
    )
    return run


def write_runs() -> None:
    """One of each kind, as STATES has them, the first the newest."""
    write_run("alive", "running", title="Faces of 東京", created=1.75e9)
    write_run("done", "finished", 4000, created=1.74e9)
    write_run("dead", "interrupted", created=1.73e9)
    write_run("odd", "stopped", 400, recipe="dcgan3000", created=1.72e9)
    broken = write_run("broken", "stopped", 400, created=1.71e9)
    (broken.path / "config.json").write_text("{")
    shutil.rmtree(broken.path / "samples")
    (places.runs() / "no run").mkdir()
    (places.runs() / ".hidden").mkdir()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of runs for one test; the app reads it too."""
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path))
    monkeypatch.setattr(runs_module, "FRESH", 0.0)
    write_runs()
    yield tmp_path


@pytest.fixture
def ask(app_url: str, home: Path) -> Any:
    return server_functions(app_url, "runs")


def first(board: Board, run: str = "", *curves: str) -> dict[str, Any]:
    return board.shown({"run": run, "curves": dict.fromkeys(curves, "")})


def again(board: Board, before: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a page that got `before` is told next."""
    told = before.get("run", {})
    request = {"mark": before["mark"], "clock": before["clock"], "have": told.get("tags"), **more}
    request.setdefault("run", told.get("name", ""))
    request.setdefault("at", told.get("log", {}).get("at", 0))
    request.setdefault("curves", {name: sent["tag"] for name, sent in before["curves"].items()})
    return board.shown(request)


# --- what is told ---------------------------------------------------------------------------------------


def test_every_run_is_told_the_newest_first(home: Path) -> None:
    told = first(Board())
    assert told["order"] == list(STATES)
    rows = {each["name"]: each for each in told["rows"]}
    assert {name: each["state"] for name, each in rows.items()} == STATES
    alive = rows["alive"]
    assert (alive["title"], alive["images"], alive["total"], alive["left"]) == ("Faces of 東京", 1200, 4000, 140)
    assert alive["memory"] > 2**20 and alive["checkpoint"] == 1200 and alive["size"] == 64 and not alive["remote"]
    assert rows["done"]["left"] is None and rows["done"]["speed"] == 0 and rows["done"]["memory"] is None
    assert told["machine"]["memory"][1] > 0 and [each["name"] for each in told["devices"]][-1] == "cpu"
    json.dumps(told, allow_nan=False)


def test_a_page_is_told_only_what_it_lacks(home: Path) -> None:
    board = Board()
    before = first(board, "done", "done")
    nothing = again(board, before)
    assert nothing["rows"] == [] or [each["name"] for each in nothing["rows"]] == ["alive"]  # its memory changes
    assert "order" not in nothing and nothing["curves"] == {} and "devices" not in nothing
    assert set(nothing["run"]) == {"name", "tags"}
    assert len(json.dumps(nothing)) < 1500
    RunFolder(home / "runs" / "done").write_about(title="renamed")
    changed = again(board, before)
    assert "renamed" in [each["title"] for each in changed["rows"]] and "about" not in changed["run"]
    write_run("newer", "finished", 40, created=1.76e9)
    assert again(board, changed)["order"][:2] == ["newer", "alive"]
    shutil.rmtree(home / "runs" / "odd")
    assert "odd" not in again(board, changed)["order"]


def test_a_page_of_another_start_of_the_app_is_told_everything(home: Path) -> None:
    before = first(Board(), "done", "done")
    told = again(Board(), before, at=10)
    assert told["order"] == list(STATES) and len(told["rows"]) == len(STATES) and "devices" in told
    assert told["curves"]["done"]["from"] == 0 and told["run"]["about"]["recipe"] == "pix2pix"
    assert told["run"]["log"]["follows"] is False


def test_curves_are_thinned_and_grow_by_their_ends(home: Path) -> None:
    board, run = Board(), RunFolder(home / "runs" / "alive")
    before = first(board, "", "alive")
    sent = before["curves"]["alive"]
    assert (
        sent["from"] == 0 and set(TERMS) < set(sent["table"]) and sent["table"]["images"] == list(range(20, 1201, 20))
    )
    assert sent["table"]["generator/gan"][-1] == pytest.approx(row(1200)["generator/gan"], rel=1e-4)
    run.append_metrics({**row(1220), "generator/gan": float("nan")})
    after = again(board, before)["curves"]["alive"]
    assert after["from"] == 60 and after["table"]["images"] == [1220] and after["table"]["generator/gan"] == [None]
    for seen in range(1240, 40_000, 20):
        run.append_metrics(row(seen))
    many = again(board, before)["curves"]["alive"]["table"]
    assert {len(values) for values in many.values()} == {len(many["images"])} and len(many["images"]) <= 400
    assert many["images"][-1] == 39_980


def test_curves_of_a_resumed_run_begin_again(home: Path) -> None:
    board, run = Board(), RunFolder(home / "runs" / "alive")
    before = first(board, "", "alive")
    run.rewind_metrics(400)
    for seen in range(420, 2001, 20):  # longer than it was, so that its size does not tell
        run.append_metrics({**row(seen), "generator/gan": 9.0})
    table = again(board, before, curves={"alive": ""})["curves"]["alive"]["table"]
    assert table["images"] == list(range(20, 2001, 20))
    assert table["generator/gan"][20:] == [9.0] * 80 and 9.0 not in table["generator/gan"][:20]


def test_the_log_grows_by_whole_lines(home: Path) -> None:
    board, run = Board(), RunFolder(home / "runs" / "alive")
    before = first(board, "alive")
    assert before["run"]["log"]["lines"][-1].endswith("running at 1200 images")
    with run.log_file.open("a") as file:
        file.write("one\ntwo\nhal")
    more = again(board, before)["run"]["log"]
    assert more["lines"] == ["one", "two"] and more["follows"]
    with run.log_file.open("a") as file:
        file.write("f\n" + "x" * 99 + "\n" + ("y" * 99 + "\n") * 1000)
    tail = again(board, before, at=more["at"])["run"]["log"]
    assert not tail["follows"] and set(tail["lines"]) == {"y" * 99} and len(tail["lines"]) < 300
    assert "log" not in again(board, before, at=tail["at"])["run"]
    run.log_file.unlink()
    assert "log" not in again(board, before, at=5)["run"]


def test_a_run_looked_at_closely(home: Path) -> None:
    board, run = Board(), RunFolder(home / "runs" / "alive")
    (run.path / "output.txt").write_text("Traceback: it broke\n")
    told = first(board, "alive")["run"]
    assert told["samples"] == [0, 400, 800, 1200] and told["alerts"] == [] and told["output"] == ""
    assert told["about"]["settings"]["size"] == 64 and told["about"]["model"]
    assert str(run.path) in told["about"]["command"] and "--on cpu" in told["about"]["command"]
    (home / "runs" / "dead" / "output.txt").write_text("Traceback: it broke\n")
    assert "it broke" in first(board, "dead")["run"]["output"]
    broken = first(board, "broken", "broken")
    assert broken["run"]["about"]["settings"] is None and broken["run"]["samples"] == []
    assert broken["curves"]["broken"]["table"]["images"][-1] == 400
    assert first(board, "odd")["run"]["about"]["recipe"] == "dcgan3000"


def test_alerts_are_in_the_visitors_words(home: Path) -> None:
    run = RunFolder(home / "runs" / "alive")
    run.append_metrics({**row(1220), "generator/l1": float("nan")})
    told = {each: Board().shown({"run": "alive", "language": each})["run"]["alerts"] for each in LANGUAGES}
    assert "NaN" in told["en"][0] and "generator/l1" in told["en"][0] and not told["ja"][0].isascii()


def test_states_follow_the_folder(home: Path) -> None:
    board, run = Board(), RunFolder(home / "runs" / "alive")

    def state() -> str:
        return {each["name"]: each["state"] for each in board.shown({})["rows"]}["alive"]

    assert state() == "running"
    run.ask("STOP")
    assert state() == "stopping"
    run.answered("STOP")
    run.write_status(**{**run.read_status(), "state": "stopped"})
    assert state() == "stopped"
    run.write_status(**{**run.read_status(), "state": "running", **dead()})
    assert state() == "interrupted"


def test_folders_that_vanish_or_break_while_they_are_looked_at(home: Path) -> None:
    board = Board()
    first(board, "done", "done", "alive")
    for name in ("metrics.jsonl", "status.json", "log.txt"):
        (home / "runs" / "done" / name).unlink()
    shutil.rmtree(home / "runs" / "done" / "samples")
    told = first(board, "done", "done")
    assert told["run"]["samples"] == [] and told["curves"]["done"]["table"] == {}
    shutil.rmtree(home / "runs" / "done")
    gone = first(board, "done", "done")
    assert "run" not in gone and gone["curves"] == {} and "done" not in gone["order"]
    shutil.rmtree(home / "runs")
    assert first(board)["order"] == []


def test_two_hundred_runs(home: Path) -> None:
    """The list reads no metrics, however long they are."""
    for k in range(200):
        run = RunFolder(home / "runs" / f"run-{k:03d}")
        run.create("pix2pix", {"images": 100, "size": 64})
        run.write_status(state="finished", images=100, total=100, **identity())
        run.metrics_file.write_bytes(b"\0" * 10)
    board = Board()
    told = first(board)
    assert len(told["rows"]) == 200 + len(STATES) and len(json.dumps(told)) < 120_000
    assert len(json.dumps(again(board, told))) < 1500


# --- over HTTP ------------------------------------------------------------------------------------------


def test_the_page_watches_over_http(ask: Any) -> None:
    told = ask("watch_runs", {"run": "alive", "curves": {"alive": "", "no run": ""}})
    assert told["order"] == list(STATES) and told["newest"] == {"alive": 1200} and list(told["curves"]) == ["alive"]
    assert ask("watch_runs", {"run": "../alive", "curves": [1], "clock": "x", "mark": 5, "at": -1})["rows"]


@pytest.mark.parametrize("request_", [None, [], "x", 3])
def test_no_request_breaks_the_server(ask: Any, request_: object) -> None:
    for name in FUNCTIONS:
        assert list(ask(name, request_)) == ["error"]


@pytest.mark.parametrize(
    "run", [None, 7, "", ".", "..", "../runs/alive", "/etc", "no run", ".hidden", "alive/", "\0", ["alive"]]
)
def test_runs_are_named_as_in_the_list_and_never_by_a_path(ask: Any, home: Path, run: object) -> None:
    for name in FUNCTIONS[1:-1]:
        assert ask(name, {"run": run, "images": 0, "form": "gif", "to": "csv", "sure": run}) == {
            "error": WORDS["en"]["app.runs_gone"]
        }
    told = ask("watch_runs", {"run": run, "curves": {str(run): ""}})
    assert "run" not in told and told["curves"] == {}
    assert (home / "runs" / "alive").is_dir()


def test_others_may_not_even_watch(app_url: str, home: Path) -> None:
    config = httpx.get(f"{app_url}/config").json()
    component = next(each["id"] for each in config["components"] if each["props"].get("elem_id") == "runs")
    for name in FUNCTIONS:
        data = {"run": "alive", "images": 0, "sure": "alive", "form": "gif", "to": "csv"}
        body = {"data": data, "component_id": component, "fn_name": name, "session_hash": "test"}
        for headers in ({"x-forwarded-for": "1.2.3.4"}, {"host": "evil.example"}):
            answer = httpx.post(f"{app_url}/gradio_api/component_server/", json=body, headers=headers)
            assert answer.json() == {"error": WORDS["en"]["app.owner_only"]}, name
    assert not RunFolder(home / "runs" / "alive").stop_requested


def picture(url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(url.split(",", 1)[1])))


def test_sheets_are_small_on_the_page_and_whole_in_the_download(ask: Any, home: Path) -> None:
    file = RunFolder(home / "runs" / "alive").sample_file(400)
    shown = picture(ask("sample_sheet", {"run": "alive", "images": 400, "width": 512})["picture"])
    assert shown.size == (96, 64) and shown.convert("RGB").tobytes() == Image.open(file).tobytes()
    Image.effect_noise((3000, 1500), 60).save(file)
    shown = picture(ask("sample_sheet", {"run": "alive", "images": 400, "width": 1024})["picture"])
    assert shown.size == (1024, 512) and shown.format == "WEBP"
    assert picture(ask("sample_sheet", {"run": "alive", "images": 400, "width": 99_999})["picture"]).width == 512
    saved = ask("save_sheet", {"run": "alive", "images": 400})
    assert picture(saved["png"]).size == (3000, 1500) and saved["name"] == "alive-000000400.png"
    for images in (401, "400", None, -1, [400]):
        assert list(ask("sample_sheet", {"run": "alive", "images": images})) == ["error"]
    file.write_bytes(b"<svg/>")
    assert list(ask("sample_sheet", {"run": "alive", "images": 400})) == ["error"]


@pytest.mark.parametrize("form", ["webp", "gif"])
def test_a_film_of_the_samples(ask: Any, form: str) -> None:
    made = ask("film_samples", {"run": "alive", "form": form})
    film = picture(made["film"])
    assert film.format == form.upper() and film.n_frames == 4 and made["name"] == f"alive.{form}"
    assert ask("film_samples", {"run": "broken", "form": form}) == {"error": WORDS["en"]["film.none"]}
    assert list(ask("film_samples", {"run": "alive", "form": "exe"})) == ["error"]


def test_a_living_run_can_be_asked_and_not_deleted(ask: Any, home: Path) -> None:
    run = RunFolder(home / "runs" / "alive")
    for name, wish in (("save_run", "SAVE"), ("sample_run", "SAMPLE"), ("stop_run", "STOP")):
        assert ask(name, {"run": "alive"}) == {} and run.asked(wish)
    assert ask("stop_run", {"run": "alive"}) == {}  # twice is once
    for name in ("resume_run", "delete_run"):
        assert list(ask(name, {"run": "alive", "device": "cpu", "sure": "alive"})) == ["error"]
    assert run.exists


def test_an_ended_run_can_be_resumed_and_deleted(ask: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(local, "start", lambda run, device: started.append((run.path.name, device)))
    assert ask("resume_run", {"run": "dead", "device": "gpu3"}) == ask("resume_run", {"run": "odd"}) == {}
    assert started == [("dead", "gpu3"), ("odd", "cpu")]
    for name in ("save_run", "sample_run"):
        assert list(ask(name, {"run": "dead"})) == ["error"]
    assert ask("stop_run", {"run": "dead"}) == {}
    for sure in (None, True, "alive"):
        assert list(ask("delete_run", {"run": "dead", "sure": sure})) == ["error"]
    assert (home / "runs" / "dead").is_dir()
    assert ask("delete_run", {"run": "dead", "sure": "dead"}) == {} and not (home / "runs" / "dead").exists()
    assert "dead" not in ask("watch_runs", {})["order"]
    assert ask("delete_run", {"run": "broken", "sure": "broken"}) == {} and not (home / "runs" / "broken").exists()


# --- exports --------------------------------------------------------------------------------------------


def test_curves_as_csv(ask: Any, home: Path) -> None:
    told = ask("export_run", {"run": "alive", "to": "csv"})
    head, *lines = told["csv"].splitlines()
    assert told["name"] == "alive.csv" and head.split(",")[0] == "images" and set(TERMS) < set(head.split(","))
    assert len(lines) == 60 and lines[-1].startswith("1200,")
    (home / "runs" / "odd" / "metrics.jsonl").unlink()
    (home / "runs" / "odd" / "curves.json").unlink(missing_ok=True)
    assert "error" in ask("export_run", {"run": "odd", "to": "csv"})
    for to in ("pickle", None, ["csv"], "__class__"):
        assert list(ask("export_run", {"run": "alive", "to": to})) == ["error"]


@pytest.mark.parametrize("program", list(export.EXPORTERS))
def test_a_missing_program_is_named_with_its_command(ask: Any, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    names = {program, *(name for name in sys.modules if name.split(".")[0] == program)}
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)
    told = ask("export_run", {"run": "alive", "to": program})
    assert f"pip install {program}" in told["error"]


def test_tensorboard_gets_curves_and_samples(home: Path) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = RunFolder(home / "runs" / "alive")
    run.append_metrics({**row(1220), "generator/l1": float("nan")})
    for _ in range(2):  # a second export takes the first one's place
        told = export.tensorboard(run)
    found = EventAccumulator(str(run.path / "tensorboard"))
    found.Reload()
    points = found.Scalars("generator/l1")
    assert [each.step for each in points] == list(range(20, 1201, 20)) and points[0].wall_time == 1.7e9 + 20
    assert points[-1].value == pytest.approx(row(1200)["generator/l1"])
    assert [each.step for each in found.Images("samples")] == [0, 400, 800, 1200]
    assert told.details["folder"] == run.path / "tensorboard"


def test_trackio_gets_the_curves(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trackio = pytest.importorskip("trackio")
    from trackio.sqlite_storage import SQLiteStorage

    monkeypatch.setattr(export, "PROJECT", f"ganstudio-test-{time.time_ns()}")
    monkeypatch.setattr(export, "CHUNK", 7)
    run = RunFolder(home / "runs" / "alive")
    for _ in range(2):
        export.trackio(run)
    logs = SQLiteStorage.get_logs(export.PROJECT, "alive")
    trackio.delete_project(export.PROJECT, force=True)
    assert [each["step"] for each in logs] == list(range(20, 1201, 20))
    assert logs[-1]["generator/l1"] == pytest.approx(row(1200)["generator/l1"])


# --- words ----------------------------------------------------------------------------------------------


def test_every_curve_of_every_recipe_has_a_word() -> None:
    import torch

    found = {"rate", "images_per_second"}

    def update(player: str, **terms: object) -> None:
        found.update((player, *terms))

    for name, recipe in RECIPES.items():
        known = {each.name: each for each in fields(recipe.config)}
        weights = [each for each in known if each.endswith("_weight")]  # with all of them there is every term
        for output in known["output"].metadata["choices"] if "output" in known else ("",):
            chosen = {"output": output} if output else {}
            config = tiny_config(name, **chosen, **dict.fromkeys(weights, 1.0))
            pictures = torch.rand(2, 3, config.size, config.size)
            second = torch.arange(2) if recipe.data == "labelled" else pictures.flip(0)
            recipe.step(recipe.build(config), Batch(pictures, second), update, config)
    assert found == {key.split(".", 2)[2] for key in WORDS["en"] if key.startswith("app.curve.")}


# --- runs on rented machines ----------------------------------------------------------------------------


def rent(name: str, state: str, **job: Any) -> RunFolder:
    run = RunFolder(places.runs() / name)
    told = {"flavor": "t4-small", "price": 0.4, "most": 0.8, "timeout": 7200, "created": time.time() - 3600}
    run.write_job(state=state, id="1", label="x", url="https://huggingface.co/jobs/1", **{**told, **job})
    run.write_status(state=state, images=10, total=4000, message="")
    return run


def test_a_job_is_asked_after_now_and_then_and_its_trouble_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rent("done", "running")
    asked: list[object] = []

    def refresh(run: RunFolder, token: str | None) -> None:
        asked.append((run.path.name, token))
        raise Refused("model.hub_unreachable", source="someone/done")

    monkeypatch.setattr(jobs, "refresh", refresh)
    board = Board()
    before = board.shown({"run": "done"}, "secret")
    rows = {each["name"]: each for each in before["rows"]}
    assert rows["done"]["remote"] and rows["done"]["device"] == "t4-small" and rows["done"]["memory"] is None
    assert before["run"]["about"]["job"]["url"].startswith("https://") and "id" not in before["run"]["about"]["job"]
    for _ in range(50):
        if told := board.shown({"run": "done"})["run"]["alerts"]:
            break
        time.sleep(0.1)
    assert "someone/done" in told[0] and asked == [("done", "secret")]


def test_jobs_are_cancelled_resumed_here_and_kept_while_they_cost(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    monkeypatch.setattr(jobs, "cancel", lambda run, token: done.append(("cancel", run.path.name, token)))
    run = rent("dead", "scheduling")
    control.stop(run, "secret")
    for work in (control.delete, lambda run: control.resume(run, "cpu")):
        with pytest.raises(Refused):
            work(run)
    assert run.read_job()["state"] == "scheduling"
    run = rent("dead", "stopped")
    with pytest.raises(Refused):
        control.resume(run, "gpu77")
    assert run.read_job()["state"] == "stopped"  # its job is not forgotten for a start that did not come about
    monkeypatch.setattr(local, "start", lambda run, device: done.append(("start", device, run.read_job())))
    control.resume(run, "cpu")
    assert done == [("cancel", "dead", "secret"), ("start", "cpu", {})]


def test_jobs_are_recovered(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    person = hub_remote.Person("me", ("team",), True)
    monkeypatch.setattr(hub_remote, "whoami", lambda token: person)
    monkeypatch.setattr(jobs, "recover", lambda name, token: [name] if name == "team" else [])
    assert ask("recover_jobs", {}) == {"found": 1}
