"""The pages of the register. Each module lists its own; a new module is added here."""

from register.web import health

pages = [*health.pages]
