"""In a process of a command, packages start without the optional ones of theirs that no command uses.

Keras imports scikit-learn, and with it SciPy's statistics, to offer itself as its estimators; numba imports cffi, and
with it a parser of C, to compile calls of C. While those parts of them load, the other package is not found, as where
it is not installed; afterwards it can be imported as ever. Keras's estimators are missing then, so that this is not
done where Elman is imported into another program.
"""

import contextlib
import sys
from collections.abc import Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

WITHOUT = {"keras.src.wrappers": "sklearn", "numba.core.typing.cffi_utils": "cffi"}  # by the module that takes it


def start_light() -> None:
    """Lets what is imported from now on start without these packages."""
    if not any(isinstance(finder, LightStart) for finder in sys.meta_path):
        sys.meta_path.insert(0, LightStart())


class LightStart(MetaPathFinder):
    """Finds these modules as they are found otherwise, with a loader that hides the optional package meanwhile."""

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        """The specification of one of these modules; of no other."""
        spec = PathFinder.find_spec(name, path, target) if name in WITHOUT else None
        if spec and spec.loader:
            load = spec.loader.exec_module

            def load_without(module: ModuleType) -> None:
                with hidden(WITHOUT[name]):
                    load(module)

            spec.loader.exec_module = load_without
        return spec


@contextlib.contextmanager
def hidden(name: str) -> Iterator[None]:
    """A package that has not been imported yet is not found."""
    if name in sys.modules:
        yield
        return
    modules: dict[str, Any] = sys.modules
    modules[name] = None
    try:
        yield
    finally:
        modules.pop(name, None)
