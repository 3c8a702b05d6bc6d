"""Names of organisations are compared without case, punctuation and legal form."""

import pytest

from rooms.organisations.names import key_of


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ACME GmbH", "Acme, gmbh"),
        ("Lumen AB", "LUMEN"),
        ("Société Générale S.A.", "societe generale"),
        ("深圳光明科技有限公司", "深圳光明科技股份有限公司"),
        ("Novo Nordisk A/S", "Novo-Nordisk A S"),
        ("Müller & Söhne KG", "Muller & Sohne"),
    ],
)
def test_one_organisation(first: str, second: str) -> None:
    assert key_of(first) == key_of(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Lumen", "Lumina"), ("SAS", "SE"), ("University of Oslo", "University of Bergen"), ("有限公司", "公司")],
)
def test_two_organisations(first: str, second: str) -> None:
    assert key_of(first) != key_of(second)
    assert key_of(first)
