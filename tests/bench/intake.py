"""Messages over HTTP to a sink that keeps nothing: how many a second, and how long until a batch is acknowledged."""
import pathlib
import re
import socket
import subprocess
import threading
import time

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
            [build / "bin/aorta", "run", name, "--plugins", build / "tests/bench", "--format", "json"], cwd=folder, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        line = next(line for line in self.process.stderr if "listens at" in line)
        self.port = int(re.search(r":(\d+)\"", line).group(1))

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return round(int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024, 1)

    def stop(self):
        self.process.terminate()
        out, err = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, out + err


def send(port, request, until, times):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while time.monotonic() < until:
            start = time.monotonic()
            connection.sendall(request)
            answer = connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 202"), answer
            times.append(time.monotonic() - start)


def load(port, bodies, connections, seconds):
    """Latencies of all batches."""
    body = b"\n".join(bodies)
    request = b"POST /messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    times, until = [], time.monotonic() + seconds
    threads = [threading.Thread(target=send, args=(port, request, until, times)) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(times)


def measure(build, folder, batch=100, connections=4, seconds=3, rounds=3):
    """Both durabilities in turns, so that both see the same machine."""
    bodies = (folder / "w1.messages.ndjson").read_bytes().splitlines()[:batch]
    figures = {"fdatasync": [], "none": []}
    idle = None
    for _ in range(rounds):
        for durability, found in figures.items():
            run = Run(build, folder, durability)
            time.sleep(0.3)
            idle = idle or run.memory()
            times = load(run.port, bodies, connections, seconds)
            run.stop()
            found.append((len(times) * batch / seconds, times[len(times) // 2] * 1000, times[len(times) * 99 // 100] * 1000))
    middle = {durability: sorted(found)[len(found) // 2] for durability, found in figures.items()}
    return {
        "durable_messages_per_s": round(middle["fdatasync"][0]),
        "ack_p50_ms": round(middle["fdatasync"][1], 2),
        "ack_p99_ms": round(middle["fdatasync"][2], 2),
        "undurable_messages_per_s": round(middle["none"][0]),
        "ratio_to_undurable": round(middle["fdatasync"][0] / middle["none"][0], 2),
        "rss_idle_mib": idle,
    }
