sysctl { 'net.core.somaxconn':
  ensure => present,
  value => '4096', # c
}
kmod::load { 'br_netfilter': }
$h = { 'vm.swappiness' => 1 }
