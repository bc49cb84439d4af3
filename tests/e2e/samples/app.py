"""Two routes behind the middleware: app.py wsgi|asgi, by a server that is small."""
import asyncio
import logging
import os
import sys
import time
from types import SimpleNamespace
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../etc/samples"))
import rung_middleware  # noqa: E402

if "RUNG_LOG" in os.environ:
    logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(message)s")
options = {"last_known_good": int(os.environ["RUNG_LAST"])}
if os.environ["RUNG_TIMEOUT"]:
    options["timeout"] = int(os.environ["RUNG_TIMEOUT"]) / 1000
gate = rung_middleware.Rung(os.environ["RUNG_AT"], os.environ["RUNG_KEY"], **options)


def query(text):
    return {name: values[0] for name, values in parse_qs(text).items()}


def sign(key, path, user, exp):
    return rung_middleware.sign_url(key, path, user, exp).encode()


def later(seconds):
    rung_middleware.time = SimpleNamespace(monotonic=lambda: time.monotonic() + float(seconds))
    return b""


routes = {"/csv": "export:csv", "/saml": "sso:saml"}
others = {"/sign": sign, "/later": later}


def wsgi_app(environ, start_response):
    if environ["PATH_INFO"] in others:
        start_response("200 OK", [])
        return [others[environ["PATH_INFO"]](**query(environ["QUERY_STRING"]))]
    return gate.wsgi(wsgi_inner, routes[environ["PATH_INFO"]],
                     lambda e: query(e["QUERY_STRING"]).get("user"))(environ, start_response)


def wsgi_inner(environ, start_response):
    start_response("200 OK", [("X-Rung", environ["rung"]["used"])])
    return [b"{}"]


async def asgi_inner(scope, receive, send):
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"x-rung", scope["rung"]["used"].encode())]})
    await send({"type": "http.response.body", "body": b"{}"})


asgi_apps = {path: gate.asgi(asgi_inner, capability, lambda scope: query(scope["query_string"].decode()).get("user"))
             for path, capability in routes.items()}


async def asgi_serve(reader, writer):
    """As much of an ASGI server as one GET needs."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    path, _, search = head.split(" ")[1].partition("?")
    if path in others:
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + others[path](**query(search)))
    else:
        async def send(event):
            if event["type"] == "http.response.start":
                writer.write(f"HTTP/1.0 {event['status']} X\r\n".encode() + b"".join(
                    k + b": " + v + b"\r\n" for k, v in event["headers"]) + b"\r\n")
            else:
                writer.write(event["body"])
        await asgi_apps[path]({"type": "http", "method": "GET", "path": path,
                        "query_string": search.encode()}, reader.read, send)
    await writer.drain()
    writer.close()


async def asgi_main(port):
    server = await asyncio.start_server(asgi_serve, "127.0.0.1", port)
    await server.serve_forever()


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


if sys.argv[1] == "wsgi":
    make_server("127.0.0.1", int(os.environ["PORT"]), wsgi_app, handler_class=Quiet).serve_forever()
else:
    asyncio.run(asgi_main(int(os.environ["PORT"])))
