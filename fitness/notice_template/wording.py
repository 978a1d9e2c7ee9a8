"""What a template says, the gaps in it, and how they are filled: once, so that a brace in what fills one stays a brace."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from fitness.notice_template.kind import Gap, NoticeKind
from register.kit.errors import Refused

PARAGRAPHS = re.compile(r"\n{3,}")
MARK = re.compile(r"\{([^{}]*)\}")
BY_WHEN, THE_LAW = "# By when", "# The law"
NONE: frozenset[Gap] = frozenset()


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that one version says."""

    title: str
    body: str
    """Paragraphs; a line that begins with "# " is a heading."""
    deadline: str
    """What is to be done by when."""
    basis: str
    """The law and the rules by which we serve it."""
    email_subject: str
    email_words: str = ""
    """Of the e-mail that tells a registrant that there is something to read."""
    letter_words: str = ""
    """Of the letter to a registrant who has no e-mail."""

    def filled(self, said: Mapping[Gap, str]) -> str:
        """What its reader reads, under the title."""
        whole = f"{self.body}\n\n{BY_WHEN}\n{self.deadline}\n\n{THE_LAW}\n{self.basis}"
        return PARAGRAPHS.sub("\n\n", fill(whole, said))

    def subject(self, said: Mapping[Gap, str]) -> str:
        """Of the e-mail."""
        return fill(self.email_subject, said)

    def letter(self, said: Mapping[Gap, str]) -> str:
        return fill(self.letter_words, said)


class WrongGaps(Refused):
    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence}.")


def fill(words: str, said: Mapping[Gap, str]) -> str:
    """A gap that nothing fills is a bug, and nothing is served."""
    return MARK.sub(lambda found: said[Gap(found[1])], words)


def faults(kind: NoticeKind, wording: Wording) -> Iterator[tuple[str, str]]:
    """What is wrong with its gaps: the field, and a sentence without its full stop."""
    for field, allowed in _allowed(kind).items():
        if fault := _fault(getattr(wording, field), allowed):
            yield field, fault
    used = {*_gaps(wording.body), *_gaps(wording.deadline)}
    if missing := [gap for gap in Gap if gap in kind.needs and gap not in used]:
        yield "body", f"What it says must have {_named(missing)} in it"


def must_be_whole(kind: NoticeKind, wording: Wording) -> None:
    """Raises WrongGaps."""
    for _, sentence in faults(kind, wording):
        raise WrongGaps(sentence)


def _allowed(kind: NoticeKind) -> dict[str, frozenset[Gap]]:
    allowed = {
        "title": NONE,
        "body": kind.gaps,
        "deadline": kind.gaps - {Gap.OUR_WORDS},
        "basis": NONE,
        "email_subject": kind.subject_gaps,
    }
    if kind.reader.outside:
        return allowed
    return {**allowed, "email_words": NONE, "letter_words": kind.letter_gaps}


def _fault(words: str, allowed: frozenset[Gap]) -> str:
    for name in _gaps(words):
        if name not in allowed:
            known = [gap for gap in Gap if gap in allowed]
            instead = f"only {_named(known)}" if known else "no gap"
            return f"There is {{{name}}}, where {instead} may stand"
    if set(MARK.sub("", words)) & {"{", "}"}:
        return "A brace stands alone. Write each gap between two braces"
    return ""


def _gaps(words: str) -> list[str]:
    return MARK.findall(words)


def _named(gaps: list[Gap]) -> str:
    return ", ".join(f"{{{gap}}}" for gap in gaps)
