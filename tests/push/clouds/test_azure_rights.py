"""What Azure tells of rights: which are missing before anything is written, and who may read a secret."""

from __future__ import annotations

import unittest

from azure import Azure
from azure_arm import GROUP, ROLES, SECRETS, SUBSCRIPTION, VAULT
from cases import Program
from fake import Answer

USER, OFFICER = "Key Vault Secrets User", "Key Vault Secrets Officer"
DRY = ("--from-file", ".env", "--dry-run")


class OfAzure(Program, unittest.TestCase):
    backend, cloud_class = "azure", Azure

    def place(self, server, name):
        return f"crew-{server}-{name}".replace("_", "-"), ""

    # --- Rights of whoever pushes.

    def test_what_is_missing_is_known_before(self):
        arm = self.cloud.arm
        arm.own[""] = [ROLES["Reader"], ROLES[OFFICER]]
        arm.own[self.last] = [ROLES["Reader"], {**ROLES[OFFICER], "notDataActions": [f"{SECRETS}/setSecret/*"]}]
        ran = self.push(3)
        self.assertIn(f"{SECRETS}/setSecret/action", ran.out)
        self.assertNotIn("getSecret", ran.out)
        self.assertNotIn(self.first, ran.out)
        self.nothing_there()
        del arm.own[self.last]
        self.push(0)
        self.all_there()

    def test_what_azure_does_not_tell_stops_nobody(self):
        arm = self.cloud.arm
        arm.own[""] = [ROLES["Reader"]]
        self.push(3, *DRY)
        for denied in ("vault", "permissions"):
            arm.denied = {denied}
            self.push(0, *DRY)
        arm.denied = set()
        # Access policies name groups as well, whose members are not known.
        arm.has_roles = False
        self.push(0, *DRY)
        arm.has_roles = True
        arm.own[""] = []
        self.push(0, *DRY)
        away = Answer(302, None, {"Location": "https://x.example"})
        for hostile in (Answer(200, b"<html>"), Answer(500), away, Answer(200, {"data": [{"id": "https://x.example/"}]})):
            arm.answer = lambda *_: hostile
            self.push(0, *DRY)

    # --- Readers.

    def test_who_may_read_is_told_and_who_may_do_more(self):
        self.push(0)
        arm = self.cloud.arm
        arm.assign(USER, "1-server", f"{VAULT}/secrets/{self.first}")
        arm.assign(USER, "2-other", f"{VAULT}/secrets/{self.last}")
        arm.assign(USER, "3-vault", VAULT.lower())
        arm.assign(OFFICER, "4-group", GROUP, kind="Group")
        arm.assign("Key Vault Administrator", "5-all", "/providers/Microsoft.Management/managementGroups/root")
        arm.assign("Owner", "6-owner", SUBSCRIPTION, kind="User")
        arm.assign(USER, "7-maybe", f"{VAULT}/secrets/{self.first}", condition="@Resource[x] StringEquals 'y'")
        more = "may set, update, delete and purge it"
        expected = {
            ("ServicePrincipal 1-server", USER): [],
            ("ServicePrincipal 3-vault", USER): ["all secrets of the vault"],
            ("Group 4-group", OFFICER): ["all vaults of the resource group", more],
            ("ServicePrincipal 5-all", "Key Vault Administrator"): ["all vaults of a management group", more, "keys and certificates as well"],
            ("ServicePrincipal 7-maybe", USER): ["a condition"],
        }
        self.assertEqual(self.readers(self.first), (expected, []))
        ran = self.end(self.start(command="verify"))
        self.assertIn("Key Vault Secrets User: ServicePrincipal 3-vault; wider than needed: all secrets of the vault", ran.out)

    def test_access_policies_are_told(self):
        self.push(0)
        arm = self.cloud.arm
        arm.has_roles = False
        arm.assign(USER, "not-in-force")
        arm.policy("1-server", "Get", "list")
        arm.policy("2-all", "all")
        arm.policy("3-writer", "set", "get", "delete")
        arm.policy("4-blind", "list")
        whole, by = "all secrets of the vault", "access policy"
        expected = {("object 1-server", by): [whole], ("object 2-all", by): [whole, "may do everything with it"]}
        expected["object 3-writer", by] = [whole, "may set and delete it"]
        self.assertEqual(self.readers(self.first), (expected, []))
        arm.policy("5-\x1b[31m\u202e", "get")
        ran = self.end(self.start(command="verify"))
        self.assertIn("object 5-", ran.out)
        self.assertNotIn("\x1b", ran.out)
        self.assertNotIn("\u202e", ran.out)

    def test_what_is_not_told_is_named(self):
        self.push(0)
        arm = self.cloud.arm
        arm.assign(USER, "1-server")
        for denied, expected in {
            "vault": (None, ["the vault, in Azure Resource Manager: reading it is not allowed"]),
            "roleAssignments": (None, ["roles: Microsoft.Authorization/roleAssignments/read is not allowed"]),
            "roleDefinitions": ({}, ["what 1 of the roles let"]),
        }.items():
            arm.denied = {denied}
            self.assertEqual(self.readers(self.first), expected)

    def test_hostile_answers_end(self):
        self.push(0)
        answer = self.cloud.arm.answer
        again = {"value": [{"properties": {"roleDefinitionId": "/../x"}}], "nextLink": f"{self.cloud.server.url}/subscriptions/x?api-version=1"}
        away = {"value": [], "nextLink": "https://x.example/subscriptions"}
        for page in (again, away, {"value": 7}, {"value": [7]}, [], None):

            def hostile(request, tokens, page=page):
                is_list = "roleAssignments" in request.path or "/subscriptions/x" in request.path
                return Answer(200, page) if is_list else answer(request, tokens)

            self.cloud.arm.answer = hostile
            holders, untold = self.readers(self.first)
            self.assertEqual((holders or {}, len(untold)), ({}, 1))
