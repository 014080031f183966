"""The guides, read as a new user would: their files are written, their commands run, and what they show is what comes."""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import unittest

from build_support import build_folder

BUILD = pathlib.Path(os.environ["AORTA_BUILD"])
SOURCE = pathlib.Path(os.environ["AORTA_SOURCE"])
FILE = re.compile(r"<!-- file: (\S+) -->\n```\w*\n(.*?)```", re.S)
CONSOLE = re.compile(r"```console\n(.*?)```", re.S)


def shown(line):
    """A shown line as a pattern: "..." stands for anything."""
    return ".*".join(re.escape(part) for part in line.strip().split("..."))


class Docs(unittest.TestCase):
    def run_command(self, command, folder, prefix):
        path = os.pathsep.join([str(prefix / "bin"), os.environ["PATH"]])
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env={**os.environ, "PATH": path, "PREFIX": str(prefix)}, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=60)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def follow(self, guide, prefix=BUILD, replace=()):
        text = (SOURCE / "docs/guide" / guide).read_text()
        for old, new in replace:
            self.assertIn(old, text)
            text = text.replace(old, new)
        with build_folder("guide") as folder:
            for name, content in FILE.findall(text):
                (folder / name).write_text(content)
            output = ""
            for line in "".join(CONSOLE.findall(text)).splitlines():
                if line.startswith("$ "):
                    output = self.run_command(line[2:], folder, prefix)
                else:
                    self.assertRegex(output, re.compile(shown(line), re.S))

    def test_first_pipeline(self):
        self.follow("first-pipeline.md")

    def test_first_plugin(self):
        with build_folder("prefix") as prefix:
            subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], check=True, capture_output=True)
            self.follow("first-plugin.md", prefix)

    def test_new_fhir_resource(self):
        with build_folder("prefix") as prefix:
            subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], check=True, capture_output=True)
            self.follow("new-fhir-resource.md", prefix)

    @unittest.skipUnless(shutil.which("curl"), "curl is not there")
    def test_http_source(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.follow("http-source.md", replace=[("127.0.0.1:8080", f"127.0.0.1:{port}")])

    def test_explain(self):
        self.follow("explain.md")
