"""GANs that fail, seen in a run's figures; and healthy ones, of which nothing is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ganstudio.analysis.looks import looks
from ganstudio.runs.alerts import Alert, alerts
from ganstudio.runs.folder import RunFolder
from ganstudio.words import say


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    folder.create("pix2pix", {})
    return folder


def report(run: RunFolder, count: int, **terms: float) -> None:
    done = sum(1 for _ in run.read_metrics())
    for k in range(count):
        run.append_metrics(
            {"images": 100 * (done + k + 1), **{name.replace("__", "/"): v for name, v in terms.items()}}
        )


def sheet(run: RunFolder, images: int, made: Tensor, target: Tensor) -> None:
    run.sample_file(images).write_bytes(b"")
    columns = {"source": target, "output": made, "target": target}
    run.write_looks(images, looks(columns, {"output": "target"}.get))


def keys(found: list[Alert]) -> list[str]:
    for alert in found:
        for language in ("en", "ja"):
            assert say(alert.key, language, **alert.details)
    return [alert.key for alert in found]


def pictures(seed: int = 0) -> Tensor:
    torch.manual_seed(seed)
    return torch.nn.functional.interpolate(torch.rand(6, 3, 4, 4) * 2 - 1, size=16)


def test_a_healthy_run(run: RunFolder) -> None:
    assert alerts(run) == []
    report(run, 40, critics__real=0.2, critics__fake=0.3, generator__l1=0.0)
    target = pictures()
    for images in (100, 200):
        sheet(run, images, target * 0.8 + 0.05 * pictures(1), target)
    assert alerts(run) == []


def test_a_loss_that_is_no_number(run: RunFolder) -> None:
    report(run, 3, generator__l1=1.0)
    run.append_metrics({"images": 400, "generator/l1": float("nan")})
    found = alerts(run)
    assert keys(found) == ["alert.not_finite"]
    assert found[0].details == {"images": 400, "terms": "generator/l1"}
    report(run, 1, generator__l1=1.0)  # resumed with a lower rate: that is past
    assert alerts(run) == []


def test_a_critic_that_is_never_wrong(run: RunFolder) -> None:
    report(run, 5, discriminator__real=0.3, discriminator__fake=0.3)
    report(run, 8, discriminator__real=0.001, discriminator__fake=0.002)
    assert alerts(run) == []  # not for long yet
    report(run, 8, discriminator__real=0.001, discriminator__fake=0.002)
    assert keys(alerts(run)) == ["alert.critic_wins"]
    assert alerts(run)[0].details["critics"] == "discriminator"
    report(run, 2, discriminator__real=0.3, discriminator__fake=0.3)
    assert alerts(run) == []


def test_one_of_several_critics(run: RunFolder) -> None:
    report(
        run,
        20,
        critics__local_a_real=0.0,
        critics__local_a_fake=0.001,
        critics__global_a_real=0.2,
        critics__global_a_fake=0.2,
    )
    assert alerts(run)[0].details["critics"] == "critics/local_a"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda target: torch.full_like(target, -1), "alert.flat"),
        (lambda target: target[:1].expand_as(target) + 0.01 * pictures(2), "alert.alike"),
        (lambda target: -target, "alert.inverted"),
    ],
    ids=["black", "alike", "inverted"],
)
def test_samples_that_went_wrong(run: RunFolder, made: Any, expected: str) -> None:
    target = pictures()
    sheet(run, 100, made(target), target)
    assert alerts(run) == []  # one sheet alone may be a passing state
    sheet(run, 200, made(target), target)
    assert keys(alerts(run)) == [expected]
    sheet(run, 300, target, target)
    assert alerts(run) == []


def test_files_that_cannot_be_read(run: RunFolder) -> None:
    run.metrics_file.write_bytes(b"\xff\xfe{[\n3\n")
    for images in (1, 2):
        run.sample_file(images).write_bytes(b"")
        run.sample_file(images).with_suffix(".json").write_text('{"output": 3, "other": {"contrast": "x"}}')
    assert alerts(run) == []
