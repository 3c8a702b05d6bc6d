"""The settings: read once, all faults together, documented."""

import dataclasses
import re
import stat
from ipaddress import ip_network
from pathlib import Path

import pytest

from server.settings import BadSettings, Settings, read_settings

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def test_nothing_has_to_be_set(tmp_path: Path) -> None:
    settings = read_settings({"PLENARY_DATA": str(tmp_path)})
    assert (settings.url, settings.host, settings.port) == ("http://localhost:8000", "127.0.0.1", 8000)
    assert settings.database == f"sqlite+aiosqlite:///{tmp_path / 'plenary.sqlite'}"
    assert (settings.redis, settings.smtp, settings.turn) == ("", "", ())


def test_a_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "new"
    first = read_settings({"PLENARY_DATA": str(data)}).secret
    assert len(first) >= 32
    assert read_settings({"PLENARY_DATA": str(data)}).secret == first
    assert stat.S_IMODE((data / "secret").stat().st_mode) == 0o600
    assert read_settings({"PLENARY_DATA": str(tmp_path / "other")}).secret != first


def test_all_faults_are_reported_together_each_with_its_variable(tmp_path: Path) -> None:
    wrong = {
        "PLENARY_PORT": "http",
        "PLENARY_URL": "forum.example/path",
        "PLENARY_DATABASE": "mysql://localhost",
        "PLENARY_REDIS": "localhost:6379",
        "PLENARY_SECRET": "short",
        "PLENARY_SMTP": "localhost",
        "PLENARY_MEDIA_HOSTS": "media.example",
        "PLENARY_TRUSTED_PROXIES": "everybody",
        "PLENARY_TURN": "relay.example",
        "PLENARY_JOURNAL_DAYS": "0",
        "PLENARY_DATABSE": "a misspelt name",
    }
    with pytest.raises(BadSettings) as refused:
        read_settings({**wrong, "PLENARY_DATA": str(tmp_path)})
    named = {re.match(r"PLENARY_[A-Z_]+", fault)[0] for fault in refused.value.faults}  # type: ignore[index]
    assert named == wrong.keys()
    assert len(refused.value.faults) == len(wrong)
    assert str(refused.value).count("\n") == len(wrong) - 1


def test_a_secret_that_cannot_be_kept_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSettings, match=r"PLENARY_SECRET.*none can be kept"):
        read_settings({"PLENARY_DATA": str(tmp_path / "file")})


def test_several_values_are_parted_by_blanks(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "PLENARY_DATA": str(tmp_path),
            "PLENARY_TRUSTED_PROXIES": "10.0.0.0/8 ::1",
            "PLENARY_TURN": "stun:a.example turns:a.example:443?transport=tcp",
            "PLENARY_URL": "https://forum.example/",
        }
    )
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))
    assert settings.turn == ("stun:a.example", "turns:a.example:443?transport=tcp")
    assert settings.url == "https://forum.example"


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = set(re.findall(r"^\| `(PLENARY_[A-Z_]+)` \|", OPERATIONS.read_text("utf-8"), re.MULTILINE))
    known = {f"PLENARY_{field.name.upper()}" for field in dataclasses.fields(Settings)}
    assert documented == known | {"PLENARY_WORKERS"}
