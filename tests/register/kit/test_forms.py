"""Every fault of a form is found at once, and each is a sentence that says what to do."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.datastructures import FormMultiDict

from register.kit import forms
from register.kit.pages import environment
from register.kit.security.input import FormData, parse_form
from tests.reading import Page

TODAY = date(2027, 3, 10)


class Person(forms.Form):
    name = forms.Name("Full name", what="your full name")
    email = forms.Email()
    born = forms.Date(
        "Date of birth",
        what="your date of birth",
        past=True,
        latest=forms.years_before(18),
    )
    renamed = forms.YesNo("Have you had other names?", what="you have had other names")
    former = forms.Name(
        "Former name", what="your former name", only_if=("renamed", "yes")
    )
    part = forms.Radios(
        "Part",
        choices=[("manager", "Manager"), ("deputy", "Deputy")],
        missing="Select a part",
    )
    needs = forms.Checkboxes(
        "Needs",
        choices=[("print", "Large print"), ("sign", "Sign language")],
        none=("none", "None of these"),
    )
    truth = forms.Confirm("It is true", missing="Confirm that it is true")


SOUND = {
    "name": "Aoife O’Brien-Ní Dhomhnaill",
    "email": "Aoife@Example.org",
    "born-day": "27",
    "born-month": "3",
    "born-year": "1980",
    "renamed": "no",
    "part": "manager",
    "needs": "print",
    "truth": "yes",
}


def sent(form=Person, /, **changes):
    """The form, filled in and validated; a list sends a name several times, None leaves it out."""
    values = {name.replace("__", "-"): value for name, value in changes.items()}
    together = {**(SOUND if form is Person else {}), **values}
    pairs = [
        (name, each)
        for name, value in together.items()
        if value is not None
        for each in (value if isinstance(value, list) else [value])
    ]
    filled = form(FormData(pairs), today=TODAY)
    filled.validate()
    return filled


def fault(field, *values, today=TODAY):
    """What a form with only this field says of what was typed into it."""

    class One(forms.Form):
        asked = field

    filled = One(FormData([("asked", value) for value in values]), today=today)
    filled.validate()
    return filled.asked.errors[0] if filled.asked.errors else ""


def held(field, value):
    class One(forms.Form):
        asked = field

    filled = One(FormData([("asked", value)]), today=TODAY)
    assert filled.validate(), filled.faults
    return filled.asked.data


def day_fault(field, day, month, year):
    class One(forms.Form):
        asked = field

    boxes = [("asked-day", day), ("asked-month", month), ("asked-year", year)]
    filled = One(FormData(boxes), today=TODAY)
    filled.validate()
    return (filled.asked.errors or [""])[0], filled.asked.place, filled.asked.data


# The whole form


def test_a_sound_form_gives_what_was_meant():
    form = sent()

    assert form.faults == []
    assert form.data == {
        "name": "Aoife O’Brien-Ní Dhomhnaill",
        "email": "Aoife@example.org",
        "born": date(1980, 3, 27),
        "renamed": False,
        "former": "",
        "part": "manager",
        "needs": ["print"],
        "truth": True,
    }


def test_an_empty_form_says_everything_that_is_missing_in_the_order_of_the_page():
    form = Person(FormData(), today=TODAY)

    assert not form.validate()
    assert form.faults == [
        ("#name", "Enter your full name"),
        ("#email", "Enter an email address"),
        ("#born-day", "Enter your date of birth"),
        ("#renamed", "Select yes if you have had other names"),
        ("#part", "Select a part"),
        ("#needs", "Select needs"),
        ("#truth", "Confirm that it is true"),
    ]


def test_a_form_that_was_not_sent_shows_what_we_hold():
    form = Person(
        data={
            "name": "Ann",
            "born": date(1980, 3, 27),
            "renamed": True,
            "needs": ["sign"],
        },
        today=TODAY,
    )

    assert form.name.shown == "Ann"
    assert form.born.boxes == {"day": "27", "month": "3", "year": "1980"}
    assert form.renamed.shown == "yes"
    assert form.needs.ticked == ["sign"]
    assert form.truth.ticked is False


def test_what_was_typed_is_shown_again_as_it_was_typed():
    form = sent(name="  4nn ", email="not an address", born__month="Smarch")

    assert form.name.shown == "  4nn "
    assert form.email.shown == "not an address"
    assert form.born.boxes == {"day": "27", "month": "Smarch", "year": "1980"}


def test_a_handler_adds_the_fault_that_only_it_can_find():
    form = sent()

    form.add_error("email", "There is an account with this email address")
    form.add_error("", "The home has closed since")

    assert form.faults == [
        ("#email", "There is an account with this email address"),
        ("", "The home has closed since"),
    ]


def test_a_question_must_say_what_it_asks_for():
    class Wrong(forms.Form):
        asked = forms.Text("What happened?")

    with pytest.raises(TypeError, match="A question needs `what`"):
        Wrong()


def test_two_forms_of_a_page_are_told_apart_by_their_prefix():
    form = Person(FormData([("note-name", "Ann")]), prefix="note", today=TODAY)

    assert form.name.data == "Ann"
    assert form.born.place == "note-born-day"


# Questions that depend on an answer


def test_a_question_that_was_not_asked_is_neither_checked_nor_kept():
    form = sent(renamed="no", former="1234")

    assert form.faults == []
    assert form.former.data == ""
    assert form.former.shown == ""


def test_a_question_that_was_asked_must_be_answered():
    form = sent(renamed="yes", former="")

    assert form.faults == [("#former", "Enter your former name")]


# Text


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien",
        "d’Angelo",
        "Jean-Luc",
        "Nguyễn Thị Minh Khai",
        "Ŵiliam ap Siôn",
        "St. John",
        "Sammy Davis, Jr.",
        "محمد بن سلمان",
        "שָׁלוֹם כֹּהֵן",
        "李小龍",
        "María-José Carreño Quiñones",
        "Muthu s/o Raman",
        "Ó",
        "a" * 200,
        "é" * 200,
        "q\u0301" * 200,
    ],
)
def test_a_name_may_be_written_as_people_write_it(name):
    assert held(forms.Name("Name"), name) == name


def test_a_pasted_mark_of_direction_is_not_part_of_a_name():
    assert held(forms.Name("Name"), "\u200fمحمد\u200e") == "محمد"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a" * 201, "Name must be 200 characters or fewer"),
        ("e\u0301" * 201, "Name must be 200 characters or fewer"),
        ("'-'", "Name must include a letter"),
        (
            "Ann <b>",
            "Name must only include letters, spaces, hyphens, apostrophes and full stops",
        ),
        (
            "ann@example.org",
            "Name must only include letters, spaces, hyphens, apostrophes and full stops",
        ),
        (
            "Ann\u202eeiraM",
            "Name had hidden characters, which we have taken out. Check it, then continue",
        ),
        (
            "Ann\x00",
            "Name had hidden characters, which we have taken out. Check it, then continue",
        ),
        ("A" + "\u0300" * 10_000, "Name must not have so many accents on one letter"),
    ],
)
def test_what_is_no_name_is_refused_in_a_sentence(name, said):
    assert fault(forms.Name("Name"), name) == said


@pytest.mark.parametrize(
    "hidden", ["\u202aAnn\u202c", "A\x00nn", "An\x0bn", "\ufdd0Ann"]
)
def test_what_hides_in_a_name_is_gone_when_the_box_is_shown_again(hidden):
    class One(forms.Form):
        name = forms.Name("Name")

    form = One(FormData([("name", hidden)]))

    assert not form.validate()
    assert form.name.shown == "Ann"
    assert One(FormData([("name", form.name.shown)])).validate()


def test_what_hides_in_a_day_is_passed_over():
    said, _, value = day_fault(forms.Date("Start date"), "\u202a9", "3\x00", "2027")

    assert (said, value) == ("", date(2027, 3, 9))


@pytest.mark.parametrize("field", [forms.Radios, forms.Select, forms.Checkboxes])
def test_what_hides_in_a_code_never_reaches_who_reads_it(field):
    class One(forms.Form):
        part = field("Part", choices=[("manager", "Manager")])

    form = One(FormData([("part", "manager\x00")]))

    assert not form.validate()
    assert not form.part.data


def test_a_limit_counts_what_people_see_and_what_we_store():
    family = "👨‍👩‍👧‍👦"

    assert (
        fault(forms.Text("Note", longest=3), family * 3)
        == "Note has too many accents or symbols. Use fewer"
    )
    assert fault(forms.Text("Note", longest=100), family * 3) == ""
    assert (
        fault(forms.Text("Note", longest=3), "abcd")
        == "Note must be 3 characters or fewer"
    )


def test_text_on_one_line_has_single_spaces():
    assert held(forms.Text("Note"), "  one \t two\r\nthree ") == "one two three"


def test_text_on_several_lines_keeps_them():
    assert (
        held(forms.LongText("Note"), "one\r\n\r\n  two\rthree") == "one\n\n  two\nthree"
    )


@pytest.mark.parametrize(
    "typed",
    ["ann@example.org", " Ann.O'Brien+home@sub.example.co.uk ", "ann@münchen.de"],
)
def test_an_address_that_may_exist_is_taken(typed):
    assert "@" in held(forms.Email(), typed)


@pytest.mark.parametrize(
    "typed",
    [
        "ann",
        "ann@",
        "@example.org",
        "ann@example",
        "ann@@example.org",
        "a b@example.org",
        "a" * 250 + "@example.org",
    ],
)
def test_an_address_that_cannot_exist_is_refused(typed):
    assert fault(forms.Email(), typed)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("07700 900 123", "+447700900123"),
        ("(01632) 960-001", "+441632960001"),
        ("+44 808 157 0192", "+448081570192"),
        ("+353 1 234 5678", "+35312345678"),
    ],
)
def test_a_telephone_number_is_held_with_its_country(typed, number):
    assert held(forms.Phone(), typed) == number


@pytest.mark.parametrize(
    "typed", ["12", "call me", "07700 900 123 456 789", "+999 123", "07700 900123 x5"]
)
def test_what_is_no_telephone_number_is_refused(typed):
    assert fault(forms.Phone(), typed).startswith("Enter a telephone number, like")


def test_a_telephone_number_is_shown_as_people_write_it():
    assert forms.phone("+447700900123") == "07700 900123"
    assert forms.phone("+35312345678") == "+353 1 234 5678"


@pytest.mark.parametrize(
    ("typed", "postcode"),
    [
        ("sw1a2aa", "SW1A 2AA"),
        ("GIR 0AA", "GIR 0AA"),
        ("m1 1ae", "M1 1AE"),
        ("B33 8TH", "B33 8TH"),
        ("cr2-6xh", "CR2 6XH"),
        ("DN55 1PT", "DN55 1PT"),
        ("W1A 0AX", "W1A 0AX"),
        (" EC1A  1BB ", "EC1A 1BB"),
    ],
)
def test_a_postcode_is_held_in_one_form(typed, postcode):
    assert held(forms.Postcode(), typed) == postcode


@pytest.mark.parametrize(
    "typed", ["QQ1 1AA", "SW1A", "SW1A 2A", "GIR 1AA", "12345", "SW1A 2AI", "ZZ99 9ZZ9"]
)
def test_what_is_no_postcode_is_refused(typed):
    assert fault(forms.Postcode(), typed) == "Enter a full UK postcode, like SW1A 2AA"


def test_a_national_insurance_number_is_held_without_spaces():
    assert held(forms.NationalInsurance(), "ab 12 34 56 c") == "AB123456C"
    assert (
        forms.NationalInsurance().field_class.write(None, "AB123456C")
        == "AB 12 34 56 C"
    )


@pytest.mark.parametrize(
    "typed", ["BG123456C", "DA123456C", "AB123456E", "AB12345C", "AO123456A"]
)
def test_a_number_that_is_never_issued_is_refused(typed):
    assert fault(forms.NationalInsurance(), typed).startswith(
        "Enter a National Insurance number in the correct format"
    )


def test_digits_keep_their_zeros_and_lose_their_spaces():
    assert held(forms.Digits("URN"), "00 12 34") == "001234"
    assert fault(forms.Digits("URN"), "SC12") == "URN must only include numbers"
    assert (
        fault(forms.Digits("Certificate number", exactly=12), "123")
        == "Certificate number must be 12 numbers"
    )


def test_a_quantity_is_whole_and_within_bounds():
    assert held(forms.Number("Places"), "1,200") == 1200
    assert (
        fault(forms.Number("Places"), "1.5") == "Places must be a whole number, like 12"
    )
    assert (
        fault(forms.Number("Places", highest=20), "21")
        == "Places must be between 0 and 20"
    )
    assert (
        fault(forms.Number("Places"), "9" * 5000)
        == "Places must be 20 characters or fewer"
    )


def test_a_password_is_taken_to_the_byte_and_never_shown_again():
    exact = "  pa\u0301ss word  "

    class Known(forms.Form):
        password = forms.Password(shortest=12)

    form = Known(FormData([("password", exact)]))

    assert form.validate()
    assert form.password.data == exact
    assert form.password.shown == ""


def test_what_a_page_carries_for_us_is_missed_without_blaming_the_person():
    assert held(forms.Hidden(), "7") == "7"
    assert fault(forms.Hidden()) == "This page is out of date. Open it again"


def test_a_new_password_has_a_length():
    assert (
        fault(forms.Password(shortest=12), "a" * 11)
        == "Password must be 12 characters or more"
    )
    assert fault(forms.Password(shortest=12), "a" * 12) == ""
    assert fault(forms.Password(), "a" * 128) == ""
    assert (
        fault(forms.Password(), "a" * 129) == "Password must be 128 characters or fewer"
    )


@pytest.mark.parametrize(
    "field",
    [
        forms.Text("Note"),
        forms.Password(what="note"),
        forms.YesNo("Note"),
        forms.Digits("Note"),
    ],
)
def test_a_name_that_was_sent_twice_is_asked_again(field):
    assert "was sent more than once" in fault(field, "1", "1")


# Choices


def test_a_code_posted_by_hand_is_refused_in_a_sentence():
    assert sent(part="registrar").faults == [("#part", "Select a part from the list")]
    assert sent(needs=["print", "gold"]).faults == [
        ("#needs", "Select needs from the list")
    ]
    assert sent(renamed="perhaps").faults == [
        ("#renamed", "Select yes if you have had other names")
    ]


def test_none_excludes_the_others():
    assert sent(needs="none").faults == []
    assert sent(needs=["none", "print"]).faults == [
        ("#needs", "Select needs, or select “None of these”")
    ]


def test_choices_may_be_set_for_one_request():
    class Pick(forms.Form):
        home = forms.Select("Home", what="a home")

    form = Pick(FormData([("home", "7")]))
    form.home.choices = [("7", "Oak House")]

    assert form.validate()


def test_boxes_may_be_set_for_one_request():
    class Pick(forms.Form):
        homes = forms.Checkboxes("Homes")

    form = Pick(FormData([("homes", "8"), ("homes", "7"), ("homes", "8")]))
    form.homes.choices = [("7", "Oak House"), ("8", "Elm House")]

    assert form.validate()
    assert form.homes.data == ["8", "7"]


def test_an_optional_choice_may_be_left_open():
    class Pick(forms.Form):
        home = forms.Select("Home", optional=True, choices=[("7", "Oak House")])
        ready = forms.YesNo("Ready", optional=True)
        needs = forms.Checkboxes(
            "Needs", optional=True, choices=[("print", "Large print")]
        )

    form = Pick(FormData([("home", "")]))

    assert form.validate()
    assert form.data == {"home": "", "ready": None, "needs": []}


# Days


@pytest.mark.parametrize("month", ["3", "03", "Mar", "march", "MARCH"])
def test_a_month_may_be_a_number_or_a_name(month):
    assert day_fault(forms.Date("Start"), "12", month, "2027") == (
        "",
        "asked-day",
        date(2027, 3, 12),
    )


@pytest.mark.parametrize(
    ("boxes", "said", "place"),
    [
        (("", "", ""), "Enter start date", "asked-day"),
        (("12", "", "2027"), "Start date must include a month", "asked-month"),
        (("12", "", ""), "Start date must include a month and year", "asked-month"),
        (("", "3", "2027"), "Start date must include a day", "asked-day"),
        (("31", "2", "2027"), "Start date must be a real date", "asked-day"),
        (("29", "2", "2027"), "Start date must be a real date", "asked-day"),
        (("12", "13", "2027"), "Start date must be a real date", "asked-month"),
        (("0", "3", "2027"), "Start date must be a real date", "asked-day"),
        (("12", "ma", "2027"), "Start date must be a real date", "asked-month"),
        (("12", "3", "27"), "Year must include 4 numbers", "asked-year"),
        (("12", "3", "20271"), "Year must include 4 numbers", "asked-year"),
        (("12", "3", "0000"), "Start date must be a real date", "asked-year"),
        (("12", "3", "year"), "Start date must be a real date", "asked-year"),
        (("12", "3", "1899"), "Start date must be in 1900 or after", "asked-year"),
        (("１２", "3", "2027"), "Start date must be a real date", "asked-day"),
        (("9" * 9000, "3", "2027"), "Start date must be a real date", "asked-day"),
    ],
)
def test_each_way_to_get_a_day_wrong_has_its_sentence_and_its_box(boxes, said, place):
    assert day_fault(forms.Date("Start date"), *boxes)[:2] == (said, place)


def test_a_day_in_the_past_may_be_today_but_not_tomorrow():
    past = forms.Date("Birth date", past=True)

    assert day_fault(past, "10", "3", "2027")[0] == ""
    assert (
        day_fault(past, "11", "3", "2027")[0]
        == "Birth date must be today or in the past"
    )


def test_a_day_in_the_future_may_be_today_but_not_yesterday():
    future = forms.Date("Start date", future=True)

    assert day_fault(future, "10", "3", "2027")[0] == ""
    assert (
        day_fault(future, "9", "3", "2027")[0]
        == "Start date must be today or in the future"
    )


def test_bounds_are_part_of_what_they_bound():
    within = forms.Date(
        "Start date", earliest=date(2027, 1, 1), latest=forms.days_after(30)
    )

    assert day_fault(within, "1", "1", "2027")[0] == ""
    assert (
        day_fault(within, "31", "12", "2026")[0]
        == "Start date must be on or after 1 January 2027"
    )
    assert day_fault(within, "9", "4", "2027")[0] == ""
    assert (
        day_fault(within, "10", "4", "2027")[0]
        == "Start date must be on or before 9 April 2027"
    )


def test_a_person_is_18_on_their_birthday_also_on_29_february():
    assert forms.years_before(18)(date(2026, 3, 1)) == date(2008, 3, 1)
    assert forms.years_before(18)(date(2028, 2, 29)) == date(2010, 2, 28)


def test_a_form_that_measures_by_today_must_be_told_it():
    class Birth(forms.Form):
        born = forms.Date("Date of birth", past=True)

    form = Birth(
        FormData([("born-day", "1"), ("born-month", "1"), ("born-year", "1980")])
    )

    with pytest.raises(TypeError, match="today"):
        form.validate()


def test_a_day_that_was_not_asked_for_is_not_kept():
    class Stay(forms.Form):
        over = forms.YesNo("Over", what="it is over")
        ended = forms.Date("End date", only_if=("over", "yes"))

    form = Stay(
        FormData(
            [
                ("over", "no"),
                ("ended-day", "31"),
                ("ended-month", "2"),
                ("ended-year", "27"),
            ]
        )
    )

    assert form.validate()
    assert form.ended.data is None
    assert form.ended.boxes == {"day": "", "month": "", "year": ""}


TYPED = st.text("0123456789 -/.marfeb\uff11\u0661\u0301\u202e", max_size=6)


@given(TYPED, TYPED, TYPED)
def test_no_three_boxes_break_the_form(day, month, year):
    said, _, value = day_fault(forms.Date("Start date"), day, month, year)

    assert bool(said) != (value is not None and value.year >= 1900)


FIELDS = [
    forms.Text, forms.LongText, forms.Name, forms.Email, forms.Phone, forms.Postcode, forms.NationalInsurance,
    forms.Digits, forms.Number, forms.Password, forms.Radios, forms.Select, forms.YesNo, forms.Checkboxes,
]  # fmt: skip


@given(st.sampled_from(FIELDS), st.lists(st.text(), max_size=3))
def test_nothing_that_is_typed_breaks_a_form(field, typed):
    class One(forms.Form):
        asked = field("Asked")

    form = One(FormData([("asked", value) for value in typed]))

    assert form.validate() != bool(form.faults)


# As they are shown

PAGE = environment().from_string(
    """{% from "kit/forms.html" import error_summary, text, email, date, yes_no, radios, checkboxes, confirm, textarea %}
    {{ error_summary(form) }}{{ text(form.name, heading=true) }}{{ email(form.email) }}{{ date(form.born) }}
    {% set more %}{{ text(form.former) }}{% endset %}{{ yes_no(form.renamed, conditional={"yes": more}) }}
    {{ radios(form.part, texts={"manager": "Registered manager"}) }}{{ checkboxes(form.needs) }}{{ confirm(form.truth) }}"""
)


def shown(form):
    return Page(PAGE.render(form=form))


def test_the_error_summary_leads_to_each_faulty_field():
    page = shown(sent(name="", born__month="13", part=None))

    assert page.errors == [
        "Enter your full name",
        "Date of birth must be a real date",
        "Select a part",
    ]
    assert page.field("Full name").error == "Enter your full name"
    assert (
        page.field("Date of birth: Month").error == "Date of birth must be a real date"
    )


def test_only_the_wrong_box_of_a_date_is_marked():
    page = shown(sent(born__month="13"))

    marked = [
        tag["id"] for tag in page.soup.select(".govuk-date-input .govuk-input--error")
    ]
    assert marked == ["born-month"]


def test_a_form_without_faults_shows_no_summary():
    page = shown(Person(today=TODAY))

    assert page.errors == []
    assert page.soup.select(".govuk-error-message") == []


def test_answers_are_shown_where_they_were_given():
    page = shown(
        sent(name="<b>Ann</b>", renamed="yes", former="Bea", needs=["print", "sign"])
    )

    assert page.field("Full name").value == "<b>Ann</b>"
    assert page.field("Have you had other names?: Yes").checked
    assert page.field("Former name").value == "Bea"
    assert page.field("Part: Registered manager").checked
    assert page.field("Needs: Large print").checked
    assert not page.field("Needs: None of these").checked
    assert "<b>Ann</b>" not in page.html


def test_a_question_within_an_answer_needs_no_script():
    page = shown(sent())

    assert (
        page.soup.select("[data-aria-controls], .govuk-radios__conditional--hidden")
        == []
    )
    assert page.soup.select(".govuk-radios__item + .govuk-radios__conditional #former")


def test_lines_come_back_as_they_were_written_however_deep_the_box_stands():
    class Note(forms.Form):
        kind = forms.Radios("Kind", choices=[("other", "Other")])
        note = forms.LongText("Note", optional=True)

    template = environment().from_string(
        """{% from "kit/forms.html" import radios, textarea %}
        {% set more %}{{ textarea(form.note) }}{% endset %}{{ radios(form.kind, conditional={"other": more}) }}"""
    )

    page = Page(template.render(form=Note(data={"note": "\none\n  two\n\n<three>"})))

    assert page.field("Note (optional)").tag.get_text() == "\none\n  two\n\n<three>"


def test_lines_that_a_browser_sent_are_shown_again_without_more_between_them():
    class Note(forms.Form):
        note = forms.LongText("Note")

    form = Note(FormData([("note", "one\r\n\r\n  two")]))
    template = environment().from_string(
        """{% from "kit/forms.html" import textarea %}{{ textarea(form.note) }}"""
    )

    page = Page(template.render(form=form))

    assert page.field("Note").tag.get_text() == "one\n\n  two"


def test_a_multidict_of_the_framework_is_read_too():
    form = Person(FormMultiDict(list(SOUND.items())), today=TODAY)

    assert form.validate()


def test_an_urlencoded_body_is_read_as_it_was_sent():
    form = Person(
        parse_form(b"name=Zo%C3%AB+O%27Neil&needs=print&needs=sign"), today=TODAY
    )

    assert form.name.data == "Zoë O'Neil"
    assert form.needs.data == ["print", "sign"]
