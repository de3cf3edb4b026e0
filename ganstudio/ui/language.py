"""Which language a visitor reads, and the words of the page in it."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from ganstudio.text import LANGUAGES, TEXT

COOKIE = "ganstudio_language"
PAGE_WORDS = "app."  # the keys that the page shows by itself; sentences with other keys come from the server


def page_words(language: str) -> dict[str, str]:
    """Every word that the page shows, by key."""
    index = LANGUAGES.index(language)
    return {key: words[index] for key, words in TEXT.items() if key.startswith(PAGE_WORDS)}


def known(language: object) -> str:
    """ "ja" for whatever asks for Japanese ("ja", "ja-JP"), "en" for everything else."""
    return "ja" if isinstance(language, str) and language.lower().startswith("ja") else "en"


def asked_for(query: str) -> str | None:
    """The language of `?lang=` in a query string; None where there is none or it is unknown."""
    wanted = parse_qs(query).get("lang", [""])[-1]
    return wanted if wanted in LANGUAGES else None


def of_request(headers: Mapping[str, str]) -> str:
    """The visitor's language: what they chose before (a cookie), else what the browser prefers, else English.

    The names of `headers` are in lower case.
    """
    try:
        chosen = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        chosen = None
    if chosen is not None and chosen.value in LANGUAGES:
        return chosen.value
    best, best_weight = "en", 0.0  # in "ja,en-US;q=0.9" the largest weight wins, the first among equals
    for entry in headers.get("accept-language", "").split(","):
        tag, _, quality = entry.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if tag[:2].lower() in LANGUAGES and weight > best_weight:
            best, best_weight = tag[:2].lower(), weight
    return best
