#!/bin/sh
# Collects what `tcptune audit --snapshot FILE` reads, on a host where nothing may be installed:
#     ssh HOST sh -s < collect.sh > host.txt
# It needs a POSIX shell, grep, sed, dd, ls and readlink (busybox has them). It writes nothing but its output, starts
# nothing that stays, and leaves out keys and secrets. Lines that begin with @ say what follows, those with | hold it.
LC_ALL=C
export LC_ALL
nl='
'
lines() { sed 's/^/|/'; echo; }
body() { dd if="$1" bs=65536 count=64 2>/dev/null | lines; }
text() { if [ -f "$1" ] && [ -r "$1" ]; then echo "@ text $1"; body "$1"; fi; }
said() { echo "@ text $1"; shift; "$@" 2>&1 </dev/null | lines; }

# One file or folder: where its links lead, mode and owner, content.
entry() {
    case $1 in *"$nl"*) return 0 ;; esac
    if [ -h "$1" ]; then
        real=$(readlink -f "$1" 2>/dev/null) || real=
        printf '@ link %s\n|%s\n' "$1" "$real"
        case $real in '' | /dev/null) return 0 ;; esac
        set -- "$real"
        [ -e "$1" ] || return 0
    fi
    [ -e "$1" ] || return 0
    printf '@ stat %s\n|' "$1"
    ls -ldn "$1" 2>/dev/null || echo
    if [ -d "$1" ]; then
        printf '@ folder %s\n' "$1"
    elif [ ! -f "$1" ]; then
        printf '@ special %s\n' "$1"
    elif [ ! -r "$1" ]; then
        printf '@ denied %s\n' "$1"
    else
        printf '@ file %s\n' "$1"
        body "$1"
    fi
}

# A folder by its real name, and everything in it.
folder() {
    [ -d "$1" ] || return 0
    place=$(cd -P "$1" 2>/dev/null && pwd -P) || place=$1
    [ "$place" = "$1" ] || printf '@ link %s\n|%s\n' "$1" "$place"
    entry "$place"
    for name in "$place"/* "$place"/.[!.]*; do
        if [ -e "$name" ] || [ -h "$name" ]; then entry "$name"; fi
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
    text "$path"
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
    folder "$path/sysctl.d"
    folder "$path/modules-load.d"
    folder "$path/modprobe.d"
done
folder /etc/udev/rules.d
for path in /etc/sysctl.conf /etc/modules /etc/os-release /etc/ufw/ufw.conf /etc/default/ufw /etc/ufw/sysctl.conf \
    /sys/module/nf_conntrack /sys/module/br_netfilter /sys/module/nf_conntrack/initstate \
    /sys/module/br_netfilter/initstate /etc/tuned/active_profile /etc/tuned/tuned-main.conf \
    /run/systemd/container /run/.containerenv /.dockerenv; do
    entry "$path"
done
if [ -s /etc/tuned/active_profile ]; then
    for path in /etc/tuned/*/tuned.conf /etc/tuned/profiles/*/tuned.conf /usr/lib/tuned/*/tuned.conf \
        /usr/lib/tuned/profiles/*/tuned.conf; do entry "$path"; done
fi
for path in /var/lib/kube-proxy /etc/kubernetes/kubelet.conf /var/lib/rancher/k3s /usr/bin/dockerd /run/docker.sock \
    /run/containerd/containerd.sock /run/crio/crio.sock /var/lib/cloud/instance /etc/runlevels/boot/sysctl; do
    if [ -e "$path" ]; then printf '@ special %s\n' "$path"; fi
done
said processes sh -c 'cat /proc/[0-9]*/comm 2>/dev/null'
echo "@ end"
