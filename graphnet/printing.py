"""Figures for print: sheets of a journal's column width, letters of any script, the same bytes every time.

The one place that knows matplotlib's canvases, fonts and files. It never touches ``pyplot``: a sheet belongs to who
made it, so figures can be made in threads.

Example:
    >>> sheet = Sheet(columns=1, height=40)
    >>> sheet.write_text(2, 38, "سلام", size=8)
    >>> sheet.bytes("svg", "A greeting", "One word.").startswith(b"<?xml")
    True
"""

from __future__ import annotations

import io
import re
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import escape

from graphnet import log
from graphnet.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

__all__ = [
    "COLUMNS",
    "FORMATS",
    "INK",
    "PAPER",
    "SOFT",
    "Sheet",
    "drawable",
    "file_format",
    "font",
    "named",
    "text_width",
    "width",
]

COLUMNS = {1: 85.0, 2: 180.0}
"""Width in mm of a figure over one and over two columns of a journal."""
FORMATS = ("svg", "pdf", "png")
MILLIMETRE = 1 / 25.4
DOTS = {"png": 300, "svg": 200, "pdf": 200}
"""Dots an inch of a PNG, and of the parts of an SVG or PDF that are pictures: 10,000 ties at 300 took 8 MB."""
INK, SOFT, PAPER = "#171a20", "#565e6a", "#ffffff"
LETTERS = "DejaVu Sans"
"""Comes with matplotlib, so that figures look alike everywhere; it has Latin, Greek, Cyrillic, Arabic and Hebrew."""

FROM_THE_LEFT = "\u200e"
"""Makes a line begin at the left whatever its first letter is; it is drawn by no font and takes no room."""

# settings of matplotlib belong to the whole process
_SETTING = threading.Lock()
SETTINGS: Any = {
    "svg.fonttype": "path",  # letters keep their shapes on machines without the font
    "svg.hashsalt": "graphnet",
    "pdf.fonttype": 42,  # whole outlines: journals refuse type 3
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.5,
    "path.simplify": True,
}


class Sheet:
    """A sheet of paper that is measured in mm from its lower left corner.

    Attributes:
        width: In mm, that of one or two columns.
        height: In mm.
        figure: The matplotlib figure.
    """

    def __init__(self, columns: int, height: float) -> None:
        """Cut a sheet.

        Args:
            columns: 1 or 2.
            height: In mm.

        Raises:
            InputError: There is no such width.
        """
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415  (0.3 s)
        from matplotlib.figure import Figure  # noqa: PLC0415

        self.width, self.height = width(columns), height
        self.figure: Figure = Figure(figsize=(self.width * MILLIMETRE, height * MILLIMETRE), facecolor=PAPER)
        FigureCanvasAgg(self.figure)

    def axes(self, left: float, bottom: float, width: float, height: float, *, bare: bool = False) -> Axes:
        """A part of the sheet to draw in, all in mm; a bare one has neither frame nor ticks."""
        box = (left / self.width, bottom / self.height, width / self.width, height / self.height)
        made = self.figure.add_axes(box)
        if bare:
            made.set_axis_off()
        for side in ("top", "right"):
            made.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            made.spines[side].set(linewidth=0.5, color=SOFT)
        made.tick_params(length=2, width=0.5, color=SOFT, labelcolor=INK, labelsize=6.5, pad=2)
        return made

    def write_text(self, x: float, y: float, text: str, *, size: float = 7, bold: bool = False, **look: Any) -> None:
        """Write a line whose upper left corner is at (x, y) in mm, or as ``ha`` and ``va`` say."""
        shown = drawable(text)
        look = {"va": "top", "ha": "left", "color": INK, **look}
        self.figure.text(
            x / self.width,
            y / self.height,
            shown,
            fontproperties=font(shown, size, bold=bold),
            parse_math=False,
            **look,
        )

    def lines(self, text: str, size: float, room: float) -> list[str]:
        """``text`` in lines of at most ``room`` mm."""
        lines: list[str] = []
        for word in text.split():
            if lines and text_width(f"{lines[-1]} {word}", size) <= room:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    def bytes(self, format: str, title: str, note: str) -> bytes:  # noqa: A002
        """The sheet as a file, with its title and text alternative; it carries no date.

        Args:
            format: ``svg``, ``pdf`` or ``png``.
            title: What is shown.
            note: What is to be seen, for those who cannot see it.

        Raises:
            InputError: It is none of these formats.
        """
        import matplotlib as mpl  # noqa: PLC0415

        if format not in FORMATS:
            raise InputError(f"{format!r} is no format for figures. There are: {', '.join(FORMATS)}")
        file = io.BytesIO()
        with _SETTING, mpl.rc_context(SETTINGS):
            self.figure.savefig(file, format=format, dpi=DOTS[format], metadata=_metadata(format, title, note))
        return _described(file.getvalue(), note) if format == "svg" else file.getvalue()


def width(columns: int) -> float:
    """Width in mm of a figure over so many columns.

    Raises:
        InputError: There is no such width.
    """
    if columns not in COLUMNS:
        raise InputError(f"a figure is 1 or 2 columns wide ({COLUMNS[1]:.0f} or {COLUMNS[2]:.0f} mm), not {columns}")
    return COLUMNS[columns]


def _metadata(format: str, title: str, note: str) -> dict[str, Any]:  # noqa: A002
    title, note = _held(title), _held(note)
    heads: dict[str, dict[str, Any]] = {
        "svg": {"Title": title, "Description": note, "Creator": "graphnet", "Date": None},
        "pdf": {"Title": title, "Subject": note, "Creator": "graphnet", "Producer": None, "CreationDate": None},
        "png": {"Title": title, "Description": note, "Software": "graphnet"},
    }
    return heads[format]


def _held(text: str) -> str:
    """``text`` without the signs that a file's head cannot hold."""
    return re.sub("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]", " ", text)


def _described(svg: bytes, note: str) -> bytes:
    """The picture with what a screen reader says about it: browsers read ``desc``, not matplotlib's metadata."""
    desc = f"<desc>{escape(_held(note))}</desc>".encode()
    return svg.replace(b"<svg ", b'<svg role="img" ', 1).replace(b"</title>", b"</title>\n " + desc, 1)


# Letters -------------------------------------------------------------------------------------------------------------


def font(text: str, size: float, *, bold: bool = False) -> FontProperties:
    """The font for a text: ours, and behind it those installed ones that have the signs it lacks."""
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415

    others = sorted({family for sign in text if (family := _family(sign)) not in (None, LETTERS)})
    return FontProperties(family=[LETTERS, *others], size=size, weight="bold" if bold else "normal")


def named(text: str) -> str:
    """A name in a figure: laid out from the left, so that signs that were written out as codes keep their place.

    Example:
        >>> named("abc"), named("שיר<b>") == "\u200eשיר<b>"
        ('abc', True)
    """
    return text if text.isascii() else FROM_THE_LEFT + text


def drawable(text: str) -> str:
    """``text`` with the signs that no installed font has written as codes; they are named in the log.

    Example:
        >>> drawable("سلام abc \U000e0fff")
        'سلام abc <U+E0FFF>'
    """
    kept = text.replace("\ufe0f", "")
    missing = sorted({sign for sign in kept if sign not in f" \n{FROM_THE_LEFT}" and _family(sign) is None})
    for sign in missing:
        kept = kept.replace(sign, f"<U+{ord(sign):04X}>")
    if missing:
        _report("".join(missing))
    return kept


@cache
def _report(missing: str) -> None:
    """Say once which signs cannot be drawn."""
    codes = ", ".join(f"U+{ord(sign):04X}" for sign in missing)
    log.logger.warning(
        "no installed font has %s: written as codes in the figure. Install one that does, such as Noto", codes
    )


@cache
def _family(sign: str) -> str | None:
    """The font that draws a sign: ours, else the first Noto Sans by name that has it, else none."""
    if ord(sign) in _signs(LETTERS):
        return LETTERS
    return next((family for family in _families() if ord(sign) in _signs(family)), None)


@cache
def _families() -> tuple[str, ...]:
    from matplotlib.font_manager import fontManager  # noqa: PLC0415

    names = {entry.name for entry in fontManager.ttflist if entry.name.startswith(("Noto Sans", "Noto Emoji"))}
    return tuple(sorted(names))


@cache
def _signs(family: str) -> frozenset[int]:
    from matplotlib.font_manager import FontProperties, findfont, get_font  # noqa: PLC0415

    return frozenset(get_font(findfont(FontProperties(family=family))).get_charmap())


@cache
def _measure() -> Any:
    """A renderer to measure texts with, at 72 dots an inch: one dot is one point."""
    from matplotlib.backends.backend_agg import RendererAgg  # noqa: PLC0415

    return RendererAgg(8, 8, 72)  # type: ignore[no-untyped-call]


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is drawn, in mm."""
    shown = drawable(text)
    points, _, _ = _measure().get_text_width_height_descent(shown, font(shown, size, bold=bold), False)
    return float(points) / 72 / MILLIMETRE


def file_format(path: Path) -> str:
    """The format that the ending of a file name says.

    Raises:
        InputError: It says none.

    Example:
        >>> file_format(Path("net.PDF"))
        'pdf'
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise InputError(f"{path.name!r} is no figure: end its name in .svg, .pdf or .png")
    return ending
