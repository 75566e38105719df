"""Which file wins: `sysctl --system` of procps and systemd-sysctl, modelled by release, and who writes after them.

`resolve.resolve(tree, kernel)` runs both models. A `tree` is a host's files (`DiskTree("/")`, an image, what a
collector brought), a `kernel` says which keys there are and which texts it takes; nothing is ever written. What comes
back has every write in its order, the values in force with the line that wins and what it overrode, and the status.
`make loaders` holds the models against the real programs.
"""
