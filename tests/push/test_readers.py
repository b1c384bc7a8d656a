"""Who may read a secret of Vault, by whatever gives them a policy."""

from __future__ import annotations

from pathlib import Path

from bao import Answer, Stub, make_certificates
from support import Case

PAGE = Path(__file__).resolve().parents[2] / "docs/managers/vault.md"


class Readers(Case):
    def setUp(self) -> None:
        super().setUp()
        self.push(0)
        self.rules('path "secret/data/TEAM/alpha" { capabilities = ["read"] }')
        self.own = f"{self.team}-own-{len(self.secrets) - 1}"

    def made(self, place: str, **fields: object) -> str:
        return str(self.bao.api("POST", place, fields)["data"]["id"])

    def readers(self, token: str = ""):
        """By identity and policy what is wider, and whether there is a condition; and what is not told."""
        ran = self.run_("verify", "--server", "alpha", "--format", "json", VAULT_TOKEN=token or self.bao.root)
        self.assertEqual(ran.code, 0, ran.err)
        [told] = ran.json["readers"]
        holders = told["holders"]
        return holders and {(one["identity"], one["policy"]): (one["wider"], one["conditional"]) for one in holders}, told["untold"]

    def test_policies_come_from_users(self):
        self.bao._enable_auth("userpass", "userpass")
        self.bao.api("POST", f"auth/userpass/users/{self.team}-ann", {"password": "x-long-enough", "token_policies": [self.own]})
        self.bao._enable_auth("cert", "cert")
        make_certificates(self.dir)
        certificate = (self.dir / "ca.pem").read_text()
        self.bao.api("POST", f"auth/cert/certs/{self.team}-machine", {"certificate": certificate, "token_policies": [self.own]})
        holders, untold = self.readers()
        self.assertEqual(untold, [])
        self.assertEqual(sorted(who for who, by in holders if by == self.own), [f"cert/{self.team}-machine", f"userpass/{self.team}-ann"])

    def test_policies_come_from_identities_and_groups_above(self):
        team, own = self.team, self.own
        self.bao._enable_auth("userpass", "userpass")
        accessor = self.bao.api("GET", "sys/auth")["data"]["userpass/"]["accessor"]
        ann = self.made("identity/entity", name=f"{team}-ann", policies=[own])
        self.made("identity/entity-alias", name="ann", canonical_id=ann, mount_accessor=accessor)
        bob = self.made("identity/entity", name=f"{team}-bob")
        self.made("identity/entity", name=f"{team}-gone", policies=[own], disabled=True)
        inner = self.made("identity/group", name=f"{team}-inner", member_entity_ids=[bob])
        self.made("identity/group", name=f"{team}-outer", policies=[own], member_group_ids=[inner])
        outside = self.made("identity/group", name=f"{team}-outside", type="external", policies=[own])
        self.made("identity/group-alias", name="admins", canonical_id=outside, mount_accessor=accessor)
        plain = ([], False)
        expected = {
            (f"entity {team}-ann (userpass/ann)", own): plain,
            (f"entity {team}-bob", f"{own} of group {team}-outer"): plain,
            ("everybody in userpass/admins", f"{own} of group {team}-outside"): plain,
        }
        # The policy of the page is enough for that.
        rules = PAGE.read_text().split("## Who may read")[1].split("```hcl\n")[1].split("```")[0]
        own_right = 'path "secret/data/TEAM/alpha" { capabilities = ["read"] }\n'
        certs = 'path "auth/+/certs/*" { capabilities = ["list", "read"] }\n'
        for token in ("", self.rules(rules + own_right + certs)):
            holders, untold = self.readers(token)
            self.assertEqual(untold, [])
            self.assertEqual({key: value for key, value in holders.items() if own in key[1].split()}, expected)

    def test_a_path_that_is_filled_in_is_a_condition(self):
        self.rules('path "secret/data/TEAM/{{identity.entity.name}}" { capabilities = ["read"] }')
        name = f"{self.team}-own-{len(self.secrets) - 1}"
        holders, _ = self.readers()
        self.assertEqual(holders["", name], ([], True))

    def test_what_is_not_told_is_named(self):
        policies = 'path "secret/data/TEAM/alpha" { capabilities = ["read"] }\npath "sys/policies/acl*" { capabilities = ["read", "list"] }\n'
        holders, untold = self.readers(self.rules(policies))
        self.assertIn(("", self.own), holders)
        expected = ["roles and users of logins: reading sys/auth is not allowed"]
        expected += [f"listing identity/{kind}/id is not allowed" for kind in ("group", "entity")]
        self.assertEqual(untold, expected)
        self.assertEqual(self.readers(self.token), (None, ["policies: listing sys/policies/acl is not allowed"]))

    def test_hostile_answers_end(self):
        evil = "\x1b[31m\u202e"
        rule = f'path "secret/*" {{ capabilities = ["read", "{evil}"] }}'
        answers = {
            "sys/policies/acl": {"keys": [evil, "a", 7]},
            "sys/policies/acl/a": {"policy": rule},
            "sys/auth": {"ldap/": {"type": "ldap"}, f"{evil}/": {"type": "approle"}, "x": 7},
            "auth/ldap/groups": {"keys": ["admins"]},
            "auth/ldap/groups/admins": {"policies": "b, a"},
            "identity/entity/id": {"keys": ["e"]},
            "identity/entity/id/e": {"name": evil, "policies": ["a"], "aliases": [7, {"name": evil}]},
            "identity/group/id": {"keys": ["1", "2"]},
            "identity/group/id/1": {"name": evil, "policies": ["a"], "parent_group_ids": ["2"], "member_entity_ids": ["e"]},
            "identity/group/id/2": {"name": "two", "policies": "a,b", "parent_group_ids": ["1", "2"], "member_entity_ids": ["e", evil]},
        }

        def answer(request):
            path = request.path.removeprefix("/v1/").partition("?")[0]
            if path == "sys/health":
                return Answer(200, {"cluster_id": "x"})
            found = answers.get(path)
            return Answer(200, {"data": found}) if found else Answer(404, {"errors": []})

        with Stub(answer) as stub:
            ran = self.run_("verify", VAULT_ADDR=stub.addr, VAULT_TOKEN="fixture-token")
        self.assertEqual(ran.code, 1, ran.err)
        self.assertIn("of group two", ran.out)
        self.assertIn("a: ldap/groups/admins", ran.out)
        self.assertNotIn("\x1b", ran.out)
        self.assertNotIn("\u202e", ran.out)
