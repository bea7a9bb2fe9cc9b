"""What keeps the code readable: one direction of imports, small files and functions, a sentence on every test."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "worker"

#: Modules by layer, the lowest first: a module imports from its own layer or from those above it in this list, never
#: from one below. A package includes all that is in it. The last layers may import anything.
LAYERS = [
    ("article", "client", "errors", "display", "window", "kernel", "reference", "scanner"),
    ("settings", "process", "language", "dates"),
    ("bucket", "formats", "clean", "features", "fingerprint", "match", "search", "translation"),
    ("archive", "store"),
    ("stories", "explain", "webhooks"),
    ("pipeline", "reprocess"),
    ("bulk", "queue"),
    ("inbox", "operations"),
    ("embedded", "evaluate", "bench", "web", "cli", "__main__", "__init__"),
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

#: Who may know what: the left side never imports the right, at any distance of layers.
STRANGERS = {
    "match": ("sqlalchemy", "psycopg", "celery"),
    "search": ("sqlalchemy", "psycopg", "celery"),
    "translation": ("sqlalchemy", "psycopg", "celery"),
    "features": ("sqlalchemy", "celery"),
    "fingerprint": ("sqlalchemy", "celery"),
    "pipeline": ("celery", "kombu"),
    "bulk": ("sqlalchemy", "celery", "kombu"),
    "store": ("celery", "kombu", "worker.match"),
    "webhooks": ("celery", "kombu"),
    "clean": ("sqlalchemy", "celery"),
    "formats": ("sqlalchemy", "celery"),
}
#: What builds a statement of SQL; only `worker/store` may, and the parts of the bench that replace or fill it.
SQL_NAMES = {f"sqlalchemy.{name}" for name in ("text", "select", "insert", "update", "delete", "func")}
SQL_OUTSIDE_STORE = {"bench/baseline.py", "bench/baseline_app.py", "bench/prefill.py"}
#: The only modules of bulk with SQL: that of analytical engines over files, which has no table of the service.
BULK_SQL = {"bulk/sql.py", "bulk/load_sql.py", "bulk/settled_sql.py", "bulk/spark/graph_sql.py"}
#: The only places that catch every exception, and why; elsewhere an error of the machine would be taken for one of the
#: file. `worker/formats/faults.py` has the list of exceptions to catch instead.
BROAD_EXCEPTS = {
    "bucket/faults.py": "a panic of the library is no Exception and has no name; any other error is raised again",
    "bulk/read.py": "a record or file that nothing was prepared for is refused; shortages of the machine pass",
    "bulk/source.py": "a file that can't be divided is refused; shortages of the machine pass",
    "cli/__init__.py": "the outermost frame of a command: it reports the error and exits with a code",
    "operations/erase.py": "puts bytes back if the database refuses the erasure, and raises the error again",
    "pipeline/batch.py": "gives up the leases of a worker that failed, and raises the error again",
    "pipeline/prepare.py": "a bug that one file triggers must not stop its batch; what the machine did is no bug",
}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "base"}
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("test_*.py"))


def top(path: Path) -> str:
    """Return the module or package just below `worker` that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


#: The modules of each package: a test each, because a test for each module costs more than what it checks.
PARTS = {name: [path for path in MODULES if top(path) == name] for name in sorted({top(path) for path in MODULES})}
of_each_part = pytest.mark.parametrize("paths", PARTS.values(), ids=PARTS)


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file, which many tests read."""
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path: Path) -> frozenset[str]:
    """Return every module that a file imports, also those imported inside functions."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)


def imported(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    """Yield each file with each module that it imports."""
    return ((path, name) for path in paths for name in sorted(imports(path)))


def test_every_module_has_its_layer() -> None:
    """A new module must be given its place in the one direction of imports."""
    assert {top(path) for path in MODULES} - {"__pycache__"} <= set(LEVEL)


@of_each_part
def test_imports_go_one_way(paths: list[Path]) -> None:
    """No module imports from a layer below its own."""
    for path, name in imported(paths):
        if name.startswith("worker."):
            other = name.split(".")[1]
            if other in LEVEL:
                assert LEVEL[other] <= LEVEL[top(path)], f"{path.name} imports {name}"


@of_each_part
def test_nobody_knows_what_is_not_theirs(paths: list[Path]) -> None:
    """The judge sees no SQL, the watcher and the pipeline no Celery, the store does not judge."""
    for path, name in imported(paths):
        for stranger in STRANGERS.get(top(path), ()):
            assert not (name + ".").startswith(stranger + "."), f"{path.name} imports {name}"


@of_each_part
def test_sql_is_in_the_store_alone(paths: list[Path]) -> None:
    """No module outside `worker/store` builds a statement of SQL or passes one to `execute`."""
    for path in (p for p in paths if top(p) != "store" and str(p.relative_to(PACKAGE)) not in SQL_OUTSIDE_STORE):
        assert not SQL_NAMES & imports(path), path.name
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "execute":
                assert not node.args or not isinstance(node.args[0], ast.Constant | ast.JoinedStr), path.name


def test_sql_of_bulk_is_in_two_modules() -> None:
    """No other module of bulk has a statement, so that one text serves every engine."""
    for path in (path for path in MODULES if top(path) == "bulk" and str(path.relative_to(PACKAGE)) not in BULK_SQL):
        texts = [n.value for n in ast.walk(tree(path)) if isinstance(n, ast.Constant)]
        assert not [t for t in texts if isinstance(t, str) and t.lstrip().startswith(("SELECT ", "INSERT ", "CREATE "))]


def catches_everything(node: ast.AST) -> bool:
    """Return whether a node is an ``except`` or a ``suppress`` that also catches what the machine did."""
    if isinstance(node, ast.ExceptHandler):
        caught = [node.type] if node.type is not None else []
        if not caught:
            return True
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
        caught = node.args
    else:
        return False
    names = {ast.unparse(name) for kind in caught for name in (kind.elts if isinstance(kind, ast.Tuple) else [kind])}
    return bool(names & {"Exception", "BaseException", "MemoryError", "builtins.Exception"})


@of_each_part
def test_errors_of_the_machine_pass_through(paths: list[Path]) -> None:
    """No module catches every exception, except the few that are listed with a reason."""
    for path in paths:
        broad = [getattr(node, "lineno", 0) for node in ast.walk(tree(path)) if catches_everything(node)]
        assert bool(broad) == (str(path.relative_to(PACKAGE)) in BROAD_EXCEPTS), f"{path.name}, lines {broad}"


def test_class_names_are_unique() -> None:
    """No two classes of the package have the same name, private ones excepted."""
    nodes = (node for path in MODULES for node in ast.walk(tree(path)))
    names = Counter(node.name for node in nodes if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))
    assert [name for name, count in names.items() if count > 1] == []


@of_each_part
def test_files_and_functions_stay_small(paths: list[Path]) -> None:
    """One idea a file: at most 300 lines, and no function of more than 50."""
    for path in paths:
        assert path.stem not in FORBIDDEN_NAMES
        assert path.read_text("utf-8").count("\n") <= 300, path.name
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and "migrations" not in path.parts:
                assert (node.end_lineno or 0) - node.lineno < 50, f"{node.name} in {path.name}"


def test_every_module_says_what_it_is_for() -> None:
    """Each module begins with what comes in, what goes out and why."""
    assert [str(path) for path in MODULES if not ast.get_docstring(tree(path))] == []


def test_every_test_says_what_it_shows() -> None:
    """Each test has one sentence that says what holds."""
    for path, node in ((test, node) for test in TESTS for node in ast.walk(tree(test))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            sentence = ast.get_docstring(node) or ""
            assert sentence.endswith((".", "…")), f"{node.name} in {path.name}"
            assert "\n\n" not in sentence, f"{node.name} in {path.name}: one sentence"
