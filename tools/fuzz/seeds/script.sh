#!/bin/sh
sudo sysctl -w net.core.somaxconn=4096 "vm.swappiness=1" || true # c
if x; then echo 1 > /proc/sys/net/ipv4/tcp_sack; else y | tee -a /etc/sysctl.conf; fi
cat >> /etc/sysctl.d/a.conf <<'E'
net.ipv4.tcp_sack = 1
E
case $a in b) sysctl -p;; esac
f() { docker run --sysctl net.core.somaxconn=1 x; }
sh -c 'sysctl vm.swappiness=2'
printf 'net.ipv4.tcp_sack=%s\n' 1 >> /etc/sysctl.conf
echo -e "vm.swappiness = 1\nfs.file-max = 2" | tee /etc/sysctl.d/b
