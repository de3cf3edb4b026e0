"""Where the app is reached, and the way that a request came."""

from __future__ import annotations

from typing import Any

import pytest

from ganstudio.ui import doors
from ganstudio.ui.doors import Doors
from ganstudio.words import Refused


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", ("", "")),
        ("/", ("", "")),
        ("/studio/", ("", "/studio")),
        ("/a/b-c_d.e~f", ("", "/a/b-c_d.e~f")),
        ("https://Example.com", ("https://example.com", "")),
        ("http://example.com:8080/studio", ("http://example.com:8080", "/studio")),
        ("https://[2001:db8::1]:8443/x/", ("https://[2001:db8::1]:8443", "/x")),
    ],
)
def test_the_address_that_a_proxy_gives(url: str, expected: tuple[str, str]) -> None:
    assert doors.parse(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "studio",
        "example.com/studio",
        "//example.com/studio",
        "ftp://example.com",
        "https://",
        "https://example.com/?a=b",
        "https://example.com/#a",
        "https://a@example.com",
        "https://example.com:99999",
        "https://example.com:0",
        "https://[bad",
        "/a/../b",
        "/a b",
        '/a"><script>',
        "/a\r\nset-cookie: x",
        "https://example.com evil",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Refused) as refusal:
        doors.parse(url)
    assert refusal.value.key == "door.url"


@pytest.mark.parametrize(
    ("place", "here", "outside"),
    [
        (Doors(), "http://127.0.0.1:7860/", ""),
        (Doors("::1", 80), "http://[::1]:80/", ""),
        (Doors("localhost", 81), "http://localhost:81/", ""),
        (Doors("192.168.1.2"), "http://192.168.1.2:7860/", "http://192.168.1.2:7860/"),
        (Doors(origin="https://a.example", base="/s"), "http://127.0.0.1:7860/s/", "https://a.example/s/"),
    ],
)
def test_links_open(place: Doors, here: str, outside: str) -> None:
    assert (place.here, place.outside) == (here, outside)


def test_no_link_leads_to_every_address_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.0.0.0 is where one listens, not where one goes."""
    for host in ("0.0.0.0", "::", ""):
        monkeypatch.setattr(doors, "_own_address", lambda: "192.168.1.9")
        assert Doors(host).here == "http://127.0.0.1:7860/"
        assert Doors(host).outside == "http://192.168.1.9:7860/"
        monkeypatch.setattr(doors, "_own_address", lambda: "")
        assert Doors(host).outside == ""


def asked(host: str = "127.0.0.1:7860", scheme: str = "http", place: Doors | None = None) -> dict[str, Any]:
    return {"type": "http", "scheme": scheme, "headers": [(b"Host", host.encode())], doors.KEY: place or Doors()}


@pytest.mark.parametrize(
    ("scope", "origin"),
    [
        (asked(), "http://127.0.0.1:7860"),
        (asked("LOCALHOST:7860"), "http://localhost:7860"),
        (asked("[::1]:7860"), "http://[::1]:7860"),
        (asked("a.example"), "http://a.example:80"),
        (asked("a.example:80"), "http://a.example"),
        (asked("a.example"), "https://a.example"),  # a proxy that undoes the encryption
        (asked("a.example", "https"), "https://a.example:443"),
        (asked("127.0.0.1:7860", place=Doors(origin="https://a.example")), "https://a.example"),
        (asked("127.0.0.1:7860", place=Doors(origin="https://a.example")), "http://127.0.0.1:7860"),
    ],
)
def test_its_own_origin(scope: dict[str, Any], origin: str) -> None:
    assert doors.is_own(scope, origin)


@pytest.mark.parametrize(
    ("scope", "origin"),
    [
        (asked(), "null"),
        (asked(), ""),
        (asked(), "http://127.0.0.1:7861"),
        (asked(), "http://localhost:7860"),  # another site to a browser
        (asked(), "https://evil.example"),
        (asked(), "http://127.0.0.1:7860.evil.example"),
        (asked(), "http://127.0.0.1:7860@evil.example"),
        (asked(), "http://[bad"),
        (asked(), "http://127.0.0.1:port"),
        (asked(), "file://"),
        (asked("a.example", "https"), "http://a.example"),  # who sits on the line can write such a page
        (asked("a.example:8443"), "https://a.example"),
        (asked(""), "http://"),
        ({**asked(), "headers": []}, "http://127.0.0.1:7860"),
        ({**asked(), "headers": [(b"host", b"a.example"), (b"host", b"b.example")]}, "http://a.example"),
    ],
)
def test_every_other_origin(scope: dict[str, Any], origin: str) -> None:
    assert not doors.is_own(scope, origin)


def test_a_spaces_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_HOST", "ann-studio.hf.space, studio.example")
    inside = asked("10.0.0.3:7860")
    assert doors.is_own(inside, "https://ann-studio.hf.space") and doors.is_own(inside, "https://studio.example")
    assert not doors.is_own(inside, "http://studio.example") and not doors.is_own(inside, "https://huggingface.co")


@pytest.mark.parametrize(
    "name",
    [
        *("X-Forwarded-For", "x_forwarded_for", "X-Forward-For", "Forwarded", "Via", "X-Real-IP", "X-Scheme"),
        *("CF-Connecting-IPv6", "CF-Visitor", "CDN-Loop", "Fly-Client-IP", "Fastly-FF", "Tailscale-User-Login"),
        *(
            "X-Envoy-Original-Path",
            "X-Appengine-User-IP",
            "X-Remote-User",
            "X-Auth-Request-Email",
            "WL-Proxy-Client-IP",
        ),
    ],
)
def test_a_header_of_a_proxys_is_enough(name: str) -> None:
    scope = asked()
    assert not doors.forwarded(scope)
    scope["headers"].append((name.encode(), b""))
    assert doors.forwarded(scope)


def test_no_header_of_a_browsers_is_one_of_a_proxys() -> None:
    sent = "host connection user-agent accept accept-encoding accept-language cache-control content-type content-length"
    sent += " cookie dnt origin pragma priority range referer sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform te"
    sent += " sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc sec-purpose x-gradio-user"
    sent += " upgrade-insecure-requests if-none-match if-modified-since x-ganstudio-page"
    assert not doors.forwarded({**asked(), "headers": [(name.encode(), b"") for name in sent.split()]})
