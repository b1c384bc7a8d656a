"""What a read gives, and what it costs."""

from support import Case, Raised


class Reads(Case):
    def test_ten_thousand_reads_are_one_request(self):
        self.put({"A_TOKEN": "value-one", "B_TOKEN": "value-two"})
        program = self.program()
        self.assertEqual(self.bao.audit(), [], "importing reads nothing")
        self.assertEqual(program("len({secrets['A_TOKEN'] for _ in range(5000)} | {secrets.get('B_TOKEN') for _ in range(5000)})"), 2)
        reads = self.bao.audit()
        self.assertEqual([(r.path, r.mount, r.error) for r in reads], [(self.path, "secret", "")])

    def test_fifty_first_readers_are_one_request(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program()
        program("from concurrent.futures import ThreadPoolExecutor; import threading; gate = threading.Barrier(50)")
        program("read = lambda _: (gate.wait(), secrets['A_TOKEN'])[1]")
        self.assertEqual(program("list(ThreadPoolExecutor(50).map(read, range(50)))"), ["value-one"] * 50)
        self.assertEqual(len(self.bao.audit(self.path)), 1)

    def test_each_path_is_a_request(self):
        other = self.path + "-other"
        self.put({"A_TOKEN": "value-one"})
        self.bao.put(other, {"key": "value-two"})
        self.sources["B_TOKEN"] = (other, "key")
        token = self.bao.token(self.bao.policy(self.path, other))
        self.bao.forget()
        program = self.program(VAULT_TOKEN=token)
        self.assertEqual([program.read("A_TOKEN"), program.read("B_TOKEN")], ["value-one", "value-two"])
        self.assertEqual([r.path for r in self.bao.audit()], [self.path, other])

    def test_values_arrive_as_they_are(self):
        value = "  ü\n\"quotes\" 'and' \\ \u2028 \U0001f511\ttab\r\n"
        self.put({"A_TOKEN": value, "B_TOKEN": ""})
        program = self.program()
        self.assertEqual(program.read("A_TOKEN"), value)
        self.assertEqual(program.read("B_TOKEN"), "")
        self.assertTrue(program("'B_TOKEN' in secrets"))

    def test_values_that_are_no_strings_are_their_json(self):
        values = {"N": 42, "T": True, "L": [1, "zwölf"], "O": {"a": {"b": None}}}
        self.put(values)
        self.sources = {name: (self.path, name) for name in values}
        program = self.program()
        self.assertEqual(program("[secrets[name] for name in SOURCES]"), ["42", "true", '[1,"zwölf"]', '{"a":{"b":null}}'])

    def test_a_path_with_spaces_and_letters_of_other_languages(self):
        self.path += "/mit leer zeichen/schlüssel?#"
        self.sources = {"A_TOKEN": (self.path, "A TOKEN")}
        self.bao.put(self.path.replace("?", "%3F").replace("#", "%23").replace(" ", "%20").replace("ü", "%C3%BC"), {"A TOKEN": "value-one"})
        self.assertEqual(self.program(VAULT_TOKEN=self.bao.root).read("A_TOKEN"), "value-one")

    def test_another_mount(self):
        self.bao.enable_kv("other/kv")
        self.bao.put(self.path, {"A_TOKEN": "value-one"}, mount="other/kv")
        token = self.bao.token(self.bao.policy(self.path, mount="other/kv"))
        self.assertEqual(self.program(VAULT_TOKEN=token, VAULT_KV_MOUNT="other/kv").read("A_TOKEN"), "value-one")


class Absent(Case):
    def test_a_key_that_is_missing(self):
        self.put({"B_TOKEN": "value-two"})
        program = self.program()
        self.absent(program, "A_TOKEN")
        self.assertEqual(program.read("B_TOKEN"), "value-two")
        self.assertEqual(len(self.bao.audit(self.path)), 1, "that it is missing is kept, too")

    def test_a_path_that_is_missing(self):
        program = self.program()
        self.absent(program, "A_TOKEN")
        self.assertEqual(len(self.bao.audit(self.path)), 1)

    def test_a_version_that_was_deleted(self):
        self.put({"A_TOKEN": "value-one"})
        self.bao.delete(self.path)
        self.absent(self.program(), "A_TOKEN")

    def test_a_secret_that_was_destroyed(self):
        self.put({"A_TOKEN": "value-one"})
        self.bao.destroy(self.path)
        self.absent(self.program(), "A_TOKEN")

    def test_a_deleted_secret_is_gone_after_the_time_to_live(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program()
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.bao.delete(self.path)
        program.later(61)
        self.absent(program, "A_TOKEN")

    def test_a_name_that_is_not_in_the_table(self):
        self.put({"A_TOKEN": "value-one", "OTHER": "value-two"})
        program = self.program(OTHER="from the environment")
        self.absent(program, "OTHER")
        self.assertEqual(self.bao.audit(), [])

    def test_a_mount_that_does_not_exist_is_no_absent_secret(self):
        program = self.program(VAULT_TOKEN=self.bao.root, VAULT_KV_MOUNT="nowhere")
        self.fails(program, "secrets.get('A_TOKEN')", f"A_TOKEN: cannot read nowhere/{self.path} from Vault: HTTP 404")


class Dynamic(Case):
    def test_names_known_at_run_time(self):
        self.put({"A_TOKEN": "from vault"})
        program = self.program(A_TOKEN="old", B_TOKEN="left over", PLAIN="plain")
        program("both = env_or_secrets")
        self.assertEqual(program("[both.get(n) for n in ('A_TOKEN', 'B_TOKEN', 'PLAIN', 'NONE')]"), ["from vault", None, "plain", None])
        self.assertEqual(program("['A_TOKEN' in both, 'NONE' in both, bool(both), both['PLAIN']]"), [True, False, True, "plain"])


class Environment(Case):
    def test_the_environment_instead(self):
        program = self.program(VAULT_TOKEN=None, VAULT_ADDR=None, SECRETS_BACKEND="env", A_TOKEN="value-env", OTHER="other")
        self.assertEqual(program.read("A_TOKEN"), "value-env")
        self.absent(program, "B_TOKEN")
        self.absent(program, "OTHER")
        program("os.environ['A_TOKEN'] = 'changed'; preload_sync()")
        self.assertEqual(program.read("A_TOKEN"), "changed")

    def test_it_may_be_chosen_later(self):
        program = self.program(VAULT_TOKEN=None, VAULT_ADDR=None, A_TOKEN="value-env")
        self.fails(program, "secrets['A_TOKEN']", "A_TOKEN", "VAULT_ADDR is not set", "SECRETS_BACKEND=env")
        program("os.environ['SECRETS_BACKEND'] = 'env'")
        self.assertEqual(program.read("A_TOKEN"), "value-env")

    def test_settings_may_come_later(self):
        self.put({"A_TOKEN": "value-one"})
        token = self.token()
        program = self.program(VAULT_TOKEN=None, VAULT_ADDR=None)
        self.fails(program, "secrets['A_TOKEN']", "VAULT_ADDR")
        program(f"os.environ.update(VAULT_ADDR={self.bao.addr!r}, VAULT_TOKEN={token!r})")
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_another_backend_is_an_error(self):
        program = self.program(SECRETS_BACKEND="file", A_TOKEN="value-env")
        self.fails(program, "secrets.get('A_TOKEN')", "SECRETS_BACKEND")
        self.fails(program, "preload_sync()", "SECRETS_BACKEND")

    def test_settings_that_are_no_numbers(self):
        for name in ("SECRETS_TTL_SECONDS", "VAULT_CLIENT_TIMEOUT"):
            for value in ("soon", "-1", "nan", "inf"):
                with self.subTest(name, value=value):
                    self.fails(self.program(**{name: value}), "secrets['A_TOKEN']", name)

    def test_an_address_without_protocol(self):
        for address in ("127.0.0.1:8200", "file:///etc/passwd", "unix:///run/vault"):
            with self.subTest(address):
                self.fails(self.program(VAULT_ADDR=address), "secrets['A_TOKEN']", "https://")

    def test_the_environment_gets_nothing(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program()
        before = program("dict(os.environ)")
        program.read("A_TOKEN")
        program("preload_sync()")
        self.assertEqual(program("dict(os.environ)"), before)
        self.assertNotIn("value-one", program("__import__('subprocess').run(['env'], capture_output=True, text=True).stdout"))


class Hidden(Case):
    def test_no_way_to_show_it_shows_a_value(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program()
        program.read("A_TOKEN")
        program("import json, copy, pickle, pprint, logging, gc")
        ways = ["repr(secrets)", "str(secrets)", "f'{secrets}'", "pprint.pformat(secrets)", "repr(vars(secrets))"]
        ways += ["repr(vars(vault_secrets._manager))", "repr(vars(vault_secrets))", "json.dumps(secrets, default=repr)"]
        ways += ["str(pickle.dumps(secrets))", "repr(logging.makeLogRecord({'args': secrets}))", "repr([secrets, vault_secrets._manager])"]
        for way in ways:
            with self.subTest(way):
                shown = program(way)
                for value in self.values:
                    self.assertNotIn(value, shown)
        for way in ("dict(secrets)", "list(secrets)", "{**secrets}", "list(secrets.items())", "list(secrets.values())"):
            with self.subTest(way):
                with self.assertRaises(Raised) as caught:
                    program(way)
                self.assertEqual(caught.exception.kind, "TypeError")
        self.assertEqual(program("[len(secrets), bool(secrets)]"), [2, True])

    def test_copies_are_the_same_object(self):
        program = self.program()
        program("import copy, pickle")
        self.assertTrue(program("copy.deepcopy(secrets) is secrets and pickle.loads(pickle.dumps(secrets)) is secrets"))

    def test_error_reporters_find_no_value_in_the_frames(self):
        self.put({"OTHER": "value-one"})
        program = self.program()
        program(
            """
import traceback
def locals_of(read):
    try:
        read()
    except Exception as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
"""
        )
        absent = program("locals_of(lambda: secrets['A_TOKEN'])")
        self.assertIn("KeyError", absent)
        self.bao.drop_policy(self.policy)
        program("vault_secrets._reset()")
        refused = program("locals_of(lambda: secrets['A_TOKEN'])")
        self.assertIn("HTTP 403", refused)
        for value in self.values:
            self.assertNotIn(value, absent + refused)
