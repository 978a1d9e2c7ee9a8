"""What somebody in the demo has written to us: a question that was answered, and one that waits."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from register.account import Account
from register.demo.staff import Office
from register.enquiry import Enquiry, EnquiryAct, EnquirySubject
from register.process import Process

ANSWERED = "I begin as manager of a home in two months. Must I be registered on my first day, or may I apply when I am there?"
ANSWER = (
    "You can apply now, and it is best to: we ask two referees and your employer, who need some time. "
    "The first questions of the application tell you the day by which you have to be registered."
)
WAITING = "My photograph is a HEIC file from my telephone, and the page does not take it. Which kind of file can I send instead?"


async def write_to_us(session: AsyncSession, author: Account, office: Office) -> None:
    """On the day on which the account was opened."""
    first = await _ask(session, author, EnquirySubject.APPLICATION, ANSWERED, after=20)
    at = author.created_at + timedelta(minutes=95)
    officer = office.caseworkers[0]
    by = Process.begin(session, EnquiryAct.ANSWER, now=at, actor=officer)
    await first.answer(session, ANSWER, by=by)
    await _ask(session, author, EnquirySubject.SERVICE, WAITING, after=140)


async def _ask(
    session: AsyncSession,
    author: Account,
    subject: EnquirySubject,
    words: str,
    *,
    after: int,
) -> Enquiry:
    at = author.created_at + timedelta(minutes=after)
    by = Process.begin(session, EnquiryAct.WRITE, now=at, actor=author)
    return await Enquiry.begin(session, author, subject, words, file=None, by=by)
