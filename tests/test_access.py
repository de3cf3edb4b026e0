"""Who may train, write, delete and push."""

from __future__ import annotations

import stat
import time
from pathlib import Path
from typing import Any

import pytest

from ganstudio.ui import access, doors
from ganstudio.ui.doors import Doors
from ganstudio.words import Refused

OAUTH = ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_SCOPES", "OPENID_PROVIDER_URL")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path))
    for name in ("SPACE_ID", "SPACE_AUTHOR_NAME", "SYSTEM", "SPACE_HOST", *OAUTH, access.SPACE_TOOLS):
        monkeypatch.delenv(name, raising=False)


def request(
    host: str = "127.0.0.1:7860", client: str = "127.0.0.1", server: str = "127.0.0.1", **headers: str
) -> dict[str, Any]:
    sent = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
    scope = {"type": "http", "headers": pairs, "client": (client, 5), "server": (server, 7860), "query_string": b""}
    return scope | {"http_version": "1.1", "scheme": "http", "method": "GET", "path": "/", doors.KEY: Doors()}


def asks(scope: dict[str, Any]) -> bool:
    access.entered(scope)
    if access.is_owner():
        access.require_owner()
        return True
    with pytest.raises(Refused) as refusal:
        access.require_owner()
    assert refusal.value.key.startswith(("app.owner_only", "app.reload"))
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
        request(x_forwarded_for=""),  # that it is there is enough
        request(x_forwarded_proto="https"),
        request(x_forwarded_anything=""),
        request(x_real_ip="127.0.0.1"),
        request(via="1.1 proxy"),
        request(true_client_ip="127.0.0.1"),
        request(cf_ray="1"),
        {**request(), "http_version": "1.0"},  # a proxy that was told nothing
        request(host=""),
        {**request(), "client": None},
        {**request(), doors.KEY: Doors(host="0.0.0.0")},  # however near the caller seems
        {**request(), doors.KEY: Doors(host="192.168.1.2")},
        {**request(), doors.KEY: Doors(host="::")},
        {**request(), doors.KEY: Doors(origin="https://studio.example")},  # a proxy is in front
        {**request(), doors.KEY: Doors(base="/studio")},
        {key: value for key, value in request().items() if key != doors.KEY},  # not behind the guard
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


def test_the_owners_cookie_is_out_of_every_other_pages_reach() -> None:
    opened = {**request(), "query_string": f"owner={access.owner_key()}".encode()}
    parts = [part.strip() for part in (access.signs_in(opened) or b"").decode().split(";")]
    assert parts[0] == f"{access.COOKIE}={access.owner_key()}"
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(parts) and "Secure" not in parts
    behind = {**opened, "scheme": "https", doors.KEY: Doors(base="/studio")}
    assert {"HttpOnly", "SameSite=Strict", "Path=/studio/", "Secure"} <= set(
        (access.signs_in(behind) or b"").decode().split("; ")
    )


def space(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Space that offers tools, and where one can sign in."""
    for name in OAUTH:
        monkeypatch.setenv(name, "x")
    for name, value in {"SPACE_ID": "ann/studio", "SPACE_AUTHOR_NAME": "ann", "SYSTEM": "spaces"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(access.SPACE_TOOLS, "on")


def signed(who: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    """A request of somebody who signed in, from the app's own page, or with the token that is given."""
    scope = {**request(), "session": {"oauth_info": who}}
    access.entered(scope)
    sent = access.page_token() if token is None else token
    return {**scope, "headers": [*scope["headers"], (access.PAGE_TOKEN, sent.encode())]}


def test_a_space_offers_nothing_that_its_owner_did_not_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    space(monkeypatch)
    assert access.tools_offered() and asks(signed(info("ann")))
    assert access.hub_token() == "token-of-ann"
    assert not asks(request())  # 127.0.0.1 means nothing behind a Space's proxy
    assert not asks(signed(info("bob")))
    assert not asks(signed({**info("ann"), "expires_at": time.time() - 1}))
    assert not asks({**request(), "session": {}})
    assert asks(signed(info("bob", [{"preferred_username": "ann", "roleInOrg": "admin"}])))
    assert not asks(signed(info("bob", [{"preferred_username": "ann", "roleInOrg": "read"}])))
    monkeypatch.delenv(access.SPACE_TOOLS)
    assert not access.tools_offered() and not asks(signed(info("ann")))


@pytest.mark.parametrize("missing", [*OAUTH, "SYSTEM"])
def test_a_space_where_sessions_could_be_forged_offers_no_tools(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """Without the secret the framework signs sessions with a constant; without SYSTEM it signs everybody in."""
    space(monkeypatch)
    for value in ("", " "):
        monkeypatch.setenv(missing, value)
        assert not access.tools_offered() and not access.by_sign_in() and not asks(signed(info("ann")))
    monkeypatch.delenv(missing)
    assert not access.tools_offered() and not asks(signed(info("ann")))
    assert access.hub_token() is None


def test_on_a_space_the_owners_orders_come_from_the_apps_own_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform's cookie comes along from any page there."""
    space(monkeypatch)
    asks(signed(info("ann")))
    token = access.page_token()
    access.entered({**request(), "session": {"oauth_info": {**info("ann"), "access_token": "another sign-in"}}})
    other = access.page_token()
    assert len(token) == 64 and token != other
    for wrong in ("", "x", other, token[:-1], "\xe9"):
        assert not asks(signed(info("ann"), wrong)) and access.hub_token() is None
        assert access.sees_tools()  # the page itself is opened without a token, which it brings
        with pytest.raises(Refused) as refusal:
            access.require_owner()
        assert refusal.value.key == "app.reload"
    monkeypatch.setenv("OAUTH_CLIENT_SECRET", "another")
    assert not asks(signed(info("ann"), token))


def info(name: str, organisations: list[dict[str, str]] | None = None) -> dict[str, Any]:
    user = {"preferred_username": name, "orgs": organisations}
    return {"access_token": f"token-of-{name}", "expires_at": time.time() + 60, "userinfo": user}


def test_elsewhere_the_hub_token_is_the_environments() -> None:
    access.entered({**request(), "session": {"oauth_info": info("ann")}})
    assert access.hub_token() is None
