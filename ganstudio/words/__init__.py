"""Every word that a person reads, a file a language, and the one error that carries such words.

To add a language, copy en.json under its code (one that gradio knows, which shows the titles of the tabs), translate
the values, add a table "help" as ja.json has (the sentences of the settings' declarations, translated), and add a
line to LANGUAGES. A sentence about one of {count} things has a key of its own that ends in "#one", where the language
knows such a form (see _FORMS); "fonts" names those that can write the language in a figure, where not every font can.

Standard library only: the bottom of the import graph, so that a decoder far below the browser can refuse a picture in
the visitor's language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

LANGUAGES = {"en": "English", "ja": "日本語"}  # each a file, as its readers call it; the first stands in for all
FIRST = next(iter(LANGUAGES))

_FILES = {code: json.loads(Path(__file__).with_name(f"{code}.json").read_text(encoding="utf-8")) for code in LANGUAGES}
WORDS: dict[str, dict[str, str]] = {code: file["words"] for code, file in _FILES.items()}  # by language and key
HELP: dict[str, dict[str, str]] = {code: file.get("help", {}) for code, file in _FILES.items()}
FONTS: dict[str, list[str]] = {code: file.get("fonts", []) for code, file in _FILES.items()}  # any of them writes it

# Which form a count takes, by the plural rules of Unicode's CLDR; a language that is not here has one form for all.
_FORMS: dict[str, Callable[[str], str]] = {"en": lambda count: "one" if count == "1" else "other"}


def known(language: object) -> str:
    """One of LANGUAGES: the one that is asked for ("ja", "ja-JP"), else the first."""
    asked = language.lower() if isinstance(language, str) else ""
    return next((code for code in LANGUAGES if asked == code or asked.startswith(f"{code}-")), FIRST)


def has(key: str) -> bool:
    """Whether there are words behind `key`."""
    return key in WORDS[FIRST]


def say(key: str, language: str = FIRST, **details: object) -> str:
    """The words behind `key` in `language`, with `details` filled in; an unknown language gives the first."""
    return _fill(key, language, details)


def help_in(language: str, sentence: str) -> str:
    """What a setting means, from the sentence of its declaration; that itself where nobody translated it."""
    return HELP[known(language)].get(sentence, sentence)


def _fill(key: str, language: str, details: Mapping[str, object]) -> str:
    code = known(language)
    form = _FORMS[code](str(details["count"])) if "count" in details and code in _FORMS else "other"
    words = WORDS[code]
    return words.get(f"{key}#{form}", words[key]).format_map(details)


class Refused(ValueError):
    """Something a person gave us cannot be used; says what, and what to do about it, in their language."""

    def __init__(self, key: str, **details: object) -> None:
        super().__init__(_fill(key, FIRST, details))
        self.key = key
        self.details = details

    def say(self, language: str) -> str:
        return _fill(self.key, language, self.details)
