#!/usr/bin/env python3
"""Measures, and shows each figure next to Boost.JSON's DOM parse of the same bodies in the same run.

    bench.py BUILD [--json] [--rounds N] [--only NAME]
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import intake
import workloads

CURVE = (1, 10, 100, 1000, 10000)
PIPELINE = """version: 1
name: bench
stores: { local: { type: sqlite, path: bench.db, identity: { mode: create } } }
sources: { in: { plugin: file, config: { path: w1.messages.ndjson } } }
normalize: { mapping: w1.device.json, unmatched: dead_letter }
group: { max_measurements: 2000 }
sinks: { observations: { plugin: fhir-observation, store: local, config: { mapping: w1.fhir.json } } }
dead_letter: { path: dead-letters.db }
"""


def normalize(build, folder, bodies, mapping, rounds):
    return figures_of(build / "bin/normalize_bench", folder / bodies, folder / mapping, build / "lib/aorta/plugins", rounds)


def isolation(build, folder, workload, rounds):
    """Wall clock per record, here and in a process of its own, in turns."""
    files = [folder / f"{workload}.{kind}" for kind in ("messages.ndjson", "device.json")]
    return figures_of(build / "bin/isolation_bench", build / "bin/aorta", *files, build / "lib/aorta/plugins", rounds)


def transform(build, folder, workload, rounds):
    files = [folder / f"{workload}.{kind}" for kind in ("messages.ndjson", "device.json", "fhir.json")]
    return figures_of(build / "bin/transform_bench", *files, build / "lib/aorta/plugins", rounds)


def figures_of(*command):
    return json.loads(subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout)


def merge_hour(build, folder):
    """An hour of 1 Hz samples merged one by one, in memory, then with the embedded store: ratio_to_linear is the hour next to ten times its first tenth."""
    in_memory = figures_of(build / "bin/merge_bench")
    stored = figures_of(build / "bin/merge_bench", folder / "merge.db")
    return in_memory | {f"stored_{name}": value for name, value in stored.items() if name != "bytes"}


def run_to_sqlite(build, folder, rounds):
    """Files in, single Observations in the embedded store: the whole way, durable. Wall clock, and processor time."""
    (folder / "bench.yaml").write_text(PIPELINE)
    runs = []
    for _ in range(rounds):
        for old in folder.glob("*.db*"):
            old.unlink()
        runs.append(run_once(build, folder, "bench.yaml"))
    return middle_of(runs)


def middle_of(runs):
    wall, processor, written = sorted(runs)[len(runs) // 2]
    return {"messages_per_s": round(written / wall), "per_processor_s": round(written / processor)}


def run_to_server(build, folder, rounds):
    """Files in, single Observations to a FHIR server that keeps nothing, in Bundles of 100: wall clock, and this program's processor time."""
    with subprocess.Popen([build / "bin/null_fhir_server"], stdout=subprocess.PIPE, text=True) as server:
        try:
            url = f"http://127.0.0.1:{server.stdout.readline().strip()}/fhir"
            store = f"{{ type: rest, url: '{url}', bundle_size: 100, identity: {{ mode: create }} }}"
            (folder / "rest.yaml").write_text(PIPELINE.replace("{ type: sqlite, path: bench.db, identity: { mode: create } }", store))
            runs = [run_once(build, folder, "rest.yaml") for _ in range(rounds)]
        finally:
            server.terminate()
    return middle_of(runs)


def run_once(build, folder, pipeline):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(
        [build / "bin/aorta", "run", pipeline, "--format", "json"], cwd=folder, check=True, capture_output=True, text=True,
        env={**os.environ, "no_proxy": "*"})
    seconds = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = json.loads(done.stdout.splitlines()[-1])
    assert ended["written"] == ended["observations"] == 10_000 and ended["balanced"], ended
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, ended["written"]


def measure(build, rounds, only):
    figures = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        workloads.write(folder, CURVE)
        jobs = {f"{w}_normalize": lambda w=w: normalize(build, folder, f"{w}.messages.ndjson", f"{w}.device.json", rounds) for w in ("w1", "w2", "w3")}
        jobs |= {f"{w}_transform": lambda w=w: transform(build, folder, w, rounds) for w in ("w1", "w2", "w3")}
        jobs |= {f"{w}_isolation": lambda w=w: isolation(build, folder, w, rounds) for w in ("w1", "w2", "w3")}
        jobs |= {
            f"templates_{n}": lambda n=n: normalize(build, folder, "w1.messages.ndjson", f"curve-{n}.device.json", rounds) for n in CURVE}
        jobs["open_groups"] = lambda: figures_of(build / "bin/open_groups_bench")
        jobs["merge_hour"] = lambda: merge_hour(build, folder)
        jobs["http_intake"] = lambda: intake.measure(build, folder)
        jobs["http_intake_hourly"] = lambda: intake.measure_hourly(build, folder)
        jobs["http_intake_poisoned"] = lambda: intake.measure_poison(build, folder)
        jobs["journal"] = lambda: figures_of(build / "bin/journal_bench", folder / "journal", 1 << 30)
        jobs["w1_run_rest"] = lambda: run_to_server(build, folder, min(rounds, 5))
        jobs["w1_run_sqlite"] = lambda: run_to_sqlite(build, folder, min(rounds, 3))
        for name, job in jobs.items():
            if only and only not in name:
                continue
            print(f"{name} …", end="\r", file=sys.stderr, flush=True)
            figures[name] = job()
    return figures


def show(figures):
    print(f"{'':16} {'messages/s':>12} {'÷ DOM parse':>12} {'allocations':>12} {'two workers':>12} {'two parsers':>12} {'/processor s':>13}")
    for name, f in figures.items():
        if "messages_per_s" not in f:
            print(f"{name:16} " + ", ".join(f"{what} {value:,}" for what, value in f.items()))
            continue
        ratio = f"{f['ratio_to_dom']:.2f}" if "ratio_to_dom" in f else ""
        allocations = f"{f['allocations_per_message']:.2f}" if "allocations_per_message" in f else ""
        workers, parsers = (f"{f[key]:.2f} ×" if key in f else "" for key in ("two_workers", "two_parsers"))
        apart = f"   {f['us_added']:.3f} µs added to {f['us_in_process']:.3f} µs by a process of its own, {f['processor_us_added']:.3f} µs of processor time" if "us_added" in f else ""
        processor = f"{f['per_processor_s']:,}" if "per_processor_s" in f else ""
        print(f"{name:16} {f['messages_per_s']:>12,.0f} {ratio:>12} {allocations:>12} {workers:>12} {parsers:>12} {processor:>13}{apart}")


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("build", type=pathlib.Path)
    words.add_argument("--json", action="store_true")
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--only", default="")
    options = words.parse_args()
    figures = measure(options.build.resolve(), options.rounds, options.only)
    print(json.dumps(figures, indent=1)) if options.json else show(figures)


main()
