"""What is set wrongly, how one logs in, and what a secret may hold."""

import json

from support import READ, Answer, Case

INSTEAD = "(SECRETS_BACKEND=env reads the environment instead)"


class OfAws(Case):
    def test_the_region(self):
        self.put(A_TOKEN="value-one")
        program = self.program(AWS_REGION=None, AWS_DEFAULT_REGION=None)
        self.fails(program, READ, f"AWS_REGION is not set {INSTEAD}")
        program.set(AWS_DEFAULT_REGION="us-east-1")
        self.assertEqual(program.read("A_TOKEN"), "value-one", "settings may come later")

    def test_no_login(self):
        program = self.program(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
        self.fails(program, READ, "no login to AWS is configured", INSTEAD)
        self.assertEqual(self.manager.reads(), [])

    def test_a_login_that_is_refused_or_not_there(self):
        token = self.manager.dir / "token"
        token.write_text("web-identity-token-of-a-test")
        self.values.append(token.read_text())
        role = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/reader", "AWS_WEB_IDENTITY_TOKEN_FILE": token}
        role.update(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
        program = self.program(**role, AWS_ENDPOINT_URL_STS=self.manager.server.url)
        said = b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>made to fail</Message></Error></ErrorResponse>"
        self.manager.failure = lambda _: Answer(403, said, {"Content-Type": "text/xml"})
        self.manager.fail(403)
        self.fails(program, READ, "the login was refused")
        self.manager.stop()
        program("sleep", 2.1)
        self.fails(program, READ, "Connection refused")

    def test_a_secret_that_has_no_keys(self):
        for text in ("value-plain", '["value-list"]', ""):
            with self.subTest(text):
                self.manager.put_text("team/server", text or " ")
                self.fails(self.program(), READ, "it is not a JSON object")

    def test_values_that_are_no_strings_are_their_json(self):
        self.manager.put_text("team/server", '{"A_TOKEN": {"a": [1, null]}, "B_TOKEN": null}')
        program = self.program()
        self.assertEqual(program.read("A_TOKEN"), '{"a":[1,null]}')
        self.absent(program, "B_TOKEN")


class OfGcp(Case):
    cloud = "gcp"

    def test_the_project(self):
        self.put(A_TOKEN="value-one")
        program = self.program(GOOGLE_CLOUD_PROJECT=None)
        self.fails(program, READ, f"GOOGLE_CLOUD_PROJECT is not set {INSTEAD}")
        program.set(GOOGLE_CLOUD_PROJECT="fake-project")
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_no_login(self):
        for text in (None, "", '{"type": "value-of-a-file"}', '{"type": "service_account", "private_key": "value-of-a-key"}'):
            with self.subTest(text):
                file = self.manager.dir / "other.json"
                file.unlink(missing_ok=True)
                if text is not None:
                    file.write_text(text)
                program = self.program(GOOGLE_APPLICATION_CREDENTIALS=file)
                self.fails(program, READ, "GOOGLE_APPLICATION_CREDENTIALS", INSTEAD)
                self.assertNotIn("value-of", program.stderr())

    def test_a_login_that_is_refused_or_not_there(self):
        file = self.manager.dir / "user.json"
        user = {"type": "authorized_user", "client_id": "id", "client_secret": "client-secret", "refresh_token": "refresh-token"}
        file.write_text(json.dumps({**user, "token_uri": f"{self.manager._login.url}/token"}))
        self.values += ["client-secret", "refresh-token"]
        self.put(A_TOKEN="value-one")
        program = self.program(GOOGLE_APPLICATION_CREDENTIALS=file, SECRETS_TTL_SECONDS=0)
        self.assertEqual(program("often", "A_TOKEN", 5), ["value-one"])
        self.assertEqual(self.manager.logins(), 1)
        self.manager.fail_login(400)
        program = self.program(GOOGLE_APPLICATION_CREDENTIALS=file)
        self.fails(program, READ, "the login was refused")

    def test_a_value_that_was_damaged(self):
        self.put(A_TOKEN="value-one")
        self.manager.damage(True)
        self.fails(self.program(), READ, "the answer was damaged on its way")

    def test_a_value_that_is_no_text(self):
        self.manager.put_bytes(self.path(), b"value\xff\xfe")
        self.fails(self.program(), READ, "it is not a text")

    def test_a_version_that_is_disabled_and_a_secret_without_one(self):
        self.put(A_TOKEN="value-one")
        self.manager.disable(self.path())
        self.fails(self.program(), READ, "HTTP 400 (FAILED_PRECONDITION)")
        self.manager.put_empty(self.path("B_TOKEN"), {})
        self.absent(self.program(), "B_TOKEN")

    def test_an_address_that_is_not_one(self):
        program = self.program(CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER="not an address")
        self.fails(program, READ, "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER")


class OfAzure(Case):
    cloud = "azure"

    def test_the_vault(self):
        self.put(A_TOKEN="value-one")
        program = self.program(AZURE_KEYVAULT_URL=None)
        self.fails(program, READ, f"AZURE_KEYVAULT_URL is not set {INSTEAD}")
        for address, said in (("vault", "is not one"), (self.manager.server.url.replace("https", "http"), "must start with https://")):
            program.set(AZURE_KEYVAULT_URL=address)
            self.fails(program, READ, f"the address of the vault {said}")
        program.set(AZURE_KEYVAULT_URL=f"{self.manager.server.url}/")
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_no_login(self):
        program = self.program(IDENTITY_ENDPOINT=None, PATH="/nowhere")
        self.fails(program, READ, "no login to Azure worked", INSTEAD)
        program.set(AZURE_TOKEN_CREDENTIALS="EnvironmentCredential")
        self.fails(program, READ, "no login to Azure worked", INSTEAD)

    def test_a_login_that_is_refused_or_not_there(self):
        self.put(A_TOKEN="value-one")
        for status, said in ((400, "HTTP 400 at the login"), (403, "HTTP 403 at the login"), (503, "HTTP 503 at the login")):
            with self.subTest(status):
                self.manager.fail_login(status)
                self.fails(self.program(), READ, said)
        program = self.program(IDENTITY_ENDPOINT="http://127.0.0.1:1/msi/token")
        self.fails(program, READ, "Connection refused")
        self.assertEqual(self.manager.reads(), [])

    def test_a_token_that_is_refused(self):
        self.put(A_TOKEN="value-one")
        program = self.program(SECRETS_TTL_SECONDS=0)
        program.read("A_TOKEN")
        self.manager._tokens.clear()
        program.read("A_TOKEN")

    def test_a_certificate_that_is_not_trusted(self):
        program = self.program(SSL_CERT_FILE=None)
        self.fails(program, READ, "A_TOKEN: cannot read")

    def test_a_version_that_is_disabled(self):
        self.put(A_TOKEN="value-one")
        self.manager.disable(self.path())
        self.fails(self.program(), READ, "HTTP 403 (Forbidden)")
