"""Pydantic models of the requests, for the servers whose documentation wants one."""

from pydantic import BaseModel

__all__ = ["KINDS", "Numbers", "Person", "Text"]


class Numbers(BaseModel):
    """Ten numbers."""

    f0: float
    f1: float
    f2: float
    f3: float
    f4: float
    f5: float
    f6: float
    f7: float
    f8: float
    f9: float


class Person(BaseModel):
    """A row of the census."""

    age: int
    education_num: int
    capital_gain: float | None
    capital_loss: int
    hours_per_week: float | None
    workclass: str
    marital_status: str
    relationship: str
    race: str
    sex: str
    education: str
    occupation: str
    native_country: str


class Text(BaseModel):
    """A text."""

    text: str


KINDS: dict[str, type[BaseModel]] = {"matrix": Numbers, "table": Person, "texts": Text}
