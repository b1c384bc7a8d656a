"""The client of AWS Secrets Manager in JavaScript, against moto."""

from support import SECRET, Behaves, Client, move_clock


class Aws(Behaves, Client):
    manager = "aws"

    def test_what_stands_in_a_secret(self):
        self.cloud.put_text(self.path(), '{"A_TOKEN": 12, "B_TOKEN": {"x": [true]}, "MISSING": 12345678901234567890}')
        with self.program() as program:
            self.assertEqual((program.read(), program.read("B_TOKEN")), ("12", '{"x":[true]}'))
            self.fails(program, "a number too large", name="MISSING")
        for text in ("plain", "[1]", '"text"', "{broken"):
            self.cloud.put_text(self.path(), text)
            with self.program() as program:
                self.fails(program, "it is not a JSON object")

    def test_deleted(self):
        with self.program() as program:
            program.read()
            self.cloud.delete(self.path())
            move_clock(program, 61)
            self.assertIsNone(program.read())

    def test_the_stage_is_the_current_one(self):
        versions = [self.cloud.api("DescribeSecret", SecretId=self.path())[1]["VersionIdsToStages"]]
        self.rotate()
        versions.append(self.cloud.api("DescribeSecret", SecretId=self.path())[1]["VersionIdsToStages"])
        (old,) = versions[0]
        new = next(version for version in versions[1] if version != old)
        stage = {"VersionStage": "AWSCURRENT", "MoveToVersionId": old, "RemoveFromVersionId": new}
        self.cloud.api("UpdateSecretVersionStage", SecretId=self.path(), **stage)
        with self.program() as program:
            self.assertEqual(program.read(), f"{SECRET}-1")
