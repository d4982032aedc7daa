#!/bin/bash
# Says what keepalived makes of a file, on the machine that machine.sh makes:
#   oracle.sh FILE [CONFIG-ID]
# prints the status of `keepalived -t`, what that said, how a real start of the VRRP part ended ("stays" if it did not),
# and what that said, with a line of dashes between them.
set -u
file=$1
id=()
[ -z "${2-}" ] || id=(--config-id "$2")

keepalived --config-test "${id[@]}" --use-file "$file" > /run/test 2>&1
echo "$?"
cat /run/test
echo ----
keepalived --dont-fork --log-console --vrrp "${id[@]}" --use-file "$file" > /run/start 2>&1 &
agent=$!
# It says when it has begun, or that there is nothing to do, or it ends.
for _ in {1..100}; do
  grep -q -e 'Startup complete' -e 'no configuration to run' /run/start && break
  kill -0 $agent 2> /dev/null || break
  sleep 0.05
done
# What a child finds out after that ends it soon.
sleep 0.3
if kill -0 $agent 2> /dev/null; then
  echo stays
else
  wait $agent
  echo "ends with $?"
fi
echo ----
cat /run/start
