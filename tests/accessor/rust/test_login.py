"""The ways to log in."""

import tempfile
from pathlib import Path

from support import OTHER, PATH, Case, auth, kv, value, with_each_client

READ = ["var", "A_TOKEN"]

from bao import Answer, Stub, clean_env


@with_each_client
class Login(Case):
    def setUp(self):
        super().setUp()
        self.put({"A_TOKEN": "value-one"})
        self.policy = self.bao.policy(PATH, mount=self.mount)
        self.home = Path(tempfile.mkdtemp(dir=clean_env()["HOME"]))
        self.file = self.home / "file"

    def logs_in(self, **settings):
        program = self.program(**{"VAULT_TOKEN": None, "HOME": self.home, **settings})
        self.bao.forget()
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        return program

    def approle(self, role, **settings):
        role_id, secret_id = self.bao.approle(self.policy, role, **settings)
        return {"VAULT_ROLE_ID": role_id, "VAULT_SECRET_ID": secret_id}

    def role(self):
        (read,) = self.reads()
        return read.role

    def test_token(self):
        self.logs_in(VAULT_TOKEN=self.bao.token(self.policy) + "\n")
        self.assertEqual((self.role(), self.bao.logins()), ("token", []))

    def test_token_file_which_is_rewritten(self):
        first = self.bao.token(self.policy)
        self.file.write_text(first + "\n")
        program = self.logs_in(VAULT_TOKEN_FILE=self.file, SECRETS_TTL_SECONDS=1)
        self.file.write_text(self.bao.token(self.policy))
        self.bao.revoke(first)
        program("sleep", 1.1)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.assertEqual([read.error for read in self.reads()], ["", ""])

    def test_token_file_which_is_rewritten_while_it_is_used(self):
        self.file.write_text("hvs.old")
        asked = []

        def answer(request):
            asked.append(request.headers["x-vault-token"])
            self.file.write_text("hvs.new")
            return Answer(200, kv({"A_TOKEN": "value-one"})) if asked[-1] == "hvs.new" else Answer(403, {"errors": ["no"]})

        with Stub(answer) as stub:
            self.logs_in(VAULT_TOKEN_FILE=self.file, VAULT_ADDR=stub.addr)
        self.assertEqual(asked, ["hvs.old", "hvs.new"])

    def test_token_file_which_is_not_there(self):
        program = self.program(VAULT_TOKEN=None, VAULT_TOKEN_FILE=self.file)
        self.fails(program, READ, str(self.file), "No such file")
        self.file.write_text(self.bao.token(self.policy))
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_token_of_the_vault_program(self):
        (self.home / ".vault-token").write_text(self.bao.token(self.policy))
        self.logs_in()

    def test_nothing_configured(self):
        program = self.program(VAULT_TOKEN=None)
        names = ("VAULT_TOKEN", "VAULT_TOKEN_FILE", "VAULT_PROXY_ADDR", "VAULT_ROLE_ID", "VAULT_SECRET_ID", "VAULT_SECRET_ID_FILE")
        self.fails(program, READ, *names, "VAULT_K8S_ROLE", "VAULT_JWT_ROLE", "VAULT_JWT_FILE")

    def test_approle(self):
        self.logs_in(**self.approle("role-env"))
        self.assertEqual((self.role(), self.bao.logins()), ("role-env", ["auth/approle/login"]))

    def test_approle_with_a_file(self):
        settings = self.approle("role-file")
        self.file.write_text(settings.pop("VAULT_SECRET_ID") + "\n")
        self.logs_in(**settings, VAULT_SECRET_ID_FILE=self.file)
        self.assertEqual(self.role(), "role-file")

    def test_approle_at_another_mount(self):
        self.logs_in(**self.approle("role-mount", mount="other/roles"), VAULT_AUTH_MOUNT="other/roles")
        self.assertEqual(self.bao.logins(), ["auth/other/roles/login"])

    def test_kubernetes(self):
        jwt = self.bao.kubernetes(self.policy, "role-k8s")
        self.logs_in(VAULT_K8S_ROLE="role-k8s", VAULT_K8S_TOKEN_FILE=jwt)
        self.assertEqual((self.role(), self.bao.logins()), ("role-k8s", ["auth/kubernetes/login"]))

    def test_kubernetes_where_its_token_always_is(self):
        program = self.program(VAULT_TOKEN=None, VAULT_K8S_ROLE="role-k8s")
        self.fails(program, READ, "/var/run/secrets/kubernetes.io/serviceaccount/token", "No such file")

    def test_jwt(self):
        jwt = self.bao.jwt(self.policy, "role-jwt")
        self.logs_in(VAULT_JWT_ROLE="role-jwt", VAULT_JWT_FILE=jwt)
        self.assertEqual((self.role(), self.bao.logins()), ("role-jwt", ["auth/jwt/login"]))

    def test_proxy(self):
        settings = self.approle("role-proxy")
        proxy = self.bao.proxy(settings["VAULT_ROLE_ID"], settings["VAULT_SECRET_ID"])
        for name in ("VAULT_PROXY_ADDR", "VAULT_AGENT_ADDR"):
            with self.subTest(name):
                self.logs_in(**{name: proxy}, VAULT_ADDR=None)
                self.assertEqual(self.role(), "role-proxy")
        with self.subTest("VAULT_ADDR"):
            self.logs_in(VAULT_ADDR=proxy, VAULT_AUTH_METHOD="agent")
            self.assertEqual(self.role(), "role-proxy")

    def test_an_agent_gets_no_token(self):
        with Stub(lambda _: Answer(200, kv({"A_TOKEN": "value-one"}))) as stub:
            self.logs_in(VAULT_AGENT_ADDR=stub.addr + "/", VAULT_ROLE_ID="r", VAULT_SECRET_ID="secret-id")
        (request,) = stub.requests
        self.assertNotIn("x-vault-token", request.headers)
        self.assertEqual(request.headers["x-vault-request"], "true")

    def test_which_one_is_first(self):
        jwt = self.bao.jwt(self.policy, "role-order")
        settings = {**self.approle("role-first"), "VAULT_JWT_ROLE": "role-order", "VAULT_JWT_FILE": jwt}
        (self.home / ".vault-token").write_text("hvs.nothing")
        self.logs_in(**settings)
        self.assertEqual(self.bao.logins(), ["auth/approle/login"])
        self.logs_in(**settings, VAULT_TOKEN=self.bao.token(self.policy))
        self.assertEqual(self.bao.logins(), [])
        self.logs_in(**settings, VAULT_TOKEN=self.bao.token(self.policy), VAULT_AUTH_METHOD="jwt")
        self.assertEqual(self.bao.logins(), ["auth/jwt/login"])

    def test_a_method_that_lacks_a_setting(self):
        for method, name in (("approle", "VAULT_SECRET_ID_FILE"), ("kubernetes", "VAULT_K8S_ROLE"), ("jwt", "VAULT_JWT_ROLE")):
            with self.subTest(method):
                self.fails(self.program(VAULT_AUTH_METHOD=method), READ, f"{name} is not set")
        program = self.program(VAULT_AUTH_METHOD="ldap")
        self.fails(program, READ, "VAULT_AUTH_METHOD", "token, agent, approle, kubernetes, jwt")

    def test_a_token_is_kept(self):
        self.put({"key": "value-two"}, path=OTHER)
        self.policy = self.bao.policy(PATH, OTHER, mount=self.mount)
        program = self.program(VAULT_TOKEN=None, **self.approle("role-kept"), SECRETS_TTL_SECONDS=1)
        self.bao.forget()
        answers = program("together", [["var", "A_TOKEN"], ["var", "C_TOKEN"]] * 10)
        self.assertEqual([value(answer) for answer in answers], ["value-one", "value-two"] * 10)
        program("sleep", 1.1)
        program.read("A_TOKEN")
        self.assertEqual((len(self.reads()), self.bao.logins()), (3, ["auth/approle/login"]))

    def test_a_token_is_left_before_it_ends(self):
        program = self.logs_in(**self.approle("role-short", ttl="3s"), SECRETS_TTL_SECONDS=1)
        program("sleep", 2.5)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.assertEqual([read.error for read in self.reads()], ["", ""])
        self.assertEqual(len(self.bao.logins()), 2)

    def test_a_revoked_token_is_replaced(self):
        program = self.logs_in(**self.approle("role-revoked"), SECRETS_TTL_SECONDS=1)
        self.bao.revoke_logins("approle")
        program("sleep", 1.1)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.assertEqual(len(self.bao.logins()), 2)

    def test_one_login_for_a_refusal(self):
        program = self.logs_in(**self.approle("role-refused"))
        for _ in range(10):
            self.fails(program, ["var", "C_TOKEN"], "HTTP 403")
        self.assertEqual(len(self.bao.logins()), 2, "the first one, and one more since the token might have ended")
        self.assertEqual(len([read for read in self.reads() if read.path == OTHER]), 2)

    def test_credentials_that_are_not_taken(self):
        settings = self.approle("role-wrong")
        program = self.program(VAULT_TOKEN=None, VAULT_ROLE_ID=settings["VAULT_ROLE_ID"], VAULT_SECRET_ID="wrong-secret-id")
        self.fails(program, READ, "login (approle)", "HTTP 400")

    def test_a_token_that_cannot_be_sent(self):
        for token in ("hvs.one\nhvs.two", "hvs.töken\U0001f511"):
            with self.subTest(token):
                self.fails(self.program(VAULT_TOKEN=token), READ, "A_TOKEN")

    def test_a_token_without_end(self):
        def answer(request):
            if request.method == "POST":
                return Answer(200, auth("hvs.endless", 0))
            return Answer(200, kv({"A_TOKEN": "value-one"}))

        with Stub(answer) as stub:
            program = self.logs_in(VAULT_ADDR=stub.addr, VAULT_ROLE_ID="r", VAULT_SECRET_ID="secret-id", SECRETS_TTL_SECONDS=0)
            program("often", "A_TOKEN", 3)
        self.assertEqual([request.method for request in stub.requests], ["POST"] + ["GET"] * 4)
