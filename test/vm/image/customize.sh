#!/bin/sh
# The last touch to the tree: what takes commands. Called by build.sh: customize.sh TREE DIRECTORY
set -eu
tree=$1 directory=$2

# The machines are each other's administrators, and this machine is theirs.
install -d -m 700 "$tree/root/.ssh"
cp "$directory/key" "$tree/root/.ssh/id_ed25519"
cp "$directory/key.pub" "$tree/root/.ssh/authorized_keys"
# One host key for both, made when the package was installed.
sed 's/^/alpha,beta /' "$tree/etc/ssh/ssh_host_ed25519_key.pub" >"$tree/root/.ssh/known_hosts"
chmod 600 "$tree/root/.ssh/id_ed25519"

# libvirt's defaults, but that anyone may migrate here: the network has two machines.
echo 'auth_tcp = "none"' >>"$tree/etc/libvirt/libvirtd.conf"

chroot "$tree" systemctl --quiet enable systemd-networkd libvirtd-tcp.socket
# They would wait for a console, a clock, or do housekeeping while stories run.
chroot "$tree" systemctl --quiet mask getty@tty1 serial-getty@ttyS0 systemd-networkd-wait-online \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer

# The kernel's command line names the machine (systemd.hostname, systemd.machine_id).
rm -f "$tree/etc/hostname" "$tree/var/cache/apt/"*.bin
: >"$tree/etc/machine-id"
