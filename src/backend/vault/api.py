class _Vault(_Manager):
    """How Vault is asked, and the login."""

    def __init__(self) -> None:
        super().__init__()
        self._login_lock = threading.Lock()
        self._login: tuple[str, _Moment, float] | None = None  # token, since when, for how long

    def _fetch(self, path: str, since: _Moment) -> dict[str, Any]:
        method = _method()
        token = self._token(method)
        status, answer = _get(method, path, token)
        if status == 403:  # the token may have ended, or its file may have been rewritten
            again = self._token(method, rejected=token, since=since)
            if again != token:
                status, answer = _get(method, path, again)
        # A 404 of Vault has no errors, or the metadata of a deleted version; others come from a proxy or a wrong mount.
        if status == 404 and (answer.get("data") or answer.get("errors") == []):
            return {}
        _check(status)
        try:
            return dict(answer["data"]["data"])
        except (KeyError, TypeError, ValueError):
            raise _Refused("the answer is not one of KV version 2") from None

    def _token(self, method: str, rejected: str = "", since: _Moment = (0.0, 0.0)) -> str:
        if method == "agent":
            return ""
        if method == "token":
            return os.environ.get("VAULT_TOKEN", "").strip() or _file(os.environ.get("VAULT_TOKEN_FILE") or "~/.vault-token")
        with self._login_lock:
            token, made, lasts = self._login or ("", since, 0.0)
            # A token that was made for this very fetch is not why it was rejected.
            if not token or _age(made) >= lasts or (token == rejected and made < since):
                now = _now()
                mount = os.environ.get("VAULT_AUTH_MOUNT") or method
                status, answer = _log_in(method, mount)
                _check(status, f" at the login ({method})")
                token = str(answer["auth"]["client_token"])
                self._login = (token, now, answer["auth"]["lease_duration"] * 0.8 or float("inf"))
            return token


def _method() -> str:
    env = os.environ
    configured = {
        "token": bool(env.get("VAULT_TOKEN") or env.get("VAULT_TOKEN_FILE")),
        "agent": bool(env.get("VAULT_PROXY_ADDR") or env.get("VAULT_AGENT_ADDR")),  # it logs in by itself
        "approle": bool(env.get("VAULT_ROLE_ID") and (env.get("VAULT_SECRET_ID") or env.get("VAULT_SECRET_ID_FILE"))),
        "kubernetes": bool(env.get("VAULT_K8S_ROLE")),  # VAULT_K8S_TOKEN_FILE, if it is not where it always is
        "jwt": bool(env.get("VAULT_JWT_ROLE") and env.get("VAULT_JWT_FILE")),
        "aws": bool(env.get("VAULT_AWS_ROLE")),
    }
    forced = env.get("VAULT_AUTH_METHOD")
    if forced:
        if forced not in METHODS:
            raise _Failure(f"VAULT_AUTH_METHOD can be {', '.join(METHODS)}")
        return forced
    for method in METHODS:
        if configured[method]:
            return method
    if os.path.exists(os.path.expanduser("~/.vault-token")):
        return "token"
    _setting("VAULT_ADDR")
    raise _Failure(NO_LOGIN)


def _credentials(method: str) -> dict[str, str]:
    if method == "approle":
        secret_id = os.environ.get("VAULT_SECRET_ID") or _file(_setting("VAULT_SECRET_ID_FILE"))
        return {"role_id": _setting("VAULT_ROLE_ID"), "secret_id": secret_id}
    if method == "kubernetes":
        return {"role": _setting("VAULT_K8S_ROLE"), "jwt": _file(os.environ.get("VAULT_K8S_TOKEN_FILE") or KUBERNETES_JWT)}
    return {"role": _setting("VAULT_JWT_ROLE"), "jwt": _file(_setting("VAULT_JWT_FILE"))}


def _address(method: str) -> str:
    agent = os.environ.get("VAULT_PROXY_ADDR") or os.environ.get("VAULT_AGENT_ADDR") if method == "agent" else None
    address = (agent or _setting("VAULT_ADDR")).rstrip("/")
    if not address.lower().startswith(("https://", "http://")):
        raise _Failure("the address of Vault must start with https:// or http://")
    return address


def _context() -> ssl.SSLContext:
    env = os.environ
    try:
        context = ssl.create_default_context(cafile=env.get("VAULT_CACERT") or None, capath=env.get("VAULT_CAPATH") or None)
        if env.get("VAULT_CLIENT_CERT"):  # with a password given, OpenSSL does not ask for one on the terminal
            context.load_cert_chain(env["VAULT_CLIENT_CERT"], env.get("VAULT_CLIENT_KEY") or None, password="")
    except OSError as error:
        raise _Failure(f"VAULT_CACERT, VAULT_CAPATH, VAULT_CLIENT_CERT or VAULT_CLIENT_KEY: {_why(error)}") from None
    name, wrap = env.get("VAULT_TLS_SERVER_NAME"), context.wrap_socket
    if name:
        context.wrap_socket = lambda sock, **_: wrap(sock, server_hostname=name)  # type: ignore[method-assign]
    return context


def _json(text: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    return answer if isinstance(answer, dict) else {}


def _check(status: int, where: str = "") -> None:
    if status != 200:
        raise (_Outage if status == 429 or status >= 500 else _Refused)(f"HTTP {status}{where}")


def _why(error: Exception) -> str:
    """The kind of an error only: the texts of some have the header, the URL or the body in them."""
    cause = _cause(error)
    if isinstance(cause, socket.timeout):
        return "timed out"
    if isinstance(cause, ssl.SSLError):
        return f"TLS: {getattr(cause, 'verify_message', '') or cause.reason}"
    if isinstance(cause, socket.gaierror):
        return f"host not found ({cause.strerror})"
    if isinstance(cause, ValueError):
        return "a token or a setting has characters that cannot be sent"
    code = cause.errno if isinstance(cause, OSError) else None
    return errno.errorcode.get(code or 0) or type(cause).__name__


def _file(path: str) -> str:
    try:
        with open(os.path.expanduser(path), encoding="utf-8") as file:
            text = file.read().strip()
    except OSError as error:
        raise _Failure(f"{path}: {_why(error)}") from None
    if not text:
        raise _Failure(f"{path} is empty")
    return text


def _timeout() -> float:
    return _number("VAULT_CLIENT_TIMEOUT", 5.0) or 5.0


def _source(name: str) -> tuple[str, str]:
    return SOURCES[name]


def _place(path: str) -> str:
    return f"{_mount()}/{path}"


def _mount() -> str:
    return (os.environ.get("VAULT_KV_MOUNT") or MOUNT).strip("/")


_manager: _Manager = _Vault()
