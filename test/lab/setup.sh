#!/bin/bash
# Brings a machine to where holdfast can be built, tested and shown: Debian packages that are missing are installed.
# Where there is no apt-get it says what is missing and stops. Quick when there is nothing to do.
set -euo pipefail
fail() { echo "setup: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || fail "this needs root: the lab makes network namespaces and packet sockets. Run make as root."
command -v node > /dev/null || fail "node is missing: install Node.js 20.19 or newer, with npm, and run make again."
command -v npm > /dev/null || fail "npm is missing: install the npm that belongs to node $(node -v), and run make again."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  fail "node $(node -v) is too old: holdfast needs Node.js 20.19 or newer."

# A program that is used, and the Debian package that brings it.
wanted='
make build-essential
g++ build-essential
python3 python3
ip iproute2
ipvsadm ipvsadm
arping iputils-arping
ping iputils-ping
tcpdump tcpdump
tshark tshark
keepalived keepalived
curl curl
modprobe kmod
sysctl procps
'
PATH=$PATH:/usr/sbin:/sbin
# A kernel that has IPVS is the better lab; without one, Debian's kernel-as-a-process is.
if [ ! -e /proc/net/ip_vs ] && ! modprobe -q ip_vs 2> /dev/null; then wanted+='linux.uml user-mode-linux'; fi

look() { # prints what is missing: packages, each once
  while read -r program package; do
    [ -z "$program" ] || command -v "$program" > /dev/null || echo "$package"
  done <<< "$wanted" | sort -u | tr '\n' ' '
}
missing=$(look)
[ -n "$missing" ] || exit 0
command -v apt-get > /dev/null ||
  fail "these programs are missing, and there is no apt-get to install them with (Debian's names): $missing"

echo "setup: installing $missing"
# Packages such as keepalived would start a service of their own: not on this machine, not by us.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap 'rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' > $policy
  chmod +x $policy
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# shellcheck disable=SC2086 — a list of words
if ! { apt-get update && apt-get install -y --no-install-recommends $missing; } < /dev/null > "$log" 2>&1; then
  tail -n 20 "$log" >&2
  fail "apt-get could not install: $missing(its whole output: $log)"
fi
rm -f "$log"
missing=$(look)
[ -z "$missing" ] || fail "still missing after the installation: $missing"
