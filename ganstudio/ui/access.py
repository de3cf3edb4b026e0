"""Who may train, write, delete and push: the one who runs the app.

The app alone on this machine (it listens to 127.0.0.1, and is asked by that name): whoever asks. Where others can
reach it, the one with the owner's link, which the app prints when it starts; a browser that opened it keeps a cookie.
On a Hugging Face Space: its author, signed in there, and only if the Space's variable GANSTUDIO_TOOLS is "on"; without
that a Space draws and translates, and no more.

What a page hides protects nothing: every handler that does such things begins with `require_owner`.
"""

from __future__ import annotations

import hmac
import ipaddress
import os
import secrets
import time
from collections.abc import MutableMapping
from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from ganstudio import places
from ganstudio.text import Refused

COOKIE = "ganstudio_owner"
PARAMETER = "owner"
SPACE_TOOLS = "GANSTUDIO_TOOLS"
_YEAR = 365 * 24 * 3600

Scope = MutableMapping[str, Any]
# What is being answered; None outside of a request, as in tests and at start.
_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


def entered(scope: Scope) -> None:
    """Remembers the ASGI request that is answered from here on, for the handlers behind."""
    _scope.set(scope)


def tools_offered() -> bool:
    """Whether this app has any tabs for its owner alone: always, but on a Space whose owner did not ask for them."""
    return "SPACE_ID" not in os.environ or (os.environ.get(SPACE_TOOLS) == "on" and "OAUTH_CLIENT_ID" in os.environ)


def by_sign_in() -> bool:
    """Whether the owner proves who they are by signing in, as on a Space that offers tools."""
    return "SPACE_ID" in os.environ and tools_offered()


def is_owner() -> bool:
    """Whether the request that is being answered comes from the one who runs the app."""
    scope = _scope.get()
    if scope is None or not tools_offered():
        return False
    if "SPACE_ID" in os.environ:
        return _is_author(_signed_in(scope))
    return _is_alone(scope) or _has_key(_cookie(scope))


def require_owner() -> None:
    """Raises `Refused` for everybody else."""
    if not is_owner():
        raise Refused("app.owner_only_space" if "SPACE_ID" in os.environ else "app.owner_only")


def hub_token() -> str | None:
    """On a Space, the Hub token of whoever is signed in; elsewhere None, for the environment's or the Hub's own."""
    scope = _scope.get()
    info = _signed_in(scope) if scope is not None and "SPACE_ID" in os.environ else {}
    token = info.get("access_token")
    return token if isinstance(token, str) else None


# --- the owner's link -------------------------------------------------------------------------------------


def owner_key() -> str:
    """The secret in the owner's link: made once, kept in a file that only this account can read."""
    file = _key_file()
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        key = secrets.token_urlsafe(32)
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(key)
        return key


def signs_in(scope: Scope) -> bytes | None:
    """The cookie for a browser that opens the owner's link; None for every other request."""
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    if not _has_key(query.get(PARAMETER, [""])[-1]):
        return None
    return f"{COOKIE}={owner_key()}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Strict".encode()


def _key_file() -> Path:
    return places.home() / ".owner-key"


def _has_key(given: str) -> bool:
    return bool(given) and hmac.compare_digest(given.encode(), owner_key().encode())


def _cookie(scope: Scope) -> str:
    try:
        sent = SimpleCookie(_header(scope, b"cookie")).get(COOKIE)
    except CookieError:
        return ""
    return sent.value if sent is not None else ""


# --- this machine -----------------------------------------------------------------------------------------


def _is_alone(scope: Scope) -> bool:
    """Whether the request was made on this machine, to it by name, and was not passed on by a proxy.

    By name: a page elsewhere can let its own name point here, and the browser would call it the same origin.
    """
    server, client = scope.get("server"), scope.get("client")
    forwarded = any(_header(scope, name) for name in (b"x-forwarded-for", b"forwarded", b"x-real-ip", b"via"))
    host = _header(scope, b"host").rsplit(":", 1)[0].strip("[]")
    if forwarded or not server or not client:
        return False
    return all(map(_is_loopback, (server[0], client[0], host)))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name), "")


# --- a Space ----------------------------------------------------------------------------------------------


def _signed_in(scope: Scope) -> dict[str, Any]:
    """What the Hub said of the visitor who signed in (put into the session by the framework); {} for others."""
    info = scope.get("session", {}).get("oauth_info") or {}
    return info if float(info.get("expires_at") or 0) > time.time() else {}


def _is_author(info: dict[str, Any]) -> bool:
    """Whether they are the Space's author, or an administrator of the organisation that is."""
    author, user = os.environ.get("SPACE_AUTHOR_NAME"), info.get("userinfo") or {}
    if not author:
        return False
    mine = {user.get("preferred_username")}
    mine |= {each.get("preferred_username") for each in user.get("orgs") or [] if each.get("roleInOrg") == "admin"}
    return author in mine
