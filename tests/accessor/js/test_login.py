"""How the accessor shows Vault who it is."""

import os
import time
import unittest
from pathlib import Path
from typing import Dict

from harness import SECRET, Answer, Case, Stub, folder, kv


class Login(Case):
    def reads(self, env: Dict[str, str], role: str, logins: int) -> None:
        self.bao.forget()
        with self.program(env) as program:
            self.read_is(program, f"{SECRET}-1")
            self.read_is(program, f"{SECRET}-b", "B_TOKEN")
        self.assertEqual([read.role for read in self.bao.audit(self.path)], [role])
        self.assertEqual(len(self.bao.logins()), logins)

    def file(self, text: str) -> Path:
        file = folder() / "file"
        file.write_text(text)
        return file

    def test_token(self) -> None:
        self.reads(self.with_token(), "token", 0)

    def test_token_file_is_read_for_every_request(self) -> None:
        file = self.file(self.bao.token(self.policy) + "\n")
        with self.program(self.env(VAULT_TOKEN_FILE=file, SECRETS_TTL_SECONDS=1)) as program:
            self.read_is(program, f"{SECRET}-1")
            self.bao.revoke(file.read_text().strip())
            file.write_text(self.bao.token(self.policy))
            self.rotate()
            time.sleep(1.1)
            self.bao.forget()
            self.read_is(program, f"{SECRET}-2")
            self.assertEqual(self.requests(), 1)

    def test_token_file_is_read_again_after_403(self) -> None:
        file = self.file("old")

        def answer(request: object) -> Answer:
            file.write_text("new")
            return Answer(200, kv(A_TOKEN="1")) if stub.requests[-1].headers["x-vault-token"] == "new" else Answer(403)

        with Stub(answer) as stub, self.program(self.env(VAULT_TOKEN_FILE=file, VAULT_ADDR=stub.addr)) as program:
            self.read_is(program, "1")

    def test_token_file_that_is_not_there(self) -> None:
        with self.program(self.env(VAULT_TOKEN_FILE="/nowhere/token")) as program:
            self.read_fails(program, "VAULT_TOKEN_FILE", "/nowhere/token", "ENOENT")

    def test_token_of_the_home_folder(self) -> None:
        home = self.file("").parent
        (home / ".vault-token").write_text(self.bao.token(self.policy))
        self.reads(self.env(HOME=home), "token", 0)

    def test_no_login(self) -> None:
        with self.program(self.env()) as program:
            tokens = ("VAULT_TOKEN", "VAULT_TOKEN_FILE", "VAULT_PROXY_ADDR", "VAULT_AGENT_ADDR", ".vault-token")
            roles = ("VAULT_ROLE_ID", "VAULT_SECRET_ID", "VAULT_K8S_ROLE", "VAULT_JWT_ROLE", "VAULT_JWT_FILE")
            self.read_fails(program, *tokens, *roles)

    def test_approle(self) -> None:
        role_id, secret_id = self.bao.approle(self.policy)
        self.reads(self.env(VAULT_ROLE_ID=role_id, VAULT_SECRET_ID=secret_id), "server", 1)
        self.reads(self.env(VAULT_ROLE_ID=role_id, VAULT_SECRET_ID_FILE=self.file(secret_id + "\n")), "server", 1)

    def test_another_mount(self) -> None:
        role_id, secret_id = self.bao.approle(self.policy, mount="team/approle")
        self.reads(
            self.env(VAULT_ROLE_ID=role_id, VAULT_SECRET_ID=secret_id, VAULT_AUTH_MOUNT="team/approle"), "server", 1
        )

    def test_kubernetes(self) -> None:
        jwt = self.bao.kubernetes(self.policy)
        self.reads(self.env(VAULT_K8S_ROLE="server", VAULT_K8S_TOKEN_FILE=jwt), "server", 1)
        with self.program(self.env(VAULT_K8S_ROLE="server")) as program:
            self.read_fails(program, "/var/run/secrets/kubernetes.io/serviceaccount/token")

    def test_jwt(self) -> None:
        self.reads(self.env(VAULT_JWT_ROLE="server", VAULT_JWT_FILE=self.bao.jwt(self.policy)), "server", 1)

    def test_proxy(self) -> None:
        proxy = self.bao.proxy(*self.bao.approle(self.policy))
        self.reads(self.env(VAULT_PROXY_ADDR=proxy, VAULT_ADDR=None), "server", 0)
        self.reads(self.env(VAULT_AGENT_ADDR=proxy), "server", 0)
        self.reads(self.env(VAULT_ADDR=proxy, VAULT_AUTH_METHOD="agent"), "server", 0)

    def test_the_first_that_is_set_counts(self) -> None:
        role_id, secret_id = self.bao.approle(self.policy)
        approle = {"VAULT_ROLE_ID": role_id, "VAULT_SECRET_ID": secret_id}
        self.reads(self.with_token(VAULT_PROXY_ADDR="http://127.0.0.1:1", **approle), "token", 0)
        self.reads(self.env(VAULT_K8S_ROLE="none", **approle), "server", 1)
        self.reads(self.env(VAULT_TOKEN="wrong", VAULT_AUTH_METHOD="approle", **approle), "server", 1)
        with self.program(VAULT_AUTH_METHOD="ldap") as program:
            self.read_fails(program, "VAULT_AUTH_METHOD")
        with self.program(VAULT_AUTH_METHOD="jwt") as program:
            self.read_fails(program, "VAULT_JWT_")

    def test_a_login_that_is_refused(self) -> None:
        role_id, _ = self.bao.approle(self.policy)
        with self.program(self.env(VAULT_ROLE_ID=role_id, VAULT_SECRET_ID=f"{SECRET}-id")) as program:
            self.read_fails(program, "A_TOKEN", f"secret/{self.path}", "auth/approle/login: HTTP 4")

    def test_a_token_that_was_revoked_is_replaced_once(self) -> None:
        role_id, secret_id = self.bao.approle(self.policy, mount="revoked")
        env = self.env(
            VAULT_ROLE_ID=role_id, VAULT_SECRET_ID=secret_id, VAULT_AUTH_MOUNT="revoked", SECRETS_TTL_SECONDS=1
        )
        with self.program(env) as program:
            self.read_is(program, f"{SECRET}-1")
            self.bao.revoke_logins("revoked")
            self.rotate()
            time.sleep(1.1)
            self.read_is(program, f"{SECRET}-2")
            self.assertEqual(len(self.bao.logins()), 2)
            self.bao.drop_policy(self.policy)
            self.bao.forget()
            time.sleep(1.1)
            self.read_fails(program, "HTTP 403")
            self.read_fails(program, "HTTP 403")
            self.assertEqual([len(self.bao.logins()), self.requests()], [1, 2])

    def test_a_token_is_replaced_before_it_ends(self) -> None:
        role_id, secret_id = self.bao.approle(self.policy, role="short", ttl="5s")
        env = self.env(VAULT_ROLE_ID=role_id, VAULT_SECRET_ID=secret_id, SECRETS_TTL_SECONDS=0)
        self.bao.forget()
        with self.program(env) as program:
            self.read_is(program, f"{SECRET}-1")
            self.read_is(program, f"{SECRET}-1")
            self.assertEqual(len(self.bao.logins()), 1)
            time.sleep(4.1)
            self.read_is(program, f"{SECRET}-1")
            self.assertEqual([len(self.bao.logins()), self.requests()], [2, 3])

    def test_a_login_without_an_end_is_kept(self) -> None:
        def answer(request: object) -> Answer:
            login = stub.requests[-1].method == "POST"
            return Answer(200, {"auth": {"client_token": "t", "lease_duration": 0}} if login else kv(A_TOKEN="1"))

        with Stub(answer) as stub:
            env = self.env(VAULT_ADDR=stub.addr, VAULT_ROLE_ID="r", VAULT_SECRET_ID="s", SECRETS_TTL_SECONDS=0)
            with self.program(env) as program:
                self.read_is(program, "1")
                self.read_is(program, "1")
            self.assertEqual([request.method for request in stub.requests], ["POST", "GET", "GET"])
            self.assertEqual(stub.requests[0].body, b'{"role_id":"r","secret_id":"s"}')
            self.assertNotIn("x-vault-token", stub.requests[0].headers)

    def test_all_paths_share_a_login(self) -> None:
        second = f"{self.path}-second"
        self.bao.put(second, {"C_TOKEN": "c"})
        self.sources["C_TOKEN"] = (second, "C_TOKEN")
        role_id, secret_id = self.bao.approle(self.bao.policy(self.path, second), role="both")
        self.bao.forget()
        with self.program(self.env(VAULT_ROLE_ID=role_id, VAULT_SECRET_ID=secret_id)) as program:
            self.assertEqual(
                program.run(
                    "const loaded = accessor.preloadSecrets(); const c = secrets.C_TOKEN; await loaded; return c"
                ),
                "c",
            )
        self.assertEqual(len(self.bao.logins()), 1)


if __name__ == "__main__":
    unittest.main()
