"""GOV.UK Pay for the tests of fees: the sandbox, in the same process and by the same clock."""

import pytest
import stamina

from fees import govuk_pay
from tests.fees.owing import PayService


@pytest.fixture(autouse=True)
def without_waiting():
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
async def pay(tmp_path, clock, monkeypatch):
    service = PayService(tmp_path, clock)
    monkeypatch.setattr(govuk_pay, "client", lambda: service.client)
    yield service
    await service.close()
