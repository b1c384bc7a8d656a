"""What is read, how often Vault is asked for it, and what can be seen of it."""

import json
import time
import unittest

from harness import SECRET, Answer, Case, Program, Stub, kv, move_clock


class Values(Case):
    def test_all_keys_come_with_one_request(self) -> None:
        with self.program() as program:
            self.assertEqual(self.requests(), 0, "nothing is read at import")
            self.read_is(program, f"{SECRET}-1")
            self.read_is(program, f"{SECRET}-b", "B_TOKEN")
            self.assertEqual(
                program.run("for (let i = 0; i < 10000; i++) secrets.A_TOKEN; return secrets.A_TOKEN"), f"{SECRET}-1"
            )
        self.assertEqual(self.requests(), 1)

    def test_concurrent_first_readers_share_one_request(self) -> None:
        with self.program() as program:
            readers = "Array.from({ length: 50 }, async () => { await null; return secrets.A_TOKEN; })"
            both = f"[accessor.preloadSecrets(), accessor.preloadSecrets(), ...{readers}]"
            self.assertEqual(program.run(f"return (await Promise.all({both})).slice(2)"), [f"{SECRET}-1"] * 50)
        self.assertEqual(self.requests(), 1)

    def test_absent_is_undefined(self) -> None:
        self.sources["GONE"] = (self.path, "GONE")
        self.sources["NOWHERE"] = (f"{self.path}-nowhere", "NOWHERE")
        self.policy = self.bao.policy(self.path, f"{self.path}-nowhere")
        with self.program(SECRETS_TTL_SECONDS=1) as program:
            for name in ("GONE", "NOWHERE", "toString", "constructor", "__proto__"):
                self.assertTrue(program.run(f"return secrets[{name!r}] === undefined"), name)
            self.read_is(program, f"{SECRET}-1")
            self.bao.rotate(self.path, "A_TOKEN", None)
            time.sleep(1.1)
            self.read_is(program, None)
            self.bao.delete(self.path)
            time.sleep(1.1)
            self.read_is(program, None, "B_TOKEN")

    def test_a_mount_that_is_not_there_is_no_absent_secret(self) -> None:
        with self.program(self.env(VAULT_TOKEN=self.bao.root, VAULT_KV_MOUNT="other")) as program:
            self.read_fails(program, "A_TOKEN", f"other/{self.path}", "HTTP 404")
        with Stub(lambda _: Answer(404, b"<html>not found</html>")) as stub:
            with self.program(self.env(VAULT_TOKEN=SECRET, VAULT_ADDR=stub.addr)) as program:
                self.read_fails(program, "HTTP 404")

    def test_another_mount(self) -> None:
        self.bao.enable_kv("team-kv")
        self.bao.put(self.path, {"A_TOKEN": "of another mount"}, mount="team-kv")
        token = self.bao.token(self.bao.policy(self.path, mount="team-kv"))
        with self.program(self.env(VAULT_TOKEN=token, VAULT_KV_MOUNT="team-kv")) as program:
            self.read_is(program, "of another mount")
        with Stub(lambda request: Answer(200, kv(A_TOKEN=request.path))) as stub:
            with self.program(
                self.env(VAULT_TOKEN=SECRET, VAULT_ADDR=stub.addr, VAULT_KV_MOUNT="/team/kv/")
            ) as program:
                self.read_is(program, f"/v1/team/kv/data/{self.path}")

    def test_what_is_not_text_is_json(self) -> None:
        values = {
            "N": 12,
            "F": 1.5,
            "T": True,
            "O": {"a": ["é", None]},
            "NULL": None,
            "EMPTY": "",
            "HUGE": 12345678901234567890,
        }
        self.bao.put(self.path, {**values, "__proto__": "text"})
        self.sources = {name: (self.path, name) for name in values}
        self.sources["PROTO"] = (self.path, "__proto__")
        with self.program() as program:
            for name in ("N", "F", "T", "O", "NULL"):
                self.assertEqual(json.loads(program.read(name)), values[name], name)
            self.read_is(program, '{"a":["é",null]}', "O")
            self.read_is(program, "", "EMPTY")
            self.read_is(program, "text", "PROTO")
            self.read_fails(program, "HUGE", "store it as a string", name="HUGE")

    def test_paths_are_encoded(self) -> None:
        self.path = "team/a b?c#é"
        self.sources = {"A_TOKEN": (self.path, "A_TOKEN")}
        with Stub(lambda request: Answer(200, kv(A_TOKEN=request.path))) as stub:
            with self.program(self.env(VAULT_TOKEN=SECRET, VAULT_ADDR=stub.addr + "/")) as program:
                self.read_is(program, "/v1/secret/data/team/a%20b%3Fc%23%C3%A9")


class Age(Case):
    def test_a_rotated_value_is_seen_when_an_idle_server_reads_again(self) -> None:
        with self.program(SECRETS_TTL_SECONDS=1) as program:
            self.read_is(program, f"{SECRET}-1")
            self.rotate()
            self.bao.forget()
            time.sleep(1.5)
            self.assertEqual(self.requests(), 0, "nothing is fetched while idle")
            self.read_is(program, f"{SECRET}-2")
            self.assertEqual(self.requests(), 1)

    def test_half_old_is_refreshed_in_the_background(self) -> None:
        with self.program(SECRETS_TTL_SECONDS=6) as program:
            self.read_is(program, f"{SECRET}-1")
            self.rotate()
            self.read_is(program, f"{SECRET}-1")
            self.assertEqual(self.requests(), 1)
            time.sleep(3.2)
            self.assertEqual(program.run("return [secrets.A_TOKEN, secrets.A_TOKEN]"), [f"{SECRET}-1"] * 2)
            self.eventually(program, f"{SECRET}-2", 2)
        self.assertEqual(self.requests(), 2)

    def test_a_reader_waits_for_a_refresh_that_is_under_way(self) -> None:
        with Stub(
            lambda _: Answer(200, kv(A_TOKEN=f"{len(stub.requests)}"), delay=0.4 * (len(stub.requests) - 1))
        ) as stub:
            with self.program(self.env(VAULT_TOKEN=SECRET, VAULT_ADDR=stub.addr)) as program:
                self.read_is(program, "1")
                move_clock(program, 40)
                self.read_is(program, "1")
                self.assertEqual(
                    program.run("const t = Date.now; Date.now = () => t() + 30000; return secrets.A_TOKEN"), "2"
                )
            self.assertEqual(len(stub.requests), 2)

    def test_ttl_0_asks_at_every_read(self) -> None:
        with self.program(SECRETS_TTL_SECONDS=0) as program:
            for _ in range(3):
                self.read_is(program, f"{SECRET}-1")
            self.rotate()
            self.read_is(program, f"{SECRET}-2")
        self.assertEqual(self.requests(), 4)

    def test_nothing_is_kept_longer_than_300_s(self) -> None:
        with self.program(SECRETS_TTL_SECONDS=99999) as program:
            self.read_is(program, f"{SECRET}-1")
            self.rotate()
            move_clock(program, 301)
            self.read_is(program, f"{SECRET}-2")

    def test_a_clock_set_back_keeps_nothing_longer(self) -> None:
        with self.program(SECRETS_TTL_SECONDS=1) as program:
            self.read_is(program, f"{SECRET}-1")
            self.rotate()
            move_clock(program, -3600)
            time.sleep(1.1)
            self.read_is(program, f"{SECRET}-2")

    def test_a_ttl_that_is_no_number(self) -> None:
        with self.program(SECRETS_TTL_SECONDS="soon") as program:
            self.read_fails(program, "SECRETS_TTL_SECONDS")


class Visible(Case):
    def test_no_dump_shows_a_value(self) -> None:
        dumps = [
            "JSON.stringify(secrets)",
            "JSON.stringify({ ...secrets })",
            "JSON.stringify(Object.assign({}, secrets))",
            "JSON.stringify(Object.entries(secrets))",
            "Object.getOwnPropertyNames(secrets).join()",
            "inspect(secrets)",
            "inspect(secrets, { showHidden: true, getters: true, depth: 9 })",
            "inspect(secrets, { showHidden: true, getters: true, customInspect: false, showProxy: true, depth: 9 })",
            "inspect(accessor, { showHidden: true, getters: true, depth: 9 })",
            "JSON.stringify(structuredClone(secrets))",
            "(() => { let all = ''; for (const name in secrets) all += secrets[name]; return all; })()",
        ]
        with self.program() as program:
            self.read_is(program, f"{SECRET}-1")
            for dump in dumps:
                self.assertNotIn(SECRET, program.run(f"return {dump}"), dump)
            program.run("console.error(secrets, accessor); console.error('%o %O', secrets, secrets)")

    def test_the_object_cannot_be_changed(self) -> None:
        with self.program() as program:
            for change in ("secrets.A_TOKEN = 'x'", "'use strict'; secrets.OTHER = 'x'"):
                with self.assertRaises(Exception, msg=change):
                    program.run(change)
            self.read_is(program, f"{SECRET}-1")

    def test_destructuring_and_in(self) -> None:
        with self.program() as program:
            self.assertEqual(program.run("const { A_TOKEN } = secrets; return A_TOKEN"), f"{SECRET}-1")
            self.assertEqual(program.run("return ['A_TOKEN' in secrets, 'OTHER' in secrets]"), [True, False])

    def test_the_environment_stays_as_it_was(self) -> None:
        with self.program() as program:
            before = program.run("return process.env")
            self.read_is(program, f"{SECRET}-1")
            self.assertEqual(program.run("return process.env"), before)
            child = "execFileSync(process.execPath, ['-p', 'JSON.stringify(process.env)']).toString()"
            imported = "const { execFileSync } = await import('node:child_process');"
            self.assertNotIn(SECRET, program.run(f"{imported} return {child}"))

    def test_what_node_options_load_does_not_run_in_the_helper(self) -> None:
        with Program(self.sources, self.with_token()) as first:
            noise = first.folder / "noise.cjs"
            noise.write_text("if (!require('node:worker_threads').isMainThread) console.log('a second time')")
            with self.program(NODE_OPTIONS=f"--require {noise}") as program:
                self.read_is(program, f"{SECRET}-1")
                program.run("await new Promise((resolve) => setTimeout(resolve, 300))")


class Names(Case):
    def test_env_or_secret(self) -> None:
        with self.program(OTHER="from the environment", A_TOKEN="from the environment") as program:
            self.assertEqual(program.run("return accessor.envOrSecrets['A_TOKEN']"), f"{SECRET}-1")
            self.assertEqual(program.run("return accessor.envOrSecrets['OTHER']"), "from the environment")
            self.assertIs(program.run("return accessor.envOrSecrets['constructor'] === process.env['constructor']"), True)
            self.assertEqual(program.run("return ['A_TOKEN', 'OTHER', 'NO'].map((name) => name in accessor.envOrSecrets)"), [True, True, False])
            self.assertEqual(program.run("return JSON.stringify({ ...accessor.envOrSecrets })"), "{}")
            self.read_is(program, None, "OTHER")

    def test_backend_env(self) -> None:
        with self.program(self.env(SECRETS_BACKEND="env", A_TOKEN="one")) as program:
            self.read_is(program, "one")
            self.assertEqual(program.run("process.env.A_TOKEN = 'two'; return secrets.A_TOKEN"), "two")
            self.read_is(program, None, "B_TOKEN")
            program.run("await accessor.preloadSecrets()")
            self.assertEqual(self.requests(), 0)
        with self.program(SECRETS_BACKEND="envv") as program:
            self.read_fails(program, "SECRETS_BACKEND")

    def test_settings_may_come_after_the_import(self) -> None:
        token = self.bao.token(self.policy)
        with self.program(self.env(VAULT_ADDR=None)) as program:
            self.read_fails(program, "A_TOKEN", "VAULT_TOKEN", "SECRETS_BACKEND=env")
            program.run(f"process.env.VAULT_TOKEN = {json.dumps(token)}")
            self.read_fails(program, "A_TOKEN", "VAULT_ADDR is not set", "SECRETS_BACKEND=env")
            program.run(
                f"Object.assign(process.env, {json.dumps({'VAULT_ADDR': self.bao.addr, 'VAULT_TOKEN': token})})"
            )
            self.read_is(program, f"{SECRET}-1")


class Preload(Case):
    def test_the_first_read_asks_no_more(self) -> None:
        second = f"{self.path}-second"
        self.bao.put(second, {"C_TOKEN": "c"})
        self.policy = self.bao.policy(self.path, second)
        self.sources["C_TOKEN"] = (second, "C_TOKEN")
        with self.program() as program:
            program.run("await accessor.preloadSecrets()")
            self.assertEqual([self.requests(), len(self.bao.audit(second))], [1, 1])
            self.read_is(program, f"{SECRET}-1")
            self.read_is(program, "c", "C_TOKEN")
            self.assertEqual([self.requests(), len(self.bao.audit(second))], [1, 1])

    def test_it_rejects_loudly(self) -> None:
        self.sources["C_TOKEN"] = (f"{self.path}-forbidden", "C_TOKEN")
        with self.program() as program:
            with self.assertRaisesRegex(Exception, f"C_TOKEN.*{self.path}-forbidden.*HTTP 403"):
                program.run("await accessor.preloadSecrets()")


if __name__ == "__main__":
    unittest.main()
