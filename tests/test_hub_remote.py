"""The Hub over the network: what is fetched is whole and verified, what fails says why and leaves nothing."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from core_fixtures import publish_tiny
from fake_hub import READER, TOKEN, FakeHub, connected, environment
from huggingface_hub import constants

from ganstudio import remote as hub_remote
from ganstudio.models import hub, sharing
from ganstudio.words import LANGUAGES, WORDS, Refused

NAME = "somebody/faces"
WEIGHTS = "GET .*generator.safetensors"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    with connected(monkeypatch, tmp_path / "hf") as found:
        yield found


@pytest.fixture
def model(tmp_path: Path) -> Path:
    publish_tiny(tmp_path / "model")
    (tmp_path / "model" / "README.md").write_text("---\nlicense: mit\n---\n# Faces\n")
    return tmp_path / "model"


@pytest.fixture
def there(fake: FakeHub, model: Path) -> str:
    """The model on the Hub, with its manifest; returns its commit."""
    files = sharing.checked_files(model, "faces")
    content = {name: each if isinstance(each, bytes) else each.read_bytes() for name, each in files.items()}
    content["manifest.json"] = hub_remote.manifest(files)
    return fake.put(NAME, {**content, "pickle.pt": b"PK", "run/metrics.jsonl": b"{}"})


def refusal(source: str = NAME, revision: str | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        hub_remote.fetch(source, revision)
    assert {len(refused.value.say(each)) > 20 for each in LANGUAGES} == {True}
    return refused.value


def cache_of(fake: FakeHub) -> list[Path]:
    return [each for each in Path(constants.HF_HUB_CACHE).glob("models--*/**/*") if not each.is_dir()]


# --- fetched ----------------------------------------------------------------------------------------------


def test_a_model_is_fetched_and_works_without_the_hub_from_then_on(fake: FakeHub, there: str) -> None:
    folder = hub_remote.fetch(NAME)
    names = {each.name for each in folder.iterdir()}
    assert names == {"config.json", "generator.safetensors", "manifest.json", "README.md"}
    hub.load_networks(folder)
    asked = len(fake.requests)
    assert hub_remote.fetch(NAME, there) == folder and len(fake.requests) == asked
    fake.fail("reset")
    assert hub_remote.fetch(NAME) == folder and len(fake.requests) > asked


def test_a_token_is_not_needed_for_what_is_public(fake: FakeHub, there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN")
    assert (hub_remote.fetch(NAME) / "config.json").is_file()


def test_offline_the_cache_works_and_the_rest_is_told(
    fake: FakeHub, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = hub_remote.fetch(NAME)
    asked = len(fake.requests)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert hub_remote.fetch(NAME) == folder
    assert refusal("somebody/else").key == "hub.offline" and len(fake.requests) == asked


def test_a_revision(fake: FakeHub, there: str) -> None:
    newer = fake.put(NAME, {"README.md": b"newer"})
    assert (hub_remote.fetch(NAME, there) / "README.md").read_bytes() != b"newer"
    assert (hub_remote.fetch(NAME) / "README.md").read_bytes() == b"newer"
    assert refusal(NAME, "v9").key == "model.hub_revision"
    assert {each.commit for each in hub_remote.all_cached()} == {there, newer}


@pytest.mark.parametrize("where", ["/api/models/", "HEAD", WEIGHTS])
@pytest.mark.parametrize("how", [500, 503, "drop", "reset"])
def test_a_moment_of_weakness_is_got_over(fake: FakeHub, there: str, how: int | str, where: str) -> None:
    fake.fail(how, where, times=1)
    hub.load_networks(hub_remote.fetch(NAME))


@pytest.mark.parametrize(
    ("how", "where", "key"),
    [
        (500, WEIGHTS, "hub.down"),
        (503, "/api/models/", "hub.down"),
        ("drop", WEIGHTS, "hub.broken"),
        ("reset", WEIGHTS, "hub.broken"),
        ("stall", "/api/models/", "hub.stalled"),
        ("stall", WEIGHTS, "hub.stalled"),
        (429, "/api/models/", "hub.rate"),
        ("corrupt", WEIGHTS, "hub.corrupt"),
        ("corrupt", "GET .*config.json", "hub.corrupt"),
        (404, WEIGHTS, "model.hub_absent"),
        (418, "/api/models/", "hub.answer"),
    ],
)
def test_what_stays_broken_is_told_and_leaves_the_cache_clean(
    fake: FakeHub, there: str, how: int | str, where: str, key: str
) -> None:
    fault = fake.fail(how, where, retry_after="7") if how == 429 else fake.fail(how, where)
    refused = refusal()
    assert refused.key == key and TOKEN not in str(refused)
    if key == "hub.rate":
        assert "7" in str(refused)
    fake.over.set()  # ends what hangs
    for _ in range(100):
        if not cache_of(fake):
            break
        time.sleep(0.05)
    assert cache_of(fake) == []
    fault.times = 0
    hub.load_networks(hub_remote.fetch(NAME))


def test_a_file_that_the_list_names_and_nobody_has(fake: FakeHub, there: str) -> None:
    fake.fail(404, "HEAD .*generator", X_Error_Code="EntryNotFound")
    assert refusal().key == "hub.file_absent" and cache_of(fake) == []


def test_a_failed_update_leaves_the_earlier_revision(fake: FakeHub, there: str) -> None:
    folder = hub_remote.fetch(NAME)
    before = {each: each.read_bytes() for each in folder.iterdir()}
    fake.put(NAME, {"generator.safetensors": b"another"})
    fake.fail("corrupt", WEIGHTS)
    assert refusal().key == "hub.corrupt"
    assert {each: each.read_bytes() for each in folder.iterdir()} == before
    assert hub_remote.fetch(NAME, there) == folder


def test_a_manifest_that_does_not_fit_is_refused(fake: FakeHub, there: str) -> None:
    manifest = json.loads(fake.model(NAME).files["manifest.json"])
    manifest["files"]["generator.safetensors"]["sha256"] = hashlib.sha256(b"other").hexdigest()
    fake.put(NAME, {"manifest.json": json.dumps(manifest).encode()})
    refused = refusal()
    assert refused.key == "hub.corrupt" and "generator.safetensors" in str(refused)
    fake.put(NAME, {"manifest.json": b"[]"})
    assert refusal().key == "hub.corrupt"


def test_a_file_that_was_changed_in_the_cache_is_not_used(fake: FakeHub, there: str) -> None:
    file = (hub_remote.fetch(NAME) / "generator.safetensors").resolve()
    data = file.read_bytes()
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    fake.fail(503)
    assert refusal(NAME, there).key == "hub.down"


def test_gated_absent_private_and_no_model(fake: FakeHub, there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.put("somebody/gated", {"config.json": b"{}"}, gated=True)
    fake.put("somebody/text", {"model.bin": b"x"})
    fake.put("somebody/private", {"config.json": b"{}"}, private=True)
    keys = {name: refusal(f"somebody/{name}").key for name in ("gated", "absent", "text")}
    assert keys == {"gated": "model.gated", "absent": "model.hub_absent", "text": "hub.no_model"}
    monkeypatch.delenv("HF_TOKEN")
    assert refusal("somebody/private").key == "model.hub_absent"
    monkeypatch.setenv("HF_TOKEN", "hf_expired0000000000000000000")
    assert refusal().key == "hub.token"


def test_a_repository_of_something_huge_is_refused_before_it_is_fetched(
    fake: FakeHub, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_remote, "MAX_BYTES", 1000)
    assert refusal().key == "hub.too_large" and fake.asked("/resolve/") == 0


@pytest.mark.parametrize(
    "name", ["", "a", "a/b/c", "../b", "a/..", "a/b--c", "-rf/x", "a/$(x)", "a/" + "b" * 97, "ä/b"]
)
def test_what_is_no_name_is_never_asked_for(fake: FakeHub, name: str) -> None:
    assert refusal(name).key == "hub.name" and fake.requests == []


@pytest.mark.parametrize("revision", ["../main", "a b", "x" * 201, "$(x)"])
def test_what_is_no_revision_is_never_asked_for(fake: FakeHub, revision: str) -> None:
    assert refusal(NAME, revision).key == "model.hub_revision" and fake.requests == []


def test_a_fetch_is_ended_by_whoever_no_longer_wants_it(fake: FakeHub, there: str) -> None:
    watch = hub_remote.Watch()
    watch.over = True
    with pytest.raises(Refused) as refused:
        hub_remote.fetch(NAME, None, None, watch)
    assert refused.value.key == "hub.stopped"


def test_only_models_are_fetched_and_nothing_else_of_a_repository(fake: FakeHub, there: str) -> None:
    hub_remote.fetch(NAME)
    assert not fake.asked("pickle.pt") and not fake.asked("metrics.jsonl")


# --- who --------------------------------------------------------------------------------------------------


def test_who_is_signed_in(fake: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hub_remote.whoami() == hub_remote.Person("tester", ("atelier",), True)
    assert hub_remote.whoami(READER).writes is False
    monkeypatch.setenv("HF_TOKEN", "hf_expired0000000000000000000")
    for token, key in ((None, "hub.token"), ("hf_other0000000000000000000000", "hub.token")):
        with pytest.raises(Refused) as refused:
            hub_remote.whoami(token)
        assert refused.value.key == key
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(Refused) as refused:
        hub_remote.whoami()
    assert refused.value.key == "hub.no_token" and "hf auth login" in str(refused.value)


# --- pushed -----------------------------------------------------------------------------------------------


def test_a_push_is_one_commit_and_comes_back_the_same(fake: FakeHub, model: Path) -> None:
    made = sharing.push(model, "tester/faces", message="the first")
    there = fake.model("tester/faces")
    assert [message for _, message, _ in there.commits] == ["initial commit", "the first"] and there.private
    assert made.commit == there.head and made.repository == "tester/faces"
    manifest = json.loads(there.files["manifest.json"])["files"]
    assert set(manifest) == {"config.json", "generator.safetensors"}
    assert (
        manifest["generator.safetensors"]["sha256"] == hashlib.sha256(there.files["generator.safetensors"]).hexdigest()
    )
    folder = sharing.pull("tester/faces")
    for name in ("config.json", "generator.safetensors", "README.md"):
        assert (folder / name).read_bytes() == (model / name).read_bytes()


def test_pushing_the_same_again_makes_no_commit_and_other_weights_replace(fake: FakeHub, model: Path) -> None:
    sharing.push(model, "tester/faces")
    sharing.push(model, "tester/faces")
    assert len(fake.model("tester/faces").commits) == 2
    fake.put("tester/faces", {"old_one.safetensors": b"x", "notes.txt": b"theirs"})
    publish_tiny(model, seed=1)
    sharing.push(model, "tester/faces")
    files = fake.model("tester/faces").files
    assert "old_one.safetensors" not in files and files["notes.txt"] == b"theirs"
    assert files["generator.safetensors"] == (model / "generator.safetensors").read_bytes()


def test_public_is_asked_for(fake: FakeHub, model: Path) -> None:
    sharing.push(model, "tester/faces", private=False)
    assert not fake.model("tester/faces").private


@pytest.mark.parametrize(
    ("how", "where"),
    [
        (500, "/commit/"),
        ("reset", "/commit/"),
        ("lost", "/commit/"),
        (503, "PUT /lfs"),
        ("reset", "PUT /lfs"),
        (500, "/preupload/"),
        (502, "repos/create"),
    ],
)
def test_a_push_that_fails_in_the_middle_is_tried_again(fake: FakeHub, model: Path, how: int | str, where: str) -> None:
    fake.fail(how, where, times=1)
    sharing.push(model, "tester/faces")
    there = fake.model("tester/faces")
    assert len(there.commits) == 2  # never half of it, and never twice, even where the answer was lost
    assert there.files["generator.safetensors"] == (model / "generator.safetensors").read_bytes()


@pytest.mark.parametrize(
    ("how", "where", "key"),
    [
        (500, "/commit/", "hub.down"),
        ("reset", "PUT /lfs", "hub.broken"),
        (412, "/commit/", "hub.moved"),
        (402, "repos/create", "hub.payment"),
        (429, "/preupload/", "hub.rate"),
    ],
)
def test_a_push_that_fails_for_good_puts_nothing_there_and_keeps_what_is_here(
    fake: FakeHub, model: Path, monkeypatch: pytest.MonkeyPatch, how: int | str, where: str, key: str
) -> None:
    monkeypatch.setattr(hub_remote, "STALL", 0.5)
    before = {each.name: each.read_bytes() for each in model.iterdir()}
    fault = fake.fail(how, where)
    with pytest.raises(Refused) as refused:
        sharing.push(model, "tester/faces")
    assert refused.value.key == key
    there = fake.repositories.get(("model", "tester/faces"))
    assert there is None or set(there.files) == {".gitattributes"}
    assert {each.name: each.read_bytes() for each in model.iterdir()} == before
    fault.times = 0
    sharing.push(model, "tester/faces")


def test_a_moved_parent_is_taken_into_account(fake: FakeHub, model: Path) -> None:
    sharing.push(model, "tester/faces")
    publish_tiny(model, seed=1)
    fake.moves.append("tester/faces")
    sharing.push(model, "tester/faces")
    there = fake.model("tester/faces")
    assert there.files["theirs.txt"] == b"theirs"
    assert there.files["generator.safetensors"] == (model / "generator.safetensors").read_bytes()


@pytest.mark.parametrize(
    ("token", "key"), [(None, "hub.no_token"), (READER, "hub.forbidden"), ("hf_expired0000000000000000", "hub.token")]
)
def test_without_the_right_to_write(
    fake: FakeHub, model: Path, monkeypatch: pytest.MonkeyPatch, token: str | None, key: str
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(Refused) as refused:
        sharing.push(model, "tester/faces", token=token)
    assert refused.value.key == key and not fake.repositories


def test_what_is_no_model_by_content_is_not_pushed(fake: FakeHub, model: Path) -> None:
    weights = model / "generator.safetensors"
    good = weights.read_bytes()
    for content in (b"PK\x03\x04 a pickle", b"", good[:-10]):
        weights.write_bytes(content)
        with pytest.raises(Refused):
            sharing.push(model, "tester/faces")
    weights.write_bytes(good)
    (model / "README.md").write_text(f"my token is {TOKEN}")
    with pytest.raises(Refused) as refused:
        sharing.push(model, "tester/faces")
    assert refused.value.key == "hub.secret" and TOKEN not in str(refused.value)
    (model / "README.md").unlink()
    (model / "samples.png").write_bytes(b"<svg/>")
    with pytest.raises(Refused):
        sharing.push(model, "tester/faces")
    assert fake.requests == []


def test_a_card_without_front_matter_gets_one(fake: FakeHub, model: Path) -> None:
    (model / "README.md").write_text("# Mine\n")
    sharing.push(model, "tester/faces")
    card = fake.model("tester/faces").files["README.md"].decode()
    assert card.startswith("---\n") and "library_name: ganstudio" in card and card.endswith("# Mine\n")


def test_the_token_goes_into_headers_alone(fake: FakeHub, model: Path, tmp_path: Path) -> None:
    sharing.push(model, "tester/faces")
    sharing.pull("tester/faces")
    assert not any(TOKEN.encode() in body for body in fake.bodies)
    assert not any(TOKEN in line for line in fake.requests)
    kept = [each for each in tmp_path.rglob("*") if each.is_file() and TOKEN.encode() in each.read_bytes()]
    assert kept == []


def test_what_was_pulled_is_judged_by_content(fake: FakeHub, there: str) -> None:
    fake.put("somebody/odd", {**fake.model(NAME).files, "generator.safetensors": b"PK\x03\x04", "manifest.json": b""})
    files = dict(fake.model("somebody/odd").files)
    del files["manifest.json"]
    fake.repositories["model", "somebody/odd"].add("without a manifest", files)
    with pytest.raises(Refused) as refused:
        sharing.pull("somebody/odd")
    assert refused.value.key == "model.no_safetensors"
    assert hub_remote.cached("somebody/odd") is None and hub_remote.all_cached() == []  # and is not kept


def test_a_config_is_looked_at_before_anything_else_is_fetched(fake: FakeHub, there: str) -> None:
    """A number too large for a float, say; an earlier revision that was fit stays, but does not stand in for it."""
    earlier = hub_remote.fetch(NAME, look=hub.look)
    files = dict(fake.model(NAME).files)
    values = json.loads(files["config.json"])
    values["config"]["rate"] = 10**400
    del files["manifest.json"]
    changed = {
        "config.json": json.dumps(values).encode(),
        "generator.safetensors": files["generator.safetensors"] + b" ",
    }
    fake.repositories["model", NAME].add("odd", {**files, **changed})
    for get in (sharing.pull, hub.find):
        fake.requests.clear()
        with pytest.raises(Refused) as refused:
            get(NAME)
        assert refused.value.key == "config.type"
        assert not any("generator.safetensors" in request for request in map(str, fake.requests))
    assert [each.folder for each in hub_remote.all_cached()] == [earlier]


# --- the command line, as a person has it ----------------------------------------------------------------


def ganstudio(
    fake: FakeHub, home: Path, *arguments: str, token: str | None = TOKEN
) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, **environment(fake, home, token)}
    if token is None:
        given.pop("HF_TOKEN", None)
    command = [sys.executable, "-m", "ganstudio", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=given, timeout=120, check=False)


def test_push_and_pull_from_a_terminal(model: Path, tmp_path: Path) -> None:
    with FakeHub() as fake:
        home = tmp_path / "home"
        pushed = ganstudio(fake, home, "push", str(model), "tester/faces", "--json")
        assert pushed.returncode == 0, pushed.stderr
        assert json.loads(pushed.stdout)["commit"] == fake.model("tester/faces").head
        pulled = ganstudio(fake, home, "pull", "tester/faces", "--name", "Mine", "--json")
        assert pulled.returncode == 0, pulled.stderr
        assert (home / "studio" / "checkpoints" / "Mine" / "config.json").is_file()
        anonymous = ganstudio(fake, home, "push", str(model), "tester/other", token=None)
        assert anonymous.returncode == 1 and "sign" in anonymous.stderr.lower()
        for said in (pushed, pulled, anonymous):
            assert TOKEN not in said.stdout + said.stderr


def test_every_sentence_has_a_remedy_in_both_languages() -> None:
    for key in (key for key in WORDS["en"] if key.startswith(("hub.", "job.", "promote.", "onnx."))):
        assert all(len(words[key]) > 20 for words in WORDS.values()), key


# --- proxies -----------------------------------------------------------------------------------------------


def proxied(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    for name in [each for each in os.environ if each.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ALL_PROXY", proxy)


@pytest.mark.parametrize(
    "proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9", "socks5h://127.0.0.1:9", "127.0.0.1:9"]
)
def test_proxies_that_can_be_used(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    proxied(monkeypatch, proxy)
    hub_remote._client().close()


@pytest.mark.parametrize("proxy", ["socks4://127.0.0.1:9", "ftp://127.0.0.1:9", "http://127.0.0.1:port"])
def test_a_proxy_that_cannot_be_used_is_a_sentence(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    proxied(monkeypatch, proxy)
    with pytest.raises(hub_remote.BadProxy) as broken:
        hub_remote._client()
    told = hub_remote.explained(broken.value, hub_remote.Watch(), {"source": NAME})
    assert told.key == "hub.proxy" and NAME in str(told)


def test_so_is_one_whose_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    proxied(monkeypatch, "socks5://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "socksio", None)
    with pytest.raises(hub_remote.BadProxy):
        hub_remote._client()
