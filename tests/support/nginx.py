"""A real nginx on free ports of 127.0.0.1, with the configuration deploy/nginx.conf."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.components import absent, find_program, free_port, listens
from tests.support.coturn import make_certificate
from tests.support.process import Process, temporary_folder

HOST = "forum.example"
DEPLOY = Path(__file__).parents[2] / "deploy"


class Nginx(Process):
    """The shipped configuration with other ports, our certificate, and `upstream` (a port) as the only process of Plenary."""

    def __init__(self, program: Path, folder: Path, upstream: int) -> None:
        self.port = free_port()
        self.plain_port = free_port()
        self.url = f"https://{HOST}:{self.port}"
        self.certificate = make_certificate(folder, HOST)
        self.access_log = folder / "access.log"
        self._configuration = folder / "nginx.conf"
        self._configuration.write_text(self._filled(folder, upstream))
        super().__init__([program, "-c", self._configuration], ready=lambda: listens(self.port), folder=folder)

    def _filled(self, folder: Path, upstream: int) -> str:
        block = (DEPLOY / "nginx.conf").read_text()
        for printed, ours in (
            (r"server 127\.0\.0\.1:8000;", f"server 127.0.0.1:{upstream};"),
            (r"listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            (r"listen 443 ", f"listen 127.0.0.1:{self.port} "),
            (r"listen \[::\].*\n", "\n"),
            (r"access_log /var/log/nginx/plenary\.log", f"access_log {folder / 'access.log'}"),
            (r"ssl_certificate .*;", f"ssl_certificate {self.certificate['cert']};"),
            (r"ssl_certificate_key .*;", f"ssl_certificate_key {self.certificate['pkey']};"),
        ):
            block, count = re.subn(printed, ours, block)
            assert count, printed
        places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        temporary = "".join(f"{place}_temp_path {folder / place};\n" for place in places)
        user = "user root;\n" if os.geteuid() == 0 else ""  # the folder is closed to everybody else
        return (
            f"{user}daemon off;\npid {folder / 'nginx.pid'};\nerror_log stderr;\nevents {{ worker_connections 256; }}\n"
            f"http {{\naccess_log off;\n{temporary}{block}}}\n"
        )

    def test(self) -> str:
        """What `nginx -t` says. Raises CalledProcessError when the configuration is not accepted."""
        command = [self.command[0], "-t", "-c", str(self._configuration)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stderr


@contextmanager
def nginx_before(upstream: int) -> Iterator[Nginx]:
    """An nginx for the process on this port, which need not run yet. It is not started."""
    program = find_program("nginx", folders=[Path("/usr/sbin")])
    if program is None:
        absent("nginx", "install the Debian package nginx")
    with temporary_folder("nginx") as folder:
        nginx = Nginx(program, folder, upstream)
        try:
            yield nginx
        finally:
            nginx.stop()
