class _Quiet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.threadName != "secrets"


_quiet = _Quiet()


def _hush() -> None:
    """Clients log answers where a program asks for all that there is to log. Not those to the thread that fetches."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("azure", "boto3", "botocore", "google", "msal", "requests", "urllib3"):
            logging.getLogger(name).addFilter(_quiet)


