"""Running pipelines that follow a file and take up what was changed."""
import json
import subprocess
import time

from support import AORTA, Case


class Running(Case):
    def setUp(self):
        super().setUp()
        self.change("pipeline.yaml", "path: messages.ndjson", "path: messages.ndjson, follow: true")
        self.change("pipeline.yaml", "sinks:", "group: { max_delay: 50ms }\nsinks:")
        self.write("messages.ndjson", "")

    def start(self, *words, input=False):
        with (self.folder / "out").open("w") as out, (self.folder / "log").open("w") as log:
            run = subprocess.Popen(
                [AORTA, "run", "pipeline.yaml", "--format", "json", *words], cwd=self.folder, text=True, stdin=subprocess.PIPE if input else subprocess.DEVNULL, stdout=out, stderr=log)
        self.addCleanup(lambda: (run.poll() is None and run.kill(), run.wait()))
        self.until(lambda: "started" in (self.folder / "out").read_text())
        return run

    def log(self):
        return (self.folder / "log").read_text()

    def until(self, holds, seconds=20):
        end = time.monotonic() + seconds
        while not holds():
            self.assertLess(time.monotonic(), end, self.log() if (self.folder / "log").exists() else "")
            time.sleep(0.02)

    def send(self, *messages):
        with (self.folder / "messages.ndjson").open("a") as out:
            out.writelines(m + "\n" for m in messages)

    def taken_up(self, times=1):
        self.until(lambda: self.log().count("runs now:") >= times)

    def end(self, run, code=0):
        run.terminate()
        self.assertEqual(run.wait(60), code, self.log())
        return json.loads((self.folder / "out").read_text().splitlines()[-1])
