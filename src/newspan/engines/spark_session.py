"""A Spark session for the finder: quiet, on loopback where it is local, closed at the end."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

_INSTALL = "Spark needs Java 17 or later: on Debian or Ubuntu `apt-get install openjdk-17-jre-headless`, on macOS `brew install openjdk@17`"  # noqa: E501

# Bytes of a batch on its way to or from Python, and rows of it.
_BATCH_BYTES = 16 << 20
_BATCH_ROWS = 16_384


@contextmanager
def opened(
    master: str | None = None, session: Any = None, options: Mapping[str, str] | None = None
) -> Iterator[Any]:
    """Give a Spark session, and close it at the end unless it was there before.

    A session that is passed in or active in this process is used as it is. Else one is opened:
    `spark-defaults.conf` (SPARK_CONF_DIR) and `options` say what the cluster needs. Workers run
    PYSPARK_PYTHON, by default this interpreter, and must find newspan, numba and pyarrow in it.
    A local driver has a quarter of this machine's memory, unless `options` give
    spark.driver.memory.

    Args:
        master: such as spark://host:7077; all cores of this machine if not given.
        session: to be used, and left open.
        options: further settings of Spark.

    Raises:
        ImportError: when pyspark or numba is not installed.
        OSError: when Java is not installed, or Spark does not start.
        ValueError: when a session with another master is active.
    """
    _require()
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    session = session or SparkSession.getActiveSession()
    if session is not None:
        running = session.sparkContext.master
        if master not in (None, running):
            raise ValueError(
                f"a Spark session of {running} is active: stop it, or leave master out"
            )
        yield session
        return
    inherited = SparkContext._gateway
    with tempfile.TemporaryDirectory(prefix="newspan-spark-") as folder:
        session = _started(master or "local[*]", options or {}, Path(folder))
        try:
            yield session
        finally:
            session.stop()
            if inherited is None:
                _end_java()


@contextmanager
def settings(session: Any, values: Mapping[str, str]) -> Iterator[None]:
    """Change settings of SQL for a while; Arrow batches are kept small and names exact."""
    values = {
        "spark.sql.caseSensitive": "true",
        "spark.sql.execution.arrow.maxBytesPerBatch": str(_BATCH_BYTES),
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(_BATCH_ROWS),
        **values,
    }
    before = {name: session.conf.get(name, None) for name in values}
    for name, value in values.items():
        session.conf.set(name, value)
    try:
        yield
    finally:
        for name, old in before.items():
            if old is None:
                session.conf.unset(name)
            else:
                session.conf.set(name, old)


def is_here(master: str) -> bool:
    """Tell whether a master is this machine, so that nothing need be reached from outside."""
    hosts = ("spark://127.", "spark://localhost:", "spark://[::1]:")
    return master.startswith(("local", *hosts))


def _require() -> None:
    import importlib.util

    missing = [name for name in ("pyspark", "numba") if importlib.util.find_spec(name) is None]
    if missing:
        raise ImportError(f"{' and '.join(missing)} missing: pip install 'newspan[spark]'")
    home = os.environ.get("JAVA_HOME")
    if shutil.which(str(Path(home, "bin", "java")) if home else "java") is None:
        where = f"JAVA_HOME ({home}) has no bin/java" if home else "there is no java"
        raise FileNotFoundError(f"{where}. {_INSTALL}")


def _started(master: str, options: Mapping[str, str], folder: Path) -> Any:
    """Start Java with its messages in a file, then Spark: both print warnings however set up."""
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False)
    for name, value in (_defaults(master, folder) | dict(options)).items():
        conf.set(name, value)
    log = folder / "java.log"
    gateway = SparkContext._gateway
    with log.open("wb") as stream, _environment():
        try:
            if gateway is None:
                gateway = launch_gateway(conf, _quiet(stream))
            SparkContext(conf=conf, gateway=gateway)
        except (PySparkException, OSError) as error:
            said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise OSError(
                "\n".join([f"Spark did not start: {error}", *said[-8:], _INSTALL])
            ) from error
    return SparkSession.builder.getOrCreate()


def _defaults(master: str, folder: Path) -> dict[str, str]:
    found = {
        "spark.master": master,
        "spark.app.name": "newspan",
        "spark.driver.maxResultSize": "0",  # the driver collects what it finishes
        "spark.log.level": "ERROR",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if is_here(master):
        found |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
    if master.startswith("local"):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        found["spark.driver.memory"] = f"{max(1024, memory // 4 >> 20)}m"
    return found


def _quiet(stream: IO[bytes]) -> dict[str, Any]:
    return {"stdout": stream, "stderr": stream}


@contextmanager
def _environment() -> Iterator[None]:
    """Let the workers run this interpreter, unless another is named."""
    if "PYSPARK_PYTHON" in os.environ:
        yield
        return
    os.environ["PYSPARK_PYTHON"] = sys.executable
    try:
        yield
    finally:
        del os.environ["PYSPARK_PYTHON"]


def _end_java() -> None:
    """End the Java process that Spark leaves behind for the next session."""
    from pyspark import SparkContext

    gateway: Any = SparkContext._gateway
    SparkContext._gateway = None
    SparkContext._jvm = None
    if gateway is None:
        return
    gateway.shutdown()
    if gateway.proc is not None:
        gateway.proc.stdin.close()
        gateway.proc.wait(60)
