"""The stand-ins for the clouds, with the clients that the clouds publish for Python: what these see is what users see."""

import importlib.util
import os
import subprocess
import sys
import unittest
from pathlib import Path
from unittest import mock

HERE = Path(__file__).resolve().parent
sys.path[:] = [place for place in sys.path if Path(place).resolve() != HERE]  # our azure.py would be taken for theirs

import boto3
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from google.api_core import exceptions as google
from google.cloud.secretmanager_v1 import SecretManagerServiceClient

sys.path.append(str(HERE))

from aws import Aws  # noqa: E402
from fake import clean_env  # noqa: E402
from gcp import NUMBER, PROJECT, Gcp  # noqa: E402

spec = importlib.util.spec_from_file_location("fake_azure", HERE / "azure.py")
fake_azure = importlib.util.module_from_spec(spec)
sys.modules["fake_azure"] = fake_azure
spec.loader.exec_module(fake_azure)
Azure = fake_azure.Azure


class Case(unittest.TestCase):
    def enter(self, cloud):
        self.cloud = self.enterContext(cloud)
        self.enterContext(mock.patch.dict(os.environ, clean_env(**self.cloud.env()), clear=True))

    def from_another_language(self, file, put):
        """A program of any language drives it by lines."""
        command = [sys.executable, str(HERE / file)]
        said = subprocess.run(command, input=f'{put}\n["reads"]\n', text=True, capture_output=True, check=True).stdout
        self.assertIn('"http', said.splitlines()[0])
        self.assertEqual(said.splitlines()[1:], ["null", "[]"])


class OfAws(Case):
    def test_all(self):
        self.enter(Aws())
        client = boto3.client("secretsmanager", config=Config(retries={"total_max_attempts": 1}))
        read = lambda: client.get_secret_value(SecretId="team/server", VersionStage="AWSCURRENT")["SecretString"]
        self.fails(ClientError, "ResourceNotFoundException", read)
        self.cloud.put("team/server", {"A_TOKEN": "one", "B_TOKEN": "b"})
        self.assertEqual(read(), '{"A_TOKEN": "one", "B_TOKEN": "b"}')
        self.cloud.rotate("team/server", "A_TOKEN", "two")
        self.assertEqual(read(), '{"A_TOKEN": "two", "B_TOKEN": "b"}')
        self.assertEqual(self.cloud.get("team/server"), {"A_TOKEN": "two", "B_TOKEN": "b"})
        self.assertEqual(self.cloud.reads(), ["team/server"] * 3)
        self.cloud.put("one", {"": "plain"})
        self.assertEqual(self.cloud.get("one"), {"": "plain"})
        for status, name in ((403, "AccessDeniedException"), (429, "ThrottlingException"), (500, "InternalServiceError")):
            self.cloud.fail(status)
            self.fails(ClientError, name, read)
        self.cloud.fail(None)
        self.cloud.stop()
        self.fails(EndpointConnectionError, "", read)
        self.cloud.start()
        self.assertIn("two", read())
        self.cloud.delete("team/server")
        self.fails(ClientError, "InvalidRequestException", read)

    def fails(self, kind, text, call):
        with self.assertRaisesRegex(kind, text):
            call()

    def test_lines(self):
        self.from_another_language("aws.py", '["put", "team/server", {"A_TOKEN": "one"}]')


class OfGcp(Case):
    def test_all(self):
        self.enter(Gcp())
        address = os.environ["CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER"].rstrip("/")
        client = SecretManagerServiceClient(transport="rest", client_options={"api_endpoint": address})
        self.addCleanup(client.transport.close)
        parent = f"projects/{PROJECT}"
        name = f"{parent}/secrets/team-server-A_TOKEN"
        read = lambda: client.access_secret_version(name=f"{name}/versions/latest", retry=None, timeout=5)
        with self.assertRaises(google.NotFound):
            read()
        request = {"parent": parent, "secret_id": "team-server-A_TOKEN", "secret": {"replication": {"automatic": {}}, "labels": {"a": "b"}}}
        made = client.create_secret(request=request)
        self.assertEqual(made.name, f"projects/{NUMBER}/secrets/team-server-A_TOKEN")
        with self.assertRaises(google.Conflict):
            client.create_secret(request=request)
        with self.assertRaises(google.NotFound):
            read()  # there is no version yet
        self.assertEqual(list(client.list_secret_versions(parent=name)), [])
        version = client.add_secret_version(parent=name, payload={"data": b"one"})
        self.assertEqual(version.name, f"projects/{NUMBER}/secrets/team-server-A_TOKEN/versions/1")
        self.cloud.rotate("team-server-A_TOKEN", "", "two")
        self.assertEqual(read().payload.data, b"two")
        self.assertEqual([v.name[-1] for v in client.list_secret_versions(parent=name)], ["2", "1"])
        self.assertEqual(self.cloud.labels("team-server-A_TOKEN"), {"a": "b"})
        self.assertEqual(self.cloud.reads(), ["team-server-A_TOKEN"] * 3)
        allowed = lambda: list(client.test_iam_permissions({"resource": name, "permissions": ["secretmanager.versions.access"]}).permissions)
        self.assertEqual(allowed(), ["secretmanager.versions.access"])
        self.cloud.deny("versions.access")
        self.assertEqual(allowed(), [])
        with self.assertRaises(google.Forbidden):
            read()
        self.cloud.deny()
        self.cloud.disable("team-server-A_TOKEN")
        with self.assertRaises(google.BadRequest):
            read()
        for status, kind in ((429, google.TooManyRequests), (503, google.ServiceUnavailable)):
            self.cloud.fail(status)
            with self.assertRaises(kind):
                read()
        self.cloud.fail(None)
        self.cloud.put_empty("empty", {"managed-by": "envacuate"})
        self.assertIsNone(self.cloud.get("empty"))
        self.assertEqual(client.get_secret(name=f"{parent}/secrets/empty").labels, {"managed-by": "envacuate"})
        client.delete_secret(name=f"{parent}/secrets/empty")
        self.cloud.stop()
        with self.assertRaises(Exception):
            read()
        self.cloud.start()
        self.cloud.put("team-server-A_TOKEN", {"": "three"})
        self.assertEqual(read().payload.data, b"three")

    def test_lines(self):
        self.from_another_language("gcp.py", '["put", "team-server-A_TOKEN", {"": "one"}]')


class OfAzure(Case):
    def test_all(self):
        self.enter(Azure())
        with DefaultAzureCredential() as credential:
            settings = {"verify_challenge_resource": False, "retry_total": 0}
            with SecretClient(os.environ["AZURE_KEYVAULT_URL"], credential, **settings) as client:
                self.use(client)

    def use(self, client):
        name = "team-server-A-TOKEN"
        with self.assertRaises(ResourceNotFoundError):
            client.get_secret(name)
        client.set_secret(name, "one", tags={"name": "A_TOKEN"})
        self.cloud.rotate(name, "", "two")
        self.assertEqual(client.get_secret(name).value, "two")
        self.assertEqual(len(list(client.list_properties_of_secret_versions(name))), 2)
        self.assertEqual(self.cloud.reads(), [name] * 2)
        self.assertEqual(self.cloud.logins(), 1)
        self.cloud.deny("get")
        with self.assertRaisesRegex(HttpResponseError, "Forbidden"):
            client.get_secret(name)
        self.cloud.deny()
        for status, kind in ((401, ClientAuthenticationError), (429, HttpResponseError), (503, HttpResponseError)):
            self.cloud.fail(status)
            with self.assertRaises(kind):
                client.get_secret(name)
        self.cloud.fail(None)
        self.cloud.disable(name)
        with self.assertRaisesRegex(HttpResponseError, "Forbidden"):
            client.get_secret(name)
        self.cloud.stop()
        with self.assertRaises(Exception):
            client.get_secret(name)
        self.cloud.start()
        client.begin_delete_secret(name, _polling_interval=0.1)
        with self.assertRaises(ResourceNotFoundError):
            client.get_secret(name)
        with self.assertRaises(ResourceExistsError):
            client.set_secret(name, "three")

    def test_lines(self):
        self.from_another_language("azure.py", '["put", "team-server-A-TOKEN", {"": "one"}]')


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main(verbosity=1)
