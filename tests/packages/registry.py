"""An npm registry that has some archives and nothing else. Only as much of one as `npm install` asks for."""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Registry:
    """Serves the archives on a free port of this machine while it is open."""

    def __init__(self, archives: list[Path]) -> None:
        self.archives = {path.name: path for path in archives}
        self.manifests: dict[str, dict[str, object]] = {}
        for path in archives:
            with tarfile.open(path) as archive:
                self.manifests[path.name] = json.load(archive.extractfile("package/package.json"))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self) -> Registry:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def package(self, name: str) -> bytes | None:
        """What a registry says about a package."""
        for file, manifest in self.manifests.items():
            if manifest["name"] == name:
                sum_ = base64.b64encode(hashlib.sha512(self.archives[file].read_bytes()).digest()).decode()
                version = {**manifest, "dist": {"tarball": f"{self.url}-/{file}", "integrity": f"sha512-{sum_}"}}
                number = manifest["version"]
                return json.dumps({"name": name, "dist-tags": {"latest": number}, "versions": {number: version}}).encode()
        return None

    def handler(registry) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = urllib.parse.unquote(self.path.lstrip("/"))
                archive = registry.archives.get(asked.removeprefix("-/"))
                body = archive.read_bytes() if archive else registry.package(asked)
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        return Handler
