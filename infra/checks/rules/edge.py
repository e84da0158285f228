"""The edge: limits, the way around it, what browsers are told, what is kept and written down, what is spent."""

import fnmatch
import re

from .templates import text

WEBHOOKS = "path STARTS_WITH /webhooks/"
# What requests are counted by, how many are taken at most in five minutes, and which requests it is about.
LIMITS = {
    "requests-by-address": ("IP", 20_000, f"not ({WEBHOOKS})"),
    "webhooks-by-address": ("IP", 100_000, WEBHOOKS),
    "registrations-by-address": ("IP", 600, "method EXACTLY POST, path EXACTLY /v1/registrations"),
    "codes-by-address": ("IP", 100, "method EXACTLY POST, path STARTS_WITH /v1/registrations/, path ENDS_WITH /otp"),
    "sign-ins-by-address": ("IP", 600, "method EXACTLY POST, path EXACTLY /masuk"),
    "page-codes-by-address": ("IP", 100, "method EXACTLY POST, path EXACTLY /masuk/nomor"),
    "description-by-address": ("IP", 100, "path EXACTLY /v1/openapi.json"),
    "requests-by-session": ("authorization", 3_000, ""),
    "pages-by-session": ("__Host-antrian-sesi", 3_000, ""),
}
WINDOW_SECS = 300
# AWS's rule groups, and what of them only counts.
GROUPS = {"AWSManagedRulesCommonRuleSet": ["SizeRestrictions_BODY"], "AWSManagedRulesKnownBadInputsRuleSet": []}
# A path is compared as the API reads it.
AS_READ = ["URL_DECODE", "NORMALIZE_PATH"]
YEAR_SECS = 31_536_000
MAX_HEALTH_SECS = 5
PERSONAL = re.compile(r"^c-|uri|query|cookie|agent|referer|forwarded|header", re.IGNORECASE)


def properties(templates, logical):
    return templates.edge["Resources"].get(logical, {}).get("Properties", {})


def settings(templates):
    return properties(templates, "Distribution")["DistributionConfig"]


def behaviours(templates):
    found = settings(templates)
    return [*found["CacheBehaviors"], {**found["DefaultCacheBehavior"], "PathPattern": "*"}]


def scope(statement):
    """Which requests a statement is about, in a line."""
    match statement:
        case {"NotStatement": {"Statement": inner}}:
            return f"not ({scope(inner)})"
        case {"AndStatement": {"Statements": parts}}:
            return ", ".join(map(scope, parts))
        case {"ByteMatchStatement": match}:
            is_path = "UriPath" in match["FieldToMatch"]
            changes = [one["Type"] for one in match["TextTransformations"]]
            field = "path" if is_path and changes == AS_READ else "raw path" if is_path else "method"
            return f"{field} {match['PositionalConstraint']} {match['SearchString']}"
    return "" if statement is None else text(statement)


def counted_by(statement):
    if statement["AggregateKeyType"] != "CUSTOM_KEYS":
        return statement["AggregateKeyType"]
    return ", ".join((one.get("Header") or one.get("Cookie") or {}).get("Name", "?") for one in statement["CustomKeys"])


def limits(templates):
    """What makes too many requests is refused: an address, a session; by rules that refuse and do not count."""
    if settings(templates).get("WebACLId") != {"Fn::GetAtt": "Firewall.Arn"}:
        yield "the distribution has no firewall"
    rules = {rule["Name"]: rule for rule in properties(templates, "Firewall").get("Rules", [])}
    rated = {name: rule for name, rule in rules.items() if "RateBasedStatement" in rule["Statement"]}
    yield from (f"nothing limits {name}" for name in sorted(LIMITS.keys() - rated.keys()))
    for name, rule in rated.items():
        statement = rule["Statement"]["RateBasedStatement"]
        by, limit, about = LIMITS.get(name, (None, 0, None))
        if "Block" not in rule.get("Action", {}):
            yield f"{name} refuses nothing"
        if counted_by(statement) != by or scope(statement.get("ScopeDownStatement")) != about:
            yield f"{name} counts {scope(statement.get('ScopeDownStatement'))} by {counted_by(statement)}"
        if statement["Limit"] > limit or statement.get("EvaluationWindowSec") != WINDOW_SECS:
            yield f"{name} takes {statement['Limit']} in {statement.get('EvaluationWindowSec')} s"
    yield from known_attacks([rule for name, rule in rules.items() if name not in rated])


def known_attacks(rules):
    """Nothing but AWS's groups, none of which only counts."""
    found = {}
    for rule in rules:
        group = rule["Statement"].get("ManagedRuleGroupStatement", {})
        found[group.get("Name")] = rule
        if group.get("Name") not in GROUPS or rule.get("OverrideAction") != {"None": {}}:
            yield f"{rule['Name']} lets pass what it finds"
            continue
        changed = {one["Name"] for one in group.get("RuleActionOverrides", [])} | {one["Name"] for one in group.get("ExcludedRules", [])}
        if not changed <= set(GROUPS[group["Name"]]):
            yield f"{rule['Name']} only counts {sorted(changed)}"
        if scope(group.get("ScopeDownStatement")) != f"not ({WEBHOOKS})":
            yield f"{rule['Name']} looks at {scope(group.get('ScopeDownStatement'))} only"
    yield from (f"the group {name} is missing" for name in GROUPS if name not in found)


def no_way_around(templates):
    """The edge proves itself to the functions with something that no template holds."""
    parameter = templates.edge["Parameters"].get("OriginSecret", {})
    if parameter.get("NoEcho") is not True or "Default" in parameter or "32," not in parameter.get("AllowedPattern", ""):
        yield "OriginSecret is shown, short, or the same everywhere"
    for origin in settings(templates)["Origins"]:
        if origin.get("OriginCustomHeaders") != [{"HeaderName": "x-origin-verify", "HeaderValue": {"Ref": "OriginSecret"}}]:
            yield f"the origin {origin['Id']} cannot tell the edge from others"
    for name, function in templates.functions():
        if "Api.ApiEndpoint" in text(function["Environment"]["Variables"].get("ANTRIAN_PUBLIC_URL")).split("HasEdge")[0]:
            yield f"{name} tells people the way around"
        if function["Environment"]["Variables"].get("ANTRIAN_EDGE") != {"Ref": "Edge"}:
            yield f"{name} is not told whether there is an edge"
        if "FunctionUrlConfig" in function:
            yield f"{name} has an address of its own"


def tls(templates):
    """Nobody is answered in the clear, and browsers are told so."""
    hsts = properties(templates, "Headers")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"].get("StrictTransportSecurity", {})
    if not (hsts.get("Override") and hsts.get("AccessControlMaxAgeSec", 0) >= YEAR_SECS):
        yield "browsers are not told to come by TLS"
    for one in behaviours(templates):
        if one.get("ResponseHeadersPolicyId") != {"Ref": "Headers"}:
            yield f"{one['PathPattern']} has no headers of security"
        if one.get("ViewerProtocolPolicy") not in ("redirect-to-https", "https-only"):
            yield f"{one['PathPattern']} is answered in the clear"
    for origin in settings(templates)["Origins"]:
        if origin["CustomOriginConfig"].get("OriginProtocolPolicy") != "https-only":
            yield f"the origin {origin['Id']} is asked in the clear"


def kept(templates):
    """The health check is kept for seconds, by token; faults are not kept at all."""
    health = [one for one in behaviours(templates) if one["PathPattern"] == "/v1/health*"]
    if not health:
        yield "the edge passes on every look at the health check"
    for one in health:
        policy = properties(templates, one["CachePolicyId"].get("Ref")).get("CachePolicyConfig", {})
        headers = policy.get("ParametersInCacheKeyAndForwardedToOrigin", {}).get("HeadersConfig", {})
        if headers.get("Headers") != ["Authorization"]:
            yield "staff and strangers share the health check"
        if not 0 < policy.get("MaxTTL", 0) <= MAX_HEALTH_SECS:
            yield f"the health check is kept for {policy.get('MaxTTL')} s"
    unkept = {one["ErrorCode"] for one in settings(templates).get("CustomErrorResponses", []) if one.get("ErrorCachingMinTTL") == 0}
    yield from (f"the edge keeps the error {code}" for code in sorted({403, 404, 500, 502, 503, 504} - unkept))


def one_hall(templates):
    """Whatever is added to the address of the hall's display or board, the edge has the answer."""
    for path in ("/papan/x", "/papan/x/isi", "/v1/offices/x/board"):
        first = next(one for one in behaviours(templates) if fnmatch.fnmatchcase(path, one["PathPattern"]))
        kind = first["CachePolicyId"]
        policy = properties(templates, kind["Ref"]) if isinstance(kind, dict) else {}
        key = policy.get("CachePolicyConfig", {}).get("ParametersInCacheKeyAndForwardedToOrigin", {})
        if key.get("QueryStringsConfig") != {"QueryStringBehavior": "none"}:
            yield f"whoever adds a parameter to {path} reads the queue anew"


def quiet(templates):
    """What the edge writes down tells nobody apart, and is forgotten."""
    fields = properties(templates, "AccessLogDelivery").get("RecordFields", [])
    yield from (f"the edge logs {field}" for field in fields if PERSONAL.search(field))
    if not fields:
        yield "the edge logs whatever there is"
    if "RetentionInDays" not in properties(templates, "AccessLog"):
        yield "the edge keeps its log for ever"
    if "Logging" in settings(templates) or "AWS::WAFv2::LoggingConfiguration" in text(templates.edge):
        yield "the edge logs addresses"
    if '"SampledRequestsEnabled": true' in text(templates.edge):
        yield "the firewall keeps requests"


def spending(templates):
    """Somebody is told when the bill grows."""
    if "Default" in templates.edge["Parameters"].get("AlarmEmail", {"Default": ""}):
        yield "nobody has to be told of the bill"
    budget = properties(templates, "Budget")
    if budget.get("Budget", {}).get("BudgetLimit", {}).get("Amount") != {"Ref": "MonthlyBudget"}:
        yield "there is no budget"
    told = {one["Notification"]["NotificationType"] for one in budget.get("NotificationsWithSubscribers", [])
            if one["Notification"]["Threshold"] <= 100
            and one["Subscribers"] == [{"SubscriptionType": "EMAIL", "Address": {"Ref": "AlarmEmail"}}]}
    yield from (f"nobody is told of {kind} costs" for kind in sorted({"ACTUAL", "FORECASTED"} - told))
    if properties(templates, "Anomalies").get("Subscribers") != [{"Type": "EMAIL", "Address": {"Ref": "AlarmEmail"}}]:
        yield "nobody is told of costs out of the ordinary"


RULES = [limits, no_way_around, tls, kept, one_hall, quiet, spending]
