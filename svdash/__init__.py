"""A dashboard for a social value framework.

In a notebook or a script, ``import svdash`` gives :func:`~svdash.notebook.open_pack`, :func:`~svdash.notebook.catalogue`,
:func:`~svdash.notebook.parameters`, :func:`~svdash.notebook.finding` and the package :mod:`svdash.measures`. They are loaded when they are first asked for,
so that the import alone costs nothing; their types stand in ``__init__.pyi``.
"""

from importlib import import_module
from typing import Any, Final

__all__ = ["__version__", "catalogue", "finding", "measures", "open_pack", "parameters"]
__version__ = "0.1.1"

_LOADED_WHEN_ASKED: Final = {name: "svdash.notebook" for name in __all__ if name != "__version__"}


def __getattr__(name: str) -> Any:
    """Return one of the names for notebooks. Other names are modules, or there are none of that name."""
    if name not in _LOADED_WHEN_ASKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LOADED_WHEN_ASKED[name]), name)


def __dir__() -> list[str]:
    """Return the names to complete."""
    return sorted({*globals(), *__all__})
