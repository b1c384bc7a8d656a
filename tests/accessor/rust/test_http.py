"""What is sent, over which connection, and to whom; and from where in a program."""

import json
import signal

from bao import Answer, Bao, Stub, Unresponsive, make_certificates
from support import PATH, Case, Panicked, auth, kv, value, with_each_client

READ = ["var", "A_TOKEN"]
VALUE = kv({"A_TOKEN": "value-one"})


@with_each_client
class Requests(Case):
    def test_the_request(self):
        with Stub(lambda _: Answer(200, VALUE)) as stub:
            program = self.program(VAULT_ADDR=stub.addr + "/prefix/", VAULT_NAMESPACE="team/a")
            self.assertEqual(program.read("A_TOKEN"), "value-one")
        (request,) = stub.requests
        self.assertEqual((request.method, request.path.rstrip("?"), request.body), ("GET", f"/prefix/v1/{self.mount}/data/{PATH}", b""))
        headers = {name: text for name, text in request.headers.items() if name.startswith("x-")}
        self.assertEqual(headers, {"x-vault-token": "hvs.fixture", "x-vault-request": "true", "x-vault-namespace": "team/a"})

    def test_the_login(self):
        def answer(request):
            if request.method == "POST":
                return Answer(200, auth("hvs.login", 60))
            return Answer(200, VALUE)

        with Stub(answer) as stub:
            settings = {"VAULT_ROLE_ID": "the-role", "VAULT_SECRET_ID": "the-secret-id", "VAULT_NAMESPACE": "team/a"}
            self.program(VAULT_ADDR=stub.addr, VAULT_TOKEN=None, **settings).read("A_TOKEN")
        login, read = stub.requests
        self.assertEqual((login.method, login.path), ("POST", "/v1/auth/approle/login"))
        self.assertEqual(json.loads(login.body), {"role_id": "the-role", "secret_id": "the-secret-id"})
        headers = {name: text for name, text in login.headers.items() if name.startswith("x-")}
        self.assertEqual(headers, {"x-vault-request": "true", "x-vault-namespace": "team/a"})
        self.assertEqual(read.headers["x-vault-token"], "hvs.login")


class Namespaces(Case):
    def test_a_namespace(self):
        namespace = self.bao.namespace("ns1")
        self.bao.enable_kv(self.mount, namespace)
        self.bao.put(PATH, {"A_TOKEN": "value-namespace"}, self.mount, namespace)
        token = self.bao.token(self.bao.policy(PATH, mount=self.mount, namespace=namespace), namespace=namespace)
        self.bao.forget()
        self.assertEqual(self.program(VAULT_TOKEN=token, VAULT_NAMESPACE=namespace).read("A_TOKEN"), "value-namespace")
        self.assertEqual([read.namespace for read in self.reads()], ["ns1"])


@with_each_client
class Redirects(Case):
    def test_to_the_active_node_is_followed_with_the_token(self):
        for status in (301, 302, 307, 308):
            with self.subTest(status), Stub(lambda _: Answer(200, VALUE)) as active:
                with Stub(lambda request: Answer(status, b"", {"Location": active.addr + request.path})) as standby:
                    program = self.program(VAULT_ADDR=standby.addr, VAULT_NAMESPACE="team")
                    self.assertEqual(program.read("A_TOKEN"), "value-one")
                (request,) = active.requests
                self.assertEqual((request.method, request.path.rstrip("?")), ("GET", f"/v1/{self.mount}/data/{PATH}"))
                self.assertEqual((request.headers["x-vault-token"], request.headers["x-vault-namespace"]), ("hvs.fixture", "team"))

    def test_of_a_login_is_followed_with_its_body(self):
        def answer(request):
            if request.method == "POST":
                return Answer(200, auth("hvs.login", 60))
            return Answer(200, VALUE)

        with Stub(answer) as active:
            with Stub(lambda request: Answer(307, b"", {"Location": active.addr + request.path})) as standby:
                program = self.program(VAULT_ADDR=standby.addr, VAULT_TOKEN=None, VAULT_ROLE_ID="role", VAULT_SECRET_ID="secret-id")
                self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.assertEqual([(r.method, bool(r.body)) for r in active.requests], [("POST", True), ("GET", False)])

    def test_never_to_another_protocol(self):
        for location in ("file:///etc/passwd", "ftp://127.0.0.1:1/x"):
            with self.subTest(location), Stub(lambda _: Answer(307, b"", {"Location": location})) as stub:
                self.fails(self.program(VAULT_ADDR=stub.addr), READ)
                self.assertEqual(len(stub.requests), 1)


class OneRedirect(Case):
    """vaultrs has no switch for either."""

    def test_only_one(self):
        with Stub(lambda request: Answer(307, b"", {"Location": stub.addr + request.path + "/again"})) as stub:
            self.fails(self.program(VAULT_ADDR=stub.addr), READ, "HTTP 307")
            self.assertEqual(len(stub.requests), 2)

    def test_never_from_https_to_http(self):
        with Bao(tls=True) as bao, Stub(lambda _: Answer(200, VALUE)) as plain:
            location = {"Location": plain.addr + "/v1/x"}
            with Stub(lambda _: Answer(307, b"", location), certificates=bao.dir) as standby:
                self.fails(self.program(VAULT_ADDR=standby.addr, VAULT_CACERT=bao.ca), READ, "HTTP 307")
                self.assertEqual((len(standby.requests), plain.requests), (1, []))


class OneRedirectWithReqwest(OneRedirect):
    template = "reqwest"


@with_each_client
class Proxies(Case):
    def test_of_the_environment(self):
        with Stub(lambda _: Answer(403, b"")) as proxy:
            program = self.program(VAULT_ADDR="https://vault.test:8200", HTTPS_PROXY=proxy.addr)
            self.fails(program, READ)
        (request,) = proxy.requests
        self.assertEqual((request.method, request.path), ("CONNECT", "vault.test:8200"))
        self.assertNotIn("x-vault-token", request.headers)

    def test_no_proxy(self):
        self.put({"A_TOKEN": "value-one"})
        with Unresponsive() as proxy:
            settings = {"HTTP_PROXY": proxy.addr, "ALL_PROXY": proxy.addr, "NO_PROXY": "127.0.0.1"}
            self.assertEqual(self.program(**settings, VAULT_CLIENT_TIMEOUT=2).read("A_TOKEN"), "value-one")


@with_each_client
class Tls(Case):
    @classmethod
    def setUpClass(cls):
        cls.bao_tls = Bao(tls=True)
        cls.addClassCleanup(cls.bao_tls.close)

    def setUp(self):
        super().setUp()
        self.put({"A_TOKEN": "value-one"}, self.bao_tls)

    def test_with_the_certificate_of_the_authority(self):
        program = self.program(self.bao_tls, VAULT_CACERT=self.bao_tls.ca)
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_with_several_of_them_in_a_file(self):
        folder = self.bao_tls.dir / "another"
        folder.mkdir(exist_ok=True)
        make_certificates(folder)
        (folder / "both.pem").write_text((folder / "ca.pem").read_text() + self.bao_tls.ca.read_text())
        self.assertEqual(self.program(self.bao_tls, VAULT_CACERT=folder / "both.pem").read("A_TOKEN"), "value-one")
        self.fails(self.program(self.bao_tls, VAULT_CACERT=folder / "ca.pem"), READ, "certificate")

    def test_without_it(self):
        self.fails(self.program(self.bao_tls), READ, "certificate")
        self.assertEqual(self.bao_tls.audit(), [])

    def test_verification_cannot_be_switched_off(self):
        for text in ("true", "1", ""):
            self.fails(self.program(self.bao_tls, VAULT_SKIP_VERIFY=text), READ, "certificate")

    def test_of_another_host(self):
        with Stub(lambda _: Answer(200, VALUE), certificates=self.bao_tls.dir, host="127.0.0.2") as stub:
            self.fails(self.program(VAULT_ADDR=stub.addr, VAULT_CACERT=self.bao_tls.ca), READ, "certificate")
            self.assertEqual(stub.requests, [])

    def test_files_that_cannot_be_used(self):
        wrong = self.bao_tls.dir / "wrong.pem"
        wrong.write_text("no certificate")
        for part, settings in (
            ("/nowhere/ca.pem", {"VAULT_CACERT": "/nowhere/ca.pem"}),
            ("wrong.pem has no certificate", {"VAULT_CACERT": wrong}),
            ("/nowhere/client.pem", {"VAULT_CACERT": self.bao_tls.ca, "VAULT_CLIENT_CERT": "/nowhere/client.pem"}),
            ("VAULT_CLIENT_KEY", {"VAULT_CACERT": self.bao_tls.ca, "VAULT_CLIENT_CERT": self.bao_tls.certificate, "VAULT_CLIENT_KEY": wrong}),
        ):
            with self.subTest(part):
                self.fails(self.program(self.bao_tls, **settings), READ, part)

    def test_a_client_certificate(self):
        bao = self.own_bao(client_certificate=True)
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao, VAULT_CACERT=bao.ca, VAULT_CLIENT_CERT=bao.certificate, VAULT_CLIENT_KEY=bao.key)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        both = bao.dir / "both.pem"
        both.write_bytes(bao.certificate.read_bytes() + bao.key.read_bytes())
        program = self.program(bao, VAULT_CACERT=bao.ca, VAULT_CLIENT_CERT=both)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.fails(self.program(bao, VAULT_CACERT=bao.ca), READ)


@with_each_client
class Runtimes(Case):
    def test_inside_of_tokio(self):
        for runtime in ("multi_thread", "current_thread"):
            with self.subTest(runtime):
                self.put({"A_TOKEN": "value-one"})
                program = self.program(SECRETS_TTL_SECONDS=1)
                self.assertEqual(value(program(runtime, READ)), "value-one")
                self.put({"A_TOKEN": "value-two"})
                program("sleep", 1.1)
                answers = value(program(runtime, ["together", [READ] * 20]))
                self.assertEqual([value(answer) for answer in answers], ["value-two"] * 20)
                self.assertEqual(len(self.reads()), 2)
                self.bao.forget()

    def test_an_outage_inside_of_tokio(self):
        with Stub(lambda _: Answer(503, {"errors": []})) as stub:
            program = self.program(VAULT_ADDR=stub.addr)
            for runtime in ("multi_thread", "current_thread"):
                with self.assertRaises(Panicked) as caught:
                    value(program(runtime, READ))
                self.assertIn("HTTP 503", str(caught.exception))

    def test_where_panics_abort(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(binary="abort", SECRETS_TTL_SECONDS=1)
        for command in (READ, ["multi_thread", READ], ["current_thread", READ]):
            answer = program(*command)
            self.assertEqual(answer if isinstance(answer, str) else value(answer), "value-one")
            program("sleep", 1.1)
        self.bao.drop_policy(self.policy)
        with self.assertRaises(Panicked) as caught:
            program("current_thread", READ)
        self.assertEqual(str(caught.exception), "the program has ended")
        self.assertIn(f"A_TOKEN: cannot read {self.mount}/{PATH} from Vault: HTTP 403", program.stderr())
        self.assertEqual(program.end(), "")
        self.assertEqual(program.status, -signal.SIGABRT)
        program.end = lambda: ""
