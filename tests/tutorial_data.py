"""The tutorial's real file, where this machine has it: it is not part of the repository."""

import os
from pathlib import Path

import pytest

BANK_CLEAN = Path(
    os.environ.get(
        "BANK_CLEAN_CSV", Path(__file__).resolve().parents[2] / "shared" / "data" / "bank_clean.csv"
    )
)

needs_bank_clean = pytest.mark.skipif(
    not BANK_CLEAN.is_file(), reason=f"the tutorial's file is not at {BANK_CLEAN} (set BANK_CLEAN_CSV)"
)
