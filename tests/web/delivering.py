"""The headers that GitHub sends with a delivery."""

import hmac
import uuid

SECRET = "it's a secret to everybody"


def signed(body: bytes, *, secret: str = SECRET, **other: str | None) -> dict[str, str]:
    """Give the headers of a delivery of `body`; keyword arguments replace, None leaves out."""
    headers = {
        "content-type": "application/json",
        "x-github-event": "pull_request",
        "x-github-delivery": str(uuid.uuid4()),
        "x-hub-signature-256": f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}",
    }
    for name, value in other.items():
        headers.pop(name.replace("_", "-"), None)
        if value is not None:
            headers[name.replace("_", "-")] = value
    return headers
