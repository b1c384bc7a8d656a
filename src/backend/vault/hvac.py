def _get(method: str, path: str, token: str) -> tuple[int, dict[str, Any]]:
    with _connected(method, token) as client:
        # Whatever a later version does by default, a deleted version is a 404.
        return _reply(client.secrets.kv.v2.read_secret_version, path=path, mount_point=_mount(), raise_on_deleted_version=True)


def _log_in(method: str, mount: str) -> tuple[int, dict[str, Any]]:
    with _connected(method, "") as client:
        if method == "approle":
            return _reply(client.auth.approle.login, **_credentials(method), use_token=False, mount_point=mount)
        if method == "kubernetes":
            return _reply(client.auth.kubernetes.login, **_credentials(method), use_token=False, mount_point=mount)
        if method == "jwt":
            return _reply(client.auth.jwt.jwt_login, **_credentials(method), use_token=False, path=mount)
        header = os.environ.get("VAULT_AWS_SERVER_ID")  # the value of X-Vault-AWS-IAM-Server-ID
        role = _setting("VAULT_AWS_ROLE")
        return _reply(client.auth.aws.iam_login, *_aws(), header_value=header, role=role, use_token=False, mount_point=mount)


def _aws() -> tuple[str, str, str | None]:
    """The keys to sign with. hvac signs for the global endpoint of AWS STS."""
    try:
        session = importlib.import_module("boto3").session.Session()
    except ImportError:
        session_token = None
        with contextlib.suppress(_Failure):  # only keys for a while have one
            session_token = _setting("AWS_SESSION_TOKEN")
        return _setting("AWS_ACCESS_KEY_ID"), _setting("AWS_SECRET_ACCESS_KEY"), session_token
    _hush()
    keys = session.get_credentials()
    if not keys:
        raise _Failure("no identity of AWS was found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY")
    frozen = keys.get_frozen_credentials()
    return frozen.access_key, frozen.secret_key, frozen.token


def _reply(ask: Any, *values: object, **named: object) -> tuple[int, dict[str, Any]]:
    try:
        reply = ask(*values, **named)
    except _package("requests").TooManyRedirects as error:
        reply = error.response
    return reply.status_code, _json(reply.content)


@contextlib.contextmanager
def _connected(method: str, token: str) -> Iterator[Any]:
    """A client for one request, since files with certificates are renewed. All settings are given, so hvac reads none."""
    hvac, address = _package("hvac"), _address(method)
    with _session() as session:
        given = {"url": address, "token": token, "namespace": os.environ.get("VAULT_NAMESPACE") or None, "session": session}
        # Answers as they are, whatever their status: the errors of hvac quote them.
        yield hvac.Client(**given, timeout=_timeout(), adapter=hvac.adapters.RawAdapter, ignore_exceptions=True)


def _session() -> Any:
    requests = _package("requests")
    session, adapter, context = requests.Session(), requests.adapters.HTTPAdapter(), _context()
    adapter.init_poolmanager(1, 1, ssl_context=context)
    adapter.proxy_manager_for = functools.partial(adapter.proxy_manager_for, ssl_context=context)
    adapter.cert_verify = lambda *_: None  # the context does, and trusts nobody else
    session.mount("https://", adapter)
    of_environment, target = session.merge_environment_settings, session.get_redirect_target
    session.merge_environment_settings = lambda *of: {**of_environment(*of), "verify": True, "cert": None}
    session.auth = lambda request: request  # or else that of ~/.netrc

    def one_protocol(reply: Any) -> str | None:
        url: str | None = target(reply)
        scheme = urllib.parse.urljoin(reply.url, url or "").partition(":")[0]
        if url and scheme != "https" and (scheme != "http" or reply.url.startswith("https:")):
            raise _Refused(f"HTTP {reply.status_code} to another protocol")
        return url

    # As the official client: one redirect (a standby names the active node), with the token, never from https to http.
    session.max_redirects, session.get_redirect_target = 1, one_protocol
    return session


def _package(name: str) -> Any:
    # Not an import, for type checkers that do not know it and for programs that run with SECRETS_BACKEND=env.
    try:
        return importlib.import_module(name)
    except ImportError:
        or_env = "SECRETS_BACKEND=env reads the environment instead"
        raise _Failure(f"there is no package {name}: pip install hvac ({or_env})") from None


def _explain(error: Exception) -> _Failure:
    unreachable = isinstance(_cause(error), OSError) and not isinstance(error, ValueError)
    return (_Outage if unreachable else _Failure)(_why(error))


def _cause(error: BaseException) -> object:
    """What is innermost: around it, requests and urllib3 put addresses."""
    found: list[BaseException] = [error]
    for one in found:
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        found += [each for each in inner if isinstance(each, BaseException) and each not in found]
    of_network = (ssl.SSLError, socket.timeout, socket.gaierror)
    known = [one for one in found if isinstance(one, of_network) or getattr(one, "errno", None)]
    return known[-1] if known else error


def _patience() -> float:
    _package("hvac")  # whose import is not waiting for Vault
    return _timeout()


