"""The page's modules: those that compute, by node's own test runner; and that each import leads somewhere."""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ganstudio.ui import page

NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="no node: tests/install.sh node")
@pytest.mark.parametrize("file", sorted(Path(__file__).parent.glob("modules/*.mjs")), ids=lambda file: file.name)
def test_by_node(file: Path) -> None:
    done = subprocess.run([str(NODE), "--test", str(file)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", sorted(page.MODULES))
def test_every_import_leads_to_a_module(name: str) -> None:
    text = page.MODULES[name].decode()
    for path in re.findall(r'^(?:import|export) [^;]*?from "([^"]+)";', text, re.MULTILINE):
        found = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
        assert found in page.MODULES, f"{name} imports {path}"
        own, other = name.split("/")[:2], found.split("/")[:2]
        assert other[0] == "page" or other == own, f"{name} imports another tab's {path}"
