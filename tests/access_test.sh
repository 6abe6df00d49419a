#!/usr/bin/env bash
# Who may come in: tokens at both doors of the real program, and addresses that others reach.
# shellcheck disable=SC2317 # functions are called by law
set -euo pipefail
# shellcheck source=tests/support/begin.sh
source "$(dirname "$0")/support/begin.sh"
ends_what_began

# says FILE PATTERN: the file has such a line; else shows it.
says() { grep -q -- "$2" "$1" || { echo "no '$2' in:"; cat "$1"; return 1; }; }
# port_of DOOR FILE
port_of() { sed -n "s/^$1  *[^ ]*:\([0-9]*\).*/\1/p" "$2"; }
# start NAME ARG...: a run in the background, at $host; sets pid, tcp and http (ports).
host=127.0.0.1
start() {
  local name=$1
  shift
  "$chargemill" run "$work/small.toml" --progress off --no-out --no-journal --tcp "$host:0" \
    --http "$host:0" "$@" >"$work/$name.out" 2>"$work/$name.err" &
  pid=$!
  echo "$pid" >>"$work/pids"
  until_true grep -q '^TCP  ' "$work/$name.err"
  tcp=$(port_of TCP "$work/$name.err")
  http=$(port_of HTTP "$work/$name.err")
}
stop() {
  kill -INT "$pid"
  ends_with 130 wait "$pid"
}
ctl() { "$chargemill" ctl --tcp "127.0.0.1:$tcp" "$@"; }
# code ARG...: the status that curl gets.
code() { curl -sS -o "$work/body" -w '%{http_code}' "$@"; }

printf '[run]\nname = "small"\nduration = "1h"\n[network]\ncharge_points = 5\nzones = 1\n' >"$work/small.toml"
operator=operator-0123456789abcdef reader=reader-0123456789abcdef
printf '# tokens\n%s\n%s read\n' $operator $reader >"$work/tokens"
chmod 600 "$work/tokens" # else a run says that others can read them
printf '%s\n' $reader >"$work/reader"
printf 'wrong-0123456789abcdef\n' >"$work/wrong"
bearer() { printf 'Authorization: Bearer %s' "$1"; }

is_ready() { [[ $(code "$1/readyz") == 200 ]]; }
wants_a_token_over_http() {
  local base=http://127.0.0.1:$http
  [[ $(code "$base/cp") == 401 ]]
  says "$work/body" 'a token is needed'
  curl -sS -D - -o /dev/null "$base/" | grep -i '^WWW-Authenticate: Bearer.*Basic' >/dev/null
  [[ $(code -X POST "$base/api/v1/charge-points/stop") == 401 ]]
  says "$work/body" '"status":401'
  [[ $(code -H "$(bearer wrong-0123456789abcdef)" "$base/cp") == 401 ]]
  [[ $(code -H "$(bearer "$reader")" "$base/cp") == 200 ]]
  [[ $(code -H "$(bearer "$reader")" -X POST "$base/api/v1/charge-points/stop") == 403 ]]
  [[ $(code -H "$(bearer "$operator")" -X POST "$base/api/v1/charge-points/stop") == 200 ]]
  [[ $(code -u "anybody:$operator" -X POST "$base/api/v1/charge-points/resume") == 200 ]]
  [[ $(code -u "anybody:$reader" "$base/metrics") == 200 ]]
  # Those who watch over processes have no token.
  [[ $(code "$base/livez") == 200 && $(code "$base/health") == 200 ]]
  until_true is_ready "$base"
}
# upgrade BASE ARG...: the status that a WebSocket for the dashboard gets; it is left open for a second, and for longer only if
# there was no answer by then.
upgrade() {
  local base=$1 patience status
  shift
  for patience in 1 10 60; do
    status=$(curl -sS -o /dev/null -w '%{http_code}' --http1.1 --max-time "$patience" -H 'Connection: Upgrade' -H 'Upgrade: websocket' \
      -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' \
      -H 'Sec-WebSocket-Protocol: chargemill.v1' "$@" "$base/ws" 2>/dev/null) || true
    if [[ $status != 000 ]]; then break; fi
  done
  echo "$status"
}
wants_a_token_of_the_dashboard() {
  local base=http://127.0.0.1:$http
  [[ $(upgrade "$base") == 401 ]]
  [[ $(upgrade "$base" -H "$(bearer "$reader")") == 101 ]]
  [[ $(upgrade "$base" -u "anybody:$reader") == 101 ]]
  [[ $(upgrade "$base" -H "$(bearer "$reader")" -H 'Origin: http://evil.example') == 403 ]]
  [[ $(code "$base/") == 401 && $(code -u "anybody:$reader" "$base/") == 200 ]]
}
wants_a_token_of_those_who_take_part() {
  python3 - "$tcp" <<'PYTHON'
import socket, sys
data = b'{"type":"cp.register","cp_id":"CP-001","cp_e_host":"h","cp_e_port":1}'
lrc = 0
for byte in data:
    lrc ^= byte
door = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
door.sendall(b"\x02" + data + b"\x03" + bytes([lrc]))
said = door.recv(1000)
assert b"NACK: a token is needed" in said, said
PYTHON
}
wants_a_token_over_tcp() {
  ctl ping
  ends_with 2 ctl list 2>"$work/err"
  says "$work/err" 'a token is needed'
  says "$work/err" '--token-file FILE'
  ends_with 2 ctl --token-file "$work/wrong" list 2>"$work/err"
  says "$work/err" 'wrong token'
  ctl --token-file "$work/reader" list | grep -q CP-000005
  ends_with 2 ctl --token-file "$work/reader" stop all 2>"$work/err"
  says "$work/err" 'this token reads'
  ctl --token-file "$work/tokens" stop all
  CHARGEMILL_TCP_TOKEN_FILE=$work/tokens ctl resume all
  ends_with 4 ctl --token-file "$work/nothing" list 2>"$work/err"
  says "$work/err" "cannot read $work/nothing"
}
keeps_its_tokens_to_itself() {
  if grep -qE "$operator|$reader" "$work/guarded.err" "$work/guarded.out"; then return 1; fi
  ! grep -q '^OPEN' "$work/guarded.err"
}
nothing_was_changed_by_strangers() {
  local base=http://127.0.0.1:$http path
  for path in /cp/command /cp/stop /stop-session /api/v1/charge-points/stop; do
    [[ $(code -d '{"cmd":"stop_cp","cp_id":"*"}' "$base$path") == 401 ]]
  done
  ends_with 2 ctl stop all
  until_true bash -c "[[ \$($chargemill ctl --tcp 127.0.0.1:$tcp --token-file $work/reader list | grep -c ACTIVATED) == 5 ]]"
}
opens_to_others_with_a_token() {
  ends_with 2 "$chargemill" run "$work/small.toml" --tcp 0.0.0.0:0 --http off --no-out --no-journal 2>"$work/err"
  says "$work/err" '--set tcp.token_file=FILE'
  ends_with 2 "$chargemill" run "$work/small.toml" --http 0.0.0.0:0 --tcp off --no-out --no-journal 2>"$work/err"
  says "$work/err" '--set http.token_file=FILE'
  host=0.0.0.0 start wide --set "tcp.token_file=$work/tokens" --set "http.token_file=$work/tokens"
  ctl --token-file "$work/tokens" list | grep -q CP-000001
  [[ $(code -H "$(bearer "$reader")" "http://127.0.0.1:$http/cp") == 200 ]]
  stop
}
turns_web_pages_away_from_the_framed_door() {
  printf '\x02STOP#*\x03\x11' >"$work/frame"
  rm -f "$work/body"
  start page
  until_true bash -c "[[ \$($chargemill ctl --tcp 127.0.0.1:$tcp list | grep -c ACTIVATED) == 5 ]]"
  if curl -sS --http0.9 --max-time 20 -H 'Origin: http://evil.example' -H 'Content-Type: text/plain' \
    --data-binary "@$work/frame" -o "$work/body" "http://127.0.0.1:$tcp/" 2>"$work/err"; then return 1; fi
  [[ ! -s $work/body ]]
  [[ $(ctl list | grep -c ACTIVATED) == 5 ]]
  until_true grep -q 'speaks HTTP or TLS: disconnected' "$work/page.err"
  stop
}
says_that_it_is_open() {
  start open
  says "$work/open.err" '^OPEN .*(http.token_file, tcp.token_file)$'
  ctl --token-file "$work/tokens" list | grep -q CP-000001
  stop
}
names_the_file_that_is_wrong() {
  ends_with 4 "$chargemill" run "$work/small.toml" --no-out --no-journal --set "http.token_file=$work/none" 2>"$work/err"
  says "$work/err" "http.token_file: cannot read $work/none: No such file"
  printf 'short\n' >"$work/short"
  ends_with 4 "$chargemill" run "$work/small.toml" --no-out --no-journal --set "tcp.token_file=$work/short" 2>"$work/err"
  says "$work/err" 'line 1: a token has 16 characters at least'
}

# certificate NAME: a certificate that vouches for itself, and its key.
certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=chargemill \
    -addext subjectAltName=DNS:localhost,DNS:charge.example,IP:127.0.0.1 -keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
}
encrypts_http() {
  local base=https://localhost:$http
  says "$work/tls.err" '^HTTP .*(TLS)$'
  [[ $(code --cacert "$work/door.pem" -H "$(bearer "$reader")" "$base/cp") == 200 ]]
  # Two requests of one connection, a large answer, and one that does not end.
  [[ $(curl -sS --cacert "$work/door.pem" "$base/livez" "$base/health") == ok*healthy* ]]
  [[ $(code --cacert "$work/door.pem" -H "$(bearer "$reader")" "$base/api/v1/openapi.json") == 200 ]]
  python3 -m json.tool "$work/body" >/dev/null
  [[ $(code --cacert "$work/door.pem" -H "$(bearer "$operator")" -d '{"cp_id":"CP-000001"}' "$base/cp/stop") == 200 ]]
  ends_with 60 curl -sS "$base/livez" 2>"$work/err"
  ends_with 35 curl -sS --tls-max 1.1 --cacert "$work/door.pem" "$base/livez" 2>"$work/err"
  [[ $(curl -sS --tls-max 1.2 --cacert "$work/door.pem" "$base/livez") == ok ]]
  # Who speaks without TLS is not understood, and harms nobody.
  if curl -sS "http://127.0.0.1:$http/livez" 2>/dev/null; then return 1; fi
  [[ $(curl -sS --cacert "$work/door.pem" "$base/livez") == ok ]]
}
encrypts_the_dashboard() {
  [[ $(upgrade "https://localhost:$http" --cacert "$work/door.pem" -H "$(bearer "$reader")") == 101 ]]
  [[ $(upgrade "https://localhost:$http" --cacert "$work/door.pem") == 401 ]]
}
is_called_by_its_names() {
  local given=(--cacert "$work/door.pem" -H "$(bearer "$reader")" --resolve "charge.example:$http:127.0.0.1")
  [[ $(code "${given[@]}" "https://charge.example:$http/cp") == 200 ]]
  [[ $(code "${given[@]}" -H 'Host: evil.example' "https://charge.example:$http/cp") == 403 ]]
}
encrypts_frames() {
  says "$work/tls.err" '^TCP .*(TLS)$'
  ctl --tls --ca-file "$work/door.pem" --token-file "$work/tokens" list | grep -q CP-000005
  ctl --tls --ca-file "$work/door.pem" --token-file "$work/tokens" stop CP-000002
  ends_with 4 ctl --tls --ca-file "$work/other.pem" ping 2>"$work/err"
  says "$work/err" 'is not to be believed'
  ends_with 4 ctl --tls ping 2>"$work/err"
  says "$work/err" 'self.signed certificate'
  ends_with 4 "$chargemill" ctl --tcp "127.0.0.2:$tcp" --tls --ca-file "$work/door.pem" ping
  ends_with 4 ctl --tls --ca-file "$work/tokens" ping 2>"$work/err"
  says "$work/err" 'no certificates in it'
  ends_with 4 ctl --timeout 1 ping
  # In another language, a message in pieces and many at once.
  python3 - "$tcp" "$work/door.pem" <<'PYTHON'
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
door = context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20), server_hostname="localhost")
ping = bytes.fromhex("0250494e470310")
for byte in ping:
    door.sendall(bytes([byte]))
assert door.recv(100) == bytes.fromhex("0241434b3a2050494e470343")
door.sendall(ping * 20000)
heard = 0
while heard < 12 * 20000:
    heard += len(door.recv(65536))
PYTHON
}
names_the_certificate_that_is_wrong() {
  local given=("$work/small.toml" --no-out --no-journal --tcp off --http 127.0.0.1:0)
  ends_with 4 "$chargemill" run "${given[@]}" --set "http.tls_cert=$work/none" --set "http.tls_key=$work/door.key" 2>"$work/err"
  says "$work/err" "http.tls_cert, http.tls_key: $work/none: cannot read it: No such file"
  ends_with 4 "$chargemill" run "${given[@]}" --set "http.tls_cert=$work/door.pem" --set "http.tls_key=$work/other.key" 2>"$work/err"
  says "$work/err" "$work/other.key: the key belongs to another certificate"
  ends_with 3 "$chargemill" run "${given[@]}" --set "http.tls_cert=$work/door.pem" 2>"$work/err"
  says "$work/err" "'http.tls_cert' needs 'http.tls_key'"
}
warns_of_tokens_in_the_open() {
  host=0.0.0.0 start plain --set "tcp.token_file=$work/tokens" --set "http.token_file=$work/tokens"
  stop
  says "$work/plain.err" 'can be read on its way'
  if grep -q 'can be read on its way' "$work/tls.err"; then return 1; fi
}

start guarded --set "tcp.token_file=$work/tokens" --set "http.token_file=$work/tokens"
law "over HTTP nobody without a token sees or changes anything, but that the program lives (D-147)" wants_a_token_over_http
law "over the framed door neither; ctl --token-file comes in" wants_a_token_over_tcp
law "a WebSocket wants one as every request does, and so does the page" wants_a_token_of_the_dashboard
law "programs that take part want one that may operate" wants_a_token_of_those_who_take_part
law "what strangers ask for does not happen" nothing_was_changed_by_strangers
law "tokens are written nowhere" keeps_its_tokens_to_itself
stop || { echo "not ok - a run that is guarded ends as it is told"; failed=1; }
law "an address that others reach is 2 without a token, with the flag that helps" opens_to_others_with_a_token
law "a web page that has a browser send a frame to the framed door is not obeyed (X-26)" turns_web_pages_away_from_the_framed_door
law "a run without tokens says so once (D-147)" says_that_it_is_open
law "a file of tokens that is none is 4, with its name and line" names_the_file_that_is_wrong
if command -v openssl >/dev/null; then
  certificate door
  certificate other
  host=0.0.0.0 start tls --set "tcp.token_file=$work/tokens" --set "http.token_file=$work/tokens" \
    --set "tcp.tls_cert=$work/door.pem" --set "tcp.tls_key=$work/door.key" \
    --set "http.tls_cert=$work/door.pem" --set "http.tls_key=$work/door.key" --set "http.names=charge.example"
  law "HTTP inside TLS 1.2 or newer, of the certificate that the configuration names" encrypts_http
  law "the dashboard's WebSocket goes inside TLS too" encrypts_the_dashboard
  law "a door is called by its address and by the names it was given, and by no other" is_called_by_its_names
  law "frames inside TLS; ctl believes whom it is told to" encrypts_frames
  stop || { echo "not ok - a run inside TLS ends as it is told"; failed=1; }
  law "a certificate that is none, or of another key, is 4; half of a pair is 3" names_the_certificate_that_is_wrong
  law "tokens that others could read on their way are warned of" warns_of_tokens_in_the_open
else
  echo "skipped - TLS: no openssl"
fi
exit "$failed"
