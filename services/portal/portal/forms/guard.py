"""A form is taken only from a page of ours: its token belongs to a cookie that other sites can neither read nor set."""

import hashlib
import hmac
import secrets


class ForeignForm(Exception):
    """The form does not come from a page of this site, or from one that is too old."""


def new_secret() -> str:
    """The value of a visitor's guard cookie."""
    return secrets.token_urlsafe(24)


def token(identity_key: str, secret: str) -> str:
    """What a form carries to show that it was rendered for the visitor with this secret."""
    return hmac.digest(identity_key.encode(), b"portal form " + secret.encode(), hashlib.sha256).hex()


def check(identity_key: str, secret: str | None, sent: str | None) -> None:
    """Raises ForeignForm unless the form's token belongs to the visitor's secret."""
    if not secret or not sent or not hmac.compare_digest(token(identity_key, secret).encode(), sent.encode()):
        raise ForeignForm
