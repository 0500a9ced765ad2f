"""Plug-ins: a module or folder of a package, found by the name that a configuration gives."""

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from embeddings.foundation.config import nearest
from embeddings.foundation.errors import InputError


def names(package: str) -> list[str]:
    """Names of the plug-ins of a package, such as `pipelines.tasks`: its modules but those that it calls `SHARED`."""
    found = importlib.import_module(package)
    return sorted(_modules(*found.__path__) - set(getattr(found, "SHARED", ())))


@cache
def _modules(*folders: str) -> frozenset[str]:
    """Names of the modules in folders, which are looked at once: it takes half of the time to read a configuration."""
    return frozenset(module.name for module in pkgutil.iter_modules(folders))


def load(package: str, name: str, part: str = "") -> ModuleType:
    """Imports the plug-in `<package>.<name>`, or a module of it where a plug-in is a folder.

    Raises:
        InputError: there is no such plug-in; the message suggests the nearest name.
    """
    known = names(package)
    if name not in known:
        raise InputError(f"no module {name!r} in {package.replace('.', '/')}{nearest(name, known)}")
    return importlib.import_module(".".join(filter(None, (package, name, part))))
