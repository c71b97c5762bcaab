"""The sections of the Trigger form, in its order: each groups some Params."""

from pydantic.config import JsonDict

DATA: JsonDict = {"section": "Data"}
SPLIT: JsonDict = {"section": "Split"}
TRAINING: JsonDict = {"section": "Training"}
THRESHOLD: JsonDict = {"section": "Threshold"}
GATE: JsonDict = {"section": "Gate"}
AFTERWARDS: JsonDict = {"section": "Afterwards"}
RARELY_CHANGED: JsonDict = {"section": "Account, machines and cost"}
