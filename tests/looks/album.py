"""Every page that anybody comes to, kept once: as the service answers, before a browser shows it."""

from dataclasses import dataclass, field
from pathlib import Path

from lxml import html

MARKS = ("class", "type", "role", "scope")
"""What changes how an element is shown or read."""
KEPT = ("content-type", "content-security-policy")


@dataclass(frozen=True)
class Look:
    name: str
    """Who came to it, and how."""
    template: Path
    url: str
    status: int
    headers: dict[str, str]
    html: str


@dataclass
class Album:
    drawing: Path | None = None
    """The template that was drawn last."""
    looks: list[Look] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    """At which there was a page."""
    _seen: set[object] = field(default_factory=set)

    def add(self, name, answer):
        """Keeps a page, unless one of the same template is built as it is. What is no page is left out."""
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return
        if answer.is_success:
            self.paths.add(answer.request.url.path)
        body = html.document_fromstring(answer.text).find("body")
        built = {build(tag) for tag in body.findall("header")}
        built |= {(self.drawing, build(tag)) for tag in body.iter("main")}
        if built <= self._seen:
            return
        self._seen |= built
        headers = {
            name: answer.headers[name] for name in KEPT if name in answer.headers
        }
        url = str(answer.request.url)
        self.looks.append(
            Look(name, self.drawing, url, answer.status_code, headers, answer.text)
        )


def build(tag):
    """The elements, without what they say but for whether they say anything; of many alike one."""
    parts = said(tag.text)
    for child in tag:
        if isinstance(child.tag, str):
            parts.append(build(child))
        parts += said(child.tail)
    marks = tuple(tag.get(name, "") for name in MARKS)
    return tag.tag, marks, tuple(dict.fromkeys(parts))


def said(text):
    return ["…"] if text and text.strip() else []
