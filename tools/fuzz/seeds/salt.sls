net.core.somaxconn:
  sysctl.present:
    - value: 4096
a:
  sysctl:
    - present
    - name: vm.swappiness
    - value: 1
