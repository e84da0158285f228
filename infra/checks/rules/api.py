"""Who may ask for what, and how often."""

import fnmatch
import re

from .templates import text

# Requests without the gateway's authorizer, and who looks at them instead.
OPEN = {
    "public": {
        "GET /v1/health", "GET /v1/health/whatsapp", "GET /v1/openapi.json", "GET /v1/offices", "GET /v1/offices/{office}",
        "GET /v1/offices/{office}/availability", "GET /v1/offices/{office}/board", "GET /v1/requirements",
        "POST /v1/registrations",
        "POST /v1/registrations/{id}/otp", "POST /v1/registrations/{id}/token", "POST /v1/registrations/{id}/verify",
    },
    "the applicant's session, an opaque token that only the table knows": {
        "POST /v1/bookings", "POST /v1/group-bookings", "GET /v1/bookings/{code}", "POST /v1/bookings/{code}/cancel",
        "POST /v1/bookings/{code}/confirm", "POST /v1/bookings/{code}/extend", "POST /v1/bookings/{code}/reschedule",
        "GET /v1/bookings/{code}/ticket.ics", "GET /v1/bookings/{code}/ticket.png", "GET /v1/bookings/{code}/ticket.svg",
        "GET /v1/me", "PATCH /v1/me", "DELETE /v1/me", "GET /v1/me/applicants", "POST /v1/me/applicants",
        "PATCH /v1/me/applicants/{applicant}", "DELETE /v1/me/applicants/{applicant}",
        "POST /v1/me/applicants/{applicant}/claim", "GET /v1/me/bookings",
        "GET /v1/me/export", "DELETE /v1/session", "DELETE /v1/sessions",
        "GET /v1/me/sessions", "DELETE /v1/me/sessions/{session}",
    },
    "the provider's signature": {"GET /webhooks/whatsapp", "POST /webhooks/whatsapp", "POST /webhooks/twilio"},
    "a signed address": {"GET /media/tickets/{address}"},
}
# Pages that say the same to everybody.
PUBLIC_PAGES = {
    "GET /", "GET /aset/{name}", "GET /kantor/{office}", "GET /kantor/{office}/dokumen",
    "GET /kantor/{office}/{service}", "GET /kantor/{office}/{service}/{date}", "GET /papan/{office}",
    "GET /papan/{office}/isi",
}
# Routes that the API's description leaves out.
UNDESCRIBED = {"GET /v1/openapi.json", "GET /media/tickets/{address}", *OPEN["the provider's signature"]}


def routes(templates):
    for _, logical, resource in templates.resources("AWS::ApiGatewayV2::Route"):
        yield logical, resource["Properties"]


def pages(templates):
    """Requests of pages, from the code: they have no description. Whose they are tells a cookie, if anything."""
    listed = re.findall(r'\.route\(\s*"([^"]+)",\s*((?:\.?(?:get|post)\(\w+\))+)', templates.answers["web"] + templates.answers["office"])
    return {f"{method.upper()} {path}" for path, handlers in listed for method in re.findall(r"(get|post)\(", handlers)}


def authorized(templates):
    """Every route has the authorizer with its scope, or is open on purpose."""
    open_routes = set().union(*OPEN.values(), pages(templates))
    scopes = {}
    for path, operations in templates.openapi["paths"].items():
        for method, operation in operations.items():
            staff = [one["staff"] for one in operation.get("security", []) if "staff" in one]
            scopes[f"{method.upper()} {path}"] = staff[0] if staff else None
    for logical, route in routes(templates):
        key = route["RouteKey"]
        wanted = scopes.get(key)
        if wanted:
            expected = [f"antrian/{scope}" for scope in wanted]
            if route.get("AuthorizationType") != "JWT" or "AuthorizerId" not in route:
                yield f"{logical}: {key} has no authorizer"
            elif route.get("AuthorizationScopes") != expected:
                yield f"{logical}: {key} wants {expected}"
        elif key not in open_routes:
            yield f"{logical}: {key} has neither an authorizer nor a place on the public list"


def complete(templates):
    """The gateway knows exactly the requests that the API's description has."""
    known = {f"{method.upper()} {path}" for path, operations in templates.openapi["paths"].items() for method in operations}
    known |= UNDESCRIBED | pages(templates)
    routed = {route["RouteKey"] for _, route in routes(templates)}
    yield from (f"{key} reaches no function" for key in sorted(known - routed))
    yield from (f"{key} is no request of the API" for key in sorted(routed - known))


# Requests a second for a route, from all together: what a new account's quota leaves to each of two.
MOST = 1_000
# What anybody may ask for and what costs a message: requests a second at most, from all together.
COSTLY = {"POST /v1/registrations": 300, "POST /v1/registrations/{id}/otp": 20, "POST /masuk": 300, "POST /masuk/nomor": 20}


def bounds(settings):
    return settings.get("ThrottlingRateLimit") or 0, settings.get("ThrottlingBurstLimit") or 0


def throttled(templates):
    """The stage bounds requests, most of all those that cost, and writes what happened, without addresses of people."""
    stages = list(templates.resources("AWS::ApiGatewayV2::Stage"))
    if not stages:
        yield "there is no stage"
    for _, logical, stage in stages:
        default = bounds(stage["Properties"].get("DefaultRouteSettings", {}))
        own = stage["Properties"].get("RouteSettings", {})
        if not 0 < min(default) <= max(default) <= MOST:
            yield f"{logical} is not throttled"
        for key, most in COSTLY.items():
            if not 0 < min(bounds(own.get(key, {}))) <= max(bounds(own.get(key, {}))) <= most:
                yield f"{logical}: {key} is not throttled"
        yield from (f"{logical}: {key} may do more than others" for key in own if max(bounds(own[key])) > max(default))
        log = stage["Properties"].get("AccessLogSettings", {})
        if "$context.requestId" not in text(log):
            yield f"{logical} writes no access log with the request's id"
        for personal in ("identity.sourceIp", "$context.path", "userAgent", "authorizer.claims"):
            if personal in text(log):
                yield f"{logical} logs {personal}"


def owner(templates, method, path):
    """The function whose code answers a request."""
    described = re.compile(rf'utoipa::path\({method.lower()}, path = "{re.escape(path)}"')
    routed = f'.route("{path}"'
    return [name for name, code in templates.answers.items() if described.search(code) or routed in code]


def answered(templates):
    """Requests reach the function that answers them; integrations end before the gateway's 30 seconds."""
    targets = set()
    for logical, route in routes(templates):
        method, path = route["RouteKey"].split(" ")
        target = re.search(r"\$\{(\w+)Integration\}", route["Target"]["Fn::Sub"]).group(1).lower()
        targets.add(target)
        if owner(templates, method, path) != [target]:
            yield f"{logical} reaches {target}, the code is in {owner(templates, method, path)}"
    slowest = max(function["Timeout"] for name, function in templates.functions() if name in targets)
    for _, logical, integration in templates.resources("AWS::ApiGatewayV2::Integration"):
        if not slowest * 1000 < integration["Properties"].get("TimeoutInMillis", 30_000) < 30_000:
            yield f"{logical} does not wait for its function"


# CloudFront's own policy that caches nothing.
UNCACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


def unshared(templates):
    """The edge caches only what everybody may read: a cached answer goes to whoever asks."""
    settings = templates.edge["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    behaviours = [*settings["CacheBehaviors"], {**settings["DefaultCacheBehavior"], "PathPattern": "*"}]
    for logical, route in routes(templates):
        method, path = route["RouteKey"].split(" ")
        if method != "GET" or route["RouteKey"] in OPEN["public"] | PUBLIC_PAGES:
            continue
        path = re.sub(r"\{\w+\}", "x", path)
        first = next(one for one in behaviours if fnmatch.fnmatchcase(path, one["PathPattern"]))
        if first["CachePolicyId"] != UNCACHED:
            yield f"{logical}: the edge caches {route['RouteKey']}"


def staff_only(templates):
    """Nobody makes themselves staff, and a name is one however it is written."""
    for _, logical, pool in templates.resources("AWS::Cognito::UserPool"):
        properties = pool["Properties"]
        if not properties.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
            yield f"{logical}: anybody can sign up"
        if properties.get("MfaConfiguration") != {"Ref": "Mfa"}:
            yield f"{logical} has no second factor"
        if properties.get("UsernameConfiguration") != {"CaseSensitive": False}:
            yield f"{logical} tells names apart by their case"


# Minutes that somebody goes on who is disabled; hours until everybody signs in anew.
ACCESS_MINUTES, REFRESH_HOURS = 5, 12


def short_tokens(templates):
    """Whoever may no longer work here is out within minutes; tokens come by code and nothing else."""
    for _, logical, client in templates.resources("AWS::Cognito::UserPoolClient"):
        properties = client["Properties"]
        units = {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours"}
        if properties.get("TokenValidityUnits") != units:
            yield f"{logical} counts in other units"
        if max(properties.get("AccessTokenValidity", 60), properties.get("IdTokenValidity", 60)) > ACCESS_MINUTES:
            yield f"{logical}: a token lasts longer than {ACCESS_MINUTES} minutes"
        if properties.get("RefreshTokenValidity", 720) > REFRESH_HOURS or not properties.get("EnableTokenRevocation"):
            yield f"{logical}: whoever has signed in once stays"
        if properties.get("AllowedOAuthFlows") != ["code"] or properties.get("ExplicitAuthFlows") != ["ALLOW_REFRESH_TOKEN_AUTH"]:
            yield f"{logical}: there are other ways to a token"
        if properties.get("PreventUserExistenceErrors") != "ENABLED":
            yield f"{logical} tells who has an account"


def signed_tokens(templates):
    """Staff tokens are those of our pool, made for our client."""
    authorizers = list(templates.resources("AWS::ApiGatewayV2::Authorizer"))
    if not authorizers:
        yield "there is no authorizer"
    for _, logical, authorizer in authorizers:
        if authorizer["Properties"].get("JwtConfiguration") != {"Issuer": {"Ref": "Issuer"}, "Audience": [{"Ref": "ClientId"}]}:
            yield f"{logical} takes tokens of others"


RULES = [authorized, complete, throttled, answered, unshared, staff_only, short_tokens, signed_tokens]
