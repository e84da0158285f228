"""Webhooks of Twilio's, signed by Twilio's own validator: `python twilio_check.py BASE_URL`.

The stack runs with WHATSAPP_PROVIDER=twilio and the TWILIO_AUTH_TOKEN that is in the environment here.
"""

import os
import sys
import urllib.parse

import httpx
from twilio.request_validator import RequestValidator

BASE = sys.argv[1]
# The address that Twilio was given, where it is not the one that answers.
PUBLIC = os.environ.get("ANTRIAN_PUBLIC_URL", BASE).rstrip("/")
PATH = "/webhooks/twilio"
validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
http = httpx.Client(trust_env=False)

# The vector that Twilio publishes.
KNOWN = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309", "To": "+18005551212"}
assert RequestValidator("12345").compute_signature("https://mycompany.com/myapp.php?foo=1&bar=2", KNOWN) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def post(form, signature):
    return http.post(
        BASE + PATH, content=urllib.parse.urlencode(form),
        headers={"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature},
    ).status_code


def check(form):
    signature = validator.compute_signature(PUBLIC + PATH, form)
    assert post(form, signature) in (200, 204), form
    assert post({**form, "Body": "another"}, signature) in (401, 403), "a changed form was taken"
    assert post(form, validator.compute_signature(PUBLIC + "/elsewhere", form)) in (401, 403)


said = {"MessageSid": "SM00000000000000000000000000000001", "From": "whatsapp:+6280000000123", "To": "whatsapp:+6280000000000",
        "WaId": "6280000000123", "ProfileName": "Büdi Contoh", "NumMedia": "0", "Body": "Halo / ünï 🙂 + & = %"}
check(said)
check({**said, "MessageSid": "SM00000000000000000000000000000002", "Body": "Ya", "ButtonPayload": "yes-1", "ButtonText": "Ya"})
check({**said, "MessageSid": "SM00000000000000000000000000000003", "Body": "", "SomethingNew": "x"})
check({"MessageSid": "SM00000000000000000000000000000004", "MessageStatus": "delivered", "From": said["To"], "To": said["From"]})
print("the stack takes what Twilio signs, and nothing else")
