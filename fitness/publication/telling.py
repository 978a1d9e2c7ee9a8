"""The registrant is served with what the public will read, as it is approved."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fitness.case import Case
from fitness.fence import as_the_service
from fitness.investigation.owed import serve_or_owe
from fitness.investigation.served import ServiceKind
from fitness.notice_template import Gap, NoticeKind, page_words
from fitness.publication.published import Published
from register.kit.pages import day
from register.process import Process

UNSAID = "The reasons are about health, so they are not published."
NO_WORDS = "Nothing but that it is heard."


async def tell_of_publication(
    session: AsyncSession,
    case: Case,
    publication_id: UUID,
    public: Published,
    *,
    by: Process,
) -> None:
    """As the service: whoever approves it need not see where its registrant lives. It is published before anybody
    can be told; who knows of no case is told of none.
    """
    if case.told_at is None:
        return
    said = {
        Gap.OUTCOME: _about(public),
        Gap.OUR_WORDS: public.words or (UNSAID if public.health else NO_WORDS),
        Gap.DAY: day(public.shown_from),
        Gap.LAST_DAY: day(public.shown_to),
    }
    async with as_the_service(session):
        await serve_or_owe(
            session,
            case,
            ServiceKind.PUBLICATION,
            NoticeKind.PUBLICATION,
            said,
            about_id=publication_id,
            by=by,
        )


def _about(public: Published) -> str:
    words = page_words("fitness/publications/words.html")
    if public.matter:
        return f"{words.matter_words[public.matter]}."
    assert public.first_day and public.last_day  # noqa: S101, PT018 - the table's CHECK
    days = day(public.first_day)
    if public.last_day != public.first_day:
        days = f"{days} to {day(public.last_day)}"
    return f"{words.hearing_words[public.hearing_kind]}, {days}. {public.place or 'By video'}."
