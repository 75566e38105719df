{
  boot.kernel.sysctl."net.core.somaxconn" = lib.mkDefault 4096; # c
  boot.kernel.sysctl = {
    "vm.swappiness" = 1;
    /* x */
  };
  boot.kernelModules = [ "nf_conntrack" ];
}
