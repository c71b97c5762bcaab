"""Model archives, good and bad, made in memory."""

import io
import tarfile

import numpy as np
import xgboost


def archive(**files: bytes) -> bytes:
    """A model.tar.gz that holds some files."""
    members = []
    for name, content in files.items():
        member = tarfile.TarInfo(name)
        member.size = len(content)
        members.append((member, content))
    return _packed(members)


def link(target: str) -> bytes:
    """A model.tar.gz that holds a symbolic link."""
    member = tarfile.TarInfo("link")
    member.type = tarfile.SYMTYPE
    member.linkname = target
    return _packed([(member, b"")])


def announcing(size: int) -> bytes:
    """A model.tar.gz that ends where a file of that many bytes would begin."""
    member = tarfile.TarInfo("xgboost-model")
    member.size = size
    return _packed([(member, b"")])


def _packed(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        for member, content in members:
            packed.addfile(member, io.BytesIO(content) if content else None)
    return buffer.getvalue()


def boosted(columns: int, seed: int = 0) -> bytes:
    """The archive of a small model of so many columns."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(200, columns))
    labels = (rows[:, 0] + random.normal(size=200) > 0).astype(float)
    data = xgboost.DMatrix(rows, labels)
    booster = xgboost.train({"objective": "binary:logistic", "base_score": 0.5, "nthread": 1}, data, 3)
    return archive(**{"xgboost-model": bytes(booster.save_raw("ubj"))})
