"""Templates of all capabilities, one environment for each language, compiled once."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from portal.language.catalogue import translations
from portal.language.names import english
from portal.language.words import Words
from portal.language.writing import Writing

PACKAGE = Path(__file__).resolve().parents[1]
ASSETS = PACKAGE / "assets"
"""Built from npm packages, not committed: `python -m ieum_local assets`."""
STATIC = PACKAGE / "layout" / "static"
"""The portal's own style sheet and scripts."""


def capabilities() -> list[str]:
    """The folders that bring templates."""
    return sorted(folder.parent.name for folder in PACKAGE.glob("*/templates"))


@cache
def environment(language: str) -> Environment:
    """The templates as they speak one language. An undefined name is an error, never an empty place."""
    made = Environment(
        loader=PrefixLoader({name: PackageLoader(f"portal.{name}") for name in capabilities()}),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    messages = translations(language)
    made.install_gettext_translations(messages, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    writing = Writing(language)
    made.filters.update(
        number=writing.number,
        won=writing.won,
        day=writing.day,
        phone=writing.phone,
        time=writing.time,
        exact_time=writing.exact_time,
        field_id=field_id,
        typed=typed if language == "ko" else partial(typed, marked=True),
        name=str if language == "ko" else english,
    )
    made.policies["json.dumps_kwargs"] = {"sort_keys": True, "ensure_ascii": False}  # for people to read
    made.globals.update(language=language, new_key=new_key, words=Words(messages.gettext), asset=asset)
    return made


@cache
def asset(name: str) -> str:
    """The address of a static file; it changes with the file's content, so that browsers may keep it for good."""
    built = ASSETS / name
    file, folder = (built, "assets") if built.exists() else (STATIC / name, "static")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.exists() else "missing"
    return f"/{folder}/{name}?{digest}"


_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


def typed(text: str | None, *, marked: bool = False) -> Markup:
    """
    Names and titles that people typed: their direction never turns the text around them, and Korean is `marked` as
    Korean on an English page for whoever has it read aloud.
    """
    if not text:
        return Markup()
    if marked and _HANGUL.search(text):
        return Markup('<bdi lang="ko">{}</bdi>').format(text)
    return Markup("<bdi>{}</bdi>").format(text)


def new_key() -> str:
    """An idempotency key for a form that consists of a button."""
    return str(uuid4())


def field_id(name: str) -> str:
    """The id of the element that stands for a field, such as wishes-regions for wishes.regions."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)


def render(template: str, language: str, context: Mapping[str, Any]) -> str:
    """A whole page, or a part of one."""
    return environment(language).get_template(template).render(context)
