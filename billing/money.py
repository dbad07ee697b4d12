"""How an amount in minor units is written for people. Called by pages and mails that show money."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "INR": "₹", "BRL": "R$", "JPY": "¥"}
WITHOUT_MINOR_UNITS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"})
WITH_THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def decimals_of(currency: str) -> int:
    """How many digits of the currency's minor unit stand behind the point."""
    if currency in WITHOUT_MINOR_UNITS:
        return 0
    return 3 if currency in WITH_THREE_DECIMALS else 2


def money(amount_minor: int, currency: str) -> str:
    """Write "€ 79", "€ 95.59" or "CHF 29": whole amounts without decimals."""
    decimals = decimals_of(currency)
    amount = Decimal(amount_minor).scaleb(-decimals)
    shown = 0 if amount == amount.to_integral_value() else decimals
    text = number_format(amount, decimal_pos=shown, force_grouping=True)
    return f"{symbol(currency)}\N{NO-BREAK SPACE}{text}"


def symbol(currency: str) -> str:
    """Return the sign of a currency, or its code where it has none of its own."""
    return SYMBOLS.get(currency, currency)
