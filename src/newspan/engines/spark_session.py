"""A Spark session for the finder: quiet, on loopback where it is local, closed at the end."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

JAVA = 17
_INSTALL = (
    f"Spark needs Java {JAVA} or later: on Debian or Ubuntu "
    "`apt-get install openjdk-17-jre-headless`, on macOS `brew install openjdk@17`"
)

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
    with warnings.catch_warnings():
        # Said of every function on Arrow batches, which pandas has no part in.
        warnings.filterwarnings(
            "ignore", "PySpark does not yet fully support pandas", FutureWarning
        )
        with _session(master, session, options or {}) as found, _silenced():
            yield found


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep pyspark from printing every error that it also raises."""
    from pyspark.logger import PySparkLogger

    logger = PySparkLogger.getLogger("SQLQueryContextLogger")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


@contextmanager
def _session(master: str | None, session: Any, options: Mapping[str, str]) -> Iterator[Any]:
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
        session = _started(master or "local[*]", options, Path(folder))
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
    java = shutil.which(str(Path(home, "bin", "java")) if home else "java")
    if java is None:
        where = f"JAVA_HOME ({home}) has no bin/java" if home else "there is no java"
        raise FileNotFoundError(f"{where}. {_INSTALL}")
    result = subprocess.run([java, "-version"], capture_output=True, text=True, errors="replace")
    version = re.search(r'version "(\d+)', result.stderr)
    if result.returncode or (version and int(version[1]) < JAVA):
        raise OSError(f"{java} -version says: {result.stderr.strip()}\n{_INSTALL}")


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
    launch: Any = launch_gateway
    gateway = SparkContext._gateway
    with log.open("wb") as stream, _environment(master):
        try:
            if gateway is None:
                gateway = launch(conf, {"stdout": stream, "stderr": stream})
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


@contextmanager
def _environment(master: str) -> Iterator[None]:
    """Let the workers run this interpreter, unless another is named, and Java look for no host."""
    wanted = {"PYSPARK_PYTHON": sys.executable}
    if is_here(master):
        wanted["SPARK_LOCAL_IP"] = "127.0.0.1"
    added = {name: value for name, value in wanted.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


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
