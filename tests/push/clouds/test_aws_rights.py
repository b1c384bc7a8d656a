"""What AWS tells of rights: which are missing before anything is written, and who may read a secret."""

from __future__ import annotations

import json
import unittest

from aws import REGION, Aws
from cases import Program

ACCOUNT = "123456789012"


def allow(actions, resource, **rest):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource, **rest}]}


def secret(name):
    return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}"


class OfAws(Program, unittest.TestCase):
    backend, cloud_class = "aws", Aws

    def place(self, server, name):
        return f"crew/{server}", name

    def policy(self, kind):
        """One of the manifest."""
        policies = json.loads((self.dir / "envacuate.manifest.json").read_text())["policies"]
        return next(policy["text"] for policy in policies if policy["for"] == kind)

    def put_policy(self, *statements):
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        status, said = self.cloud.api("PutResourcePolicy", SecretId=self.first, ResourcePolicy=json.dumps(policy))
        self.assertEqual(status, 200, said)

    # --- Rights of whoever pushes.

    def test_what_is_missing_is_known_before(self):
        iam = self.cloud.iam
        own = allow("secretsmanager:*", secret("crew/alpha-??????"))
        alice = iam.user("alice", own)
        ran = self.push(3, **alice)
        self.assertIn("crew/beta", ran.out)
        self.assertIn("CreateSecret and TagResource and GetSecretValue", ran.out)
        self.assertNotIn("crew/alpha", ran.out)
        self.nothing_there()
        whole = ["secretsmanager:CreateSecret", "secretsmanager:TagResource", "secretsmanager:GetSecretValue"]
        self.push(0, **iam.user("bob", allow(whole, f"arn:aws:secretsmanager:*:*:secret:crew/*")))
        self.all_there()

    def test_a_role_is_found_with_its_path_and_a_denial_counts(self):
        denial = {"Effect": "Deny", "Action": "secretsmanager:CreateSecret", "Resource": "*"}
        allowed = allow("*", "*")["Statement"]
        role = self.cloud.iam.role("ci", {"Version": "2012-10-17", "Statement": [*allowed, denial]}, path="/teams/")
        ran = self.push(3, **role)
        self.assertIn("CreateSecret", ran.out)
        self.assertNotIn("TagResource", ran.out)
        # The role's path is not known then.
        self.cloud.deny("iam:GetRole")
        self.push(0, **role)

    def test_what_aws_does_not_tell_stops_nobody(self):
        nothing = self.cloud.iam.user("alice")
        for action in ("sts:GetCallerIdentity", "iam:SimulatePrincipalPolicy"):
            self.cloud.deny(action)
            self.push(0, "--from-file", ".env", "--dry-run", **nothing)
        self.cloud.deny()
        maybe = allow("secretsmanager:*", "*", Condition={"StringEquals": {"aws:RequestedRegion": REGION}})
        self.push(0, "--from-file", ".env", "--dry-run", **self.cloud.iam.user("bob", maybe))
        self.push(0, "--from-file", ".env", "--dry-run", AWS_ENDPOINT_URL_STS=None, **nothing)
        self.push(0, "--from-file", ".env", "--dry-run", AWS_ENDPOINT_URL_IAM="http://127.0.0.1:1", **nothing)

    # --- Readers.

    def test_who_may_read_is_told_and_who_may_do_more(self):
        self.push(0)
        iam = self.cloud.iam
        iam.role("alpha", allow(["secretsmanager:GetSecretValue"], secret("crew/alpha-??????")))
        iam.user("boss", "AdministratorAccess")
        iam.user("dev")
        iam.user("other", allow("s3:*", "*"))
        iam.group("devs", ["dev"], "SecretsManagerReadWrite")
        closed = {"Effect": "Deny", "Action": "secretsmanager:Get*", "Resource": "*"}
        iam.user("former", "AdministratorAccess", {"Version": "2012-10-17", "Statement": closed})
        at_home = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
        iam.role("oncall", allow("secretsmanager:GetSecretValue", [secret("crew/alpha-??????"), secret("x-??????")], Condition=at_home))
        holders, untold = self.readers(self.first)
        self.assertEqual(untold, [])
        self.assertEqual(holders["role/alpha", "own-0"], [])
        self.assertEqual(holders["user/boss", "AdministratorAccess"], ["all secrets", "more actions on it: *"])
        self.assertEqual(holders["user/dev", "SecretsManagerReadWrite of group devs"], ["all secrets", "more actions on it: secretsmanager:*"])
        self.assertEqual(holders["role/oncall", "own-0"], [f"other secrets: {secret('x-??????')}", "a condition"])
        self.assertEqual(len(holders), 4)
        # The same in many pages.
        self.cloud.iam.largest, self.cloud.iam.pages = 1, 0
        self.assertEqual(self.readers(self.first), (holders, []))
        self.assertGreater(self.cloud.iam.pages, 8)
        ran = self.end(self.start(command="verify"))
        self.assertIn("AdministratorAccess: user/boss; wider than needed: all secrets, more actions on it: *", ran.out)

    def test_the_policy_of_a_secret_is_told(self):
        self.push(0)
        read = {"Action": "secretsmanager:GetSecretValue", "Resource": "*"}
        self.put_policy(
            {"Effect": "Allow", "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/a", "arn:aws:iam::999999999999:root"]}, **read},
            {"Effect": "Allow", "Principal": "*", **read, "Condition": {"StringEquals": {"aws:SourceVpce": "x"}}},
            {"Effect": "Allow", "Principal": {"AWS": "evil\x1b[31m\u202e"}, "Action": "secretsmanager:*", "Resource": "*"},
        )
        self.cloud.iam.user("boss", "AdministratorAccess")
        holders, untold = self.readers(self.first)
        by = "the policy of the secret"
        self.assertEqual(holders[f"arn:aws:iam::{ACCOUNT}:role/a", by], [])
        self.assertEqual(holders["arn:aws:iam::999999999999:root", by], ["everybody of another account whom it lets"])
        self.assertEqual(holders["everybody", by], ["everybody", "a condition"])
        self.assertEqual(untold, [])
        ran = self.end(self.start(command="verify"))
        self.assertNotIn("\x1b", ran.out)
        self.assertNotIn("\u202e", ran.out)
        self.put_policy({"Effect": "Deny", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/boss"}, **read})
        self.assertEqual(self.readers(self.first), ({}, []))

    def test_what_is_not_told_is_named(self):
        self.push(0)
        self.cloud.iam.user("boss", "AdministratorAccess")
        self.cloud.deny("iam:GetAccountAuthorizationDetails")
        holders, untold = self.readers(self.first)
        self.assertEqual(holders, {})
        self.assertEqual(untold, ["policies of users, groups and roles: iam:GetAccountAuthorizationDetails is not allowed"])
        self.cloud.deny("secretsmanager:GetResourcePolicy")
        holders, untold = self.readers(self.first)
        self.assertIn(("user/boss", "AdministratorAccess"), holders)
        self.assertEqual(untold, ["the policy of the secret: secretsmanager:GetResourcePolicy is not allowed"])
        self.cloud.deny("iam:GetAccountAuthorizationDetails", "secretsmanager:GetResourcePolicy")
        self.assertIsNone(self.readers(self.first)[0])

    def test_hostile_answers_end(self):
        from fake import Answer

        self.push(0)
        body = (
            b"<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><IsTruncated>true</IsTruncated>"
            b"<Marker>again</Marker></GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>"
        )
        answer = self.cloud.iam.answer
        for hostile in (body, b"<a>" * 1_000_000, b"<!DOCTYPE x [<!ENTITY y 'z'>]><x/>", b"\xff" * 100, b""):
            self.cloud.iam.answer = lambda fields: Answer(200, hostile) if "Details" in fields["Action"] else answer(fields)
            holders, untold = self.readers(self.first)
            self.assertEqual((holders, len(untold)), ({}, 1))
