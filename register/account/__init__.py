"""Accounts: who may sign in, with what they prove it, and which staff roles they hold."""

from register.account.account import (
    Account,
    AccountAct,
    AccountEvent,
    RoleGrant,
    StaffRole,
    Telling,
    folded_email,
)
from register.account.emailed_code import CodePurpose, EmailedCode
from register.account.recovery_code import RecoveryCode
from register.account.sign_in import SignIn, SignInWay

__all__ = [
    "Account",
    "AccountAct",
    "AccountEvent",
    "CodePurpose",
    "EmailedCode",
    "RecoveryCode",
    "RoleGrant",
    "SignIn",
    "SignInWay",
    "StaffRole",
    "Telling",
    "folded_email",
]
