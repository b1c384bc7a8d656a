# How Azure is asked.


def _source(name: str) -> tuple[str, str]:
    return SOURCES[name], ""


def _where() -> str:
    url = os.environ.get("AZURE_KEYVAULT_URL") or DEFAULT_VAULT_URL or _setting("AZURE_KEYVAULT_URL")
    if not url.startswith("https://"):
        raise _Failure("AZURE_KEYVAULT_URL does not begin with https://")
    return url


def _connect(where: str) -> Any:
    vault = _package("azure.keyvault.secrets", "azure-keyvault-secrets")
    credential = _package("azure.identity", "azure-identity").DefaultAzureCredential()
    # A token goes only to hosts below the one that it is for, and to this computer.
    is_here = re.fullmatch(r"https://(localhost|127\.[\d.]+|\[::1\])(:\d+)?/?", where) is not None
    limits = {"retry_total": 0, "connection_timeout": _timeout(), "read_timeout": _timeout()}
    return vault.SecretClient(where, credential, verify_challenge_resource=not is_here, **limits)


def _ask(client: Any, where: str, path: str) -> dict[str, Any]:
    value = client.get_secret(path).value
    if value is None:
        raise _Refused("the answer is not a secret")
    return {"": value}


def _explain(error: Exception) -> _Failure:
    status = getattr(error, "status_code", None)
    if status is None and type(error).__name__ in ("ClientAuthenticationError", "CredentialUnavailableError"):
        return _Failure(f"no login to Azure is set up: set AZURE_CLIENT_ID and the like, or run az login ({OR_ENV})")
    if status is None:
        return _unanswered(error)
    word = getattr(getattr(error, "error", None), "code", None)
    if status == 404 and word == "SecretNotFound":  # any other comes from a proxy or a wrong address
        return _Missing(word)
    return _http(status, word)


