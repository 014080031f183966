#!/usr/bin/env python3
"""Writes cli.md and plugins.md from what the program says of itself: generate.py PATH_OF_AORTA [FOLDER]."""
import json
import pathlib
import re
import subprocess
import sys

NOTE = "<!-- Written by generate.py; do not edit. -->\n"
KINDS = {"source": "Sources", "template": "Template types", "sink": "Sinks"}


def ask(aorta, *words):
    done = subprocess.run([aorta, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    if done.returncode not in (0, 1):
        sys.exit(f"{aorta} {' '.join(words)} ended with {done.returncode}: {done.stderr}")
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def cli_page(aorta):
    overview = ask(aorta, "--help")
    listed = overview.split("Verbs:\n")[1].split("\n\n")[0]
    verbs = [re.split(r"\s{2,}", line.strip())[0] for line in listed.splitlines()]
    parts = [NOTE, "# Command line\n", f"```\n{overview}\n```\n"]
    for verb in verbs:
        parts.append(f"## aorta {verb}\n\n```\n{ask(aorta, *verb.split(), '--help')}\n```\n")
    return "\n".join(parts)


def plain(value):
    return "" if value is None else f"`{json.dumps(value) if not isinstance(value, str) else value}`"


def type_of(property):
    if "enum" in property:
        return "one of " + ", ".join(f"`{one}`" for one in property["enum"])
    if "x-aorta-format" in property:
        return property["x-aorta-format"]
    if property["type"] == "array":
        return "list of " + type_of(property.get("items", {"type": "anything"}))
    return property["type"]


def range_of(property):
    low, high = property.get("minimum"), property.get("maximum")
    if low is None and high is None:
        return ""
    return f" ({'' if low is None else f'at least {low:g}'}{', ' if None not in (low, high) else ''}{'' if high is None else f'at most {high:g}'})"


def config_table(schema):
    if not schema["properties"]:
        return "Nothing to configure.\n"
    rows = ["| `config` | Type | Default | Meaning |", "|---|---|---|---|"]
    for name, property in schema["properties"].items():
        default = "required" if name in schema.get("required", []) else plain(property.get("default"))
        examples = ", ".join(f"`{one}`" for one in property.get("examples", []))
        meaning = property.get("description", "") + range_of(property) + (f"; such as {examples}" if examples else "")
        rows.append(f"| `{name}` | {type_of(property)} | {default} | {meaning} |".replace("|  |", "| |"))
    return "\n".join(rows) + "\n"


def plugin_part(plugin):
    parts = [f"### {plugin['id']}\n", plugin["summary"] + ".\n"]
    if plugin["spellings"]:
        parts.append("Also written " + ", ".join(f"`{one}`" for one in plugin["spellings"]) + ".\n")
    if plugin["kind"] != "template":
        parts.append(config_table(plugin["config"]))
    return "\n".join(parts)


def plugins_page(aorta):
    listed = json.loads(ask(aorta, "plugin", "list", "--format", "json"))["plugins"]
    plugins = [json.loads(ask(aorta, "plugin", "inspect", one["id"], "--format", "json"))["plugins"][0] for one in listed]
    parts = [
        NOTE,
        "# Plugins that come with Aorta\n",
        "`aorta plugin list` shows what is installed, `aorta plugin inspect ID` one of them. A source or a sink is configured under `config:` of a "
        "pipeline file,\na template type by the entries of a device mapping.\n",
    ]
    for kind, title in KINDS.items():
        parts += [f"## {title}\n"] + [plugin_part(one) for one in plugins if one["kind"] == kind]
    return "\n".join(parts)


def pages(aorta):
    return {"cli.md": cli_page(aorta), "plugins.md": plugins_page(aorta)}


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent)
    for name, text in pages(sys.argv[1]).items():
        (folder / name).write_text(text.rstrip("\n") + "\n")
