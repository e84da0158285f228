"""Ways to break the templates, each with the rule that has to notice."""

from . import api, data, functions
from .templates import ROOT


def resource(file, logical):
    return lambda templates: templates.files[file]["Resources"][logical]


def drop(file, logical, *path):
    """Takes something out of a resource."""
    def mutate(templates):
        place = resource(file, logical)(templates)
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]
    return mutate


def put(file, logical, *path, value):
    """Puts something else into a resource."""
    def mutate(templates):
        place = resource(file, logical)(templates)
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
    return mutate


def gone(file, logical):
    return lambda templates: templates.files[file]["Resources"].pop(logical)


def default(*path, value=None):
    """Changes what all functions have in common."""
    def mutate(templates):
        place = templates.files[ROOT]["Globals"]["Function"]
        for key in path[:-1]:
            place = place[key]
        if value is None:
            del place[path[-1]]
        else:
            place[path[-1]] = value
    return mutate


def samconfig(templates):
    templates.samconfig = templates.samconfig.replace(', "Canary=true"', "")


def unread(templates):
    templates.variables.discard("ANTRIAN_TABLE")


STATEMENT = ("Properties", "PolicyDocument", "Statement", 0)
OWN = ("Properties", "Policies", 0, "PolicyDocument", "Statement", 0)
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
    ("a table that can be deleted", put("data", "Table", "DeletionPolicy", value="Delete"), data.kept),
    ("staff that can be replaced", drop("staff", "Users", "UpdateReplacePolicy"), data.kept),
    ("no dead-letter queue", drop("data", "Messages", "Properties", "RedrivePolicy"), data.queues),
    ("a dead-letter queue is gone", gone("data", "InboxDlq"), data.queues),
    ("a short memory", put("data", "MessagesDlq", "Properties", "MessageRetentionPeriod", value=60), data.queues),
    ("a queue in the clear", drop("data", "Inbox", "Properties", "SqsManagedSseEnabled"), data.queues),
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
    ("a role of its own", drop(ROOT, "SlotsFunction", "Properties", "Role"), functions.exact),
    ("a variable is missing", default("Environment", "Variables", "ANTRIAN_TABLE"), functions.environment),
    ("a variable that nobody reads", unread, functions.environment),
    ("a secret in a variable", default("Environment", "Variables", "WHATSAPP_TOKEN", value="x"), functions.environment),
    ("no traces", default("Tracing"), functions.settings),
    ("no alarm on a change", default("DeploymentPreference", "Alarms"), functions.settings),
    ("an alias that keeps old settings", drop(ROOT, "SlotsFunction", "Properties", "AutoPublishAliasAllProperties"), functions.settings),
    ("a log group is gone", gone(ROOT, "NotifierLog"), functions.settings),
    ("logs for ever", drop(ROOT, "SlotsLog", "Properties", "RetentionInDays"), functions.settings),
    ("whole batches again", drop(ROOT, "NotifierFunction", "Properties", "Events", "Messages", "Properties", "FunctionResponseTypes"), functions.sources),
    ("an unbounded queue", drop(ROOT, "NotifierFunction", "Properties", "Events", "Messages", "Properties", "ScalingConfig"), functions.sources),
    ("lost runs", drop(ROOT, "SchedulerFunction", "Properties", "EventInvokeConfig"), functions.sources),
    ("a nested stack lacks a parameter", drop(ROOT, "Roles", "Properties", "Parameters", "InboxArn"), functions.nested),
    ("production tells nobody", lambda templates: templates.files[ROOT]["Rules"].pop("ProductionTellsSomebody"), functions.production),
    ("no canary", samconfig, functions.production),
]
