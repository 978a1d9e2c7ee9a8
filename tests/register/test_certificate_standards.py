"""Certificates before veraPDF, whose word archives and testers of accessibility go by."""

import pikepdf
import pytest

from tests.register.certifying import VARIANTS, name_of, printed
from tests.verapdf import faults

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]  # Java on two busy cores


def without(key):
    def damage(opened):
        del opened.Root[key]

    return damage


def with_a_script(opened):
    opened.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS="app.alert(1)"
    )


DAMAGE = {
    "language": (without("/Lang"), "ua1 7.2-34"),
    "reading order": (without("/StructTreeRoot"), "ua1 7.1-11"),
    "colours": (without("/OutputIntents"), "3a 6.2.4.3-2"),
    "script": (with_a_script, "3a 6.5.1-1"),
}
"""What is done to a certificate, and the first of the rules that it then breaks."""


def test_every_certificate_keeps_every_rule_for_archives_and_for_screen_readers(
    tmp_path,
):
    files = [tmp_path / f"{n}-{name_of(v)}.pdf" for n, v in enumerate(VARIANTS)]
    for file, known in zip(files, VARIANTS, strict=True):
        file.write_bytes(printed(**known))

    assert faults(files) == {file: [] for file in files}


def test_a_certificate_that_breaks_a_rule_is_found_out(tmp_path):
    whole = tmp_path / "whole.pdf"
    whole.write_bytes(printed())
    for name, (damage, _) in DAMAGE.items():
        with pikepdf.open(whole) as opened:
            damage(opened)
            opened.save(tmp_path / f"{name}.pdf")

    found = faults(tmp_path / f"{name}.pdf" for name in DAMAGE)

    for name, (_, rule) in DAMAGE.items():
        broken = found[tmp_path / f"{name}.pdf"]
        assert any(fault.startswith(f"{rule}:") for fault in broken), (name, broken)
