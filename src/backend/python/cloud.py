OR_ENV = "SECRETS_BACKEND=env reads the environment instead"


class _Cloud(_Manager):
    """Asks with the client that the cloud publishes, which is imported and made at the first read."""

    def __init__(self) -> None:
        super().__init__()
        self._client_lock = threading.Lock()
        self._client: tuple[str, Any] | None = None  # with the place that it is for
        self._worked = False

    def loaded(self) -> bool:
        return self._client is not None

    def _fetch(self, path: str, since: _Moment) -> dict[str, Any]:
        where = _where()
        again = False
        while True:
            try:
                client = self._connected(where)
                _hush()
                data = _ask(client, where, path)
                self._worked = True
                return data
            except Exception as error:
                failure = error if isinstance(error, _Failure) else _explain(error)
            if type(failure) is _Missing:
                self._worked = True
                return {}
            if type(failure) is _Failure and self._worked:
                raise _Outage(str(failure))  # a login that there was is gone only for a while
            if not isinstance(failure, _Outage):
                self._client = None  # another client may have another login
            # Without an answer once more, since it may have been a connection that was kept for too long.
            if again or type(failure) is not _Unanswered or str(failure) == "timed out":
                raise failure
            again = True

    def _connected(self, where: str) -> Any:
        with self._client_lock:
            if self._client is None or self._client[0] != where:
                self._client = where, _connect(where)
            return self._client[1]


class _Missing(_Failure):
    """There is no such secret."""


class _Unanswered(_Outage):
    """No answer came."""


def _package(name: str, distribution: str) -> Any:
    # Not an import, for type checkers that do not know it and for programs that run with SECRETS_BACKEND=env.
    try:
        return importlib.import_module(name)
    except ImportError:
        raise _Failure(f"there is no package {distribution}: pip install {distribution} ({OR_ENV})") from None


def _http(status: int, word: object) -> _Failure:
    """Of the texts of an answer, only what is a word is passed on."""
    word = f" ({word})" if re.fullmatch("[A-Za-z_]{1,60}", str(word or "")) else ""
    return (_Outage if status == 429 or status >= 500 else _Refused)(f"HTTP {status}{word}")


def _unanswered(error: BaseException) -> _Failure:
    """The kind of an error that has no answer: its text may have the address or a header in it."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return _Unanswered(f"TLS: {getattr(cause, 'verify_message', '') or cause.reason}")
        if isinstance(cause, socket.gaierror):
            return _Unanswered(f"host not found ({cause.strerror})")
        if isinstance(cause, TimeoutError) or "Timeout" in type(cause).__name__:
            return _Unanswered("timed out")
        if isinstance(cause, OSError) and cause.errno in errno.errorcode:
            return _Unanswered(errno.errorcode[cause.errno or 0])
    return _Unanswered(type(error).__name__)


def _causes(error: BaseException) -> list[BaseException]:
    """The innermost first."""
    found: list[BaseException] = [error]
    for cause in found:
        named = [getattr(cause, name, None) for name in ("reason", "inner_exception")]
        inner = (cause.__cause__, cause.__context__, *named, *cause.args)
        found += [each for each in inner if isinstance(each, BaseException) and each not in found]
    return found[::-1]


def _place(path: str) -> str:
    return path


def _timeout() -> float:
    return _number("SECRETS_TIMEOUT_SECONDS", 5.0) or 5.0


def _patience() -> float:
    # The import is not waiting for the cloud.
    return _timeout() + (0.0 if isinstance(_manager, _Cloud) and _manager.loaded() else 30.0)


_manager: _Manager = _Cloud()
