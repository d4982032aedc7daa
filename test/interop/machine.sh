#!/bin/bash
# Runs a command on a machine of its own, with the interfaces that the corpus names:
#   machine.sh COMMAND…
# It has namespaces for the network, mounts and processes, an empty /run, and is gone with the command.
set -eu
if [ "${1-}" != --inside ]; then
  exec unshare --net --mount --pid --fork --kill-child --mount-proc "$0" --inside "$@"
fi
shift
mount -t tmpfs none /run
links=(eth0 eth1 eth2 eth3 eth0.1)
{
  echo link set lo up
  for n in "${!links[@]}"; do
    echo "link add ${links[n]} type veth peer name peer$n"
    echo "addr add 192.168.$((200 + n)).11/24 dev ${links[n]}"
    echo "link set ${links[n]} up"
    echo "link set peer$n up"
  done
} | ip -batch -
exec "$@"
