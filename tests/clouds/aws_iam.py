"""What IAM of AWS answers and moto does not: simulations, policies of AWS, and what an account holds in pages.

Users, roles and policies are moto's. Judges as far as tests need it: patterns, denials, and conditions, which it takes for
missing from the question.
"""

from __future__ import annotations

import json
import re
import urllib.parse
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable
from typing import Any

from fake import Answer, Request

SPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
XML = {"Content-Type": "text/xml"}
OF_AWS = "arn:aws:iam::aws:policy/"


def allow(actions: list[str]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}


# As far as they matter here; moto loads all of them, which takes seconds.
POLICIES = {"AdministratorAccess": allow(["*"]), "SecretsManagerReadWrite": allow(["secretsmanager:*", "tag:GetResources"])}


class Iam:
    def __init__(self, forward: Callable[[Request], Answer]) -> None:
        self._forward = forward
        self.pages = 0  # asked for so far
        self.largest = 50  # things on a page
        self._attached: dict[str, list[str]] = {}  # policies of AWS, by the name of who has them

    def ask(self, action: str, **fields: str) -> ElementTree.Element:
        """Asks moto."""
        service = "sts" if action == "AssumeRole" else "iam"
        headers = {"content-type": "application/x-www-form-urlencoded", "host": f"{service}.amazonaws.com"}
        sent = f"Credential=testing/20260101/us-east-1/{service}/aws4_request"
        headers["authorization"] = f"AWS4-HMAC-SHA256 {sent}, SignedHeaders=host, Signature=0"
        version = "2011-06-15" if service == "sts" else "2010-05-08"
        body = urllib.parse.urlencode({"Action": action, "Version": version, **fields}).encode()
        answer = self._forward(Request("POST", "/", headers, body))
        if answer.status != 200:
            raise RuntimeError(f"{action}: {answer.body.decode()}")
        return ElementTree.fromstring(re.sub(rb' xmlns="[^"]*"', b"", answer.body))

    def user(self, name: str, *policies: str | dict[str, Any]) -> dict[str, str]:
        """A user with policies: documents, or the names of those of AWS. The variables with which a client is that user."""
        self.ask("CreateUser", UserName=name)
        self.give("User", name, *policies)
        key = self.ask("CreateAccessKey", UserName=name).find(".//AccessKey")
        assert key is not None
        return {"AWS_ACCESS_KEY_ID": str(key.findtext("AccessKeyId")), "AWS_SECRET_ACCESS_KEY": str(key.findtext("SecretAccessKey"))}

    def role(self, name: str, *policies: str | dict[str, Any], path: str = "/") -> dict[str, str]:
        """A role that was assumed, in the same way."""
        trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}
        made = self.ask("CreateRole", RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trust))
        self.give("Role", name, *policies)
        key = self.ask("AssumeRole", RoleArn=str(made.findtext(".//Arn")), RoleSessionName="session").find(".//Credentials")
        assert key is not None
        names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey", "AWS_SESSION_TOKEN": "SessionToken"}
        return {variable: str(key.findtext(element)) for variable, element in names.items()}

    def group(self, name: str, users: Iterable[str], *policies: str | dict[str, Any]) -> None:
        self.ask("CreateGroup", GroupName=name)
        self.give("Group", name, *policies)
        for user in users:
            self.ask("AddUserToGroup", GroupName=name, UserName=user)

    def give(self, kind: str, name: str, *policies: str | dict[str, Any]) -> None:
        for number, policy in enumerate(policies):
            if isinstance(policy, str):
                self._attached.setdefault(name, []).append(policy)
                continue
            document = json.dumps(policy)
            self.ask(f"Put{kind}Policy", **{f"{kind}Name": name, "PolicyName": f"own-{number}", "PolicyDocument": document})

    # --- How it answers.

    def answer(self, fields: dict[str, str]) -> Answer | None:
        """Nothing for what moto answers."""
        if fields.get("Action") == "SimulatePrincipalPolicy":
            return self._simulate(fields)
        if fields.get("Action") == "GetAccountAuthorizationDetails":
            return self._details(fields)
        return None

    def _account(self, *kinds: str) -> ElementTree.Element:
        found = self.ask("GetAccountAuthorizationDetails", **{f"Filter.member.{at}": kind for at, kind in enumerate(kinds, 1)})
        result = found.find("GetAccountAuthorizationDetailsResult")
        assert result is not None
        for name, kind in (("UserDetailList", "User"), ("RoleDetailList", "Role"), ("GroupDetailList", "Group")):
            for member in result.findall(f"{name}/member"):
                attached = member.find("AttachedManagedPolicies")
                for policy in self._attached.get(str(member.findtext(f"{kind}Name")), []):
                    assert attached is not None
                    add(attached, {"PolicyName": policy, "PolicyArn": OF_AWS + policy})
        return result

    def _policies_of_aws(self) -> list[ElementTree.Element]:
        policies = ElementTree.Element("Policies")
        for policy in sorted({policy for policies in self._attached.values() for policy in policies}):
            member = add(policies, {"PolicyName": policy, "Arn": OF_AWS + policy})
            old = {"Document": quoted({"Version": "2012-10-17", "Statement": []}), "VersionId": "v1", "IsDefaultVersion": "false"}
            versions = ElementTree.SubElement(member, "PolicyVersionList")
            add(versions, old)
            add(versions, {"Document": quoted(POLICIES[policy]), "VersionId": "v2", "IsDefaultVersion": "true"})
        return policies.findall("member")

    def _details(self, fields: dict[str, str]) -> Answer:
        self.pages += 1
        kinds = list_of(fields, "Filter")
        account = self._account(*(kind for kind in kinds if kind != "AWSManagedPolicy"), "None")
        all_of = [(name, member) for name in LISTS for member in account.findall(f"{name}/member")]
        if "AWSManagedPolicy" in kinds:
            # It tells of those that somebody has.
            all_of += [("Policies", policy) for policy in self._policies_of_aws()]
        start = int(fields.get("Marker", "0"))
        end = start + min(int(fields.get("MaxItems", "100")), self.largest)
        result = ElementTree.Element("GetAccountAuthorizationDetailsResult")
        lists = {name: ElementTree.SubElement(result, name) for name in LISTS}
        for name, member in all_of[start:end]:
            lists[name].append(member)
        ElementTree.SubElement(result, "IsTruncated").text = str(end < len(all_of)).lower()
        if end < len(all_of):
            ElementTree.SubElement(result, "Marker").text = str(end)
        return say("GetAccountAuthorizationDetailsResponse", result)

    def _simulate(self, fields: dict[str, str]) -> Answer:
        account = self._account("User", "Role", "Group", "LocalManagedPolicy")
        known = [*account.findall("Policies/member"), *self._policies_of_aws()]
        texts = {policy.findtext("Arn"): policy.findall("PolicyVersionList/member/Document")[-1].text for policy in known}
        source = fields["PolicySourceArn"]
        found = [one for name in ("UserDetailList", "RoleDetailList") for one in account.findall(f"{name}/member") if one.findtext("Arn") == source]
        if not found:
            body = b"<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code></Error></ErrorResponse>"
            return Answer(404, body, XML)
        groups = {name.text for name in found[0].findall("GroupList/member")}
        found += [one for one in account.findall("GroupDetailList/member") if one.findtext("GroupName") in groups]
        documents = [text.text for one in found for text in one.iter("PolicyDocument")]
        documents += [texts.get(arn.text) for one in found for arn in one.iter("PolicyArn")]
        policies = [json.loads(urllib.parse.unquote(text)) for text in documents if text]
        statements = [one for policy in policies for one in as_list(policy["Statement"])]
        result = ElementTree.Element("SimulatePrincipalPolicyResult")
        ElementTree.SubElement(result, "IsTruncated").text = "false"
        results = ElementTree.SubElement(result, "EvaluationResults")
        for action in list_of(fields, "ActionNames"):
            for arn in list_of(fields, "ResourceArns"):
                decision, missing = judged(statements, action, arn)
                one = add(results, {"EvalActionName": action, "EvalResourceName": arn, "EvalDecision": decision})
                keys = ElementTree.SubElement(one, "MissingContextValues")
                for key in missing:
                    ElementTree.SubElement(keys, "member").text = key
        return say("SimulatePrincipalPolicyResponse", result)


def judged(statements: list[dict[str, Any]], action: str, arn: str) -> tuple[str, list[str]]:
    """What is decided, and the keys of conditions that the question has no values for."""
    decision, missing = "implicitDeny", []
    for one in statements:
        if not (fits(one, "Action", action, re.IGNORECASE) and fits(one, "Resource", arn)):
            continue
        if one.get("Condition"):
            missing += [key for keys in one["Condition"].values() for key in keys]
        elif one["Effect"] == "Deny":
            return "explicitDeny", missing
        else:
            decision = "allowed"
    return decision, missing


def fits(statement: dict[str, Any], name: str, text: str, flags: int = 0) -> bool:
    patterns = as_list(statement.get(name, statement.get(f"Not{name}", [])))
    translated = [re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".") for pattern in patterns]
    return any(re.fullmatch(pattern, text, flags) for pattern in translated) != (f"Not{name}" in statement)


def add(parent: ElementTree.Element, texts: dict[str, str]) -> ElementTree.Element:
    member = ElementTree.SubElement(parent, "member")
    for name, text in texts.items():
        ElementTree.SubElement(member, name).text = text
    return member


def quoted(policy: dict[str, Any]) -> str:
    return urllib.parse.quote(json.dumps(policy), safe="")


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def list_of(fields: dict[str, str], name: str) -> list[str]:
    return [value for key, value in fields.items() if re.fullmatch(rf"{name}\.member\.\d+", key)]


def say(name: str, result: ElementTree.Element) -> Answer:
    whole = ElementTree.Element(name, xmlns=SPACE)
    whole.append(result)
    return Answer(200, ElementTree.tostring(whole), XML)
