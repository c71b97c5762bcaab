"""How the file of a source is written, where it is no CSV with commas, in UTF-8, below a header."""

import codecs
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

# What any character set has in text that is a table; what is no character set fails on it.
_SAMPLE = ',;\t|\n"a1'
# They make a text of any text, and are no character sets.
_ESCAPES = {"idna", "punycode", "raw-unicode-escape", "unicode-escape"}
_Name = Annotated[str, Field(min_length=1)]


def _charset(name: str) -> str:
    try:
        if codecs.lookup(name).name not in _ESCAPES and _SAMPLE.encode(name).decode(name) == _SAMPLE:
            return name
    except (LookupError, ValueError):
        pass
    raise PydanticCustomError("encoding", "an encoding of text that Python knows, such as windows-1252")


class FileForm(BaseModel):
    """What the first bytes of a file do not tell. What they tell, such as gzip or Parquet, needs no word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    delimiter: Literal[",", ";", "\t", "|"] = Field(default=",", description="What stands between cells.")
    decimal: Literal[".", ","] = Field(default=".", description="What stands before decimals.")
    encoding: Annotated[str, AfterValidator(_charset)] | None = Field(
        default=None,
        description="Of the text, such as windows-1252 or utf-16-le. Without it, UTF-8, or what a byte order "
        "mark says.",
    )
    header: tuple[_Name, ...] = Field(
        default=(), description="The columns' names, where the file has no header row."
    )
    format: Literal["csv", "parquet", "json-lines"] | None = Field(
        default=None, description="What the file has to be, unpacked. Without it, as its first bytes tell."
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.decimal == self.delimiter:
            raise PydanticCustomError("decimal", "a decimal comma needs another delimiter than the comma")
        if len(set(self.header)) < len(self.header):
            raise PydanticCustomError("header", "header: names differ")
        of_csv = {"delimiter", "decimal", "header"} & self.model_fields_set
        if self.format == "parquet":
            of_csv |= {"encoding"} & self.model_fields_set
        if of_csv and self.format in {"parquet", "json-lines"}:
            raise PydanticCustomError(
                "format",
                "format: {format} has no {names}",
                {"format": self.format, "names": ", ".join(sorted(of_csv))},
            )
        return self
