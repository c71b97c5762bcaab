"""Parquet files."""

from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from include.pipeline.errors import DataError
from include.pipeline.source.forms.bounded import BoundedFile
from include.pipeline.source.forms.rows import write_rows

_ROWS = 2**14
# What pandas writes of an index without a name.
_INDEX = "__index_level_"
_WRITE_ANEW = "Write the file again, with pandas.DataFrame.to_parquet for example"


def write_parquet_as_csv(file: BinaryIO, target: BoundedFile, most: int) -> None:
    """Write a Parquet file as CSV: booleans as 1 and 0, dates as ISO 8601, all digits of numbers.

    A row group is in memory at once, as the format has it.

    Args:
        file: Seekable.
        target: Gets the table.
        most: Bytes that it may be unpacked.

    Raises:
        DataError: It is damaged or too large, or a column holds no numbers, text or times.
    """
    try:
        content = parquet.ParquetFile(file)
        groups = [content.metadata.row_group(at) for at in range(content.num_row_groups)]
        size = sum(group.total_byte_size for group in groups)
        if size > most:
            raise DataError(
                f"the Parquet file has {size} bytes once it is unpacked",
                f"max_source_bytes allows {most}",
                "Raise max_source_bytes in the pipeline's YAML, or bring fewer rows or columns",
            )
        schema = content.schema_arrow
        kept = [at for at, name in enumerate(schema.names) if not name.startswith(_INDEX)]
        for at in kept:
            _check_type(schema.field(at))
        if not kept:
            return
        header = {str(at): [schema.names[at]] for at in kept}
        write_rows(pa.RecordBatch.from_pydict(header), target)
        for batch in content.iter_batches(batch_size=_ROWS):
            columns = [_text(batch.column(at)) for at in kept]
            write_rows(pa.RecordBatch.from_arrays(columns, names=list(header)), target)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's
        raise DataError("the Parquet file cannot be read", "it is whole and valid", _WRITE_ANEW) from None


def _check_type(field: pa.Field) -> None:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        raise DataError(
            f"column {field.name!r} of the Parquet file is of the type {kind}",
            "a column holds numbers, text, booleans, dates or times",
            "Write the file without the column, or with a column for each of its parts",
        )


def _text(column: pa.Array) -> pa.StringArray:
    kind = column.type
    if pa.types.is_boolean(kind):
        column = column.cast(pa.int8())
    elif pa.types.is_floating(kind):
        # pandas has no value there either.
        column = pc.if_else(pc.is_nan(column), None, column)
    elif pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
    return column.cast(pa.string())
