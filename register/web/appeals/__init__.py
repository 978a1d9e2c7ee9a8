"""Appeals: lodged and followed by whom they are about, worked on by staff, decided by adjudicators."""

from register.web.appeals import own, staff

pages = [*own.pages, *staff.pages]
