"""One Spark session for all tests of a process: two cores of this machine, and settings that suit small tables."""

from __future__ import annotations

import os
import shutil
from functools import cache
from typing import TYPE_CHECKING

import pytest

from graphnet.engines import _session
from graphnet.engines.spark import Spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["QUICK", "SMALL", "needs_spark", "session", "spark"]

SMALL = {
    # compiling Java for each query and planning it anew at each stage cost a second, the query milliseconds
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    # more than one, so that rows do lie in several places
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.files.openCostInBytes": "1024",
    "spark.ui.enabled": "false",
}
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For Java: its second compiler takes most of the time of a run that is over in a minute."""


def needs_spark() -> None:
    """Skip a test where Spark cannot run."""
    pytest.importorskip("pyspark", reason="PySpark is not installed: pip install 'graphnet-analyzer[spark]'")
    if shutil.which("java") is None:
        pytest.skip(f"no Java: {_session.JAVA}")


@cache
def session() -> SparkSession:
    """The session, started when it is first asked for; it ends with the process."""
    os.environ["JDK_JAVA_OPTIONS"] = QUICK
    made = _session.start("1GB", 2, None)
    del os.environ["JDK_JAVA_OPTIONS"]
    for name, value in SMALL.items():
        if made.conf.isModifiable(name):
            made.conf.set(name, value)
    return made


def spark() -> Spark:
    """An engine on the tests' session; skips the test where Spark cannot run."""
    needs_spark()
    return Spark(session())
