"""A site on disk and a server of it, for tests that need both."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from newsloom.publish.api import build_api
from newsloom.publish.pages import build_pages
from newsloom.publish.story_api import build_story_api
from newsloom.publish.view import SiteView


def start_server(root: Path, base: str = "/") -> tuple[subprocess.Popen[bytes], int]:
    """A server of a site's folder in a process of its own, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    code = "import sys; from pathlib import Path; from newsloom.serve import run\n"
    code += "run(Path(sys.argv[1]), port=int(sys.argv[2]), base=sys.argv[3])"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(root), str(port), base],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return process, port
    process.kill()
    raise AssertionError("the server did not start")


def stop_server(process: subprocess.Popen[bytes]) -> int:
    """Interrupt a server as Ctrl-C does; its exit code."""
    process.send_signal(signal.SIGINT)
    return process.wait(timeout=20)


def write_site(root: Path, site: SiteView) -> Path:
    """Write a site's pages and API below `root`, and a key that must never be served."""
    for built in (build_pages(site), build_api(site), build_story_api(site)):
        for path, body in built:
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
    (root / ".newsloom").mkdir()
    (root / ".newsloom/keys").write_text("secret")
    return root
