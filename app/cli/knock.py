"""Whether the webhook's address answers from here; nothing of ours is sent along."""

import httpx2

DOOR = 405
"""What `/webhook` answers to whoever only looks."""


async def knock(address: str, timeout_seconds: float) -> str:
    """Look at an address; say in half a sentence what is there."""
    try:
        async with httpx2.AsyncClient(timeout=timeout_seconds) as client:
            status = (await client.get(address)).status_code
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        return f"can't be reached from here ({str(error) or type(error).__name__})"
    if status != DOOR:
        return f"leads from here to something else, which answers {status}"
    return "can be reached from here"
