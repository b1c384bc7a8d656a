"""`push` into a fake of GCP Secret Manager."""

from __future__ import annotations

import unittest

from cases import TEAM, Cut, Pushes
from gcp import Gcp
from support import OTHER


class OfGcp(Pushes, unittest.TestCase):
    backend, cloud_class, endpoint = "gcp", Gcp, "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"

    def place(self, server, name):
        return f"{TEAM}-{server}-{name}", ""

    def is_write(self, request):
        return ":addVersion" in request.path

    def is_create(self, request):
        return "secretId=" in request.path

    def versions(self, path):
        return len(self.cloud._secrets[path].versions)

    def test_killed_between_secret_and_version_a_second_run_fills_it(self):
        self.killed(2, after=True, is_write=self.is_create)
        empty = [path for path in self.paths if path in self.cloud._secrets and not self.versions(path)]
        self.assertEqual(empty, [self.paths[1]])
        self.push(0)
        self.all_there()

    def test_a_lost_answer_to_the_first_of_the_two_calls_is_no_loss(self):
        def happens(number, forward):
            answer = forward()
            if number == 2:
                raise Cut
            return answer

        self.on_write(happens, self.is_create)
        self.push(1)
        self.unhook()
        self.push(0)
        self.all_there()

    def test_an_empty_secret_of_somebody_else_is_not_filled(self):
        self.cloud.put_empty(self.last, {"team": "others"})
        self.assertIn("conflict[bare] somebody else made", self.push(2).out)
        self.assertEqual(self.versions(self.last), 0)
        self.assertIsNone(self.cloud.get(self.first))

    def test_what_somebody_else_made_at_a_path_of_ours_is_not_taken_back(self):
        self.push(0)
        self.cloud.delete(self.last)
        self.cloud.put_empty(self.last, {"managed-by": "envacuate"})
        self.cloud.put(self.last, {"": OTHER})
        self.assertIn("is not as it was made", self.push(1, "--undo", "--yes").err)
        self.assertEqual(self.cloud.get(self.last), {"": OTHER})
        self.assertIsNone(self.cloud.get(self.first))

    def test_a_disabled_version_is_not_taken_for_absence(self):
        self.cloud.put(self.last, {"": OTHER})
        self.cloud.disable(self.last)
        self.assertIn("disabled or destroyed", self.push(3).err)
        self.assertEqual(self.versions(self.last), 1)

    def test_a_value_that_changed_on_its_way_is_not_believed(self):
        self.cloud.put(self.last, self.values(self.last))
        self.cloud.damage(True)
        self.assertIn("changed on its way", self.push(3).err)
        self.assertIsNone(self.cloud.get(self.first))

    def test_each_secret_says_who_made_it(self):
        self.push(0)
        self.assertEqual(self.cloud.labels(self.first), {"managed-by": "envacuate", "server": "alpha"})

    def test_what_is_not_allowed_is_known_before(self):
        self.cloud.put(self.last, self.values(self.last))
        self.cloud.deny("versions.access")
        self.push(3)
        self.assertIsNone(self.cloud.get(self.first))

    def test_nobody_to_ask_as_is_said(self):
        self.cloud.fail_login(400)
        self.assertIn("no token was given", self.push(3).err)
        self.assertIn("cannot be used", self.push(3, GOOGLE_APPLICATION_CREDENTIALS="/nowhere").err)
        self.assertIn("no project", self.push(3, GOOGLE_CLOUD_PROJECT=None).err)
