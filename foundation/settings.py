"""Settings, read from the environment once. A default is right for production and safe to publish."""

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from foundation.paths import ROOT


class Settings(BaseSettings):
    """Every setting, as `ALGOCARE_` and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="ALGOCARE_", extra="ignore", frozen=True)

    data_folder: Path = Field(
        default=ROOT / "var" / "data",
        description="Folder for the embedded database and the signing key of sessions.",
    )
    database_url: str | None = Field(
        default=None,
        description="Address of a PostgreSQL database; without it an SQLite file in the data folder.",
    )
    secret_key: str | None = Field(
        default=None,
        description="Key that signs cookies; without it a random one is made once in the data folder.",
    )
    plain_http: bool = Field(
        default=False,
        description="Allow cookies over plain HTTP. Accepted only when serving on a loopback address.",
    )
    host: str = Field(default="127.0.0.1", description="Address the web process listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the web process listens on.")
    web_threads: int = Field(default=8, ge=1, le=64, description="Requests one web process works on at once.")
    session_idle_minutes: int = Field(
        default=15, ge=1, le=60, description="Minutes without a request after which a person is signed out."
    )
    session_hours: int = Field(
        default=8, ge=1, le=12, description="Hours after which a person is signed out in any case."
    )
    sign_in_tries: int = Field(
        default=5, ge=1, le=20, description="Wrong passwords for one name within 15 minutes before a pause."
    )
    upload_mib: int = Field(default=20, ge=1, le=64, description="Largest file accepted in an upload, in mebibytes.")
    engine_seconds: float = Field(
        default=10.0, gt=0, description="Seconds the engine may take for one request before it is ended."
    )
    engine_load_seconds: float = Field(
        default=60.0, gt=0, description="Seconds the engine may take to start and load one artefact."
    )
    engine_mib: int = Field(default=4096, ge=1024, description="Address space an engine process may use, in mebibytes.")
    accept_seconds: float = Field(
        default=20.0, gt=0, description="Seconds a model file may take to be loaded and tried out to be accepted."
    )
    accept_mib: int = Field(
        default=1024, ge=16, description="Memory a model file may take for that beside the libraries, in mebibytes."
    )
    weaker_sandbox_accepted: str = Field(
        default="",
        max_length=500,
        description="Who accepted that engines run on a system without some layers of their sandbox, and why; "
        "without it the service does not start on such a system.",
    )
    quorum: int = Field(
        default=3, ge=2, le=20, description="Votes the ethics committee needs before anything is decided."
    )
    independents: int = Field(
        default=1, ge=0, le=20, description="How many of those votes have to come from independent members."
    )
    committee_advises: bool = Field(
        default=False,
        description="The ethics committee only advises, and an accountable officer decides on its advice.",
    )
    approval_months: int = Field(
        default=12, ge=1, le=24, description="Longest time in months an approval may run before its review."
    )
    attestation_days: int = Field(
        default=183, ge=30, le=366, description="Days after which the owner of a model attests again that it is theirs."
    )
    nightly_hour: int = Field(
        default=2, ge=0, le=23, description="Hour of the night, London time, at which the watches run."
    )

    reconcile_folders: str = Field(
        default="",
        description="Folders whose files are held against the register each week, with a colon between them.",
    )
    public_register: bool = Field(
        default=False,
        description="Show every model to anybody at /public, without sign-in and without personal data.",
    )

    public_address: str = Field(
        default="", description="Address at which people reach the service, for links in e-mail: https://HOST."
    )
    smtp_host: str | None = Field(
        default=None, description="Mail server that takes notices; without it people are told on their pages only."
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the mail server is reached: starttls, tls from the start, or none."
    )
    smtp_from: str = Field(default="", description="Address that notices come from; needed with a mail server.")
    smtp_user: str | None = Field(default=None, description="Name at the mail server, if it asks for one.")
    smtp_password: str | None = Field(default=None, description="Password at the mail server.")

    @model_validator(mode="after")
    def check_mail(self) -> Self:
        """E-mail is set up completely or not at all, and a password crosses no network in the clear."""
        if self.smtp_host and not (self.smtp_from and self.public_address):
            raise ValueError("smtp_host also needs smtp_from and public_address")
        if self.smtp_user and self.smtp_tls == "none" and self.smtp_host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("smtp_tls has to be starttls or tls where a password is sent to another machine")
        return self

    @cached_property
    def address(self) -> str:
        """The database's address for SQLAlchemy."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{self.data_folder / 'algocare.db'}"

    def signing_key(self) -> str:
        """The key that signs cookies: from the environment, or made once and kept readable by the owner only."""
        return self.secret_key or _kept_key(self.data_folder / "secret.key")


def _kept_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process made it first: its key is the one that counts
        finally:
            draft.unlink()
    return path.read_text().strip()
