"""Where values come from, what is done with what is there, and how it is taken back."""

from __future__ import annotations

import base64
import json
import os
import pty
import secrets
import stat
import subprocess

import support
from support import ALPHA, BETA, GAMMA, OTHER, VALUES, Case


class Sources(Case):
    def test_a_dotenv_file_the_environment_and_a_config_file(self):
        self.write_dotenv(ALPHA)
        config = {
            "mcpServers": {
                "b": {"command": "node", "env": {"B_TOKEN": BETA["B_TOKEN"], "PORT": "1"}},
                "old": {"command": "node", "env": {"B_TOKEN": OTHER}},
            }
        }
        (self.dir / ".mcp.json").write_text(json.dumps(config))
        sources = ["--from-env", "--from-file", ".env", "--from-config", ".mcp.json#mcpServers.b.env"]
        self.push(0, *sources, **GAMMA)
        self.all_there()

    def test_a_place_may_be_a_json_pointer(self):
        config = {"mcp.servers": {"a/b": {"env": VALUES}}, "other": {"env": {"A_TOKEN": OTHER}}}
        (self.dir / "config.json").write_text(json.dumps(config))
        self.push(3, "--from-config", "config.json#/mcp.servers/nothing")
        self.push(0, "--from-config", "config.json#/mcp.servers/a~1b/env")
        self.all_there()

    def test_only_names_of_the_manifest_are_taken_from_the_environment(self):
        self.push(0, "--from-env", **VALUES, SOMETHING_ELSE="x", PATH_TOKEN=OTHER)
        self.all_there()

    def test_what_is_missing_or_no_value_is_said_all_at_once(self):
        self.dotenv.write_text("A_TOKEN=changeme\nA_PASSWORD=\nB_TOKEN=${B_FROM_ELSEWHERE}\n")
        ran = self.push(3)
        self.assertIn("A_TOKEN  problem[placeholder]", ran.out)
        for name in ("A_PASSWORD", "B_TOKEN", "C_TOKEN"):
            self.assertIn(f"{name}  problem[no-value]", ran.out)
        self.assertIn("4 problems, nothing was written", ran.out)
        self.assertEqual(self.bao.audit(), [])
        self.push(3, "--from-env", A_TOKEN="  ", A_PASSWORD="x", B_TOKEN="<your token>", C_TOKEN="y")
        accepted = {"A_TOKEN": "changeme", "A_PASSWORD": "x1"}
        self.push(0, "--from-env", "--server", "alpha", "--accept", "A_TOKEN", **accepted)
        self.assertEqual(self.there("alpha"), accepted)

    def test_what_could_be_read_as_another_value_is_not_taken(self):
        for line in ("'it'\\''s-long-enough'", '"unfinished-quote', '"a\\$b-long-enough"', '"two"-words-123'):
            self.dotenv.write_text(f"B_TOKEN={line}\n")
            self.assertIn("problem[doubtful]", self.push(3, "--from-file", ".env", "--only", "B_TOKEN").out)
        (self.dir / "secret.yaml").write_text(f"kind: Secret\ndata:\n  B_TOKEN: {base64.b64encode(OTHER.encode()).decode()}\n")
        self.assertIn("problem[encoded]", self.push(3, "--from-config", "secret.yaml#data", "--only", "B_TOKEN").out)
        (self.dir / "nul.json").write_text(json.dumps({"env": {"B_TOKEN": "nul\0" + OTHER}}))
        self.assertIn("problem[no-text]", self.push(3, "--from-config", "nul.json", "--only", "B_TOKEN").out)
        self.assertEqual(self.bao.audit(), [])

    def test_sources_that_differ_are_not_chosen_from(self):
        (self.dir / "other.env").write_text(f"B_TOKEN={OTHER}\n")
        ran = self.push(3, "--from-file", ".env", "--from-file", "other.env")
        self.assertIn("its values in .env and other.env differ", ran.out)
        (self.dir / "twice.env").write_text(f"B_TOKEN={OTHER}\nB_TOKEN={BETA['B_TOKEN']}\n")
        ran = self.push(3, "--from-file", "twice.env", "--only", "B_TOKEN")
        self.assertIn("several values in twice.env", ran.out)

    def test_a_name_of_two_servers_needs_one_named(self):
        manifest = json.loads(self.manifest_file.read_text())
        gamma = next(secret for secret in manifest["secrets"] if secret["server"] == "gamma")
        gamma["name"] = gamma["key"] = "B_TOKEN"
        self.manifest_file.write_text(json.dumps(manifest))
        self.assertIn("B_TOKEN  problem[several-servers]", self.push(3).out)
        self.push(0, "--from-file", ".env", "--server", "beta")
        self.push(0, "--from-env", "--server", "gamma", B_TOKEN=OTHER)
        self.assertEqual((self.there("beta"), self.there("gamma")), (BETA, {"B_TOKEN": OTHER}))

    def test_what_shares_a_place_has_one_value_and_is_kept_if_one_of_them_keeps_it(self):
        manifest = json.loads(self.manifest_file.read_text())
        beta = next(secret for secret in manifest["secrets"] if secret["server"] == "beta")
        for name, strategy in (("B_TOKEN", "overwrite"), ("B_ALIAS", "create-if-absent")):
            manifest["secrets"].append({**beta, "server": "other", "id": f"other/{name}", "name": name, "strategy": strategy})
        self.bao.put(self.path("beta"), {"B_TOKEN": OTHER})
        for secrets_ in (manifest["secrets"], manifest["secrets"][::-1]):
            self.manifest_file.write_text(json.dumps({**manifest, "secrets": secrets_}))
            ran = self.push(3, "--from-file", ".env", "--from-env", B_ALIAS=OTHER)
            self.assertIn("problem[same-place]", ran.out)
            ran = self.push(2, "--from-file", ".env", "--from-env", "--overwrite", B_ALIAS=BETA["B_TOKEN"])
            self.assertIn("conflict[different]", ran.out)
        self.assertEqual(self.there("beta"), {"B_TOKEN": OTHER})
        self.bao.destroy(self.path("beta"))
        self.push(0, "--from-file", ".env", "--from-env", B_ALIAS=BETA["B_TOKEN"])
        self.assertEqual(self.there("beta"), BETA)

    def test_more_paths_than_vault_reads_of_at_once(self):
        manifest = json.loads(self.manifest_file.read_text())
        one = manifest["secrets"][0]
        many = [{**one, "server": f"s{at}", "id": f"s{at}/N{at}", "name": f"N{at}", "path": f"{self.team}/s{at}"} for at in range(1000)]
        self.manifest_file.write_text(json.dumps({**manifest, "secrets": many}))
        self.dotenv.write_text("".join(f"N{at}={OTHER}\n" for at in range(1000)))
        ran = self.push(3)
        self.assertIn("problem[not-allowed]", ran.out)
        self.assertIn("1000 problems", ran.out)

    def test_files_that_cannot_be_used(self):
        (self.dir / "broken.json").write_text('{"env": {"A_TOKEN": ' + json.dumps(OTHER))
        (self.dir / "binary.env").write_bytes(b"A_TOKEN=\xff\xfe")
        for arguments, says in (
            (["--from-file", "missing.env"], "there is no file"),
            (["--from-file", "."], "cannot be read"),
            (["--from-file", "binary.env"], "is not UTF-8"),
            (["--from-config", "broken.json"], "is not understood"),
            (["--from-config", "package.json#x"], "there is no file"),
            (["--from-env", "--only", "NOPE"], "has no secret"),
            (["--from-env", "--server", "nope"], "names no secret"),
            (["--from-env", "--manifest", "nope.json"], "there is no manifest"),
        ):
            self.assertIn(says, self.push(3, *arguments).err)
        self.push(2, "--value", OTHER)
        self.push(2, "--dry-run")

    def test_a_value_may_not_be_larger_than_vault_takes(self):
        large = secrets.token_urlsafe(400_000)
        self.secrets.append(large[:64])
        (self.dir / "large.env").write_text(f"B_TOKEN={large}\n")
        ran = self.push(3, "--from-file", "large.env", "--only", "B_TOKEN", "--accept", "B_TOKEN")
        self.assertIn("problem[too-large]", ran.out)

    def test_standard_input_is_a_dotenv_file(self):
        def piped(code, text):
            words = [support.PROGRAM, "push", "--from-file", "-"]
            ran = subprocess.run(words, cwd=self.dir, env=self.settings(), input=text, capture_output=True, text=True, timeout=60)
            self.holds_no_value("what is told", ran.stdout + ran.stderr)
            self.assertEqual(ran.returncode, code, ran.stdout + ran.stderr)
            return ran

        self.assertIn("standard input is empty", piped(3, "").stderr)
        text = self.dotenv.read_text()
        self.dotenv.unlink()
        piped(0, text)
        self.assertEqual(self.there("alpha"), ALPHA)

    def test_a_mount_of_another_version_is_refused(self):
        self.bao.api("POST", f"sys/mounts/{self.team}", {"type": "kv", "options": {"version": "1"}})
        manifest = json.loads(self.manifest_file.read_text())
        wrong = ((self.team, "is no key-value store of version 2"), ("nope", "there is no mount"), ("secret/data", "is no mount, and stands below"))
        for mount, says in wrong:
            self.manifest_file.write_text(json.dumps({**manifest, "mount": mount}))
            token = self.token if mount == "nope" else self.bao.root
            self.assertIn(says, self.push(3, VAULT_TOKEN=token).err)
        self.assertEqual(self.bao.api("GET", f"sys/mounts/{self.team}/tune")["data"]["options"]["version"], "1")

    def test_paths_and_mounts_that_vault_cuts_short_are_refused(self):
        before = self.manifest_file.read_text()
        for path in ("", "/", "a/", "/a", "a//b", "a/../b", ".", "a/\x1b[31mb"):
            manifest = json.loads(before)
            manifest["secrets"][0]["path"] = path
            self.manifest_file.write_text(json.dumps(manifest))
            ran = self.push(3)
            self.assertIn("can be no path of Vault", ran.err)
            self.assertNotIn("\x1b[31mb", ran.err)
        for mount in ("secret/", "", "a/../secret"):
            self.manifest_file.write_text(json.dumps({**json.loads(before), "mount": mount}))
            self.assertIn("can be no mount of Vault", self.push(3).err)
        self.manifest_file.write_text(before)
        self.assertIsNone(self.there("beta"))

    def test_an_address_without_encryption_is_told_where_others_can_listen(self):
        self.assertNotIn("without encryption", self.push(0, "--from-file", ".env", "--dry-run").err)
        other = self.bao.addr.replace("127.0.0.1", "0.0.0.0")
        self.assertIn("without encryption", self.push(0, "--from-file", ".env", "--dry-run", VAULT_ADDR=other).err)

    def test_a_namespace_is_another_place(self):
        namespace = self.bao.namespace(self.team)
        self.bao.enable_kv("secret", namespace)
        self.bao.put("warm/up", {"a": "b"}, namespace=namespace)
        settings = {"VAULT_TOKEN": self.bao.root, "VAULT_NAMESPACE": namespace}
        self.push(0, **settings)
        self.assertEqual(self.there("alpha", namespace), ALPHA)
        self.assertIsNone(self.there("alpha"))
        self.push(0, VAULT_TOKEN=self.bao.root)
        self.all_there()
        # What one namespace got is not taken back from the other.
        self.push(0, "--undo", "--yes", **settings)
        self.assertIsNone(self.there("alpha", namespace))
        self.all_there()


class Present(Case):
    def test_a_dry_run_writes_nothing_and_no_journal(self):
        ran = self.push(0, "--from-file", ".env", "--dry-run")
        self.assertIn("create", ran.out)
        self.assertIn("3 secrets to write, 0 there already; nothing was written", ran.out)
        self.assertIsNone(self.there("alpha"))
        self.assertFalse(self.journal_file.exists())

    def test_the_journal_is_for_its_owner_and_may_be_elsewhere(self):
        self.push(0, "--from-file", ".env", "--only", "B_TOKEN", "--journal", "own.jsonl")
        self.assertFalse(self.journal_file.exists())
        self.assertEqual(stat.S_IMODE((self.dir / "own.jsonl").stat().st_mode), 0o600)
        line = json.loads((self.dir / "own.jsonl").read_text().splitlines()[-1])
        self.assertEqual(set(line), {"place", "path", "keys", "version", "made_at", "state", "made"})
        for unusable in ("/dev/full", "."):
            self.assertIn("cannot be used", self.push(3, "--from-file", ".env", "--journal", unusable).err)
        self.assertIsNone(self.there("alpha"))

    def test_keys_are_added_only_on_request_and_nothing_else_changes(self):
        self.bao.put(self.path("alpha"), {"A_TOKEN": ALPHA["A_TOKEN"], "OWN": "kept"})
        self.assertIn("A_PASSWORD: conflict[lacking]", self.push(2).out)
        # The policy of the manifest makes secrets, and changes none.
        self.assertIn("does not allow update", self.push(3, "--from-file", ".env", "--merge").out)
        token = self.rules('path "secret/data/TEAM/*" { capabilities = ["create", "read", "update"] }')
        ran = self.push(0, "--from-file", ".env", "--merge", VAULT_TOKEN=token)
        self.assertIn("replaced", ran.out)
        self.assertEqual(self.there("alpha"), {**ALPHA, "OWN": "kept"})
        self.push(0, VAULT_TOKEN=token)
        self.assertEqual(self.versions("alpha"), 2)

    def test_what_would_be_changed_by_being_written_again_stays(self):
        self.bao.put(self.path("alpha"), {"A_TOKEN": ALPHA["A_TOKEN"], "PORT": 8080})
        ran = self.push(2, "--from-file", ".env", "--merge", VAULT_TOKEN=self.bao.root)
        self.assertIn("conflict[no-texts]", ran.out)
        self.assertEqual(self.there("alpha")["PORT"], 8080)

    def test_values_are_replaced_only_where_the_manifest_and_the_user_say_so(self):
        self.bao.put(self.path("beta"), {"B_TOKEN": OTHER, "OWN": "kept"})
        everything = ("--from-file", ".env", "--merge", "--overwrite")
        self.push(2, *everything, VAULT_TOKEN=self.bao.root)
        self.strategy("B_TOKEN", "overwrite")
        self.assertIn("conflict[replaceable]", self.push(2, VAULT_TOKEN=self.bao.root).out)
        self.assertEqual(self.there("beta"), {"B_TOKEN": OTHER, "OWN": "kept"})
        self.push(0, *everything, VAULT_TOKEN=self.bao.root)
        self.assertEqual(self.there("beta"), {**BETA, "OWN": "kept"})
        self.assertEqual(self.versions("beta"), 2)

    def test_what_must_not_be_there_is_known_only_if_it_is_ours(self):
        self.strategy("B_TOKEN", "fail-if-present")
        self.push(0)
        self.push(0)
        self.journal_file.unlink()
        self.assertIn("B_TOKEN: conflict[present]", self.push(2).out)

    def test_what_is_waived_stays_where_it_is(self):
        manifest = json.loads(self.manifest_file.read_text())
        for secret in manifest["secrets"]:
            secret["waived"] = "stays" if secret["name"] == "B_TOKEN" else None
        self.manifest_file.write_text(json.dumps(manifest))
        self.assertIn("B_TOKEN  is waived", self.push(0).out)
        self.assertIsNone(self.there("beta"))

    def test_json_says_the_same(self):
        self.bao.put(self.path("beta"), {"B_TOKEN": OTHER})
        document = self.push(2, "--from-file", ".env", "--format", "json").json
        beta = next(secret for secret in document["secrets"] if secret["path"] == self.path("beta"))
        self.assertEqual((document["version"], document["outcome"]), (1, "conflict"))
        self.assertEqual((beta["state"], beta["conflict"]["code"], beta["names"]), ("conflict", "different", ["B_TOKEN"]))
        self.dotenv.write_text("")
        document = self.push(3, "--from-file", ".env", "--format", "json").json
        self.assertEqual([problem["code"] for problem in document["problems"]], ["no-value"] * 4)


class Undo(Case):
    def test_only_what_was_created_and_stayed_is_removed(self):
        self.bao.put(self.path("gamma"), GAMMA)
        self.push(0)
        self.bao.rotate(self.path("beta"), "B_TOKEN", OTHER)
        # Its own policy does not let it.
        ran = self.push(1, "--undo", "--yes", "--only", "A_TOKEN")
        self.assertIn("may not read", ran.err)
        ran = self.push(0, "--undo", "--dry-run", VAULT_TOKEN=self.bao.root)
        self.assertIn("2 secrets to remove; nothing was removed", ran.out)
        self.assertIn("nobody can be asked", self.push(3, "--undo", VAULT_TOKEN=self.bao.root).err)
        moved = self.dir / "of-friday"
        self.journal_file.rename(moved)
        ran = self.push(1, "--undo", "of-friday", "--yes", VAULT_TOKEN=self.bao.root)
        self.assertIn("has other versions", ran.err)
        self.assertIn("1 of 2 secrets removed; the others stay as they are", ran.out)
        self.assertEqual(self.there("beta"), {"B_TOKEN": OTHER})
        self.assertIsNone(self.there("alpha"), "what stays keeps nothing else from being removed")
        moved.rename(self.journal_file)
        self.assertEqual(self.there("gamma"), GAMMA)
        self.assertIn(("alpha", "removed", "1"), self.journal())
        self.push(2)  # beta is another by now
        self.push(0, "--from-file", ".env", "--server", "alpha")
        self.assertEqual(self.there("alpha"), ALPHA)

    def test_what_somebody_else_made_at_a_path_of_ours_stays(self):
        self.push(0)
        self.bao.destroy(self.path("beta"))
        self.bao.put(self.path("beta"), {"B_TOKEN": OTHER})
        self.bao.api("POST", f"secret/metadata/{self.path('gamma')}", {"custom_metadata": {"owner": "they"}})
        ran = self.push(1, "--undo", "--yes", "--server", "beta", VAULT_TOKEN=self.bao.root)
        self.assertIn("made anew by somebody else", ran.err)
        self.assertIn("metadata that somebody else wrote", self.push(1, "--undo", "--yes", "--server", "gamma", VAULT_TOKEN=self.bao.root).err)
        self.push(1, "--undo", "--yes", VAULT_TOKEN=self.bao.root)
        self.assertEqual((self.there("alpha"), self.there("beta"), self.there("gamma")), (None, {"B_TOKEN": OTHER}, GAMMA))

    def test_what_is_not_known_to_be_written_is_said(self):
        self.push(0)
        lines = self.journal_file.read_text().splitlines(keepends=True)
        self.journal_file.write_text("".join(line for line in lines if "gamma" not in line) + lines[-3])
        ran = self.push(1, "--undo", "--yes", VAULT_TOKEN=self.bao.root)
        self.assertIn("gamma was written is not known yet help: run push again", ran.err)
        self.assertIn("2 of 3 secrets removed", ran.out)
        self.assertIn("is not known yet", self.push(3, "--undo", "--yes", VAULT_TOKEN=self.bao.root).err)
        self.push(0)
        self.push(0, "--undo", "--yes", VAULT_TOKEN=self.bao.root)
        self.assertIsNone(self.there("gamma"))

    def test_without_a_journal_there_is_nothing_to_take_back(self):
        for words in (["--undo"], ["--undo", "elsewhere"], ["--undo", "--journal", "elsewhere"]):
            self.assertIn(f"no journal at `{words[-1]}`" if words[1:] else "no journal at", self.push(3, *words, "--yes").err)
        self.assertFalse((self.dir / "elsewhere").exists())
        self.journal_file.parent.mkdir(exist_ok=True)
        self.journal_file.write_text("")
        self.assertIn("nothing that was created", self.push(3, "--undo", "--yes").err)
        self.journal_file.write_text('{"token": "x"}\n')
        self.assertIn("line 1 is none", self.push(3, "--undo", "--yes").err)

    def test_whoever_sits_there_is_asked(self):
        self.push(0)
        for answer, code, left in (("n\n", 3, ALPHA), ("y\n", 0, None)):
            ours, theirs = pty.openpty()
            words = [support.PROGRAM, "push", "--undo"]
            settings = self.settings(VAULT_TOKEN=self.bao.root)
            process = subprocess.Popen(words, cwd=self.dir, env=settings, stdin=theirs, stdout=-1, stderr=-1, text=True)
            os.write(ours, answer.encode())
            said, asked = process.communicate(timeout=30)
            os.close(ours), os.close(theirs)
            self.assertIn("Remove them?", asked)
            self.assertEqual(process.returncode, code, said + asked)
            self.assertEqual(self.there("alpha"), left)


class Logins(Case):
    def login(self, code: int = 0, **settings: object) -> support.Ran:
        ran = self.push(code, "--from-file", ".env", "--only", "B_TOKEN", VAULT_TOKEN=None, **settings)
        if code == 0:
            self.assertEqual(self.there("beta"), BETA)
        return ran

    def test_a_token_in_a_file(self):
        (self.dir / "token").write_text(self.token + "\n")
        self.login(VAULT_TOKEN_FILE="token")
        (self.dir / ".vault-token").write_text(self.token)
        self.login(HOME=self.dir)
        self.assertIn("there is no token", self.login(3).err)

    def test_an_agent_needs_none(self):
        role_id, secret_id = self.bao.approle(self.policy, role=self.team)
        self.login(VAULT_ADDR=None, VAULT_PROXY_ADDR=self.bao.proxy(role_id, secret_id))

    def test_an_application(self):
        role_id, secret_id = self.bao.approle(self.policy, role=self.team)
        self.secrets.append(secret_id)
        (self.dir / "secret-id").write_text(secret_id)
        self.login(VAULT_ROLE_ID=role_id, VAULT_SECRET_ID_FILE="secret-id")
        ran = self.login(3, VAULT_ROLE_ID=role_id, VAULT_SECRET_ID="6c3b2d3e-0000-0000-0000-000000000000")
        self.assertIn("does not accept what it was given", ran.err)
        self.assertIn("no secret id", self.login(3, VAULT_AUTH_METHOD="approle", VAULT_ROLE_ID=role_id).err)
        self.assertIn("VAULT_ROLE_ID is not set", self.login(3, VAULT_AUTH_METHOD="approle").err)
        self.login(3, VAULT_ROLE_ID=role_id, VAULT_SECRET_ID=secret_id, VAULT_AUTH_MOUNT="nope/x")

    def test_a_wrapped_secret_id_is_taken_out_once(self):
        role_id, _ = self.bao.approle(self.policy, role=self.team)
        wrapping = self.wrapped(self.team)
        (self.dir / "wrapped").write_text(wrapping)
        self.login(VAULT_ROLE_ID=role_id, VAULT_SECRET_ID_WRAPPED_FILE="wrapped")
        ran = self.login(3, VAULT_ROLE_ID=role_id, VAULT_SECRET_ID_WRAPPED=wrapping)
        self.assertIn("was taken out before", ran.err)
        self.login(VAULT_ROLE_ID=role_id, VAULT_SECRET_ID_WRAPPED=self.wrapped(self.team))

    def wrapped(self, role: str) -> str:
        import urllib.request

        headers = {"X-Vault-Token": self.bao.root, "X-Vault-Wrap-TTL": "60s"}
        asked = urllib.request.Request(f"{self.bao.addr}/v1/auth/approle/role/{role}/secret-id", b"{}", headers, method="POST")
        with urllib.request.urlopen(asked, timeout=10) as reply:
            token = json.loads(reply.read())["wrap_info"]["token"]
        self.secrets.append(token)
        return str(token)

    def test_a_pod_and_whoever_has_a_signed_statement(self):
        signed = self.bao.kubernetes(self.policy, role=self.team)
        self.login(VAULT_K8S_ROLE=self.team, VAULT_K8S_TOKEN_FILE=signed)
        signed = self.bao.jwt(self.policy, role=self.team, mount="jwt-own")
        self.login(VAULT_JWT_ROLE=self.team, VAULT_JWT_FILE=signed, VAULT_AUTH_MOUNT="jwt-own")
        self.assertIn("is none of token, agent", self.login(3, VAULT_AUTH_METHOD="github").err)
