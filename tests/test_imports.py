"""Keeps the arrows of the import graph: who may know whom, and who may import what is heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (*sorted((ROOT / "ganstudio").rglob("*.py")), ROOT / "app.py")
}

# Each part of the studio, and the parts it may import; parts of one row may import each other, without cycles.
LAYERS = (
    ("words", "typenames", "lfs", "heic", "console"),
    ("config", "images", "files", "runs", "places", "remote"),
    ("networks", "losses", "data", "analysis"),
    ("recipes",),
    ("models",),
    ("training", "evaluation"),
    ("bench",),
    ("ui", "commands"),
    ("__main__", "app"),
)
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}


def imports(path: Path) -> set[str]:
    """Every module named in any import statement of the file, those inside functions and for types included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            for alias in node.names:  # `from package import module` names the module
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in FILES else node.module)
    return found


GRAPH = {name: {found for found in imports(path) if found in FILES} for name, path in FILES.items()}


def part(name: str) -> str:
    """`ganstudio.ui.page` belongs to `ui`; the package's own module, which everyone may import, to ""."""
    return name.split(".")[1] if name.startswith("ganstudio.") else name.replace("ganstudio", "")


@pytest.mark.parametrize("name", FILES)
def test_arrows(name: str) -> None:
    own = part(name)
    if own == "":
        assert {part(found) for found in GRAPH[name]} <= {"models"}  # the one name it offers, loaded on demand
        return
    assert own in LEVEL, f"{own} is new: give it a place in LAYERS"
    for found in GRAPH[name]:
        other = part(found)
        assert other == "" or LEVEL[other] <= LEVEL[own], f"{name} imports {found}"


def test_no_cycles() -> None:
    """A package's __init__ that gathers its modules is no cycle; modules that need each other are."""
    graph = {name: found - {name} for name, found in GRAPH.items()}
    try:
        TopologicalSorter({n: f for n, f in graph.items() if n != "ganstudio"} | {"ganstudio": set()}).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("name", FILES)
def test_only_the_browser_part_knows_gradio(name: str) -> None:
    heavy = {found.split(".")[0] for found in imports(FILES[name])}
    if part(name) not in ("ui", "app"):
        assert not heavy & {"gradio", "gradio_client", "starlette", "fastapi", "anyio"}


@pytest.mark.parametrize("name", [name for name in FILES if part(name) == "ui" or name == "app"])
def test_the_browser_part_never_reaches_the_trainer(name: str) -> None:
    """Training is a process of its own, so that it outlives the app."""
    reached, ahead = set(), [name]
    while ahead:
        found = ahead.pop()
        if found not in reached:
            reached.add(found)
            ahead += GRAPH[found]
    assert not any(name.startswith("ganstudio.training") for name in reached)


def test_no_tab_knows_another() -> None:
    for name in FILES:
        own = name.split(".")[:4]
        if own[:3] == ["ganstudio", "ui", "tabs"] and len(own) > 3:
            for found in GRAPH[name]:
                assert not found.startswith("ganstudio.ui.tabs") or found.split(".")[:4] == own, f"{name}: {found}"


def test_runs_are_read_without_torch() -> None:
    known = {"runs", "words", "config", "places", "files", "remote", ""}
    assert {part(found) for name in GRAPH if part(name) == "runs" for found in GRAPH[name]} <= known
    for name, path in FILES.items():
        if part(name) in ("words", "config", "runs", "places", "remote"):
            assert not {found.split(".")[0] for found in imports(path)} & {"torch", "numpy", "PIL", "cv2"}


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_unpickled_evaluated_or_run_in_a_shell(name: str) -> None:
    tree = ast.parse(FILES[name].read_text(encoding="utf-8"))
    assert not imports(FILES[name]) & {"pickle", "marshal", "shelve", "dill", "importlib"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called == "torch.load" and name in ("ganstudio.models.peers", "ganstudio.networks.pretrained"):
                # The weights of others: PyTorch's own reader of tensors alone.
                assert any(k.arg == "weights_only" and ast.unparse(k.value) == "True" for k in node.keywords)
                continue
            assert called not in ("eval", "exec", "torch.load", "os.system", "__import__"), called
            assert not any(k.arg == "shell" for k in node.keywords), called
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{name}:{node.lineno} catches everything"


@pytest.mark.parametrize("module", ["ganstudio", "ganstudio.commands", "ganstudio.words", "ganstudio.runs.folder"])
def test_the_command_line_starts_without_heavy_libraries(module: str) -> None:
    code = f"import sys, {module}; sys.exit(', '.join({{'torch', 'gradio', 'cv2', 'PIL'}} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
