//! Where a request comes from: only what the gateway vouches for.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lambda_http::request::RequestContext;

use super::AppState;

/// The address of whoever called the gateway. None: there is no gateway, or it was called under another
/// name than the public one, so that who called it is the edge that stands before it, and shared by
/// everybody. `X-Forwarded-For` is never read: a client can write into it.
#[derive(Debug, Clone, Copy)]
pub struct CallerAddress(pub Option<IpAddr>);

impl FromRequestParts<AppState> for CallerAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Infallible> {
        let context = parts.extensions.get();
        Ok(Self(context.and_then(|context| address(context, &app.public_url))))
    }
}

fn address(context: &RequestContext, public_url: &str) -> Option<IpAddr> {
    let RequestContext::ApiGatewayV2(context) = context else { return None };
    let host = public_url.split_once("://")?.1.split('/').next();
    let is_direct = context.domain_name.is_some() && context.domain_name.as_deref() == host;
    context.http.source_ip.as_deref().filter(|_| is_direct)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(called_as: &str, public_url: &str, source_ip: &str) -> Option<IpAddr> {
        let context = json!({
            "domainName": called_as, "requestId": "x", "stage": "$default", "timeEpoch": 0,
            "http": {"method": "POST", "path": "/", "protocol": "HTTP/1.1", "sourceIp": source_ip,
                "userAgent": "x"},
        });
        let context = serde_json::from_value(context).unwrap();
        address(&RequestContext::ApiGatewayV2(context), public_url)
    }

    #[test]
    fn who_calls_the_public_name_has_an_address_and_who_comes_through_an_edge_has_none() {
        let caller = "192.0.2.7".parse().ok();
        let (gateway, own) = ("x.execute-api.example.org", "antrian.example.org");
        assert_eq!(seen(gateway, "https://x.execute-api.example.org", "192.0.2.7"), caller);
        assert_eq!(seen(own, "https://antrian.example.org/here", "192.0.2.7"), caller);
        assert_eq!(seen(gateway, "https://antrian.example.org", "192.0.2.7"), None);
        assert_eq!(seen(own, "https://antrian.example.org", "nobody"), None);
    }
}
