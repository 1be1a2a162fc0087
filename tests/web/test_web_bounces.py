"""A relay's reports of letters that came back."""

import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chaffinch.config import load
from chaffinch.mailing.bounces import return_address
from chaffinch.mailing.subscriptions import address_hash
from chaffinch.newsroom import Newsroom


def test_only_a_relay_that_knows_the_secret_is_heard(tmp_path: Path, serve: Callable[[Any], Any]) -> None:
    (tmp_path / "secret-of-relay").write_text("tell me\n")
    (tmp_path / "config.toml").write_text(
        '[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\nrecipients = ["ann@example.net"]\n'
        '[mail]\nfrom = "d@press.example.org"\nbounces_secret_file = "secret-of-relay"\n'
    )
    room = Newsroom(load(tmp_path / "config.toml"), children=1)
    room.take_over()
    visitor, parts = serve(room.front), room.parts
    (ann,) = parts.subscriptions.list("daily")
    back = return_address(parts.secret, "bounces@press.example.org", ann.id)
    body = json.dumps({"return": back, "kind": "complaint", "why": "they pressed the button"}).encode()
    hashed = address_hash(parts.secret, ann.address)

    def ask(body: bytes, key: bytes) -> Any:
        signature = "sha256=" + hmac.digest(key, body, hashlib.sha256).hex()
        return visitor.ask("POST", "/bounces", body, X_Chaffinch_Signature=signature)

    full = json.dumps({"return": back, "kind": "soft", "why": "over quota"}).encode()
    passing = ask(full, b"tell me")
    forged = ask(body, b"guessed")
    before = parts.subscriptions.suppressed(hashed)
    told = ask(body, b"tell me")
    after = parts.subscriptions.suppressed(hashed)
    odd = [ask(b, b"tell me").status for b in (b"", b"[]", b'{"return": 1, "kind": "mild"}', b"[" * 10_000)]
    room.close()

    assert (forged.status, before) == (403, None)
    assert (passing.status, json.loads(passing.text)) == (200, {"suppressed": False})
    assert (told.status, json.loads(told.text)) == (200, {"suppressed": True})
    assert after is not None
    assert "complaint" in after.why
    assert odd == [400, 400, 400, 400]
