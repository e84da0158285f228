"""Ways to break limits, ceilings and the edge, each with the rule that has to notice."""

from . import alarms, api, data, edge, functions
from .mutations import GONE, OWN, STATEMENT, changed, default, drop, gone, put
from .templates import ROOT


def at_edge(*path, value=GONE):
    """Takes something out of the edge, or puts something else there."""
    return changed(lambda templates: templates.edge, path, value)


def firewall(name, *path, value=GONE):
    """The same in a rule of the firewall."""
    def mutate(templates):
        rules = templates.edge["Resources"]["Firewall"]["Properties"]["Rules"]
        number = next(number for number, rule in enumerate(rules) if rule["Name"] == name)
        at_edge("Resources", "Firewall", "Properties", "Rules", number, *path, value=value)(templates)
    return mutate


def added(name, action):
    """A rule of the firewall before all others."""
    def mutate(templates):
        rule = {"Name": name, "Priority": -1, "Action": action, "Statement": {"GeoMatchStatement": {"CountryCodes": ["ID"]}}}
        templates.edge["Resources"]["Firewall"]["Properties"]["Rules"].insert(0, rule)
    return mutate


def share(name, value):
    return lambda templates: templates.files[ROOT]["Mappings"]["Concurrency"][name].update(Reserved=value)


def behaviour(pattern, key, value):
    def mutate(templates):
        for one in edge.behaviours(templates)[:-1]:
            if one["PathPattern"] == pattern:
                one[key] = value
    return mutate


def health_gone(templates):
    behaviours = edge.settings(templates)["CacheBehaviors"]
    behaviours[:] = [one for one in behaviours if one["PathPattern"] != "/v1/health*"]


RATE = ("Statement", "RateBasedStatement")
GROUP = ("Statement", "ManagedRuleGroupStatement")
DISTRIBUTION = ("Resources", "Distribution", "Properties", "DistributionConfig")
BUDGET = ("Resources", "Budget", "Properties")
HEALTH = ("Resources", "Health", "Properties", "CachePolicyConfig")
COUNT = {"Count": {}}
EVERYTHING = {"ByteMatchStatement": {"FieldToMatch": {"UriPath": {}}, "PositionalConstraint": "STARTS_WITH", "SearchString": "/nothing",
                                     "TextTransformations": [{"Priority": 0, "Type": "NONE"}]}}
RAW = [{"Priority": 0, "Type": "NONE"}]

EDGE_MUTATIONS = [
    *[(f"{name} only counts", firewall(name, "Action", value=COUNT), edge.limits) for name in edge.LIMITS],
    *[(f"{name} takes ten times as many", firewall(name, *RATE, "Limit", value=10 * most), edge.limits) for name, (_, most, _) in edge.LIMITS.items()],
    *[(f"{name} is gone", firewall(name), edge.limits) for name in edge.LIMITS],
    ("a minute's limit", firewall("requests-by-address", *RATE, "EvaluationWindowSec", value=60), edge.limits),
    ("everybody shares a limit", firewall("requests-by-address", *RATE, "AggregateKeyType", value="CONSTANT"), edge.limits),
    ("a limit for some paths", firewall("requests-by-address", *RATE, "ScopeDownStatement", value=EVERYTHING), edge.limits),
    ("a path that is written otherwise", firewall("registrations-by-address", *RATE, "ScopeDownStatement", "AndStatement", "Statements", 1,
                                                  "ByteMatchStatement", "TextTransformations", value=RAW), edge.limits),
    ("sessions by another header", firewall("requests-by-session", *RATE, "CustomKeys", 0, "Header", "Name", value="x-session"), edge.limits),
    ("known attacks only count", firewall("common", "OverrideAction", value=COUNT), edge.limits),
    ("bad inputs only count", firewall("known-bad-inputs", "OverrideAction", value=COUNT), edge.limits),
    ("a rule of a group only counts", firewall("common", *GROUP, "RuleActionOverrides", 0, "Name", value="CrossSiteScripting_BODY"), edge.limits),
    ("a rule of a group is left out", firewall("known-bad-inputs", *GROUP, "ExcludedRules", value=[{"Name": "Log4JRCE_BODY"}]), edge.limits),
    ("a group for some paths", firewall("common", *GROUP, "ScopeDownStatement", value=EVERYTHING), edge.limits),
    ("a group is gone", firewall("known-bad-inputs"), edge.limits),
    ("whoever is in the country passes", added("country", {"Allow": {}}), edge.limits),
    ("no firewall", at_edge(*DISTRIBUTION, "WebACLId"), edge.limits),
    ("the edge proves nothing", at_edge(*DISTRIBUTION, "Origins", 0, "OriginCustomHeaders"), edge.no_way_around),
    ("the edge's proof is in the template", at_edge(*DISTRIBUTION, "Origins", 0, "OriginCustomHeaders", 0, "HeaderValue", value="x" * 32), edge.no_way_around),
    ("the edge's proof is shown", at_edge("Parameters", "OriginSecret", "NoEcho"), edge.no_way_around),
    ("the edge's proof has a default", at_edge("Parameters", "OriginSecret", "Default", value="x" * 32), edge.no_way_around),
    ("functions do not ask for the proof", default("Environment", "Variables", "ANTRIAN_EDGE", value="false"), edge.no_way_around),
    ("one function does not ask for it", put(ROOT, "WhatsappFunction", "Properties", "Environment", "Variables", "ANTRIAN_EDGE", value="false"), edge.no_way_around),
    ("the way around in messages", default("Environment", "Variables", "ANTRIAN_PUBLIC_URL", value={"Fn::If": ["OwnAddress", {"Fn::GetAtt": "Api.ApiEndpoint"}, {"Ref": "PublicUrl"}]}), edge.no_way_around),
    ("a function has an address", put(ROOT, "SlotsFunction", "Properties", "FunctionUrlConfig", value={"AuthType": "NONE"}), edge.no_way_around),
    ("a function cannot know the proof", default("Environment", "Variables", "ANTRIAN_SECRETS", value={"Fn::GetAtt": "Data.Outputs.KeysArn"}), functions.environment),
    ("a function may not read the proof", put("roles", "Slots", "Properties", "ManagedPolicyArns", value=[{"Ref": "Common"}]), functions.environment),
    ("no HSTS", at_edge("Resources", "Headers", "Properties", "ResponseHeadersPolicyConfig", "SecurityHeadersConfig", "StrictTransportSecurity"), edge.tls),
    ("HSTS for an hour", at_edge("Resources", "Headers", "Properties", "ResponseHeadersPolicyConfig", "SecurityHeadersConfig",
                                 "StrictTransportSecurity", "AccessControlMaxAgeSec", value=3600), edge.tls),
    ("a path without headers", behaviour("/v1/offices*", "ResponseHeadersPolicyId", None), edge.tls),
    ("a path in the clear", behaviour("/v1/offices*", "ViewerProtocolPolicy", "allow-all"), edge.tls),
    ("the API in the clear", at_edge(*DISTRIBUTION, "Origins", 0, "CustomOriginConfig", "OriginProtocolPolicy", value="http-only"), edge.tls),
    ("the hall's display by parameters", behaviour("/papan/*", "CachePolicyId", {"Ref": "PublicPages"}), edge.one_hall),
    ("the hall's board by parameters", behaviour("/v1/offices/*/board", "CachePolicyId", {"Ref": "PublicReads"}), edge.one_hall),
    ("the hall's board is passed on", behaviour("/v1/offices/*/board", "CachePolicyId", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"), edge.one_hall),
    ("health is passed on", health_gone, edge.kept),
    ("strangers see what staff see", at_edge(*HEALTH, "ParametersInCacheKeyAndForwardedToOrigin", "HeadersConfig", value={"HeaderBehavior": "none"}), edge.kept),
    ("health of an hour ago", at_edge(*HEALTH, "MaxTTL", value=3600), edge.kept),
    ("a refusal is kept", at_edge(*DISTRIBUTION, "CustomErrorResponses", 0), edge.kept),
    ("addresses in the edge's log", at_edge("Resources", "AccessLogDelivery", "Properties", "RecordFields", 0, value="c-ip"), edge.quiet),
    ("paths in the edge's log", at_edge("Resources", "AccessLogDelivery", "Properties", "RecordFields", 0, value="cs-uri-stem"), edge.quiet),
    ("everything in the edge's log", at_edge("Resources", "AccessLogDelivery", "Properties", "RecordFields"), edge.quiet),
    ("the edge's log for ever", at_edge("Resources", "AccessLog", "Properties", "RetentionInDays"), edge.quiet),
    ("the old log of the edge", at_edge(*DISTRIBUTION, "Logging", value={"Bucket": "x"}), edge.quiet),
    ("samples of requests", firewall("common", "VisibilityConfig", "SampledRequestsEnabled", value=True), edge.quiet),
    ("no budget", at_edge("Resources", "Budget"), edge.spending),
    ("a budget without end", at_edge(*BUDGET, "Budget", "BudgetLimit", "Amount", value=1_000_000), edge.spending),
    ("a budget that tells nobody", at_edge(*BUDGET, "NotificationsWithSubscribers"), edge.spending),
    ("a budget that tells too late", at_edge(*BUDGET, "NotificationsWithSubscribers", 2, "Notification", "Threshold", value=300), edge.spending),
    ("anomalies tell nobody", at_edge("Resources", "Anomalies"), edge.spending),
    ("nobody to tell", at_edge("Parameters", "AlarmEmail", "Default", value=""), edge.spending),
    ("one-time codes without a throttle", drop("api", "Live", "Properties", "RouteSettings", "POST /v1/registrations/{id}/otp"), api.throttled),
    ("registrations without a throttle", drop("api", "Live", "Properties", "RouteSettings", "POST /v1/registrations"), api.throttled),
    ("more codes", put("api", "Live", "Properties", "RouteSettings", "POST /v1/registrations/{id}/otp", "ThrottlingRateLimit", value=1000), api.throttled),
    ("a route without bounds", put("api", "Live", "Properties", "RouteSettings", "POST /v1/bookings", value={"ThrottlingRateLimit": 9000, "ThrottlingBurstLimit": 9000}), api.throttled),
    ("bounds without end", put("api", "Live", "Properties", "DefaultRouteSettings", "ThrottlingBurstLimit", value=100_000), api.throttled),
    ("a token for an hour", put("staff", "Desk", "Properties", "AccessTokenValidity", value=60), api.short_tokens),
    ("a token for five hours", put("staff", "Desk", "Properties", "TokenValidityUnits", "AccessToken", value="hours"), api.short_tokens),
    ("signed in for a month", put("staff", "Desk", "Properties", "RefreshTokenValidity", value=720), api.short_tokens),
    ("tokens that cannot be revoked", put("staff", "Desk", "Properties", "EnableTokenRevocation", value=False), api.short_tokens),
    ("tokens for a password", put("staff", "Desk", "Properties", "ExplicitAuthFlows", value=["ALLOW_USER_PASSWORD_AUTH"]), api.short_tokens),
    ("tokens in addresses", put("staff", "Desk", "Properties", "AllowedOAuthFlows", value=["code", "implicit"]), api.short_tokens),
    ("who has an account", drop("staff", "Desk", "Properties", "PreventUserExistenceErrors"), api.short_tokens),
    ("a table without a ceiling", drop("data", "Table", "Properties", "OnDemandThroughput"), data.ceilings),
    ("an index without a ceiling", drop("data", "Table", "Properties", "GlobalSecondaryIndexes", 0, "OnDemandThroughput"), data.ceilings),
    ("a ceiling at the quota", lambda templates: templates.files[ROOT]["Parameters"]["TableMaxWrites"].update(Default=40_000), data.ceilings),
    ("staff that can be deleted", drop("staff", "Users", "Properties", "DeletionProtection"), data.retained),
    ("a table is read as a whole", lambda templates: templates.files["roles"]["Resources"]["Common"]["Properties"]["PolicyDocument"]["Statement"][0]["Action"].append("dynamodb:Scan"), functions.few),
    ("secrets are changed", put("roles", "Channel", *STATEMENT, "Action", value="secretsmanager:PutSecretValue"), functions.few),
    ("all but one action", put("roles", "Slots", *OWN, "NotAction", value="iam:PassRole"), functions.few),
    ("the key by itself", drop("roles", "Common", "Properties", "PolicyDocument", "Statement", 5, "Condition"), functions.few),
    ("a role for another account", put("roles", "Slots", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Principal", value={"AWS": "111122223333"}), functions.few),
    ("a role for another service", put("roles", "Slots", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Principal", value={"Service": "ec2.amazonaws.com"}), functions.few),
    ("a clock of other accounts", drop("roles", "Clock", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Condition"), functions.few),
    ("a function is a person's", put("roles", "Slots", "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Principal", value=functions.OWN_ACCOUNT), functions.few),
    ("the desk has no share", drop(ROOT, "CheckinFunction", "Properties", "ReservedConcurrentExecutions"), functions.shares),
    ("webhooks have no share", share("Whatsapp", 0), functions.shares),
    ("the desk has next to none", share("Checkin", 5), functions.shares),
    ("more shares than there are", share("Slots", 900), functions.shares),
    ("bookings without a bound", put(ROOT, "SlotsFunction", "Properties", "ReservedConcurrentExecutions", value={"Ref": "AWS::NoValue"}), functions.shares),
    ("more senders than the rate is divided by", put(ROOT, "NotifierFunction", "Properties", "Events", "Bulk", "Properties", "ScalingConfig", "MaximumConcurrency", value=8), functions.rate),
    ("codes have the smaller part", lambda templates: [put(ROOT, "NotifierFunction", "Properties", "Events", lane, "Properties", "ScalingConfig", "MaximumConcurrency", value=senders)(templates) for lane, senders in (("Urgent", 4), ("Bulk", 10))], functions.rate),
    ("a code waits for a batch", put(ROOT, "NotifierFunction", "Properties", "Events", "Urgent", "Properties", "BatchSize", value=10), functions.rate),
    ("a queue's share that is too small", share("Conversation", 10), functions.shares),
    ("a schedule that is off", put(ROOT, "SchedulerFunction", "Properties", "Events", "Tick", "Properties", "State", value="DISABLED"), functions.sources),
    ("a queue that is off", put(ROOT, "NotifierFunction", "Properties", "Events", "Messages", "Properties", "Enabled", value=False), functions.sources),
    ("a tick an hour", put(ROOT, "SchedulerFunction", "Properties", "Events", "Tick", "Properties", "ScheduleExpression", value="rate(1 hour)"), functions.sources),
    ("an alarm that tells nobody", drop("alarms", "ApiLatency", "Properties", "AlarmActions"), alarms.ring),
    ("an alarm that is off", put("alarms", "TableErrors", "Properties", "ActionsEnabled", value=False), alarms.ring),
    ("an alarm that is sometimes there", lambda templates: templates.files["alarms"]["Resources"]["SendingPaused"].update(Condition="CanCalculate"), alarms.ring),
    ("nobody subscribes", gone("alarms", "Email"), alarms.ring),
    ("alarms in the clear", drop("alarms", "Topic", "Properties", "KmsMasterKeyId"), alarms.ring),
    ("messages without end", gone("alarms", "MessagesVolume"), alarms.volumes),
    ("money without end", gone("alarms", "Spending"), alarms.volumes),
    ("a volume that nobody reaches", put("alarms", "InboundVolume", "Properties", "Threshold", value=10_000_000), alarms.volumes),
    ("codes without end", gone("alarms", "CodesVolume"), alarms.volumes),
]
