"""Settings: safe without being set, and a key that only its owner can read."""

import stat
import threading

import pytest
from pydantic import ValidationError

from foundation.settings import Settings


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("ALGOCARE_"):
            monkeypatch.delenv(name)


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path) -> None:
    settings = Settings(data_folder=tmp_path / "data")
    key = settings.signing_key()
    path = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(key) == 64
    assert Settings(data_folder=tmp_path / "data").signing_key() == key
    assert Settings(data_folder=tmp_path / "other").signing_key() != key
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path) -> None:
    keys: list[str] = []
    start = threading.Barrier(2)

    def work() -> None:
        start.wait(10)
        keys.append(Settings(data_folder=tmp_path).signing_key())

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys[0] == keys[1]


def test_a_key_from_the_environment_leaves_no_file(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALGOCARE_SECRET_KEY", "from the environment")
    assert Settings(data_folder=tmp_path).signing_key() == "from the environment"
    assert list(tmp_path.iterdir()) == []


def test_the_defaults_are_right_for_production() -> None:
    settings = Settings()
    assert settings.plain_http is False
    assert settings.host == "127.0.0.1"
    assert settings.session_idle_minutes == 15
    assert settings.address.startswith("sqlite:///")


@pytest.mark.parametrize(
    ("name", "value"),
    [("session_idle_minutes", 0), ("session_hours", 13), ("sign_in_tries", 0), ("upload_mib", 65), ("quorum", 1)]
    + [("approval_months", 25), ("port", 0), ("engine_seconds", 0)],
)
def test_a_setting_out_of_bounds_is_refused(name: str, value: int) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: value})


def test_settings_do_not_change_while_the_service_runs() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 9000


def test_another_database_is_one_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALGOCARE_DATABASE_URL", "postgresql+psycopg://u@/d")
    assert Settings().address == "postgresql+psycopg://u@/d"
