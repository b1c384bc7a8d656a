def _get(method: str, path: str, token: str) -> tuple[int, dict[str, Any]]:
    return _request(method, f"{_mount()}/data/{path}", token)


def _log_in(method: str, mount: str) -> tuple[int, dict[str, Any]]:
    return _request(method, f"auth/{mount}/login", "", _credentials(method))


def _request(method: str, target: str, token: str, body: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    headers = {"X-Vault-Request": "true"}
    if token:
        headers["X-Vault-Token"] = token
    if os.environ.get("VAULT_NAMESPACE"):
        headers["X-Vault-Namespace"] = os.environ["VAULT_NAMESPACE"]
    url = f"{_address(method)}/v1/{urllib.parse.quote(target)}"
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers)
    try:
        with _opener().open(request, timeout=_timeout()) as reply:
            status, text = reply.status, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            status, text = error.code, error.read()
    return status, _json(text)


class _OneRedirect(urllib.request.HTTPRedirectHandler):
    """As the official client: one redirect (a standby names the active node), with the token, never from https to http."""

    max_redirections = 1

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request:
        if not newurl.startswith("https:") and (req.type == "https" or not newurl.startswith("http:")):
            fp.close()
            raise _Refused(f"HTTP {code} to another protocol")
        return urllib.request.Request(newurl, req.data, req.headers, method=req.get_method())


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=_context()), _OneRedirect)


def _explain(error: Exception) -> _Failure:
    unreachable = isinstance(error, (OSError, http.client.HTTPException))
    return (_Outage if unreachable else _Failure)(_why(error))


def _cause(error: Exception) -> object:
    return error.reason if isinstance(error, urllib.error.URLError) else error


def _patience() -> float:
    return _timeout()


