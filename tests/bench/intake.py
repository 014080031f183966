"""Messages over HTTP to a sink that keeps nothing: how many a second, and how long until a batch is acknowledged."""
import pathlib
import re
import socket
import subprocess
import threading
import time
import urllib.request

PIPELINE = """version: 1
name: intake
http: {{ listen: 127.0.0.1:0 }}
sources: {{ in: {{ plugin: http }} }}
normalize: {{ mapping: w1.device.json, unmatched: dead_letter }}
group: {{ max_measurements: 20000, max_delay: 1s }}
limits: {{ max_in_flight_records: 40000 }}
journal: {{ path: journal-{durability}, durability: {durability}, max_size: 4GiB }}
sinks: {{ nothing: {{ plugin: bench.null }} }}
dead_letter: {{ path: dead-letters.db }}
"""


class Run:
    def __init__(self, build, folder, durability):
        name = f"intake-{durability}.yaml"
        (folder / name).write_text(PIPELINE.format(durability=durability))
        self.process = subprocess.Popen(
            [build / "bin/aorta", "run", name, "--plugins", build / "tests/bench", "--listen", "127.0.0.1:0", "--format", "json"], cwd=folder, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        line = next(line for line in self.process.stderr if "answers /healthz" in line)
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", line).group(1))

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return round(int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024, 1)

    def waiting(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            return float(re.search(r"^aorta_journal_waiting\{.*\} (\S+)$", answer.read().decode(), re.M).group(1))

    def wait_until_carried(self):
        while self.waiting() > 0:
            time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        out, err = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, out + err


def send(port, request, until, pause, times):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        due = time.monotonic()
        while due < until:
            start = time.monotonic()
            connection.sendall(request)
            answer = connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 202"), answer
            now = time.monotonic()
            times.append(now - start)
            due = max(due + pause, now if pause == 0 else 0)
            time.sleep(max(0, due - now))


def load(port, bodies, connections, seconds, rate=None):
    """Latencies of all batches; at most `rate` messages a second."""
    body = b"\n".join(bodies)
    request = b"POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    times, until = [], time.monotonic() + seconds
    pause = connections * len(bodies) / rate if rate else 0
    threads = [threading.Thread(target=send, args=(port, request, until, pause, times)) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(times)


def flood(run, bodies, connections, seconds):
    """As fast as it goes: messages acknowledged a second, and messages that have come to their end."""
    start = time.monotonic()
    times = load(run.port, bodies, connections, seconds)
    taken = time.monotonic() - start
    run.wait_until_carried()
    return len(times) * len(bodies) / taken, len(times) * len(bodies) / (time.monotonic() - start)


def middle(values):
    return sorted(values)[len(values) // 2]


def measure(build, folder, batch=100, connections=8, seconds=2, rounds=3, rate=60_000):
    """Both durabilities in turns, so that both see the same machine."""
    bodies = (folder / "w1.messages.ndjson").read_bytes().splitlines()[:batch]
    figures = {"fdatasync": [], "none": []}
    times, idle = [], None
    for _ in range(rounds):
        for durability, found in figures.items():
            run = Run(build, folder, durability)
            time.sleep(0.3)
            idle = idle or run.memory()
            found.append(flood(run, bodies, connections, seconds))
            if durability == "fdatasync":
                times += load(run.port, bodies, connections, seconds, rate)
            run.stop()
    times.sort()
    durable, undurable = (middle([carried for _, carried in found]) for found in figures.values())
    return {
        "acknowledged_per_s": round(middle([taken for taken, _ in figures["fdatasync"]])),
        "carried_per_s": round(durable),
        "undurable_carried_per_s": round(undurable),
        "ratio_to_undurable": round(durable / undurable, 2),
        "paced_per_s": round(len(times) * batch / seconds / rounds),
        "paced_ack_p50_ms": round(times[len(times) // 2] * 1000, 2),
        "paced_ack_p99_ms": round(times[len(times) * 99 // 100] * 1000, 2),
        "rss_idle_mib": idle,
    }
