"""People drawn by hypothesis: few names and days, so that two of them often have something in common."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from register.matching import Known, Traits, names_of

GIVEN = st.sampled_from(
    [
        "Elizabeth",
        "Liz",
        "Beth",
        "Mary Ann",
        "Ann",
        "M",
        "Siân",
        "Jon",
        "John",
        "Li",
        "",
    ]
)
FAMILY = st.sampled_from(
    [
        "Smith",
        "Smyth",
        "Smith-Jones",
        "O’Brien",
        "Obrien",
        "de Souza",
        "Li",
        "Mary",
        "Elizabeth",
    ]
)
BORN = st.one_of(
    st.none(),
    st.sampled_from(
        [
            date(1985, 5, 7),
            date(1985, 7, 5),
            date(1985, 5, 17),
            date(1958, 5, 7),
            date(1985, 6, 7),
            date(1986, 7, 5),
            date(1990, 12, 1),
        ]
    ),
)
NI = st.sampled_from(["", "AB123456C", "AB123465C", "AB123456D", "JT900001A"])
HOME = st.sampled_from(
    [
        ("1 High Street", "Leeds", "LS1 1AA"),
        ("1 Hihg Street", "Leeds", "LS1 1AA"),
        ("9 Low Road", "Leeds", "LS1 1AA"),
        ("9 Low Road", "Leeds", ""),
    ]
)
EMAIL = st.sampled_from(["a@example.org", "b@example.org"])
LEARNER = st.sampled_from(["1000000001", "1000000002"])


@st.composite
def people(draw):
    others = draw(
        st.lists(
            st.one_of(FAMILY, st.builds("{} {}".format, GIVEN, FAMILY)), max_size=2
        )
    )
    return Known(
        names_of(draw(GIVEN), draw(FAMILY), [o for o in others if o.strip()]),
        draw(BORN),
        Traits.of(
            ni_number=draw(NI),
            homes=draw(st.lists(HOME, max_size=2)),
            emails=draw(st.lists(EMAIL, max_size=1)),
            learner_numbers=draw(st.lists(LEARNER, max_size=1)),
        ),
    )


def agreeing(one, other, what):
    """The one, but with the other's word for `what`."""
    if what in {"names", "birth_date"}:
        return replace(one, **{what: getattr(other, what)})
    groups = {"ni": ("ni_numbers", "ni_slips"), "home": ("addresses", "postcodes")}
    names = groups.get(what, (what,))
    theirs = {name: getattr(other.traits, name) for name in names}
    return replace(one, traits=replace(one.traits, **theirs))
