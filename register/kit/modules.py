"""Imports every module of a package, so that each table and job is known before any is asked for."""

import importlib
import pkgutil
from functools import cache
from types import ModuleType


@cache
def import_all(*packages: ModuleType) -> None:
    for package in packages:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
