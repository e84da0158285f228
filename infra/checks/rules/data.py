"""Tables, keys and queues."""

from .templates import ROOT

RETAINED = [("data", "Key"), ("data", "DataKey"), ("data", "Table"), ("data", "Erasures"), ("data", "Keys"), ("data", "Tickets"), ("data", "Master"), ("data", "Whatsapp"), ("staff", "Users"), (ROOT, "Data"), (ROOT, "Staff")]


def retained(templates):
    """What holds people's data outlives a mistake."""
    for file, logical in RETAINED:
        resource = templates.files[file]["Resources"][logical]
        # A creation that fails takes its resources back: kept, their names would be in the way of the next.
        for policy, wanted in (("DeletionPolicy", "RetainExceptOnCreate"), ("UpdateReplacePolicy", "Retain")):
            if resource.get(policy) != wanted:
                yield f"{logical}: {policy} is not {wanted}"
    for _, logical, pool in templates.resources("AWS::Cognito::UserPool"):
        if pool["Properties"].get("DeletionProtection") != {"Fn::If": ["Protected", "ACTIVE", "INACTIVE"]}:
            yield f"{logical} has no deletion protection"


def table(templates):
    """The table can be restored, is encrypted, and has the index and the clean-up that the code uses."""
    for _, logical, resource in templates.resources("AWS::DynamoDB::Table"):
        table = resource["Properties"]
        if not table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            yield f"{logical} has no point-in-time recovery"
        if table.get("DeletionProtectionEnabled") != {"Ref": "DeletionProtection"}:
            yield f"{logical} has no deletion protection"
        encryption = table.get("SSESpecification", {})
        if encryption.get("SSEType") != "KMS" or encryption.get("KMSMasterKeyId") != {"Fn::GetAtt": "Key.Arn"}:
            yield f"{logical} is not encrypted with our key"
        if table.get("BillingMode") != "PAY_PER_REQUEST":
            yield f"{logical} has a fixed capacity"
        if table.get("TimeToLiveSpecification") != {"AttributeName": "ttl", "Enabled": True}:
            yield f"{logical} does not clean up by ttl"
        indexes = [index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])]
        wanted = [templates.index] if logical == "Table" else []
        if indexes != wanted:
            yield f"{logical} has the indexes {indexes}, the code uses {wanted}"


# A table's quota: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
QUOTA = 40_000


def ceilings(templates):
    """Table and index have a ceiling for what they may cost."""
    for parameter in ("TableMaxReads", "TableMaxWrites"):
        if not 0 < templates.files[ROOT]["Parameters"].get(parameter, {}).get("Default", 0) < QUOTA:
            yield f"{parameter} is none"
    wanted = {"MaxReadRequestUnits": {"Ref": "MaxReads"}, "MaxWriteRequestUnits": {"Ref": "MaxWrites"}}
    for _, logical, resource in templates.resources("AWS::DynamoDB::Table"):
        table = resource["Properties"]
        for one in (table, *table.get("GlobalSecondaryIndexes", [])):
            if one.get("OnDemandThroughput") != wanted:
                yield f"{logical}: {one.get('IndexName', 'the table')} has no ceiling"


# Queues of one kind of message have one place for what they give up.
SHARED = {"Urgent": "MessagesDlq", "Bulk": "MessagesDlq"}


def queues(templates):
    """Every queue is encrypted and has a dead-letter queue that keeps messages longer than itself."""
    found = {logical: resource["Properties"] for _, logical, resource in templates.resources("AWS::SQS::Queue")}
    for logical, queue in found.items():
        if not queue.get("SqsManagedSseEnabled"):
            yield f"{logical} is not encrypted"
        if logical.endswith("Dlq"):
            if queue.get("MessageRetentionPeriod") != 1_209_600:
                yield f"{logical} forgets before 14 days"
            continue
        target = queue.get("RedrivePolicy", {}).get("deadLetterTargetArn", {}).get("Fn::GetAtt", "").split(".")[0]
        if target not in found:
            yield f"{logical} has no dead-letter queue"
        elif target != SHARED.get(logical, f"{logical}Dlq") or not queue["RedrivePolicy"].get("maxReceiveCount"):
            yield f"{logical} gives up into {target}"
        elif bool(found[target].get("FifoQueue")) != bool(queue.get("FifoQueue")):
            yield f"{logical} and {target} are not of one kind"


def visibility(templates):
    """A queue hides a message six times as long as its function may take."""
    found = {logical: resource["Properties"] for _, logical, resource in templates.resources("AWS::SQS::Queue")}
    for name, function in templates.functions():
        for event in function.get("Events", {}).values():
            if event["Type"] != "SQS":
                continue
            queue = event["Properties"]["Queue"]["Fn::GetAtt"].split(".")[-1].removesuffix("Arn")
            hidden = found[queue].get("VisibilityTimeout", 30)
            if hidden < 6 * function["Timeout"]:
                yield f"{queue} hides a message {hidden} s, {name} may take {function['Timeout']} s"


def keys(templates):
    """Keys rotate; logs and secrets are encrypted with them."""
    for _, logical, key in templates.resources("AWS::KMS::Key"):
        if not key["Properties"].get("EnableKeyRotation"):
            yield f"{logical} does not rotate"
    for kind in ("AWS::Logs::LogGroup", "AWS::SecretsManager::Secret"):
        for _, logical, resource in templates.resources(kind):
            if "KmsKeyId" not in resource["Properties"]:
                yield f"{logical} is not encrypted with our key"
    for _, logical, secret in templates.resources("AWS::SecretsManager::Secret"):
        if "SecretString" in secret["Properties"]:
            yield f"{logical}: a template holds no secret"


RULES = [retained, table, ceilings, queues, visibility, keys]
