"""Encode rows for an endpoint.

python -m include.pipeline.data.encoding encoding.json < rows.csv > features.csv
"""

import sys
from pathlib import Path

from include.pipeline.data.encoding.callers import encode_csv
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.errors import PipelineError


def main(arguments: list[str]) -> int:
    """Encode standard input by the file that is named, to standard output."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    path = Path(arguments[0])
    try:
        encoding = Encoding.read(path.read_bytes(), path.name)
        sys.stdout.buffer.write(encode_csv(sys.stdin.buffer.read(), encoding))
    except PipelineError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
