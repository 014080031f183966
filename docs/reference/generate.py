#!/usr/bin/env python3
"""Writes cli.md and plugins.md from what the program says of itself, pipeline-file.md from its schema: generate.py PATH_OF_AORTA [FOLDER]."""
import json
import pathlib
import re
import subprocess
import sys

NOTE = "<!-- Written by generate.py; do not edit. -->\n"
SCHEMA = pathlib.Path(__file__).parents[2] / "core/config/pipeline_schema.cpp"
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
    return "" if value in (None, "") else f"`{json.dumps(value) if not isinstance(value, str) else value}`"


def type_of(property):
    if "enum" in property:
        return "one of " + ", ".join(f"`{one}`" for one in property["enum"])
    if "x-aorta-format" in property:
        return property["x-aorta-format"] + (f" of {property['x-aorta-reads']}" if "x-aorta-reads" in property else "")
    if property["type"] == "array":
        return "list of " + type_of(property.get("items", {"type": "anything"}))
    return property["type"]


def amount(value, format):
    units = {"duration": [(86400000, "d"), (3600000, "h"), (60000, "m"), (1000, "s"), (1, "ms")],
             "bytes": [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")]}
    for size, name in units.get(format, []):
        if value % size == 0:
            return f"{value // size:,}{name}"
    return f"{value:,}"


def range_of(property):
    said = [f"{word} {amount(property[key], property.get('x-aorta-format'))}" for key, word in (("minimum", "at least"), ("maximum", "at most")) if key in property]
    return f" ({', '.join(said)})" if said else ""


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


def mapping_tables(schema):
    """What the mapping files say that the configuration names."""
    parts = []
    for name, property in schema["properties"].items():
        if "x-aorta-content" in property:
            parts += [f"The file `{name}`, JSON or YAML:\n", "| Key | Type | Default | Meaning |\n|---|---|---|---|", *rows_of("", property["x-aorta-content"], True), ""]
    return parts


def plugin_part(plugin):
    parts = [f"### {plugin['id']}\n", plugin["summary"] + ".\n"]
    if plugin["spellings"]:
        parts.append("Also written " + ", ".join(f"`{one}`" for one in plugin["spellings"]) + ".\n")
    if plugin["kind"] != "template":
        parts += [config_table(plugin["config"]), *mapping_tables(plugin["config"])]
    return "\n".join(parts)


def plugins_page(aorta):
    listed = json.loads(ask(aorta, "plugin", "list", "--format", "json"))["plugins"]
    plugins = [json.loads(ask(aorta, "plugin", "inspect", one["id"], "--format", "json"))["plugins"][0] for one in listed]
    parts = [
        NOTE,
        "# Plugins that come with Aorta\n",
        "`aorta plugin list` shows what is installed, `aorta plugin inspect ID` one of them. A source or a sink is configured under `config:` of a "
        "pipeline file,\na template type by the entries of a device mapping. A CodeableConcept is `{ \"text\": …, \"codes\": [{ \"code\": …, \"system\": …, \"display\": … }] }`.\n",
    ]
    for kind, title in KINDS.items():
        parts += [f"## {title}\n"] + [plugin_part(one) for one in plugins if one["kind"] == kind]
    return "\n".join(parts)


def children(property):
    """The keys below one: those it names, or any name the user gives; list items have a key of their own."""
    inner = property.get("items", property)
    if "properties" in inner:
        return [(name, one, name in inner.get("required", [])) for name, one in inner["properties"].items()]
    free = property.get("additionalProperties")
    return [("NAME", free, False)] if isinstance(free, dict) else []


def is_concept(property):
    return {"text", "codes"} == set(property.get("items", property).get("properties", {}))


def rows_of(prefix, property, concepts=False):
    """`concepts`: a CodeableConcept is one row."""
    rows = []
    for name, one, required in children(property):
        path = f"{prefix}.{name}".lstrip(".") + ("[]" if one.get("type") == "array" and "properties" in one.get("items", {}) else "")
        if concepts and is_concept(one):
            rows.append(f"| `{path}` | CodeableConcept | {'required' if required else ''} | {one.get('description', '')} |".replace("|  |", "| |"))
            continue
        if not children(one) or one.get("description"):
            kind = type_of(one) if "type" in one or "x-aorta-format" in one else "anything"
            default = "required" if required else plain(None if one.get("default") in ({}, []) else one.get("default"))
            rows.append(f"| `{path}` | {kind} | {default} | {one.get('description', '')}{range_of(one)} |".replace("|  |", "| |").replace("|  |", "| |"))
        rows += rows_of(path, one, concepts)
    return rows


def pipeline_page():
    isolation, schema = re.findall(r'R"json\((.*?)\)json"', SCHEMA.read_text(), re.S)
    schema = json.loads(schema.replace('"@isolation"', isolation))
    return "\n".join([
        NOTE,
        "# Pipeline files\n",
        "YAML; [your first pipeline](../guide/first-pipeline.md) is an example. Unknown keys, keys written twice, `<<` and numbers such as `010` are errors, each with\n"
        "line, column and the nearest valid key. `NAME` is a name you give. Relative paths count from the pipeline file's folder.\n",
        "Any text may hold `${env:NAME}`, `${env:NAME:-default}` and `${file:/path}`; `$${` is a literal `${`. A duration is `250ms`, `5s`, `10m`, `1h`, `30d`; a size `512`, `512B`,\n"
        "`64KiB`, `16MiB`, `2GiB`, or with powers of a thousand `10kB`, `10MB`, `1GB`.\n",
        "| Key | Type | Default | Meaning |\n|---|---|---|---|",
        *rows_of("", schema),
    ])


def pages(aorta):
    return {"cli.md": cli_page(aorta), "plugins.md": plugins_page(aorta), "pipeline-file.md": pipeline_page()}


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parent)
    for name, text in pages(sys.argv[1]).items():
        (folder / name).write_text(text.rstrip("\n") + "\n")
