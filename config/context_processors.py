"""The product's face, as the installation set it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def product(request: HttpRequest) -> dict[str, Any]:
    return {
        "product": {
            "name": settings.PRODUCT_NAME,
            "logo_url": settings.PRODUCT_LOGO_URL,
            "support_email": settings.PRODUCT_SUPPORT_EMAIL,
            "has_colors": bool(settings.PRODUCT_ACCENT_LIGHT or settings.PRODUCT_ACCENT_DARK),
        }
    }
