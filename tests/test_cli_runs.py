"""The verb runs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from PIL import Image
from test_runs_tab import STATES, TERMS, row, write_runs

from ganstudio.commands import main
from ganstudio.commands import runs as cli_runs
from ganstudio.runs import export, local
from ganstudio.runs.folder import RunFolder

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path))
    write_runs()
    yield tmp_path / "runs"


def test_the_list(home: Path, capsys: Capture) -> None:
    assert main(["runs", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["RUN", *STATES]
    assert "running" in lines[1] and "1200/4000" in lines[1] and "2 min" in lines[1] and "Faces of 東京" in lines[1]
    assert main(["runs", "list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {each["name"]: each["state"] for each in told} == STATES


def test_no_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path))
    assert main(["runs", "list"]) == 0
    assert main(["runs", "show", "any"]) == 1
    assert "no run any" in capsys.readouterr().err


def test_one_run_by_its_name_and_by_its_folder(home: Path, capsys: Capture) -> None:
    RunFolder(home / "alive").append_metrics({**row(1220), "generator/l1": float("nan")})
    for name in ("alive", str(home / "alive")):
        assert main(["runs", "show", name, "--log", "1"]) == 0
        out = capsys.readouterr().out
        assert "Faces of 東京: running" in out and "generator/gan: " in out and "NaN" in out
        assert out.count("  | ") == 1 and "running at 1200 images" in out
    assert main(["runs", "show", "alive", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["state"] == "running" and set(TERMS) < set(told["last"]) and len(told["alerts"]) == 1
    for name in ("broken", "odd", "dead"):
        assert main(["runs", "show", name]) == 0
    assert "interrupted" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["../alive", "no run", "", "x" * 5000, "a\0b", "-rf"])
def test_what_is_no_run_is_refused(home: Path, capsys: Capture, name: str) -> None:
    for verb in ("show", "stop", "save", "sample", "resume", "delete", "compare", "export"):
        assert main(["runs", verb, "--", name]) == 1
    assert "alive" in capsys.readouterr().err or len(name) > 255 or "\0" in name
    assert all((home / each).is_dir() for each in STATES)


def test_wishes(home: Path) -> None:
    run = RunFolder(home / "alive")
    for verb, wish in (("save", "SAVE"), ("sample", "SAMPLE"), ("stop", "STOP")):
        assert main(["runs", verb, "alive"]) == 0 and run.asked(wish)
    assert main(["runs", "stop", "dead", "done", "--wait"]) == 0  # they do not live: there is nothing to wait for
    assert main(["runs", "save", "dead"]) == 1
    assert main(["runs", "stop", "dead", "misspelt"]) == 1


def test_resume(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(local, "start", lambda run, device: started.append((run.path.name, device)))
    assert main(["runs", "resume", "dead"]) == main(["runs", "resume", "odd", "--on", "gpu1"]) == 0
    assert started == [("dead", "cpu"), ("odd", "gpu1")]


def test_deleting_is_asked_twice(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    assert main(["runs", "delete", "dead"]) == 1 and "--yes" in capsys.readouterr().err
    monkeypatch.setattr(cli_runs.sys.stdin, "isatty", lambda: True, raising=False)
    for answers, left in ((["n"], True), (["y", ""], True), (["y", "yes"], False)):
        monkeypatch.setattr("builtins.input", Mock(side_effect=answers))
        main(["runs", "delete", "dead"])
        assert (home / "dead").is_dir() is left
    assert main(["runs", "delete", "odd", "--yes"]) == 0 and not (home / "odd").exists()
    assert main(["runs", "delete", "alive", "--yes"]) == 1 and (home / "alive").is_dir()


def test_film(home: Path, tmp_path: Path) -> None:
    for name in ("a.webp", "b.GIF"):
        assert main(["runs", "film", "alive", "--out", str(tmp_path / name)]) == 0
        assert Image.open(tmp_path / name).n_frames == 4
    for bad in ("c.mp4", "d", "absent/e.gif"):
        assert main(["runs", "film", "alive", "--out", str(tmp_path / bad)]) == 1
    assert main(["runs", "film", "broken", "--out", str(tmp_path / "f.gif")]) == 1


def test_compare(home: Path, capsys: Capture) -> None:
    assert main(["runs", "compare", "alive", "done"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["alive", "done"] and lines[1].split() == ["images", "1200", "4000"]
    values = {line.split()[0]: line.split()[1:] for line in lines[1:]}
    assert float(values["generator/l1"][0]) > float(values["generator/l1"][1])
    assert main(["runs", "compare", "alive", "done", "--term", "generator/l1"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {each["run"] for each in rows} == {"alive", "done"} and len(rows) == 60 + 200
    assert float(rows[0]["value"]) == pytest.approx(row(20)["generator/l1"])
    assert main(["runs", "compare", "alive", "--term", "nothing"]) == 1
    assert "generator/l1" in capsys.readouterr().err


def test_export(home: Path, capsys: Capture) -> None:
    assert main(["runs", "export", "alive"]) == 0
    assert capsys.readouterr().out == export.csv(RunFolder(home / "alive"))
