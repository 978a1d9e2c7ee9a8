"""Certificates: what one says, that it is kept and replaced, and how the register is held against it."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import page as validator
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from register.certificate import (
    Certificate,
    CertificateAct,
    CertificateEvent,
    NotStanding,
    Verdict,
    check,
    grouped,
    read_serial,
)
from register.certificate.making import make_certificate, sweep_certificates
from register.certificate.printing import print_certificate
from register.certificate.serial import draw_serial
from register.entry import (
    ConditionKind,
    LapseReason,
    NewCondition,
    OrderKind,
    Status,
    WarningKind,
)
from register.kit import store
from register.kit.clock import start_of
from register.kit.errors import Gone, NotFound
from register.kit.security.codes import ALPHABET
from register.kit.settings import settings
from register.process import Process, timeline
from tests.make import make_entry, make_process
from tests.register.certifying import (
    AT,
    CONDITION,
    LONG_NAME,
    SERIAL,
    VARIANTS,
    name_of,
    printed,
    record,
)


def words(pdf, number=0):
    leaf = pypdfium2.PdfDocument(pdf)[number]
    return " ".join(leaf.get_textpage().get_text_bounded().split())


def pages(pdf):
    return len(pypdfium2.PdfDocument(pdf))


def faults(pdf):
    profiles = validator.ValidationProfile
    return [
        (fault.rule_id, fault.message)
        for profile in (profiles.PDF_A_3A, profiles.PDF_UA_1)
        for fault in validator.validate_pdf_bytes(pdf, profile=profile).failures
    ]


async def issue(session, entry, *, now=AT):
    by = Process.begin(session, CertificateAct.ISSUE, now=now)
    return await Certificate.issue(session, entry, by=by)


@pytest.fixture
def kept_apart(tmp_path, monkeypatch):
    """Files of a test stay out of the data folder."""
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    store.place.cache_clear()
    yield
    store.place.cache_clear()


async def fetch(name):
    return b"".join([piece async for piece in store.content(name)])


# What is printed


def test_a_certificate_says_all_that_it_must():
    said = words(printed(restrictions=(CONDITION,)))

    for fact in (
        "Ngozi Adébáyò",
        "CH-0000123-J",
        "Manager",
        "Registered",
        "from 1 February 2027 until 30 November 2027",
        "Level 5 Diploma in Leadership and Management",
        "Conditions of practice order",
        "You must not work as the only manager on shift.",
        "from 5 January 2027 until 4 January 2028",
        "as the register stood on 10 March 2027 at 10:00am",
        "Issued on 10 March 2027 at 10:02am",
        "Certificate 4F7K-2M9Q-X3ZB-8RTW",
        "register.example.org/verify/4F7K-2M9Q-X3ZB-8RTW",
        "Eleanor Whitcombe",
        "is entered in the register in the part shown",
        "Only the live register is proof",
    ):
        assert fact in said


def test_a_summer_moment_is_printed_on_the_summer_clock():
    pdf = print_certificate(
        record(),
        serial=SERIAL,
        as_at=datetime(2027, 6, 30, 23, 30, tzinfo=UTC),
        issued_at=datetime(2027, 6, 30, 23, 30, tzinfo=UTC),
        public_url="https://register.example.org",
        registrar="",
    )

    assert "1 July 2027 at 12:30am" in words(pdf)


def test_a_suspended_registrant_s_certificate_says_that_they_may_not_practise():
    assert "Suspended: may not practise" in words(printed(status=Status.SUSPENDED))


@pytest.mark.parametrize("known", VARIANTS, ids=name_of)
def test_every_certificate_is_fit_for_archives_and_for_screen_readers(known):
    assert faults(printed(**known)) == []


@pytest.mark.parametrize("name", ["Jo Li", LONG_NAME, "W" * 200])
def test_a_name_of_any_length_stays_on_one_page_and_is_whole(name):
    pdf = printed(name=name)

    assert pages(pdf) == 1
    assert "".join(name.split()) in "".join(words(pdf).split())
    assert "Certificate 4F7K-2M9Q-X3ZB-8RTW" in words(pdf)


@pytest.mark.parametrize("name", ["Ngozi Adébáyò", LONG_NAME, "W" * 200])
def test_no_letter_leaves_the_frame(name):
    leaf = pypdfium2.PdfDocument(printed(name=name, restrictions=(CONDITION,) * 2))[0]
    text_page = leaf.get_textpage()
    left, bottom, right, top = leaf.get_mediabox()
    frame = 18.1 * 72 / 25.4

    boxes = [text_page.get_charbox(at) for at in range(text_page.count_chars())]

    assert min(box[0] for box in boxes) > left + frame
    assert min(box[1] for box in boxes) > bottom + frame
    assert max(box[2] for box in boxes) < right - frame
    assert max(box[3] for box in boxes) < top - frame


def test_restrictions_that_fill_the_page_are_set_out_on_the_next():
    pdf = printed(restrictions=(CONDITION,) * 20)

    assert pages(pdf) > 1
    assert "20, set out in full on the next page" in words(pdf)
    assert "You must not work" not in words(pdf)
    later = " ".join(words(pdf, at) for at in range(1, pages(pdf)))
    assert later.count("You must not work as the only manager on shift.") == 20
    assert "4F7K-2M9Q-X3ZB-8RTW" in words(pdf, 1)


def test_the_code_on_the_paper_leads_to_the_page_that_checks_it():
    leaf = pypdfium2.PdfDocument(printed())[0]

    (found,) = zxingcpp.read_barcodes(leaf.render(scale=2).to_pil())

    assert found.text == "https://register.example.org/verify/4F7K-2M9Q-X3ZB-8RTW"


def test_the_address_on_the_paper_is_a_link():
    with pikepdf.open(BytesIO(printed())) as opened:
        (link,) = opened.pages[0].Annots
        assert str(link.A.URI).endswith("/verify/4F7K-2M9Q-X3ZB-8RTW")


def test_the_same_facts_make_the_same_bytes():
    assert printed() == printed()


def test_markup_in_a_name_is_text():
    assert "<b>Bo</b> & Co" in words(printed(name="<b>Bo</b> & Co"))


# Serials


def test_a_serial_is_sixteen_letters_and_numbers_that_are_not_mistaken():
    serials = {draw_serial() for _ in range(200)}

    assert len(serials) == 200
    assert all(len(s) == 16 and set(s) <= set(ALPHABET) for s in serials)
    assert not set(ALPHABET) & set("ILOU")


@pytest.mark.parametrize(
    "typed",
    [
        "4F7K2M9QX3ZB8R01",
        "4F7K-2M9Q-X3ZB-8R01",
        "4f7k 2m9q x3zb 8ro1",
        " 4F7K–2M9Q–X3ZB–8ROI ",
        "4F7K-2M9Q-X3ZB-8R0l",
    ],
)
def test_a_serial_is_read_however_it_is_typed(typed):
    assert read_serial(typed) == "4F7K2M9QX3ZB8R01"


@pytest.mark.parametrize(
    "typed",
    ["", "4F7K", "4F7K-2M9Q-X3ZB-8R0U", "4F7K2M9QX3ZB8R011", "٤F7K2M9QX3ZB8R01"],
)
def test_what_cannot_be_a_serial_is_none(typed):
    assert read_serial(typed) is None


def test_a_serial_is_shown_in_fours():
    assert grouped("4F7K2M9QX3ZB8R01") == "4F7K-2M9Q-X3ZB-8R01"


# Issuing


async def test_a_certificate_says_what_the_register_says_at_that_moment(session):
    condition = NewCondition(
        ConditionKind.QUALIFICATION, "Complete the award.", date(2029, 6, 30)
    )
    entry = await make_entry(session, conditions=[condition])

    certificate = await issue(session, entry)

    assert certificate.as_at == certificate.issued_at == AT
    said = certificate.record
    assert said.name == "Ngozi Adébáyò"
    assert said.number == entry.person.number
    assert (said.registered_from, said.registered_until) == (
        date(2027, 2, 1),
        date(2027, 11, 30),
    )
    assert [(r.kind, r.text) for r in said.restrictions] == [
        ("qual_condition", "Complete the award.\nDue by June 2029.")
    ]


async def test_issuing_is_told_in_the_person_s_history(session):
    entry = await make_entry(session)

    certificate = await issue(session, entry)

    lines = await timeline(session, persons=[entry.person_id])
    assert lines[0][0].kind == CertificateEvent.ISSUED
    assert lines[0][0].data["serial"] == certificate.serial


async def test_a_newer_certificate_supersedes_the_one_before(session):
    entry = await make_entry(session)
    first = await issue(session, entry)

    second = await issue(session, entry, now=AT + timedelta(days=1))

    assert first.superseded_at == AT + timedelta(days=1)
    assert (await Certificate.current(session, entry)).serial == second.serial


async def test_an_entry_that_has_ended_has_no_certificate(session):
    entry = await make_entry(session)
    by = make_process(session, now=AT)
    await entry.lapse(session, on=AT, because=LapseReason.NOT_RENEWED, by=by)

    with pytest.raises(NotStanding):
        await issue(session, entry)


async def test_the_database_allows_one_current_certificate_an_entry(session):
    entry = await make_entry(session)
    first = await issue(session, entry)
    await issue(session, entry, now=AT + timedelta(days=1))

    with pytest.raises(IntegrityError, match="certificate_current"):
        await session.execute(
            update(Certificate)
            .where(Certificate.id == first.id)
            .values(superseded_at=None)
        )


@pytest.mark.parametrize(
    "change",
    [
        "update certificate set says = '{}'",
        "update certificate set serial = '0000000000000000'",
        "update certificate set issued_at = now()",
        "delete from certificate",
    ],
)
async def test_the_database_refuses_to_change_what_a_certificate_says(session, change):
    await issue(session, await make_entry(session))

    with pytest.raises(ProgrammingError, match="permission denied"):
        await session.execute(text(change))


# Making


async def test_the_worker_prints_it_once_and_keeps_it(session, kept_apart):
    certificate = await issue(session, await make_entry(session))

    await make_certificate(session, AT, certificate.id)
    kept_as = certificate.kept_as
    await make_certificate(session, AT + timedelta(hours=1), certificate.id)

    assert certificate.printed_at == AT
    assert certificate.kept_as == kept_as
    assert certificate.record.number in words(await fetch(kept_as))


async def test_what_a_stopped_worker_left_is_swept_away(session, kept_apart):
    certificate = await issue(session, await make_entry(session))
    await make_certificate(session, AT, certificate.id)
    left = f"certificates/{store.new_name(AT.date())}"
    await store.put(left, store.content(certificate.kept_as))

    await sweep_certificates(session, AT + timedelta(days=1))
    assert await fetch(left)
    await sweep_certificates(session, AT + timedelta(days=2))

    assert await fetch(certificate.kept_as)
    with pytest.raises(FileNotFoundError):
        await fetch(left)


async def test_a_name_that_no_face_has_is_told_and_not_tried_again(session, kept_apart):
    entry = await make_entry(session, given_names="小明", family_name="Wong")
    certificate = await issue(session, entry)

    await make_certificate(session, AT, certificate.id)

    assert set(certificate.unprintable) == {"小", "明"}
    assert certificate.printed_at is None
    assert not certificate.being_made(AT)


async def test_it_is_being_made_until_it_is_printed_or_too_late(session, kept_apart):
    certificate = await issue(session, await make_entry(session))

    assert certificate.being_made(AT + timedelta(minutes=9, seconds=59))
    assert not certificate.being_made(AT + timedelta(minutes=10))
    await make_certificate(session, AT, certificate.id)
    assert not certificate.being_made(AT)


# Checking


async def test_a_certificate_is_valid_while_the_register_says_the_same(session):
    certificate = await issue(session, await make_entry(session))

    checked = await check(session, certificate.serial, now=AT + timedelta(days=30))

    assert checked.verdict is Verdict.VALID
    assert checked.changes == ()


async def test_a_suspension_since_shows_at_once(session):
    entry = await make_entry(session)
    certificate = await issue(session, entry)
    later = AT + timedelta(days=1)
    await entry.order(
        session,
        OrderKind.INTERIM_SUSPENSION,
        on=later,
        until=later + timedelta(days=180),
        wording=None,
        by=make_process(session, now=later),
    )

    checked = await check(session, certificate.serial, now=later)

    assert checked.verdict is Verdict.CHANGED
    assert checked.changes == ("status", "restrictions")
    assert checked.today.status is Status.SUSPENDED


async def test_what_time_alone_has_changed_is_seen(session):
    entry = await make_entry(session)
    await entry.warn(
        session,
        WarningKind.WARNING,
        on=start_of(date(2027, 3, 1)),
        until=start_of(date(2027, 6, 1)),
        wording="Keep records.",
        by=make_process(session, now=AT),
    )
    certificate = await issue(session, entry)

    before = await check(
        session,
        certificate.serial,
        now=start_of(date(2027, 6, 1)) - timedelta(seconds=1),
    )
    after = await check(session, certificate.serial, now=start_of(date(2027, 6, 1)))

    assert before.verdict is Verdict.VALID
    assert after.changes == ("restrictions",)


async def test_a_new_name_is_a_change(session):
    entry = await make_entry(session)
    certificate = await issue(session, entry)
    entry.person.call("Ngozi", "Smith")
    await entry.project(session, now=AT)

    checked = await check(session, certificate.serial, now=AT)

    assert checked.changes == ("name",)


async def test_a_replaced_certificate_says_so(session):
    entry = await make_entry(session)
    first = await issue(session, entry)
    await issue(session, entry, now=AT + timedelta(days=1))

    checked = await check(session, first.serial, now=AT + timedelta(days=2))

    assert checked.verdict is Verdict.SUPERSEDED


async def test_a_serial_never_issued_is_not_found(session):
    with pytest.raises(NotFound):
        await check(session, "0" * 16, now=AT)


async def test_a_withheld_person_s_certificate_is_not_found(session):
    entry = await make_entry(session)
    certificate = await issue(session, entry)
    entry.person.withheld = True
    await entry.project(session, now=AT)

    with pytest.raises(NotFound):
        await check(session, certificate.serial, now=AT)


async def test_an_entry_that_is_shown_no_longer_is_gone(session):
    entry = await make_entry(session)
    certificate = await issue(session, entry)
    entry.person.deceased_on = date(2027, 3, 9)
    await entry.project(session, now=AT)

    with pytest.raises(Gone):
        await check(session, certificate.serial, now=AT)
