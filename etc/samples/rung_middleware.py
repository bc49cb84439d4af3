"""Lets a request through if its user has a capability; for WSGI and ASGI.

    gate = Rung("https://shop.example", os.environ["RUNG_CHECK_KEY"])
    app = gate.wsgi(app, "export:csv", lambda environ: environ.get("app.user"))
    app = gate.asgi(app, "export:csv", lambda scope: scope.get("user"))
    allowed, used = gate.can("u1", "export:csv")

One file, the standard library alone.  No answer within 300 ms, or none that
can be read, means no.  With last_known_good=60 an answer of at most so many
seconds ago stands in for a server that is away; it is off unless you ask for
it.  can() says which it was: "answer", "last-known-good" or "closed".
"""
import asyncio
import base64
import hashlib
import hmac
import json
import logging
import socket
import ssl
import threading
import time
from urllib.parse import quote, urlsplit

log = logging.getLogger("rung")


class Rung:
    def __init__(self, url, key, timeout=0.3, last_known_good=0):
        self.at, self.key, self.timeout = urlsplit(url), key, timeout
        self.life = min(last_known_good, 60)
        self.local, self.lock, self.known = threading.local(), threading.Lock(), {}

    def _connect(self, left):
        secure = self.at.scheme == "https"
        sock = socket.create_connection(
            (self.at.hostname, self.at.port or (443 if secure else 80)), left())
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if secure:
            sock.settimeout(left())
            sock = ssl.create_default_context().wrap_socket(
                sock, server_hostname=self.at.hostname)
        return sock

    def _exchange(self, sock, where, left):
        """One request; (status, body), and whether the connection may be kept."""
        sock.settimeout(left())
        sock.sendall(f"GET {self.at.path.rstrip('/')}{where} HTTP/1.1\r\nHost: {self.at.netloc}\r\n"
                     f"X-API-Key: {self.key}\r\n\r\n".encode("ascii"))
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more(sock, left)
        head, body = got.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        fields = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        length = int(fields["content-length"])
        while len(body) < length:
            body += self._more(sock, left)
        return int(lines[0].split(" ")[1]), body[:length], fields.get("connection", "") != "close"

    @staticmethod
    def _more(sock, left):
        sock.settimeout(left())
        part = sock.recv(65536)
        if not part:
            raise ConnectionResetError("closed")
        return part

    def _ask(self, where):
        end = time.monotonic() + self.timeout

        def left():
            if end <= time.monotonic():
                raise TimeoutError("no answer in time")
            return end - time.monotonic()

        while True:
            kept = getattr(self.local, "sock", None)
            sock, self.local.sock = kept or self._connect(left), None
            try:
                status, body, keep = self._exchange(sock, where, left)
            except BaseException as error:
                sock.close()
                if kept and isinstance(error, ConnectionError):
                    continue  # closed by the server just as we used it
                raise
            if keep:
                self.local.sock = sock
            else:
                sock.close()
            return status, body

    def _remember(self, user, capability, allowed, version):
        with self.lock:
            state = self.known.pop(user, None)
            if state is None or state[0] < version:
                state = (version, {})
            if state[0] == version:  # else it was overtaken on the way
                state[1][capability] = (allowed, time.monotonic())
            self.known[user] = state  # the latest is last
            if len(self.known) > 10000:
                del self.known[next(iter(self.known))]

    def _without(self, user, capability, why, may_recall):
        with self.lock:
            verdict = self.known.get(user, (0, {}))[1].get(capability)
        good = may_recall and verdict and time.monotonic() - verdict[1] <= self.life
        used = "last-known-good" if good else "closed"
        log.warning("%s for %s: %s", used, capability, why)
        return (verdict[0] if good else False), used

    def can(self, user, capability):
        if not isinstance(user, str) or not user:
            return False, "closed"
        try:
            status, body = self._ask(f"/v1/users/{quote(user, safe='')}/can/{quote(capability, safe='')}")
            answer = json.loads(body) if status == 200 else {}
        except (OSError, TimeoutError) as error:
            return self._without(user, capability, error, True)
        except Exception as error:  # whatever it was, it was no yes
            return self._without(user, capability, error, False)
        if not isinstance(answer, dict) or not isinstance(answer.get("allowed"), bool):
            return self._without(user, capability, f"status {status}", status >= 500 or status == 429)
        if self.life > 0:
            self._remember(user, capability, answer["allowed"], answer["version"])
        return answer["allowed"], "answer"

    def wsgi(self, app, capability, user_of):
        def wrapped(environ, start_response):
            allowed, environ["rung.used"] = self.can(user_of(environ), capability)
            if allowed:
                return app(environ, start_response)
            start_response("403 Forbidden", [("Content-Type", "text/plain"), ("X-Rung", environ["rung.used"])])
            return [b"not included\n"]
        return wrapped

    def asgi(self, app, capability, user_of):
        async def wrapped(scope, receive, send):
            if scope["type"] == "lifespan":
                return await app(scope, receive, send)
            allowed, used = await asyncio.to_thread(self.can, user_of(scope), capability)
            if allowed:
                return await app({**scope, "rung.used": used}, receive, send)
            if scope["type"] != "http":
                return await send({"type": "websocket.close", "code": 1008})
            await send({"type": "http.response.start", "status": 403, "headers": [
                (b"content-type", b"text/plain"), (b"x-rung", used.encode())]})
            await send({"type": "http.response.body", "body": b"not included\n"})
        return wrapped


def sign_url(key, path, user, expires):
    """A link to a file behind the gate: the key is what `rung url key` prints,
    the path as on disk, not encoded; expires in seconds since 1970."""
    mac = hmac.new(key.encode(), f"{path}\n{user}\n{expires}".encode(), hashlib.sha256).digest()
    sig = base64.urlsafe_b64encode(mac).decode().rstrip("=")
    return f"{quote(path)}?u={quote(user, safe='')}&exp={expires}&sig={sig}"
