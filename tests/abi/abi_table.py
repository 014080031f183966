"""What the C headers promise, as a table: structs with the offset, size and type of each member, and constants.

abi_table.py --write   records the headers as they are, for a release. abi_table.json is what has been released: a member there never moves, changes
its type or its name, and never goes; a struct that begins with `size` may grow at its end, any other is frozen. Between releases, what is new may still change."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
INCLUDE = HERE.parents[1] / "sdk/include"
TABLE = HERE / "abi_table.json"
COMMENT = re.compile(r"/\*.*?\*/", re.S)
STRUCT = re.compile(r"typedef struct (\w+) \{(.*?)\}\s*\w+;", re.S)
CONSTANT = re.compile(r"^#define (AORTA_\w+) +(.+?) *$", re.M)


def one_line(text):
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r" ?([(),*]) ?", r"\1", text)


def member(text):
    """Name and type of one declaration."""
    text = one_line(text)
    called = re.search(r"\(\*(\w+)\)", text)
    if called:
        return called.group(1), text.replace(called.group(1), "", 1)
    kind, name = re.match(r"(.*?)(\w+)$", text).groups()
    return name, kind.strip()


def headers(include=INCLUDE):
    return "\n".join(COMMENT.sub(" ", path.read_text()) for path in sorted((include / "aorta/abi").glob("*.h")))


def layout(structs, include):
    """{"struct.member": [offset, size], "struct": [0, size]}, as the compiler lays them out."""
    lines = [f'printf("{s} 0 %zu\\n", sizeof({s}));' for s in structs]
    lines += [f'printf("{s}.{m} %zu %zu\\n", offsetof({s}, {m}), sizeof((({s}*)0)->{m}));' for s, members in structs.items() for m, _ in members]
    code = '#include <stddef.h>\n#include <stdio.h>\n#include "aorta/abi.h"\nint main(void) {\n' + "\n".join(lines) + "\nreturn 0;\n}\n"
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "layout"
        subprocess.run(["cc", "-std=c11", f"-I{include}", "-x", "c", "-", "-o", program], input=code, text=True, check=True)
        said = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return {name: [int(offset), int(size)] for name, offset, size in (line.split() for line in said.splitlines())}


def read(include=INCLUDE):
    text = headers(include)
    structs = {name: [member(one) for one in body.split(";") if one.strip()] for name, body in STRUCT.findall(text)}
    places = layout(structs, include)
    return {
        "structs": {
            name: {
                "grows": members[0][0] == "size",
                "size": places[name][1],
                "members": [{"name": m, "type": kind, "offset": places[f"{name}.{m}"][0], "size": places[f"{name}.{m}"][1]} for m, kind in members],
            }
            for name, members in structs.items()
        },
        "constants": {name: value for name, value in CONSTANT.findall(text) if not name.endswith("_H")},
    }


def broken_struct(name, released, now):
    if now is None:
        return [f"{name} is gone"]
    out = []
    if not released["grows"] and now != released:
        out.append(f"{name} is frozen, and has changed")
    if now["grows"] != released["grows"] or now["size"] < released["size"]:
        out.append(f"{name} has become another struct")
    for index, member in enumerate(released["members"]):
        if index >= len(now["members"]) or now["members"][index] != member:
            out.append(f"{name}.{member['name']} has changed; a released member stays as it is, new ones come behind the last")
    return out


def broken(released, now):
    """What of the released table the headers no longer keep."""
    out = []
    for name, struct in released["structs"].items():
        out += broken_struct(name, struct, now["structs"].get(name))
    for name, value in released["constants"].items():
        if name != "AORTA_ABI_MINOR" and now["constants"].get(name) != value:
            out.append(f"{name} was {value}, and is {now['constants'].get(name)}")
    return out


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    TABLE.write_text(json.dumps(read(), indent=1) + "\n")
