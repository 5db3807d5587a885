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
from dataclasses import Field, fields, is_dataclass
from functools import cache
from importlib.metadata import entry_points
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from graphnet.errors import InputError, UnknownName

__all__ = ["about", "by_class_name", "describe", "find", "get", "make"]


@cache
def find(kind: str) -> dict[str, type[Any]]:
    """All drop-in classes of one kind by their ``name``, sorted by name.

    Args:
        kind: The folder: ``"layers"``, ``"readers"``, ``"detectors"``, ``"signals"``, ``"exports"``, ….
    """
    package = importlib.import_module(f"graphnet.{kind}")
    # what begins with "_" helps others, and may need a package that not everybody has
    names = [m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")]
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    classes = [c for m in modules for _, c in inspect.getmembers(m, inspect.isclass) if c.__module__ == m.__name__]
    classes += [point.load() for point in entry_points(group=f"graphnet.{kind}")]
    named = [(getattr(c, "name", None), c) for c in classes if issubclass(c, package.Base)]
    return dict(sorted((name, c) for name, c in named if isinstance(name, str)))


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
    if not class_name[:1].isupper():  # a module of the folder, asked for while it is being imported
        raise AttributeError(f"graphnet.{kind} has no {class_name!r}")
    for found in find(kind).values():
        if found.__name__ == class_name:
            return found
    raise AttributeError(
        f"graphnet.{kind} has no {class_name!r}. There are: {[c.__name__ for c in find(kind).values()]}"
    )


def about(cls: type[Any]) -> dict[str, str]:
    """``title`` of a drop-in class, and what it ``takes``: its parameters with their defaults."""
    takes = ", ".join(f"{f.name}={_default(cls, f.name)}" for f in _parameters(cls))
    return {"title": str(cls.title), "takes": takes}


def make(kind: str, text: str) -> Any:
    """A drop-in from text such as ``co_retweet:window=60,min_shared=3``; what is not named keeps its default.

    Raises:
        UnknownName: There is no drop-in of that name.
        InputError: It has no such parameter, or the value does not fit.

    Example:
        >>> from graphnet import registry
        >>> registry.make("detectors", "leiden:seed=3").seed
        3
    """
    name, _, rest = text.partition(":")
    cls = get(kind, name.strip())
    hints = get_type_hints(cls)
    known = {f.name: hints[f.name] for f in _parameters(cls)}
    values = {}
    for item in filter(None, (part.strip() for part in rest.split(","))):
        key, equals, value = (part.strip() for part in item.partition("="))
        if key not in known or not equals:
            raise InputError(f"{cls.name}: cannot use {item!r}. It takes: {about(cls)['takes'] or 'no parameters'}")
        values[key] = _value(f"{cls.name}:{key}", known[key], value)
    return cls(**values)


def describe(made: Any) -> str:
    """The text that `make` turns into this drop-in again, with every parameter, also those at their default.

    Example:
        >>> from graphnet import registry
        >>> registry.describe(registry.make("detectors", "components"))
        'components'
    """
    values = ",".join(f"{f.name}={_text(getattr(made, f.name))}" for f in _parameters(type(made)))
    return f"{made.name}:{values}" if values else str(made.name)


def _parameters(cls: type[Any]) -> list[Field[Any]]:
    return [f for f in fields(cls) if f.init] if is_dataclass(cls) else []


def _text(value: Any) -> str:
    return "none" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _default(cls: type[Any], name: str) -> str:
    return _text(next(f.default for f in fields(cls) if f.name == name))


def _value(where: str, hint: Any, text: str) -> Any:
    """``text`` as the type of a dataclass field: int, float, bool, text, a literal, or one of these or None."""
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    if type(None) in options and text.lower() == "none":
        return None
    option = next(o for o in options if o is not type(None))
    if get_origin(option) is Literal:
        if text not in get_args(option):
            raise InputError(f"{where} is {text!r}, it has to be one of: {', '.join(map(str, get_args(option)))}")
        return text
    if option is int and len(text) > 18:  # beyond 64 bits, and beyond what any parameter means
        raise InputError(f"{where} is {text[:40]!r}, it has to be a smaller whole number")
    try:
        return (
            {"yes": True, "true": True, "no": False, "false": False}[text.lower()] if option is bool else option(text)
        )
    except (KeyError, ValueError):
        what = {int: "a whole number", float: "a number", bool: "yes or no"}.get(option, str(option))
        none = " or none" if type(None) in options else ""
        raise InputError(f"{where} is {text!r}, it has to be {what}{none}") from None
