"""Who may ask for what, and how often."""

from .templates import text

# Requests without the gateway's authorizer, and who looks at them instead.
OPEN = {
    "public": {
        "GET /v1/health", "GET /v1/openapi.json", "GET /v1/offices", "GET /v1/offices/{office}",
        "GET /v1/offices/{office}/availability", "GET /v1/requirements", "POST /v1/registrations",
        "POST /v1/registrations/{id}/otp", "POST /v1/registrations/{id}/token", "POST /v1/registrations/{id}/verify",
    },
    "the applicant's session, an opaque token that only the table knows": {
        "POST /v1/bookings", "GET /v1/bookings/{code}", "POST /v1/bookings/{code}/cancel",
        "POST /v1/bookings/{code}/confirm", "POST /v1/bookings/{code}/reschedule",
        "GET /v1/bookings/{code}/ticket.ics", "GET /v1/bookings/{code}/ticket.png", "GET /v1/bookings/{code}/ticket.svg",
        "GET /v1/me", "DELETE /v1/me", "GET /v1/me/applicants", "POST /v1/me/applicants", "GET /v1/me/bookings",
        "GET /v1/me/export", "DELETE /v1/session", "DELETE /v1/sessions",
    },
    "the provider's signature": {"GET /webhooks/whatsapp", "POST /webhooks/whatsapp", "POST /webhooks/twilio"},
    "a signed address": {"GET /media/tickets/{address}"},
}
# Routes that the API's description leaves out.
UNDESCRIBED = {"GET /v1/openapi.json", "GET /media/tickets/{address}", *OPEN["the provider's signature"]}


def routes(templates):
    for _, logical, resource in templates.resources("AWS::ApiGatewayV2::Route"):
        yield logical, resource["Properties"]


def authorized(templates):
    """Every route has the authorizer with its scope, or is open on purpose."""
    open_routes = set().union(*OPEN.values())
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
    known |= UNDESCRIBED
    routed = {route["RouteKey"] for _, route in routes(templates)}
    yield from (f"{key} reaches no function" for key in sorted(known - routed))
    yield from (f"{key} is no request of the API" for key in sorted(routed - known))


def throttled(templates):
    """The stage bounds requests and writes what happened, without addresses of people."""
    for _, logical, stage in templates.resources("AWS::ApiGatewayV2::Stage"):
        settings = stage["Properties"].get("DefaultRouteSettings", {})
        if not (settings.get("ThrottlingRateLimit") and settings.get("ThrottlingBurstLimit")):
            yield f"{logical} is not throttled"
        log = stage["Properties"].get("AccessLogSettings", {})
        if "$context.requestId" not in text(log):
            yield f"{logical} writes no access log with the request's id"
        for personal in ("identity.sourceIp", "$context.path", "userAgent", "authorizer.claims"):
            if personal in text(log):
                yield f"{logical} logs {personal}"


def signed_tokens(templates):
    """Staff tokens are those of our pool, made for our client."""
    authorizers = list(templates.resources("AWS::ApiGatewayV2::Authorizer"))
    if not authorizers:
        yield "there is no authorizer"
    for _, logical, authorizer in authorizers:
        jwt = authorizer["Properties"].get("JwtConfiguration", {})
        if not (jwt.get("Issuer") and jwt.get("Audience")):
            yield f"{logical} does not say whose tokens it takes"


RULES = [authorized, complete, throttled, signed_tokens]
