"""Every page of the service in a real browser: nothing that axe finds, nothing wider than the window, and valid HTML."""

import asyncio
import re
import subprocess
from pathlib import Path

import pytest

from register.web.guards import handlers
from tests.looks.showing import Window
from tests.looks.walking import NO_PAGES

pytestmark = [pytest.mark.long, pytest.mark.timeout(1700)]
ROOT = Path(__file__).parents[2]
CHECKER = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
FILES = {
    "/account/data/{copy_id}/json",
    "/account/data/{copy_id}/pdf",
    "/account/learning/{record_id}/documents/{paper_id}",
    "/account/payments/tax-year/{file}",
    "/account/payments/{reference}/receipt.pdf",
    "/api/openapi.json",
    "/audits/{year}/{part}/numbers.txt",
    "/apply/{reference}/documents/{document}",
    "/certificates/{serial}/file",
    "/concerns/{reference}/sheet.pdf",
    "/decisions/{slug}/decision.pdf",
    "/staff/appeals/{appeal_id}/documents/{document_id}",
    "/staff/applications/{reference}/evidence/{evidence_id}",
    "/staff/concerns/{reference}/documents/{document_id}",
    "/staff/conditions/{condition_id}/evidence/{evidence_id}",
    "/staff/cases/figures.csv",
    "/staff/cases/{reference}/disclosure/{nth}/comments/{comment_id}/file",
    "/staff/cases/{reference}/docket/bundles/{nth}/file",
    "/staff/cases/{reference}/docket/{nth}/pages/{leaf}/picture",
    "/staff/cases/{reference}/evidence/{nth}/file",
    "/staff/cases/{reference}/notices/{service_id}/notice.pdf",
    "/staff/cases/{reference}/publications/{nth}/preview/decision.pdf",
    "/staff/cases/{reference}/examination/proposal/paper.pdf",
    "/staff/cases/{reference}/orders/{nth}/check-ins/{which}/answers/{answer_id}/file",
    "/staff/finance/debt/aged-debt.csv",
    "/staff/finance/income/income.csv",
    "/staff/finance/periods/{month}/general-ledger.csv",
    "/staff/finance/settlements/template.csv",
    "/staff/learning/{record_id}/documents/{paper_id}",
    "/staff/messages/{enquiry_id}/documents/{document_id}",
    "/staff/statistics/figures.csv",
    "/staff/notice-templates/{kind}/draft/example.pdf",
    "/staff/notice-templates/{kind}/versions/{number}/example.pdf",
    "/staff/particulars/{change_id}/evidence",
    "/staff/notices/{notice_id}/documents/{document_id}",
    "/your-case/{reference}/disclosure/{nth}/evidence/{piece}/file",
    "/your-case/{reference}/notices/{service_id}/notice.pdf",
    "/your-case/{reference}/proposal/paper.pdf",
}
LEADS_ON = {"/employer/fees/return", "/pay/link/{token}/return", "/pay/return"}
"""None shows a page of its own."""
PARTS = 4
EXTENDS = re.compile(r'{% extends "(\w+)/([^"]+)"')


def test_every_address_that_shows_a_page_was_looked_at(app, album):
    routes = {
        path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
        for path, methods, _ in handlers(app)
        if "GET" in methods and not path.startswith(NO_PAGES)
    }
    looked_at = {
        # Of /apply/{reference}/check and /apply/{reference}/{section} it is the one that names more.
        min(
            (route for route, pattern in routes.items() if pattern.fullmatch(path)),
            key=lambda route: route.count("{"),
            default="",
        )
        for path in album.paths
    }

    assert routes.keys() - FILES - LEADS_ON - looked_at == set()


def test_every_template_of_a_page_was_looked_at(album):
    written = [
        *ROOT.glob("register/templates/**/*.html"),
        *ROOT.glob("fees/templates/**/*.html"),
        *ROOT.glob("fitness/templates/**/*.html"),
    ]
    built_on = {
        ROOT / package / "templates" / name
        for template in written
        for package, name in EXTENDS.findall(template.read_text())
    }
    pages = {
        template
        for template in written
        if EXTENDS.search(template.read_text())
        and template not in built_on
        and template.parent.name != "papers"
    }

    assert pages - {look.template for look in album.looks} == set()


@pytest.mark.parametrize("nth", range(PARTS))
async def test_every_page_can_be_used_by_everybody(album, screen, nth, record_property):
    """In parts: each is short enough to hang for no longer than a test may."""
    looks = album.looks[nth::PARTS]
    record_property("pages", len(looks))
    halves = looks[::2], looks[1::2]

    found = await asyncio.gather(*(faults_of(screen, half) for half in halves))
    faults = [fault for each in found for fault in each]

    assert not faults, "\n".join(faults)


async def faults_of(screen, looks):
    """In a window of its own."""
    async with Window.open(screen) as window:
        return [fault for look in looks for fault in await window.faults(look)]


def test_every_page_is_valid_html(album, tmp_path):
    for n, look in enumerate(album.looks):
        (tmp_path / f"{n}.html").write_text(look.html)

    checked = subprocess.run(
        ["java", "-jar", CHECKER, "--errors-only", "--exit-zero-always", tmp_path],
        capture_output=True,
        text=True,
        check=True,
    )

    assert checked.stderr == ""
