"""The docket of a case as staff work on it."""

from fitness.web.docket import adding, bundles, document, leaves, listing, redacting

pages = [
    *listing.pages,
    *adding.pages,
    *bundles.pages,
    *document.pages,
    *leaves.pages,
    *redacting.pages,
]
