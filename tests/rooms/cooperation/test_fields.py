"""Fields that organisers define, and the values that people enter."""

import pytest

from rooms.cooperation.fields import check_complete, cleaned_fields, cleaned_values
from rooms.cooperation.messages import FieldKind, FieldView
from tests.support.refusals import refused


def field(kind: FieldKind, **changes: object) -> FieldView:
    return FieldView(**{"key": "x", "kind": kind, "name": "Field", "options": ["Public", "Private"], **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "value", "clean"),
    [
        (FieldKind.TEXT, " a\u202eb\n\n\n\nc ", "ab\n\nc"),
        (FieldKind.NUMBER, "12.50", "12.50"),
        (FieldKind.NUMBER, "-1e3", "-1000"),
        (FieldKind.CHOICE, "Private", "Private"),
        (FieldKind.COUNTRY, "NO", "NO"),
        (FieldKind.SCIENCE, "2.10", "2.10"),
        (FieldKind.MATURITY, "9", "9"),
        (FieldKind.BUDGET, "20 000 - 50,000 eur", "20000-50000 EUR"),
        (FieldKind.BUDGET, "50000–20000 CNY", "20000-50000 CNY"),
        (FieldKind.BUDGET, "1’000’000CHF", "1000000 CHF"),
        (FieldKind.BUDGET, "5-5 USD", "5 USD"),
    ],
)
def test_a_value_is_cleaned(kind: FieldKind, value: str, clean: str) -> None:
    assert cleaned_values([field(kind)], {"x": value}) == {"x": clean}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldKind.TEXT, "x" * 2001),
        (FieldKind.NUMBER, "twelve"),
        (FieldKind.NUMBER, "NaN"),
        (FieldKind.NUMBER, "Infinity"),
        (FieldKind.NUMBER, "1e99"),
        (FieldKind.CHOICE, "Other"),
        (FieldKind.COUNTRY, "XX"),
        (FieldKind.COUNTRY, "150"),
        (FieldKind.SCIENCE, "9.9"),
        (FieldKind.MATURITY, "10"),
        (FieldKind.MATURITY, "12"),
        (FieldKind.BUDGET, "much"),
        (FieldKind.BUDGET, "100 XYZ"),
        (FieldKind.BUDGET, "1.5 EUR"),
    ],
)
def test_a_bad_value_is_refused_with_its_field(kind: FieldKind, value: str) -> None:
    with refused("invalid", "x"):
        cleaned_values([field(kind)], {"x": value})


def test_empty_values_are_left_out_and_unknown_fields_refused() -> None:
    assert cleaned_values([field(FieldKind.NUMBER)], {"x": " "}) == {}
    with refused("invalid", "y"):
        cleaned_values([field(FieldKind.NUMBER)], {"y": "1"})


def test_required_fields_are_named() -> None:
    required = field(FieldKind.NUMBER, required=True)
    check_complete([required], {"x": "0"})
    with refused("invalid", "x") as refusal:
        check_complete([required], {})
    assert "“Field” is required" in refusal.problem.view().message


def test_the_definition_is_cleaned() -> None:
    said = field(
        FieldKind.CHOICE, name=" Funding ", options=["A", " A", "B", ""], texts={"zh_Hans": {"name": " 资金 "}}
    )
    assert cleaned_fields([said]) == [
        field(FieldKind.CHOICE, name="Funding", options=["A", "B"], texts={"zh_Hans": {"name": "资金"}})
    ]
    assert cleaned_fields([field(FieldKind.NUMBER)])[0].options == []
    with refused("invalid", "fields"):
        cleaned_fields([field(FieldKind.NUMBER), field(FieldKind.TEXT)])
    with refused("invalid", "fields"):
        cleaned_fields([field(FieldKind.CHOICE, options=["A", "A "])])
