#!/bin/sh
# Collects what `tcptune audit --snapshot FILE` reads, on a host where nothing may be installed:
#     ssh HOST sh -s < collect.sh > host.txt
# It needs a POSIX shell, grep, sed, dd, ls and readlink (busybox has them). It writes nothing but its output, starts
# nothing that stays, and leaves out keys and secrets. Lines that begin with @ say what follows, those with | hold it.
export LC_ALL=C
nl='
'
room=28000
lines() { sed 's/^/|/'; echo; }
body() { dd if="$1" bs=65536 count=64 2>/dev/null | lines; }
said() { echo "@ text $1"; shift; "$@" 2>&1 </dev/null | lines; }
skipped() { printf '@ skipped %s\n|%s\n' "${1%%"$nl"*}" "$2"; }

# The content of a file, as long as there is room for it (in KiB); $2 is what ls says of it, the size is the fifth word.
content() {
    path=$1; set -f; set -- $2; set +f
    size=$((${5:-0} / 1024 + 1)); [ "$size" -le 4096 ] || size=4096
    room=$((room - size))
    if [ "$room" -lt 0 ]; then skipped "$path" 'all the files together are too large'; return; fi
    printf '@ file %s\n' "$path"; body "$path"
}

# One file or folder: where its links lead, mode and owner, content.
entry() {
    case $1 in *"$nl"*) skipped "$1" 'there is a line break in its name'; return ;; esac
    if [ -h "$1" ]; then
        real=$(readlink -f "$1" 2>/dev/null) || real=
        printf '@ link %s\n' "$1"; printf '%s\n' "${real:-$(readlink "$1")}" | lines
        case $real in '' | /dev/null | *"$nl"*) return ;; esac
        set -- "$real"
    fi
    [ -e "$1" ] || return 0
    mode=$(ls -ldn "$1" 2>/dev/null)
    printf '@ stat %s\n|%s\n' "$1" "$mode"
    if [ -d "$1" ]; then printf '@ folder %s\n' "$1"
    elif [ ! -f "$1" ]; then printf '@ special %s\n' "$1"
    elif [ ! -r "$1" ]; then printf '@ denied %s\n' "$1"
    else content "$1" "$mode"; fi
}

# A folder by its real name, and everything in it.
folder() {
    [ -d "$1" ] || return 0
    place=$(cd -P "$1" 2>/dev/null && pwd -P) || place=$1
    [ "$place" = "$1" ] || printf '@ link %s\n|%s\n' "$1" "$place"
    entry "$place"; entries=1000
    for name in "$place"/* "$place"/.[!.]*; do
        [ "$entries" -gt 0 ] || { skipped "$name" 'from here on there are too many files'; return; }
        if [ -e "$name" ] || [ -h "$name" ]; then entries=$((entries - 1)); entry "$name"; fi
    done
}

echo "@ tcptune-collected 1"
said uname uname -r
said build uname -v
said uid id -u
said pid-namespace readlink /proc/self/ns/pid
said roots ls -id / /proc/1/root/
said date date -u +%s
for path in /proc/version_signature /proc/meminfo /proc/uptime /proc/sys/kernel/random/boot_id \
    /proc/net/netstat /proc/net/snmp /proc/net/sockstat /proc/net/sockstat6 /proc/net/stat/nf_conntrack; do
    if [ -r "$path" ]; then echo "@ text $path"; body "$path"; fi
done
said cpus grep -c '^processor' /proc/cpuinfo
set --
for path in /proc/sys/net/nf_conntrack_max /proc/sys/net/core/* /proc/sys/net/ipv4/* /proc/sys/net/ipv4/netfilter/* \
    /proc/sys/net/netfilter/* /proc/sys/fs/*; do
    case $path in *_key | *secret*) continue ;; esac
    if [ -f "$path" ] && [ -r "$path" ]; then set -- "$@" "$path"; fi
done
said values grep -s '' /dev/null "$@"
said keys find /proc/sys/net /proc/sys/fs /proc/sys/vm /proc/sys/kernel -type f
said locked find /proc/sys/net /proc/sys/fs /proc/sys/vm /proc/sys/kernel -type f ! -perm -200
said sysctl sysctl --version
for path in /usr/lib/systemd/systemd-sysctl /lib/systemd/systemd-sysctl; do
    if [ -x "$path" ]; then said systemd systemctl --version; fi
done
for path in /etc /run /usr/local/lib /usr/lib /lib; do
    for name in sysctl modules-load modprobe; do folder "$path/$name.d"; done
done
folder /etc/udev/rules.d
for path in /etc/sysctl.conf /etc/modules /etc/os-release /etc/ufw/ufw.conf /etc/default/ufw /etc/ufw/sysctl.conf \
    /sys/module/nf_conntrack /sys/module/br_netfilter /sys/module/nf_conntrack/initstate \
    /sys/module/br_netfilter/initstate /etc/tuned/active_profile /etc/tuned/tuned-main.conf \
    /run/systemd/container /run/.containerenv /.dockerenv; do entry "$path"; done
for path in /etc/tuned/*/tuned.conf /etc/tuned/profiles/*/tuned.conf /usr/lib/tuned/*/tuned.conf \
    /usr/lib/tuned/profiles/*/tuned.conf; do if [ -s /etc/tuned/active_profile ]; then entry "$path"; fi; done
for path in /var/lib/kube-proxy /etc/kubernetes/kubelet.conf /var/lib/rancher/k3s /usr/bin/dockerd /run/docker.sock \
    /run/containerd/containerd.sock /run/crio/crio.sock /var/lib/cloud/instance /etc/runlevels/boot/sysctl; do
    if [ -e "$path" ]; then printf '@ special %s\n' "$path"; fi
done
if [ -r /etc/rc.local ]; then echo "@ file /etc/rc.local"; grep -s -e sysctl -e /proc/sys /etc/rc.local | lines; fi
said processes sh -c 'cat /proc/[0-9]*/comm 2>/dev/null'
echo "@ end"
