"""What a read gives, and what it costs."""

from support import READ, Case, value, with_each_cloud


@with_each_cloud
class Reads(Case):
    def test_a_value_is_read_once(self):
        self.put(A_TOKEN="value-one", B_TOKEN="  \u00fc\n\"quotes\" \\ \u2028 \U0001f511\t")
        program = self.program()
        self.assertEqual(self.manager.reads(), [], "starting reads nothing")
        self.assertEqual(program("often", "A_TOKEN", 5000), ["value-one"])
        self.assertEqual(self.manager.reads(), [self.path()])
        self.assertEqual(program.read("B_TOKEN"), "  \u00fc\n\"quotes\" \\ \u2028 \U0001f511\t")
        self.assertEqual(program("var_os", "A_TOKEN"), "value-one")

    def test_fifty_first_readers_are_one_request(self):
        self.put(A_TOKEN="value-one")
        answers = self.program()("together", [READ] * 50)
        self.assertEqual([value(answer) for answer in answers], ["value-one"] * 50)
        self.assertEqual(len(self.manager.reads()), 1)

    def test_inside_of_a_runtime(self):
        self.put(A_TOKEN="value-one", B_TOKEN="value-two")
        for kind in ("multi_thread", "current_thread"):
            with self.subTest(kind):
                program = self.program(SECRETS_TTL_SECONDS=0)
                self.assertEqual(value(program(kind, READ)), "value-one")
                self.assertEqual(program.read("A_TOKEN"), "value-one", "and then without one")
                self.assertEqual(value(program(kind, ["var", "B_TOKEN"])), "value-two", "that has ended, and in another one")

    def test_preload(self):
        self.put(A_TOKEN="value-one", B_TOKEN="value-two")
        program = self.program()
        program("preload")
        reads = self.manager.reads()
        self.assertEqual(sorted(reads), sorted({self.path("A_TOKEN"), self.path("B_TOKEN")}))
        self.assertEqual([program.read("A_TOKEN"), program.read("B_TOKEN")], ["value-one", "value-two"])
        self.assertEqual(self.manager.reads(), reads)

    def test_what_is_missing(self):
        program = self.program()
        self.absent(program, "A_TOKEN")
        self.assertEqual(len(self.manager.reads()), 1, "that it is missing is kept, too")
        program("preload")

    def test_what_was_deleted_is_gone_after_the_time_to_live(self):
        self.put(A_TOKEN="value-one")
        program = self.program(SECRETS_TTL_SECONDS=0)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.manager.delete(self.path())
        self.absent(program, "A_TOKEN")

    def test_a_name_that_is_not_in_the_table_is_read_from_the_environment(self):
        program = self.program(OTHER="from the environment")
        self.assertEqual([program("var", "OTHER"), program("var_os", "OTHER")], ["from the environment"] * 2)
        self.absent(program, "NOT_SET")
        self.assertEqual(self.manager.reads(), [])

    def test_the_environment_instead(self):
        program = self.program(SECRETS_BACKEND="env", A_TOKEN="value-env")
        self.assertEqual([program("var", "A_TOKEN"), program("var_os", "A_TOKEN")], ["value-env"] * 2)
        self.absent(program, "B_TOKEN")
        program("preload")
        program.set(SECRETS_BACKEND="file")
        self.fails(program, READ, f"SECRETS_BACKEND can be {self.cloud} or env")
        self.assertEqual(self.manager.reads(), [])

    def test_the_environment_gets_nothing(self):
        self.put(A_TOKEN="value-one")
        program = self.program()
        before = program("environment")
        program.read("A_TOKEN")
        self.assertEqual(program("environment"), before)
        self.assertNotIn("value-one", program("child"))
