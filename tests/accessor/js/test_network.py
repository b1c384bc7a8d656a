"""TLS, headers, redirects: how the accessor talks to Vault."""

import unittest
from typing import Dict, Optional

from harness import SECRET, Answer, Bao, Case, Program, Stub, clean_env, folder, kv
from bao import make_certificates

SOURCES = {"A_TOKEN": ("team/server", "A_TOKEN")}


class Tls(unittest.TestCase):
    bao: Bao
    token: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.bao = Bao(client_certificate=True)
        cls.bao.put("team/server", {"A_TOKEN": f"{SECRET}-1"})
        cls.token = cls.bao.token(cls.bao.policy("team/server"))

    @classmethod
    def tearDownClass(cls) -> None:
        cls.bao.close()

    def env(self, **settings: object) -> Dict[str, str]:
        files = {
            "VAULT_CACERT": self.bao.ca,
            "VAULT_CLIENT_CERT": self.bao.certificate,
            "VAULT_CLIENT_KEY": self.bao.key,
        }
        return clean_env(**{"VAULT_ADDR": self.bao.addr, "VAULT_TOKEN": self.token, **files, **settings})

    def reads(self, fails: Optional[str] = None, **settings: object) -> None:
        with Program(SOURCES, self.env(**settings)) as program:
            if fails is None:
                self.assertEqual(program.read(), f"{SECRET}-1")
            else:
                with self.assertRaisesRegex(Exception, f"A_TOKEN: cannot read secret/team/server .*({fails})"):
                    program.read()

    def test_certificates(self) -> None:
        self.reads()

    def test_folder_of_certificates(self) -> None:
        path = folder()
        (path / "ca.pem").write_text(self.bao.ca.read_text())
        (path / "README").write_text("not a certificate")
        (path / "old").mkdir()
        self.reads(VAULT_CACERT=None, VAULT_CAPATH=path)

    def test_authorities_that_node_knows(self) -> None:
        self.reads(VAULT_CACERT=None, NODE_EXTRA_CA_CERTS=self.bao.ca)

    def test_unknown_authority(self) -> None:
        for skip in (None, "1", "true"):
            self.reads(
                "SELF_SIGNED|UNABLE_TO",
                VAULT_CACERT=None,
                VAULT_SKIP_VERIFY=skip,
                NODE_TLS_REJECT_UNAUTHORIZED=skip and "0",
            )

    def test_no_client_certificate(self) -> None:
        self.reads("ERR_SSL|ECONNRESET|EPROTO|EPIPE", VAULT_CLIENT_CERT=None, VAULT_CLIENT_KEY=None)

    def test_server_name(self) -> None:
        self.reads(VAULT_TLS_SERVER_NAME="vault.test")
        self.reads("ALTNAME", VAULT_TLS_SERVER_NAME="other.test")

    def test_files_that_are_wrong(self) -> None:
        self.reads("VAULT_CACERT: cannot read /nowhere.pem: ENOENT", VAULT_CACERT="/nowhere.pem")
        self.reads("ENOENT", VAULT_CACERT=None, VAULT_CAPATH="/nowhere")
        self.reads("ERR_", VAULT_CLIENT_KEY=self.bao.ca)


class Requests(Case):
    def headers(self, **settings: object) -> Dict[str, str]:
        with Stub(lambda _: Answer(200, kv(A_TOKEN="1"))) as stub:
            with self.program(clean_env(VAULT_ADDR=stub.addr, VAULT_TOKEN=f"  {SECRET}\n", **settings)) as program:
                self.read_is(program, "1")
            return stub.requests[0].headers

    def test_headers(self) -> None:
        headers = self.headers()
        self.assertEqual([headers.get(name) for name in ("x-vault-request", "x-vault-token")], ["true", SECRET])
        self.assertNotIn("x-vault-namespace", headers)
        self.assertEqual(self.headers(VAULT_NAMESPACE="team/a")["x-vault-namespace"], "team/a")

    def test_namespace(self) -> None:
        space = self.bao.namespace("team-space")
        self.bao.enable_kv("secret", space)
        self.bao.put(self.path, {"A_TOKEN": "of the namespace"}, namespace=space)
        token = self.bao.token(self.bao.policy(self.path, namespace=space), namespace=space)
        with self.program(self.env(VAULT_TOKEN=token, VAULT_NAMESPACE=space)) as program:
            self.read_is(program, "of the namespace")

    def test_address(self) -> None:
        with Stub(lambda request: Answer(200, kv(A_TOKEN=request.path))) as stub:
            with self.program(self.env(VAULT_ADDR=f"{stub.addr}/vault/", VAULT_TOKEN=SECRET)) as program:
                self.read_is(program, f"/vault/v1/secret/data/{self.path}")
        for address in ("127.0.0.1:8200", "unix:///run/vault", "file:///etc/passwd"):
            with self.program(self.env(VAULT_ADDR=address, VAULT_TOKEN=SECRET)) as program:
                self.read_fails(program, "https:// or http://")

    def test_one_redirect_to_the_active_node(self) -> None:
        with Stub(lambda _: Answer(200, kv(A_TOKEN="1"))) as active:
            with Stub(lambda request: Answer(307, {}, {"Location": active.addr + request.path})) as standby:
                with self.program(self.env(VAULT_ADDR=standby.addr, VAULT_TOKEN=SECRET)) as program:
                    self.read_is(program, "1")
            self.assertEqual(active.requests[0].headers["x-vault-token"], SECRET)

    def test_a_login_is_redirected_with_its_body(self) -> None:
        with Stub(
            lambda r: Answer(
                200, kv(A_TOKEN="1") if r.method == "GET" else {"auth": {"client_token": "t", "lease_duration": 9}}
            )
        ) as active:
            with Stub(lambda request: Answer(307, {}, {"Location": active.addr + request.path})) as standby:
                with self.program(
                    self.env(VAULT_ADDR=standby.addr, VAULT_ROLE_ID="r", VAULT_SECRET_ID="the-id")
                ) as program:
                    self.read_is(program, "1")
            self.assertIn(b"the-id", active.requests[0].body)

    def test_no_second_redirect(self) -> None:
        with Stub(lambda request: Answer(307, {}, {"Location": request.path})) as stub:
            with self.program(self.env(VAULT_ADDR=stub.addr, VAULT_TOKEN=SECRET)) as program:
                self.read_fails(program, "HTTP 307")
            self.assertEqual(len(stub.requests), 2)

    def test_no_redirect_from_https_to_http(self) -> None:
        certificates = folder()
        make_certificates(certificates)
        with Stub(lambda _: Answer(200, kv(A_TOKEN="1"))) as plain:
            with Stub(lambda r: Answer(307, {}, {"Location": plain.addr + r.path}), certificates=certificates) as stub:
                env = self.env(VAULT_ADDR=stub.addr, VAULT_TOKEN=SECRET, VAULT_CACERT=certificates / "ca.pem")
                with self.program(env) as program:
                    self.read_fails(program, "HTTP 307")
            self.assertEqual(plain.requests, [])


if __name__ == "__main__":
    unittest.main()
