"""What a read gives, and what it costs."""

from support import OTHER, PATH, Case, value, with_each_client


@with_each_client
class Reads(Case):
    def test_ten_thousand_reads_are_one_request(self):
        self.put({"A_TOKEN": "value-one", "B_TOKEN": "value-two"})
        program = self.program()
        self.assertEqual(self.reads(), [], "starting reads nothing")
        self.assertEqual([program("often", "A_TOKEN", 5000), program("often", "B_TOKEN", 5000)], [["value-one"], ["value-two"]])
        self.assertEqual([(r.path, r.mount, r.error) for r in self.reads()], [(PATH, self.mount, "")])

    def test_fifty_first_readers_are_one_request(self):
        self.put({"A_TOKEN": "value-one"})
        answers = self.program()("together", [["var", "A_TOKEN"]] * 50)
        self.assertEqual([value(answer) for answer in answers], ["value-one"] * 50)
        self.assertEqual(len(self.reads()), 1)

    def test_values_arrive_as_they_are(self):
        text = "  ü\n\"quotes\" 'and' \\ \u2028 \U0001f511\ttab\r\n"
        self.put({"A_TOKEN": text, "B_TOKEN": ""})
        program = self.program()
        self.assertEqual(program.read("A_TOKEN"), text)
        self.assertEqual([program("var", "B_TOKEN"), program("var_os", "B_TOKEN")], ["", ""])


class Paths(Case):
    def test_each_path_is_a_request(self):
        self.put({"A_TOKEN": "value-one"})
        self.put({"key": "value-two"}, path=OTHER)
        program = self.program(VAULT_TOKEN=self.token(None, PATH, OTHER))
        self.assertEqual([program.read("A_TOKEN"), program.read("C_TOKEN")], ["value-one", "value-two"])
        self.assertEqual([r.path for r in self.reads()], [PATH, OTHER])

    def test_a_path_with_spaces_and_letters_of_other_languages(self):
        self.put({"A_TOKEN": "value-one"})
        self.bao.put("mit%20leer/%C3%BC%3F%23", {"a key": "value-odd"}, self.mount)
        self.assertEqual(self.program(VAULT_TOKEN=self.bao.root).read("ODD"), "value-odd")

    def test_a_mount_of_two_parts(self):
        self.mount += "/inner"
        self.put({"A_TOKEN": "value-one"})
        self.assertEqual(self.program().read("A_TOKEN"), "value-one")

    def test_the_usual_mount(self):
        self.bao.put(PATH, {"A_TOKEN": "value-one"})
        token = self.bao.token(self.bao.policy(PATH))
        self.assertEqual(self.program(VAULT_TOKEN=token, VAULT_KV_MOUNT=None).read("A_TOKEN"), "value-one")

    def test_values_that_are_no_strings_are_their_json(self):
        for kept, text in ((42, "42"), (True, "true"), ([1, "zwölf"], '[1,"zwölf"]'), ({"a": {"b": None}}, '{"a":{"b":null}}'), (1.5, "1.5")):
            with self.subTest(text):
                self.put({"A_TOKEN": kept})
                self.assertEqual(self.program().read("A_TOKEN"), text)

    def test_preload(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(VAULT_TOKEN=self.bao.root)
        self.bao.forget()
        program("preload")
        token = self.token(None, PATH, OTHER, "mit leer/*")
        program = self.program(VAULT_TOKEN=token)
        program("preload")
        self.assertEqual(sorted(read.path for read in self.reads()), sorted(["mit leer/ü?#", OTHER, PATH]))
        self.bao.forget()
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        program("preload")
        self.assertEqual(self.reads(), [])

    def test_preload_that_fails(self):
        self.put({"A_TOKEN": "value-one"})
        self.fails(self.program(), ["preload"], "cannot read", "HTTP 403")


class Absent(Case):
    def test_a_key_that_is_missing(self):
        self.put({"B_TOKEN": "value-two"})
        program = self.program()
        self.absent(program, "A_TOKEN")
        self.assertEqual(program.read("B_TOKEN"), "value-two")
        self.assertEqual(len(self.reads()), 1, "that it is missing is kept, too")

    def test_a_key_that_is_null(self):
        self.put({"A_TOKEN": None})
        self.absent(self.program(), "A_TOKEN")

    def test_a_path_that_is_missing(self):
        self.put({"key": "value-two"}, path=OTHER)
        program = self.program()
        self.absent(program, "A_TOKEN")
        self.assertEqual(len(self.reads()), 1)

    def test_a_version_that_was_deleted(self):
        self.put({"A_TOKEN": "value-one"})
        self.bao.delete(PATH, self.mount)
        self.absent(self.program(), "A_TOKEN")

    def test_a_secret_that_was_destroyed(self):
        self.put({"A_TOKEN": "value-one"})
        self.bao.destroy(PATH, self.mount)
        self.absent(self.program(), "A_TOKEN")

    def test_a_deleted_secret_is_gone_after_the_time_to_live(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(SECRETS_TTL_SECONDS=1)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.bao.delete(PATH, self.mount)
        program("sleep", 1.1)
        self.absent(program, "A_TOKEN")

    def test_a_mount_that_does_not_exist_is_no_absent_secret(self):
        program = self.program(VAULT_TOKEN=self.bao.root, VAULT_KV_MOUNT="nowhere")
        self.fails(program, ["var", "A_TOKEN"], f"A_TOKEN: cannot read nowhere/{PATH} from Vault: HTTP 404")

    def test_a_name_that_is_not_in_the_table_is_read_from_the_environment(self):
        self.put({"A_TOKEN": "value-one", "OTHER": "value-two"})
        program = self.program(OTHER="from the environment", A_TOKEN="old")
        self.assertEqual([program("var", "OTHER"), program("var_os", "OTHER")], ["from the environment"] * 2)
        self.absent(program, "NOT_SET")
        self.assertEqual(self.reads(), [])
        self.assertEqual(program.read("A_TOKEN"), "value-one", "and one that is, is not")


class Environment(Case):
    def test_the_environment_instead(self):
        program = self.program(VAULT_TOKEN=None, VAULT_ADDR=None, SECRETS_BACKEND="env", A_TOKEN="value-env")
        self.assertEqual([program("var", "A_TOKEN"), program("var_os", "A_TOKEN")], ["value-env"] * 2)
        self.absent(program, "B_TOKEN")
        program("preload")
        program.set(A_TOKEN="changed")
        self.assertEqual(program.read("A_TOKEN"), "changed")

    def test_it_may_be_chosen_later(self):
        program = self.program(VAULT_TOKEN=None, VAULT_ADDR=None, A_TOKEN="value-env")
        self.fails(program, ["var", "A_TOKEN"], "A_TOKEN", "VAULT_ADDR is not set", "SECRETS_BACKEND=env")
        program.set(SECRETS_BACKEND="env")
        self.assertEqual(program.read("A_TOKEN"), "value-env")

    def test_settings_may_come_later(self):
        self.put({"A_TOKEN": "value-one"})
        token = self.token()
        program = self.program(VAULT_TOKEN=None, VAULT_ADDR="")
        self.fails(program, ["var", "A_TOKEN"], "VAULT_ADDR")
        program.set(VAULT_ADDR=self.bao.addr, VAULT_TOKEN=token)
        self.assertEqual(program.read("A_TOKEN"), "value-one")

    def test_another_backend_is_an_error(self):
        program = self.program(SECRETS_BACKEND="file", A_TOKEN="value-env")
        for command in (["var", "A_TOKEN"], ["var_os", "A_TOKEN"], ["preload"]):
            self.fails(program, command, "SECRETS_BACKEND")

    def test_settings_that_are_no_numbers(self):
        for name in ("SECRETS_TTL_SECONDS", "VAULT_CLIENT_TIMEOUT"):
            for text in ("soon", "-1", "nan", "inf", "1e300"):
                with self.subTest(name, text=text):
                    self.fails(self.program(VAULT_ADDR=self.bao.addr, **{name: text}), ["var", "A_TOKEN"], name)

    def test_an_address_without_protocol(self):
        for address in ("127.0.0.1:8200", "file:///etc/passwd", "unix:///run/vault"):
            with self.subTest(address):
                self.fails(self.program(VAULT_ADDR=address), ["var", "A_TOKEN"], "https://")

    def test_the_environment_gets_nothing(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program()
        before = program("environment")
        program.read("A_TOKEN")
        self.assertEqual(program("environment"), before)
        self.assertNotIn("value-one", program("child"))
