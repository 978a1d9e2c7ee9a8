"""Certificates of registration: issued, printed by the worker, checked by anybody."""

from register.certificate.certificate import (
    Certificate,
    CertificateAct,
    CertificateEvent,
    NotStanding,
)
from register.certificate.checking import Check, Verdict, check
from register.certificate.making import make_certificate
from register.certificate.record import Record, Restriction
from register.certificate.serial import grouped, read_serial

__all__ = [
    "Certificate",
    "CertificateAct",
    "CertificateEvent",
    "Check",
    "NotStanding",
    "Record",
    "Restriction",
    "Verdict",
    "check",
    "grouped",
    "make_certificate",
    "read_serial",
]
