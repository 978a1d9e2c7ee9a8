"""The demo's homes: made-up names under made-up providers, in real places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from register.demo.draw import Draw, words
from register.demo.places import AREAS, Area
from register.employment import Home, Provider, ProviderGroup

FIRST_URN = 900_001
"""Ofsted's own are far below, so that none of these can be taken for a home there is."""
WITHOUT_MANAGER = 0.04
TREES = words("""
    Alder Ash Aspen Beech Birch Bramble Briar Broom Cedar Cherry Chestnut Clover Damson Elder Elm Fern Foxglove
    Hawthorn Hazel Heather Holly Ivy Juniper Larch Laurel Lilac Linden Maple Medlar Oak Orchard Osier Pear Pine Plum
    Poplar Quince Rowan Rosemary Sorrel Spruce Sycamore Teasel Thistle Thorn Walnut Willow Yew Curlew Dunnock
    Fieldfare Goldcrest Heron Kestrel Kingfisher Lapwing Linnet Martin Nightingale Plover Redwing Robin Sandpiper
    Skylark Swallow Swift Tern Wagtail Wren
""")
HOUSES = words("""
    Bank Barn Brow Close Corner Cottage Court Croft Dene Edge End Farm Fold Garth Gate Grange Green Hill House Lea
    Lodge Mead Mill Mount Place Rise Row View Villa Walk Way Wood Yard
""")
FIRST = words("""
    Amber Anchor Arden Aurora Beacon Bluebird Bridge Brightwater Compass Copper Cornerstone Crossfield Dalewood
    Eastwell Ember Evergreen Fairholme Firefly Foundry Greenlane Harbour Harrowfield Haven Highmoor Horizon Keystone
    Lantern Lighthouse Longmere Marlowe Meadowside Millrace Moorgate Newleaf Northstar Oakenshaw Pathway Pebble
    Quayside Ravenscar Riverbank Saltmarsh Silverdale Skerry Southmoor Springfield Stonebridge Summit Tideway Trellis
    Underhill Wayfarer Wellspring Westbrook Whitestone Windmill Yarrow
""")
SECOND = (
    "Care",
    "Children’s Homes",
    "Childcare",
    "Residential Care",
    "Young People’s Services",
    "Children’s Services",
    "Residential",
    "Family Services",
)
LEGAL = {" Limited": 10.0, " Ltd": 3.0, "": 1.0, " CIC": 1.0, " LLP": 0.3}
OUTCOMES: dict[str | None, float] = {
    "Good": 60,
    "Outstanding": 14,
    "Requires improvement to be good": 17,
    "Inadequate": 2,
    None: 7,
}
STATUSES = {"Active": 97.0, "Suspended": 1.0, "Proposed to cancel": 2.0}
KINDS = {"Children's home": 93.0, "Secure children's home": 1.0, "Short break": 6.0}
PLACES = {1: 8.0, 2: 18.0, 3: 22.0, 4: 24.0, 5: 12.0, 6: 9.0, 8: 5.0, 12: 2.0}


@dataclass
class Homes:
    """Those there are, and which of them still want a manager."""

    all: list[Home]
    providers: dict[Any, str]
    areas: dict[Any, Area]
    wanting: list[Home] = field(default_factory=list)

    def to_manage(self) -> Home | None:
        """One that nobody manages yet; None once only those are left that shall have no manager."""
        return self.wanting.pop() if self.wanting else None

    def employer_of(self, home: Home) -> str:
        return self.providers[home.provider_id]


async def make_homes(session: AsyncSession, draw: Draw, count: int) -> Homes:
    providers = await _providers(session, draw, max(6, count // 4))
    # Few have many homes, and many have one or two.
    shares = [1 / (n + 2) for n in range(len(providers))]
    owners = draw.random.choices(providers, shares, k=count)
    areas = draw.random.choices(AREAS, [area.weight for area in AREAS], k=count)
    names = _names(draw)
    rows = [
        {
            "id": draw.uuid(),
            "urn": f"SC{FIRST_URN + n}",
            "name": next(names) if draw.chance(0.7) else "",
            "provider_id": owner["id"],
            "kind": draw.weighed(KINDS),
            "local_authority": area.local_authority,
            "region": area.region,
            "town": _town(draw, area),
            "places": draw.weighed(PLACES),
            "registration_status": draw.weighed(STATUSES),
            "inspection_outcome": draw.weighed(OUTCOMES),
        }
        for n, (owner, area) in enumerate(zip(owners, areas, strict=True))
    ]
    await session.execute(insert(Home), rows)
    homes = [Home(**row) for row in rows]
    return Homes(
        all=homes,
        providers={provider["id"]: provider["name"] for provider in providers},
        areas={home.id: area for home, area in zip(homes, areas, strict=True)},
        wanting=draw.shuffled(homes)[round(count * WITHOUT_MANAGER) + 1 :],
    )


def _town(draw: Draw, area: Area) -> str:
    """Most are in the first town of the area, so that some towns have three homes and others fewer."""
    return draw.one((area.towns[0], area.towns[0], *area.towns))


async def _providers(
    session: AsyncSession, draw: Draw, count: int
) -> list[dict[str, Any]]:
    """A third of them belong to a group."""
    groups = [
        {"id": draw.uuid(), "name": f"{name} Group"}
        for name in draw.some(FIRST, max(2, min(count // 8, 20)))
    ]
    await session.execute(insert(ProviderGroup), groups)
    pairs = draw.shuffled([(first, second) for first in FIRST for second in SECOND])
    providers = [
        {
            "id": draw.uuid(),
            "name": f"{first} {second}{draw.weighed(LEGAL)}",
            "group_id": draw.one(groups)["id"] if draw.chance(1 / 3) else None,
        }
        for first, second in pairs[:count]
    ]
    await session.execute(insert(Provider), providers)
    return providers


def _names(draw: Draw) -> Iterator[str]:
    """Different ones first, then again: there is more than one Rowan House in England."""
    pairs = [f"{tree} {house}" for tree in TREES for house in HOUSES]
    while True:
        yield from draw.shuffled(pairs)
