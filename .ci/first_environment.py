"""Prints a fresh .env for the embedded product: random secrets, nothing else."""

import base64
import os
import secrets

if __name__ == "__main__":
    print(
        "# Written once by the first start. Keep it: what is sealed with these keys opens with nothing else."
    )
    print(f"SECRET_KEY={secrets.token_urlsafe(48)}")
    print(f"FIELD_ENCRYPTION_KEYS={base64.urlsafe_b64encode(os.urandom(32)).decode()}")
    print(f"DEMO_PASSWORD={'-'.join(secrets.token_hex(3) for _ in range(3))}")
