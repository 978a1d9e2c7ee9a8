"""What the environment says: addresses, keys and folders. Nothing here has a secret as its default."""

import json
from datetime import timedelta
from enum import StrEnum
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

HIGHEST_PORT = 65532
"""Three more follow it: the sandboxes, the figures and the pretended scanner."""


class Environment(StrEnum):
    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class Settings(BaseSettings):
    """Read once at start from the environment (and nowhere else). Names are upper case there."""

    model_config = SettingsConfigDict(extra="ignore")

    environment: Environment = Environment.PRODUCTION
    database_url: str
    port: int = Field(default=8000, ge=1, le=HIGHEST_PORT)
    host: str = "127.0.0.1"
    public_url: str = "http://127.0.0.1:8000"
    data_dir: Path = Path(".data")
    compiled_dir: Path | None = None
    """Where compiled templates are kept; in DATA_DIR unless told."""
    clock_offset: timedelta = timedelta(0)

    secret_key: SecretStr = Field(min_length=32)
    """Signs links and keys the rate limits."""
    encryption_key: SecretStr = Field(min_length=32)
    """Seals sensitive fields; losing it loses them."""

    pay_url: str = "http://127.0.0.1:8001/pay"
    pay_api_key: SecretStr
    pay_webhook_secret: SecretStr
    pay_wait_seconds: float = Field(default=0.7, gt=0, le=60)
    """So long a page waits for GOV.UK Pay before it says that we are still asking."""
    pay_link_tries: int = Field(default=5, ge=1, le=50)
    """How often somebody may begin to pay by one link."""
    agreement_notice_days: int = Field(default=10, ge=1, le=60)
    """From telling a person that the fee will be taken until it may be."""
    agreement_collect_days: int = Field(default=7, ge=0, le=60)
    """So long before the last day it is taken whatever else is left to do."""
    agreement_retry_days: int = Field(default=3, ge=1, le=30)
    agreement_tries: int = Field(default=3, ge=1, le=10)
    pay_link_days: int = Field(default=14, ge=1, le=90)
    notify_url: str = "http://127.0.0.1:8001/notify"
    notify_api_key: SecretStr
    """GOV.UK Notify's form: name-serviceid-secret, both UUIDs."""
    notify_template_email: str = "2e0a6a3c-7f0b-4e0e-9f38-0d8f6b1f1a01"
    notify_template_sms: str = "2e0a6a3c-7f0b-4e0e-9f38-0d8f6b1f1a02"
    notify_template_letter: str = "2e0a6a3c-7f0b-4e0e-9f38-0d8f6b1f1a03"
    scanner_host: str = "127.0.0.1"
    scanner_port: int = 3310
    files_url: str = Field(default="", pattern=r"^(s3://[^/\s]+(/\S*)?)?$")
    """s3://bucket/prefix, or empty for a folder under the data folder."""

    registrar_name: str = ""
    """Who signs certificates; they bear the office alone where it is empty."""

    contact_email: str = ""
    """Where people write to; pages name no address where it is empty."""

    trusted_proxies: Annotated[frozenset[IPv4Network | IPv6Network], NoDecode] = (
        frozenset()
    )
    """Addresses and networks whose X-Forwarded-For is believed."""

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def proxies_are_a_json_list(cls, said: Any) -> Any:
        if not isinstance(said, str):
            return said
        try:
            return frozenset(ip_network(proxy) for proxy in json.loads(said))
        except (ValueError, TypeError):
            raise ValueError(
                'must be a JSON list of addresses and networks, like ["10.0.0.0/8"]'
            ) from None

    @model_validator(mode="after")
    def the_clock_is_true_in_production(self) -> Self:
        if self.environment is Environment.PRODUCTION and self.clock_offset:
            raise ValueError(
                "CLOCK_OFFSET is for tests and demos: unset it in production"
            )
        return self


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()  # type: ignore[call-arg]  # its values come from the environment
