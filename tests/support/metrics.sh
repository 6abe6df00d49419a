# shellcheck shell=bash
# A live scrape against what is made of it: rules and dashboards, both ways.

# named_metrics: what rules and dashboards name, one a line: a histogram by its parts.
named_metrics() {
  grep -rhoE '\b(chargemill|process)_[a-z0-9_]+' config/prometheus/chargemill.rules.yml config/grafana/dashboards | sort -u
}
# unused_metrics: what nobody looks at on purpose, as config/grafana/README.md lists it.
# shellcheck disable=SC2016 # backticks of Markdown
unused_metrics() { sed -n 's/^- `\([a-z_]*\)`: .*/\1/p' config/grafana/README.md; }

# agrees_both_ways SCRAPE [LEFT_OUT]: every metric that is named is in the scrape, but for names that begin so; and each of
# the scrape is named, or listed as unused.
agrees_both_ways() {
  local scrape=$1 left_out=${2:-none} name kind seen wrong=0
  seen=$(named_metrics; unused_metrics)
  while read -r name; do
    if [[ $name == "$left_out"* ]]; then continue; fi
    if ! grep -q "^${name}[{ ]" "$scrape"; then echo "not in the scrape: $name"; wrong=1; fi
  done < <(named_metrics)
  while read -r name kind; do
    if [[ $kind == histogram ]]; then name+=_bucket; fi
    if ! grep -qx "$name" <<<"$seen"; then echo "nobody looks at $name"; wrong=1; fi
  done < <(sed -n 's/^# TYPE \([^ ]*\) \([a-z]*\)$/\1 \2/p' "$scrape")
  [[ $(grep -c '^# TYPE ' "$scrape") -gt 40 ]] || { echo "a scrape without metrics"; return 1; }
  return "$wrong"
}
