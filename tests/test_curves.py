"""Loss curves, thinned as they come."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ganstudio.runs import curves as module
from ganstudio.runs.curves import Curves, curves
from ganstudio.runs.folder import RunFolder


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.create("pix2pix", {})
    return folder


def report(run: RunFolder, first: int, last: int) -> None:
    for k in range(first, last + 1):
        run.append_metrics({"images": 10 * k, "time": 0.0, "g/l1": float(k)})


def test_no_lines_no_curves(run: RunFolder) -> None:
    assert curves(run) == {} and Curves(run).csv() == ""


def test_few_lines_are_shown_as_they_are(run: RunFolder) -> None:
    report(run, 1, 3)
    assert curves(run) == {"images": [10, 20, 30], "g/l1": [1, 2, 3]}
    assert Curves(run).table() == {}  # nothing taken in yet


def test_many_lines_become_means(run: RunFolder) -> None:
    report(run, 1, 10)
    assert curves(run, 5) == {"images": [20, 40, 60, 80, 100], "g/l1": [1.5, 3.5, 5.5, 7.5, 9.5]}


def test_values_that_are_no_numbers(run: RunFolder) -> None:
    run.append_metrics({"images": 1, "g/l1": float("nan"), "d/real": 1.0})
    run.append_metrics({"images": 2, "g/l1": 4.0})
    assert curves(run) == {"images": [1, 2], "g/l1": [None, 4.0], "d/real": [1.0, None]}
    assert curves(run, 1) == {"images": [2], "g/l1": [4.0], "d/real": [1.0]}


def test_torn_and_strange_lines_are_passed_over(run: RunFolder) -> None:
    report(run, 1, 1)
    with run.metrics_file.open("a") as file:
        file.write('{"images": 20, "g/l\n[1]\n{"images": "x"}\n{"g/l1": 1}\n')
    report(run, 3, 3)
    with run.metrics_file.open("a") as file:
        file.write('{"images": 40, "g/l1": 4}')  # being written: no end yet
    assert curves(run)["images"] == [10, 30]


def test_a_million_lines_would_keep_the_same_room(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", 8)
    found = Curves(run)
    for k in range(1, 101):
        report(run, k, k)
        found.update()
    assert len(found.rows) <= 8 and found.every == 16
    table = found.table()
    assert table["images"][-1] == 1000 and table["g/l1"][0] == pytest.approx(8.5)
    assert sum(row["images"][1] for row in found.rows) == 100


def test_a_reader_goes_on_from_what_was_kept(run: RunFolder) -> None:
    report(run, 1, 4)
    written = Curves(run)
    assert written.update() and not written.update()
    written.save()
    size = run.metrics_file.stat().st_size
    with run.metrics_file.open("r+b") as file:  # what is kept is not read again
        file.write(b"#" * (size - 1))
    report(run, 5, 5)
    assert curves(run) == {"images": [10, 20, 30, 40, 50], "g/l1": [1, 2, 3, 4, 5]}


def test_a_resumed_run_rewinds_its_curves(run: RunFolder) -> None:
    report(run, 1, 6)
    found = Curves(run)
    found.update()
    found.save()
    run.rewind_metrics(30)
    assert curves(run)["images"] == [10, 20, 30]
    found.update()  # a reader that had them in memory
    assert found.table()["images"] == [10, 20, 30]


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"format": 1, "rows": 3, "offset": 0, "every": 1}', '{"format": 9}'])
def test_kept_rows_that_cannot_be_used(run: RunFolder, kept: str) -> None:
    report(run, 1, 2)
    run.curves_file.write_text(kept)
    assert curves(run)["images"] == [10, 20]


def test_kept_rows_of_more_lines_than_there_are(run: RunFolder) -> None:
    report(run, 1, 2)
    run.curves_file.write_text(json.dumps({"format": 1, "offset": 10**6, "every": 1, "rows": []}))
    assert curves(run)["images"] == [10, 20]


def test_losses_for_a_published_model(run: RunFolder) -> None:
    run.append_metrics({"images": 1, "rate": 1e-3, "g/l1": float("nan")})
    run.append_metrics({"images": 2, "rate": 1e-3, "g/l1": 1.0, "d/real": 0.123456789})
    found = Curves(run)
    found.update()
    assert found.csv() == "images,d/real,g/l1\n1,,\n2,0.12346,1\n"
    assert found.csv(1) == "images,d/real,g/l1\n2,0.12346,1\n"
