resource "a" "b" {
  sysctl_config {
    net_core_somaxconn = 4096
    net_ipv4_ip_local_port_range_min = 1024
    net_ipv4_ip_local_port_range_max = 65535
  }
  sysctls = {
    "vm.swappiness" = "1"
  }
}
