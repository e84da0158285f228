[ -z "$ZSH_VERSION" ] || setopt interactivecomments
# From "where is a free hour?" to a queue number. Paste these lines into another terminal (bash, zsh, dash).
A={base_url}
post() { curl -s -X POST "$A$1" -H 'content-type: application/json' -H "authorization: Bearer $T" -d "$2"; }
show() { printf '%s' "$1" | jq . 2>/dev/null || printf '%s\n' "$1"; }
field() { printf '%s' "$2" | grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }

# 1. Which offices are free? What is free at a small one? What will you have to bring? No account needed.
show "$(curl -s "$A/v1/offices")"
show "$(curl -s "$A/v1/offices/demo-kecil/availability?service=passport_new")"
show "$(curl -s "$A/v1/requirements?office=demo-kecil&service=passport_new&ktp_regency=Bandung")"

# 2. Register: the code goes out by WhatsApp from your (made-up) number. The chat asks who that is: answer with
#    the number that came with the code, and that a forwarded link does not have.
N=$(od -An -N2 -tu2 /dev/urandom | awk '{ printf "%03d", $1 % 1000 }')
R=$(post /v1/registrations '{}'); show "$R"
for X in code match_number; do
  show "$(post /local/whatsapp "{\"from\":\"6280000000$N\",\"text\":\"$(field $X "$R")\"}")"
done
for _ in $(seq 50); do
  S=$(post "/v1/registrations/$(field id "$R")/token" "{\"secret\":\"$(field secret "$R")\"}")
  case "$S" in *'"token"'*) break ;; esac
  sleep 0.2
done
show "$S"
T=$(field token "$S")

# 3. Add a person (a NIK that nobody has), hold the earliest seat, confirm it.
show "$(post /v1/me/applicants "{\"name\":\"Budi Contoh $N\",\"nik\":\"9971010101909$N\",\"birth_date\":\"1990-01-01\",\"ktp_regency\":\"Bandung\"}")"
B=$(post /v1/bookings '{"applicant_id":"p1","office":"demo-kecil","service":"passport_new"}'); show "$B"
C=$(field code "$B")
B=$(post "/v1/bookings/$C/confirm" '{}'); show "$B"
curl -s "$A/v1/bookings/$C/ticket.png" -H "authorization: Bearer $T" -o ticket.png

# 4. The messages that went out.
for _ in $(seq 50); do
  O=$(curl -s "$A/local/outbox" | sed 's/"picture_png_base64":"[^"]*"/"picture_png_base64":"…"/g')
  case "$O" in *"$(printf %s "$C" | tr A-Z a-z)-2-confirmed"*) break ;; esac
  sleep 0.2
done
show "$O"

# 5. The day has come: move the clock to the visit, scan the ticket at the office, get a queue number.
show "$(post /local/clock "{\"to\":\"$(field starts_at "$B")\"}")"
T=$(field token "$(post /local/staff-token '{"office":"demo-kecil","scopes":["desk"]}')")
show "$(post /v1/check-ins "{\"ticket\":\"$(field ticket "$B")\",\"gate\":\"Gerbang 1\"}")"

# 6. A document is missing: a deadline and a message, not a lost morning. Once it is there, a counter calls the number.
D=$(field check_in_until "$B")
show "$(post "/v1/check-ins/$C/documents" "{\"decision\":\"incomplete\",\"missing\":[\"kk\"],\"deadline\":\"$D\"}")"
show "$(post "/v1/check-ins/$C/documents" '{"decision":"complete"}')"
show "$(post /v1/offices/demo-kecil/queue/call '{"counter":"3"}')"
show "$(curl -s "$A/v1/offices/demo-kecil/board")"
show "$(post /v1/offices/demo-kecil/queue/finish '{"counter":"3"}')"
