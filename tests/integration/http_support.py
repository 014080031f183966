"""A run that takes messages over HTTP, and those who send to it."""
import http.client
import json
import re
import ssl
import subprocess
import threading

from support import AORTA, Case


class Intake:
    """`aorta run` with its source at a port that the system gives."""

    def __init__(self, folder, *words, env=None):
        self.process = subprocess.Popen(
            [AORTA, "run", "pipeline.yaml", *words], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.lines = []
        self.address = None
        watched = "--listen" not in words
        for line in self.process.stderr:
            self.lines.append(line)
            watched = watched or "answers /healthz" in line
            found = re.search(r"listens at (https?)://(127\.0\.0\.1):(\d+)", line)
            if found:
                self.scheme, self.host, self.port = found.group(1), found.group(2), int(found.group(3))
                self.address = f"{found.group(1)}://{found.group(2)}:{found.group(3)}"
            if self.address and watched:
                break
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stderr), daemon=True)
        self.reader.start()

    def connect(self, tls=None):
        if self.scheme == "https":
            return http.client.HTTPSConnection(self.host, self.port, timeout=20, context=tls)
        return http.client.HTTPConnection(self.host, self.port, timeout=20)

    def send(self, body, path="/messages", method="POST", tls=None, **fields):
        """Status, body as JSON where it is JSON, and the head's fields."""
        connection = self.connect(tls)
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, {k.replace("_", "-"): v for k, v in fields.items()})
            answer = connection.getresponse()
            text = answer.read().decode()
            return answer.status, json.loads(text) if text.startswith("{") else text, dict(answer.getheaders())
        finally:
            connection.close()

    def log(self):
        return "".join(self.lines)

    def stop(self):
        """The exit code after an orderly end."""
        self.process.terminate()
        code = self.process.wait(timeout=60)
        self.reader.join(timeout=10)
        self.process.stdout.close()
        self.process.stderr.close()
        return code

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join(timeout=10)
        if not self.process.stdout.closed:
            self.process.stdout.close()
            self.process.stderr.close()


class HttpCase(Case):
    def setUp(self):
        super().setUp()
        self.change("pipeline.yaml", "in: { plugin: file, config: { path: messages.ndjson } }", "in: { plugin: http }")
        self.change("pipeline.yaml", "sinks:", "group: { max_delay: 100ms }\nhttp: { listen: 127.0.0.1:0 }\nsinks:")

    def start(self, *words, env=None):
        intake = Intake(self.folder, *words, env=env)
        self.addCleanup(intake.kill)
        self.assertTrue(intake.address, intake.log())
        return intake
