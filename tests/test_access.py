"""Who may train, write, delete and push."""

from __future__ import annotations

import stat
import time
from pathlib import Path
from typing import Any

import pytest

from ganstudio.text import Refused
from ganstudio.ui import access


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path))
    for name in ("SPACE_ID", "SPACE_AUTHOR_NAME", "OAUTH_CLIENT_ID", access.SPACE_TOOLS):
        monkeypatch.delenv(name, raising=False)


def request(
    host: str = "127.0.0.1:7860", client: str = "127.0.0.1", server: str = "127.0.0.1", **headers: str
) -> dict[str, Any]:
    sent = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
    return {"type": "http", "headers": pairs, "client": (client, 5), "server": (server, 7860), "query_string": b""}


def asks(scope: dict[str, Any]) -> bool:
    access.entered(scope)
    if access.is_owner():
        access.require_owner()
        return True
    with pytest.raises(Refused) as refusal:
        access.require_owner()
    assert refusal.value.key.startswith("app.owner_only")
    return False


def test_whoever_asks_on_this_machine() -> None:
    assert asks(request()) and asks(request("localhost:1")) and asks(request("[::1]:7860", "::1", "::1"))


@pytest.mark.parametrize(
    "scope",
    [
        request(client="192.168.1.7", server="192.168.1.2", host="192.168.1.2:7860"),
        request(client="192.168.1.7"),
        request(host="evil.example:7860"),  # its name points here
        request(host="127.0.0.1.evil.example"),
        request(x_forwarded_for="10.0.0.1"),
        request(forwarded="for=10.0.0.1"),
        request(host=""),
        {**request(), "client": None},
    ],
)
def test_everybody_else(scope: dict[str, Any]) -> None:
    assert not asks(scope)


def test_nobody_asks() -> None:
    access._scope.set(None)
    assert not access.is_owner()


def test_the_owners_link() -> None:
    key = access.owner_key()
    assert len(key) > 40 and access.owner_key() == key
    assert stat.S_IMODE(access._key_file().stat().st_mode) == 0o600
    far: dict[str, Any] = {"client": "192.168.1.7", "host": "192.168.1.2:7860"}
    assert access.signs_in({**request(**far), "query_string": f"owner={key}".encode()})
    for wrong in (b"", b"owner=", b"owner=x", b"lang=ja", b"owner=" + key.encode()[:-1]):
        assert access.signs_in({**request(**far), "query_string": wrong}) is None
    assert asks(request(**far, cookie=f"a=b; {access.COOKIE}={key}"))
    assert not asks(request(**far, cookie=f"{access.COOKIE}={key}x"))
    assert not asks(request(**far, cookie="\x00=;;;=\xff"))


def test_a_space_offers_nothing_that_its_owner_did_not_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "ann/studio")
    monkeypatch.setenv("SPACE_AUTHOR_NAME", "ann")
    signed = {**request(), "session": {"oauth_info": info("ann")}}
    assert not access.tools_offered() and not asks(signed)
    monkeypatch.setenv(access.SPACE_TOOLS, "on")
    assert not access.tools_offered()  # nobody could sign in
    monkeypatch.setenv("OAUTH_CLIENT_ID", "x")
    assert access.tools_offered() and asks(signed)
    assert access.hub_token() == "token-of-ann"
    assert not asks(request())  # 127.0.0.1 means nothing behind a Space's proxy
    assert not asks({**request(), "session": {"oauth_info": info("bob")}})
    assert not asks({**request(), "session": {"oauth_info": {**info("ann"), "expires_at": time.time() - 1}}})
    assert not asks({**request(), "session": {}})
    access.entered(
        {**request(), "session": {"oauth_info": info("bob", [{"preferred_username": "ann", "roleInOrg": "admin"}])}}
    )
    assert access.is_owner()
    access.entered(
        {**request(), "session": {"oauth_info": info("bob", [{"preferred_username": "ann", "roleInOrg": "read"}])}}
    )
    assert not access.is_owner()


def info(name: str, organisations: list[dict[str, str]] | None = None) -> dict[str, Any]:
    user = {"preferred_username": name, "orgs": organisations}
    return {"access_token": f"token-of-{name}", "expires_at": time.time() + 60, "userinfo": user}


def test_elsewhere_the_hub_token_is_the_environments() -> None:
    access.entered({**request(), "session": {"oauth_info": info("ann")}})
    assert access.hub_token() is None
