"""What functions may do, and what they are told."""

import re

from .templates import NESTED, ROOT, text

# Settings that come from the secrets, never from a variable of the function.
SECRET = {"ANTRIAN_KEYS", "WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN", "TWILIO_AUTH_TOKEN"}
# Actions that AWS knows no resources for.
ANYWHERE = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}


def environment(templates):
    """What the code reads is set, and what is set the code reads."""
    told = set()
    for name, function in templates.functions():
        variables = set(function["Environment"]["Variables"])
        told |= variables
        yield from (f"{name}: {variable} belongs into a secret" for variable in sorted(variables & SECRET))
        yield from (f"{name}: the code does not read {variable}" for variable in sorted(variables - templates.variables))
    yield from (f"{variable} is set nowhere" for variable in sorted(templates.variables - told - SECRET))


def settings(templates):
    """Every function is traced, logs to a group that forgets, and is replaced carefully."""
    groups = text([resource for _, _, resource in templates.resources("AWS::Logs::LogGroup")])
    for name, function in templates.functions():
        if function.get("Tracing") != "Active":
            yield f"{name} is not traced"
        if f'/aws/lambda/${{AWS::StackName}}-{name}"' not in groups:
            yield f"{name} has no log group"
        if function.get("LoggingConfig", {}).get("LogFormat") != "JSON":
            yield f"{name} does not log JSON"
        preference = function.get("DeploymentPreference", {})
        if not (function.get("AutoPublishAlias") and function.get("AutoPublishAliasAllProperties") and preference.get("Alarms")):
            yield f"{name} is replaced at once, whatever its alarm says"
        if function.get("Architectures") != [{"Ref": "Architecture"}]:
            yield f"{name} has an architecture of its own"
    for _, logical, group in templates.resources("AWS::Logs::LogGroup"):
        if "RetentionInDays" not in group["Properties"]:
            yield f"{logical} keeps logs for ever"


def sources(templates):
    """Queues report failures one by one and are bounded; failed runs of the schedule are kept."""
    for name, function in templates.functions():
        for logical, event in function.get("Events", {}).items():
            properties = event["Properties"]
            if event["Type"] == "SQS":
                if properties.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
                    yield f"{name}: {logical} repeats a whole batch"
                if not properties.get("ScalingConfig", {}).get("MaximumConcurrency"):
                    yield f"{name}: {logical} is not bounded"
            elif "OnFailure" not in function.get("EventInvokeConfig", {}).get("DestinationConfig", {}):
                yield f"{name}: failed runs of {logical} are lost"


def statements(templates):
    for kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Role"):
        for _, logical, resource in templates.resources(kind):
            properties = resource["Properties"]
            documents = [properties.get("PolicyDocument"), *(one["PolicyDocument"] for one in properties.get("Policies", []))]
            for document in filter(None, documents):
                for statement in document["Statement"]:
                    yield logical, statement


def listed(value):
    return value if isinstance(value, list) else [value]


def exact(templates):
    """Every permission names its actions and resources."""
    for logical, statement in statements(templates):
        actions = listed(statement["Action"])
        where = f"{logical}/{statement.get('Sid')}"
        yield from (f"{where} allows {action}" for action in actions if "*" in action)
        for resource in listed(statement["Resource"]):
            if resource == "*" and not set(actions) <= ANYWHERE:
                yield f"{where} allows {', '.join(actions)} on everything"
            named = resource.get("Fn::Sub", "") if isinstance(resource, dict) else resource
            is_stream = re.fullmatch(r".*:log-group:/aws/lambda/\$\{Name\}-[a-z]+:\*", str(named))
            if resource != "*" and "*" in str(named) and not is_stream:
                yield f"{where} allows more than one resource: {named}"
    for _, logical, resource in templates.resources("AWS::IAM::Role"):
        managed = listed(resource["Properties"].get("ManagedPolicyArns", []))
        yield from (f"{logical} has AWS's own policy {arn}" for arn in managed if isinstance(arn, str))
    for name, function in templates.functions():
        if "Role" not in function or "Policies" in function:
            yield f"{name} has permissions that are not in roles.yaml"


def nested(templates):
    """Every nested stack is given what it needs and nothing else."""
    for logical, name in NESTED.items():
        given = set(templates.files[ROOT]["Resources"][logical]["Properties"].get("Parameters", {}))
        parameters = templates.files[name].get("Parameters", {})
        needed = {key for key, parameter in parameters.items() if "Default" not in parameter}
        yield from (f"{logical} is not given {key}" for key in sorted(needed - given))
        yield from (f"{logical} has no parameter {key}" for key in sorted(given - set(parameters)))


def production(templates):
    """Production and staging are changed by canary, and production tells somebody."""
    if "AlarmEmail" not in text(templates.files[ROOT].get("Rules", {}).get("ProductionTellsSomebody", {}).get("Assertions", [])):
        yield "a production stack without an addressee of its alarms is not refused"
    for stage in ("staging", "prod"):
        line = re.search(rf'\[{stage}\.deploy\.parameters\].*?parameter_overrides = (\[.*?\])', templates.samconfig, re.S)
        if not line or "Canary=true" not in line.group(1):
            yield f"samconfig.toml: {stage} is changed without a canary"


RULES = [environment, settings, sources, exact, nested, production]
