"""Preparing data (read, check, shuffle, split, write), beside the tutorial's pandas code.

    python -m bench.prepare [--largest 20.6]

Files are the tutorial's, many times over. Each round runs both, one after the other, each in a process of its
own; ratios are of pairs, and figures are medians. Seconds are of the work, without imports.
"""

import argparse
import hashlib
import json
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.child import Child, run
from bench.figures import Figure, show
from bench.turns import in_turns, median_ratio
from tests.tutorial_data import BANK_CLEAN

LABEL, DROPPED = "y_yes", "y_no"
SEED = 1729
TRAIN_FRACTION = 0.7
FILES = ("train/train.csv", "features.csv", "labels.csv")


def prepare_with_pandas(source: Path, folder: Path) -> None:
    """Do what the tutorial does, where numpy 2 lets it, and write the test rows as well."""
    import pandas as pd

    data = pd.read_csv(source, index_col=0)
    shuffled = data.sample(frac=1, random_state=SEED)
    cut = int(TRAIN_FRACTION * len(data))
    train, test = shuffled.iloc[:cut], shuffled.iloc[cut:]
    (folder / "train").mkdir()
    train_csv = pd.concat([train[LABEL], train.drop([DROPPED, LABEL], axis=1)], axis=1)
    train_csv.to_csv(folder / "train" / "train.csv", index=False, header=False)
    test.drop([DROPPED, LABEL], axis=1).to_csv(folder / "features.csv", index=False, header=False)
    test[[LABEL]].to_csv(folder / "labels.csv", index=False, header=False)


def prepare(source: Path, folder: Path) -> None:
    """Do what `split_data` does between its download and its upload, but for the comparison of versions."""
    from include.pipeline.data.split import split_table
    from include.pipeline.data.table import read_table
    from include.pipeline.data.writing.objects import write_split
    from include.pipeline.documents.table.config import TableConfig

    table = TableConfig(label=LABEL, drop=(DROPPED,))
    with source.open("rb") as file:
        data = read_table(file, table, folder)
    parts = split_table(data, table, train_fraction=TRAIN_FRACTION, seed=SEED)
    write_split(*parts, table, folder)


def describe(source: Path, folder: Path) -> None:
    """Do the rest of `split_data`: profile the table, and look whether its order carries the label."""
    from include.pipeline.data.order import measure_order
    from include.pipeline.data.profile import profile
    from include.pipeline.data.table import read_table
    from include.pipeline.documents.table.config import TableConfig

    table = TableConfig(label=LABEL, drop=(DROPPED,))
    with source.open("rb") as file:
        data = read_table(file, table, folder)
    profile(data, table)
    measure_order(data, table, train_fraction=TRAIN_FRACTION, seed=SEED)


WORK = {"pandas": prepare_with_pandas, "ours": prepare, "described": describe}


def work(how: str, source: Path) -> None:
    """Print the seconds of one way to work, and the hashes of what it wrote."""
    # Imports, and the first call of whatever sets itself up at that.
    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder) / "few.csv"
        with source.open("rb") as file:
            few.write_bytes(b"".join(file.readline() for _ in range(1000)))
        WORK[how](few, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        WORK[how](source, Path(folder))
        seconds = time.perf_counter() - begin
        written = [Path(folder) / name for name in FILES if (Path(folder) / name).exists()]
        hashes = [_sha256(path) for path in written]
    print(json.dumps({"seconds": seconds, "sha256": hashes}))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def repeated(times: int, path: Path) -> Path:
    """Write the tutorial's file so many times over."""
    header, rows = BANK_CLEAN.read_bytes().split(b"\n", 1)
    with path.open("wb") as file:
        file.write(header + b"\n")
        for _ in range(times):
            file.write(rows)
    return path


def pairs(source: Path, rounds: int) -> list[tuple[Child, Child]]:
    """Run both in turns, ours and pandas' code, and see that they write the same bytes."""
    ways = {how: partial(run, "bench.prepare", "--work", how, str(source)) for how in ("ours", "pandas")}
    found = in_turns(ways, rounds)
    both = list(zip(found["ours"], found["pandas"], strict=True))
    if any(ours.answer["sha256"] != theirs.answer["sha256"] for ours, theirs in both):
        raise SystemExit(f"{source.name}: the files differ from the tutorial's")
    return both


def _seconds(children: list[Child]) -> float:
    return statistics.median(child.answer["seconds"] for child in children)


def _peak(children: list[Child]) -> float:
    return statistics.median(child.peak_mb for child in children)


def compared(
    name: str, found: list[tuple[Child, Child]], *, time: float, memory: float | None
) -> list[Figure]:
    """Make figures of the pairs."""
    ours, theirs = (list(side) for side in zip(*found, strict=True))
    of_time = median_ratio(*([child.answer["seconds"] for child in side] for side in (ours, theirs)))
    of_memory = median_ratio(*([child.peak_mb for child in side] for side in (ours, theirs)))
    return [
        Figure(f"{name}: time", _seconds(ours), "s"),
        Figure(f"{name}: time of pandas", _seconds(theirs), "s"),
        Figure(f"{name}: time against pandas", of_time, "x", at_most=time),
        Figure(f"{name}: peak memory", _peak(ours), "MB"),
        Figure(f"{name}: peak memory of pandas", _peak(theirs), "MB"),
        Figure(f"{name}: peak memory against pandas", of_memory, "x", at_most=memory),
    ]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--largest", type=float, default=20.6, help="millions of rows of the largest file; 0: none"
    )
    parser.add_argument("--work", nargs=2, metavar=("HOW", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work[0], Path(options.work[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        small = pairs(BANK_CLEAN, 9)
        source = repeated(50, Path(folder) / "50.csv")
        large = pairs(source, 3)
        figures = [
            *compared("41 thousand rows", small, time=0.6, memory=None),
            *compared("2.06 million rows", large, time=0.25, memory=0.3),
            _described("2.06 million rows", source),
        ]
        if options.largest:
            times = round(options.largest * 1e6 / 41188)
            source = repeated(times, Path(folder) / f"{times}.csv")
            name, ours = f"{times * 41188 / 1e6:.1f} million rows", [one for one, _ in large]
            found = run("bench.prepare", "--work", "ours", str(source))
            figures += [
                Figure(f"{name}: time", found.answer["seconds"], "s"),
                Figure(
                    f"{name}: time against 2.06", found.answer["seconds"] / _seconds(ours), "x", at_most=12
                ),
                Figure(f"{name}: peak memory", found.peak_mb, "MB"),
                Figure(f"{name}: peak memory against 2.06", found.peak_mb / _peak(ours), "x", at_most=1.5),
                _described(name, source),
            ]
    show(figures)


def _described(name: str, source: Path) -> Figure:
    found = run("bench.prepare", "--work", "described", str(source))
    return Figure(f"{name}: read, profiled, its order looked at", found.answer["seconds"], "s")


if __name__ == "__main__":
    main()
