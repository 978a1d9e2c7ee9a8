"""Installs what only the system's package manager has, where we may; else says in one line what to install.

    python -m register.kit.system_packages [--browser] [--java] [--pdftotext] [--qpdf]

It runs each time before the service or the tests start, so it only looks unless something is missing.
"""

import ctypes.util
import os
import shutil
import subprocess
import sys

import click

from register.kit.pdf import missing_libraries

# Chromium without windows does each page in two thirds of the time.
BROWSERS = ("chromium-headless-shell", "chromium")
PROGRAMS = {
    "--browser": (BROWSERS, "chromium-headless-shell"),
    "--java": (("java",), "default-jre-headless"),
    "--pdftotext": (("pdftotext",), "poppler-utils"),
    "--qpdf": (("qpdf",), "qpdf"),
}
"""What an option asks for: the programs of which one must be found, and the package that has it."""

LIBRARIES = {"--browser": ("atomic", "libatomic1")}
"""And what the program that drives the browser is linked to."""


def missing(options: list[str]) -> list[str]:
    programs = (PROGRAMS[option] for option in options)
    libraries = (LIBRARIES[option] for option in options if option in LIBRARIES)
    return [
        *missing_libraries(),
        *(package for names, package in programs if not any(map(shutil.which, names))),
        *(package for name, package in libraries if not ctypes.util.find_library(name)),
    ]


def install(packages: list[str]) -> None:
    """Ends the program with one line where it cannot."""
    wanted = f"apt-get install --no-install-recommends {' '.join(packages)}"
    root = as_root()
    if root is None or not shutil.which("apt-get"):
        sys.exit(f"System packages are missing that we may not install. Run: {wanted}")
    click.echo(f"Installing {' '.join(packages)}")
    run = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    for step in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(
            [*run, *step], check=False, capture_output=True, text=True
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["no reason given"]
            sys.exit(f"apt-get {step[0]} failed ({said[-1]}). Run: {wanted}")


def as_root() -> list[str] | None:
    """What to put before a command so that root runs it; None where we may not."""
    if os.geteuid() == 0:
        return []
    sudo = [shutil.which("sudo") or "", "--non-interactive"]
    if not sudo[0]:
        return None
    asked = subprocess.run([*sudo, "true"], check=False, capture_output=True)
    return sudo if asked.returncode == 0 else None


if __name__ == "__main__":
    if packages := missing(sys.argv[1:]):
        install(packages)
