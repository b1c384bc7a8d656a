"""What the fakes of the clouds share: an HTTP server on loopback that can be stopped, be slow and fail.

`gcp.py` and `azure.py` answer by themselves; `aws.py` stands before moto. Each of them can also be run by a program that
is not Python (see `serve`). Python 3.10 or newer, standard library only.
"""

from __future__ import annotations

import atexit
import http.server
import json
import shutil
import socket
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "accessor"))

from bao import LOOPBACK, clean_env, free_port, make_certificates, openssl  # noqa: E402

__all__ = ["LOOPBACK", "Answer", "Cloud", "Request", "Server", "clean_env", "free_port", "make_certificates", "openssl", "serve", "stamp"]


@dataclass
class Request:
    method: str
    path: str  # with the query
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def json(self) -> dict[str, Any]:
        return json.loads(self.body) if self.body else {}


@dataclass
class Answer:
    status: int
    body: Any = None  # sent as JSON, or as it is when it is bytes
    headers: dict[str, str] = field(default_factory=dict)


class Server:
    """Answers what a function says, on a port that stays the same when it is stopped and started again."""

    def __init__(self, answer: Callable[[Request], Answer], certificates: Path | None = None) -> None:
        self.port = free_port()
        self.url = f"{'https' if certificates else 'http'}://{LOOPBACK}:{self.port}"
        self.seconds = 0.0  # before each answer
        self._answer, self._context = answer, None
        if certificates:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
        self._open: set[socket.socket] = set()
        self._server: http.server.ThreadingHTTPServer | None = None
        self.start()

    def start(self) -> None:
        if self._server:
            return
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def setup(self) -> None:
                if server._context:  # here and not where connections are accepted, so that a slow one holds up no other
                    self.request = server._context.wrap_socket(self.request, server_side=True)
                server._open.add(self.request)
                super().setup()

            def finish(self) -> None:
                server._open.discard(self.request)
                super().finish()
                self.request.close()

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                names = {name.lower(): value for name, value in self.headers.items()}
                answer = server._answer(Request(self.command, self.path, names, body))
                time.sleep(server.seconds)
                data = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_: object) -> None:
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_: object) -> None:
                if not isinstance(sys.exc_info()[1], OSError):  # a client that has gone, or does not trust us
                    super().handle_error(*_)

        self._server = Quiet((LOOPBACK, self.port), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Nothing listens on the port any more, and connections that are kept open end."""
        if not self._server:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        for kept in list(self._open):
            try:
                kept.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Cloud:
    """A manager of secrets, and what can happen to it. Subclasses say how it answers."""

    tls = False

    def __init__(self) -> None:
        self.dir = Path(tempfile.mkdtemp(prefix="clouds-"))
        atexit.register(self.close)
        if self.tls:
            make_certificates(self.dir)
        self._lock = threading.RLock()
        self._reads: list[str] = []
        self._events: list[dict[str, Any]] = []
        self._failing: int | None = None
        self.server = Server(self._front, self.dir if self.tls else None)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    # --- What a test does.

    def env(self) -> dict[str, str]:
        """The variables with which clients come here."""
        raise NotImplementedError

    def put(self, path: str, values: Mapping[str, str]) -> None:
        """A new version; one value has the key ""."""
        raise NotImplementedError

    def get(self, path: str) -> dict[str, str] | None:
        """What is held at a path now. Is not in the audit."""
        raise NotImplementedError

    def rotate(self, path: str, key: str, value: str) -> None:
        """A new version with one value changed."""
        self.put(path, {**(self.get(path) or {}), key: value})

    def reads(self) -> list[str]:
        """The audit: the paths whose values were asked for, allowed or not, with each attempt of a client."""
        with self._lock:
            return list(self._reads)

    def forget(self) -> None:
        """`reads()` tells only of what happens from now on."""
        with self._lock:
            self._reads.clear()

    def events(self) -> list[dict[str, Any]]:
        """The audit in the shape that this cloud documents, with who asked: reads and writes that were allowed."""
        with self._lock:
            return list(self._events)

    def fail(self, status: int | None) -> None:
        """Answers this from now on, in the way of this cloud; None ends it."""
        self._failing = status

    def delay(self, seconds: float) -> None:
        """From now on answers come only after so long."""
        self.server.seconds = seconds

    def stop(self) -> None:
        self.server.stop()

    def start(self) -> None:
        """Listens again, on the same port and with all that is held."""
        self.server.start()

    # --- What a subclass says.

    def answer(self, request: Request) -> Answer:
        raise NotImplementedError

    def failure(self, status: int) -> Answer:
        """How this cloud says a status."""
        raise NotImplementedError

    def reading(self, request: Request) -> str | None:
        """The path whose value a request asks for, if it asks for one."""
        raise NotImplementedError

    def event(self, request: Request, answer: Answer) -> dict[str, Any] | None:
        """What the audit log has of a request that was answered, without the time."""
        raise NotImplementedError

    def timed(self, event: dict[str, Any], seconds: float) -> dict[str, Any]:
        """With a time, as exact as this cloud tells it."""
        raise NotImplementedError

    def _front(self, request: Request) -> Answer:
        with self._lock:
            path = self.reading(request)
            if path is not None:
                self._reads.append(path)
            if self._failing is not None:
                return self.failure(self._failing)
            answer = self.answer(request)
            event = self.event(request, answer) if answer.status == 200 else None
            if event:
                self._events.append(self.timed(event, time.time()))
            return answer


def stamp(seconds: float, digits: int) -> str:
    """A time as logs write it, with so many digits of a second, and cut off behind them."""
    whole = int(seconds)
    rest = f".{int((seconds - whole) * 10**digits):0{digits}}" if digits else ""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + rest + "Z"


def serve(cloud: type[Cloud]) -> None:
    """For programs in other languages: prints the variables for a client as a line of JSON, then takes a line such as
    `["put", "team/server", {"A_TOKEN": "one"}]` for each call and answers its result. Ends with its standard input."""
    with cloud() as running:
        print(json.dumps(running.env()), flush=True)
        for line in sys.stdin:
            name, *arguments = json.loads(line)
            print(json.dumps(getattr(running, name)(*arguments)), flush=True)
