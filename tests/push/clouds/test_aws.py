"""`push` into AWS Secrets Manager, which is moto."""

from __future__ import annotations

import base64
import unittest

from aws import Aws
from cases import TEAM, Pushes


class OfAws(Pushes, unittest.TestCase):
    backend, cloud_class, endpoint = "aws", Aws, "AWS_ENDPOINT_URL_SECRETS_MANAGER"

    def place(self, server, name):
        return f"{TEAM}/{server}", name

    def is_write(self, request):
        return request.headers.get("x-amz-target") in ("secretsmanager.CreateSecret", "secretsmanager.PutSecretValue")

    def versions(self, path):
        _, said = self.cloud.api("ListSecretVersionIds", SecretId=path, IncludeDeprecated=True)
        return len(said["Versions"])

    def test_a_secret_that_is_to_be_deleted_is_a_conflict(self):
        self.cloud.put(self.last, {"X": "one"})
        self.cloud.delete(self.last)
        self.assertIn("conflict[deleted]", self.push(2).out)
        self.assertIsNone(self.cloud.get(self.first))

    def test_each_secret_says_who_made_it(self):
        self.push(0)
        _, said = self.cloud.api("DescribeSecret", SecretId=self.first)
        tags = {tag["Key"]: tag["Value"] for tag in said["Tags"]}
        self.assertEqual(tags, {"managed-by": "envacuate", "server": "alpha"})

    def test_keys_are_added_beside_those_that_are_there(self):
        self.cloud.put(self.first, {"OTHERS": "one"})
        self.assertIn("conflict", self.push(2).out)
        self.push(0, "--from-file", ".env", "--merge")
        self.assertEqual(self.cloud.get(self.first), {"OTHERS": "one", **self.values(self.first)})

    def test_an_empty_secret_of_somebody_else_is_not_filled(self):
        self.cloud.api("CreateSecret", Name=self.last, ClientRequestToken="a" * 32)
        self.assertIn("conflict[bare] somebody else made", self.push(2).out)
        self.assertIsNone(self.cloud.get(self.first))

    def test_what_is_no_object_of_keys_stays_what_it_is(self):
        for kept in ({"SecretString": "one value"}, {"SecretBinary": base64.b64encode(b'{"OTHERS": "one"}').decode()}):
            with self.subTest(kept):
                self.setUp()
                self.cloud.api("CreateSecret", Name=self.first, ClientRequestToken="a" * 32, **kept)
                for allowed in ([], ["--merge", "--overwrite"]):
                    self.assertIn("conflict[no-texts]", self.push(2, "--from-file", ".env", *allowed).out)
                _, said = self.cloud.api("GetSecretValue", SecretId=self.first)
                self.assertEqual({name: said[name] for name in kept}, kept)
                self.assertEqual(self.versions(self.first), 1)

    def test_keys_come_from_a_file_of_profiles(self):
        keys = self.dir / "credentials"
        keys.write_text("[crew]\naws_access_key_id = testing\naws_secret_access_key = testing\n")
        none = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
        self.assertIn("nobody to ask AWS as", self.push(3, **none).err)
        self.assertIn("has the profile", self.push(3, AWS_PROFILE="other", AWS_SHARED_CREDENTIALS_FILE=keys, **none).err)
        self.push(0, AWS_PROFILE="crew", AWS_SHARED_CREDENTIALS_FILE=keys, **none)
        self.all_there()

    def test_without_a_region_nothing_is_asked(self):
        self.assertIn("no region", self.push(3, AWS_REGION=None, AWS_DEFAULT_REGION=None).err)
        self.assertEqual(self.cloud.reads(), [])
