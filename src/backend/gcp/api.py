# How Google is asked.


def _source(name: str) -> tuple[str, str]:
    return SOURCES[name], ""


def _where() -> str:
    return os.environ.get("GOOGLE_CLOUD_PROJECT") or DEFAULT_PROJECT or _setting("GOOGLE_CLOUD_PROJECT")


def _connect(where: str) -> Any:
    # Over REST, which goes through proxies and works after a fork. Another address is set as for gcloud.
    package = _package("google.cloud.secretmanager_v1", "google-cloud-secret-manager")
    other = os.environ.get("CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER")
    options = {"api_endpoint": other.rstrip("/")} if other else None
    return package.SecretManagerServiceClient(transport="rest", client_options=options)


def _ask(client: Any, where: str, path: str) -> dict[str, Any]:
    name = f"projects/{where}/secrets/{path}/versions/latest"
    payload = client.access_secret_version(name=name, retry=None, timeout=_timeout()).payload
    if payload.data_crc32c != _crc32c(payload.data):
        raise _Outage("the answer was damaged on its way")
    try:
        return {"": payload.data.decode()}
    except ValueError:
        raise _Refused("it is not a text") from None


def _crc32c(data: bytes) -> int:
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def _explain(error: Exception) -> _Failure:
    name, status = type(error).__name__, getattr(error, "code", None)
    if name == "DefaultCredentialsError":
        return _Failure(f"no login to Google is set up: set GOOGLE_APPLICATION_CREDENTIALS ({OR_ENV})")
    if name == "RefreshError":
        return (_Outage if getattr(error, "retryable", False) else _Refused)("the login was refused")
    if not isinstance(status, int):
        return _unanswered(error)
    try:
        answer: Any = getattr(error, "response", None)
        word = answer.json()["error"]["status"]
    except Exception:
        word = ""
    if status == 404 and word == "NOT_FOUND":  # any other comes from a proxy or a wrong address
        return _Missing(word)
    return _http(int(status), word)


