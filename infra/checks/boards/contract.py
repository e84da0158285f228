"""What may be named: the metrics and records that the code emits (infra/metrics.json), the names that the
templates give, and the metrics of AWS that this project looks at."""

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
        catalogue = json.loads((root / "infra/metrics.json").read_text("utf-8"))
        self.records = catalogue["records"]
        resources = load(root / "infra/template.yaml")["Resources"].values()
        names = [it["Properties"]["FunctionName"] for it in resources if it["Type"] == "AWS::Serverless::Function"]
        self.functions = {it["Fn::Sub"].removeprefix("${AWS::StackName}-") for it in names}
        data = load(root / "infra/data.yaml")["Resources"].values()
        names = [it["Properties"] for it in data if it["Type"] == "AWS::SQS::Queue"]
        self.queues = {it["QueueName"]["Fn::Sub"].replace("${Name}", NAME) for it in names}
        self.function_groups = {f"/aws/lambda/{NAME}-{name}" for name in self.functions}
        self.access_group = f"/aws/apigateway/{NAME}"
        api = (root / "infra/api.yaml").read_text("utf-8")
        self.access_fields = set(re.findall(r'"(\w+)":"\$context\.', api))
        problems = json.loads((root / "shared/texts/problems.json").read_text("utf-8"))
        self.values = self._values(problems, catalogue["kinds"])

    def _values(self, problems, kinds):
        """The values that dimensions can have; a dimension that is not here can have any."""
        return {
            "Stage": {SAMPLE["Stage"]},
            "Reason": set(problems),
            "Kind": set(kinds),
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
                by = record["metrics"][metric]["by"]
                return [("Stage",)] + ([("Stage", by)] if by else [])
        return []

    def record_fields(self, events):
        """What the lines of these records say."""
        fields = {"event", "Stage", "request_id"}
        for event in events:
            record = self.records[event]
            fields |= {*record["metrics"], *record["properties"]}
            fields |= {metric["by"] for metric in record["metrics"].values() if metric["by"]}
        return fields

