"""`push` into a fake of Azure Key Vault."""

from __future__ import annotations

import unittest

from azure import Azure
from cases import TEAM, Cut, Pushes
from support import OTHER


class OfAzure(Pushes, unittest.TestCase):
    backend, cloud_class, endpoint = "azure", Azure, "AZURE_KEYVAULT_URL"

    def place(self, server, name):
        return f"{TEAM}-{server}-{name}".replace("_", "-"), ""

    def is_write(self, request):
        return request.method == "PUT"

    def versions(self, path):
        return len(self.cloud._secrets[path.lower()].versions)

    def test_halfway_inside_of_a_server_a_second_run_does_the_rest(self):
        def happens(number, forward):
            if number == 2:
                raise Cut
            return forward()

        self.on_write(happens)
        self.push(1)
        self.unhook()
        one, two = [path for path in self.paths if "-alpha-" in path]
        self.assertEqual((self.cloud.get(one), self.cloud.get(two)), (self.values(one), None))
        self.push(0)
        self.all_there()

    def test_a_name_that_was_deleted_is_a_conflict(self):
        self.cloud.put(self.last, {"": OTHER})
        self.cloud.delete(self.last)
        self.assertIn("conflict[deleted]", self.push(2).out)
        self.assertIsNone(self.cloud.get(self.first))

    def test_a_deleted_name_that_may_not_be_looked_for_is_found_by_the_write(self):
        self.cloud.put(self.first, {"": OTHER})
        self.cloud.delete(self.first)
        route = self.cloud._route_deleted

        def denied(method, name, action):
            self.cloud.denied = {"get"}
            try:
                return route(method, name, action)
            finally:
                self.cloud.denied = set()

        self.cloud._route_deleted = denied
        self.push(2)
        self.nothing_there()

    def test_a_disabled_secret_is_not_taken_for_absence(self):
        self.cloud.put(self.last, {"": OTHER})
        self.cloud.disable(self.last)
        self.assertIn("or the secret is disabled", self.push(3).err)
        self.assertEqual(self.versions(self.last), 1)

    def test_each_secret_says_who_made_it_and_its_true_name(self):
        self.push(0)
        tags = {"managed-by": "envacuate", "name": "A_PASSWORD", "server": "alpha"}
        self.assertEqual(self.cloud.tags(self.first), tags)

    def test_a_new_version_keeps_what_is_said_of_a_secret(self):
        self.push(0)
        [version] = self.cloud._secrets[self.first.lower()].versions
        version.kind, version.term, version.tags = "text/plain", {"nbf": 1700000000, "exp": 2000000000}, {"owner": "them"}
        self.assertEqual(self.end(self.start("--drill", "A_PASSWORD", "--server", "alpha", command="rotate")).code, 0)
        _, new = self.cloud._secrets[self.first.lower()].versions
        self.assertEqual((new.value, new.kind, new.term, new.tags), (version.value, version.kind, version.term, version.tags))

    def test_a_stranger_is_not_trusted(self):
        authority = {"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"}
        self.assertIn("is not trusted", self.push(3, **authority).err)
        self.nothing_there()

    def test_nobody_to_ask_as_is_said(self):
        self.cloud.fail_login(400)
        self.assertIn("no token was given", self.push(3).err)
        self.assertIn("no vault", self.push(3, AZURE_KEYVAULT_URL=None).err)
