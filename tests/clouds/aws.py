"""AWS Secrets Manager for tests: `moto_server`, with a door before it that keeps the audit and can be shut.

    with Aws() as aws:
        aws.put("team/server", {"A_TOKEN": "one"})
        run(program, env=clean_env(**aws.env()))
        assert aws.reads() == ["team/server"]

IAM and STS are moto's, too. What moto has not is in `aws_iam.py`, before it: simulations, policies of AWS, and pages
of what an account holds.

Needs `pip install 'moto[secretsmanager]' flask flask-cors` (or `moto[server]`) in the Python that runs this.
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
import urllib.parse
import uuid
from collections.abc import Mapping
from typing import Any

from aws_iam import Iam
from fake import LOOPBACK, Answer, Cloud, Request, clean_env, free_port, serve, stamp

REGION = "us-east-1"
ACCOUNT = "123456789012"
# AWS says most of what goes wrong with status 400 and a name.
NAMED = {401: (400, "UnrecognizedClientException"), 403: (400, "AccessDeniedException")}
NAMED |= {404: (400, "ResourceNotFoundException"), 429: (400, "ThrottlingException")}


class Aws(Cloud):
    def __init__(self) -> None:
        self._port = free_port()
        command = [sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(self._port)]
        quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._moto = subprocess.Popen(command, env=clean_env(), **quiet)
        self.denied: set[str] = set()  # actions of all services, as `iam:GetRole`
        self.iam = Iam(self._forward)
        super().__init__()
        for _ in range(600):
            if self._moto.poll() is not None:
                raise RuntimeError("moto does not start: see the top of aws.py")
            try:
                self._forward(Request("GET", "/moto-api/data.json", {}, b""))
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("moto does not come up")

    def close(self) -> None:
        super().close()
        if self._moto.poll() is None:
            self._moto.kill()
        self._moto.wait()

    def env(self) -> dict[str, str]:
        key = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}
        where = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
        services = dict.fromkeys(("IAM", "SECRETS_MANAGER", "STS"), self.server.url)
        return {**{f"AWS_ENDPOINT_URL_{name}": url for name, url in services.items()}, **where, **key}

    def put(self, path: str, values: Mapping[str, str]) -> None:
        text = values[""] if "" in values else json.dumps(dict(values))
        self.put_text(path, text)

    def put_text(self, path: str, text: str) -> None:
        """A secret that is not a JSON object, too."""
        status, _ = self.api("CreateSecret", Name=path, SecretString=text)
        if status != 200:
            status, said = self.api("PutSecretValue", SecretId=path, SecretString=text)
            assert status == 200, said

    def get(self, path: str) -> dict[str, str] | None:
        status, said = self.api("GetSecretValue", SecretId=path, VersionStage="AWSCURRENT")
        if status != 200:
            return None
        try:
            held = json.loads(said["SecretString"])
        except ValueError:
            held = None
        return held if isinstance(held, dict) else {"": said["SecretString"]}

    def delete(self, path: str, force: bool = False) -> None:
        """Marks it for deletion, or deletes it at once."""
        how = {"ForceDeleteWithoutRecovery": True} if force else {"RecoveryWindowInDays": 7}
        self.api("DeleteSecret", SecretId=path, **how)

    def api(self, action: str, **arguments: Any) -> tuple[int, dict[str, Any]]:
        """Calls moto, not through the door: status and answer."""
        sent = f"Credential=testing/20260101/{REGION}/secretsmanager/aws4_request"
        headers = {"x-amz-target": f"secretsmanager.{action}", "content-type": "application/x-amz-json-1.1"}
        headers["authorization"] = f"AWS4-HMAC-SHA256 {sent}, SignedHeaders=host, Signature=0"
        answer = self._forward(Request("POST", "/", headers, json.dumps(arguments).encode()))
        return answer.status, json.loads(answer.body)

    def deny(self, *actions: str) -> None:
        """Takes rights from everybody (`iam:GetRole`); without any, gives all back."""
        self.denied = set(actions)

    def answer(self, request: Request) -> Answer:
        target = request.headers.get("x-amz-target", "")
        if target:
            if target.replace(".", ":") in self.denied:
                return self.failure(403)
            return self._forward(request)
        service = request.headers.get("authorization", "").partition("Credential=")[2].split("/")[3:4]
        fields = dict(urllib.parse.parse_qsl(request.body.decode()))
        if f"{''.join(service)}:{fields.get('Action')}" in self.denied:
            return Answer(403, b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code></Error></ErrorResponse>", {"Content-Type": "text/xml"})
        return self.iam.answer(fields) or self._forward(request)

    def failure(self, status: int) -> Answer:
        status, name = NAMED.get(status, (status, "InternalServiceError" if status >= 500 else "InvalidParameterException"))
        return Answer(status, {"__type": name, "message": "made to fail"}, {"Content-Type": "application/x-amz-json-1.1"})

    def reading(self, request: Request) -> str | None:
        if request.headers.get("x-amz-target") != "secretsmanager.GetSecretValue":
            return None
        return str(request.json().get("SecretId"))

    def event(self, request: Request, answer: Answer) -> dict[str, Any] | None:
        """As in "AWS CloudTrail entries for Secrets Manager". Each key id is a role of that name."""
        name = request.headers.get("x-amz-target", "").removeprefix("secretsmanager.")
        if name not in ("GetSecretValue", "PutSecretValue", "CreateSecret", "DescribeSecret"):
            return None
        key = re.search(r"Credential=([^/]+)/", request.headers.get("authorization", ""))
        role = key[1] if key else "nobody"
        asked, said = request.json(), json.loads(answer.body)
        # What is secret is left out.
        shown = {field[0].lower() + field[1:]: value for field, value in asked.items() if field != "SecretString"}
        made = {"arn": said["ARN"], "versionId": said.get("VersionId")} if name in ("PutSecretValue", "CreateSecret") else None
        issuer = {"type": "Role", "principalId": "AROAFAKE", "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "userName": role}
        return {
            "eventVersion": "1.09",
            "userIdentity": {
                "type": "AssumedRole",
                "principalId": f"AROAFAKE:{role}-session",
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{role}-session",
                "accountId": ACCOUNT,
                "sessionContext": {"sessionIssuer": {**issuer, "accountId": ACCOUNT}, "attributes": {"mfaAuthenticated": "false"}},
            },
            "eventSource": "secretsmanager.amazonaws.com",
            "eventName": name,
            "awsRegion": REGION,
            "sourceIPAddress": "203.0.113.7",
            "userAgent": request.headers.get("user-agent", ""),
            "requestParameters": shown,
            "responseElements": made,
            "eventID": str(uuid.uuid4()),
            "readOnly": made is None,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        }

    def timed(self, event: dict[str, Any], seconds: float) -> dict[str, Any]:
        return {**event, "eventTime": stamp(seconds, 0)}

    def _forward(self, request: Request) -> Answer:
        moto = http.client.HTTPConnection(LOOPBACK, self._port, timeout=20)
        try:
            kept = {k: v for k, v in request.headers.items() if k not in ("connection", "accept-encoding", "content-length", "expect")}
            moto.request(request.method, request.path, request.body, kept)
            reply = moto.getresponse()
            kind = {"Content-Type": reply.getheader("Content-Type") or "application/json"}
            request_id = reply.getheader("x-amzn-RequestId")
            return Answer(reply.status, reply.read(), {**kind, **({"x-amzn-RequestId": request_id} if request_id else {})})
        finally:
            moto.close()


if __name__ == "__main__":
    serve(Aws)
