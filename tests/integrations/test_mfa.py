"""Second factors are sealed at rest and still work."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

from accounts.models import User

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


def test_totp_secret_is_sealed_and_still_validates(owner: User) -> None:
    totp = TOTP.activate(owner, SECRET)
    assert SECRET not in str(Authenticator.objects.values_list("data").get(user=owner))
    counter = next(iter(yield_hotp_counters_from_time()))
    assert totp.validate_code(format_hotp_value(hotp_value(SECRET, counter)))


def test_seals_differently_each_time_and_opens_again() -> None:
    adapter = get_adapter()
    first, second = adapter.encrypt(SECRET), adapter.encrypt(SECRET)
    assert first != second
    assert adapter.decrypt(first) == adapter.decrypt(second) == SECRET
