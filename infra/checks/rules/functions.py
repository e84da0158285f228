"""What functions may do, and which settings they get."""

import json
import re

from .templates import NESTED, ROOT, text

# Settings that come from the secrets, never from a variable of the function.
SECRET = {"ANTRIAN_KEYS", "ANTRIAN_TICKET_KEYS", "ANTRIAN_ORIGIN_SECRET", "WHATSAPP_TOKEN", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN", "TWILIO_AUTH_TOKEN"}
# Actions that AWS knows no resources for.
ANYWHERE = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}


# Functions that make tickets; others have the public keys.
SIGN = {"slots", "notifier", "web"}
# Functions that seal and open nothing, and so cannot unwrap the keys for it.
CLOSED = {"scheduler"}
DATA_KEY = {"Fn::GetAtt": "Data.Outputs.DataKeyArn"}

SCHEDULES = {"scheduler": {"tick", "nightly_audit"}}
PROVIDER = re.compile(r"(WHATSAPP|TWILIO)_(?!NUMBER$)")


OF_EDGE = {"Fn::If": ["HasEdge", {"Ref": "Edge"}, {"Ref": "AWS::NoValue"}]}


def role(templates, name):
    return templates.files["roles"]["Resources"][name.capitalize()]["Properties"]


def received(templates, name):
    """The queues that a function may receive from."""
    [policy] = role(templates, name)["Policies"]
    takes = (one for one in policy["PolicyDocument"]["Statement"] if "sqs:ReceiveMessage" in one["Action"])
    return [queue["Ref"] for one in takes for queue in listed(one["Resource"])]


def environment(templates):
    """Each function gets the settings that its code reads, and nothing else; secrets stand in secrets."""
    found = dict(templates.functions())
    yield from (f"{name} is not there" for name in sorted(templates.folders - set(found)))
    for name, function in found.items():
        variables = function["Environment"]["Variables"]
        has_channel = {"Ref": "Channel"} in role(templates, name)["ManagedPolicyArns"]
        wanted = {one for one in templates.variables - SECRET if has_channel or not PROVIDER.match(one)}
        yield from (f"{name}: {one} is not set" for one in sorted(wanted - set(variables)))
        yield from (f"{name}: {one} is none of its settings" for one in sorted(set(variables) - wanted))
        secrets = re.findall(r"Outputs\.(\w+)Arn", text(variables.get("ANTRIAN_SECRETS")))
        is_reached = "Events" not in function
        wanted = ["Keys", *["Tickets"] * (name in SIGN), *["Whatsapp"] * has_channel, *["Origin"] * is_reached]
        if secrets != wanted:
            yield f"{name} reads the secrets {secrets}, it needs {wanted}"
        if ({"Ref": "Signing"} in role(templates, name)["ManagedPolicyArns"]) != (name in SIGN):
            yield f"{name} {'cannot sign' if name in SIGN else 'signs'} tickets"
        if (OF_EDGE in role(templates, name)["ManagedPolicyArns"]) != is_reached:
            yield f"{name} {'cannot' if is_reached else 'may'} read the secret of the edge"


def sealing(templates):
    """Who seals and opens what tells of people may unwrap the keys for it; nobody else, and nothing else with their key."""
    for name, function in templates.functions():
        is_open = name not in CLOSED
        if (function["Environment"]["Variables"].get("ANTRIAN_DATA_KEY") == DATA_KEY) != is_open:
            yield f"{name} is {'not ' if is_open else ''}told the key that unwraps"
        if ({"Ref": "Sealing"} in role(templates, name)["ManagedPolicyArns"]) != is_open:
            yield f"{name} {'cannot' if is_open else 'may'} unwrap"
    may = {}
    for logical, statement in statements(templates):
        where = f"{logical}/{statement.get('Sid')}"
        if {"Ref": "DataKeyArn"} not in listed(statement["Resource"]):
            continue
        may.setdefault(logical, set()).update(listed(statement["Action"]))
        if statement.get("Condition") != {"StringEquals": {"kms:EncryptionContext:purpose": templates.purpose}}:
            yield f"{where} is not for the purpose of the code, {templates.purpose}"
    if may != {"Sealing": {"kms:Decrypt"}, "Operator": {"kms:Encrypt"}}:
        yield f"the key that unwraps serves {may}"


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
        careful = preference.get("Enabled") == {"Ref": "Canary"} and preference.get("Alarms") and preference.get("Role")
        if not (function.get("AutoPublishAlias") and function.get("AutoPublishAliasAllProperties") and careful):
            yield f"{name} is replaced at once, whatever its alarm says"
        if function.get("Architectures") != [{"Ref": "Architecture"}]:
            yield f"{name} has an architecture of its own"
    for _, logical, group in templates.resources("AWS::Logs::LogGroup"):
        if "RetentionInDays" not in group["Properties"]:
            yield f"{logical} keeps logs for ever"


def sources(templates):
    """Queues and schedules feed their function; failures are reported one by one, or kept."""
    for name, function in templates.functions():
        events = function.get("Events", {}).values()
        queues = [event["Properties"] for event in events if event["Type"] == "SQS"]
        fed = [text(queue["Queue"]) for queue in queues]
        wanted = received(templates, name)
        if fed != [text({"Fn::GetAtt": f"Data.Outputs.{queue}"}) for queue in wanted]:
            yield f"{name} is fed by {fed}, its role receives from {wanted}"
        if any(one["Properties"].get("Enabled", True) is not True or one["Properties"].get("State", "ENABLED") != "ENABLED" for one in events):
            yield f"{name}: an event is switched off"
        for queue in queues:
            if queue.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
                yield f"{name} retries a whole batch"
            if not queue.get("ScalingConfig", {}).get("MaximumConcurrency"):
                yield f"{name}: its queue is not bounded"
        yield from schedule_faults(name, function, [one["Properties"] for one in events if one["Type"] == "ScheduleV2"])


def schedule_faults(name, function, schedules):
    jobs = {json.loads(one["Input"])["job"] for one in schedules}
    if jobs != SCHEDULES.get(name, set()):
        yield f"{name} is asked for {sorted(jobs)}"
    if "tick" in jobs and "cron(* * * * ? *)" not in [one.get("ScheduleExpression") for one in schedules]:
        yield f"{name} does not run every minute"
    for one in schedules:
        if "${AWS::StackName}" not in text(one.get("Name")):
            yield f"{name}: a schedule's name is the same in every stack"
        if "ScheduleDlqArn" not in text(one.get("DeadLetterConfig")) or "Outputs.Clock" not in text(one.get("RoleArn")):
            yield f"{name}: what the schedule cannot deliver is lost"
    kept = (function.get("EventInvokeConfig") or {}).get("DestinationConfig") or {}
    if schedules and "ScheduleDlqArn" not in text(kept.get("OnFailure")):
        yield f"{name}: failed runs are lost"


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
        if function.get("Role") != {"Fn::GetAtt": f"Roles.Outputs.{name.capitalize()}"} or "Policies" in function:
            yield f"{name} has permissions that are not its own of roles.yaml"
    yield from policies_of_others(templates)


# All that any role may do. A table is never read as a whole: `Scan` is not here.
ACTIONS = {
    *(f"dynamodb:{one}" for one in ("BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")),
    *(f"sqs:{one}" for one in ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage", "SendMessage")),
    *(f"lambda:{one}" for one in ("GetAlias", "GetProvisionedConcurrencyConfig", "InvokeFunction", "UpdateAlias")),
    "cloudwatch:DescribeAlarms", "kms:Decrypt", "logs:CreateLogStream", "logs:PutLogEvents", "secretsmanager:GetSecretValue",
    "xray:PutTelemetryRecords", "xray:PutTraceSegments",
}
SERVICES = {f"{one}.amazonaws.com" for one in ("codedeploy", "lambda", "scheduler")}
# The role of whoever restores a table: people of this account take it, and it reads the table as a whole.
OPERATOR, OPERATOR_ACTIONS = "Operator", ACTIONS | {"dynamodb:Scan", "kms:Encrypt"}
OWN_ACCOUNT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}


def few(templates):
    """Roles do what is listed and nothing else, for services of AWS; the key serves only through them."""
    for logical, statement in statements(templates):
        where = f"{logical}/{statement.get('Sid')}"
        if statement.get("Effect") != "Allow" or {"NotAction", "NotResource"} & statement.keys():
            yield f"{where} says what is left over"
        yield from (f"{where} allows {action}" for action in listed(statement.get("Action", [])) if action not in (OPERATOR_ACTIONS if logical == OPERATOR else ACTIONS))
        is_sealing = listed(statement["Resource"]) == [{"Ref": "DataKeyArn"}]
        if "kms:Decrypt" in listed(statement.get("Action", [])) and not is_sealing and "kms:ViaService" not in text(statement.get("Condition")):
            yield f"{where} decrypts anything"
    for _, logical, resource in templates.resources("AWS::IAM::Role"):
        for statement in resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
            if logical == OPERATOR and statement["Principal"] == OWN_ACCOUNT:
                continue
            if set(statement["Principal"]) != {"Service"} or not set(listed(statement["Principal"]["Service"])) <= SERVICES:
                yield f"{logical} is anybody's"
            if "scheduler.amazonaws.com" in text(statement["Principal"]) and "aws:SourceAccount" not in text(statement.get("Condition")):
                yield f"{logical} serves schedules of other accounts"


# A usual account's concurrent executions, and what has to be left to functions without a share.
ACCOUNT, LEFT = 1_000, 100
DESK = {"checkin", "whatsapp"}


def shares(templates):
    """Each function has a share of the account's concurrency, so that none starves another one."""
    given = {name.lower(): one["Reserved"] for name, one in templates.files[ROOT].get("Mappings", {}).get("Concurrency", {}).items()}
    if sum(given.values()) > ACCOUNT - LEFT:
        yield f"{sum(given.values())} of {ACCOUNT} are reserved"
    for name, function in templates.functions():
        wanted = {"Fn::If": ["HasReserve", {"Fn::FindInMap": ["Concurrency", name.capitalize(), "Reserved"]}, {"Ref": "AWS::NoValue"}]}
        if function.get("ReservedConcurrentExecutions") != wanted or not given.get(name):
            yield f"{name} has no share"
        elif name in DESK and given[name] < 50:
            yield f"{name} has {given[name]}: a rush at the desks needs more"
        queues = [event["Properties"] for event in function.get("Events", {}).values() if event["Type"] == "SQS"]
        if sum(queue.get("ScalingConfig", {}).get("MaximumConcurrency", 0) for queue in queues) > given.get(name, 0):
            yield f"{name} is given more messages at once than it may take"


def rate(templates):
    """As many messages are sent at once as the code divides the number's rate by, and each lane has its part."""
    notifier = dict(templates.functions())["notifier"]
    queues = {name: event["Properties"] for name, event in notifier.get("Events", {}).items()}
    senders = {name: queue.get("ScalingConfig", {}).get("MaximumConcurrency", 0) for name, queue in queues.items()}
    told = notifier["Environment"]["Variables"].get("ANTRIAN_SENDERS")
    if str(sum(senders.values())) != told:
        yield f"the notifier is told of {told} senders, its queues have {senders}"
    if senders.get("Urgent", 0) < max(senders.values(), default=0) or senders.get("Bulk", 0) * 4 > sum(senders.values()):
        yield f"what can wait has more senders than it needs: {senders}"
    if queues.get("Urgent", {}).get("BatchSize") != 1:
        yield "a code waits for other messages of its batch"


# Functions that remove items of the table: keep it as short as the code's `Write::Delete` allows.
REMOVE = {"Registration", "Web", "Checkin", "Office", "Admin", "Conversation", "Notifier", "Scheduler", "Operator"}
WRITE = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}


def removal(templates):
    """What needs not remove anything cannot."""
    may = {logical for logical, statement in statements(templates) if "dynamodb:DeleteItem" in listed(statement["Action"])}
    yield from (f"{logical} removes items" for logical in sorted(may - REMOVE))
    yield from (f"{logical} cannot remove items" for logical in sorted(REMOVE - may))


def written(templates):
    """A function writes what its keys begin with, and nothing else; tests/blackbox/roles.rs compares with the code."""
    for logical, statement in statements(templates):
        if not WRITE & set(listed(statement["Action"])) or listed(statement["Resource"]) != [{"Ref": "TableArn"}]:
            continue
        bounds = list((statement.get("Condition") or {}).values())
        keys = [key for bound in bounds for key in bound.get("dynamodb:LeadingKeys", [])]
        if logical != "Operator" and (not keys or "*" in keys):
            yield f"{logical}/{statement['Sid']} writes whatever it likes"


def erasures(templates):
    """Who erases writes down that it did; nobody but an operator reads that, or the whole table."""
    writers, readers = set(), set()
    for logical, statement in statements(templates):
        actions = set(listed(statement["Action"]))
        if {"Ref": "ErasuresArn"} in listed(statement["Resource"]):
            (writers if actions == {"dynamodb:PutItem"} else readers).add(logical)
        elif "dynamodb:Scan" in actions:
            readers.add(logical)
    if writers != {"Conversation", "Registration", "Web"}:
        yield f"erasures are written down by {sorted(writers)}"
    if readers != {"Operator"}:
        yield f"erasures, or the whole table, are read by {sorted(readers)}"


def policies_of_others(templates):
    """Policies of keys, topics and functions name who may, and on whose behalf."""
    for kind in ("AWS::KMS::Key", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"):
        for _, logical, resource in templates.resources(kind):
            properties = resource["Properties"]
            document = properties.get("KeyPolicy") or properties.get("PolicyDocument")
            for statement in document["Statement"]:
                principal = statement["Principal"]
                if "*" in text(principal) or ("Service" in text(principal) and not statement.get("Condition")):
                    yield f"{logical}/{statement.get('Sid')} lets anybody in"
    for _, logical, permission in templates.resources("AWS::Lambda::Permission"):
        if "${ApiId}" not in text(permission["Properties"].get("SourceArn")):
            yield f"{logical} lets every API in"


def nested(templates):
    """Every nested stack is given what it needs and nothing else."""
    for logical, name in NESTED.items():
        given = set(templates.files[ROOT]["Resources"][logical]["Properties"].get("Parameters", {}))
        parameters = templates.files[name].get("Parameters", {})
        needed = {key for key, parameter in parameters.items() if "Default" not in parameter}
        yield from (f"{logical} is not given {key}" for key in sorted(needed - given))
        yield from (f"{logical} has no parameter {key}" for key in sorted(given - set(parameters)))


# What a production stack is refused without.
ASSERTED = [
    {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]},
    {"Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]},
    {"Fn::Equals": [{"Ref": "MetricMath"}, "true"]},
    {"Fn::Equals": [{"Ref": "StaffMfa"}, "ON"]},
    {"Fn::Equals": [{"Ref": "Edge"}, "true"]},
    {"Fn::Equals": [{"Ref": "ReservedConcurrency"}, "true"]},
]


def production(templates):
    """Production sends its alarms to somebody and keeps its guards; it and staging are changed by canary."""
    rule = templates.files[ROOT].get("Rules", {}).get("ProductionTellsSomebody", {})
    asserted = [one["Assert"] for one in rule.get("Assertions", [])]
    if rule.get("RuleCondition") != {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}:
        yield "there is no rule for production"
    yield from (f"production is not refused without {text(one)}" for one in ASSERTED if one not in asserted)
    for stage in ("staging", "prod"):
        line = re.search(rf'\[{stage}\.deploy\.parameters\].*?parameter_overrides = (\[.*?\])', templates.samconfig, re.S)
        if not line or "Canary=true" not in line.group(1):
            yield f"samconfig.toml: {stage} is changed without a canary"


def last(templates):
    """The dashboards draw the scheduler, the last function, on a scale of its own."""
    names = templates.files[ROOT]["Resources"]["Dashboards"]["Properties"]["Parameters"]["Functions"]["Fn::Join"][1]
    if "scheduler" not in text(names[-1]):
        yield f"the last function is {text(names[-1])}, not the scheduler"


RULES = [environment, sealing, settings, sources, exact, few, removal, written, erasures, shares, rate, nested, production, last]
