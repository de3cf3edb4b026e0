"""Which process a run belongs to."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from ganstudio.runs.process import alive, identity


def test_this_process_lives() -> None:
    assert alive(identity()) and identity()["pid"] == os.getpid()


def test_a_process_that_ended_does_not_live() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    told = identity(process.pid)
    assert alive(told)
    process.communicate(b"\n")
    assert not alive(told)


@pytest.mark.skipif(sys.platform != "linux", reason="only there a process that nobody waited for is seen")
def test_a_zombie_does_not_live() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    told = identity(process.pid)
    assert process.stdin is not None
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # ended, and still listed
    assert not alive(told)
    process.wait()


def test_a_number_that_another_process_has_now_is_a_stranger() -> None:
    told = identity()
    assert not alive({**told, "boot": "another-boot:1", "started": told["started"] - 50})
    assert not alive({"pid": told["pid"], "started": told["started"] - 50})


def test_a_clock_that_jumps_a_day_changes_nothing() -> None:
    told = identity()
    if told["boot"]:
        assert alive({**told, "started": told["started"] - 86_400})


@pytest.mark.parametrize("nobody", [{}, {"pid": None}, {"pid": "12"}, {"pid": True}, {"pid": -1}, {"pid": 2**30}])
def test_what_is_no_process(nobody: dict[str, Any]) -> None:
    assert not alive({"started": 0.0, **nobody})
