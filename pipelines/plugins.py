"""Plugins: a module of a folder, found by the name that a configuration gives."""

import importlib
import importlib.util
import pkgutil
from types import ModuleType

from embeddings.config import nearest
from embeddings.errors import InputError


def names(package: str) -> list[str]:
    """Names of the modules in a folder of `pipelines`, such as `tasks` or `data.readers`."""
    spec = importlib.util.find_spec(f"pipelines.{package}")
    locations = spec.submodule_search_locations if spec else None
    return sorted(module.name for module in pkgutil.iter_modules(locations) if not module.ispkg)


def load(package: str, name: str) -> ModuleType:
    """Imports the module `pipelines.<package>.<name>`.

    Raises:
        InputError: there is no such module; the nearest name is told.
    """
    known = names(package)
    if name not in known:
        raise InputError(f"no module {name!r} in pipelines/{package.replace('.', '/')}{nearest(name, known)}")
    return importlib.import_module(f"pipelines.{package}.{name}")
