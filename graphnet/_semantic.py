"""Texts that mean nearly the same in other words, or in another language: softer evidence, always marked as such.

A small English model installs with its weights (``pip install graphnet-analyzer[semantic]``: the package wordllama);
it finds rewordings, not translations. Nothing is ever downloaded. Any other model is the analyst's, as a Python
function or as a file of word vectors; with vectors of several languages in one space (aligned vectors), translated
copies are found too. Two people who say the same of one piece of news are near each other here without having copied
anything: pairs found this way are marked ``semantic`` wherever they appear and count for nothing alone.
"""

from __future__ import annotations

import gzip
import importlib
import importlib.util
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
import numpy.typing as npt

from graphnet.errors import InputError
from graphnet.safe import show

if TYPE_CHECKING:
    from graphnet.kernels.near import Pairs

__all__ = ["HOW", "Embedder", "WordVectors", "embedder", "semantic", "small_model"]

Numbers = npt.NDArray[np.float64]
Embedder = Callable[[list[str]], Any]
"""Takes texts, gives one row of numbers a text: an array of shape (texts, dimensions)."""

SMALL = "wordllama"
"""Name of the model that installs with its weights."""
HOW = "semantic"
"""What such pairs are marked with."""
LEAST = 0.85
"""Smallest cosine of two texts that mean nearly the same. Models differ: look at some pairs before you believe them."""
LIMIT = 50_000
"""Most texts: all are compared with all, half a minute for so many in 300 dimensions."""
BLOCK = 500
"""Texts compared with all others at once."""
SLACK = 1e-3
"""How far the quick comparison in single precision may be off; what it lets through is computed again."""
RARE = 1e-3
"""Words that make up more than a thousandth of all words count for less than half in the mean of a text."""


def semantic(texts: Sequence[str], embed: Embedder, least: float = LEAST) -> Pairs:
    """Pairs of texts that mean nearly the same.

    Args:
        texts: Distinct texts in a canonical order, `LIMIT` at most.
        embed: What makes a row of numbers of each text; see `embedder`.
        least: Smallest cosine similarity, above 0, to 1.

    Returns:
        The pairs in canonical order; ``jaccard`` holds their cosine similarity.

    Raises:
        InputError: Too many texts, or the model gives something else than one row of finite numbers a text.

    Example:
        >>> letters = lambda texts: [[text.count(letter) for letter in "abc"] for text in texts]
        >>> found = semantic(["aab", "baa", "ccc"], letters)
        >>> found.one.tolist(), found.two.tolist(), found.jaccard.tolist()
        ([0], [1], [1.0])
    """
    from graphnet.kernels.near import Pairs  # noqa: PLC0415  (numba, half a second)

    if not 0 < least <= 1:
        raise InputError(f"the smallest cosine is {least}, it has to be above 0 and at most 1")
    if len(texts) > LIMIT:
        raise InputError(
            f"{len(texts):,} texts are too many to compare all with all by meaning: {LIMIT:,} at most. "
            "Read fewer posts (a period, a hashtag), or match without a model."
        )
    rows = _unit(_embedded(texts, embed))
    found = list(_near(rows, least))
    one, two, alike = (np.concatenate([part[i] for part in found] or [np.zeros(0)]) for i in range(3))
    return Pairs(
        one.astype(np.int64), two.astype(np.int64), alike.astype(np.float64), len(texts) * (len(texts) - 1) // 2
    )


def _embedded(texts: Sequence[str], embed: Embedder) -> Numbers:
    if not texts:
        return np.zeros((0, 1))
    try:
        rows = np.asarray(embed(list(texts)), np.float64)
    except InputError:
        raise
    except Exception as error:
        why = f"{type(error).__name__}: {show(error, 300)}"
        raise InputError(f"the model failed ({why}). It is given a list of texts, one row of numbers each.") from error
    if rows.ndim != 2 or len(rows) != len(texts):
        raise InputError(f"the model gives an array of shape {rows.shape}, expected: ({len(texts)}, dimensions)")
    if not np.isfinite(rows).all():
        bad = int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
        raise InputError(f"the model gives numbers that are not finite, first for: {show(texts[bad], 80)!r}")
    return rows


def _unit(rows: Numbers) -> Numbers:
    """Rows of length 1; a text that the model knows nothing of stays 0 and is near to nothing."""
    length = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(rows, length, out=np.zeros_like(rows), where=length > 0))


def _near(rows: Numbers, least: float) -> Iterator[tuple[Any, Any, Any]]:
    """Pairs in canonical order, some rows at a time."""
    quick = rows.astype(np.float32)
    for low in range(0, len(rows), BLOCK):
        alike = quick[low : low + BLOCK] @ quick[low:].T
        one, two = np.nonzero(np.triu(alike >= least - SLACK, 1))
        # the same whatever the number of threads that multiplied the matrices
        exact = np.round(np.einsum("ij,ij->i", rows[low + one], rows[low + two]), 6)
        kept = exact >= least
        yield low + one[kept], low + two[kept], np.minimum(exact[kept], 1.0)


# Models --------------------------------------------------------------------------------------------------------------


def embedder(named: str) -> Embedder:
    """The model that an analyst names.

    Args:
        named: ``wordllama`` (see `small_model`), ``module:function``, ``file.py:function``, or the path of a file of
            word vectors in text form: a word and its numbers a line, ``.vec`` or ``.txt``, also ``.gz`` (fastText and
            word2vec write such files).

    Raises:
        InputError: There is no such thing; the message says what was looked for.
    """
    if named == SMALL:
        return small_model()
    where, colon, function = named.rpartition(":")
    if colon and function.isidentifier():
        return _function(where, function)
    if Path(named).is_file():
        return WordVectors(Path(named))
    raise InputError(
        f"no model {named!r}: neither {SMALL}, nor a file of word vectors, nor module:function. "
        "Examples: wiki.en.align.vec, my_model:embed, my_model.py:embed"
    )


def small_model() -> Embedder:
    """The word vectors that the package wordllama ships (16 MB, 256 dimensions, mostly English); deterministic.

    Raises:
        InputError: The package is not installed.
    """
    try:
        import wordllama  # noqa: PLC0415  (an extra: only this needs it)
    except ImportError:
        raise InputError(
            "the small model needs the package wordllama. Install it: pip install graphnet-analyzer[semantic]"
        ) from None
    # the package looks for its own tokenizer in a folder of another name, and would go to the network for it
    inside = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=inside, disable_download=True)
    return lambda texts: model.embed(texts, norm=True)


def _function(where: str, name: str) -> Embedder:
    try:
        if where.endswith(".py"):
            spec = importlib.util.spec_from_file_location(Path(where).stem, where)
            if spec is None or spec.loader is None:
                raise ImportError(f"{where} is no Python file")
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        else:
            module = importlib.import_module(where)
        found: Embedder = getattr(module, name)
    except (ImportError, AttributeError, OSError, SyntaxError, ValueError) as error:
        raise InputError(f"no model {where}:{name}: {show(error, 200)}") from None
    return found


@dataclass(frozen=True)
class WordVectors:
    """A file of word vectors as a model: a text is the mean of its words, frequent words counting less.

    Args:
        path: The file; only the lines of words that occur are kept in memory.
    """

    path: Path

    def __call__(self, texts: list[str]) -> Numbers:
        """One row a text; 0 where no word of it is in the file."""
        from graphnet.kernels.text import normal  # noqa: PLC0415

        words = [normal(text).split() for text in texts]
        counts = Counter(word for some in words for word in some)
        known, total = self._known(counts), sum(counts.values())
        if not known:
            raise InputError(f"{self.path}: none of the {len(counts):,} words of these texts is in it")
        rows = np.zeros((len(texts), len(next(iter(known.values())))))
        for i, some in enumerate(words):
            for word in some:
                if word in known:
                    rows[i] += known[word] * RARE / (RARE + counts[word] / total)
        return rows

    def _known(self, counts: Counter[str]) -> dict[str, Numbers]:
        """The vectors of the words that occur, each of length 1."""
        from graphnet.kernels.text import normal  # noqa: PLC0415

        found: dict[str, Numbers] = {}
        with self._open() as file:
            width = 0
            for number, line in enumerate(file, start=1):
                word, *figures = line.rstrip().split(" ")
                if number == 1 and len(figures) == 1:
                    continue  # how many words and dimensions
                width = width or len(figures)
                if (key := normal(word)) in counts and key not in found:
                    found[key] = self._vector(figures, width, number)
        return found

    def _vector(self, figures: list[str], width: int, line: int) -> Numbers:
        try:
            vector = np.array(figures, np.float64)
        except ValueError:
            vector = np.zeros(0)
        if len(vector) != width or not np.isfinite(vector).all():
            raise InputError(f"{self.path}, line {line}: expected a word and {width} numbers")
        return vector / (np.sqrt((vector**2).sum()) or 1.0)

    def _open(self) -> TextIO:
        opened: Any = gzip.open if self.path.suffix == ".gz" else open
        return opened(self.path, "rt", encoding="utf-8", errors="replace")  # type: ignore[no-any-return]
