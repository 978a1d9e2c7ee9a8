"""The docket: the numbered documents of a case, what of them is withheld, and the bundles that are made of them."""

from fitness.docket.making import build_bundle

__all__ = ["build_bundle"]
