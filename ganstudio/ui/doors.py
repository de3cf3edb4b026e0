"""Where the app is reached, and what a request tells of the way that it came.

Nothing here decides: `guard` refuses what a page elsewhere sends, `access` tells the owner from a visitor.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ganstudio.words import Refused

Scope = MutableMapping[str, Any]
KEY = "ganstudio.doors"  # under which an ASGI scope holds the `Doors` of its app
_PORTS = {"http": 80, "https": 443}
_BASE = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
# What proxies, tunnels, content networks and those who sign people in for others put into what they pass on, written
# with "-" alone: names, and how the names of whole families begin. No browser sends any of them by itself.
_FORWARDING = frozenset(
    b"forwarded forwarded-for real-ip via client-ip x-client-ip x-cluster-client-ip x-cluster-ip x-originating-ip"
    b" x-proxyuser-ip x-proxy-id proxy-connection true-client-ip do-connecting-ip x-coming-from x-host x-scheme"
    b" x-rewrite-url x-arr-log-id x-arr-ssl x-cloud-trace-context x-nf-client-connection-ip cdn-loop front-end-https"
    b" remote-user remote-addr surrogate-capability".split()
)
_FAMILIES = (
    *(
        b"x-forward",
        b"x-original-",
        b"x-real-",
        b"x-remote-",
        b"x-auth-request-",
        b"x-envoy-",
        b"x-amzn-",
        b"x-amz-cf-",
    ),
    *(b"x-appengine-", b"x-azure-", b"x-vercel-", b"x-akamai-", b"x-sucuri-", b"x-github-", b"x-ms-client-principal"),
    *(b"cf-", b"fly-", b"fastly-", b"tailscale-", b"ngrok-", b"wl-proxy-", b"akamai-"),
)


@dataclass(frozen=True)
class Doors:
    """How an app is reached: `host` and `port` where it listens; `origin` ("https://example.com", "" where unknown)
    and `base` ("/studio", "" for the root) where a proxy in front of it is reached."""

    host: str = "127.0.0.1"
    port: int = 7860
    origin: str = ""
    base: str = ""

    @property
    def alone(self) -> bool:
        """Whether this machine alone can reach the app, as far as its settings tell."""
        return is_loopback(self.host) and not self.origin and not self.base

    @property
    def here(self) -> str:
        """The address that opens the app on this machine, with a slash at its end."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}{self.base}/"

    @property
    def outside(self) -> str:
        """The address that opens it elsewhere: the proxy's, else this machine's in its network; "" for unknown."""
        if self.origin:
            return f"{self.origin}{self.base}/"
        if is_loopback(self.host):
            return ""
        if self.host not in ("0.0.0.0", "::", ""):
            return self.here
        found = _own_address()
        return f"http://{found}:{self.port}{self.base}/" if found else ""


def parse(url: str) -> tuple[str, str]:
    """(origin, base) of "https://example.com/studio" or of "/studio"; raises `Refused` for what is neither."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise Refused("door.url", url=url[:200]) from None
    path = parts.path.rstrip("/")
    named = parts.scheme in _PORTS and _HOST.fullmatch(parts.netloc)
    if ((parts.scheme or parts.netloc) and not named) or parts.query or parts.fragment or port == 0:
        raise Refused("door.url", url=url[:200])
    if not _BASE.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise Refused("door.url", url=url[:200])
    return (f"{parts.scheme}://{parts.netloc.lower()}" if named else ""), path


def headers(scope: Scope, name: bytes) -> list[str]:
    """All values of a header; `name` in lower case."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def header(scope: Scope, name: bytes) -> str:
    """The first value of a header, "" where there is none; `name` in lower case."""
    return next(iter(headers(scope, name)), "")


def forwarded(scope: Scope) -> bool:
    """Whether a proxy passed the request on. That a header of one is there is enough, whatever it says.

    HTTP/1.0 counts as well: no browser speaks it, and a proxy that is told nothing else does.
    """
    names = {key.lower().replace(b"_", b"-") for key, _ in scope["headers"]}
    marked = names & _FORWARDING or any(name.startswith(_FAMILIES) for name in names)
    return bool(marked) or scope.get("http_version") == "1.0"


def is_loopback(host: str) -> bool:
    """Whether a host's name or address means this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def on_space() -> bool:
    """Whether this is a Hugging Face Space."""
    return "SPACE_ID" in os.environ


def is_own(scope: Scope, origin: str) -> bool:
    """Whether an `Origin` (or any address) is of this very app, by host and port.

    An https page may ask what looks like http here, as a proxy undoes the encryption; never the other way round.
    """
    asked = _place(origin)
    if asked is None:
        return False
    doors: Doors = scope.get(KEY) or Doors()
    if asked in [_place(each) for each in (doors.origin, *_space_origins()) if each]:
        return True
    scheme = asked[0]
    if scheme == "http" and scope.get("scheme") in ("https", "wss"):
        return False
    hosts = headers(scope, b"host")
    return len(hosts) == 1 and asked == _place(f"{scheme}://{hosts[0]}")


def asked_as(scope: Scope, origin: str) -> bool:
    """Whether the request names the host and port of `origin` as the ones that it wants."""
    scheme = origin.partition("://")[0]
    return _place(f"{scheme}://{header(scope, b'host')}") == _place(origin)


def _place(origin: str) -> tuple[str, str, int] | None:
    """(scheme, host, port) of an address; None for "null" and all that is no address of the web."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def _space_origins() -> Iterable[str]:
    """A Space's own addresses; with a domain of its own it has two."""
    return (f"https://{each.strip()}" for each in os.environ.get("SPACE_HOST", "").split(",") if each.strip())


def _own_address() -> str:
    """This machine's address in its network; "" where it has none. Connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address of nobody (RFC 5737): the way there is what is asked for
            return str(probe.getsockname()[0])
        except OSError:
            return ""
