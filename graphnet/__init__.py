"""graphnet: evidence about coordinated groups of accounts, from who retweeted, followed and posted what when.

Example:
    >>> import graphnet as gn, pandas as pd
    >>> study = gn.read(pd.DataFrame({"source": ["a", "b"], "target": ["x", "x"], "kind": ["follow", "follow"]}))
    >>> len(study.accounts)
    3
"""

from graphnet import audits, detectors, engines, exports, layers, nulls, readers, rows, signals
from graphnet._audit import audit
from graphnet._calibrate import calibrate
from graphnet._compare import compare
from graphnet._confirm import confirm
from graphnet._detect import detect
from graphnet._draw import draw
from graphnet._explain import explain
from graphnet._explanation import Explanation
from graphnet._export import export
from graphnet._followers import followers
from graphnet._map import map  # noqa: A004  (the verb)
from graphnet._match import match
from graphnet._project import project
from graphnet._pseudonymise import new_key, pseudonymise
from graphnet._read import read
from graphnet._report import report
from graphnet._review import review
from graphnet._run import run
from graphnet._score import score
from graphnet._track import track
from graphnet._validate import validate
from graphnet.errors import GraphnetError
from graphnet.simulate import simulate
from graphnet.study import Study

__all__ = [
    "Explanation",
    "GraphnetError",
    "Study",
    "audit",
    "audits",
    "calibrate",
    "compare",
    "confirm",
    "detect",
    "detectors",
    "draw",
    "engines",
    "explain",
    "export",
    "exports",
    "followers",
    "layers",
    "map",
    "match",
    "new_key",
    "nulls",
    "project",
    "pseudonymise",
    "read",
    "readers",
    "report",
    "review",
    "rows",
    "run",
    "score",
    "signals",
    "simulate",
    "track",
    "validate",
]
