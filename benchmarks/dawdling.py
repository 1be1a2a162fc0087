"""How long others wait while hundreds of connections dawdle: `python benchmarks/dawdling.py [HOW_MANY]`."""

from __future__ import annotations

import http.client
import socket
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from chaffinch.config import Web, parse
from chaffinch.newsroom import Newsroom
from chaffinch.web.app import build
from chaffinch.web.patience import Patient
from chaffinch.web.server import Server

ASKED = 200


def main() -> None:
    """Print the answers and their median time before, while and after."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 900
    with TemporaryDirectory() as folder:
        room = Newsroom(parse("", Path(folder) / "config.toml"), children=1)
        server = Server(build(room.front), Web(bind="127.0.0.1:0"))
        server.start()
        print("nobody dawdles:", _told(server.port))
        began = time.perf_counter()
        dawdling = [_begun(server.port) for _ in range(number)]
        print(f"{number} dawdle:", _told(server.port))
        while dawdling[-1].recv(1):
            pass
        print(f"all are gone after {time.perf_counter() - began:.1f} s (to_ask = {Patient.to_ask:g} s)")
        print("afterwards:", _told(server.port))
        server.stop(2)
        room.close()


def _begun(port: int) -> socket.socket:
    """A connection on which a request began and does not go on."""
    sock = socket.create_connection(("127.0.0.1", port))
    sock.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
    return sock


def _told(port: int) -> str:
    statuses, times = Counter[int](), list[float]()
    for _ in range(ASKED):
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        answer.read()
        connection.close()
        statuses[answer.status] += 1
        times.append(time.perf_counter() - began)
    return f"{dict(statuses)}, median {1000 * statistics.median(times):.1f} ms"


if __name__ == "__main__":
    main()
