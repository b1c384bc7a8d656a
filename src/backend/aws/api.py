# How AWS is asked.


def _source(name: str) -> tuple[str, str]:
    return SOURCES[name]


def _where() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or DEFAULT_REGION


def _connect(where: str) -> Any:
    boto3 = _package("boto3", "boto3")
    limits = {"connect_timeout": _timeout(), "read_timeout": _timeout(), "retries": {"total_max_attempts": 1}}
    config = _package("botocore.config", "boto3").Config(**limits)
    return boto3.session.Session().client("secretsmanager", region_name=where or None, config=config)


def _ask(client: Any, where: str, path: str) -> dict[str, Any]:
    answer = client.get_secret_value(SecretId=path, VersionStage="AWSCURRENT")
    try:
        data = json.loads(answer.get("SecretString") or answer.get("SecretBinary") or "")
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise _Refused("it is not a JSON object")
    return data


def _explain(error: Exception) -> _Failure:
    name = type(error).__name__
    if name == "NoRegionError":
        return _Failure(f"AWS_REGION is not set ({OR_ENV})")
    if name in ("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "TokenRetrievalError"):
        login = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY"
        return _Failure(f"no login to AWS is set up: {login} ({OR_ENV})")
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict):
        return _unanswered(error)
    said = answer.get("Error") or {}
    code, status = str(said.get("Code")), int(answer["ResponseMetadata"]["HTTPStatusCode"])
    deleted = code == "InvalidRequestException" and "marked" in str(said.get("Message"))
    if deleted or code == "ResourceNotFoundException":
        return _Missing(code)
    failure = _http(status, code)
    return _Outage(str(failure)) if "Throttl" in code or "TooManyRequests" in code else failure


