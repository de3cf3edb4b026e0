"""Generators as ONNX: equal to PyTorch, or refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from core_fixtures import publish_tiny

from ganstudio.commands import main
from ganstudio.models import hub
from ganstudio.models import onnx as export
from ganstudio.words import Refused


def test_without_the_packages_it_says_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_tiny(tmp_path / "model")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(Refused) as refused:
        export.export(tmp_path / "model", tmp_path / "out")
    assert refused.value.key == "onnx.not_installed" and "pip install" in str(refused.value)
    assert not (tmp_path / "out").exists()


@pytest.fixture
def runtime() -> None:
    for package in ("onnx", "onnxruntime", "onnxscript"):
        pytest.importorskip(package)


@pytest.mark.parametrize("recipe", ["pix2pix", "cyclegan", "recolour", "ugatit"])
def test_every_generator_is_equal(runtime: None, tmp_path: Path, recipe: str) -> None:
    import onnxruntime

    publish_tiny(tmp_path / "model", recipe=recipe, size=32)
    made = export.export(tmp_path / "model", tmp_path / "out")
    networks = hub.load_networks(tmp_path / "model")[0]
    assert made and all(each.difference <= export.LIMIT and each.file.is_file() for each in made)
    for each in made:
        session = onnxruntime.InferenceSession(str(each.file), providers=["CPUExecutionProvider"])
        names = [one.name for one in session.get_inputs()]
        assert names[0] == "picture" and session.get_outputs()[0].name == "result"
        inputs = export._inputs(networks[each.network], 1, 48 if each.any_size else 32, 32)
        given = dict(zip(names, (one.numpy() for one in inputs), strict=True))
        with torch.inference_mode():
            expected = networks[each.network](*inputs)
        assert (torch.from_numpy(session.run(None, given)[0]) - expected).abs().max() < export.LIMIT
    assert {each.name for each in (tmp_path / "out").iterdir()} == {each.file.name for each in made}


def test_one_network_alone_and_what_is_no_generator(runtime: None, tmp_path: Path) -> None:
    publish_tiny(tmp_path / "model", recipe="cyclegan", size=32)
    assert [each.network for each in export.export(tmp_path / "model", tmp_path / "a", "b_to_a")] == ["b_to_a"]
    with pytest.raises(Refused) as refused:
        export.export(tmp_path / "model", tmp_path / "a", "critic_a")
    assert refused.value.key == "onnx.network" and "a_to_b" in str(refused.value)
    publish_tiny(tmp_path / "types", recipe="classifier", size=32, domains="fire,water")
    with pytest.raises(Refused) as refused:
        export.export(tmp_path / "types", tmp_path / "a")
    assert refused.value.key == "engine.no_translation"


def test_a_difference_is_refused_and_leaves_nothing(
    runtime: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_tiny(tmp_path / "model")
    monkeypatch.setattr(export, "LIMIT", -1.0)
    with pytest.raises(Refused) as refused:
        export.export(tmp_path / "model", tmp_path / "out")
    assert refused.value.key == "onnx.differs" and list((tmp_path / "out").iterdir()) == []


def test_from_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    publish_tiny(tmp_path / "model")
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert main(["export", str(tmp_path / "model"), "--out", str(tmp_path / "out")]) == 1
    assert "pip install onnx" in capsys.readouterr().err
