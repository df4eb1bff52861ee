"""`make bench`: measure pages and a launch, small and large, in one run; the table goes to benchmarks/results.md.

Only ratios within one run mean something: machines differ, and this one may be busy.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from crowdhub.launcher.ports import free_port
from crowdhub.launcher.services import start_services

ROUNDS, BATCH, WARM_UP = 20, 10, 20
MOST_QUERIES = 8  # of a page, session and member and organization counted
TICKS = os.sysconf("SC_CLK_TCK")
DATABASE = "crowdhub_bench"


@dataclass
class Figures:
    """What one page cost: queries of a response, and over all rounds CPU and waiting."""

    queries: int = 0
    size: int = 0
    cpu: list[float] = field(default_factory=list)  # seconds a response, one figure a round
    waits: list[float] = field(default_factory=list)  # seconds

    @property
    def cpu_ms(self) -> float:
        return statistics.mean(self.cpu) * 1000

    @property
    def p95_ms(self) -> float:
        return statistics.quantiles(self.waits, n=20)[-1] * 1000


class Server:
    """Two gunicorn workers, and the CPU time that they have used."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "gunicorn", "crowdhub.wsgi", "--workers", "2", "--bind"]
        self.log = (folder / "web.log").open("wb")
        self.process = subprocess.Popen(
            [*command, f"127.0.0.1:{self.port}"], env=environment, cwd=ROOT, stdout=self.log, stderr=self.log
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if self.get("/healthz", "acme.localhost", "").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("The web server did not start.")

    def get(self, path: str, host: str, session: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Host": host, "Cookie": f"sessionid={session}", "Accept-Encoding": "gzip"}
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.body = response.read()  # type: ignore[attr-defined]
        connection.close()
        return response

    def cpu_seconds(self) -> float:
        workers = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
        return sum(self._ticks(pid) for pid in workers) / TICKS

    @staticmethod
    def _ticks(pid: str) -> int:
        parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(parts[11]) + int(parts[12])

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def measure(server: Server, plan: dict[str, Any]) -> dict[tuple[str, str], Figures]:
    figures = {(size, page): Figures() for size in plan for page in plan[size]["pages"]}
    for size, page in figures:
        _batch(server, plan, size, page, Figures(), WARM_UP)
    for _round in range(ROUNDS):
        for (size, page), found in figures.items():
            _batch(server, plan, size, page, found, BATCH)
    return figures


def _batch(server: Server, plan: dict[str, Any], size: str, page: str, found: Figures, count: int) -> None:
    target = plan[size]["pages"][page]
    before = server.cpu_seconds()
    for _request in range(count):
        began = time.perf_counter()
        response = server.get(target["path"], plan[size]["host"], target["session"])
        found.waits.append(time.perf_counter() - began)
        if response.status != 200:
            raise SystemExit(f"{plan[size]['host']}{target['path']} answered {response.status}.")
        found.queries, found.size = int(response.headers["X-Query-Count"]), len(response.body)
    found.cpu.append((server.cpu_seconds() - before) / count)


def table(plan: dict[str, Any], figures: dict[tuple[str, str], Figures], launch: dict[str, Any]) -> str:
    small, large = plan["small"]["sizes"], plan["large"]["sizes"]
    lines = [
        "# Benchmarks",
        "",
        f"`make bench` on {time.strftime('%Y-%m-%d')}: {os.cpu_count()} cores, two gunicorn workers, PostgreSQL "
        f"{plan['postgres']}, {ROUNDS} rounds of {BATCH} requests a page, pages and sizes in turn. Small is the demo's "
        "acme, its queue filled to a page by reports, large a generated organization. CPU is that of the web workers; "
        "the floor is an empty view behind the same middleware, sign-in and transaction.",
        "",
        "| | " + " | ".join(small) + " |",
        "| --- |" + " ---: |" * len(small),
        "| small | " + " | ".join(f"{value:,}" for value in small.values()) + " |",
        "| large | " + " | ".join(f"{value:,}" for value in large.values()) + " |",
        "",
        "| page | queries small, large | CPU small | CPU large | x floor small, large | p95 small | p95 large "
        "| large/small | HTML, compressed |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for page in plan["small"]["pages"]:
        one, two = figures["small", page], figures["large", page]
        floors = figures["small", "floor"], figures["large", "floor"]
        lines.append(
            f"| {page} | {one.queries}, {two.queries} | {one.cpu_ms:.1f} ms | {two.cpu_ms:.1f} ms | "
            f"{one.cpu_ms / floors[0].cpu_ms:.1f}, {two.cpu_ms / floors[1].cpu_ms:.1f} | "
            f"{one.p95_ms:.1f} ms | {two.p95_ms:.1f} ms | {two.p95_ms / one.p95_ms:.2f} | {two.size / 1024:.0f} KB |"
        )
    lines += [
        "",
        "Launching a challenge in the large organization, from the manager's click until all are invited, beside one "
        "bare INSERT ... SELECT of the same rows into the same table with the same keys and policies, and what it "
        f"takes until all have it in their inbox (medians of {launch_rounds(launch)}).",
        "",
        "| audience | invited | launch | bare INSERT | launch/bare | in the inbox |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(launch_row(name, found) for name, found in launch.items()),
        "",
    ]
    return "\n".join(lines)


def too_many_queries(figures: dict[tuple[str, str], Figures]) -> list[str]:
    """Return what is wrong with the queries of pages: different numbers at both sizes, or more than MOST_QUERIES."""
    problems = []
    for page in dict.fromkeys(page for _size, page in figures):
        small, large = figures["small", page].queries, figures["large", page].queries
        if small != large:
            problems.append(f"{page}: {small} queries in the small organization, {large} in the large one")
        if max(small, large) > MOST_QUERIES:
            problems.append(f"{page}: {max(small, large)} queries, more than {MOST_QUERIES}")
    return problems


def launch_rounds(launch: dict[str, dict[str, Any]]) -> int:
    return min(len(found["launch"]) for found in launch.values())


def launch_row(name: str, found: dict[str, Any]) -> str:
    launched, bare, told = (statistics.median(found[part]) for part in ("launch", "bare", "told"))
    return f"| {name} | {found['invited']:,} | {launched:.2f} s | {bare:.2f} s | {launched / bare:.2f} | {told:.2f} s |"


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="crowdhub-bench-"))
    services = start_services(folder)
    try:
        services.create_database(DATABASE)
        environment = (
            os.environ
            | services.environment(DATABASE)
            | {
                "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
                "SECRET_KEY": "only-for-benchmarks-0123456789012345678901234567890",
                "CROWDHUB_SCHEME": "http",
                "STATIC_ROOT": str(folder / "static"),
                "LOG_LEVEL": "ERROR",
                "PYTHONPATH": str(ROOT),
            }
        )

        def run(*command: str) -> str:
            done = subprocess.run(
                [sys.executable, *command], env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
            )
            return done.stdout

        for command in (["migrate", "--database=owner", "-v0"], ["collectstatic", "--noinput", "-v0"], ["demo_data"]):
            run("manage.py", *command)
        print(run("manage.py", "bench_data"), flush=True)
        plan = json.loads(run("benchmarks/prepare.py").splitlines()[-1])
        server = Server(environment, folder)
        try:
            figures = measure(server, plan)
        finally:
            server.stop()
        launch = json.loads(run("benchmarks/launch.py").splitlines()[-1])
        text = table(plan | {"postgres": services.postgres_version}, figures, launch)
    finally:
        services.stop()
        shutil.rmtree(folder, ignore_errors=True)
    (ROOT / "benchmarks" / "results.md").write_text(text)
    print(text)
    if problems := too_many_queries(figures):
        raise SystemExit("\n".join(problems))


if __name__ == "__main__":
    main()
