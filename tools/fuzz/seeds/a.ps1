$conf = @"
# made by setup
net.core.somaxconn = 4096
net.ipv4.tcp_rmem = $rmem
"@
$conf | Out-File /etc/sysctl.d/9-net.conf
wsl -u root sysctl -w net.ipv4.tcp_fin_timeout=30
@(
  "vm.swappiness = 10"
) | Set-Content "$root\etc\sysctl.conf"
ssh $target "echo 1 > /proc/sys/net/ipv4/ip_forward"
