"""The templates as they are written."""

import copy
import json
import re

import yaml

from boards.templates import Loader

# The stack and its nested stacks by the logical id that they have in it.
ROOT = "template"
NESTED = {"Data": "data", "Staff": "staff", "Roles": "roles", "Routes": "api", "Alarms": "alarms", "Dashboards": "dashboards"}


class Templates:
    """All templates, and what the code says that they have to agree with."""

    def __init__(self, root):
        read = lambda name: (root / name).read_text(encoding="utf-8")
        names = [ROOT, *NESTED.values()]
        self.files = {name: yaml.load(read(f"infra/{name}.yaml"), Loader) for name in names}
        # A stack of its own, in another region.
        self.edge = yaml.load(read("infra/edge.yaml"), Loader)
        self.samconfig = read("samconfig.toml")
        self.openapi = json.loads(read("openapi.json"))
        self.folders = {path.parent.name for path in (root / "functions").glob("*/Cargo.toml")}
        self.answers = {name: "".join(file.read_text("utf-8") for file in (root / "functions" / name).rglob("*.rs"))
                        for name in self.folders}
        sources = (read(f"shared/src/{name}") for name in ("app.rs", "config.rs", "config/sending.rs", "config/whatsapp.rs"))
        config = "".join(source.split("#[cfg(test)]")[0] for source in sources)
        self.variables = set(re.findall(r'"((?:ANTRIAN|WHATSAPP|TWILIO)_[A-Z_]+)"', config))
        self.purpose = re.search(r'PURPOSE: &str = "([^"]+)"', read("shared/src/net/kms.rs")).group(1)
        self.index = re.search(r'DUE_INDEX: &str = "([^"]+)"', read("shared/src/storage/mod.rs")).group(1)

    def clone(self):
        """A copy to break something in."""
        return copy.deepcopy(self)

    def resources(self, kind, only=None):
        """(file, logical id, resource) of every resource of this kind."""
        for name, file in self.files.items():
            for logical, resource in file["Resources"].items():
                if resource["Type"] == kind and only in (None, name):
                    yield name, logical, resource

    def functions(self):
        """(name, properties with the defaults) of every function."""
        defaults = self.files[ROOT]["Globals"]["Function"]
        for _, logical, resource in self.resources("AWS::Serverless::Function"):
            properties = {**defaults, **resource["Properties"]}
            own = resource["Properties"].get("Environment", {}).get("Variables", {})
            properties["Environment"] = {"Variables": {**defaults["Environment"]["Variables"], **own}}
            yield logical.removesuffix("Function").lower(), properties


def text(value):
    """A value as one text, to look for something in it."""
    return json.dumps(value, sort_keys=True)
