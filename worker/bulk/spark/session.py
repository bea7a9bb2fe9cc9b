"""Start Spark: on this machine, or on the cluster that Spark's own settings name."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from worker.errors import CopydeskError

#: Where Spark's own settings are, if anybody made some.
_CONFIGURED: Final = ("PYSPARK_SUBMIT_ARGS", "SPARK_CONF_DIR", "SPARK_HOME")
#: Memory of the Java process on one machine, as much as makes DuckDB's 700 MB: what does not fit goes to files.
_MEMORY: Final = "1g"


@contextmanager
def session(workers: int, folder: Path) -> Iterator[SparkSession]:
    """Yield a session, by default with this number of ``workers`` on this machine and its files in ``folder``.

    Raises:
        CopydeskError: there is no Java, or Spark failed.
    """
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise CopydeskError(
            "The engine Spark needs Java 17 or 21: install it (Debian: apt install openjdk-17-jre-headless), or set"
            " JAVA_HOME."
        )
    builder = SparkSession.builder.appName("copydesk bulk")
    if not any(map(os.environ.get, _CONFIGURED)):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        for name, value in _on_this_machine(workers, folder).items():
            builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
        try:
            spark.sparkContext.setLogLevel("ERROR")
            yield spark
        finally:
            spark.stop()
    except (PySparkException, Py4JError) as error:
        raise CopydeskError(
            f"Spark ended the run: {_first_line(error)} What was done is kept: give the same command again."
        ) from error


def _on_this_machine(workers: int, folder: Path) -> dict[str, str]:
    return {
        "spark.master": f"local[{workers}]",
        "spark.driver.memory": _MEMORY,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.sql.shuffle.partitions": str(4 * workers),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }


def _first_line(error: Exception) -> str:
    """Return what happened without the stack of Java: of an error in a worker process, what Python said."""
    lines = [line.strip() for line in str(error).splitlines()]
    return next((line for line in reversed(lines) if line.startswith("worker.errors.")), lines[0] if lines else "")
