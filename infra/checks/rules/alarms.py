"""Alarms reach somebody."""

from .templates import text

TOPIC = [{"Ref": "Topic"}]
# The canary looks at it.
SILENT = {"Deployment"}
# Alarms on what costs money with each message.
VOLUME = {"Ref": "MessageVolume"}
VOLUMES = {"MessagesVolume": ("MessagesSent", VOLUME), "InboundVolume": ("InboundMessages", VOLUME), "Spending": ("SpendingPercent", 80)}


def ring(templates):
    """Every alarm sends to the topic, switched on, and the topic to whoever is named."""
    for _, logical, alarm in templates.resources("AWS::CloudWatch::Alarm"):
        properties = alarm["Properties"]
        if logical not in SILENT and properties.get("AlarmActions") != TOPIC:
            yield f"{logical} tells nobody"
        if properties.get("ActionsEnabled", True) is not True:
            yield f"{logical} is switched off"
        if alarm.get("Condition") not in (None, "CanCalculate") or (alarm.get("Condition") and "Expression" not in text(properties)):
            yield f"{logical} is not always there"
    resources = templates.files["alarms"]["Resources"]
    mail = resources.get("Email", {})
    wanted = {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}}
    if mail.get("Properties") != wanted or mail.get("Condition") != "HasEmail":
        yield "the topic tells nobody"
    if resources["Topic"]["Properties"].get("KmsMasterKeyId") != {"Ref": "KeyArn"}:
        yield "the topic is not encrypted with our key"


def volumes(templates):
    """Somebody is told when messages multiply."""
    alarms = {logical: alarm["Properties"] for _, logical, alarm in templates.resources("AWS::CloudWatch::Alarm")}
    for logical, (metric, threshold) in VOLUMES.items():
        alarm = alarms.get(logical, {})
        if alarm.get("MetricName") != metric or alarm.get("Threshold") != threshold or alarm.get("Period", 0) > 900:
            yield f"{logical} does not look at {metric}"
    if "one_time_code" not in text(alarms.get("CodesVolume")):
        yield "nobody looks at one-time codes"


RULES = [ring, volumes]
