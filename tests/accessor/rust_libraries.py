"""What the programs in Rust around the accessors depend on, as one crate beside them.

Cargo compiles a library once for each set of features that is asked of it. A build that takes this crate along asks for
the same sets as any other that does, and uses what that one compiled, if it goes by the same `LOCK`.
"""

from pathlib import Path
from typing import Dict, List

HERE = Path(__file__).resolve().parent
LOCK = HERE / "clouds_rust" / "Cargo.lock"
NAME = "libraries"
CLOUDS: Dict[str, List[str]] = {
    "aws": [
        'aws-config = { version = "1", default-features = false, features = ["credentials-process", "default-https-client", "rt-tokio"] }',
        'aws-sdk-secretsmanager = { version = "1", default-features = false }',
    ],
    "gcp": ['google-cloud-gax = "1"', 'google-cloud-secretmanager-v1 = "1"'],
    "azure": ['azure_core = "1"', 'azure_identity = "1"', 'azure_security_keyvault_secrets = "1"'],
}
SDK = ['serde_json = "1"', 'tokio = { version = "1", features = ["rt-multi-thread", "time"] }']
# Of the server in `tests/e2e/servers/rust`, and what a client of Vault adds to it.
SERVER = [
    'reqwest = { version = "0.12", default-features = false }',
    'rmcp = { version = "3", features = ["transport-io"] }',
    'schemars = "1"',
    'serde = { version = "1", features = ["derive"] }',
    'serde_json = "1"',
    'tokio = { version = "1", features = ["macros", "rt-multi-thread", "time"] }',
    'ureq = "3"',
    'vaultrs = { version = "0.8", default-features = false, features = ["rustls"] }',
    'rustify = { version = "0.7", default-features = false }',
]


def manifest() -> str:
    lines = [*SERVER, *(line for lines in CLOUDS.values() for line in lines)]
    return "\n".join([f'[package]\nname = "{NAME}"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]', *lines, ""])
