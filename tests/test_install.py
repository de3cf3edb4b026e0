"""The program as a wheel, installed elsewhere, used from another folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What pip puts into an environment, in a folder of its own, so that nothing of the checkout can be in the way."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


def run(installed: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "GANSTUDIO_HOME")}
    return subprocess.run(
        [sys.executable, "-m", "ganstudio", *arguments],
        cwd=home,
        env={**kept, "PYTHONPATH": str(installed), "HOME": str(home), "USERPROFILE": str(home)},
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_all_that_the_app_needs_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        metadata = packed.read(next(name for name in names if name.endswith("METADATA"))).decode()
        scripts = packed.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / "ganstudio").rglob("*") if path.is_file()}
    assert {name for name in here if "__pycache__" not in name} <= names
    models = {path.parent.name for path in (ROOT / "checkpoints").glob("*/config.json")}
    assert {f"ganstudio/checkpoints/{name}/config.json" for name in models} <= names
    assert "ganstudio = ganstudio.commands:main" in scripts and "Requires-Dist: torch" in metadata


def test_a_shipped_model_works_from_an_installed_copy(installed: Path, tmp_path: Path) -> None:
    Image.new("RGB", (40, 40), "white").save(tmp_path / "sheet.png")
    done = run(installed, tmp_path, "translate", "--model", "ball", "--to", "master", "sheet.png", "--out", "results")
    known = run(installed, tmp_path, "translate", "--model", "none-of-these", "sheet.png", "--out", "results")
    assert done.returncode == 0 and (tmp_path / "results" / "sheet.png").is_file(), done.stderr
    assert known.returncode == 1 and "sketch2face" in known.stderr
    assert not (tmp_path / "ganstudio").exists()  # nothing is put into a home that nobody asked for


def test_what_one_makes_goes_into_ones_home(installed: Path, tmp_path: Path) -> None:
    code = "from ganstudio import places; print(places.models(), places.SHIPPED, sep='|')"
    kept = {**os.environ, "PYTHONPATH": str(installed), "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    kept.pop("GANSTUDIO_HOME", None)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=kept, capture_output=True, text=True)
    own, shipped = done.stdout.strip().split("|")
    assert Path(own) == tmp_path / "ganstudio" / "checkpoints"
    assert Path(shipped) == installed / "ganstudio" / "checkpoints"


def test_one_list_of_requirements() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    listed = [line.partition("#")[0].strip() for line in lines if line.partition("#")[0].strip()]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dependencies"] == listed
