"""How old a value may be, and what ends its use before that."""

import time

from support import Case


class Rotation(Case):
    def test_is_seen_after_the_time_to_live(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(SECRETS_TTL_SECONDS=1)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.put({"A_TOKEN": "value-two"})
        program("time.sleep(1.1)")
        self.assertEqual(program.read("A_TOKEN"), "value-two", "the first read after it, also of an idle server")
        self.assertEqual(len(self.bao.audit(self.path)), 2)

    def test_an_idle_program_asks_nothing(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(SECRETS_TTL_SECONDS=1)
        program.read("A_TOKEN")
        time.sleep(3)
        self.assertEqual(len(self.bao.audit(self.path)), 1)

    def test_past_half_of_it_one_refresh_runs_in_the_background(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program()
        program.read("A_TOKEN")
        self.put({"A_TOKEN": "value-two"})
        program.later(25)
        self.assertEqual(program.read("A_TOKEN"), "value-one", "young enough")
        self.assertEqual(len(self.bao.audit(self.path)), 1)
        program.later(6)
        self.bao.freeze()
        values = program("[[secrets['A_TOKEN'], time.sleep(0.001)][0] for _ in range(100)]")
        self.bao.thaw()
        self.assertEqual(set(values), {"value-one"}, "no read waits for the refresh")
        self.assertTrue(program.soon("secrets['A_TOKEN'] == 'value-two'"))
        self.assertEqual(len(self.bao.audit(self.path)), 2, "one refresh, however many reads")

    def test_zero_asks_at_every_read(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(SECRETS_TTL_SECONDS=0)
        self.assertEqual(program("[secrets['A_TOKEN'] for _ in range(5)]"), ["value-one"] * 5)
        self.assertEqual(len(self.bao.audit(self.path)), 5)
        self.put({"A_TOKEN": "value-two"})
        self.assertEqual(program.read("A_TOKEN"), "value-two")

    def test_zero_asks_for_each_of_the_readers_at_the_same_time(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(SECRETS_TTL_SECONDS=0)
        program("from concurrent.futures import ThreadPoolExecutor")
        self.assertEqual(program("list(ThreadPoolExecutor(10).map(lambda _: secrets['A_TOKEN'], range(10)))"), ["value-one"] * 10)
        self.assertEqual(len(self.bao.audit(self.path)), 10)

    def test_no_time_to_live_is_longer_than_the_limit(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(SECRETS_TTL_SECONDS=100_000, constants={"KEEP_SECONDS": 1})
        program.read("A_TOKEN")
        self.put({"A_TOKEN": "value-two"})
        program("time.sleep(1.1)")
        self.assertEqual(program.read("A_TOKEN"), "value-two")

    def test_the_limit_is_five_minutes(self):
        program = self.program()
        self.assertEqual(program("[vault_secrets.KEEP_SECONDS, vault_secrets.REST_SECONDS]"), [300, 2])

    def test_a_computer_that_slept(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program()
        program.read("A_TOKEN")
        self.put({"A_TOKEN": "value-two"})
        program.later(61)  # only the clock that can be set is ahead, as on Linux
        self.assertEqual(program.read("A_TOKEN"), "value-two")

    def test_a_clock_that_is_set_back(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program(SECRETS_TTL_SECONDS=1)
        program.read("A_TOKEN")
        self.put({"A_TOKEN": "value-two"})
        program.later(-3600)
        program("time.sleep(1.1)")
        self.assertEqual(program.read("A_TOKEN"), "value-two")


class Refused(Case):
    def test_what_is_held_is_dropped(self):
        bao = self.own_bao()
        self.put({"A_TOKEN": "value-one"}, bao)
        program = self.program(bao)
        program.read("A_TOKEN")
        bao.drop_policy(self.policy)
        program.later(61)
        self.fails(program, "secrets['A_TOKEN']", f"secret/{self.path}", "HTTP 403")
        bao.stop()
        program.later(2.1)
        self.fails(program, "secrets['A_TOKEN']", "ECONNREFUSED")

    def test_also_by_a_refresh_in_the_background(self):
        self.put({"A_TOKEN": "value-one"})
        program = self.program()
        program.read("A_TOKEN")
        self.bao.drop_policy(self.policy)
        program.later(31)
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        program("def refused():\n    try: secrets['A_TOKEN']\n    except SecretError: return True\n")
        self.assertTrue(program.soon("refused()"))
        self.fails(program, "secrets['A_TOKEN']", "HTTP 403")

    def test_one_path_does_not_concern_another(self):
        self.put({"A_TOKEN": "value-one"})
        self.sources["B_TOKEN"] = ("team/forbidden", "B_TOKEN")
        program = self.program()
        self.fails(program, "secrets['B_TOKEN']", "B_TOKEN", "secret/team/forbidden", "HTTP 403")
        self.assertEqual(program.read("A_TOKEN"), "value-one")
        self.fails(program, "preload_sync()", "B_TOKEN")

    def test_a_revoked_token(self):
        self.put({"A_TOKEN": "value-one"})
        token = self.token()
        program = self.program(VAULT_TOKEN=token)
        program.read("A_TOKEN")
        self.bao.revoke(token)
        program.later(61)
        self.fails(program, "secrets['A_TOKEN']", "HTTP 403")
