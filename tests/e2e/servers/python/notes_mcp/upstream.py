import os
import urllib.request


def read(id: str) -> str:
    request = urllib.request.Request(f"{os.environ['UPSTREAM_URL']}/notes/{id}")
    request.add_header("Authorization", f"Bearer {os.environ['UPSTREAM_TOKEN']}")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()
