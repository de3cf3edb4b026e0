"""Who may train, write, delete and push: the one who runs the app.

The app alone on this machine (it listens to 127.0.0.1, and is asked by that name): whoever asks. Where others can
reach it, by another `--host` or through a proxy, the one with the owner's link, which the app prints; a browser that
opened it keeps a cookie. On a Hugging Face Space: its author, signed in there, and only if the Space's variable
GANSTUDIO_TOOLS is "on"; without that a Space draws and translates, and no more. Since the platform's cookie comes along
from any page there, so must a token that only the app's own page knows.

What a page hides protects nothing: every handler of such a tab begins with `require_owner` (see answers.build).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from ganstudio import places
from ganstudio.ui import doors
from ganstudio.ui.doors import Doors, Scope
from ganstudio.words import Refused

COOKIE = "ganstudio_owner"
PARAMETER = "owner"
SPACE_TOOLS = "GANSTUDIO_TOOLS"
PAGE_TOKEN = b"x-ganstudio-page"  # header; head.js sends it with whatever the page asks
_YEAR = 365 * 24 * 3600
# Without the secret the framework signs its sessions with a constant that anybody can read, and so be the owner.
_SIGN_IN = ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_SCOPES", "OPENID_PROVIDER_URL")

# What is being answered; None outside of a request, as in tests and at start.
_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


def entered(scope: Scope) -> None:
    """Remembers the ASGI request that is answered from here on, for the handlers behind."""
    _scope.set(scope)


def tools_offered() -> bool:
    """Whether this app has any tabs for its owner alone: always, but on a Space whose owner did not ask for them."""
    return not doors.on_space() or (os.environ.get(SPACE_TOOLS) == "on" and _can_sign_in())


def by_sign_in() -> bool:
    """Whether the owner proves who they are by signing in, as on a Space that offers tools."""
    return doors.on_space() and tools_offered()


def sees_tools() -> bool:
    """Whether the page that is being answered is its owner's. What it then does is judged by `is_owner`."""
    scope = _scope.get()
    if scope is None or not tools_offered():
        return False
    if doors.on_space():
        return _is_author(_signed_in(scope))
    return _is_alone(scope) or _has_key(_cookie(scope))


def is_owner() -> bool:
    """Whether the request that is being answered comes from the one who runs the app, and from the app's own page."""
    return sees_tools() and (not doors.on_space() or _knows_page())


def require_owner() -> None:
    """Raises `Refused` for everybody else."""
    if not is_owner():
        if doors.on_space():
            raise Refused("app.reload" if sees_tools() else "app.owner_only_space")
        raise Refused("app.owner_only")


def hub_token() -> str | None:
    """On a Space, the Hub token of whoever is signed in; elsewhere None, for the environment's or the Hub's own."""
    scope = _scope.get()
    info = _signed_in(scope) if scope is not None and by_sign_in() and _knows_page() else {}
    token = info.get("access_token")
    return token if isinstance(token, str) else None


# --- the page's own token ---------------------------------------------------------------------------------


def page_token() -> str:
    """What the page that is being answered has to send with all that it asks; "" where no sign-in needs it.

    Of this sign-in alone, and the same after a restart and in another process of the same Space.
    """
    scope = _scope.get()
    info = _signed_in(scope) if scope is not None and by_sign_in() else {}
    session = info.get("access_token")
    if not isinstance(session, str) or not session:
        return ""
    secret = os.environ["OAUTH_CLIENT_SECRET"].encode()
    return hmac.new(secret, b"ganstudio page " + session.encode(), hashlib.sha256).hexdigest()


def _knows_page() -> bool:
    scope, token = _scope.get(), page_token()
    return (
        scope is not None
        and bool(token)
        and hmac.compare_digest(doors.header(scope, PAGE_TOKEN).encode(), token.encode())
    )


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
    place: Doors = scope.get(doors.KEY) or Doors()
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    return f"{COOKIE}={owner_key()}; Path={place.base}/; Max-Age={_YEAR}; HttpOnly; SameSite=Strict{secure}".encode()


def _key_file() -> Path:
    return places.home() / ".owner-key"


def _has_key(given: str) -> bool:
    return bool(given) and hmac.compare_digest(given.encode(), owner_key().encode())


def _cookie(scope: Scope) -> str:
    try:
        sent = SimpleCookie("; ".join(doors.headers(scope, b"cookie"))).get(COOKIE)
    except CookieError:
        return ""
    return sent.value if sent is not None else ""


# --- this machine -----------------------------------------------------------------------------------------


def _is_alone(scope: Scope) -> bool:
    """Whether the request was made on this machine, to it by name, and was not passed on by a proxy.

    By name: a page elsewhere can let its own name point here, and the browser would call it the same origin. With
    another `--host` or a proxy's address nobody is alone, however near the caller seems: a proxy may be near, too.
    """
    place, server, client = scope.get(doors.KEY), scope.get("server"), scope.get("client")
    if not isinstance(place, Doors) or not place.alone or doors.forwarded(scope) or not server or not client:
        return False
    host = doors.header(scope, b"host").rsplit(":", 1)[0].strip("[]")
    return all(map(doors.is_loopback, (server[0], client[0], host)))


# --- a Space ----------------------------------------------------------------------------------------------


def _can_sign_in() -> bool:
    """Whether the framework signs visitors in by the Hub. Where it does not take this for a Space it lets everybody
    in as whoever the machine is signed in as."""
    return os.environ.get("SYSTEM") == "spaces" and all(os.environ.get(name, "").strip() for name in _SIGN_IN)


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
