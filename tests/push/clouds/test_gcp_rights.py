"""What GCP tells of who may read a secret."""

from __future__ import annotations

import unittest

from cases import Program
from fake import Answer
from gcp import PROJECT, Gcp

READ, ADMIN, OWN = "roles/secretmanager.secretAccessor", "roles/secretmanager.admin", f"projects/{PROJECT}/roles/operator"
ABOVE = "roles on folders and on the organisation"
ALL = "all secrets of the project"
MORE = ["may change it", "may delete it", "may give rights to others"]


class OfGcp(Program, unittest.TestCase):
    backend, cloud_class = "gcp", Gcp

    def place(self, server, name):
        return f"crew-{server}-{name}", ""

    def test_who_may_read_is_told_and_who_may_do_more(self):
        self.push(0)
        bind = self.cloud.bind
        bind(READ, "serviceAccount:alpha@x", path=self.first)
        bind(OWN, "serviceAccount:ops@x", path=self.first)
        bind(READ, "allUsers", path=self.first, condition="request.time < timestamp('2030-01-01T00:00:00Z')")
        bind("roles/secretmanager.viewer", "user:viewer@x", path=self.first)
        bind(READ, "serviceAccount:beta@x", path=self.last)
        bind("roles/owner", "user:boss@x", "deleted:user:gone@x?uid=1")
        bind("roles/editor", "serviceAccount:default@x")
        bind("roles/compute.viewer", "user:other@x")
        bind(ADMIN, "group:devs@x", condition="resource.name.startsWith('x')")
        expected = {
            ("serviceAccount:alpha@x", READ): [],
            ("serviceAccount:ops@x", OWN): ["may change it"],
            ("allUsers", READ): ["everybody", "a condition"],
            ("user:boss@x", "roles/owner"): [ALL, *MORE],
            ("group:devs@x", ADMIN): [ALL, *MORE, "a condition"],
        }
        self.assertEqual(self.readers(self.first), (expected, [ABOVE]))
        ran = self.end(self.start(command="verify"))
        self.assertIn(f"roles/owner: user:boss@x; wider than needed: {ALL}, may change it", ran.out)
        self.assertIn(f"not told: {ABOVE}", ran.out)

    def test_what_is_not_told_is_named(self):
        self.push(0)
        self.cloud.bind(READ, "serviceAccount:alpha@x", path=self.first)
        self.cloud.bind("roles/editor", "serviceAccount:default@x")
        self.cloud.bind("roles/made.up", "user:other@x")
        own, project = "secrets.getIamPolicy", "resourcemanager.projects.getIamPolicy"
        of_own, of_project = f"the policy of the secret: secretmanager.{own} is not allowed", f"roles on the project: {project} is not allowed"
        alpha = {("serviceAccount:alpha@x", READ): []}
        for denied, expected in {
            (): (alpha, ["what roles/made.up lets", ABOVE]),
            ("iam.roles.get",): (alpha, ["what roles/editor and 1 more of the roles let", ABOVE]),
            (project,): (alpha, [of_project, ABOVE]),
            (own,): ({}, [of_own, "what roles/made.up lets", ABOVE]),
            (own, project): (None, [of_own, of_project, ABOVE]),
        }.items():
            self.cloud.deny(*denied)
            self.assertEqual(self.readers(self.first), expected)
        self.cloud.deny()
        unset = {"CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER": None}
        expected = (alpha, ["roles on the project: resourcemanager.projects.getIamPolicy had no answer", ABOVE])
        self.assertEqual(self.readers(self.first, **unset), expected)

    def test_hostile_answers_end(self):
        self.push(0)
        answer = self.cloud.answer
        evil = {"bindings": [7, {"role": 7}, {"role": "../../x", "members": ["user:a"]}, {"role": READ, "members": ["user:\x1b[31m\u202e", 7]}]}
        for policy in (evil, {"bindings": 7}, [], None):
            self.cloud.answer = lambda request, policy=policy: Answer(200, policy) if request.path.endswith(f"{PROJECT}:getIamPolicy") else answer(request)
            ran = self.end(self.start(command="verify"))
            self.assertEqual(ran.code, 0, ran.err)
            self.assertNotIn("\x1b", ran.out)
            self.assertNotIn("\u202e", ran.out)
