"""The Hugging Face Hub over the network, so that nothing there can hang this program, leave half a file, or fail
without a sentence that says what to do.

The Hub's own client waits for ever where no timeout is given, tries again for minutes, and checks the size of what it
fetches, not the content. Here every request has a timeout, every call ends when nothing has moved for a while, every
file is held against the sha256 (or git's own hash) that the Hub states and against the model's manifest.json, and what
a failed call left in the cache is removed. A token comes from HF_TOKEN, from `hf auth login`, or, on a Space, from the
visitor's sign-in; it is handed to the client and goes nowhere else.

Standard library, filelock and tqdm, and the Hub's client once something is asked of it; no torch.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from ganstudio import __version__
from ganstudio.runs.folder import sha256
from ganstudio.words import Refused

ENDPOINT: str | None = None  # address of the Hub; None: the client's own, which HF_ENDPOINT changes
REQUEST = 10.0  # seconds: a request that says nothing for so long is given up, and tried again
STALL = 30.0  # seconds: a call in which nothing has moved for so long is over
SLOWEST = 100_000  # bytes a second: an upload may take as long as with this
TRIES = 3  # of a file, or of a commit, where the Hub or the line fails
WAIT = 1.0  # seconds before the second try, twice as long before the third
MAX_FILES = 64  # of a model
MAX_BYTES = 4 * 2**30  # of a model
MANIFEST = "manifest.json"
REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
COMMIT = re.compile(r"[0-9a-f]{40}")
# What belongs to a model in a repository; all else (code, other weights, a run's checkpoints) is left there.
FILE = re.compile(
    r"(milestones/[0-9]{3}/)?([\w-]+\.safetensors|config\.json)|README\.md|samples\.png|losses\.csv|manifest\.json"
)

Result = TypeVar("Result")


@dataclass(frozen=True)
class Person:
    """Who is signed in."""

    name: str
    organisations: tuple[str, ...]
    writes: bool | None  # whether the token may write; None: that depends on the repository


@dataclass(frozen=True)
class Pushed:
    """A commit that has landed."""

    repository: str
    commit: str  # its hash
    url: str


class Watch:
    """How far a call is, for whoever waits for it; with `over` set it ends at its next request."""

    def __init__(self) -> None:
        self.done = 0  # bytes
        self.total = 0  # bytes, as far as known
        self.status = 0  # of the newest answer
        self.wait = 0  # seconds that the Hub asked to wait
        self.over = False  # set by whoever no longer wants the result
        self.moved = time.monotonic()

    def move(self, count: int = 0) -> None:
        if self.over:
            raise Over
        self.done += count
        self.moved = time.monotonic()


class Over(OSError):
    """Nobody waits for this call any more."""


class BadProxy(OSError):
    """The environment names a proxy that the client cannot use."""


class Corrupt(Exception):
    """A file is not what the Hub says it is; names it."""


# --- asked ------------------------------------------------------------------------------------------------


def whoami(token: str | None = None) -> Person:
    """Who is signed in on this machine, or whose `token` it is. Raises `Refused` where nobody is, with the way to."""
    answer = ask(lambda hub: hub.whoami(), token, source="whoami")
    role = answer.get("auth", {}).get("accessToken", {}).get("role")
    names = tuple(str(each.get("name")) for each in answer.get("orgs", []) if isinstance(each, dict))
    return Person(str(answer["name"]), names, {"read": False, "write": True}.get(role))


def fetch(
    repository: str,
    revision: str | None = None,
    token: str | None = None,
    watch: Watch | None = None,
    look: Callable[[Path, bool], None] = lambda folder, whole: None,
) -> Path:
    """The folder, in the Hub's cache, of a model at a revision (None: its newest), fetched and verified.

    What was fetched before and cannot be asked for now is taken from the cache; a commit's full hash that is in the
    cache costs no request at all. `look` is called with the folder when config.json is there (and False), before
    anything else is fetched, and when all is (and True); what it refuses is not kept. Raises `Refused`, and leaves
    nothing half in the cache.
    """
    check_name(repository)
    if revision and (len(revision) > 200 or not re.fullmatch(r"[\w./-]+", revision) or ".." in revision):
        raise Refused("model.hub_revision", source=repository, revision=revision[:200])
    if revision and COMMIT.fullmatch(revision) and (kept := cached(repository, revision)):
        return kept
    unfit: list[Refused] = []

    def judged(folder: Path, whole: bool) -> None:
        try:
            look(folder, whole)
        except Refused as refusal:
            unfit.append(refusal)
            raise

    try:
        return call(
            lambda watch: _fetch(repository, revision, token, watch, judged),
            watch,
            source=repository,
            revision=revision or "",
        )
    except Refused as refusal:
        # That a revision is gone, say, is an answer; all else is an obstacle.
        answers = ("model.hub_revision", "hub.corrupt", "hub.no_model", "hub.too_large", "hub.stopped")
        kept = None if unfit or refusal.key in answers else cached(repository, revision)
        if kept:
            return kept
        raise


def cached(repository: str, revision: str | None = None) -> Path | None:
    """The folder of a model in the Hub's cache, whole and as it was fetched; None where it is not there."""
    place = _storage(repository)
    commit = revision or "main"
    with suppress(OSError):
        if not COMMIT.fullmatch(commit):
            commit = (place / "refs" / commit).read_text(encoding="utf-8").strip()
        folder = place / "snapshots" / commit
        if COMMIT.fullmatch(commit) and (folder / "config.json").is_file():
            with suppress(Corrupt):
                _verify(folder)
                return folder
    return None


@dataclass(frozen=True)
class Cached:
    """A model in the Hub's cache."""

    repository: str
    commit: str
    revisions: tuple[str, ...]  # branches and tags that are known to be this commit
    folder: Path


def all_cached() -> list[Cached]:
    """Every repository of models in the Hub's cache that could be one of ours: it has a config.json. Not verified."""
    found = []
    for place in sorted(_cache().glob("models--*--*")):
        repository = "/".join(place.name.removeprefix("models--").split("--"))
        if not REPOSITORY.fullmatch(repository):
            continue
        names: dict[str, list[str]] = {}
        for ref in (each for each in (place / "refs").rglob("*") if each.is_file()):
            with suppress(OSError, UnicodeDecodeError):
                names.setdefault(ref.read_text(encoding="utf-8").strip(), []).append(
                    ref.relative_to(place / "refs").as_posix()
                )
        for folder in sorted((place / "snapshots").glob("*")):
            if COMMIT.fullmatch(folder.name) and (folder / "config.json").is_file():
                found.append(Cached(repository, folder.name, tuple(names.get(folder.name, ())), folder))
    return found


def fetch_files(
    repository: str,
    folder: Path,
    wanted: Callable[[str, int], bool],
    *,
    token: str | None = None,
    watch: Watch | None = None,
) -> str:
    """Puts the newest of the files that are `wanted` (path in the repository, bytes) into `folder`, each verified.

    Returns the commit that they are of. Raises `Refused`; what has arrived by then lies in `folder`.
    """
    check_name(repository)
    return call(lambda watch: _fetch_into(repository, folder, wanted, token, watch), watch, source=repository)


def head(repository: str, token: str | None = None) -> str:
    """The newest commit of a repository; raises `Refused`."""
    return str(ask(lambda hub: hub.model_info(repository, timeout=REQUEST).sha, token, source=repository))


def commit(
    repository: str,
    files: Mapping[str, Path | bytes],
    message: str,
    *,
    token: str | None = None,
    kind: str = "model",
    private: bool = True,
    delete: Callable[[list[str]], list[str]] = lambda names: [],
    watch: Watch | None = None,
) -> Pushed:
    """Puts `files` (path in the repository -> file or content) there in one commit; makes the repository if absent.

    `kind` is "model" or "dataset"; `private` counts for a new repository alone; `delete` picks, of the names there,
    those that go in the same commit. Where somebody else commits at the same moment, or the line or the Hub fails,
    it is tried again: all of it lands, or nothing. Raises `Refused`.
    """
    check_name(repository)
    if not (token or token_here()):
        raise Refused("hub.no_token")
    size = sum(len(each) if isinstance(each, bytes) else each.stat().st_size for each in files.values())
    return call(
        lambda watch: _commit(repository, files, message, token, kind, private, delete, watch),
        watch,
        patience=4 * STALL + size / SLOWEST,
        source=repository,
    )


def check_name(repository: str) -> None:
    """Raises `Refused` for what is no name of a repository, OWNER/NAME."""
    if not REPOSITORY.fullmatch(repository) or "--" in repository or ".." in repository:
        raise Refused("hub.name", source=repository[:100])


def token_here() -> str | None:
    """The token of whoever is signed in on this machine, to be handed on as a secret; never to be shown or kept."""
    from huggingface_hub import get_token

    return get_token()


def api(token: str | None = None) -> Any:
    """The Hub's client, as `token`'s owner or, without one, as whoever is signed in here; use it within `call`."""
    from huggingface_hub import HfApi

    return HfApi(endpoint=ENDPOINT, token=token, library_name="ganstudio", library_version=__version__)


# --- manifest ---------------------------------------------------------------------------------------------


def manifest(files: Mapping[str, Path | bytes]) -> bytes:
    """manifest.json of a model's files: sha256 and size of each. Not of the card, which people edit on the Hub."""
    entries = {}
    for name, source in sorted(files.items()):
        if name in ("README.md", MANIFEST):
            continue
        if isinstance(source, bytes):
            entries[name] = {"sha256": hashlib.sha256(source).hexdigest(), "size": len(source)}
        else:
            entries[name] = {"sha256": sha256(source), "size": source.stat().st_size}
    return (json.dumps({"format": 1, "files": entries}, indent=2) + "\n").encode()


def _verify(folder: Path) -> None:
    """Holds each file of a snapshot against the hash that it is kept under, and against manifest.json; `Corrupt`."""
    for file in (each for each in folder.rglob("*") if each.is_file()):
        if file.is_symlink():  # to a file named by its hash; a system without such links has the manifest alone
            _check_hash(file, file.resolve().name)
    listing = folder / MANIFEST
    if not listing.is_file():
        return  # of a model that was put on the Hub by other means
    try:
        entries = {str(name): str(each["sha256"]) for name, each in json.loads(listing.read_bytes())["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Corrupt(MANIFEST) from error
    for name, digest in entries.items():
        if FILE.fullmatch(name):
            if not (folder / name).is_file():
                raise Corrupt(name)
            _check_hash(folder / name, digest)


def _check_hash(file: Path, digest: str) -> None:
    """Raises `Corrupt` where the file's content has another hash: sha256 (64 digits), or git's own (40)."""
    if re.fullmatch(r"[0-9a-f]{64}", digest):
        found = sha256(file)
    elif re.fullmatch(r"[0-9a-f]{40}", digest):
        data = file.read_bytes()
        found = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    else:
        return  # it says nothing of the content
    if found != digest:
        raise Corrupt(file.name)


# --- the work, in a thread of its own -----------------------------------------------------------------------


def _fetch(
    repository: str, revision: str | None, token: str | None, watch: Watch, look: Callable[[Path, bool], None]
) -> Path:
    place = _storage(repository)
    locks = place.parent / ".locks"
    locks.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(locks / f"ganstudio-{place.name}.lock", timeout=STALL / 2):
            before = {each for each in place.rglob("*") if not each.is_dir()} if place.is_dir() else set()
            try:
                return _fetch_files(repository, revision, token, watch, place, look)
            except BaseException:
                _forget(place, before)
                raise
    except Timeout as error:
        raise Refused("hub.fetched_elsewhere", source=repository) from error


def _fetch_files(
    repository: str,
    revision: str | None,
    token: str | None,
    watch: Watch,
    place: Path,
    look: Callable[[Path, bool], None],
) -> Path:
    hub = api(token)
    info = _again(watch, lambda: hub.model_info(repository, revision=revision, files_metadata=True, timeout=REQUEST))
    wanted = [each for each in info.siblings or [] if FILE.fullmatch(each.rfilename)]
    watch.total = sum(each.size or 0 for each in wanted)
    if not any(each.rfilename == "config.json" for each in wanted):
        raise Refused("hub.no_model", source=repository)
    if len(wanted) > MAX_FILES or watch.total > MAX_BYTES:
        raise Refused("hub.too_large", source=repository, limit=MAX_BYTES // 2**30)
    folder = place / "snapshots" / info.sha
    for each in sorted(wanted, key=lambda each: each.rfilename != "config.json"):
        file = _again(watch, partial(_fetch_file, hub, repository, each.rfilename, info.sha, watch))
        stated = each.lfs.sha256 if each.lfs is not None else each.blob_id
        watch.move()
        if stated:
            _check_hash(file, stated)
        if each.rfilename == "config.json":
            look(folder, False)
    _verify(folder)
    look(folder, True)
    name = revision or "main"
    if not COMMIT.fullmatch(name):  # the cache's own way of knowing which commit a branch was
        ref = place / "refs" / name
        ref.parent.mkdir(parents=True, exist_ok=True)
        half = ref.with_name(f"{ref.name}.{threading.get_ident()}")
        half.write_text(info.sha, encoding="utf-8")
        half.replace(ref)
    return folder


def _fetch_into(
    repository: str, folder: Path, wanted: Callable[[str, int], bool], token: str | None, watch: Watch
) -> str:
    hub = api(token)
    info = _again(watch, lambda: hub.model_info(repository, files_metadata=True, timeout=REQUEST))
    listed = [each for each in info.siblings or [] if wanted(each.rfilename, each.size or 0)]
    watch.total = sum(each.size or 0 for each in listed)
    for each in listed:
        file = _again(watch, partial(_fetch_file, hub, repository, each.rfilename, info.sha, watch, folder))
        stated = each.lfs.sha256 if each.lfs is not None else each.blob_id
        if stated:
            _check_hash(file, stated)
        watch.move()
    shutil.rmtree(folder / ".cache", ignore_errors=True)  # the client's notes
    return str(info.sha)


def _fetch_file(hub: Any, repository: str, name: str, commit: str, watch: Watch, folder: Path | None = None) -> Path:
    """Into `folder`, or else into the cache."""
    from tqdm import tqdm

    begun = watch.done

    class Bar(tqdm):
        """No bar: it tells the watch, and ends a download that nobody waits for."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(disable=True)

        def update(self, n: float | None = 1) -> None:
            watch.move(int(n or 0))

    try:
        return Path(
            hub.hf_hub_download(
                repository, name, revision=commit, local_dir=folder, etag_timeout=REQUEST, tqdm_class=Bar
            )
        )
    except BaseException:
        watch.done = begun
        raise


def _commit(
    repository: str,
    files: Mapping[str, Path | bytes],
    message: str,
    token: str | None,
    kind: str,
    private: bool,
    delete: Callable[[list[str]], list[str]],
    watch: Watch,
) -> Pushed:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    hub = api(token)
    _again(watch, lambda: hub.create_repo(repository, repo_type=kind, private=private, exist_ok=True))

    def once() -> Pushed:
        head = hub.repo_info(repository, repo_type=kind, timeout=REQUEST)
        there = [each.rfilename for each in head.siblings or []]
        gone = [name for name in delete(there) if name in there and name not in files]
        operations: list[Any] = [CommitOperationAdd(name, source) for name, source in files.items()]
        operations += [CommitOperationDelete(name) for name in gone]
        made = hub.create_commit(
            repository, operations, commit_message=message, repo_type=kind, parent_commit=head.sha, num_threads=2
        )
        return Pushed(repository, made.oid, made.commit_url)

    return _again(watch, once, conflicts=True)


def _again(watch: Watch, work: Callable[[], Result], conflicts: bool = False) -> Result:
    """`work`, tried again where the line or the Hub failed, and, with `conflicts`, where the parent has moved."""
    for attempt in range(TRIES):
        try:
            return work()
        except _errors() as error:
            again = _is_passing(error) or (conflicts and _status(error) in (409, 412))
            if attempt == TRIES - 1 or not again or watch.over:
                raise
            time.sleep(WAIT * 2**attempt)
    raise AssertionError


def _forget(place: Path, before: set[Path]) -> None:
    """Removes what is not among the files that were there `before`, and the folders that this leaves empty."""
    if not before:
        shutil.rmtree(place, ignore_errors=True)
        return
    for each in place.rglob("*"):
        if not each.is_dir() and each not in before:
            each.unlink(missing_ok=True)
    for each in sorted((each for each in place.rglob("*") if each.is_dir()), reverse=True):
        with suppress(OSError):  # not empty
            each.rmdir()


def _cache() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def _storage(repository: str) -> Path:
    return _cache() / f"models--{repository.replace('/', '--')}"


# --- deadlines and sentences --------------------------------------------------------------------------------


class _Here(threading.local):
    watch: Watch | None = None  # the call that a thread works on


_here = _Here()
_prepared = threading.Lock()
_clients: list[str] = []  # not empty once the client has our timeouts


def call(
    work: Callable[[Watch], Result], watch: Watch | None = None, *, patience: float | None = None, **about: object
) -> Result:
    """What `work` returns, run in a thread of its own; given up when nothing has moved for `patience` seconds.

    `about` is for the sentence where it fails: source (a repository), revision. Raises `Refused`.
    """
    _prepare()
    watched = watch or Watch()
    limit = STALL if patience is None else patience
    future: Future[Result] = Future()

    def run() -> None:
        _here.watch = watched
        try:
            future.set_result(work(watched))
        except BaseException as error:  # it is raised where the result is waited for
            future.set_exception(error)

    # Not one of a pool: the interpreter waits for a pool's threads when it ends, and this one may hang.
    threading.Thread(target=run, daemon=True, name="hub").start()
    while True:
        try:
            return future.result(timeout=min(0.2, limit / 4))
        except NotYet as error:
            if future.done() and future.exception() is error:
                raise explained(error, watched, about) from error
            if watched.over:
                raise Refused("hub.stopped", source=about.get("source", "")) from None
            if time.monotonic() - watched.moved > limit:
                watched.over = True
                raise _given_up(watched, about, limit) from None
        except Corrupt as error:
            raise Refused("hub.corrupt", source=about.get("source", ""), file=error) from error
        except Refused:
            raise
        except _errors() as error:
            raise explained(error, watched, about) from error


def ask(question: Callable[[Any], Result], token: str | None = None, **about: object) -> Result:
    """What `question` gets from the Hub's client; asked again where the line or the Hub fails, so it must change
    nothing that a second time would change again. `about` as for `call`. Raises `Refused`."""
    return call(lambda watch: _again(watch, lambda: question(api(token))), **about)  # type: ignore[arg-type]


def _prepare() -> None:
    """Gives the client timeouts, once a process: its own has none. And quiet."""
    with _prepared:
        if _clients:
            return
        from huggingface_hub import set_client_factory
        from huggingface_hub.utils import disable_progress_bars

        disable_progress_bars()  # they would fill the log of a training that pushes
        set_client_factory(_client)
        _clients.append("ours")


def _client() -> Any:
    import httpx2
    from huggingface_hub import is_offline_mode
    from huggingface_hub.errors import OfflineModeIsEnabled

    def before(request: Any) -> None:
        if is_offline_mode():
            raise OfflineModeIsEnabled(f"HF_HUB_OFFLINE is set: {request.url.host} is not asked.")
        if _here.watch is not None and _here.watch.over:
            raise Over
        # Some calls of the client say "no timeout", which a client's default does not outweigh.
        given = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {
            key: min(given.get(key) or REQUEST, REQUEST) for key in ("connect", "read", "write", "pool")
        }

    def after(response: Any) -> None:
        watch = _here.watch
        if watch is not None:
            watch.status = response.status_code
            seconds = response.headers.get("retry-after", "")
            watch.wait = int(seconds) if seconds.isdecimal() else 0
            if response.status_code < 400:
                watch.move()

    hooks: dict[str, list[Callable[..., Any]]] = {"request": [before], "response": [after]}
    try:
        return httpx2.Client(event_hooks=hooks, follow_redirects=True, timeout=REQUEST)
    except (ValueError, ImportError, httpx2.InvalidURL) as error:  # nothing but the proxy is looked at so early
        raise BadProxy(_short(error)) from error


def _errors() -> tuple[type[Exception], ...]:
    """What the client and the line raise. A ValueError, KeyError or TypeError: an answer that is none of the Hub's."""
    import httpx2

    return (httpx2.HTTPError, OSError, ValueError, KeyError, TypeError, AssertionError, RuntimeError)


def _status(error: BaseException) -> int | None:
    from huggingface_hub.errors import HfHubHTTPError

    return error.response.status_code if isinstance(error, HfHubHTTPError) else None


def passing() -> tuple[type[Exception], ...]:
    """What a broken line raises, for whoever is content with what has come until then."""
    import httpx2

    return (httpx2.TimeoutException, httpx2.NetworkError, httpx2.RemoteProtocolError)


def _is_passing(error: BaseException) -> bool:
    """Whether the same may work in a moment."""
    status = _status(error)
    if status is not None:
        return status in (408, 425, 500, 502, 503, 504)
    torn = isinstance(error, OSError) and "Consistency check failed" in str(error)
    # Another thread of the client's closes what all share when it cannot connect.
    torn = torn or (isinstance(error, RuntimeError) and "closed" in str(error))
    return torn or isinstance(error, passing())


def _given_up(watch: Watch, about: Mapping[str, object], limit: float) -> Refused:
    source = about.get("source", "")
    if watch.status == 429:
        return Refused("hub.rate", source=source, seconds=watch.wait or 60)
    if watch.status >= 500:
        return Refused("hub.down", source=source, status=watch.status)
    return Refused("hub.stalled", source=source, seconds=round(limit))


def explained(error: BaseException, watch: Watch, about: Mapping[str, object]) -> Refused:
    """The sentence for an error of the client, of the Hub or of the line."""
    import httpx2
    from huggingface_hub import errors

    source, revision = about.get("source", ""), about.get("revision", "")
    status = _status(error)
    if isinstance(error, Over):
        return Refused("hub.stopped", source=source)
    if isinstance(error, BadProxy):
        return Refused("hub.proxy", source=source, reason=_short(error))
    if isinstance(error, errors.GatedRepoError):
        return Refused("model.gated", source=source)
    if isinstance(error, errors.RepositoryNotFoundError):
        return Refused("model.hub_absent", source=source)
    if isinstance(error, errors.RevisionNotFoundError):
        return Refused("model.hub_revision", source=source, revision=revision)
    if isinstance(error, errors.RemoteEntryNotFoundError):
        return Refused("hub.file_absent", source=source)
    if isinstance(error, errors.LocalEntryNotFoundError):
        cause = error.__cause__
        if cause is not None and cause is not error:
            return explained(cause, watch, about)
        return Refused("model.hub_unreachable", source=source)
    if isinstance(error, errors.JobNotFoundError):
        return Refused("job.unknown", job=about.get("job", source))
    if isinstance(error, errors.LocalTokenNotFoundError):
        return Refused("hub.no_token")
    if isinstance(error, errors.OfflineModeIsEnabled):
        return Refused("hub.offline", source=source)
    if isinstance(error, errors.HFValidationError):
        return Refused("hub.name", source=source)
    if status == 401:
        return Refused("hub.token", source=source)
    if status == 402:
        return Refused("hub.payment", source=source)
    if status == 403:
        return Refused("hub.forbidden", source=source)
    if status == 404:
        return Refused("model.hub_absent", source=source)
    if status in (409, 412):
        return Refused("hub.moved", source=source)
    if status == 429:
        return Refused("hub.rate", source=source, seconds=watch.wait or 60)
    if status is not None and status >= 500:
        return Refused("hub.down", source=source, status=status)
    if status is not None:
        return Refused("hub.answer", source=source, answer=_short(error))
    if isinstance(error, httpx2.TimeoutException):
        return Refused("hub.stalled", source=source, seconds=round(REQUEST))
    if isinstance(error, httpx2.ConnectError):
        return Refused("model.hub_unreachable", source=source)
    if isinstance(error, httpx2.HTTPError | ConnectionError | RuntimeError) or "Consistency check" in str(error):
        return Refused("hub.broken", source=source)
    if isinstance(error, OSError):
        return Refused("hub.disk", source=source, reason=error.strerror or _short(error))
    return Refused("hub.answer", source=source, answer=_short(error))


def _short(message: object) -> str:
    """The first line of a message, at most 200 characters; what looks like a token is left out."""
    line = (str(message).strip().splitlines() or [""])[0][:200]
    return re.sub(r"hf_[A-Za-z0-9]{8,}", "hf_...", line)
