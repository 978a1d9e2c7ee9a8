"""Reads a page as a person does: by its headings, labels, links and buttons."""

from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag


def words(tag: Tag | None) -> str:
    """The text that is seen, with single spaces."""
    return " ".join(tag.get_text(" ").split()) if tag else ""


class NotOnThePage(AssertionError):
    """What the test looked for is not there; says what is."""

    def __init__(self, wanted: str, there: list[str]) -> None:
        super().__init__(f"{wanted!r} is not on the page, which has {there}")


@dataclass(frozen=True)
class Control:
    """What can be filled in."""

    tag: Tag
    page: "Page"

    @property
    def name(self) -> str:
        return str(self.tag["name"])

    @property
    def value(self) -> str:
        if self.tag.name == "textarea":
            return self.tag.get_text().removeprefix("\n")
        if self.tag.name == "select":
            chosen = self.tag.select_one("option[selected]") or self.tag.select_one(
                "option"
            )
            return str(chosen["value"]) if chosen else ""
        return str(self.tag.get("value", ""))

    @property
    def checked(self) -> bool:
        return self.tag.has_attr("checked")

    @property
    def group(self) -> Tag:
        group = self.tag.find_parent(class_="govuk-form-group")
        while (
            outer := group.find_parent(class_="govuk-form-group")
            if self._is_part_of_a_date(group)
            else None
        ):
            group = outer
        return group

    def _is_part_of_a_date(self, group: Tag) -> bool:
        return group.parent is not None and "govuk-date-input__item" in (
            group.parent.get("class") or []
        )

    @property
    def error(self) -> str:
        message = self.group.select_one(".govuk-error-message")
        return words(message).removeprefix("Error: ")

    @property
    def hint(self) -> str:
        return words(self.group.select_one(".govuk-hint"))

    @property
    def options(self) -> list[str]:
        return [words(option) for option in self.tag.select("option")]


class Page:
    """`Page(response)` or `Page(html)`."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.html = response if isinstance(response, str) else response.text
        self.soup = BeautifulSoup(self.html, "html.parser")

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @property
    def title(self) -> str:
        """Without the name of the service."""
        return words(self.soup.title).removesuffix(
            " - Children’s Homes Workforce Register"
        )

    @property
    def h1(self) -> str:
        (heading,) = self.soup.select("h1")
        return words(heading)

    @property
    def text(self) -> str:
        return words(self.soup.select_one("main") or self.soup)

    @property
    def errors(self) -> list[str]:
        """The lines of the error summary. Each must lead to something that is there."""
        links = self.soup.select(".govuk-error-summary__list a")
        for link in links:
            if not self.soup.find(id=str(link["href"]).removeprefix("#")):
                raise NotOnThePage(
                    str(link["href"]),
                    [str(tag["id"]) for tag in self.soup.select("[id]")],
                )
        return [
            words(item) for item in self.soup.select(".govuk-error-summary__list li")
        ]

    @property
    def flashes(self) -> list[str]:
        return [
            words(tag)
            for tag in self.soup.select(".govuk-notification-banner__content")
        ]

    @property
    def headings(self) -> list[str]:
        return [words(tag) for tag in self.soup.select("main h1, main h2, main h3")]

    def field(self, label: str) -> Control:
        """The control with this label; in a set of radios, checkboxes or date boxes write "Legend: label"."""
        legend, _, inner = label.rpartition(": ")
        for tag in self.soup.select("label"):
            if words(tag) == (inner if legend else label) and (
                not legend or self._legend_of(tag) == legend
            ):
                control = self.soup.find(id=str(tag["for"]))
                if control is not None:
                    return Control(control, self)
        raise NotOnThePage(label, self.labels)

    @property
    def labels(self) -> list[str]:
        return [
            ": ".join(filter(None, (self._legend_of(tag), words(tag))))
            for tag in self.soup.select("label")
        ]

    def _legend_of(self, tag: Tag) -> str:
        fieldset = tag.find_parent("fieldset")
        return words(fieldset.legend) if fieldset and fieldset.legend else ""

    @property
    def facts(self) -> dict[str, str]:
        """All rows of the summary lists: key to value."""
        return {
            words(row.select_one("dt")): words(row.select_one("dd"))
            for row in self.soup.select(".govuk-summary-list__row")
        }

    def fact(self, key: str) -> str:
        if key not in self.facts:
            raise NotOnThePage(key, list(self.facts))
        return self.facts[key]

    def change_link(self, key: str) -> str:
        for row in self.soup.select(".govuk-summary-list__row"):
            if words(row.select_one("dt")) == key and (
                link := row.select_one("a[href]")
            ):
                return str(link["href"])
        raise NotOnThePage(f"a link to change {key}", list(self.facts))

    @property
    def tasks(self) -> dict[str, str]:
        """The task list: title to status."""
        return {
            words(
                item.select_one(".govuk-task-list__name-and-hint > :first-child")
            ): words(item.select_one(".govuk-task-list__status"))
            for item in self.soup.select(".govuk-task-list__item")
        }

    @property
    def timeline(self) -> list[str]:
        return [words(tag) for tag in self.soup.select(".moj-timeline__title")]

    @property
    def tags(self) -> list[str]:
        return [words(tag) for tag in self.soup.select("main .govuk-tag")]

    @property
    def links(self) -> dict[str, str]:
        """Text to address, of the main part."""
        return {
            words(tag): str(tag["href"]) for tag in self.soup.select("main a[href]")
        }

    @property
    def menu(self) -> dict[str, str]:
        return {
            words(tag): str(tag["href"])
            for tag in self.soup.select(".govuk-service-navigation a[href]")
        }

    def link(self, text: str) -> str:
        everywhere = {
            words(tag): str(tag["href"]) for tag in self.soup.select("a[href]")
        }
        if text not in everywhere:
            raise NotOnThePage(text, list(everywhere))
        return everywhere[text]

    @property
    def buttons(self) -> list[str]:
        return [
            words(tag) for tag in self.soup.select("main button, main a.govuk-button")
        ]

    def rows(self, caption: str = "") -> list[dict[str, str]]:
        """The rows of a table by the headings of its columns; of the only table, or the one with this caption."""
        tables = [
            tag
            for tag in self.soup.select("table")
            if not caption or words(tag.caption) == caption
        ]
        if not tables:
            raise NotOnThePage(
                caption or "a table",
                [words(tag.caption) for tag in self.soup.select("table")],
            )
        heads = [words(cell) for cell in tables[0].select("thead th")]
        return [
            dict(zip(heads, map(words, row.select("th, td")), strict=True))
            for row in tables[0].select("tbody tr")
        ]

    def form(self, button: str = "") -> dict[str, Any]:
        """What a browser would send by this button (or in the only form that posts): change it, then post it."""
        form = self._form_of(button)
        sent: dict[str, Any] = {}
        for tag in form.select("input[name], textarea[name], select[name]"):
            kind = tag.get("type", "text")
            if kind in ("radio", "checkbox"):
                if tag.has_attr("checked"):
                    _add(sent, str(tag["name"]), str(tag.get("value", "on")))
            elif kind != "file":
                _add(sent, str(tag["name"]), Control(tag, self).value)
        for tag in form.select("button[name]"):
            if words(tag) == button:
                _add(sent, str(tag["name"]), str(tag.get("value", "")))
        return sent

    def action(self, button: str = "") -> str:
        """Where the form of this button is sent; "" is the page itself."""
        return str(self._form_of(button).get("action", ""))

    def _form_of(self, button: str) -> Tag:
        forms = self.soup.select("main form[method=post]")
        found = [
            form
            for form in forms
            if not button or button in [words(tag) for tag in form.select("button")]
        ]
        if len(found) != 1:
            raise NotOnThePage(f"one form with the button {button!r}", self.buttons)
        return found[0]


def _add(sent: dict[str, Any], name: str, value: str) -> None:
    """A name sent twice becomes a list, as test clients take it."""
    if name not in sent:
        sent[name] = value
    elif isinstance(sent[name], list):
        sent[name].append(value)
    else:
        sent[name] = [sent[name], value]
