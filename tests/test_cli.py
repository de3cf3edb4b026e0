"""The command line: what each verb gives, and one sentence for whatever cannot be done."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from core_fixtures import make_data, publish_tiny, tiny_settings
from PIL import Image

import ganstudio
from ganstudio import images
from ganstudio.bench import app as bench_app
from ganstudio.bench import speed as bench
from ganstudio.bench import visitors as bench_visitors
from ganstudio.commands import VERBS, main
from ganstudio.commands.train import CHANGEABLE
from ganstudio.config import fields
from ganstudio.data import demo
from ganstudio.data.sketch import STYLES
from ganstudio.networks.resnet import ResNet
from ganstudio.networks.unet import UNet
from ganstudio.recipes import RECIPES
from ganstudio.runs.folder import RunFolder

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("models") / "tiny"
    publish_tiny(folder, size=32, depth=5)
    return str(folder)


@pytest.fixture
def drawings(tmp_path: Path) -> list[str]:
    """Two pictures, of 48 x 48 and of 30 x 50 pixels."""
    (tmp_path / "in").mkdir()
    pictures = [drawing for drawing, _ in demo.faces(2, 48, 0)]
    pictures[0].save(tmp_path / "in" / "one.png")
    pictures[1].resize((30, 50)).save(tmp_path / "in" / "two.jpg")
    return [str(tmp_path / "in" / name) for name in ("one.png", "two.jpg")]


def refused(arguments: list[str], capsys: Captured, *words: str) -> None:
    """The command ends with 1 and says one sentence, with these words in it, and at most how many results
    there are all the same."""
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert said.err.startswith("ganstudio: ") and said.err.count("\n") == 1 and "Traceback" not in said.err
    assert said.out == "" or (said.out.startswith("Results in ") and said.out.count("\n") == 1)
    for word in words:
        assert word in said.err


def misused(arguments: list[str], capsys: Captured, *words: str) -> None:
    """The command line itself is wrong: status 2 and a few lines."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") <= 9 and said.splitlines()[-1].startswith("ganstudio")
    for word in words:
        assert word in said


# --- translate --------------------------------------------------------------------------------------------


def test_translate(model: str, drawings: list[str], tmp_path: Path, capsys: Captured) -> None:
    out = tmp_path / "deep" / "out"
    assert main(["translate", "--model", model, *drawings, "--out", str(out)]) == 0
    assert sorted(p.name for p in out.iterdir()) == ["one.png", "two.png"]
    assert [Image.open(out / name).size for name in ("one.png", "two.png")] == [(48, 48), (30, 50)]
    expected = ganstudio.load(model).translate(drawings[0])
    assert images.decode(out / "one.png").tobytes() == expected.tobytes()  # the same engine as Python's
    assert images.read_settings((out / "one.png").read_bytes()) == {"model": "tiny", "seed": None}
    assert capsys.readouterr().out == f"Results in {out}: 2.\n"


def test_translate_with_seed_and_variations(model: str, drawings: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    picture = drawings[0]
    assert main(["translate", "--model", model, picture, "--out", str(out), "--seed", "5"]) == 0
    assert main(["translate", "--model", model, picture, "--out", str(out), "--seed", "5", "--variations", "3"]) == 0
    assert sorted(p.name for p in out.iterdir()) == ["one-5.png", "one-6.png", "one-7.png", "one.png"]
    loaded = ganstudio.load(model)
    for seed in (5, 6, 7):
        found = images.decode(out / f"one-{seed}.png").tobytes()
        assert found == loaded.translate(picture, seed=seed).tobytes()
        assert images.read_settings((out / f"one-{seed}.png").read_bytes()) == {"model": "tiny", "seed": seed}
    assert images.decode(out / "one.png").tobytes() == images.decode(out / "one-5.png").tobytes()


def test_one_bad_picture_does_not_cost_the_others(
    model: str, drawings: list[str], tmp_path: Path, capsys: Captured
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"this is text")
    refused(["translate", "--model", model, str(bad), *drawings, "--out", str(tmp_path / "out")], capsys, "bad.png")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["one.png", "two.png"]


def test_translate_refuses(model: str, drawings: list[str], tmp_path: Path, capsys: Captured) -> None:
    out = ["--out", str(tmp_path / "out")]
    refused(["translate", "--model", "no-such-model", drawings[0], *out], capsys, "no-such-model", "Known names")
    refused(["translate", "--model", "x" * 300, drawings[0], *out], capsys, "Known names")
    refused(["translate", "--model", str(tmp_path), drawings[0], *out], capsys, "config.json")
    refused(["translate", "--model", model, str(tmp_path / "absent.png"), *out], capsys, "absent.png")
    refused(["translate", "--model", model, drawings[0], "--out", drawings[1]], capsys, "--out")
    refused(["translate", "--model", model, drawings[0], "--out", drawings[1] + "/x"], capsys, "--out")


def test_results_never_replace_what_they_came_from(
    model: str, drawings: list[str], tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Path(drawings[0]).read_bytes()
    monkeypatch.chdir(tmp_path / "in")
    refused(["translate", "--model", model, "one.png", "--out", "."], capsys, "one.png", "--out")
    refused(["sketch", drawings[0], "--out", str(tmp_path / "in")], capsys, "one.png", "--out")
    assert Path(drawings[0]).read_bytes() == before
    (tmp_path / "other").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "other" / "one.webp")
    both = [drawings[0], str(tmp_path / "other" / "one.webp")]
    refused(["translate", "--model", model, *both, "--out", str(tmp_path / "out")], capsys, "one.webp")


@pytest.mark.parametrize("seed", ["-1", "many", "1.5", str(2**31), ""])
def test_seeds_that_are_none(model: str, drawings: list[str], capsys: Captured, seed: str) -> None:
    misused(["translate", "--model", model, drawings[0], "--out", "x", f"--seed={seed}"], capsys, "--seed", "whole")


# --- sketch -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", STYLES)
def test_sketch(tmp_path: Path, style: str) -> None:
    photo = next(iter(demo.faces(1, 64, 0)))[1].resize((64, 80))
    photo.save(tmp_path / "photo.jpg")
    arguments = ["sketch", str(tmp_path / "photo.jpg"), "--out", str(tmp_path / "out"), "--style", style]
    assert main(arguments) == 0
    drawing = images.decode(tmp_path / "out" / "photo.png")
    assert drawing.size == (64, 80)
    first = drawing.tobytes()
    assert main(arguments) == 0
    assert images.decode(tmp_path / "out" / "photo.png").tobytes() == first


def test_sketch_refuses(tmp_path: Path, drawings: list[str], capsys: Captured) -> None:
    out = ["--out", str(tmp_path / "out")]
    refused(["sketch", drawings[0], *out, "--style", "cubist"], capsys, "cubist", *STYLES)
    refused(["sketch", str(tmp_path / "absent.jpg"), *out], capsys, "absent.jpg")


# --- demo -------------------------------------------------------------------------------------------------


def test_demo(tmp_path: Path, capsys: Captured) -> None:
    assert main(["demo", "--out", str(tmp_path / "deep" / "data"), "--count", "2", "--size", "32", "--seed", "4"]) == 0
    for side, place in (("source", 0), ("target", 1)):
        for index, pair in enumerate(demo.faces(2, 32, 4)):
            file = tmp_path / "deep" / "data" / side / f"{index:04d}.png"
            assert images.decode(file).tobytes() == pair[place].tobytes()
    refused(["demo", "--out", str(tmp_path / "x"), "--size", "8"], capsys, "--size", "16", "1024")
    (tmp_path / "file").write_text("")
    refused(["demo", "--out", str(tmp_path / "file")], capsys, "--out")


# --- train ------------------------------------------------------------------------------------------------


def flags(**settings: object) -> list[str]:
    return [part for k, v in settings.items() for part in (f"--{k.replace('_', '-')}", str(v))]


def test_train_then_resume_then_use(tmp_path: Path, capsys: Captured) -> None:
    """The promises that other tools call: knobs, files, and a model that Python loads."""
    data, folder = make_data(tmp_path / "data"), tmp_path / "runs" / "first"
    settings = tiny_settings(data=data, images=8, checkpoint_every=4, width=5, seed=3)
    assert main(["train", "pix2pix", "--run", str(folder), *flags(**settings)]) == 0
    assert "6 pictures to train on" in capsys.readouterr().out
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*")}
    assert {"config.json", "status.json", "metrics.jsonl", "log.txt", "model/generator.safetensors"} <= names
    assert {"checkpoints/step-000000004", "checkpoints/step-000000008"} <= names
    run = RunFolder(folder)
    assert run.read_config()[1]["width"] == 5 and run.read_config()[1]["seed"] == 3
    assert run.read_status()["state"] == "finished"

    assert main(["train", str(folder), "--images", "12", "--quiet"]) == 0
    assert capsys.readouterr().out == ""
    assert run.read_status()["images"] == 12 and run.read_config()[1]["images"] == 12
    assert main(["train", "pix2pix", "--run", str(folder), *flags(**settings | {"images": 12}), "--quiet"]) == 0
    assert ganstudio.load(folder / "model").translate(next(iter(demo.faces(1, 20, 0)))[0]).size == (20, 20)


def test_a_run_remembers_its_data_wherever_it_is_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_data(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    assert main(["train", "pix2pix", "--run", "r", *flags(**tiny_settings(data="data", images=2)), "--quiet"]) == 0
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert main(["train", "../r", "--images", "4", "--quiet"]) == 0
    (tmp_path / "data").rename(tmp_path / "elsewhere" / "moved")
    assert main(["train", "../r", "--images", "6", "--data", "moved", "--quiet"]) == 0
    assert RunFolder(tmp_path / "r").read_config()[1]["data"] == str(tmp_path / "elsewhere" / "moved")


def test_train_refuses(tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_data(tmp_path / "data")
    run = str(tmp_path / "run")
    monkeypatch.chdir(tmp_path)
    refused(["train", "pix2pix", "--data", str(data)], capsys, "--run")
    refused(["train", "pix2pix", "--run", run], capsys, "--data")
    refused(["train", "alchemy"], capsys, "alchemy", "config.json")
    refused(["train", str(tmp_path / "absent")], capsys, "absent", "pix2pix --data DIR")
    refused(["train", "pix2pix", "--data", str(data), "--run", run, "--batch", "0"], capsys, "batch", "between")
    (tmp_path / "file").write_text("")
    refused(["train", "pix2pix", "--data", str(data), "--run", str(tmp_path / "file")], capsys, "another place")
    refused(["train", "pix2pix", "--data", str(data), "--run", "x" * 300], capsys, "another place")
    assert not Path(run).exists()
    refused(["train", "pix2pix", "--data", "nowhere", "--run", run], capsys, "nowhere")
    assert not Path(run).exists()  # a mistyped folder must not use up the run's name
    misused(["train", "pix2pix", "--data", str(data), "--run", run, "--patch", "71"], capsys, "--patch", "70")
    misused(["train", "pix2pix", "--imagse", "4"], capsys, "--imagse")


def test_a_run_with_other_settings_is_not_overwritten(tmp_path: Path, capsys: Captured) -> None:
    run = RunFolder(tmp_path / "run")
    settings = tiny_settings(data=str(tmp_path / "data"))
    run.create("pix2pix", settings)
    (run.checkpoints / "step-000000010").mkdir(parents=True)
    before = (run.path / "config.json").read_bytes()
    again = ["train", "pix2pix", "--run", str(run.path), *flags(**settings | {"width": 8})]
    refused(again, capsys, "width 4 -> 8", "another name")
    refused(["train", str(run.path), "--width", "8"], capsys, "width")
    refused(["train", str(run.path), "--images", "0"], capsys, "images")
    (run.path / "config.json").write_text("{")
    refused(["train", str(run.path)], capsys, "config.json")
    (run.path / "config.json").write_bytes(before)
    run.create("alchemy", settings)
    refused(["train", str(run.path)], capsys, "alchemy", "pix2pix")
    refused(again, capsys, "alchemy -> pix2pix")


def test_a_run_without_a_checkpoint_may_begin_again_otherwise(tmp_path: Path, capsys: Captured) -> None:
    data, run = make_data(tmp_path / "data"), RunFolder(tmp_path / "run")
    run.create("pix2pix", tiny_settings(data=str(data), width=8))
    settings = tiny_settings(data=str(data), images=2)
    with run.lock():
        begin = ["train", "pix2pix", "--run", str(run.path), *flags(**settings), "--quiet"]
        refused(begin, capsys, "another process")
        assert run.read_config()[1]["width"] == 8
    assert main(begin) == 0
    assert run.read_config()[1]["width"] == settings["width"]
    assert ganstudio.load(run.path).name == "run"  # a run's folder stands for its model


def test_changeable_settings_exist() -> None:
    known = [{name for name, *_ in fields(recipe.config)} for recipe in RECIPES.values()]
    assert set(CHANGEABLE) <= set.union(*known)
    assert all(len(set(CHANGEABLE) & names) > 5 for names in known)


# --- evaluate and bench -----------------------------------------------------------------------------------


def test_evaluate(model: str, tmp_path: Path, capsys: Captured) -> None:
    data = make_data(tmp_path / "data", 4, 32)
    assert main(["evaluate", "--model", model, "--data", str(data), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert {"l1", "psnr", "ssim", "sliced_wasserstein", "mean_picture", "pictures"} <= figures.keys()
    sheet = ["--sheet", str(tmp_path / "sheet.png")]
    assert main(["evaluate", "--model", model, "--data", str(data), *sheet]) == 0
    assert Image.open(tmp_path / "sheet.png").width > 12 * 32  # four pictures: source, output and true one
    assert f"l1: {figures['l1']:.4g}" in capsys.readouterr().out
    refused(["evaluate", "--model", model, "--data", str(tmp_path / "absent"), "--json"], capsys, "absent")
    lost = ["--sheet", str(tmp_path / "absent" / "sheet.png")]
    refused(["evaluate", "--model", model, "--data", str(data), *lost], capsys, "sheet.png")
    refused(["evaluate", "--model", "nothing", "--data", str(data)], capsys, "nothing")
    refused(["evaluate", "--model", model, "--data", str(data), "--only", "absent.txt"], capsys, "absent.txt")


def test_visitors_are_sent_for_as_long_as_one_says(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_visitors, "bench_visitors", lambda *given: {"given": given})
    assert main(["bench", "--visitors", "20", "--seconds", "7", "--model", "x", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"given": ["x", 20, 7]}


def test_bench(model: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """With small networks in place of the paper's, and without the app."""
    monkeypatch.setattr(bench_app, "bench_app", lambda name, *_: {"model": name})
    monkeypatch.setattr(bench, "UNet", lambda width, depth: UNet(4, 8))
    monkeypatch.setattr(bench, "ResNet", lambda width, blocks, **given: ResNet(4, 1, **given))
    monkeypatch.setattr(bench, "bench_colours", lambda: {"seconds": 1.0})
    pix2pix = RECIPES["pix2pix"]

    def small(**given: Any) -> Any:
        return pix2pix.config(**given | {"size": 32, "width": 4, "critic_width": 4, "depth": 4})

    monkeypatch.setattr(bench, "PIX2PIX", replace(pix2pix, config=small))  # type: ignore[arg-type]
    assert main(["bench", "--model", model, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures.keys() == {"app", "colours", "inference", "training"}
    for row in (figures["inference"]["shipped"], figures["inference"]["unet64"], figures["training"]):
        assert row["times_faster"] > 0
    assert figures["inference"]["shipped"]["difference"] < 0.02
    monkeypatch.setattr(bench, "bench_network", lambda _: figures["inference"])
    monkeypatch.setattr(bench, "bench_training", lambda: figures["training"])
    assert main(["bench", "--model", model]) == 0
    assert "times_faster" in capsys.readouterr().out
    refused(["bench", "--model", "no-such-model"], capsys, "no-such-model")


# --- the whole --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["paint"], ["translate"], ["--nonsense"], ["evaluate", "--model", "x"]])
def test_a_wrong_command_line(arguments: list[str], capsys: Captured) -> None:
    misused(arguments, capsys)


def verbs() -> list[str]:
    every = argparse.ArgumentParser().add_subparsers()
    for verb in VERBS:
        verb.add(every, [])
    return list(every.choices)


@pytest.mark.parametrize("verb", verbs())
def test_help(verb: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as end:
        main([verb, "--help"])
    said = capsys.readouterr().out
    assert end.value.code == 0 and said.startswith(f"usage: ganstudio {verb}")
    if verb == "train":
        for name, *_ in fields(RECIPES["pix2pix"].config):
            assert f"--{name.replace('_', '-')}" in said


def test_interrupted(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    from ganstudio.models import engine

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "load", interrupt)
    assert main(["translate", "--model", "x", "y.png", "--out", "z"]) == 130
    assert capsys.readouterr().err == "ganstudio: interrupted\n"


def test_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "ganstudio", "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.strip() == ganstudio.__version__
