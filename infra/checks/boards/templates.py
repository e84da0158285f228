"""Reads the templates as CloudFormation would: parameters and intrinsic functions get sample values."""

import json
import re
from pathlib import Path

import yaml

SAMPLE = {
    "Name": "antrian-prod",
    "Stage": "prod",
    "ApiId": "a1b2c3d4e5",
    "AlarmEmail": "operations@example.org",
    "KeyArn": "arn:aws:kms:ap-southeast-3:123456789012:key/sample",
    "RunbookUrl": "https://github.com/antrian/antrian/blob/main/docs/runbooks",
    "SavedQueries": "true",
    "AWS::Region": "ap-southeast-3",
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


def _short_form(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {"Ref" if suffix == "Ref" else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", _short_form)


def load(path):
    """A template as it is written."""
    return yaml.load(Path(path).read_text(encoding="utf-8"), Loader)


def resolved(value):
    """A value with its references and substitutions carried out; other functions stay."""
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return SAMPLE.get(value["Ref"], value["Ref"])
    if set(value) == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
        return _substituted(value["Fn::Sub"])
    return {key: resolved(item) for key, item in value.items()}


def _substituted(text):
    def replace(match):
        name = match.group(1)
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        return SAMPLE[name] if name in SAMPLE else match.group(0)

    return re.sub(r"\$\{([^}]+)\}", replace, text)


def resources(path, kind):
    """The properties of all resources of a kind, by logical name."""
    found = load(path)["Resources"].items()
    return {name: resolved(it["Properties"]) for name, it in found if it["Type"] == kind}


class Boards:
    """What is drawn, what is watched, what is asked, and the pages that explain it."""

    def __init__(self, root):
        infra = Path(root) / "infra"
        self.bodies = resources(infra / "dashboards.yaml", "AWS::CloudWatch::Dashboard")
        self.dashboards = {
            it["DashboardName"]: json.loads(it["DashboardBody"]) for it in self.bodies.values()
        }
        self.queries = {
            it["Name"]: it
            for it in resources(infra / "dashboards.yaml", "AWS::Logs::QueryDefinition").values()
        }
        alarms = resources(infra / "alarms.yaml", "AWS::CloudWatch::Alarm")
        self.alarms = {it["AlarmName"]: it for it in alarms.values()}
        docs = Path(root) / "docs"
        self.files = {str(page.relative_to(docs)) for page in docs.rglob("*") if page.is_file()}
        self.pages = {page.stem for page in (docs / "runbooks").glob("*.md")}
        texts = [*(docs / "runbooks").glob("*.md"), docs / "operations.md"]
        self.texts = {str(page.relative_to(docs)): page.read_text(encoding="utf-8") for page in texts}

    @property
    def index(self):
        """The list of runbooks."""
        return self.texts["runbooks/README.md"]
