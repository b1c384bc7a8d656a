"""The client of AWS Secrets Manager in Python, against moto."""

from common import Behaves, Client


class Aws(Behaves, Client):
    manager = "aws"

    def test_what_stands_in_a_secret(self):
        self.cloud.put_text(self.path(), '{"A_TOKEN": 12345678901234567890, "B_TOKEN": {"x": [true]}}')
        program = self.program()
        self.assertEqual([program.read("A_TOKEN"), program.read("B_TOKEN")], ["12345678901234567890", '{"x":[true]}'])
        for text in ("plain", "[1]", '"text"', "{broken"):
            self.cloud.put_text(self.path(), text)
            self.fails(self.program(), "secrets['A_TOKEN']", "it is not a JSON object")

    def test_deleted(self):
        program = self.program()
        program.read("A_TOKEN")
        self.cloud.delete(self.path())
        program.later(61)
        self.absent(program, "A_TOKEN")
