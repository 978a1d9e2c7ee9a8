"""Publication: the pages on which staff bring something before the public, and those that the public reads."""

from fitness.web.publications import deciding, listed, one, public, writing

pages = [
    *listed.pages,
    *one.pages,
    *writing.pages,
    *deciding.pages,
    *public.pages,
]
