"""What hvac does or would do: the login by an identity of AWS, and what it takes from places that are not ours.

OpenBao has no login by AWS, so a stand-in takes it, and asks OpenBao for the rest.
"""

import base64
import hashlib
import hmac
import json
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from bao import Answer, Stub, clean_env
from support import THROUGH, Case, kv

ID, KEY = "AKIAFIXTURE", "fixture-secret-key"


def signature(headers, body):
    """What AWS computes, who has the key, too."""
    day, names = headers["X-Amz-Date"][:8], sorted(name.lower() for name in headers if name != "Authorization")
    lower = {name.lower(): text for name, text in headers.items()}
    lines = ["POST", "/", "", *(f"{name}:{lower[name]}" for name in names), "", ";".join(names), hashlib.sha256(body).hexdigest()]
    scope = f"{day}/us-east-1/sts/aws4_request"
    text = ["AWS4-HMAC-SHA256", headers["X-Amz-Date"], scope, hashlib.sha256("\n".join(lines).encode()).hexdigest()]
    key = ("AWS4" + KEY).encode()
    for part in [*scope.split("/"), "\n".join(text)]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


@unittest.skipUnless(THROUGH == "library", "hvac only")
class Elsewhere(Case):
    def test_no_password_of_netrc_is_sent(self):
        home = Path(tempfile.mkdtemp(dir=clean_env()["HOME"]))
        (home / ".netrc").write_text("machine 127.0.0.1 login somebody password fixture-password\n")
        with Stub(lambda _: Answer(200, kv({"A_TOKEN": "value-one"}))) as stub:
            self.assertEqual(self.program(VAULT_ADDR=stub.addr, HOME=home).read("A_TOKEN"), "value-one")
        self.assertNotIn("authorization", stub.requests[0].headers)

    def test_no_other_authority_is_trusted(self):
        bao = self.own_bao(tls=True)
        self.put({"A_TOKEN": "value-one"}, bao)
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            self.fails(self.program(bao, **{name: bao.ca}), "secrets['A_TOKEN']", "TLS: ", "certif")
        self.assertEqual(bao.audit(), [])

    def test_without_hvac(self):
        program = self.program()
        program("import sys; sys.modules['hvac'] = None")
        self.fails(program, "secrets['A_TOKEN']", "pip install hvac", "SECRETS_BACKEND=env")


@unittest.skipUnless(THROUGH == "library", "hvac only")
class Aws(Case):
    def setUp(self):
        super().setUp()
        self.put({"A_TOKEN": "value-one"})
        self.values += [KEY, "fixture-session"]
        self.policy = self.bao.policy(self.path)
        self.logins, self.tokens = [], []

    def answer(self, request):
        if request.method == "POST":
            self.assertNotIn("x-vault-token", request.headers)
            self.logins.append((request.path, json.loads(request.body)))
            self.tokens.append(self.bao.token(self.policy))
            return Answer(200, {"auth": {"client_token": self.tokens[-1], "lease_duration": 60}})
        asked = urllib.request.Request(self.bao.addr + request.path, headers={"X-Vault-Token": request.headers["x-vault-token"]})
        try:
            with urllib.request.urlopen(asked) as reply:
                return Answer(reply.status, reply.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read())

    def logs_in(self, boto3=False, **settings):
        stub = Stub(self.answer)
        self.addCleanup(stub.close)
        program = self.program(VAULT_ADDR=stub.addr, VAULT_TOKEN=None, VAULT_AWS_ROLE="the-role", **settings)
        if not boto3:
            program("import sys; sys.modules['boto3'] = None")
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        return program

    def signed(self):
        """The headers of the request to AWS that Vault is to send."""
        _, login = self.logins[-1]
        body = base64.b64decode(login["iam_request_body"])
        self.assertEqual((login["role"], login["iam_http_request_method"]), ("the-role", "POST"))
        self.assertEqual(base64.b64decode(login["iam_request_url"]), b"https://sts.amazonaws.com/")
        self.assertEqual(body, b"Action=GetCallerIdentity&Version=2011-06-15")
        headers = {name: text for name, (text,) in json.loads(base64.b64decode(login["iam_request_headers"])).items()}
        self.assertIn(f"Credential={ID}/", headers["Authorization"])
        self.assertTrue(headers["Authorization"].endswith("Signature=" + signature(headers, body)))
        self.assertNotIn(KEY, str((login, headers)))
        return headers

    def test_with_the_keys_of_the_environment(self):
        self.logs_in(AWS_ACCESS_KEY_ID=ID, AWS_SECRET_ACCESS_KEY=KEY)
        self.assertEqual(self.logins[0][0], "/v1/auth/aws/login")
        self.assertNotIn("X-Vault-AWS-IAM-Server-ID", self.signed())

    def test_with_a_session_a_mount_and_the_id_of_the_server(self):
        settings = {"VAULT_AUTH_MOUNT": "aws/eu", "VAULT_AWS_SERVER_ID": "vault.example", "AWS_SESSION_TOKEN": "fixture-session"}
        self.logs_in(AWS_ACCESS_KEY_ID=ID, AWS_SECRET_ACCESS_KEY=KEY, **settings)
        self.assertEqual(self.logins[0][0], "/v1/auth/aws/eu/login")
        headers = self.signed()
        self.assertEqual(headers["X-Vault-AWS-IAM-Server-ID"], "vault.example")
        self.assertEqual(headers["X-Amz-Security-Token"], "fixture-session")

    def test_with_what_boto3_finds(self):
        file = Path(tempfile.mkdtemp(dir=clean_env()["HOME"])) / "credentials"
        file.write_text(f"[server]\naws_access_key_id = {ID}\naws_secret_access_key = {KEY}\n")
        settings = {"AWS_SHARED_CREDENTIALS_FILE": file, "AWS_PROFILE": "server"}
        program = self.logs_in(boto3=True, **settings)
        self.signed()
        program("import logging; logging.basicConfig(level=logging.DEBUG); vault_secrets._reset()")
        program.read("A_TOKEN")
        self.assertEqual(len(self.logins), 2)
        self.assertNotIn("boto", program.stderr())

    def test_again_when_the_token_has_ended(self):
        program = self.logs_in(AWS_ACCESS_KEY_ID=ID, AWS_SECRET_ACCESS_KEY=KEY)
        self.bao.revoke(self.tokens[0])
        program.later(61)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.assertEqual(len(self.logins), 2)

    def test_without_keys(self):
        program = self.program(VAULT_TOKEN=None, VAULT_AWS_ROLE="the-role")
        program("import sys; sys.modules['boto3'] = None")
        self.fails(program, "secrets['A_TOKEN']", "AWS_ACCESS_KEY_ID is not set")
        program = self.program(VAULT_TOKEN=None, VAULT_AWS_ROLE="the-role", AWS_EC2_METADATA_DISABLED="true")
        self.fails(program, "secrets['A_TOKEN']", "no identity of AWS was found")
