"""How old a value may be."""

from support import READ, Case, value, with_each_cloud


@with_each_cloud
class Age(Case):
    def test_a_rotation_is_seen_after_the_time_to_live(self):
        self.put(A_TOKEN="value-one")
        program = self.program(SECRETS_TTL_SECONDS=1)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.put(A_TOKEN="value-two")
        program("sleep", 1.1)
        self.assertEqual(program.read("A_TOKEN"), "value-two")

    def test_zero_asks_at_every_read(self):
        self.put(A_TOKEN="value-one")
        program = self.program(SECRETS_TTL_SECONDS=0)
        self.assertEqual(program("often", "A_TOKEN", 5), ["value-one"])
        self.assertEqual(len(self.manager.reads()), 5)
        answers = program("together", [READ] * 10)
        self.assertEqual([value(answer) for answer in answers], ["value-one"] * 10)
        self.assertEqual(len(self.manager.reads()), 15)

    def test_the_login_is_kept_between_reads(self):
        if self.cloud != "azure":
            return  # the others sign
        self.put(A_TOKEN="value-one")
        self.program(SECRETS_TTL_SECONDS=0)("often", "A_TOKEN", 5)
        self.assertEqual(self.manager.logins(), 1)
