"""A stand-in for the Hugging Face Hub on this machine, for tests alone: repositories, LFS, commits, and Jobs over HTTP.

It speaks the endpoints that huggingface_hub calls, keeps everything in memory, and fails on demand: see `Fault`. What
a real Hub does beyond that (Xet, pull requests, resource groups, several branches) it does not.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from huggingface_hub import constants
from huggingface_hub.utils import close_session

from ganstudio import remote as hub_remote

TOKEN = "hf_" + "TheTokenOfTheTests0123456789"  # may write
READER = "hf_" + "ATokenThatMayReadAlone012345"
LFS_FROM = 2**20  # bytes: larger files, and all weights, are LFS files
STEP = timedelta(seconds=1)
HARDWARE = [
    {
        "name": "cpu-basic",
        "prettyName": "CPU Basic",
        "cpu": "2 vCPU",
        "ram": "16 GB",
        "ephemeralStorage": "20 GB",
        "accelerator": None,
        "unitCostMicroUSD": 167,
        "unitCostUSD": 0.000167,
        "unitLabel": "minute",
    },
    {
        "name": "t4-small",
        "prettyName": "Nvidia T4 - small",
        "cpu": "4 vCPU",
        "ram": "15 GB",
        "ephemeralStorage": "50 GB",
        "accelerator": {"type": "gpu", "model": "T4", "quantity": "1", "vram": "16 GB", "manufacturer": "Nvidia"},
        "unitCostMicroUSD": 6667,
        "unitCostUSD": 0.006667,
        "unitLabel": "minute",
    },
]


@dataclass
class Fault:
    """What goes wrong with requests whose "METHOD path" matches `where`, the next `times` of them.

    `how`: a status code; "drop", the connection ends in the middle of the body; "reset", likewise with a reset;
    "stall", nothing comes any more; "corrupt", the body has the right size and another content; "lost", the work is
    done and the connection reset before the answer.
    """

    how: int | str
    where: str = "."
    times: int = 10**9
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Repository:
    """Commits, the newest last: (hash, message, {path: content})."""

    private: bool = False
    gated: bool = False
    commits: list[tuple[str, str, dict[str, bytes]]] = field(default_factory=list)

    def add(self, message: str, files: dict[str, bytes]) -> str:
        parent = self.commits[-1][0] if self.commits else ""
        made = hashlib.sha1(f"{parent}{message}{len(self.commits)}".encode()).hexdigest()
        self.commits.append((made, message, files))
        return made

    @property
    def files(self) -> dict[str, bytes]:
        return self.commits[-1][2]

    @property
    def head(self) -> str:
        return self.commits[-1][0]

    def at(self, revision: str) -> tuple[str, dict[str, bytes]] | None:
        if revision == "main":
            return self.head, self.files
        return next(((sha, files) for sha, _, files in self.commits if sha == revision), None)


class FakeHub:
    """The stand-in; `url` is its address. Use it as a context manager, or through the fixture `fake_hub`."""

    def __init__(self) -> None:
        self.repositories: dict[tuple[str, str], Repository] = {}
        self.people = {
            TOKEN: {"name": "tester", "role": "write", "orgs": ["atelier"]},
            READER: {"name": "tester", "role": "read", "orgs": []},
        }
        self.blobs: dict[str, bytes] = {}  # of LFS, by sha256
        self.jobs: dict[str, dict[str, Any]] = {}
        self.logs: dict[str, list[str]] = {}
        self.log_drops_after: int | None = None  # lines, of the next log stream
        self.faults: list[Fault] = []
        self.requests: list[str] = []  # "METHOD path"
        self.bodies: list[bytes] = []  # of everything that was sent here
        self.moves: list[str] = []  # repositories that somebody else commits to right before the next commit
        self.lock = threading.RLock()
        self.over = threading.Event()
        handler = type("Handler", (Handler,), {"hub": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> FakeHub:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def fail(self, how: int | str, where: str = ".", times: int = 10**9, **headers: str) -> Fault:
        fault = Fault(how, where, times, {name.replace("_", "-"): value for name, value in headers.items()})
        self.faults.append(fault)
        return fault

    def put(self, name: str, files: dict[str, bytes], kind: str = "model", **options: bool) -> str:
        """A repository with these files, as somebody else made it; returns its commit."""
        repository = self.repositories.setdefault((kind, name), Repository(**options))
        if not repository.commits:
            repository.add("initial commit", {".gitattributes": b""})
        for content in files.values():
            self.blobs[hashlib.sha256(content).hexdigest()] = content
        return repository.add("put", {**repository.files, **files}) if files else repository.head

    def model(self, name: str) -> Repository:
        return self.repositories["model", name]

    def asked(self, where: str) -> int:
        """How many requests so far match."""
        return sum(bool(re.search(where, each)) for each in self.requests)


class Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        self.handle_any()

    do_HEAD = do_POST = do_PUT = do_GET

    def handle_any(self) -> None:
        hub = self.hub
        length = int(self.headers.get("Content-Length") or 0)
        self.fault: Fault | None = None
        line = f"{self.command} {unquote(urlsplit(self.path).path)}"
        with hub.lock:
            hub.requests.append(line)
            for fault in hub.faults:
                if fault.times > 0 and re.search(fault.where, line):
                    fault.times -= 1
                    self.fault = fault
                    break
        if self.headers.get("Transfer-Encoding") == "chunked":
            self.body = self.read_chunks()
        else:
            self.body = self.rfile.read(length)
        hub.bodies.append(self.body)
        if self.fault and isinstance(self.fault.how, int):
            self.fail(self.fault.how, **self.fault.headers)
            return
        if self.fault and self.fault.how == "stall":
            hub.over.wait(60)
            self.close_connection = True
            return
        if self.fault and self.fault.how == "reset" and self.command in ("POST", "PUT"):
            self.reset()  # before the work is done: see "lost"
            return
        with hub.lock:
            self.route(unquote(urlsplit(self.path).path), parse_qs(urlsplit(self.path).query))

    def read_chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    # --- answers -------------------------------------------------------------------------------------------

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        if self.fault and self.fault.how == "lost":
            self.reset()
            return
        if self.fault and self.fault.how == "corrupt" and body:
            body = bytes([body[0] ^ 1]) + body[1:] if len(body) < 1000 else body[:-1] + bytes([body[-1] ^ 1])
        self.send_response(status)
        headers = {"Content-Length": str(len(body)), **(headers or {})}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if self.fault and self.fault.how in ("drop", "reset"):
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            if self.fault.how == "reset":
                self.reset()
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.wfile.write(body)

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
        self.rfile = self.wfile = open("/dev/null", "r+b", buffering=0)  # type: ignore[assignment]  # noqa: SIM115

    def json(self, value: Any, status: int = 200, **headers: str) -> None:
        self.send(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})

    def fail(self, status: int, **headers: str) -> None:
        self.json({"error": f"status {status}"}, status, **headers)

    def absent(self, what: str) -> None:
        self.fail(404, **{"X-Error-Code": what, "X-Error-Message": "not found"})

    # --- who asks ------------------------------------------------------------------------------------------

    def person(self) -> dict[str, Any] | None:
        """Of the token; answers 401 itself, and raises, for a token that nobody has."""
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ").strip()
        if not token:
            return None
        if token not in self.hub.people:
            self.fail(401, **{"X-Error-Message": "Invalid credentials in Authorization header"})
            raise LookupError
        return self.hub.people[token]

    def may_write(self) -> bool:
        person = self.person()
        if person is None:
            self.fail(401, **{"X-Error-Message": "Invalid username or password."})
        elif person["role"] != "write":
            self.fail(403, **{"X-Error-Message": "You don't have the required permissions."})
        return person is not None and person["role"] == "write"

    def repository(self, kind: str, name: str) -> Repository | None:
        """The repository, or None once the refusal has been sent."""
        person = self.person()
        found = self.hub.repositories.get((kind, name))
        if found is None or (found.private and person is None):
            self.absent("RepoNotFound") if person else self.fail(401, **{"X-Error-Code": "RepoNotFound"})
            return None
        if found.gated:
            self.fail(403, **{"X-Error-Code": "GatedRepo", "X-Error-Message": "Access is restricted."})
            return None
        return found

    # --- routes --------------------------------------------------------------------------------------------

    def route(self, path: str, query: dict[str, list[str]]) -> None:
        with contextlib.suppress(LookupError):  # the refusal has been sent
            if path == "/api/whoami-v2":
                self.whoami()
            elif path == "/api/repos/create":
                self.create()
            elif path == "/api/validate-yaml":
                self.json({"warnings": [], "errors": []})
            elif path.startswith("/api/jobs/"):
                self.job(path.removeprefix("/api/jobs/").split("/"), query)
            elif match := re.fullmatch(r"/lfs/([0-9a-f]{64})", path):
                self.upload(match[1])
            elif match := re.fullmatch(r"/(datasets/)?(.+)\.git/info/lfs/objects/batch", path):
                self.batch()
            elif match := re.fullmatch(r"/api/(model|dataset)s/([^/]+/[^/]+)/(preupload|commit|tree)/([^/]+)", path):
                self.work(match[1], match[2], match[3], match[4])
            elif match := re.fullmatch(r"/api/(model|dataset)s/([^/]+/[^/]+)(?:/revision/(.+))?", path):
                self.info(match[1], match[2], match[3] or "main")
            elif match := re.fullmatch(r"/(datasets/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
                self.resolve("dataset" if match[1] else "model", match[2], match[3], match[4])
            else:
                self.fail(404)

    def whoami(self) -> None:
        person = self.person()
        if person is None:
            self.fail(401, **{"X-Error-Message": "Invalid username or password."})
            return
        token = {"displayName": "test", "role": person["role"]}
        orgs = [{"name": name, "type": "org"} for name in person["orgs"]]
        self.json({"type": "user", "name": person["name"], "orgs": orgs, "auth": {"accessToken": token}})

    def create(self) -> None:
        if not self.may_write():
            return
        wish = json.loads(self.body)
        kind = wish.get("type") or "model"
        name = f"{wish.get('organization') or 'tester'}/{wish['name']}"
        where = f"{self.hub.url}/{'datasets/' if kind == 'dataset' else ''}{name}"
        if (kind, name) in self.hub.repositories:
            self.json({"error": "You already created this repo", "url": where}, 409)
            return
        self.hub.put(name, {}, kind, private=wish.get("visibility") == "private")
        self.json({"url": where, "id": name})

    def info(self, kind: str, name: str, revision: str) -> None:
        found = self.repository(kind, name)
        if found is None:
            return
        at = found.at(revision)
        if at is None:
            self.absent("RevisionNotFound")
            return
        sha, files = at
        siblings = []
        for path, content in files.items():
            entry = {"rfilename": path, "size": len(content), "blobId": git_hash(content)}
            if is_lfs(path, content):
                digest = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 130}
            siblings.append(entry)
        self.json({"id": name, "sha": sha, "private": found.private, "siblings": siblings, "tags": []})

    def resolve(self, kind: str, name: str, revision: str, path: str) -> None:
        found = self.repository(kind, name)
        if found is None:
            return
        at = found.at(revision)
        if at is None:
            self.absent("RevisionNotFound")
            return
        sha, files = at
        if path not in files:
            self.absent("EntryNotFound")
            return
        content = files[path]
        digest = hashlib.sha256(content).hexdigest() if is_lfs(path, content) else git_hash(content)
        headers = {"ETag": f'"{digest}"', "X-Repo-Commit": sha, "Accept-Ranges": "bytes"}
        if match := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or ""):
            start = int(match[1])
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.send(206, content[start:], headers)
        else:
            self.send(200, content, headers)

    def work(self, kind: str, name: str, what: str, revision: str) -> None:
        if what == "tree":
            found = self.repository(kind, name)
            if found is not None:
                files = found.files.items()
                self.json(
                    [{"type": "file", "path": p, "size": len(c), "oid": git_hash(c)} for p, c in files],
                )
            return
        if not self.may_write():
            return
        found = self.repository(kind, name)
        if found is None:
            return
        if what == "preupload":
            modes = []
            for each in json.loads(self.body)["files"]:
                path = each["path"]
                lfs = each["size"] >= LFS_FROM or path.endswith(".safetensors")
                there = found.files.get(path)
                oid = None
                if there is not None:
                    oid = hashlib.sha256(there).hexdigest() if lfs else git_hash(there)
                mode = "lfs" if lfs else "regular"
                modes.append({"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid})
            self.json({"files": modes})
            return
        self.commit(name, found)

    def batch(self) -> None:
        if not self.may_write():
            return
        objects = []
        for each in json.loads(self.body)["objects"]:
            entry = {"oid": each["oid"], "size": each["size"]}
            if each["oid"] not in self.hub.blobs:
                entry["actions"] = {"upload": {"href": f"{self.hub.url}/lfs/{each['oid']}", "header": {}}}
            objects.append(entry)
        self.json({"transfer": "basic", "objects": objects})

    def upload(self, oid: str) -> None:
        if hashlib.sha256(self.body).hexdigest() != oid:
            self.fail(400)
            return
        self.hub.blobs[oid] = self.body
        self.send(200, b"")

    def commit(self, name: str, found: Repository) -> None:
        if name in self.hub.moves:
            self.hub.moves.remove(name)
            found.add("somebody else's", {**found.files, "theirs.txt": b"theirs"})
        lines = [json.loads(line) for line in self.body.splitlines()]
        header = lines[0]["value"]
        if header.get("parentCommit") not in (None, found.head):
            self.fail(412, **{"X-Error-Message": "A commit has happened since. Please refresh and try again."})
            return
        files = dict(found.files)
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.hub.blobs:
                    self.fail(400)
                    return
                files[value["path"]] = self.hub.blobs[value["oid"]]
            elif line["key"] == "deletedFile":
                del files[value["path"]]
        sha = found.add(header["summary"], files)
        self.json({"commitUrl": f"{self.hub.url}/{name}/commit/{sha}", "commitOid": sha, "pullRequestUrl": None})

    # --- Jobs ----------------------------------------------------------------------------------------------

    def job(self, parts: list[str], query: dict[str, list[str]]) -> None:
        if parts == ["hardware"]:
            self.json(HARDWARE)
            return
        if self.command == "POST" and not self.may_write():
            return
        if self.person() is None:
            self.fail(401)
            return
        jobs = self.hub.jobs
        if len(parts) == 1 and self.command == "POST":
            self.json(self.new_job(parts[0], json.loads(self.body)))
            return
        if len(parts) == 1:
            labels = [each.split("=", 1) for each in query.get("label", [])]
            of_owner = [each for each in jobs.values() if each["owner"]["name"] == parts[0]]
            self.json([each for each in of_owner if all(each["labels"].get(k) == v for k, v in labels)])
            return
        job = jobs.get(parts[1])
        if job is None:
            self.absent("JobNotFound")
        elif parts[2:] == ["cancel"]:
            job["status"]["stage"] = "CANCELED"
            self.json(job)
        elif parts[2:] == ["logs"]:
            self.stream(self.hub.logs.get(parts[1], []))
        else:
            self.json(job)

    def new_job(self, owner: str, spec: dict[str, Any]) -> dict[str, Any]:
        made = f"{len(self.hub.jobs) + 1:024x}"
        secrets = dict.fromkeys(spec.pop("secrets", {}), "")  # their values are never told
        self.hub.jobs[made] = {
            **spec,
            "id": made,
            "secrets": secrets,
            "createdAt": "2026-01-01T00:00:00.000Z",
            "owner": {"id": "1", "name": owner, "type": "user"},
            "status": {"stage": "SCHEDULING", "message": None},
        }
        return self.hub.jobs[made]

    def stream(self, lines: list[str]) -> None:
        begun = datetime(2026, 1, 1, tzinfo=UTC)
        events = b""
        drops, self.hub.log_drops_after = self.hub.log_drops_after, None
        for number, line in enumerate(lines[:drops]):
            stamp = (begun + number * STEP).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            events += b"data: " + json.dumps({"data": line, "timestamp": stamp}).encode() + b"\n\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(events) + (drops is not None)))
        self.end_headers()
        self.wfile.write(events)
        self.close_connection = True


def is_lfs(path: str, content: bytes) -> bool:
    return len(content) >= LFS_FROM or path.endswith(".safetensors")


def git_hash(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@contextlib.contextmanager
def connected(patch: pytest.MonkeyPatch, home: Any, token: str | None = TOKEN) -> Iterator[FakeHub]:
    """A stand-in that this process's client talks to, with a cache of its own and short patience.

    The client reads its environment once, when it is imported, and other tests have told it to stay offline; so the
    values that it took from there are replaced. A test of the command line sets the environment itself: see
    `environment`.
    """
    with FakeHub() as hub:
        patch.setattr(hub_remote, "ENDPOINT", hub.url)
        patch.setattr(hub_remote, "STALL", 2.0)
        patch.setattr(hub_remote, "REQUEST", 1.0)
        patch.setattr(hub_remote, "WAIT", 0.01)
        patch.setattr(constants, "HF_HUB_OFFLINE", False)
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        patch.setattr(constants, "HF_HUB_CACHE", str(home / "hub"))
        patch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
        for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
            patch.delenv(name, raising=False)
        if token is not None:
            patch.setenv("HF_TOKEN", token)
        close_session()
        patch.setattr(time, "sleep", brief(time.sleep))
        yield hub
        close_session()


def brief(sleep: Any) -> Any:
    """The client's own waits between tries are seconds long; here they are a hundredth of that."""
    return lambda seconds: sleep(seconds / 100 if seconds >= 0.5 else seconds)


def environment(hub: FakeHub, home: Any, token: str | None = TOKEN) -> dict[str, str]:
    """For a process that shall talk to the stand-in, as a person would set it."""
    given = {"HF_ENDPOINT": hub.url, "HF_HOME": str(home), "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1"}
    return {**given, "GANSTUDIO_HOME": str(home / "studio"), **({"HF_TOKEN": token} if token else {})}
