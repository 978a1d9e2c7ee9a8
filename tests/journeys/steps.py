"""What people do on the way: each step leads from where they are by the links and buttons that they see."""

import asyncio
import re
from datetime import datetime

from dateutil.relativedelta import relativedelta

from register.account import StaffRole
from register.kit.clock import LONDON
from register.kit.security import totp
from tests.journeys.walker import mails

PASSWORD = "a lantern over nine quiet hills"
EMAIL = "sian.obrien-jones@example.org"
REFEREES = "referee0@example.org", "referee1@example.org"
ENDORSER = "endorser@example.org"
STAFF = {
    "Casey Worker": StaffRole.CASEWORKER,
    "Tam Leader": StaffRole.TEAM_MANAGER,
    "Reggie Starr": StaffRole.REGISTRAR,
    "Judith Hall": StaffRole.ADJUDICATOR,
    "Omar Bench": StaffRole.ADJUDICATOR,
    "Inez Vance": StaffRole.INVESTIGATOR,
    "Noor Vail": StaffRole.INVESTIGATOR,
    "Hal Usher": StaffRole.HEARINGS_OFFICER,
    "Lena Court": StaffRole.ADJUDICATOR,
    "Bela Shore": StaffRole.ADJUDICATOR,
    "Priya Nash": StaffRole.ADJUDICATOR,
    "Gus Holt": StaffRole.ADJUDICATOR,
    "Ivy Locke": StaffRole.CASE_EXAMINER,
    "Sol Penn": StaffRole.CASE_EXAMINER,
}
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
SECTIONS_OF_A_RETURN = (
    "Identity",
    "Contact details",
    "Qualifications",
    "Employment history",
    "Keeping your skills up to date",
    "DBS check",
    "Criminal record declaration",
    "Conduct declaration",
    "Health declaration",
    "Referees",
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


IDENTITY = {
    "Given names": "Siân",
    "Have you ever had another legal name?": True,
    "Are you known by any other name": False,
    "Date of birth": ago(years=41),
    "Sex, as on your birth": "Female",
    "Nationality": "British",
    "Do you have a National Insurance number?": True,
    "National Insurance number": "AB 12 34 56 C",
}
HOME = {
    "Address line 1": "1 Quarry Lane",
    "Town or city": "Otley",
    "Is it in the United Kingdom?": True,
    "Postcode": "ls21 3ab",
}
CONTACT = {"Mobile telephone number": "07700 900123", **HOME}
DBS = {
    "DBS certificate number": "001234567890",
    "Date of issue": ago(months=4),
    "Is it an enhanced certificate?": True,
    "Is it for the child workforce?": True,
    "Did it include a check": True,
    "Do you subscribe to the DBS Update Service?": False,
}
MANAGER = {
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
}
NEW_MANAGER = MANAGER | {
    "Your role": "Deputy manager, to take over the home",
    "Which of these is closest to the role?": "Deputy manager or senior practitioner",
    "Did you, or do you, manage the home?": False,
}


async def mailed(service, to, words):
    """The newest mail to somebody that says so, once the worker has sent it."""
    for _ in range(240):
        if found := [text for text in mails(service, to) if words in text]:
            return found[0]
        await asyncio.sleep(0.25)
    raise AssertionError(f"No mail to {to} says {words!r}: {mails(service, to)}")


async def cleared(walker, file):
    """Until the page, loaded anew, says that the scanner found nothing in the file that was sent."""
    for _ in range(240):
        if f"{file}, {shown(TODAY)}: received" in await walker.text:
            return
        await asyncio.sleep(0.25)
        await walker.open(walker.page.url)
    raise AssertionError(f"{file} was not cleared: {await walker.text}")


def shown(day):
    return f"{day.day} {day:%B %Y}"


async def open_an_account(walker):
    await walker.open("/")
    await walker.follow("Apply to register", within="nav")
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


async def ask_to_come_back(walker, papers, *, identity, left, skills, referees, name):
    await to_account(walker, "Come back to the register")
    await walker.press("Ask to come back")
    await section(walker, "Identity", identity)
    await show_who(walker, papers)
    await section(walker, "Contact details", CONTACT)
    await walker.follow("Qualifications")
    await walker.tick(
        "I have gained no qualification since I left and am not studying for one"
    )
    await walker.press("Save and continue")
    await walker.follow("Employment history")
    await item(walker, "Add a job", MANAGER | {"When did you start?": left})
    await walker.press("Save and continue")
    await section(walker, "Keeping your skills up to date", skills)
    await name_referees(walker, referees)
    await section(walker, "DBS check", DBS)
    await declare(walker)
    await adopt_standards(walker)
    return await send(walker, name=name)


async def upload(walker, kind, file, **more):
    await walker.fill({"What is it?": kind, **more, "File": file})
    await walker.press("Upload")


async def fill_in(walker, papers, *, studying=False, convicted=""):
    """Every section, in the order of the list."""
    await section(
        walker,
        "Identity",
        {
            **IDENTITY,
            "Family name": "O’Brien-Jones",
            "Your former names": "Siân Featherstonehaugh",
        },
    )
    await show_who(walker, papers)
    await section(walker, "Contact details", CONTACT)
    await walker.follow("Address history")
    await item(
        walker,
        "Add an address",
        {**HOME, "When did you move in?": ago(years=6), "Do you live there now?": True},
    )
    await walker.press("Save and continue")
    await tell_of_qualification(walker, papers, studying=studying)
    await walker.follow("Employment history")
    await item(walker, "Add a job", NEW_MANAGER if studying else MANAGER)
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
    await section(walker, "DBS check", DBS)
    await declare(walker, convicted=convicted)
    await section(
        walker,
        "English language",
        {"How can you show that your English": "English is my first or main language"},
    )
    await name_referees(walker)
    await section(
        walker,
        "Endorsement by your employer",
        {
            "Is there somebody at your employer who can endorse": True,
            "Their full name": "Nia Rees",
            "Their job title": "Responsible individual",
            "Their work email address": ENDORSER,
        },
    )
    await adopt_standards(walker)
    await walker.follow("Equality monitoring")
    await walker.press("Skip these questions")


async def show_who(walker, papers):
    await upload(walker, "Passport", papers / "passport.pdf")
    await upload(walker, "Driving licence with photograph", papers / "licence.png")
    await upload(walker, "Photograph of me", papers / "me.jpg")
    await walker.press("Continue")


async def declare(walker, *, convicted=""):
    for title in (
        "Criminal record declaration",
        "Conduct declaration",
        "Health declaration",
    ):
        await walker.follow(title)
        for no in await walker.page.get_by_label("No", exact=True).all():
            await no.check()
        if convicted and title == "Criminal record declaration":
            await walker.fill(
                {
                    "Do you have any convictions that are not protected?": True,
                    "Give details": convicted,
                }
            )
        await walker.press("Save and continue")


async def name_referees(walker, emails=REFEREES):
    await walker.follow("Referees")
    referees = {
        "They speak for my latest employer": "Ada Marsh",
        "They know my work with children": "Ravi Nair",
    }
    for (knows, name), email in zip(referees.items(), emails, strict=True):
        await item(
            walker,
            "Add a referee" if email == emails[0] else "Add another referee",
            {
                "Where does the referee know you from?": knows,
                "Full name": name,
                "Job title": "Director",
                "Organisation": "Northern Care Ltd",
                "Work email address": email,
                "Telephone number": "0113 496 0000",
            },
        )
    await walker.press("Save and continue")


async def adopt_standards(walker):
    await walker.follow("Professional standards")
    await walker.tick(
        "I have read and understood the professional standards, and I will meet them"
    )
    await walker.press("Save and continue")


async def tell_of_qualification(walker, papers, *, studying):
    known = {
        "Qualification": DEGREE,
        "Awarding body": "Pearson",
        "Level (optional)": "5",
        "Country where you studied": "England",
    }
    await walker.follow("Qualifications")
    if studying:
        known |= {
            "Have you been awarded it?": False,
            "When did you enrol?": ago(months=2),
            "When do you expect to finish?": TODAY + relativedelta(years=1),
        }
        await item(walker, "Add a qualification", known)
    else:
        known |= {
            "Have you been awarded it?": True,
            "When was it awarded?": ago(years=3),
            "How can we check it?": "I will upload the certificate",
        }
        await item(walker, "Add a qualification", known)
        await upload(
            walker,
            "Certificate",
            papers / "diploma.pdf",
            **{"Which qualification is it for?": DEGREE},
        )
        await walker.press("Continue")
        await walker.follow("Qualifications")
    await walker.press("Save and continue")


async def section(walker, title, answers):
    await walker.follow(title)
    await walker.fill(answers)
    await walker.press("Save and continue")


async def item(walker, add, answers):
    await walker.press(add)
    await walker.fill(answers)
    await walker.press("Save and continue")


async def send(walker, *, name="Siân O’Brien-Jones"):
    await walker.follow("Check your answers and send")
    await walker.press("Continue")
    await walker.press("Send my application", faults=UNSIGNED)
    await walker.tick(
        "I have read the privacy notice",
        "I declare all of this",
    )
    await walker.fill({"Type your full name to sign": name})
    await walker.press("Send my application")
    return re.search("A-[0-9A-Z]{8}", await walker.text)[0]


def work_email(name):
    return f"{name.split()[0].lower()}@example.org"


async def sign_in_as_staff(walker, name):
    """The first time: a member of staff sets up the app before anything else; gives the key that it keeps."""
    await sign_in(walker, work_email(name))
    return await set_up_an_app(walker)


async def set_up_an_app(walker):
    key = "".join(
        (await walker.page.locator("p.govuk-\\!-font-weight-bold").inner_text()).split()
    )
    await walker.fill({"Code from the app": totp.code_at(key, walker.service.now)})
    await walker.press("Continue")
    await walker.press("I have kept them")
    return key


async def sign_in_with_key(walker, name, key):
    """Every other time."""
    await sign_in(walker, work_email(name))
    await show_the_code(walker, key)


async def show_the_code(walker, key):
    code = totp.code_at(key, walker.service.now)
    await walker.fill({"Code from your authenticator app": code})
    await walker.press("Continue")


async def sign_in(walker, email):
    await walker.open("/")
    await walker.follow("Sign in", within="nav")
    await walker.fill({"Email address": email, "Password": PASSWORD})
    await walker.press("Sign in")


async def to_casework(walker, *links):
    """From wherever a member of staff is, by the menu."""
    await walker.follow("Casework", within="nav")
    for link in links:
        await walker.follow(link)


async def to_account(walker, *links):
    await walker.follow("Your account", within="nav")
    for link in links:
        await walker.follow(link)


async def to_application(walker, reference):
    """As the applicant goes there."""
    await walker.follow("Your application", within="nav")
    await walker.follow(f"See what is happening {reference}")


async def to_person(walker, name):
    await to_casework(walker, "Persons")
    await walker.fill({"Name or registration number": name})
    await walker.press("Search")
    await walker.follow(name)


async def look_up(walker, name, *, typed=None):
    """As the public does, from the first page."""
    await walker.open("/")
    await walker.fill({"Name or registration number": typed or name})
    await walker.press("Search")
    await walker.follow(name)


async def take(walker, reference):
    await to_casework(walker, "Applications", reference)
    await walker.press("Take this application")


async def check(walker, reference, title, outcome="Met", *, reasons=()):
    if await walker.heading != title:
        await to_casework(walker, reference)
        await walker.follow("Sections")
        await walker.follow(title)
    await walker.fill({"Is this section met?": outcome})
    await walker.tick(*reasons)
    await walker.press("Keep and go on")


async def judge(walker, reference, verdict="Meets the requirement"):
    await to_casework(walker, reference)
    await walker.follow("Sections")
    await walker.follow("Qualifications")
    await walker.tick(verdict)
    await walker.press(f"Keep the verdict on {DEGREE}")


async def ask_for_more(walker, reference):
    await to_casework(walker, reference)
    await walker.follow("Sections")
    await walker.follow("Ask the applicant for more")
    await walker.press("Send")


async def answer(walker, reference):
    await to_application(walker, reference)
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


async def endorse(walker, employer, *, studying=False):
    mail = await mailed(walker.service, employer, "Please endorse")
    await walker.open(re.search(r"https?://\S+/endorsements/[\w-]+", mail)[0])
    await walker.fill(
        {
            "When did they start in this role with you": ago(years=2),
            "Is this the right part of the register": True,
            "Have you seen the originals": True,
            "Have you seen their enhanced DBS": True,
            "Have you talked with them": True,
            "Do they hold the qualification": (
                "No, but they are working towards it"
                if studying
                else "Yes, they hold it"
            ),
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
    await to_application(walker, reference)
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


async def propose_grant(walker, reference):
    await to_proposal(walker, reference)
    await walker.fill(
        {"What do you propose?": "Grant", "Add another condition?": False}
    )
    await walker.press("Propose")


async def propose_refusal(walker, reference):
    """Notice first, where none was given of it."""
    await to_proposal(walker, reference)
    await walker.fill({"What do you propose?": "Refuse"})
    await walker.press("Propose")


async def to_proposal(walker, reference):
    await to_casework(walker, reference)
    await walker.follow("Sections")
    await walker.follow("propose a decision")


async def approve(walker, about):
    await to_casework(walker, "Proposals", about)
    await walker.press("Approve")


async def pay(walker, reference):
    await to_application(walker, reference)
    await walker.press("Pay the registration fee")
    await pay_by_card(walker)


async def pay_what_is_due(walker):
    await to_account(walker, "Your payments")
    await walker.press("Pay what is due")
    await pay_by_card(walker)


async def pay_by_card(walker):
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
