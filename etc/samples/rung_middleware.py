"""Lets a request through if its user has a capability; for WSGI and ASGI, and
by can() for anything else.  One file, the standard library alone.

    gate = Rung("https://shop.example", os.environ["RUNG_CHECK_KEY"])
    app = gate.wsgi(app, "export:csv", lambda environ: environ.get("app.user"))
    app = gate.asgi(app, "export:csv", lambda scope: scope.get("user"))

No answer within 300 ms from when its name is looked up, or none that can be
read, means no.  With last_known_good=60 an answer of at most so many seconds
ago, 60 at most, stands in for a server that is away.  "used" and the log say
which it was: "live", "last-known-good" or "closed"; live answers are logged at
the level of debugging.
"""
import asyncio
import base64
import hmac
import json
import logging
import re
import threading
import time
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import quote, urlsplit

log = logging.getLogger("rung")
WHOLE = re.compile(rb"HTTP/1\.\d (\d+).*?\r\ncontent-length: *(\d+)\r\n(?:.*?\r\n)?\r\n(.*)", re.I | re.S)


class Rung:
    def __init__(self, url, key, timeout=0.3, last_known_good=0):
        self.at, self.key, self.timeout, self.life = urlsplit(url), key, timeout, min(last_known_good, 60)
        self.connection = HTTPSConnection if self.at.scheme == "https" else HTTPConnection
        self.idle, self.lock = [], threading.Lock()  # connections that nobody uses
        self.newest, self.known = {}, {}  # user: version, and (user, version, capability): (answer, at)

    def _ask(self, user, capability, end):
        """The status and the body of one answer, all of it before the end."""
        where = f"{self.at.path.rstrip('/')}/v1/users/{quote(user, safe='')}/can/{quote(capability, safe='')}"
        with self.lock:
            kept = self.idle.pop() if self.idle else None
        link = kept or self.connection(self.at.netloc, timeout=end - time.monotonic())
        try:
            if not kept:
                link.connect()
            link.sock.sendall(f"GET {where} HTTP/1.1\r\nHost: {self.at.netloc}\r\n"
                              f"X-API-Key: {self.key}\r\n\r\n".encode())
            got = b""
            while not (answer := WHOLE.match(got)) or len(answer[3]) < int(answer[2]):
                link.sock.settimeout(end - time.monotonic())  # a ValueError when that is over
                part = link.sock.recv(65536)
                if not part:
                    raise ConnectionResetError("closed")
                got += part
        except Exception as error:
            link.close()
            if kept and isinstance(error, ConnectionError):
                return self._ask(user, capability, end)  # the server had closed it as we used it
            raise
        self.idle.append(link)
        return int(answer[1]), answer[3]

    def _remember(self, user, capability, answer):
        version = answer["version"]
        with self.lock:
            if self.life > 0 and version >= self.newest.get(user, 0):  # else it was overtaken on the way
                self.newest[user] = version
                self.known[user, version, capability] = (answer, time.monotonic())
            if len(self.known) > 20000:
                self.newest, self.known = {}, {}

    def _recall(self, user, capability):
        answer, at = self.known.get((user, self.newest.get(user), capability), ({}, 0))
        return answer if time.monotonic() - at < self.life else {}

    def can(self, user, capability):
        """May this user do this?  "allowed" and "used", and what the answer said: "code", "version"."""
        if not isinstance(user, str) or not user:
            return {"allowed": False, "used": "closed"}
        used, level, status, answer, why = "closed", logging.WARNING, 0, {}, "no verdict"
        try:
            status, body = self._ask(user, capability, time.monotonic() + self.timeout)
            got = json.loads(body) if status == 200 else {}
            if (got.get("user"), got.get("capability")) == (user, capability):
                answer = got
        except Exception as error:  # whatever it was, it was no yes
            why = error
        if answer:
            self._remember(user, capability, answer)
            used, level, why = "live", logging.DEBUG, answer["code"]
        elif status in (0, 429) or status >= 500:
            answer = self._recall(user, capability)
            used = "last-known-good" if answer else "closed"
        elif status in (401, 403):
            level, why = logging.ERROR, "the key is refused"
        log.log(level, "rung: %s for %s: status %s, %s", used, capability, status, why)
        return {**answer, "allowed": answer.get("allowed") is True, "used": used}

    def wsgi(self, app, capability, user_of):
        def wrapped(environ, start_response):
            verdict = environ["rung"] = self.can(user_of(environ), capability)
            if verdict["allowed"]:
                return app(environ, start_response)
            start_response("403 Forbidden", [("Content-Type", "text/plain"), ("X-Rung", verdict["used"])])
            return [b"not included\n"]
        return wrapped

    def asgi(self, app, capability, user_of):
        async def wrapped(scope, receive, send):
            if scope["type"] == "lifespan":
                return await app(scope, receive, send)
            verdict = await asyncio.to_thread(self.can, user_of(scope), capability)
            if verdict["allowed"]:
                return await app({**scope, "rung": verdict}, receive, send)
            if scope["type"] != "http":
                return await send({"type": "websocket.close", "code": 1008})
            await send({"type": "http.response.start", "status": 403, "headers": [
                (b"content-type", b"text/plain"), (b"x-rung", verdict["used"].encode())]})
            await send({"type": "http.response.body", "body": b"not included\n"})
        return wrapped


def sign_url(key, path, user, expires):
    """A link to a file behind the gate: the key is what `rung url key` prints,
    the path as on disk, not encoded; expires in seconds since 1970."""
    mac = hmac.digest(key.encode(), f"{path}\n{user}\n{expires}".encode(), "sha256")
    sig = base64.urlsafe_b64encode(mac).decode().rstrip("=")
    return f"{quote(path)}?u={quote(user, safe='')}&exp={expires}&sig={sig}"
