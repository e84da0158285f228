// What a client made of the description is written like: types of paths, answers and refusals hold.
import type { components, paths } from "./api.ts";

type Booking = components["schemas"]["BookingView"];
type Held = paths["/v1/bookings"]["post"]["responses"][201]["content"]["application/json"];
type Refused = paths["/v1/bookings"]["post"]["responses"][409]["content"]["application/problem+json"];
type Wish = paths["/v1/bookings"]["post"]["requestBody"]["content"]["application/json"];

const wish: Wish = { applicant_id: "p1", office: "uji", service: "passport_new", date: "2026-12-02", slot: "09:00" };

function words(answer: Held | Refused): string {
  return "detail" in answer ? answer.detail : `until ${answer.hold_expires_at ?? "-"}`;
}

export function shown(booking: Booking): string {
  return `${booking.code} ${booking.status} ${words(booking)} ${wish.office}`;
}
