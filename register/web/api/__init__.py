"""The public API: what the pages say of the register, for machines."""

from register.web.api import documentation, people

pages = [*people.pages, *documentation.pages]
