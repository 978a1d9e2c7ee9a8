"""A manager's way into the register, by hand: from an account to a certificate whose code somebody follows."""

import asyncio
import re
from datetime import datetime
from uuid import uuid4

import pypdfium2
import pytest
import zxingcpp
from dateutil.relativedelta import relativedelta

from register.account import Account, RoleGrant, StaffRole, folded_email
from register.kit.clock import LONDON
from register.kit.db import Role, connect, sessions_of
from register.kit.security import passwords, totp
from tests.journeys.walker import Walker, mails
from tests.make import make_home
from tests.uploading import pdf, picture

PASSWORD = "a lantern over nine quiet hills"
EMAIL = "sian.obrien-jones@example.org"
STAFF = {StaffRole.CASEWORKER: "Casey Worker", StaffRole.TEAM_MANAGER: "Tam Leader"}
TODAY = datetime.now(LONDON).date()
SECTIONS = (
    "Identity",
    "Contact details",
    "Address history",
    "Qualifications",
    "Employment history",
    "Other registrations",
    "DBS check",
    "Criminal record declaration",
    "Conduct declaration",
    "Health declaration",
    "English language",
    "Referees",
    "Endorsement by your employer",
    "Professional standards",
)
UNSIGNED = (
    "Confirm that you have read the privacy notice",
    "Confirm that you declare all of this",
    "Enter your full name to sign",
)
DEGREE = (
    "Level 5 Diploma in Leadership and Management for Residential Childcare (England)"
)


def ago(**span):
    return TODAY - relativedelta(**span)


@pytest.fixture
async def office(service):
    """Staff who have not signed in before, and a home that Ofsted lists."""
    engine = connect(service.environment["DATABASE_URL"], Role.APP)
    now = datetime.now(LONDON)
    async with sessions_of(engine).begin() as session:
        for role, name in STAFF.items():
            session.add(
                Account(
                    id=uuid4(),
                    email=f"{role}@example.org",
                    email_folded=folded_email(f"{role}@example.org"),
                    name=name,
                    password_hash=await passwords.hashed(PASSWORD),
                    created_at=now,
                    confirmed_at=now,
                    grants=[RoleGrant(role=role)],
                )
            )
        await make_home(session, urn="SC462450", name="Beckside", town="Leeds")
    await engine.dispose()


@pytest.fixture
def papers(tmp_path):
    """What an applicant has scanned."""
    scans = {
        "passport.pdf": pdf(),
        "licence.png": picture(),
        "me.jpg": picture("JPEG"),
        "diploma.pdf": pdf(),
    }
    for name, content in scans.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


async def mailed(service, to, words):
    """The newest mail to somebody that says so, once the worker has sent it."""
    for _ in range(240):
        if found := [text for text in mails(service, to) if words in text]:
            return found[0]
        await asyncio.sleep(0.25)
    raise AssertionError(f"No mail to {to} says {words!r}: {mails(service, to)}")


async def open_an_account(walker):
    await walker.open("/")
    await walker.open("/apply")
    await walker.press("Start now")
    await walker.follow("Create an account")
    await walker.fill({"Email address": EMAIL, "Create a password": PASSWORD})
    await walker.press("Continue")
    mail = await mailed(walker.service, EMAIL, "code")
    await walker.fill({"Code from the email": re.search(r"\b[0-9]{6}\b", mail)[0]})
    await walker.press("Create account")


async def begin(walker):
    await walker.press("Continue")
    await walker.follow("Eligibility")
    await walker.fill(
        {
            "Do you manage a children’s home": True,
            "What do you manage it as?": "Manager registered with Ofsted",
            "When did you start": ago(months=2),
            "Ofsted number (URN) of the home (optional)": "SC462450",
            "Have you been on this register before?": False,
            "Are you, or have you been, on the register of another": False,
        }
    )
    await walker.press("Save and continue")
    assert "Register by" in await walker.text
    await walker.press("Continue")


async def upload(walker, kind, file, **more):
    await walker.fill({"What is it?": kind, **more, "File": file})
    await walker.press("Upload")


async def fill_in(walker, papers):
    """Every section, in the order of the list."""
    await section(
        walker,
        "Identity",
        {
            "Given names": "Siân",
            "Family name": "O’Brien-Jones",
            "Have you ever had another legal name?": True,
            "Your former names": "Siân Featherstonehaugh",
            "Are you known by any other name": False,
            "Date of birth": ago(years=41),
            "Sex, as on your birth": "Female",
            "Nationality": "British",
            "Do you have a National Insurance number?": True,
            "National Insurance number": "AB 12 34 56 C",
        },
    )
    await upload(walker, "Passport", papers / "passport.pdf")
    await upload(walker, "Driving licence with photograph", papers / "licence.png")
    await upload(walker, "Photograph of me", papers / "me.jpg")
    await walker.press("Continue")
    home = {
        "Address line 1": "1 Quarry Lane",
        "Town or city": "Otley",
        "Is it in the United Kingdom?": True,
        "Postcode": "ls21 3ab",
    }
    await section(
        walker, "Contact details", {"Mobile telephone number": "07700 900123", **home}
    )
    await walker.follow("Address history")
    await item(
        walker,
        "Add an address",
        {**home, "When did you move in?": ago(years=6), "Do you live there now?": True},
    )
    await walker.press("Save and continue")
    await walker.follow("Qualifications")
    await item(
        walker,
        "Add a qualification",
        {
            "Qualification": DEGREE,
            "Awarding body": "Pearson",
            "Level (optional)": "5",
            "Country where you studied": "England",
            "Have you been awarded it?": True,
            "When was it awarded?": ago(years=3),
            "How can we check it?": "I will upload the certificate",
        },
    )
    await upload(
        walker,
        "Certificate",
        papers / "diploma.pdf",
        **{"Which qualification is it for?": DEGREE},
    )
    await walker.press("Continue")
    await walker.follow("Qualifications")
    await walker.press("Save and continue")
    await walker.follow("Employment history")
    await item(
        walker,
        "Add a job",
        {
            "Employer": "Northern Care Ltd",
            "Ofsted number (URN) (optional)": "sc462450",
            "Your role": "Registered manager",
            "Which of these is closest to the role?": "Manager of a children’s home",
            "Working time, as a percentage of full time": "100",
            "Did you, or do you, care for children there?": True,
            "Did you, or do you, supervise care staff?": True,
            "Did you, or do you, manage the home?": True,
            "When did you start?": ago(years=8),
            "Do you work there now?": True,
        },
    )
    await walker.fill({"When did you leave full-time education?": ago(years=20)})
    await walker.press("Save and continue")
    await walker.page.locator("main textarea").first.fill(
        "I cared for my two sons and studied."
    )
    await walker.press("Save and continue")
    await section(
        walker,
        "Other registrations",
        {
            "Are you, or have you been, on the register of another regulator?": False,
            "Has a register or regulator anywhere ever": False,
        },
    )
    await section(
        walker,
        "DBS check",
        {
            "DBS certificate number": "001234567890",
            "Date of issue": ago(months=4),
            "Is it an enhanced certificate?": True,
            "Is it for the child workforce?": True,
            "Did it include a check": True,
            "Do you subscribe to the DBS Update Service?": False,
        },
    )
    for title in (
        "Criminal record declaration",
        "Conduct declaration",
        "Health declaration",
    ):
        await walker.follow(title)
        for answer in await walker.page.get_by_label("No", exact=True).all():
            await answer.check()
        await walker.press("Save and continue")
    await section(
        walker,
        "English language",
        {"How can you show that your English": "English is my first or main language"},
    )
    await walker.follow("Referees")
    referees = {
        "They speak for my latest employer": "Ada Marsh",
        "They know my work with children": "Ravi Nair",
    }
    for n, (knows, name) in enumerate(referees.items()):
        await item(
            walker,
            "Add another referee" if n else "Add a referee",
            {
                "Where does the referee know you from?": knows,
                "Full name": name,
                "Job title": "Director",
                "Organisation": "Northern Care Ltd",
                "Work email address": f"referee{n}@example.org",
                "Telephone number": "0113 496 0000",
            },
        )
    await walker.press("Save and continue")
    await section(
        walker,
        "Endorsement by your employer",
        {
            "Is there somebody at your employer who can endorse": True,
            "Their full name": "Nia Rees",
            "Their job title": "Responsible individual",
            "Their work email address": "endorser@example.org",
        },
    )
    await walker.follow("Professional standards")
    await walker.tick(
        "I have read and understood the professional standards, and I will meet them"
    )
    await walker.press("Save and continue")
    await walker.follow("Equality monitoring")
    await walker.press("Skip these questions")


async def section(walker, title, answers):
    await walker.follow(title)
    await walker.fill(answers)
    await walker.press("Save and continue")


async def item(walker, add, answers):
    await walker.press(add)
    await walker.fill(answers)
    await walker.press("Save and continue")


async def send(walker):
    await walker.follow("Check your answers and send")
    await walker.press("Continue")
    await walker.press("Send my application", faults=UNSIGNED)
    await walker.tick(
        "I have read the privacy notice",
        "I declare all of this",
    )
    await walker.fill({"Type your full name to sign": "Siân O’Brien-Jones"})
    await walker.press("Send my application")
    return re.search("A-[0-9A-Z]{8}", await walker.text)[0]


async def sign_in_as_staff(walker, role):
    """The first time: a member of staff sets up the app before anything else."""
    await walker.open("/staff")
    await walker.fill({"Email address": f"{role}@example.org", "Password": PASSWORD})
    await walker.press("Sign in")
    key = "".join(
        (await walker.page.locator("p.govuk-\\!-font-weight-bold").inner_text()).split()
    )
    await walker.fill({"Code from the app": totp.code_at(key, datetime.now(LONDON))})
    await walker.press("Continue")
    await walker.press("I have kept them")


async def take(walker, reference):
    await walker.open("/staff/applications")
    await walker.follow(reference)
    await walker.press("Take this application")


async def check(walker, reference, title, outcome="Met", **more):
    if await walker.heading != title:
        await walker.open(f"/staff/applications/{reference}/sections")
        await walker.follow(title)
    await walker.fill({"Is this section met?": outcome})
    for label in more.get("reasons", ()):
        await walker.tick(label)
    await walker.press("Keep and go on")


async def judge(walker, reference):
    await walker.open(f"/staff/applications/{reference}/sections/qualifications")
    await walker.tick("Meets the requirement")
    await walker.press(f"Keep the verdict on {DEGREE}")


async def ask_for_more(walker, reference):
    await walker.open(f"/staff/applications/{reference}/request")
    await walker.press("Send")


async def answer(walker, reference):
    await walker.open(f"/apply/{reference}")
    await walker.follow("Change your answers of DBS check")
    await walker.fill({"Date of issue": ago(months=1)})
    await walker.press("Save and continue")
    await walker.press("Send my answer")


async def led_by_a_link(walker, referee):
    """Where the mail to a referee leads."""
    mail = await mailed(walker.service, referee, "named you as a referee")
    await walker.open(re.search(r"https?://\S+/references/[\w-]+", mail)[0])


async def refer(walker, referee):
    await led_by_a_link(walker, referee)
    await walker.fill(
        {
            "How do you know them?": "I was her line manager.",
            "What was their role when you knew them?": "Registered manager",
            "From when have you known them in that role?": ago(years=3),
            "Are they still in that role?": True,
            "Are these dates, and any reason for leaving, right?": "Yes, as far as I remember",
            "Do you know of any reason why they should not": False,
            "Has there been any concern about their conduct": False,
            "Would you employ them, or work with them, again?": True,
            "Your full name": "Ada Marsh",
            "Your job title": "Director",
        }
    )
    await walker.tick("What I have said is true to the best of my knowledge")
    await walker.press("Send the reference")
    assert await walker.heading == "Thank you"


async def endorse(walker, employer):
    mail = await mailed(walker.service, employer, "Please endorse")
    await walker.open(re.search(r"https?://\S+/endorsements/[\w-]+", mail)[0])
    await walker.fill(
        {
            "When did they start in this role with you": ago(years=2),
            "Is this the right part of the register": True,
            "Have you seen the originals": True,
            "Have you seen their enhanced DBS": True,
            "Have you talked with them": True,
            "Do they hold the qualification": "Yes, they hold it",
            "Your full name": "Nia Rees",
            "Your job title": "Responsible individual",
        }
    )
    await walker.tick(
        "I may speak for the employer, and what I have said is true to the best of my knowledge"
    )
    await walker.press("Endorse the application")
    assert await walker.heading == "Thank you"


async def decline(walker, referee):
    await led_by_a_link(walker, referee)
    await walker.follow("I cannot give a reference")
    await walker.tick("My organisation only confirms dates of employment")
    await walker.press("Send")
    assert await walker.heading == "Thank you"


async def name_another(walker, reference, email):
    await walker.open(f"/apply/{reference}")
    await walker.follow("Name another referee in place of Ravi Nair")
    await walker.fill(
        {
            "Full name": "Mina Cole",
            "Job title": "Social worker",
            "Organisation": "Leeds City Council",
            "Work email address": email,
            "Telephone number": "0113 496 0001",
        }
    )
    await walker.press("Ask this referee")


async def propose(walker, reference):
    await walker.open(f"/staff/applications/{reference}/proposal")
    await walker.fill(
        {"What do you propose?": "Grant", "Add another condition?": False}
    )
    await walker.press("Propose")


async def approve(walker, reference):
    await walker.open("/staff/proposals")
    await walker.follow(reference)
    await walker.press("Approve")


async def pay(walker):
    await walker.open("/pay")
    await walker.press("Pay…")
    await walker.fill(
        {
            "Card number": "4242 4242 4242 4242",
            "Month": "10",
            "Year": "39",
            "Name on card": "S O'Brien-Jones",
            "Card security code": "123",
        }
    )
    await walker.press("Continue")
    await walker.press("Confirm payment")


async def certificate(walker, folder):
    await walker.open("/certificates")
    await walker.press("Get a certificate…")
    link = walker.page.get_by_role("button", name="Download the certificate (PDF)")
    for _ in range(240):
        if await link.count():
            break
        await asyncio.sleep(0.25)
        await walker.open(walker.page.url)
    async with walker.page.expect_download() as download:
        await link.click()
    file = folder / "certificate.pdf"
    await (await download.value).save_as(file)
    return file


def code_on(file):
    """The address that a telephone reads from the printed certificate."""
    picture = pypdfium2.PdfDocument(file)[0].render(scale=2).to_pil()
    return zxingcpp.read_barcode(picture).text


async def walk(visitors, service, papers, *, scripts=True):
    """The journey; gives how many kinds of page were looked at."""
    seen = set()

    async def somebody():
        page = await visitors(java_script_enabled=scripts)
        return Walker(page, service, seen=seen, scripts=scripts)

    applicant, caseworker, manager = [await somebody() for _ in range(3)]
    await open_an_account(applicant)
    await begin(applicant)
    await fill_in(applicant, papers)
    reference = await send(applicant)

    referee = await somebody()
    await refer(referee, "referee0@example.org")
    await decline(referee, "referee1@example.org")
    await mailed(service, EMAIL, "another")
    await name_another(applicant, reference, "referee2@example.org")
    await refer(referee, "referee2@example.org")

    await endorse(referee, "endorser@example.org")

    await sign_in_as_staff(caseworker, StaffRole.CASEWORKER)
    await take(caseworker, reference)
    await check(
        caseworker,
        reference,
        "DBS check",
        "Ask for more",
        reasons=["The DBS certificate is too old"],
    )
    await ask_for_more(caseworker, reference)
    await mailed(service, EMAIL, "more")
    await answer(applicant, reference)
    for title in ("Eligibility", *SECTIONS):
        await check(caseworker, reference, title)
    await judge(caseworker, reference)
    await propose(caseworker, reference)

    await sign_in_as_staff(manager, StaffRole.TEAM_MANAGER)
    await approve(manager, reference)

    await mailed(service, EMAIL, "pay")
    await applicant.open(f"/apply/{reference}")
    await pay(applicant)
    assert "Payment received" in await applicant.heading

    public = await somebody()
    await public.open("/")
    await public.fill({"Name or registration number": "obrien"})
    await public.press("Search")
    await public.follow("Siân O’Brien-Jones")
    assert "May practise" in await public.text
    assert await public.page.locator("main", has_text="Featherstonehaugh").count() == 0

    file = await certificate(applicant, papers)
    await public.open(code_on(file))
    assert await public.heading == "This certificate is valid"
    await applicant.open(f"/apply/{reference}")
    await applicant.open("/account/payments")
    await caseworker.open(f"/staff/applications/{reference}/timeline")
    return len(seen)


async def test_a_manager_comes_into_the_register(visitors, service, office, papers):
    assert await walk(visitors, service, papers) > 50


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_manager_comes_into_the_register_without_javascript(
    visitors, service, office, papers
):
    assert await walk(visitors, service, papers, scripts=False) > 50
