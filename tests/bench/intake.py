"""Messages over HTTP, to their end: how many a second, and how long until a batch is acknowledged."""
import contextlib
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import time
import urllib.request

import workloads

BATCH = 100
PACE = 60_000  # messages a second, where the time of an answer is measured
PACED_SENDERS = 8
# Each waits for its answer before it sends again: so many that the processors are what limits them, and not the disk's latency times a handful.
SENDERS = 32
PIPELINE = """version: 1
name: intake
http: {{ listen: 127.0.0.1:0 }}
sources: {{ in: {{ plugin: http }} }}
normalize: {{ mapping: w1.device.json, unmatched: dead_letter }}
group: {{ max_measurements: 20000, max_delay: 1s }}
limits: {{ max_in_flight_records: 40000 }}
journal: {{ path: {name}.journal, durability: {durability}, max_size: 4GiB }}
dead_letter: {{ path: {name}.letters.db }}
"""
NOTHING = "sinks: { nothing: { plugin: bench.null } }\n"
HOURLY = """stores: {{ local: {{ type: sqlite, path: {name}.db, identity: {{ mode: create }} }} }}
sinks: {{ observations: {{ plugin: fhir-observation, store: local, config: {{ mapping: hourly.fhir.json }} }} }}
"""


class Run:
    made = 0

    def __init__(self, build, folder, durability="fdatasync", sinks=NOTHING):
        Run.made += 1
        name = f"intake-{Run.made}"
        self.build, self.folder = build, folder
        text = PIPELINE + (sinks.replace("{", "{{").replace("}", "}}") if sinks is NOTHING else sinks)
        (folder / f"{name}.yaml").write_text(text.format(durability=durability, name=name))
        self.process = subprocess.Popen(
            [build / "bin/aorta", "run", f"{name}.yaml", "--plugins", build / "tests/bench", "--listen", "127.0.0.1:0", "--format", "json"], cwd=folder,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = next(line for line in self.process.stderr if "answers /healthz" in line)
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", line).group(1))
        time.sleep(0.3)

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return round(int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024, 1)

    def waiting(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            return float(re.search(r"^aorta_journal_waiting\{.*\} (\S+)$", answer.read().decode(), re.M).group(1))

    def load(self, messages, seconds, pace=0):
        """What intake_load tells of so many seconds."""
        senders = PACED_SENDERS if pace else SENDERS
        words = [self.build / "bin/intake_load", self.port, senders, seconds, pace / BATCH, self.folder / messages, BATCH]
        return json.loads(subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout)

    def flood(self, messages, seconds):
        """As fast as it goes: messages acknowledged a second, and messages that have come to their end."""
        start = time.monotonic()
        told = self.load(messages, seconds)
        while self.waiting() > 0:
            time.sleep(0.02)
        count = told["requests"] * BATCH
        return count / told["seconds"], count / (time.monotonic() - start)

    def stop(self):
        self.process.terminate()
        out, err = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, out + err


@contextlib.contextmanager
def running(*words, **options):
    run = Run(*words, **options)
    try:
        yield run
        run.stop()
    finally:
        run.process.kill()
        run.process.wait()


def middle(values):
    return sorted(values)[len(values) // 2]


def disk_p99_ms(folder, seconds):
    """Of one append of a batch's size and one fdatasync at a time, nothing else being done: no acknowledgement can be surer to come in time."""
    batch, pause = b"x" * 280 * BATCH, BATCH / PACE
    took, end = [], time.monotonic() + seconds
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        while time.monotonic() < end:
            start = time.monotonic()
            file.write(batch)
            os.fdatasync(file.fileno())
            took.append(time.monotonic() - start)
            time.sleep(pause)
    return sorted(took)[len(took) * 99 // 100] * 1000


def measure(build, folder, seconds=2, rounds=3):
    """Both durabilities in turns, so that both see the same machine."""
    messages = "w1.messages.ndjson"
    disk = []
    flooded = {"fdatasync": [], "none": []}
    paced = {"fdatasync": [], "none": []}
    idle = None
    for _ in range(rounds):
        disk.append(disk_p99_ms(folder, seconds))
        for durability, found in flooded.items():
            with running(build, folder, durability) as run:
                idle = idle or run.memory()
                found.append(run.flood(messages, seconds))
                paced[durability].append(run.load(messages, seconds, PACE))
    durable, undurable = (middle([carried for _, carried in found]) for found in flooded.values())
    return {
        "acknowledged_per_s": round(middle([taken for taken, _ in flooded["fdatasync"]])),
        "carried_per_s": round(durable),
        "undurable_carried_per_s": round(undurable),
        "ratio_to_undurable": round(durable / undurable, 2),
        "paced_per_s": round(middle([told["requests"] * BATCH / told["seconds"] for told in paced["fdatasync"]])),
        "paced_ack_p50_ms": round(middle([told["p50_ms"] for told in paced["fdatasync"]]), 2),
        "paced_ack_p99_ms": round(middle([told["p99_ms"] for told in paced["fdatasync"]]), 2),
        "disk_p99_ms": round(middle(disk), 2),
        "undurable_paced_ack_p99_ms": round(middle([told["p99_ms"] for told in paced["none"]]), 2),
        "rss_idle_mib": idle,
    }


def measure_hourly(build, folder, seconds=2, rounds=3):
    """The same into an embedded store: of 500 devices, each hour is an Observation that grows."""
    r = random.Random(2)
    (folder / "hourly.messages.ndjson").write_text(workloads.lines(workloads.vitals(r, i) for i in range(120_000)))
    (folder / "hourly.fhir.json").write_text(json.dumps(workloads.HOURLY))
    found = []
    for _ in range(rounds):
        with running(build, folder, sinks=HOURLY) as run:
            found.append(run.flood("hourly.messages.ndjson", seconds))
    return {"acknowledged_per_s": round(middle([taken for taken, _ in found])), "carried_per_s": round(middle([carried for _, carried in found]))}


def measure_poison(build, folder, seconds=2, rounds=3, share=0.001):
    """Good messages that come to their end a second, one in a thousand of all being none that can be carried, next to those without any."""
    lines = (folder / "w1.messages.ndjson").read_text().splitlines()
    bad = [f'{{"deviceId":{i}' if i % round(1 / share) == 500 else line for i, line in enumerate(lines)]
    (folder / "poisoned.messages.ndjson").write_text("\n".join(bad) + "\n")
    found = {"w1.messages.ndjson": [], "poisoned.messages.ndjson": []}
    for _ in range(rounds):
        for messages, carried in found.items():
            with running(build, folder) as run:
                carried.append(run.flood(messages, seconds)[1])
    clean, poisoned = (middle(carried) for carried in found.values())
    return {"carried_per_s": round(clean), "poisoned_carried_per_s": round(poisoned), "ratio_to_clean": round(poisoned * (1 - share) / clean, 3)}
