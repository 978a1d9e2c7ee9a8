"""What was served on the registrant of a case, to staff and to the registrant."""

from fitness.web.notices import again, record, yours

pages = [*record.pages, *again.pages, *yours.pages]
