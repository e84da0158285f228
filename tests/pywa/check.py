"""The simulator against pywa, a client of the Cloud API written by others.

    python check.py BASE_URL

It sends to the simulated Graph API through pywa, and hands the webhooks that the simulator signed and
posted to pywa's validator and parser. What either does not understand ends the check.
"""

import base64
import json
import sys
import time
import urllib.error
import urllib.request

import httpx
from pywa import WhatsApp, errors, types
from pywa.types import templates
from pywa.types.templates import BodyText, QuickReplyButton, Template, TemplateLanguage

BASE = sys.argv[1]
NUMBER_ID, WABA_ID, TOKEN, SECRET = (
    "100000000000001", "100000000000002", "local-access-token", "local-app-secret",
)
# pywa expects of everybody the business-scoped id that Meta gives since 2026.
PHONE, PHONES_ID, STRANGER, SCOPED = "6280000000123", "ID.987654321", "6280000000999", "ID.1234567890"
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)

http = httpx.Client(trust_env=False)


def client(token=TOKEN):
    session = httpx.Client(trust_env=False)
    wa = WhatsApp(
        phone_id=NUMBER_ID, token=token, waba_id=WABA_ID, app_secret=SECRET, session=session,
        server=None, verify_token="x", webhook_endpoint="/",
    )
    session.base_url = f"{BASE}/local/graph/v26.0"
    return wa


def phone(who, message, **more):
    """Does what a person does; the id of what they sent."""
    more = {"user_id": PHONES_ID, **more} if who == PHONE else more
    answer = http.post(f"{BASE}/local/phones/{who}/messages", json={"message": message, **more})
    assert answer.status_code == 200, answer.text
    assert answer.json()["webhook_status"] == 200, answer.text
    return answer.json()["message_id"]


def fault(kind, tracker):
    """Lets the message with this tracker fail: the stack sends messages of its own at the same time."""
    body = {"kind": kind, "callback_data": tracker}
    assert http.post(f"{BASE}/local/graph-faults", json=body).status_code == 204


def refused(expected, call):
    """Asserts that a call raises exactly this error of pywa's."""
    try:
        call()
    except errors.WhatsAppError as error:
        assert type(error) is expected, f"{type(error).__name__} ({error}) instead of {expected.__name__}"
        return
    raise AssertionError(f"{expected.__name__} was not raised")


def webhooks(is_it, least=1):
    """The webhooks posted so far that `is_it` likes, once there are as many as expected."""
    found = []
    for _ in range(200):
        posted = http.get(f"{BASE}/local/webhooks-sent").json()["webhooks"]
        found = [one for one in posted if is_it(json.loads(one["body"])["entry"][0]["changes"][0]["value"])]
        if len(found) >= least:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{len(found)} of {least} webhooks")


def sends(wa):
    said = phone(PHONE, {"type": "text", "text": "Halo / ünï 🙂"}, name="Büdi Contoh")
    assert wa.mark_message_as_read(message_id=said)
    assert wa.indicate_typing(message_id=said)
    text = wa.send_message(to=PHONE, text="Halo", tracker="abc-1", reply_to_message_id=said)
    assert text.id.startswith("wamid.")
    wa.send_message(
        to=PHONE, text="Benar?", header="Data", footer="Antrian",
        buttons=[types.Button("Ya", callback_data="yes-1"), types.Button("Tidak", callback_data="no-1")],
        tracker="abc-2",
    )
    wa.send_message(
        to=PHONE, text="Pilih tanggal",
        buttons=types.SectionList("Lihat tanggal", sections=[
            types.Section("Minggu ini", rows=[types.SectionRow("Rabu, 2 Des", callback_data="d1", description="4 kursi")]),
            types.Section("Minggu depan", rows=[types.SectionRow("Senin, 7 Des", callback_data="d2")]),
        ]),
        tracker="abc-3",
    )
    media = wa.upload_media(media=DOT, mime_type="image/png", filename="dot.png")
    wa.send_image(to=PHONE, image=media, caption="Tiket", tracker="abc-4")
    about = wa.get_media_url(media_id=str(media.id))
    assert (about.mime_type, about.file_size) == ("image/png", len(DOT)), about
    assert wa.get_media_bytes(url=about.url) == DOT
    assert wa.get_business_phone_number().verified_name == "Antrian"
    phone(SCOPED, {"type": "text", "text": "Tanpa nomor"}, name="Siti")
    assert wa.send_message(to=SCOPED, text="Halo", tracker="abc-5").id


def uses_templates(wa):
    name = "contoh_pengingat"
    wa.create_template(Template(
        name=name, language=TemplateLanguage.INDONESIAN, category=templates.TemplateCategory.UTILITY,
        components=[
            BodyText("Janji temu Anda {{1}} pukul {{2}}. Sampai jumpa.", "2 Desember", "09.00"),
            templates.Buttons(buttons=[QuickReplyButton(text="Batalkan")]),
        ],
    ))
    assert [one.name for one in wa.get_templates(name=name)] == [name]
    send = lambda **given: wa.send_template(to=STRANGER, language=TemplateLanguage.INDONESIAN, **given)
    sent = send(name=name, tracker="abc-6", params=[
        BodyText.params("2 Desember", "09.00"),
        QuickReplyButton.params(callback_data="cancel-1", index=0),
    ])
    assert sent.id
    refused(errors.TemplateParamCountMismatch, lambda: send(name=name, params=[BodyText.params("2 Desember")]))
    refused(errors.TemplateNotExists, lambda: send(name="no_such", params=[]))


def is_refused(wa):
    text = lambda **given: wa.send_message(**{"to": PHONE, "text": "x", **given})
    refused(errors.ExpiredAccessToken, lambda: client("wrong").send_message(to=PHONE, text="x"))
    refused(errors.InvalidParameter, lambda: text(text="x" * 4097))
    refused(errors.InvalidParameter, lambda: text(to="123"))
    refused(errors.ReEngagementMessage, lambda: text(to="6280000000777"))
    refused(errors.InvalidParameter, lambda: text(buttons=[types.Button("x" * 21, callback_data="a")]))
    refused(errors.InvalidParameter, lambda: text(
        buttons=[types.Button("A", callback_data="same"), types.Button("B", callback_data="same")]))
    refused(errors.InvalidParameter, lambda: text(tracker="x" * 513))
    refused(errors.InvalidParameter, lambda: wa.send_image(to=PHONE, image="123456", caption="x"))
    refused(errors.UnsupportedMessageType, lambda: wa.send_location(to=PHONE, latitude=0, longitude=0))
    refused(errors.MediaUploadError, lambda: wa.upload_media(media=b"GIF89a", mime_type="image/png", filename="x.png"))
    for kind, expected in [
        ("rate_limit", errors.RateLimitHit), ("window_closed", errors.ReEngagementMessage),
        ({"code": 131026}, errors.MessageUndeliverable), ({"code": 131056}, errors.TooManyMessages),
        ({"code": 131000}, errors.UnknownError), ({"code": 190}, errors.ExpiredAccessToken),
        ({"code": 131031}, errors.AccountLocked), ({"code": 132015}, errors.TemplatePaused),
    ]:
        fault(kind, "abc-fault")
        refused(expected, lambda: text(tracker="abc-fault"))
    fault("timeout_after_acceptance", "abc-7")
    try:
        text(tracker="abc-7")
    except httpx.RequestError:
        return
    raise AssertionError("an answer came that should have been cut")


def understands(wa):
    """Each webhook passes the validator and becomes what it is."""
    offered = lambda tracker: webhooks(
        lambda value: value.get("statuses", [{}])[0].get("biz_opaque_callback_data") == tracker)
    message_of = lambda one: json.loads(one["body"])["entry"][0]["changes"][0]["value"]["statuses"][0]["id"]
    buttons, rows, ticket, template = (message_of(offered(tracker)[0]) for tracker in ("abc-2", "abc-3", "abc-4", "abc-6"))
    phone(PHONE, {"type": "choice", "message_id": buttons, "id": "yes-1"})
    phone(PHONE, {"type": "choice", "message_id": rows, "id": "d1"})
    phone(STRANGER, {"type": "choice", "message_id": template, "id": "cancel-1"}, user_id="ID.999")
    for said in ({"type": "image", "caption": "foto/ktp"}, {"type": "voice"}, {"type": "location"},
                 {"type": "reaction", "message_id": ticket, "emoji": "👍"}, {"type": "reaction", "message_id": ticket}):
        phone(PHONE, said)
    read = http.post(f"{BASE}/local/phones/{PHONE}/seen", json={"message_ids": [ticket]})
    assert read.json() == {"read": 1}
    fault({"failed": 131049}, "abc-8")
    wa.send_message(to=PHONE, text="x", tracker="abc-8")
    webhooks(lambda value: value.get("statuses", [{}])[0].get("status") == "failed")
    webhooks(lambda value: value.get("statuses", [{}])[0].get("status") == "read")

    seen = []
    note = lambda _, update: seen.append(update)
    for on in (wa.on_message, wa.on_callback_button, wa.on_callback_selection, wa.on_message_status):
        on()(note)
    for one in webhooks(lambda value: True, 25):
        body = one["body"].encode()
        assert body.isascii(), "Meta escapes what is not ASCII"
        assert wa.webhook_update_validator(body, one["signature"]) is None, "the signature is not valid"
        assert wa.webhook_update_validator(body + b" ", one["signature"]) is not None
        wa.webhook_update_handler(body)
    wa_messages = [update for update in seen if isinstance(update, types.Message)]
    kinds = {str(message.type.value) for message in wa_messages}
    assert {"text", "image", "audio", "location", "reaction"} <= kinds, kinds
    first = next(message for message in wa_messages if message.text and message.text.startswith("Halo"))
    assert (first.text, first.from_user.name, first.from_user.wa_id) == ("Halo / ünï 🙂", "Büdi Contoh", PHONE)
    scoped = next(message for message in wa_messages if message.text == "Tanpa nomor")
    assert (scoped.from_user.bsuid, scoped.from_user.wa_id) == (SCOPED, None), scoped.from_user
    assert next(message for message in wa_messages if message.image).image.caption == "foto/ktp"
    taps = {update.data: update for update in seen if isinstance(update, types.CallbackButton)}
    assert taps["yes-1"].title == "Ya" and taps["yes-1"].reply_to_message.id == buttons
    assert "cancel-1" in taps, "the quick reply of a template"
    selection = next(update for update in seen if isinstance(update, types.CallbackSelection))
    assert (selection.data, selection.title, selection.description) == ("d1", "Rabu, 2 Des", "4 kursi")
    statuses = [update for update in seen if isinstance(update, types.MessageStatus)]
    for tracker, expected in (("abc-1", ["sent", "delivered"]), ("abc-4", ["sent", "delivered", "read"]), ("abc-8", ["failed"])):
        told = [status.status.value for status in statuses if status.tracker == tracker]
        assert told == expected, (tracker, told)
    failed = next(status for status in statuses if status.tracker == "abc-8")
    expected = errors.MessageUndeliverableDueToHealthyEcosystemEngagement
    assert type(failed.error) is expected, failed.error


def main():
    wa = client()
    sends(wa)
    uses_templates(wa)
    is_refused(wa)
    understands(wa)
    print("pywa understands the simulator, and the simulator pywa")


main()
