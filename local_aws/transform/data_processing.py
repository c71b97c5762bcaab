"""A transform job's DataProcessing: filter the records, join them with their answers, filter the result.

Source: "Associate Prediction Results with Input Records", and DataProcessing in the API reference.
"""

import csv
import io
import json
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

from werkzeug.http import parse_options_header

from local_aws.errors import DataProcessingError, JsonPathError, ValidationError
from local_aws.state.resources import JsonObject
from local_aws.transform.json_path import JsonPath

MediaType = Literal["text/csv", "application/json", "application/jsonlines"]
_CSV: MediaType = "text/csv"
_JSON: MediaType = "application/json"
_ROOT = JsonPath(())
_COLUMN_OPERATORS = ("$", "[", "]", "*", ".", " ", ",", ":", "-")
_OPERATORS = (*_COLUMN_OPERATORS, "'")


@dataclass(frozen=True)
class DataProcessing:
    """How a transform job's records are sent, and how its answers are stored."""

    input_filter: JsonPath
    """The part of a record that is sent."""
    output_filter: JsonPath
    """The part of an answer that is stored, or of record and answer together."""
    joins: bool
    """Whether an answer is joined with its record, as the record was before the filter."""
    input_type: str
    """The media type of the records. It may be any where the records are passed on as they are."""
    output_type: str
    """The media type of the answers. It may be any where the answers are stored as they are."""

    @classmethod
    def of(cls, request: JsonObject) -> Self:
        """Read the DataProcessing of a CreateTransformJob request.

        Raises:
            ValidationError: A filter is not valid on AWS, or does not suit the formats of input and output.
        """
        asked, source, target = (
            request.get(member, {}) for member in ("DataProcessing", "TransformInput", "TransformOutput")
        )
        input_type, _ = parse_options_header(source.get("ContentType", ""))
        output_type, _ = parse_options_header(target.get("Accept", input_type))
        processing = cls(
            _filter("InputFilter", asked, input_type),
            _filter("OutputFilter", asked, output_type),
            asked.get("JoinSource", "None") == "Input",
            input_type,
            output_type,
        )
        processing.check(source.get("SplitType", "None"), target.get("AssembleWith", "None"))
        return processing

    def check(self, split_type: str, assemble_with: str) -> None:
        """Check that the formats suit each other.

        Raises:
            ValidationError: The formats do not suit each other.
        """
        if self.joins:
            _check_type("ContentType", self.input_type, "JoinSource Input")
            if (self.input_type, split_type) != (self.output_type, assemble_with):
                raise ValidationError(
                    "JoinSource Input needs the same ContentType and Accept, and the same SplitType and "
                    f"AssembleWith; they are {self.input_type}, {self.output_type or None}, {split_type} and "
                    f"{assemble_with}."
                )
        cut_up = [
            media_type
            for media_type, path in (
                (self.input_type, self.input_filter),
                (self.output_type, self.output_filter),
            )
            if self.joins or not path.is_root
        ]
        if split_type != "Line" and set(cut_up) - {_JSON}:
            raise ValidationError(
                f"DataProcessing of {cut_up[0]} needs SplitType Line; only {_JSON} can do without."
            )

    def to_send(self, record: bytes) -> bytes:
        """Return the part of a record that is sent.

        Raises:
            DataProcessingError: The record cannot be read, or does not have what the filter selects.
        """
        if self.input_filter.is_root:
            return record
        sent = _selected("InputFilter", self.input_filter, self._read_record(record))
        return _written(sent, self.input_type)

    def to_store(self, records: list[bytes], answer: bytes) -> bytes:
        """Return the part of a request's answer that is stored.

        Args:
            records: The records of the request, as they were before the filter.
            answer: The container's answer, with the same number of records.

        Raises:
            DataProcessingError: The answer cannot be read, has another number of records, or does not have
                what the filter selects.
        """
        if not self.joins and self.output_filter.is_root:
            return answer
        is_one_document = self.output_type == _JSON and len(records) == 1
        lines = [answer] if is_one_document else answer.removesuffix(b"\n").split(b"\n")
        if self.joins and len(lines) != len(records):
            raise DataProcessingError(
                "Fail to join data: mismatched line count between the input and the output: "
                f"{len(records)} and {len(lines)}"
            )
        answers = [_read(line, self.output_type, "output from the algorithm") for line in lines]
        if self.joins:
            joined = zip(records, answers, strict=True)
            answers = [self._joined(self._read_record(record), one) for record, one in joined]
        stored = [_selected("OutputFilter", self.output_filter, one) for one in answers]
        end = b"\n" if answer.endswith(b"\n") and not is_one_document else b""
        return b"\n".join(_written(one, self.output_type) for one in stored) + end

    def _read_record(self, record: bytes) -> Any:
        return _read(record, self.input_type, "input")

    def _joined(self, record: Any, answer: Any) -> Any:
        if self.input_type == _CSV:
            return [*record, *answer]
        own = record if isinstance(record, dict) else {"SageMakerInput": record}
        return {**own, "SageMakerOutput": answer}


def _filter(member: str, asked: JsonObject, media_type: str) -> JsonPath:
    text = asked.get(member, "$")
    if text == "$":
        return _ROOT
    _check_type("ContentType" if member == "InputFilter" else "Accept", media_type, member)
    operators = _COLUMN_OPERATORS if media_type == _CSV else _OPERATORS
    is_word = str.isdigit if media_type == _CSV else str.isalnum
    for character in text:
        if character not in operators and not is_word(character):
            listed = ", ".join(f"'{operator}'" for operator in operators)
            raise ValidationError(
                f'Invalid {member}: "{text}". Unexpected "{character}" in JsonPath. Supported operators for '
                f'"{media_type}" are [{listed}]'
            )
    try:
        path = JsonPath.parse(text)
    except JsonPathError as error:
        raise ValidationError(f'Invalid {member}: "{text}". Invalid JsonPath: {error}.') from error
    if media_type == _CSV and not path.is_of_columns:
        raise ValidationError(
            f'Invalid {member}: "{text}". Columns of text/csv are selected by one index, list or range, for '
            "instance $[0], $[0,-1] or $[1:4]."
        )
    return path


def _check_type(member: str, media_type: str, needed_by: str) -> None:
    if media_type not in get_args(MediaType):
        raise ValidationError(
            f'{needed_by} needs {member} to be one of {", ".join(get_args(MediaType))}, not "{media_type}".'
        )


def _read(content: bytes, media_type: str, what: str) -> Any:
    """Return a row as a list, or a JSON document's value."""
    name = "CSV" if media_type == _CSV else "JSON"
    try:
        if media_type == _CSV:
            return next(csv.reader([content.decode().removesuffix("\r")], strict=True))
        return json.loads(content)
    except (csv.Error, ValueError) as error:
        raise DataProcessingError(f"Failed to parse {what} as {name}: {error}") from error


def _selected(member: str, path: JsonPath, value: Any) -> Any:
    try:
        return path.select(value)
    except JsonPathError as error:
        raise DataProcessingError(f"{member}: {error}") from error


def _written(value: Any, media_type: str) -> bytes:
    if media_type != _CSV:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    row = io.StringIO()
    csv.writer(row, lineterminator="").writerow(value if isinstance(value, list) else [value])
    return row.getvalue().encode()
