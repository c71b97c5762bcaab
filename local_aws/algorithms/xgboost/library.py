"""The xgboost package, imported without the optional packages that make its start slow."""

import sys

# xgboost imports these where they are installed, for interfaces that nothing here uses: 2 s of its 2.3 s.
_OPTIONAL = ("pandas", "pyarrow", "sklearn")
_hidden = [name for name in _OPTIONAL if sys.modules.setdefault(name, None) is None]  # type: ignore[arg-type]
try:
    import xgboost
finally:
    for _name in _hidden:
        del sys.modules[_name]

__all__ = ["xgboost"]
