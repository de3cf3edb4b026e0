"""What commands print where a console or pipe does not take all of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(code: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[bytes]:
    script = f"from ganstudio import console\nconsole.prepare()\n{code}"
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, timeout=120)


@pytest.mark.parametrize("encoding", ["cp1252", "cp932", "ascii", "utf-8"])
def test_every_name_is_printed_in_any_code_page(encoding: str) -> None:
    names = ["みず", "é", "물", "😀", "\udcff"]
    done = run(
        f"import json, sys\nprint(json.dumps({names!r}, ensure_ascii=False))\nprint('물', file=sys.stderr)", encoding
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.decode(encoding)) == names  # escapes are JSON's own


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = (
        "import sys\nfrom ganstudio import commands\nfrom ganstudio.commands import data\n"
        "def endless(options):\n    while True:\n        print('x' * 1000)\n"
        "data.run_list = endless\nsys.exit(commands.main(['data', 'list']))"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert started.stdout is not None and started.stderr is not None
    assert started.stdout.readline().startswith(b"x")
    started.stdout.close()
    assert started.stderr.read() == b"" and started.wait(120) == 141


def test_work_goes_on_unheard() -> None:
    read, write = os.pipe()
    os.close(read)
    code = "for k in range(3): console.tell('x')\nprint('done', file=sys.stderr)"
    script = f"import sys\nfrom ganstudio import console\n{code}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, stdout=write, stderr=-1, timeout=120)
    os.close(write)
    assert done.returncode == 0 and done.stderr == b"done\n"
