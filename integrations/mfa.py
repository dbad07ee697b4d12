"""Seals the secrets of second factors at rest. Called by allauth through settings.MFA_ADAPTER."""

from allauth.mfa.adapter import DefaultMFAAdapter

from integrations.fields import seal, unseal


class SealedSecretsAdapter(DefaultMFAAdapter):
    """Keeps TOTP secrets and recovery seeds encrypted with the rotatable keys of all other secrets."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)
