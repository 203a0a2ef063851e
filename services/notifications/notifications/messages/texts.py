"""Titles and texts from template files: `templates/<kind>/<language>.jinja`. A language is added by adding files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from notifications.messages.kinds import KINDS

TEMPLATES: Final = Path(__file__).parent / "templates"
LANGUAGES: Final = ("ko", "en")
OTHER: Final = "other"


class TemplateMissing(Exception):
    """A kind needs its text in every language of the interface, with the blocks that readers expect."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message in one language, on single lines."""

    title: str
    text: str


class Templates:
    """The files `<folder>/<name>/<language>.jinja` below `root`, read once; each must define the given blocks.

    Raises TemplateMissing unless every name has Korean and English, so that a gap stops the start and not a message.
    """

    def __init__(self, root: Path, names: Iterable[str], blocks: Iterable[str]) -> None:
        # Plain text for JSON and mail bodies, never HTML: escaping here would show up as &amp; on the screen.
        environment = Environment(
            loader=FileSystemLoader(root),
            autoescape=False,  # noqa: S701
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        wanted = frozenset(blocks)
        self._templates: dict[str, dict[str, Template]] = {}
        for name in names:
            files = {file.stem: file for file in sorted((root / name).glob("*.jinja"))}
            templates = {stem: environment.get_template(f"{name}/{stem}.jinja") for stem in files}
            for language in LANGUAGES:
                if language not in templates:
                    raise TemplateMissing(f"{root / name}/{language}.jinja")
            for language, template in templates.items():
                if not wanted <= template.blocks.keys():
                    raise TemplateMissing(f"{root / name}/{language}.jinja: {sorted(wanted - template.blocks.keys())}")
            self._templates[name] = templates

    def __contains__(self, name: str) -> bool:
        """Whether there are templates of this name."""
        return name in self._templates

    def languages(self, name: str) -> tuple[str, ...]:
        """The languages that `name` can be rendered in."""
        return tuple(self._templates[name])

    def render(self, name: str, language: str, block: str, params: Mapping[str, Any]) -> str:
        """One block of a template, in English where the language has no file."""
        templates = self._templates[name]
        template = templates.get(language) or templates["en"]
        return "".join(template.blocks[block](template.new_context(dict(params))))


class Texts:
    """What each kind of message says."""

    def __init__(self, root: Path = TEMPLATES) -> None:
        self._templates = Templates(root, (*KINDS, OTHER), ("title", "text"))

    def notice(self, kind: str, language: str, params: Mapping[str, Any]) -> Notice:
        """A message in one language. Line breaks in imported titles become spaces: a title may end up in a header.

        A kind of a newer release, read while replicas are being replaced, is announced in general words.
        """
        name = kind if kind in self._templates else OTHER
        known = {"title": None, "employer_name": None, **params}
        return Notice(
            _one_line(self._templates.render(name, language, "title", known)),
            _one_line(self._templates.render(name, language, "text", known)),
        )

    def notices(self, kind: str, params: Mapping[str, Any]) -> dict[str, Notice]:
        """A message in every language it has files for."""
        name = kind if kind in self._templates else OTHER
        return {language: self.notice(kind, language, params) for language in self._templates.languages(name)}


def _one_line(text: str) -> str:
    return " ".join(text.split())
