"""Pages as tests read them: elements with their attributes and text, forms with what a browser would send."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    @property
    def text(self) -> str:
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()

    def all(self, tag: str | None = None, **attributes: str) -> list["Element"]:
        """Elements inside with these attributes (underscores stand for dashes; class_ holds the class)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [one for one in self.walk() if (tag is None or one.tag == tag) and _fits(one, wanted)]

    def find(self, tag: str | None = None, **attributes: str) -> "Element":
        """The one element that fits."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements fit {tag} {attributes}"
        return found[0]


def _fits(element: Element, wanted: dict[str, str]) -> bool:
    return all(
        value in (element.get("class") or "").split() if name == "class" else element.get(name) == value
        for name, value in wanted.items()
    )


@dataclass
class FilledForm:
    """What a browser would send, and where to."""

    action: str
    values: dict[str, list[str]]


class Page(Element):
    """A whole page."""

    def __init__(self, source: str) -> None:
        super().__init__("#page", {})
        self.source = source
        _Reader(self).feed(source)

    @property
    def form_token(self) -> str:
        """The token that every form of the page carries."""
        return self.all("input", name="form_token")[0]["value"]

    def ids(self) -> list[str]:
        return [one["id"] for one in self.walk() if one.get("id")]

    def form(self, id_: str) -> FilledForm:
        """A form with the values its fields show."""
        form = self.find("form", id=id_)
        values: dict[str, list[str]] = {}
        for one in form.walk():
            name = one.get("name")
            if not name or one.tag == "button":
                continue
            if one.tag == "select":
                chosen = [option["value"] for option in one.all("option") if "selected" in option.attributes]
                values.setdefault(name, []).extend(chosen or [one.all("option")[0]["value"]])
            elif one.tag == "textarea":
                values.setdefault(name, []).append(one.text)
            elif one.tag == "input" and (
                one.get("type") not in ("checkbox", "radio", "file") or "checked" in one.attributes
            ):
                values.setdefault(name, []).append(one.get("value") or "")
        return FilledForm(form["action"], values)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = [page]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _EMPTY:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY:
            return
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
