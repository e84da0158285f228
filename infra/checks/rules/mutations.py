"""Ways to break the templates, each with the rule that has to notice."""

from . import api, data, functions
from .templates import ROOT


def resource(file, logical):
    return lambda templates: templates.files[file]["Resources"][logical]


GONE = object()


def changed(where, path, value):
    """Takes something out of what `where` finds, or puts something else there."""
    def mutate(templates):
        place = where(templates)
        for key in path[:-1]:
            place = place[key]
        if value is GONE:
            del place[path[-1]]
        else:
            place[path[-1]] = value
    return mutate


def drop(file, logical, *path):
    """Takes something out of a resource."""
    return changed(resource(file, logical), path, GONE)


def put(file, logical, *path, value):
    """Puts something else into a resource."""
    return changed(resource(file, logical), path, value)


def gone(file, logical):
    return lambda templates: templates.files[file]["Resources"].pop(logical)


def default(*path, value=GONE):
    """Changes what all functions have in common."""
    return changed(lambda templates: templates.files[ROOT]["Globals"]["Function"], path, value)


def samconfig(templates):
    templates.samconfig = templates.samconfig.replace(', "Canary=true"', "")


def unread(templates):
    templates.variables.discard("ANTRIAN_TABLE")


def behaviour_gone(templates):
    del templates.edge["Resources"]["Distribution"]["Properties"]["DistributionConfig"]["CacheBehaviors"][0]


def everything_cached(templates):
    settings = templates.edge["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    settings["DefaultCacheBehavior"]["CachePolicyId"] = {"Ref": "PublicReads"}


def names(templates):
    return templates.files[ROOT]["Resources"]["Dashboards"]["Properties"]["Parameters"]["Functions"]["Fn::Join"][1]


def assertion_gone(number):
    def mutate(templates):
        del templates.files[ROOT]["Rules"]["ProductionTellsSomebody"]["Assertions"][number]
    return mutate


STATEMENT = ("Properties", "PolicyDocument", "Statement", 0)
OWN = ("Properties", "Policies", 0, "PolicyDocument", "Statement", 0)
WRITE = ("Properties", "Policies", 0, "PolicyDocument", "Statement", 1)
ROUTE = "PutOfficesOffice"

MUTATIONS = [
    ("a route loses its authorizer", drop("api", ROUTE, "Properties", "AuthorizerId"), api.authorized),
    ("a route is opened", put("api", ROUTE, "Properties", "AuthorizationType", value="NONE"), api.authorized),
    ("a route wants another scope", put("api", ROUTE, "Properties", "AuthorizationScopes", value=["antrian/desk"]), api.authorized),
    ("a route for everything", put("api", "GetOffices", "Properties", "RouteKey", value="$default"), api.authorized),
    ("a request is not routed", gone("api", "PostBookings"), api.complete),
    ("a route of nobody", put("api", "GetOffices", "Properties", "RouteKey", value="GET /v1/secret"), api.complete),
    ("no throttling", drop("api", "Live", "Properties", "DefaultRouteSettings"), api.throttled),
    ("no access log", drop("api", "Live", "Properties", "AccessLogSettings"), api.throttled),
    ("addresses in the access log", put("api", "Live", "Properties", "AccessLogSettings", "Format", value="$context.requestId $context.identity.sourceIp"), api.throttled),
    ("tokens for anybody", drop("api", "Staff", "Properties", "JwtConfiguration", "Audience"), api.signed_tokens),
    ("no point-in-time recovery", drop("data", "Table", "Properties", "PointInTimeRecoverySpecification"), data.table),
    ("no deletion protection", put("data", "Table", "Properties", "DeletionProtectionEnabled", value=False), data.table),
    ("AWS's key", drop("data", "Table", "Properties", "SSESpecification"), data.table),
    ("another index", put("data", "Table", "Properties", "GlobalSecondaryIndexes", 0, "IndexName", value="other"), data.table),
    ("another ttl", put("data", "Table", "Properties", "TimeToLiveSpecification", "AttributeName", value="expires"), data.table),
    ("a table that can be deleted", put("data", "Table", "DeletionPolicy", value="Delete"), data.retained),
    ("staff that can be replaced", drop("staff", "Users", "UpdateReplacePolicy"), data.retained),
    ("no dead-letter queue", drop("data", "Messages", "Properties", "RedrivePolicy"), data.queues),
    ("a dead-letter queue is gone", gone("data", "InboxDlq"), data.queues),
    ("a short memory", put("data", "MessagesDlq", "Properties", "MessageRetentionPeriod", value=60), data.queues),
    ("a queue in the clear", drop("data", "Inbox", "Properties", "SqsManagedSseEnabled"), data.queues),
    ("a lane's dead letters lie elsewhere", put("data", "Bulk", "Properties", "RedrivePolicy", "deadLetterTargetArn", value={"Fn::GetAtt": "ScheduleDlq.Arn"}), data.queues),
    ("visible too soon", put("data", "Messages", "Properties", "VisibilityTimeout", value=60), data.visibility),
    ("a slower function", put(ROOT, "ConversationFunction", "Properties", "Timeout", value=60), data.visibility),
    ("a key for ever", put("data", "Key", "Properties", "EnableKeyRotation", value=False), data.keys),
    ("logs in the clear", drop(ROOT, "SlotsLog", "Properties", "KmsKeyId"), data.keys),
    ("a secret in the template", put("data", "Keys", "Properties", "SecretString", value="{}"), data.keys),
    ("every action", put("roles", "Common", *STATEMENT, "Action", value="dynamodb:*"), functions.exact),
    ("every resource", put("roles", "Common", *STATEMENT, "Resource", value="*"), functions.exact),
    ("every table", put("roles", "Common", *STATEMENT, "Resource", value={"Fn::Sub": "${TableArn}*"}), functions.exact),
    ("every log group", put("roles", "Slots", *OWN, "Resource", value={"Fn::Sub": "arn:aws:logs:*:*:*"}), functions.exact),
    ("AWS's own policy", put("roles", "Slots", "Properties", "ManagedPolicyArns", value=["arn:aws:iam::aws:policy/AdministratorAccess"]), functions.exact),
    ("what the public reads can be removed by it", put("roles", "Slots", *WRITE, "Action", value=["dynamodb:DeleteItem"]), functions.removal),
    ("the notifier takes seats", drop("roles", "Notifier", *WRITE, "Condition"), functions.written),
    ("a clerk's function writes everything", put("roles", "Checkin", *WRITE, "Condition", value={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*"]}}), functions.written),
    ("who scans tickets makes some", put("roles", "Checkin", "Properties", "ManagedPolicyArns", value=[{"Ref": "Common"}, {"Ref": "Signing"}]), functions.environment),
    ("the scheduler opens names", put("roles", "Scheduler", "Properties", "ManagedPolicyArns", value=[{"Ref": "Common"}, {"Ref": "Sealing"}]), functions.sealing),
    ("the desk cannot read a name", put("roles", "Checkin", "Properties", "ManagedPolicyArns", value=[{"Ref": "Common"}]), functions.sealing),
    ("a function is not told the key that unwraps", put(ROOT, "SchedulerFunction", "Properties", "Environment", "Variables", "ANTRIAN_DATA_KEY", value={"Fn::GetAtt": "Data.Outputs.DataKeyArn"}), functions.sealing),
    ("everybody unwraps", put("roles", "Common", *STATEMENT, value={"Sid": "Key", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": {"Ref": "DataKeyArn"}}), functions.sealing),
    ("keys are unwrapped for any purpose", drop("roles", "Sealing", *STATEMENT, "Condition"), functions.sealing),
    ("keys are unwrapped for another purpose", put("roles", "Sealing", *STATEMENT, "Condition", value={"StringEquals": {"kms:EncryptionContext:purpose": "antrian"}}), functions.sealing),
    ("a role decrypts anything", put("roles", "Sealing", *STATEMENT, "Resource", value={"Ref": "KeyArn"}), functions.few),
    ("what was sealed is lost with its key", drop("data", "DataKey", "UpdateReplacePolicy"), data.retained),
    ("a function reads the master keys", put(ROOT, "SlotsFunction", "Properties", "Environment", "Variables", "ANTRIAN_SECRETS", value={"Fn::GetAtt": "Data.Outputs.MasterArn"}), functions.environment),
    ("everything removes", put("roles", "Common", *STATEMENT, "Action", value=["dynamodb:DeleteItem", "dynamodb:GetItem"]), functions.removal),
    ("every function knows who was erased", put("roles", "Common", *STATEMENT, "Resource", value=[{"Ref": "TableArn"}, {"Ref": "ErasuresArn"}]), functions.erasures),
    ("a function reads the whole table", put("roles", "Common", *STATEMENT, "Action", value=["dynamodb:Scan"]), functions.erasures),
    ("erasures that a restore takes back", drop("data", "Erasures", "UpdateReplacePolicy"), data.retained),
    ("alarms of others are passed on", drop("alarms", "TopicPolicy", *STATEMENT, "Condition"), functions.exact),
    ("a role of its own", drop(ROOT, "SlotsFunction", "Properties", "Role"), functions.exact),
    ("a variable is missing", default("Environment", "Variables", "ANTRIAN_TABLE"), functions.environment),
    ("a variable that nobody reads", unread, functions.environment),
    ("a secret in a variable", default("Environment", "Variables", "WHATSAPP_TOKEN", value="x"), functions.environment),
    ("no traces", default("Tracing"), functions.settings),
    ("no alarm on a change", default("DeploymentPreference", "Alarms"), functions.settings),
    ("an alias that keeps old settings", drop(ROOT, "SlotsFunction", "Properties", "AutoPublishAliasAllProperties"), functions.settings),
    ("a log group is gone", gone(ROOT, "NotifierLog"), functions.settings),
    ("logs for ever", drop(ROOT, "SlotsLog", "Properties", "RetentionInDays"), functions.settings),
    ("whole batches are retried", drop(ROOT, "NotifierFunction", "Properties", "Events", "Messages", "Properties", "FunctionResponseTypes"), functions.sources),
    ("an unbounded queue", drop(ROOT, "NotifierFunction", "Properties", "Events", "Messages", "Properties", "ScalingConfig"), functions.sources),
    ("lost runs", drop(ROOT, "SchedulerFunction", "Properties", "EventInvokeConfig"), functions.sources),
    ("a nested stack lacks a parameter", drop(ROOT, "Roles", "Properties", "Parameters", "InboxArn"), functions.nested),
    ("production's alarms go nowhere", lambda templates: templates.files[ROOT]["Rules"].pop("ProductionTellsSomebody"), functions.production),
    ("no canary", samconfig, functions.production),
    *[(f"production keeps only some guards ({number})", assertion_gone(number), functions.production) for number in range(6)],
    ("a rule that is never asked", lambda templates: templates.files[ROOT]["Rules"]["ProductionTellsSomebody"].update(RuleCondition={"Fn::Equals": [{"Ref": "Stage"}, "x"]}), functions.production),
    ("nobody sends", drop(ROOT, "NotifierFunction", "Properties", "Environment", "Variables", "WHATSAPP_PROVIDER"), functions.environment),
    ("the notifier has no tokens", drop(ROOT, "NotifierFunction", "Properties", "Environment", "Variables", "ANTRIAN_SECRETS"), functions.environment),
    ("everybody has the tokens", default("Environment", "Variables", "ANTRIAN_SECRETS", value={"Fn::GetAtt": "Data.Outputs.WhatsappArn"}), functions.environment),
    ("a function is gone", gone(ROOT, "CheckinFunction"), functions.environment),
    ("nobody takes the messages", drop(ROOT, "NotifierFunction", "Properties", "Events"), functions.sources),
    ("another queue", put(ROOT, "NotifierFunction", "Properties", "Events", "Messages", "Properties", "Queue", value={"Fn::GetAtt": "Data.Outputs.InboxArn"}), functions.sources),
    ("another function is the last", lambda templates: names(templates).reverse(), functions.last),
    ("no tick", drop(ROOT, "SchedulerFunction", "Properties", "Events", "Tick"), functions.sources),
    ("failed runs go nowhere", put(ROOT, "SchedulerFunction", "Properties", "EventInvokeConfig", "DestinationConfig", "OnFailure", value=None), functions.sources),
    ("a schedule without its queue", drop(ROOT, "SchedulerFunction", "Properties", "Events", "Audit", "Properties", "DeadLetterConfig"), functions.sources),
    ("schedules of one name", put(ROOT, "SchedulerFunction", "Properties", "Events", "Tick", "Properties", "Name", value="tick"), functions.sources),
    ("another function's role", put(ROOT, "SlotsFunction", "Properties", "Role", value={"Fn::GetAtt": "Roles.Outputs.Notifier"}), functions.exact),
    ("a key for everybody", put("data", "Key", "Properties", "KeyPolicy", "Statement", 0, "Principal", value="*"), functions.exact),
    ("every account's logs", drop("data", "Key", "Properties", "KeyPolicy", "Statement", 1, "Condition"), functions.exact),
    ("every API", drop("api", "SlotsPermission", "Properties", "SourceArn"), functions.exact),
    ("a canary that is off", default("DeploymentPreference", "Enabled", value=False), functions.settings),
    ("tokens of another issuer", put("api", "Staff", "Properties", "JwtConfiguration", "Issuer", value="https://example.org"), api.signed_tokens),
    ("an administrator's request at the wrong function", put("api", ROUTE, "Properties", "Target", value={"Fn::Sub": "integrations/${SlotsIntegration}"}), api.answered),
    ("a clerk's call at the administrators' function", put("api", "PostOfficesOfficeQueueCall", "Properties", "Target", value={"Fn::Sub": "integrations/${AdminIntegration}"}), api.answered),
    ("an office's queue for everybody", put("api", "GetOfficesOfficeQueue", "Properties", "AuthorizationType", value="NONE"), api.authorized),
    ("an office's queue is cached at the edge", behaviour_gone, api.unshared),
    ("people's own bookings are cached at the edge", everything_cached, api.unshared),
    ("a gateway that gives up with its function", put("api", "SlotsIntegration", "Properties", "TimeoutInMillis", value=30_000), api.answered),
    ("no stage", gone("api", "Live"), api.throttled),
    ("anybody signs up", drop("staff", "Users", "Properties", "AdminCreateUserConfig"), api.staff_only),
    ("a password is enough", put("staff", "Users", "Properties", "MfaConfiguration", value="OFF"), api.staff_only),
    ("another queue's dead letters", put("data", "Messages", "Properties", "RedrivePolicy", "deadLetterTargetArn", value={"Fn::GetAtt": "ScheduleDlq.Arn"}), data.queues),
    ("a message that never gives up", drop("data", "Messages", "Properties", "RedrivePolicy", "maxReceiveCount"), data.queues),
    ("a key of AWS", drop("data", "Table", "Properties", "SSESpecification", "KMSMasterKeyId"), data.table),
]
