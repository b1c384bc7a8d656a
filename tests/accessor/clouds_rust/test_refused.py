"""What happens when a cloud says no, and what is not a cloud."""

from support import READ, Answer, Case, with_each_cloud


@with_each_cloud
class Refused(Case):
    def test_what_is_held_is_dropped(self):
        self.put(A_TOKEN="value-one")
        program = self.program(SECRETS_TTL_SECONDS=1)
        program.read("A_TOKEN")
        self.manager.fail(403)
        program("sleep", 1.1)
        # AWS says it with another status and a name.
        said = {"aws": "HTTP 400 (AccessDeniedException)", "gcp": "HTTP 403 (PERMISSION_DENIED)", "azure": "HTTP 403 (Forbidden)"}
        self.fails(program, READ, said[self.cloud])
        self.manager.fail(None)
        self.manager.stop()
        program("sleep", 2.1)
        self.fails(program, READ, "Connection refused")

    def test_something_else_that_answers(self):
        self.put(A_TOKEN="value-one")
        for status, body in ((404, b"default backend"), (404, b"{}"), (200, b"<html>Please log in</html>"), (200, b""), (200, b"[]"), (302, b"")):
            with self.subTest(status, body=body):
                self.manager.failure = lambda _: Answer(status, body)
                self.manager.fail(status)
                self.fails(self.program(), READ, "A_TOKEN: cannot read")
