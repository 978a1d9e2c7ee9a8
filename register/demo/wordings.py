"""What the demo's orders, conditions and warnings say in public, and what its officers write."""

from register.assessment import HoldReason

CONDITIONS_OF_PRACTICE = (
    "Must not be the only manager on call for a home.",
    "Must be supervised by another registered manager, and meet them at least every two weeks.",
    "Must not take part in the recruitment of staff without another registered manager.",
    "Must tell the regulator within 7 days of any new post in a children’s home.",
    "Must not administer medication, nor be responsible for those who do, until a course in it has been completed.",
    "Must keep a record of every physical intervention in the home, and send it to the regulator each month.",
)
CONDITIONS_OF_REGISTRATION = (
    "Manages homes for up to four children only.",
    "Completes a course in leadership of safeguarding within six months.",
    "Manages one home at a time.",
    "Is mentored by an experienced registered manager for the first year.",
)
WARNINGS = (
    "Records of a child’s absence from the home were completed after the event and not marked as such.",
    "Did not tell Ofsted of a serious event within the time that the regulations give.",
    "Spoke to a member of staff in a manner that fell short of the standards.",
    "Shared a child’s personal details in a message to a person who did not need them.",
)
ADVICE = (
    "Advised on keeping supervision records.",
    "Advised on how to use social media in a professional role.",
    "Advised to declare a second post to the employer.",
)
QUALIFICATION = "Working towards the required qualification."
NOTES = (
    "Spoke to the applicant on the telephone. They are sending the certificate this week.",
    "The home confirmed the start date by e-mail.",
    "Awarding body asked to confirm the award; they usually answer within five working days.",
    "The name on the DBS certificate is the former name: see the marriage certificate.",
    "First referee is on leave until Monday.",
)
ASKED = (
    "The scan is too dark to read. Please send a new one in colour.",
    "Please send all pages of the document.",
    "The dates differ from those that your employer gave us. Please check them.",
    "",
)
REFUSED = (
    "What you told us differs from what the awarding body and two employers told us.",
    "The certificate you gave us does not cover work with children.",
)
EXPLAINED = (
    "You have not managed a home before, and your references say little of leading a team.",
    "You would begin in two homes at once.",
)
REPRESENTED = (
    "The certificate came late because the college had moved. I send it with this.",
    "I disagree. My employer has looked into what was said and found nothing in it.",
    "I understand why you ask, and I will do what is needed.",
)
RETURNED = (
    "Please ask for the missing months of employment in 2021 before we grant.",
    "The condition needs a date by which it ends.",
)
PROPOSED = (
    (
        "Manages one home at a time.",
        "First post as a manager, and two homes applied for.",
    ),
    (
        "Is mentored by an experienced registered manager for the first year.",
        "References are good but say little of leading a team.",
    ),
)
WEIGHED = (
    "Long ago, told of openly, and nothing like it since. It does not touch on work with children.",
    "Taken seriously at the time and put right. Both referees knew of it and would employ them again.",
)
HELD = {
    HoldReason.POLICE: "The police asked us to wait, and not to tell the applicant why.",
    HoldReason.COURT: "A hearing is listed for next month. The outcome decides whether there is anything to weigh.",
}
CONVICTIONS = (
    "Fined £120 in 2016 for driving without insurance. I had missed the renewal by four days.",
    "Conditional discharge in 2012 for criminal damage. I was 20, and paid for the window.",
)
DISCIPLINARY = (
    "Written warning in 2021 for late reports. It was removed from my file after 12 months.",
    "Suspended for two weeks in 2019 while a complaint was looked into. No case was found.",
)
HEALTH = (
    "I have type 1 diabetes, which is well controlled.",
    "I have had depression and take medication. I tell my manager when I need help.",
)
ADJUSTMENTS = ("A private place to take medication.", "")
GAPS = (
    "I looked after my mother, who was ill.",
    "I was travelling in South America.",
    "I was at home with my children.",
    "I was looking for work, and did some volunteering.",
)
REFEREES = (
    "Joanna Whitfield",
    "Peter Achebe",
    "Manjit Dhaliwal",
    "Siân Pritchard",
    "Colin Fairbrother",
    "Yasmin Farouk",
    "Gráinne O’Toole",
    "Douglas Ferrier",
)
STREETS = (
    "Acacia Avenue",
    "Canal Street",
    "Church Lane",
    "Mill Road",
    "Orchard Close",
    "Park View",
    "Station Road",
    "The Crescent",
    "Victoria Terrace",
    "Wharf Street",
)
ENGLISH_TESTS = (
    "IELTS Academic, 7.5 overall, March 2023",
    "Five years in English-speaking teams in Leeds and Bradford",
)
KNOWN_AS = (
    "I was their line manager.",
    "I supervised their work as responsible individual of the home.",
    "I was the social worker of two children in the home they worked in.",
    "We worked in the same team, and I stood in for their manager.",
)
MORE_SAID = (
    "",
    "",
    "The children trust them, and so do I.",
    "Calm in a crisis, and keeps good records.",
)
CONCERNS = (
    "A complaint of rough handling was looked into in the spring; it was not upheld, and advice was given.",
    "They left a shift without handing over, twice, and were warned in writing.",
)
DECLINED = (
    ("dates_only", "Our human resources department can confirm the dates."),
    ("does_not_know", ""),
    ("conflict_of_interest", "We are related by marriage."),
)
LEARNING = (
    "A course on trauma and attachment at the local college, two evenings a week from January to March.",
    "Shadow shifts in a home nearby, twice a month, with written feedback from its manager.",
    "I read the inspection reports of homes like mine, and joined the online seminars of a managers’ network.",
)
DEGREES_ABROAD = (
    ("Bachelor of Social Work", "University of Pune", "India"),
    ("Diplomado en Educación Social", "Universidad de Sevilla", "Spain"),
    ("Bachelor of Social Science (Youth Work)", "University of Lagos", "Nigeria"),
    ("Licencjat z pedagogiki", "Uniwersytet Łódzki", "Poland"),
)
OUTCOMES_MET = (
    "I wrote the home’s safeguarding plan anew after an inspection, and review it with the team each month.",
    "I led the team through training on development and trauma, and we changed how we greet children after school.",
    "Each child has a key worker whom they chose. I see to it that shifts keep them together.",
    "I brought in a plan for each child of what helps when they are upset; restraint fell from nine a quarter to one.",
    "I agreed health plans with the nurse for looked-after children, and homework time with the school.",
    "The children meet every Sunday. I answer what they ask for in writing, and say why where the answer is no.",
    "I recruited five of the eight who work here now, and supervise four of them each month.",
    "I chair the meeting with school, police and social workers for two children who had been missing.",
    "I read every record of the week on Fridays, and what I find goes into the plan that inspectors have seen.",
)
SIGNED = (
    "The plans and the supervision records show it. I asked two members of the team.",
    "Each outcome is shown by at least one document, and what the referees say agrees with it.",
)
SCRUTINISED = (
    "The statement of comparability and the employer’s letter agree. The course had placements in two children’s homes.",
    "Compared to level 6. Two years in residential care since are shown by the employer.",
)
REMOVAL_NOTICED = "The certificate with which you applied was awarded to somebody else, as its awarding body has told us."
