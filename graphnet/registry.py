"""Finds the drop-in classes: every class in a folder such as ``graphnet/layers/``, and what plugins bring.

A drop-in folder's ``__init__`` holds one base class; each other file holds one subclass of it. Adding a file is all
it takes to add a layer. An installed package adds one by an entry point in the group ``graphnet.layers`` (and
``graphnet.readers``, ``graphnet.signals``, …).

Example:
    >>> from graphnet import registry
    >>> "co_retweet" in registry.find("layers")
    True
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from graphnet.errors import UnknownName

__all__ = ["by_class_name", "find", "get"]


@cache
def find(kind: str) -> dict[str, type[Any]]:
    """All drop-in classes of one kind by their ``name``, sorted by name.

    Args:
        kind: The folder: ``"layers"``, ``"readers"``, ``"detectors"``, ``"signals"``, ``"exports"``, ….
    """
    package = importlib.import_module(f"graphnet.{kind}")
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    classes = [c for m in modules for _, c in inspect.getmembers(m, inspect.isclass) if c.__module__ == m.__name__]
    classes += [point.load() for point in entry_points(group=f"graphnet.{kind}")]
    found = {c.name: c for c in classes if issubclass(c, package.Base) and isinstance(getattr(c, "name", None), str)}
    return dict(sorted(found.items()))


def get(kind: str, name: str) -> type[Any]:
    """The drop-in class called ``name``.

    Raises:
        UnknownName: There is none; the message names those that exist.
    """
    known = find(kind)
    if name not in known:
        raise UnknownName(kind.removesuffix("s"), name, known)
    return known[name]


def by_class_name(kind: str, class_name: str) -> type[Any]:
    """The drop-in class whose Python name is ``class_name`` (what ``graphnet.layers.CoRetweet`` looks up).

    Raises:
        AttributeError: There is none.
    """
    for found in find(kind).values():
        if found.__name__ == class_name:
            return found
    raise AttributeError(f"graphnet.{kind} has no {class_name!r}. There are: {[c.__name__ for c in find(kind).values()]}")
