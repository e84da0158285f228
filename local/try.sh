# From "where is a free hour?" to a queue number. Paste these lines into another terminal.
A={base_url}
post() { curl -s -X POST "$A$1" -H 'content-type: application/json' -H "authorization: Bearer $T" -d "$2"; echo; }
field() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }

# 1. Which offices are free? What is free at a small one? What will you have to bring? No account needed.
curl -s "$A/v1/offices"; echo
curl -s "$A/v1/offices/demo-kecil/availability?service=passport_new"; echo
curl -s "$A/v1/requirements?office=demo-kecil&service=passport_new&ktp_regency=Bandung"; echo

# 2. Register: the code goes out by WhatsApp from your (made-up) number. The chat asks who that is: answer with
#    the number that came with the code, and that a forwarded link does not have.
N=$(printf %03d $((RANDOM % 1000)))
R=$(post /v1/registrations '{}'); echo "$R"
for X in code match_number; do
  post /local/whatsapp "{\"from\":\"6280000000$N\",\"text\":\"$(echo "$R" | field $X)\"}"
done
for _ in $(seq 50); do
  S=$(post "/v1/registrations/$(echo "$R" | field id)/token" "{\"secret\":\"$(echo "$R" | field secret)\"}")
  case "$S" in *'"token"'*) break ;; esac
  sleep 0.2
done
echo "$S"
T=$(echo "$S" | field token)

# 3. Add a person (a NIK that nobody has), hold the earliest seat, confirm it.
post /v1/me/applicants "{\"name\":\"Budi Contoh\",\"nik\":\"9971010101909$N\",\"birth_date\":\"1990-01-01\",\"ktp_regency\":\"Bandung\"}"
B=$(post /v1/bookings '{"applicant_id":"p1","office":"demo-kecil","service":"passport_new"}'); echo "$B"
C=$(echo "$B" | field code)
B=$(post "/v1/bookings/$C/confirm" '{}'); echo "$B"
curl -s "$A/v1/bookings/$C/ticket.png" -H "authorization: Bearer $T" -o ticket.png

# 4. The messages that went out.
for _ in $(seq 50); do
  O=$(curl -s "$A/local/outbox")
  case "$O" in *"$(echo "$C" | tr A-Z a-z)-2-confirmed"*) break ;; esac
  sleep 0.2
done
echo "$O" | sed 's/"picture_png_base64":"[^"]*"/"picture_png_base64":"…"/g'

# 5. The day has come: move the clock to the visit, scan the ticket at the office, get a queue number.
post /local/clock "{\"to\":\"$(echo "$B" | field starts_at)\"}"
T=$(post /local/staff-token '{"office":"demo-kecil","scopes":["desk"]}' | field token)
post /v1/check-ins "{\"ticket\":\"$(echo "$B" | field ticket)\",\"gate\":\"Gerbang 1\"}"

# 6. A document is missing: a deadline and a message, not a lost morning. Once it is there, a counter calls the number.
D=$(echo "$B" | field check_in_until)
post "/v1/check-ins/$C/documents" "{\"decision\":\"incomplete\",\"missing\":[\"kk\"],\"deadline\":\"$D\"}"
post "/v1/check-ins/$C/documents" '{"decision":"complete"}'
post /v1/offices/demo-kecil/queue/call '{"counter":"3"}'
curl -s "$A/v1/offices/demo-kecil/board"; echo
post /v1/offices/demo-kecil/queue/finish '{"counter":"3"}'
