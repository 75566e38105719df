"""The running kernel, read: the only part of tcptune that looks into /proc.

What the engines use:

- `snapshot.take(sample=…, progress=…, keys=…)` reads the namespace that this process is in, `snapshot.take_in(ns, …)`
  another one; both return a `snapshot.Snapshot` (host, settings, problems, pressure, sockets, boot id).
- `namespaces.netns_by_name`, `netns_of_pid` and `all_netns` find a `Namespace`; `namespaces.run_in(ns, function)` runs
  a function of yours inside one, in a child process.
- `pressure.growth_since(saved, …)` compares with the counters of an earlier snapshot of the same boot.
- `procsys.read_value(key)` and `procsys.read_all(keys)` read parameters, `sockets.read_table()` the TCP sockets.

Nothing here writes, and nothing enters any other kind of namespace than that of the network.
"""
