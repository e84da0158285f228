"""Every example of the API's description fits its schema: `examples.py openapi.json`."""

import json
import sys

from openapi_schema_validator import OAS31Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

document = json.load(open(sys.argv[1], encoding="utf-8"))
registry = Registry().with_resource("openapi.json", Resource(document, DRAFT202012))
checker = OAS31Validator.FORMAT_CHECKER
found, faults = 0, []


def absolute(part):
    """The schema, its references into the document and not into itself."""
    if isinstance(part, dict):
        return {name: f"openapi.json{it}" if name == "$ref" else absolute(it) for name, it in part.items()}
    return [absolute(it) for it in part] if isinstance(part, list) else part


registry = Registry().with_resource("openapi.json", Resource(absolute(document), DRAFT202012))


def look(part, at):
    global found
    if isinstance(part, dict):
        if "schema" in part and "example" in part:
            found += 1
            validator = OAS31Validator(absolute(part["schema"]), registry=registry, format_checker=checker)
            faults.extend(f"{at}: {fault.json_path}: {fault.message}" for fault in validator.iter_errors(part["example"]))
        for name, it in part.items():
            if name != "example":
                look(it, f"{at}/{name}")


look(document["paths"], "")
print(*faults, sep="\n", end="\n" if faults else "")
print(f"{found} examples, {len(faults)} faults")
sys.exit(bool(faults) or found < 60)
