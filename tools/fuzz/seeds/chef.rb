sysctl 'net.core.somaxconn' do
  value 4096
  action :apply
end
default['sysctl']['net']['ipv4']['tcp_sack'] = 1
"#{x}"
