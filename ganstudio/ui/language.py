"""Which language a visitor reads, and the words of the page in it."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from ganstudio.words import FIRST, LANGUAGES, WORDS

COOKIE = "ganstudio_language"
PAGE_WORDS = "app."  # the keys that the page shows by itself; sentences with other keys come from the server


def page_words(language: str) -> dict[str, str]:
    """Every word that the page shows, by key."""
    return {key: words for key, words in WORDS[language].items() if key.startswith(PAGE_WORDS)}


def asked_for(query: str) -> str | None:
    """The language of `?lang=` in a query string; None where there is none or it is unknown."""
    wanted = parse_qs(query).get("lang", [""])[-1]
    return wanted if wanted in LANGUAGES else None


def of_request(headers: Mapping[str, str]) -> str:
    """The visitor's language: what they chose before (a cookie), else what the browser prefers, else the first.

    The names of `headers` are in lower case.
    """
    try:
        chosen = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        chosen = None
    if chosen is not None and chosen.value in LANGUAGES:
        return chosen.value
    best, best_weight = FIRST, 0.0  # in "ja,en-US;q=0.9" the largest weight wins, the first among equals
    for entry in headers.get("accept-language", "").split(","):
        tag, _, quality = entry.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if (code := tag.partition("-")[0].lower()) in LANGUAGES and weight > best_weight:
            best, best_weight = code, weight
    return best
