"""What may be named: the metrics and records that the code emits, the names that the templates give, and
the metrics of AWS that this project looks at."""

import json
import re
from pathlib import Path

from .templates import SAMPLE, load

NAME = SAMPLE["Name"]

# Dimensions as CloudWatch has them.
_TABLE, _INDEX = ("TableName",), ("TableName", "GlobalSecondaryIndexName")
_OPERATION = ("TableName", "Operation")
AWS_METRICS = {
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    "AWS/ApiGateway": dict.fromkeys(["Count", "4xx", "5xx", "Latency", "IntegrationLatency"], [("ApiId",)]),
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    "AWS/Lambda": dict.fromkeys(
        ["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"],
        [("FunctionName",)],
    ),
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    "AWS/SQS": dict.fromkeys(
        [
            "ApproximateAgeOfOldestMessage",
            "ApproximateNumberOfMessagesVisible",
            "ApproximateNumberOfMessagesNotVisible",
        ],
        [("QueueName",)],
    ),
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    "AWS/DynamoDB": {
        "ConsumedReadCapacityUnits": [_TABLE, _INDEX],
        "ConsumedWriteCapacityUnits": [_TABLE, _INDEX],
        "ReadThrottleEvents": [_TABLE, _INDEX],
        "WriteThrottleEvents": [_TABLE, _INDEX],
        "ConditionalCheckFailedRequests": [_TABLE],
        "TransactionConflict": [_TABLE],
        "SuccessfulRequestLatency": [_OPERATION],
        "SystemErrors": [_OPERATION],
    },
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
    "AWS/Logs": {"IncomingBytes": [("LogGroupName",)]},
}

# What `shared/src/storage` calls.
OPERATIONS = {"GetItem", "BatchGetItem", "Query", "TransactWriteItems"}

# Fields of log lines: those of every line, and those that calls of `tracing` add.
LINE_FIELDS = {
    "level", "message", "target", "timestamp", "request_id", "error", "source", "incident", "code",
    "at", "delivery", "disagreement", "inbound",
}  # fmt: skip
# Lambda's own lines: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
PLATFORM_FIELDS = {"type", "record.status", "record.errorType", "record.requestId"}
INSIGHTS_FIELDS = {"@timestamp", "@message", "@log"}


class Contract:
    """What the code and the other templates say."""

    def __init__(self, root):
        root = Path(root)
        self.records = records((root / "shared/src/telemetry/catalogue.rs").read_text("utf-8"))
        template = (root / "infra/template.yaml").read_text("utf-8")
        self.functions = set(re.findall(r'FunctionName: !Sub "\$\{AWS::StackName\}-(\w+)"', template))
        data = load(root / "infra/data.yaml")["Resources"].values()
        names = [it["Properties"] for it in data if it["Type"] == "AWS::SQS::Queue"]
        self.queues = {it["QueueName"]["Fn::Sub"].replace("${Name}", NAME) for it in names}
        self.function_groups = {f"/aws/lambda/{NAME}-{name}" for name in self.functions}
        self.access_group = f"/aws/apigateway/{NAME}"
        api = (root / "infra/api.yaml").read_text("utf-8")
        self.access_fields = set(re.findall(r'"(\w+)":"\$context\.', api))
        self.values = self._values(root)

    def _values(self, root):
        """The values that dimensions can have; a dimension that is not here can have any."""
        problems = json.loads((root / "shared/texts/problems.json").read_text("utf-8"))
        kinds = re.search(
            r"fn as_str\(self\) -> &'static str \{\s*match self \{\s*Self::Hold =>.*?\n {8}\}",
            (root / "shared/src/domain/message.rs").read_text("utf-8"),
            re.DOTALL,
        )
        return {
            "Stage": {SAMPLE["Stage"]},
            "Reason": set(problems),
            "Kind": set(re.findall(r'"(\w+)"', kinds.group(0))),
            "Channel": {"web", "whatsapp", "priority", "walk_in"},
            "Function": self.functions,
            "ApiId": {SAMPLE["ApiId"]},
            "FunctionName": {f"{NAME}-{name}" for name in self.functions},
            "QueueName": self.queues,
            "TableName": {NAME},
            "GlobalSecondaryIndexName": {"due-index"},
            "Operation": OPERATIONS,
            "LogGroupName": self.function_groups | {self.access_group},
        }

    def dimensions(self, namespace, metric):
        """The sets of dimensions that a metric has, or none if there is no such metric."""
        if namespace != "Antrian":
            return AWS_METRICS.get(namespace, {}).get(metric, [])
        for record in self.records.values():
            if metric in record["metrics"]:
                by = record["metrics"][metric]
                return [("Stage",)] + ([("Stage", by)] if by else [])
        return []

    def record_fields(self, events):
        """What the lines of these records say."""
        fields = {"event", "Stage", "request_id"}
        for event in events:
            record = self.records[event]
            fields |= set(record["metrics"]) | record["properties"]
            fields |= {by for by in record["metrics"].values() if by}
        return fields


def records(catalogue):
    """The records of `shared/src/telemetry/catalogue.rs`: event, metrics with the dimension by which they
    are told apart, properties."""
    body = re.search(r"^records! \{\n(.*?)^\}", catalogue, re.DOTALL | re.MULTILINE)
    found = {}
    entry = re.compile(
        r'^ {4}[A-Z_]+ = "(?P<event>\w+)"\s*\[(?P<metrics>[^\]]*)\]\s*\[(?P<properties>[^\]]*)\]',
        re.MULTILINE,
    )
    for match in entry.finditer(body.group(1) if body else ""):
        metrics = dict(re.findall(r'count_by\("(\w+)", "(\w+)"\)', match["metrics"]))
        for name in re.findall(r'(?:count\(|name: )"(\w+)"', match["metrics"]):
            metrics[name] = None
        properties = set(re.findall(r'"(\w+)"', match["properties"]))
        found[match["event"]] = {"metrics": metrics, "properties": properties}
    return found
