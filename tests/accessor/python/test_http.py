"""What is sent, over which connection, and to whom."""

import subprocess

from bao import Answer, Bao, Stub, Unresponsive, make_certificates
from support import Case, kv

VALUE = kv({"A_TOKEN": "value-one"})


class Requests(Case):
    def test_the_request(self):
        with Stub(lambda _: Answer(200, VALUE)) as stub:
            program = self.program(VAULT_ADDR=stub.addr + "/prefix/", VAULT_TOKEN="hvs.fixture", VAULT_NAMESPACE="team/a")
            self.assertEqual(program.read("A_TOKEN"), "value-one")
        (request,) = stub.requests
        self.assertEqual((request.method, request.path), ("GET", f"/prefix/v1/secret/data/{self.path}"))
        headers = {name: value for name, value in request.headers.items() if name.startswith("x-")}
        self.assertEqual(headers, {"x-vault-token": "hvs.fixture", "x-vault-request": "true", "x-vault-namespace": "team/a"})

    def test_the_login(self):
        def answer(request):
            if request.method == "POST":
                return Answer(200, {"auth": {"client_token": "hvs.login", "lease_duration": 60}})
            return Answer(200, VALUE)

        with Stub(answer) as stub:
            settings = {"VAULT_ROLE_ID": "the-role", "VAULT_SECRET_ID": "the-secret-id", "VAULT_NAMESPACE": "team/a"}
            self.program(VAULT_ADDR=stub.addr, VAULT_TOKEN=None, **settings).read("A_TOKEN")
        login, read = stub.requests
        self.assertEqual((login.method, login.path), ("POST", "/v1/auth/approle/login"))
        self.assertEqual(login.body, b'{"role_id": "the-role", "secret_id": "the-secret-id"}')
        headers = {name: value for name, value in login.headers.items() if name.startswith("x-")}
        self.assertEqual(headers, {"x-vault-request": "true", "x-vault-namespace": "team/a"})
        self.assertEqual(read.headers["x-vault-token"], "hvs.login")

    def test_a_namespace(self):
        namespace = self.bao.namespace("ns1")
        self.bao.enable_kv("secret", namespace)
        self.bao.put(self.path, {"A_TOKEN": "value-namespace"}, namespace=namespace)
        token = self.bao.token(self.bao.policy(self.path, namespace=namespace), namespace=namespace)
        self.bao.forget()
        self.assertEqual(self.program(VAULT_TOKEN=token, VAULT_NAMESPACE=namespace).read("A_TOKEN"), "value-namespace")
        self.assertEqual([read.namespace for read in self.bao.audit()], ["ns1"])


class Redirects(Case):
    def redirected(self, *statuses, to="http"):
        """A standby that sends elsewhere: the requests that the active node gets, and the program."""
        active = Stub(lambda _: Answer(200, VALUE))
        self.addCleanup(active.close)
        asked = iter(statuses)

        def answer(request):
            status = next(asked, 307)
            return Answer(status, b"", {"Location": f"{to}://127.0.0.1:{active.port}{request.path}"})

        standby = Stub(answer)
        self.addCleanup(standby.close)
        return active, standby

    def test_to_the_active_node_is_followed_with_the_token(self):
        for status in (301, 302, 307):
            with self.subTest(status):
                active, standby = self.redirected(status)
                program = self.program(VAULT_ADDR=standby.addr, VAULT_TOKEN="hvs.fixture", VAULT_NAMESPACE="team")
                self.assertEqual(program.read("A_TOKEN"), "value-one")
                (request,) = active.requests
                self.assertEqual((request.method, request.path), ("GET", f"/v1/secret/data/{self.path}"))
                self.assertEqual(request.headers["x-vault-token"], "hvs.fixture")
                self.assertEqual(request.headers["x-vault-namespace"], "team")

    def test_of_a_login_is_followed_with_its_body(self):
        def answer(request):
            if request.method == "POST":
                return Answer(200, {"auth": {"client_token": "hvs.login", "lease_duration": 60}})
            return Answer(200, VALUE)

        with Stub(answer) as active:
            with Stub(lambda request: Answer(307, b"", {"Location": active.addr + request.path})) as standby:
                program = self.program(VAULT_ADDR=standby.addr, VAULT_TOKEN=None, VAULT_ROLE_ID="role", VAULT_SECRET_ID="secret-id")
                self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.assertEqual([(r.method, bool(r.body)) for r in active.requests], [("POST", True), ("GET", False)])

    def test_only_one(self):
        with Stub(lambda request: Answer(307, b"", {"Location": request.path + "/again"})) as stub:
            program = self.program(VAULT_ADDR=stub.addr)
            self.fails(program, "secrets['A_TOKEN']", "HTTP 307")
            self.assertEqual(len(stub.requests), 2)

    def test_never_from_https_to_http(self):
        with Bao(tls=True) as bao, Stub(lambda _: Answer(200, VALUE)) as plain:
            location = {"Location": plain.addr + "/v1/x"}
            with Stub(lambda _: Answer(307, b"", location), certificates=bao.dir) as standby:
                program = self.program(VAULT_ADDR=standby.addr, VAULT_CACERT=bao.ca)
                self.fails(program, "secrets['A_TOKEN']", "HTTP 307")
                self.assertEqual((len(standby.requests), plain.requests), (1, []))

    def test_never_to_another_protocol(self):
        for location in ("file:///etc/passwd", "ftp://127.0.0.1:1/x"):
            with self.subTest(location), Stub(lambda _: Answer(307, b"", {"Location": location})) as stub:
                self.fails(self.program(VAULT_ADDR=stub.addr), "secrets['A_TOKEN']", "HTTP 307")


class Proxies(Case):
    def test_of_the_environment(self):
        with Stub(lambda _: Answer(200, VALUE)) as proxy:
            program = self.program(VAULT_ADDR="http://vault.test:8200", HTTP_PROXY=proxy.addr)
            self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.assertEqual(proxy.requests[0].path, f"http://vault.test:8200/v1/secret/data/{self.path}")

    def test_no_proxy(self):
        self.put({"A_TOKEN": "value-one"})
        with Unresponsive() as proxy:
            program = self.program(HTTP_PROXY=proxy.addr, NO_PROXY="127.0.0.1")
            self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_a_proxy_gets_no_token_of_a_request_by_tls(self):
        with Stub(lambda _: Answer(403, b"")) as proxy:
            program = self.program(VAULT_ADDR="https://vault.test:8200", HTTPS_PROXY=proxy.addr)
            self.fails(program, "secrets['A_TOKEN']")
        (request,) = proxy.requests
        self.assertEqual((request.method, request.path), ("CONNECT", "vault.test:8200"))
        self.assertNotIn("x-vault-token", request.headers)


class Tls(Case):
    bao_tls = None

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

    def test_with_a_folder_of_certificates(self):
        folder = self.bao_tls.dir / "authorities"
        if not folder.exists():
            folder.mkdir()
            (folder / "ca.pem").write_bytes(self.bao_tls.ca.read_bytes())
            subprocess.run(["openssl", "rehash", str(folder)], check=True)
        program = self.program(self.bao_tls, VAULT_CAPATH=folder)
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_without_it(self):
        program = self.program(self.bao_tls)
        self.fails(program, "secrets['A_TOKEN']", "TLS: ", "certif")
        self.assertEqual(self.bao_tls.audit(), [])

    def test_of_another_authority(self):
        folder = self.bao_tls.dir / "other"
        folder.mkdir(exist_ok=True)
        make_certificates(folder)
        self.fails(self.program(self.bao_tls, VAULT_CACERT=folder / "ca.pem"), "secrets['A_TOKEN']", "TLS: ", "certif")

    def test_verification_cannot_be_switched_off(self):
        self.fails(self.program(self.bao_tls, VAULT_SKIP_VERIFY="true"), "secrets['A_TOKEN']", "TLS: ", "certif")

    def test_of_another_host(self):
        with Stub(lambda _: Answer(200, VALUE), certificates=self.bao_tls.dir, host="127.0.0.2") as stub:
            addr = stub.addr
            self.fails(self.program(VAULT_ADDR=addr, VAULT_CACERT=self.bao_tls.ca), "secrets['A_TOKEN']", "TLS: ", "certif")
            program = self.program(VAULT_ADDR=addr, VAULT_CACERT=self.bao_tls.ca, VAULT_TLS_SERVER_NAME="vault.test")
            self.assertEqual(program.read("A_TOKEN"), "value-one")
            program = self.program(VAULT_ADDR=addr, VAULT_CACERT=self.bao_tls.ca, VAULT_TLS_SERVER_NAME="other.test")
            self.fails(program, "secrets['A_TOKEN']", "TLS: ", "certif")
        self.assertEqual(len(stub.requests), 1)

    def test_files_that_cannot_be_used(self):
        wrong = self.bao_tls.dir / "wrong.pem"
        wrong.write_text("no certificate")
        for settings in (
            {"VAULT_CACERT": "/nowhere/ca.pem"},
            {"VAULT_CACERT": wrong},
            {"VAULT_CACERT": self.bao_tls.ca, "VAULT_CLIENT_CERT": "/nowhere/client.pem"},
            {"VAULT_CACERT": self.bao_tls.ca, "VAULT_CLIENT_CERT": self.bao_tls.certificate, "VAULT_CLIENT_KEY": wrong},
        ):
            with self.subTest(settings):
                self.fails(self.program(self.bao_tls, **settings), "secrets['A_TOKEN']", list(settings)[-1])

    def test_a_key_with_a_password_asks_nobody(self):
        key = self.bao_tls.dir / "encrypted.key"
        arguments = ["-aes256", "-passout", "pass:password", "-in", str(self.bao_tls.key), "-out", str(key)]
        subprocess.run(["openssl", "rsa", *arguments], check=True, capture_output=True)
        settings = {"VAULT_CLIENT_CERT": self.bao_tls.certificate, "VAULT_CLIENT_KEY": key}
        self.fails(self.program(self.bao_tls, VAULT_CACERT=self.bao_tls.ca, **settings), "secrets['A_TOKEN']", "VAULT_CLIENT_KEY")

    def test_a_server_without_tls(self):
        program = self.program(VAULT_ADDR=self.bao.addr.replace("http:", "https:"))
        self.fails(program, "secrets['A_TOKEN']", "TLS: ")

    def test_a_client_certificate(self):
        bao = self.own_bao(client_certificate=True)
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao, VAULT_CACERT=bao.ca, VAULT_CLIENT_CERT=bao.certificate, VAULT_CLIENT_KEY=bao.key)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.fails(self.program(bao, VAULT_CACERT=bao.ca), "secrets['A_TOKEN']", "TLS: ")
