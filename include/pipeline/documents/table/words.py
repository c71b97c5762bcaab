"""The section `words` of a pipeline's YAML: how people call what the model is about."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

_Word = Annotated[str, Field(max_length=40, pattern=r"^[^\s<>&\"](?:[^\n<>&\"]*[^\s<>&\"])?$")]


class Words(BaseModel):
    """The words of the business. Without any, a report speaks of rows, and of acting on them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: _Word = Field(default="row", description="What a row is, such as customer.")
    rows: _Word = Field(default="", description="Several of them. Without it, row with an s.")
    are_people: bool = Field(default=False, description="Whether a row is a person: whom, and nobody.")
    positive: _Word = Field(default="Positive", description="What the positive outcome is called.")
    negative: _Word = Field(
        default="",
        description="What the other one is called. Without it, that of positive with No before it.",
    )
    outcome: _Word = Field(
        default="true positive", description="What a row that is rightly acted on brings, such as deposit."
    )
    act: _Word = Field(default="act on", description="What is done with a row that is predicted positive.")
    acting: _Word = Field(default="", description="Its form with ing.")
    acted: _Word = Field(default="", description="Its form with ed.")
    action: _Word = Field(default="", description="What that is as a noun. Without it, as act.")

    @model_validator(mode="before")
    @classmethod
    def _other_forms(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        row, act = given.get("row", "row"), given.get("act")
        forms = {
            "rows": f"{row}s",
            "negative": f"No {given['positive']}" if "positive" in given else "Negative",
            "acting": f"{act}ing" if act else "acting on",
            "acted": f"{act}ed" if act else "acted on",
            "action": act or "action",
        }
        return forms | given

    @property
    def everybody(self) -> str:
        """All rows."""
        return "everybody" if self.are_people else f"every {self.row}"

    @property
    def nobody(self) -> str:
        """None of the rows."""
        return "nobody" if self.are_people else f"no {self.row}"

    @property
    def whom(self) -> str:
        """Which of them, in a question."""
        return "whom" if self.are_people else f"which {self.rows}"

    @property
    def actions(self) -> str:
        """Several actions."""
        return f"{self.action}s"

    @property
    def an_action(self) -> str:
        """One action."""
        return f"{'an' if self.action[0].lower() in 'aeiou' else 'a'} {self.action}"

    @property
    def an_outcome(self) -> str:
        """One outcome."""
        return f"{'an' if self.outcome[0].lower() in 'aeiou' else 'a'} {self.outcome}"
