KEEP_SECONDS = 300.0  # no value is used for longer than this without a new answer
REST_SECONDS = 2.0  # after a failure, the manager is left alone for this long

__all__ = ["SOURCES", "SecretError", "env_or_secrets", "preload", "preload_sync", "secrets"]


class SecretError(Exception):
    """The manager cannot be read. Not a KeyError, so that an outage is never taken for a secret that is not set."""


class _Secrets(Mapping[str, str]):
    def __getitem__(self, name: str) -> str:
        path, key = _source(name)
        if _backend() == "env":
            return os.environ[name]
        # Error reporters send the local variables of frames: none that may raise has a value of another name.
        value = _read(name, path).value(key)
        if value is None:
            raise KeyError(name)
        return value

    def __len__(self) -> int:
        return len(SOURCES)

    def __iter__(self) -> Iterator[str]:
        # Loggers and error reporters copy every mapping that they meet. This also stops dict(secrets) and **secrets.
        raise TypeError("secrets cannot be listed: ask for one by its name")

    def __reduce__(self) -> str:
        return "secrets"  # pickled and copied by its name, without values


class _EnvOrSecrets(Mapping[str, str]):
    def __getitem__(self, name: str) -> str:
        return secrets[name] if name in SOURCES else os.environ[name]

    def __len__(self) -> int:
        return len(os.environ)

    def __iter__(self) -> Iterator[str]:
        raise TypeError("env_or_secrets cannot be listed: ask for one by its name")

    def __reduce__(self) -> str:
        return "env_or_secrets"


async def preload() -> None:
    """Reads all paths of the table, so that no later first read makes the event loop wait."""
    import asyncio

    await asyncio.to_thread(preload_sync)


def preload_sync() -> None:
    """Reads all paths of the table. Raises SecretError if one cannot be read."""
    if _backend() == BACKEND:
        for path, name in {_source(name)[0]: name for name in SOURCES}.items():
            _read(name, path)


def _read(name: str, path: str) -> _Held:
    answer = _manager.get(path)
    if isinstance(answer, _Failure):
        raise SecretError(f"{name}: cannot read {_place(path)} from {MANAGER}: {answer}")
    return answer


class _Held:
    """The keys of one path. A plain class, since its repr must not show them."""

    def __init__(self, data: dict[str, Any], since: _Moment) -> None:
        self._data, self.since = data, since

    def value(self, key: str) -> str | None:
        value = self._data.get(key)
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Failure(Exception):
    """A wrong setting. The text names what is wrong and never quotes anything that was sent or received."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.since = _now()


class _Outage(_Failure):
    """No answer, or one that says that the manager cannot answer now: what is held may be used for a while."""


class _Refused(_Failure):
    """The manager answers no: what is held is dropped."""


class _Flight:
    """One fetch, which all who need its path wait for."""

    def __init__(self, patience: float) -> None:
        self.since, self.patience = _now(), patience
        self.done = threading.Event()
        self.outcome: _Held | _Failure | None = None


class _Manager:
    """What is held, and the fetches under way."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # reentrant: a signal handler may read a secret, too
        self._held: dict[str, _Held] = {}
        self._flights: dict[str, _Flight] = {}
        self._failures: dict[str, _Failure] = {}
        self._told = False

    def get(self, path: str) -> _Held | _Failure:
        try:
            ttl = min(_number("SECRETS_TTL_SECONDS", 60.0), KEEP_SECONDS)
            flight = new = None
            with self._lock:
                held = self._held.get(path) if ttl else None
                if held and _age(held.since) <= ttl / 2:
                    return held
                failure = self._failures.get(path)
                if not failure or _age(failure.since) >= REST_SECONDS:
                    flight = self._flights.get(path) if ttl else None
                    if not flight:
                        flight = new = self._flights[path] = _Flight(_patience())
        except _Failure as wrong:
            return wrong
        if new:
            self._start(path, new)
        if held and _age(held.since) <= ttl:
            return held  # and later reads get what the flight brings
        outcome: _Held | _Failure | None = failure
        if flight:
            if not flight.done.wait(max(0.0, flight.patience - _age(flight.since))):
                self._settle(path, flight, _Outage("timed out"))
            outcome = flight.outcome
        assert outcome
        if isinstance(outcome, _Outage) and held and _age(held.since) < KEEP_SECONDS:
            self._tell(outcome)
            return held
        return outcome

    def _fetch(self, path: str, since: _Moment) -> dict[str, Any]:
        """What the manager has at a path now."""
        raise NotImplementedError

    def _start(self, path: str, flight: _Flight) -> None:
        # On a thread of its own: then a read is bounded whatever hangs (a name server, a body that trickles in), and
        # the token is in no frame that an error of a reader has.
        def fly() -> None:
            try:
                outcome: _Held | _Failure = _Held(self._fetch(path, flight.since), flight.since)
            except _Failure as failure:
                outcome = failure
            except Exception as error:
                outcome = _explain(error)
            self._settle(path, flight, outcome)

        try:
            threading.Thread(target=fly, name="secrets", daemon=True).start()
        except RuntimeError:  # no new threads while the interpreter ends
            fly()

    def _settle(self, path: str, flight: _Flight, outcome: _Held | _Failure) -> None:
        with self._lock:
            flight.outcome = flight.outcome or outcome
            if self._flights.get(path) is flight:  # else it is late: nobody waits, and a later answer may be there
                del self._flights[path]
                self._failures.pop(path, None)
                if isinstance(outcome, _Held):
                    self._held[path] = outcome
                    self._told = False
                elif type(outcome) is not _Failure:  # after a wrong setting there is no rest: it may be right in a moment
                    self._failures[path] = outcome
                if isinstance(outcome, _Refused):
                    self._held.pop(path, None)
        flight.done.set()

    def _tell(self, outage: _Outage) -> None:
        with self._lock:
            told, self._told = self._told, True
        if told or sys.stderr is None:  # print(file=None) would write to stdout
            return
        with contextlib.suppress(OSError, ValueError):  # it may be closed
            print(f"secrets: {MANAGER} cannot be read ({outage}); using what was read before", file=sys.stderr)


def _setting(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise _Failure(f"{name} is not set (SECRETS_BACKEND=env reads the environment instead)")
    return value


def _number(name: str, default: float) -> float:
    try:
        number = float(os.environ.get(name) or default)
    except ValueError:
        number = -1.0
    if not 0.0 <= number < 1e6:
        raise _Failure(f"{name} is not a number of seconds")
    return number


# While a computer sleeps, the first clock may stand still; the second may be set back. What looks older counts.
_Moment = tuple[float, float]


def _now() -> _Moment:
    return time.monotonic(), time.time()


def _age(since: _Moment) -> float:
    return max(time.monotonic() - since[0], time.time() - since[1])


def _backend() -> str:
    backend = os.environ.get("SECRETS_BACKEND") or BACKEND
    if backend not in (BACKEND, "env"):
        raise SecretError(f"SECRETS_BACKEND can be {BACKEND} or env")
    return backend


def _reset() -> None:
    # A forked child (gunicorn --preload) has none of the threads, and perhaps locks that one of them held.
    global _manager
    _manager = type(_manager)()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset)
secrets = _Secrets()
env_or_secrets = _EnvOrSecrets()


