"""The tree stays readable: small functions, small files."""

import ast
import subprocess
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("*.py", "*.ts", "*.css", "*.html")
LEFT_OUT = ("/migrations/", "djstripe_migrations/")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *SOURCES], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    names = [name for name in listed.splitlines() if not any(part in f"/{name}" for part in LEFT_OUT)]
    return [ROOT / name for name in names if (ROOT / name).exists()]


def function_lengths() -> list[int]:
    """Lines of every Python function, decorators left out."""
    return [
        node.end_lineno - node.lineno + 1
        for path in tracked()
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]


def ninth_decile(values: list[int]) -> float:
    return quantiles(values, n=10)[-1]


def test_functions_are_small() -> None:
    lengths = function_lengths()
    assert median(lengths) <= 8
    assert ninth_decile(lengths) <= 25


def test_files_are_small() -> None:
    # The settings are one file by rule.
    lengths = [len(path.read_text().splitlines()) for path in tracked() if path.name != "settings.py"]
    assert ninth_decile(lengths) <= 200
    assert max(lengths) <= 400, "a noun is missing"
