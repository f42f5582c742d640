"""Which language a run speaks, decided once: --lang, then FORMGEN_LANG, then the locale.

Help texts are made when the verbs are imported, so the choice is read from the command line before click sees it.
"""

from __future__ import annotations

import os
import sys

from formgen.problems import LANGUAGES, Language

__all__ = ["choose_language", "current_language", "say"]

_current: list[Language] = []


def current_language() -> Language:
    if not _current:
        _current.append(choose_language(sys.argv[1:], os.environ, sys.platform))
    return _current[0]


def choose_language(arguments: list[str], environment: os._Environ[str] | dict[str, str], platform: str) -> Language:
    """The language of these arguments in this environment; Chinese only where something says so."""
    asked = _asked(arguments) or environment.get("FORMGEN_LANG", "")
    for language in LANGUAGES:
        if asked == language:
            return language
    locale_name = next((environment[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(key)), "")
    if not locale_name and platform == "win32":
        locale_name = _windows_language()
    return "zh" if locale_name.lower().startswith("zh") else "en"


def say(zh: str, en: str) -> str:
    """The sentence in the language of this run."""
    return zh if current_language() == "zh" else en


def _asked(arguments: list[str]) -> str:
    for index, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
    return ""


def _windows_language() -> str:
    """Windows has no LANG; its own language is the user interface's (Chinese of any region: primary id 4)."""
    import ctypes

    windll = getattr(ctypes, "windll", None)
    return "zh" if windll is not None and windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 4 else ""
