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
    "MessageVolume": 1000,
    "AWS::StackName": "antrian-prod",
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


def resolved(value, given=SAMPLE):
    """A value with its references, substitutions and lists carried out; other functions stay."""
    if isinstance(value, list):
        return [resolved(item, given) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": name}:
            return given.get(name, name)
        case {"Fn::Sub": [text, own]}:
            return _substituted(text, {**given, **resolved(own, given)})
        case {"Fn::Sub": text}:
            return _substituted(text, given)
        case {"Fn::Join": [between, items]}:
            return between.join(resolved(items, given))
        case {"Fn::Split": [between, text]}:
            return resolved(text, given).split(between)
    return {key: resolved(item, given) for key, item in value.items()}


def _substituted(text, given):
    def replace(match):
        name = match.group(1)
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        return given[name] if name in given else match.group(0)

    return re.sub(r"\$\{([^}]+)\}", replace, text)


def resources(path, kind, given=SAMPLE):
    """The properties of all resources of a kind, by logical name."""
    found = load(path)["Resources"].items()
    return {name: resolved(it["Properties"], given) for name, it in found if it["Type"] == kind}


class Boards:
    """What is drawn, what is watched, what is asked, and the pages that explain it."""

    def __init__(self, root):
        infra = Path(root) / "infra"
        alarms = resources(infra / "alarms.yaml", "AWS::CloudWatch::Alarm")
        self.alarms = {it["AlarmName"]: it for it in alarms.values()}
        given = {**SAMPLE, **self._given(infra, alarms)}
        self.bodies = resources(infra / "dashboards.yaml", "AWS::CloudWatch::Dashboard", given)
        self.dashboards = {
            it["DashboardName"]: json.loads(it["DashboardBody"]) for it in self.bodies.values()
        }
        self.queries = {
            it["Name"]: it
            for it in resources(infra / "dashboards.yaml", "AWS::Logs::QueryDefinition", given).values()
        }
        docs = Path(root) / "docs"
        self.files = {str(page.relative_to(docs)) for page in docs.rglob("*") if page.is_file()}
        self.pages = {page.stem for page in (docs / "runbooks").glob("*.md")}
        texts = [*(docs / "runbooks").glob("*.md"), docs / "operations.md"]
        self.texts = {str(page.relative_to(docs)): page.read_text(encoding="utf-8") for page in texts}

    @staticmethod
    def _given(infra, alarms):
        """The dashboards' parameters that name functions and their alarms."""
        parameters = load(infra / "template.yaml")["Resources"]["Dashboards"]["Properties"]["Parameters"]
        between, arns = load(infra / "alarms.yaml")["Outputs"]["ErrorAlarms"]["Value"]["Fn::Join"]
        names = [alarms[it["Fn::GetAtt"].removesuffix(".Arn")]["AlarmName"] for it in arns]
        return {
            "Functions": resolved(parameters["Functions"]).split(","),
            "ErrorAlarms": between.join(f"arn:aws:cloudwatch:ap-southeast-3:123456789012:alarm:{name}" for name in names),
        }

    def headings(self, page):
        """The anchors of a page's headings, as GitHub makes them."""
        found = re.findall(r"^#+ (.*)$", self.texts[page], re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", it.strip().lower()).replace(" ", "-") for it in found}

    @property
    def index(self):
        """The list of runbooks."""
        return self.texts["runbooks/README.md"]
