"""Brings what npm fetched under static/vendor, without the marks that only gov.uk services may wear.

    python -m register.kit.assets node_modules register/static/vendor

The crown, the crest and the typeface GDS Transport are not ours to show, so no file of them is
copied and the style sheets lose every mention. Colours are variables, which our own sheet sets.
"""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

GOVUK = Path("govuk-frontend/dist/govuk")
MOJ = Path("@ministryofjustice/frontend/moj")
AUTOCOMPLETE = Path("accessible-autocomplete/dist")
FONTS = Path("@expo-google-fonts")

OUR_TYPEFACE = '"Helvetica Neue",Helvetica,Arial,sans-serif'

FACES = {
    "amiri": ("400Regular",),
    "eb-garamond": ("400Regular", "400Regular_Italic", "500Medium", "600SemiBold"),
    "inter": ("400Regular", "600SemiBold"),
    "noto-serif-hebrew": ("500Medium",),
}


class MarkLeft(Exception):
    """A style sheet still shows what only gov.uk may show: its new version names it in a new way."""


def rebranded(css: str) -> str:
    css = re.sub(
        r"/\*! Copyright \(c\) 2011 by Margaret Calvert.*?\*/", "", css, flags=re.DOTALL
    )
    css = re.sub(r"@font-face\{[^}]*GDS Transport[^}]*\}", "", css)
    css = re.sub(r'"?GDS Transport"?,\s*arial,\s*sans-serif', OUR_TYPEFACE, css)
    css = css.replace("url(/assets/images/govuk-crest.svg)", "none").replace(
        "url(/assets/images/", "url(images/"
    )
    if left := re.search(r"GDS Transport|url\((?!images/icon-)[^)]*\)", css):
        raise MarkLeft(left[0])
    return without_map(css)


def without_map(source: str) -> str:
    """Browsers would ask for the source map, which we do not have."""
    return re.sub(r"(/\*|//)# sourceMappingURL=\S+( ?\*/)?\s*$", "\n", source)


SHEETS_AND_SCRIPTS: dict[Path, Callable[[str], str]] = {
    GOVUK / "govuk-frontend.min.css": rebranded,
    GOVUK / "govuk-frontend.min.js": without_map,
    MOJ / "moj-frontend.min.css": rebranded,
    MOJ / "moj-frontend.min.js": without_map,
    AUTOCOMPLETE / "accessible-autocomplete.min.css": without_map,
    AUTOCOMPLETE / "accessible-autocomplete.min.js": without_map,
}


def build(modules: Path, vendor: Path) -> None:
    """Fill `vendor` anew, beside its place first, so that a service that is running never sees half of it."""
    beside = vendor.with_name(f"{vendor.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    (beside / "images").mkdir(parents=True)
    (beside / "fonts").mkdir()
    for source, change in SHEETS_AND_SCRIPTS.items():
        copy = beside / source.name.replace(".min.", ".")
        copy.write_text(change((modules / source).read_text("utf-8")), "utf-8")
    for icon in (modules / MOJ / "assets" / "images").glob("icon-*.svg"):
        shutil.copy(icon, beside / "images")
    for family, cuts in FACES.items():
        _copy_faces(modules / FONTS / family, cuts, beside / "fonts")
    shutil.rmtree(vendor, ignore_errors=True)
    beside.rename(vendor)


def _copy_faces(package: Path, cuts: tuple[str, ...], fonts: Path) -> None:
    for cut in cuts:
        (face,) = (package / cut).glob("*.ttf")
        shutil.copy(face, fonts)
    shutil.copy(package / "LICENSE_FONT", fonts / f"{package.name}.LICENSE.txt")


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
