"""The sender: so many connections, kept alive, each sends the next letter when it is answered."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httptools


@dataclass
class Load:
    """What came back: seconds of each answer with 2xx, and how many were of another kind."""

    began: float = 0.0
    ended: float = 0.0
    waits: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def per_second(self) -> float:
        return len(self.waits) / (self.ended - self.began)

    def quantile(self, share: float) -> float:
        """Give the seconds that this share of the answers took at most."""
        waits = sorted(self.waits)
        return waits[min(len(waits) - 1, int(share * len(waits)))]


class Sender(asyncio.Protocol):
    """One connection."""

    def __init__(self, letters: Iterator[bytes], until: float, load: Load) -> None:
        self._letters, self._until, self._load = letters, until, load
        self._parser = httptools.HttpResponseParser(self)
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() // 100 == 2:
            self._load.waits.append(time.monotonic() - self._sent)
        else:
            self._load.refused += 1
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionResetError("the peer closed the connection"))

    def _send(self) -> None:
        letter = next(self._letters, None) if time.monotonic() < self._until else None
        if letter is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._sent = time.monotonic()
        self._transport.write(letter)


async def press(
    address: str, letters: Sequence[bytes], connections: int, seconds: float = 600.0
) -> Load:
    """Send letters until there are no more or the time is over."""
    place = urlsplit(address)
    host, port = place.hostname or "", place.port or 80
    loop, load, rest = asyncio.get_running_loop(), Load(), iter(letters)
    load.began = time.monotonic()
    senders = [
        (
            await loop.create_connection(
                lambda: Sender(rest, load.began + seconds, load), host, port
            )
        )[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(sender.done for sender in senders))
    load.ended = time.monotonic()
    return load
