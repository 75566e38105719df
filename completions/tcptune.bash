# Completion of tcptune for bash, written by tools/gen_completion.py.
_tcptune() {
    local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} offered=
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "audit sockets watch capacity diff apply confirm rollback history lint render profile collect-script explain params lab schema --help --version" -- "$word"))
        return
    fi
    case $command in
    profile)
        if ((COMP_CWORD == 2)); then
            COMPREPLY=($(compgen -W "list show check new schema --help" -- "$word"))
            return
        fi
        command="$command ${COMP_WORDS[2]}"
        ;;
    lab)
        if ((COMP_CWORD == 2)); then
            COMPREPLY=($(compgen -W "list run serve connect --help" -- "$word"))
            return
        fi
        command="$command ${COMP_WORDS[2]}"
        ;;
    esac
    case "$command $last" in
    "audit --format" | "audit -f")
        COMPREPLY=($(compgen -W "text json prometheus" -- "$word"))
        return
        ;;
    "audit --output" | "audit -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "audit --fail-on")
        COMPREPLY=($(compgen -W "error warning note never" -- "$word"))
        return
        ;;
    "audit --select")
        COMPREPLY=($(compgen -W "TT001 TT002 TT003 TT004 TT005 TT006 TT007 TT101 TT102 TT103 TT104 TT105 TT106 TT107 TT108 TT201 TT202 TT203 TT204 TT205 TT301 TT302 TT303 TT304 TT305 TT306 TT401 TT402 TT403 TT404 TT405 TT406 TT407 TT408 TT409 TT410 TT411 TT412 TT413 TT501 TT502 TT503 TT504 TT505 TT506 TT601 TT602 TT603 TT604 TT605 TT606 TT607 TT608 TT609 TT610 TT701 TT901" -- "$word"))
        return
        ;;
    "audit --ignore")
        COMPREPLY=($(compgen -W "TT001 TT002 TT003 TT004 TT005 TT006 TT007 TT101 TT102 TT103 TT104 TT105 TT106 TT107 TT108 TT201 TT202 TT203 TT204 TT205 TT301 TT302 TT303 TT304 TT305 TT306 TT401 TT402 TT403 TT404 TT405 TT406 TT407 TT408 TT409 TT410 TT411 TT412 TT413 TT501 TT502 TT503 TT504 TT505 TT506 TT601 TT602 TT603 TT604 TT605 TT606 TT607 TT608 TT609 TT610 TT701 TT901" -- "$word"))
        return
        ;;
    "audit --netns")
        :
        return
        ;;
    "audit --pid")
        :
        return
        ;;
    "audit --sample")
        :
        return
        ;;
    "audit --since")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "audit --root")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "audit --snapshot")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "audit --kernel")
        :
        return
        ;;
    "audit --profile")
        COMPREPLY=($(compgen -W "base kernel-default kubernetes-node long-lived nat-gateway outbound-heavy pod web-server" -- "$word"))
        return
        ;;
    "audit --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "audit --config")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "sockets --by")
        COMPREPLY=($(compgen -W "destination process state listener" -- "$word"))
        return
        ;;
    "sockets --top")
        :
        return
        ;;
    "sockets --format" | "sockets -f")
        COMPREPLY=($(compgen -W "text json prometheus" -- "$word"))
        return
        ;;
    "sockets --output" | "sockets -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "sockets --fail-on")
        COMPREPLY=($(compgen -W "error warning note never" -- "$word"))
        return
        ;;
    "sockets --netns")
        :
        return
        ;;
    "sockets --pid")
        :
        return
        ;;
    "sockets --sample")
        :
        return
        ;;
    "sockets --trace")
        :
        return
        ;;
    "sockets --port")
        :
        return
        ;;
    "sockets --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "sockets --config")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "watch --interval" | "watch -n")
        :
        return
        ;;
    "watch --count" | "watch -c")
        :
        return
        ;;
    "watch --top")
        :
        return
        ;;
    "watch --netns")
        :
        return
        ;;
    "watch --pid")
        :
        return
        ;;
    "watch --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "capacity --rate")
        :
        return
        ;;
    "capacity --destinations")
        :
        return
        ;;
    "capacity --open")
        :
        return
        ;;
    "capacity --rto")
        :
        return
        ;;
    "capacity --profile")
        COMPREPLY=($(compgen -W "base kernel-default kubernetes-node long-lived nat-gateway outbound-heavy pod web-server" -- "$word"))
        return
        ;;
    "capacity --netns")
        :
        return
        ;;
    "capacity --pid")
        :
        return
        ;;
    "capacity --format" | "capacity -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "capacity --output" | "capacity -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "capacity --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "diff --format" | "diff -f")
        COMPREPLY=($(compgen -W "text json markdown" -- "$word"))
        return
        ;;
    "diff --output" | "diff -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "diff --against")
        COMPREPLY=($(compgen -W "base kernel-default kubernetes-node long-lived nat-gateway outbound-heavy pod web-server" -- "$word"))
        return
        ;;
    "diff --netns")
        :
        return
        ;;
    "diff --pid")
        :
        return
        ;;
    "diff --root")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "diff --snapshot")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "diff --kernel")
        :
        return
        ;;
    "diff --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "diff --config")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "apply --set")
        :
        return
        ;;
    "apply --only")
        :
        return
        ;;
    "apply --file")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "apply --allow")
        COMPREPLY=($(compgen -W "TT001 TT002 TT003 TT004 TT005 TT006 TT007 TT101 TT102 TT103 TT104 TT105 TT106 TT107 TT108 TT201 TT202 TT203 TT204 TT205 TT301 TT302 TT303 TT304 TT305 TT306 TT401 TT402 TT403 TT404 TT405 TT406 TT407 TT408 TT409 TT410 TT411 TT412 TT413 TT501 TT502 TT503 TT504 TT505 TT506 TT601 TT602 TT603 TT604 TT605 TT606 TT607 TT608 TT609 TT610 TT701 TT901" -- "$word"))
        return
        ;;
    "apply --confirm-within")
        :
        return
        ;;
    "apply --resume")
        :
        return
        ;;
    "apply --netns")
        :
        return
        ;;
    "apply --pid")
        :
        return
        ;;
    "apply --state-dir")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "apply --format" | "apply -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "apply --output" | "apply -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "apply --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "apply --config")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "confirm --netns")
        :
        return
        ;;
    "confirm --pid")
        :
        return
        ;;
    "confirm --state-dir")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "confirm --format" | "confirm -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "confirm --output" | "confirm -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "confirm --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "rollback --netns")
        :
        return
        ;;
    "rollback --pid")
        :
        return
        ;;
    "rollback --state-dir")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "rollback --format" | "rollback -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "rollback --output" | "rollback -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "rollback --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "history --netns")
        :
        return
        ;;
    "history --pid")
        :
        return
        ;;
    "history --state-dir")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "history --format" | "history -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "history --output" | "history -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "history --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "lint --format" | "lint -f")
        COMPREPLY=($(compgen -W "text json sarif github gitlab junit" -- "$word"))
        return
        ;;
    "lint --output" | "lint -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "lint --fail-on")
        COMPREPLY=($(compgen -W "error warning note never" -- "$word"))
        return
        ;;
    "lint --select")
        COMPREPLY=($(compgen -W "TT001 TT002 TT003 TT004 TT005 TT006 TT007 TT101 TT102 TT103 TT104 TT105 TT106 TT107 TT108 TT201 TT202 TT203 TT204 TT205 TT301 TT302 TT303 TT304 TT305 TT306 TT401 TT402 TT403 TT404 TT405 TT406 TT407 TT408 TT409 TT410 TT411 TT412 TT413 TT501 TT502 TT503 TT504 TT505 TT506 TT601 TT602 TT603 TT604 TT605 TT606 TT607 TT608 TT609 TT610 TT701 TT901" -- "$word"))
        return
        ;;
    "lint --ignore")
        COMPREPLY=($(compgen -W "TT001 TT002 TT003 TT004 TT005 TT006 TT007 TT101 TT102 TT103 TT104 TT105 TT106 TT107 TT108 TT201 TT202 TT203 TT204 TT205 TT301 TT302 TT303 TT304 TT305 TT306 TT401 TT402 TT403 TT404 TT405 TT406 TT407 TT408 TT409 TT410 TT411 TT412 TT413 TT501 TT502 TT503 TT504 TT505 TT506 TT601 TT602 TT603 TT604 TT605 TT606 TT607 TT608 TT609 TT610 TT701 TT901" -- "$word"))
        return
        ;;
    "lint --kernel")
        :
        return
        ;;
    "lint --root")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "lint --stdin-filename")
        :
        return
        ;;
    "lint --baseline")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "lint --profile")
        COMPREPLY=($(compgen -W "base kernel-default kubernetes-node long-lived nat-gateway outbound-heavy pod web-server" -- "$word"))
        return
        ;;
    "lint --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "lint --config")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "render --to")
        COMPREPLY=($(compgen -W "sysctl.d ansible-vars kubernetes compose tuned nixos docker-run machineconfig" -- "$word"))
        return
        ;;
    "render --kernel")
        :
        return
        ;;
    "render --memory")
        :
        return
        ;;
    "render --distro")
        :
        return
        ;;
    "render --module")
        :
        return
        ;;
    "render --loader")
        COMPREPLY=($(compgen -W "systemd procps" -- "$word"))
        return
        ;;
    "render --output" | "render -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "profile list --format" | "profile list -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "profile list --output" | "profile list -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "profile show --kernel")
        :
        return
        ;;
    "profile show --format" | "profile show -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "profile show --output" | "profile show -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "profile show --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "profile check --kernel")
        :
        return
        ;;
    "profile check --format" | "profile check -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "profile check --output" | "profile check -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "profile check --fail-on")
        COMPREPLY=($(compgen -W "error warning note never" -- "$word"))
        return
        ;;
    "profile check --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "profile new --from")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "profile new --root")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "profile new --snapshot")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "profile new --netns")
        :
        return
        ;;
    "profile new --pid")
        :
        return
        ;;
    "profile new --kernel")
        :
        return
        ;;
    "profile new --output" | "profile new -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "profile schema --output" | "profile schema -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "collect-script --output" | "collect-script -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "explain --format" | "explain -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "explain --output" | "explain -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "explain --kernel")
        :
        return
        ;;
    "explain --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "explain --config")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "params --format" | "params -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "params --output" | "params -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "params --kernel")
        :
        return
        ;;
    "params --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "params --config")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "lab list --format" | "lab list -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "lab list --output" | "lab list -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "lab run --profile")
        COMPREPLY=($(compgen -W "base kernel-default kubernetes-node long-lived nat-gateway outbound-heavy pod web-server" -- "$word"))
        return
        ;;
    "lab run --pcap")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "lab run --twist")
        :
        return
        ;;
    "lab run --jobs" | "lab run -j")
        :
        return
        ;;
    "lab run --format" | "lab run -f")
        COMPREPLY=($(compgen -W "text json table markdown" -- "$word"))
        return
        ;;
    "lab run --output" | "lab run -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    "lab run --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "lab serve --send")
        :
        return
        ;;
    "lab serve --hold")
        :
        return
        ;;
    "lab serve --linger")
        :
        return
        ;;
    "lab serve --buffer")
        :
        return
        ;;
    "lab serve --count" | "lab serve -n")
        :
        return
        ;;
    "lab serve --backlog")
        :
        return
        ;;
    "lab serve --format" | "lab serve -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "lab serve --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "lab connect --send")
        :
        return
        ;;
    "lab connect --hold")
        :
        return
        ;;
    "lab connect --linger")
        :
        return
        ;;
    "lab connect --buffer")
        :
        return
        ;;
    "lab connect --count" | "lab connect -n")
        :
        return
        ;;
    "lab connect --interval")
        :
        return
        ;;
    "lab connect --from")
        :
        return
        ;;
    "lab connect --format" | "lab connect -f")
        COMPREPLY=($(compgen -W "text json" -- "$word"))
        return
        ;;
    "lab connect --color")
        COMPREPLY=($(compgen -W "auto always never" -- "$word"))
        return
        ;;
    "schema --output" | "schema -o")
        compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    esac
    case $word in
    -*)
        case $command in
        "audit") offered='--format -f --output -o --fail-on --select --ignore --netns --pid --all-netns --sample --since --root --snapshot --kernel --profile --color --config --quiet -q --verbose -v --help -h' ;;
        "sockets") offered='--by --top --format -f --output -o --fail-on --netns --pid --all-netns --sample --trace --port --deep --color --config --quiet -q --verbose -v --help -h' ;;
        "watch") offered='--interval -n --count -c --top --netns --pid --color --help -h' ;;
        "capacity") offered='--rate --destinations --open --rto --peer-without-timestamps --profile --netns --pid --format -f --output -o --color --help -h' ;;
        "diff") offered='--format -f --output -o --all --sysctl --against --netns --pid --all-netns --root --snapshot --kernel --color --config --quiet -q --help -h' ;;
        "apply") offered='--set --only --dry-run --persist --no-persist --file --allow --confirm-within --remove --resume --force --netns --pid --state-dir --format -f --output -o --color --config --quiet -q --verbose -v --help -h' ;;
        "confirm") offered='--netns --pid --state-dir --format -f --output -o --color --quiet -q --help -h' ;;
        "rollback") offered='--dry-run --force --expired --netns --pid --state-dir --format -f --output -o --color --quiet -q --verbose -v --help -h' ;;
        "history") offered='--netns --pid --state-dir --format -f --output -o --color --help -h' ;;
        "lint") offered='--format -f --output -o --fail-on --select --ignore --kernel --root --stdin-filename --statistics --fix --unsafe-fixes --diff --baseline --profile --color --config --quiet -q --verbose -v --help -h' ;;
        "render") offered='--to --kernel --memory --distro --module --loader --all --skip-unsupported --output -o --quiet -q --help -h' ;;
        "profile list") offered='--format -f --output -o --help -h' ;;
        "profile show") offered='--kernel --format -f --output -o --color --help -h' ;;
        "profile check") offered='--kernel --format -f --output -o --fail-on --color --help -h' ;;
        "profile new") offered='--from --root --snapshot --netns --pid --kernel --output -o --quiet -q --help -h' ;;
        "profile schema") offered='--output -o --help -h' ;;
        "collect-script") offered='--output -o --help -h' ;;
        "explain") offered='--format -f --output -o --kernel --color --config --help -h' ;;
        "params") offered='--format -f --output -o --kernel --all --verify --color --config --help -h' ;;
        "lab list") offered='--format -f --output -o --help -h' ;;
        "lab run") offered='--profile --pcap --explain --full --twist --jobs -j --format -f --output -o --color --quiet -q --verbose -v --help -h' ;;
        "lab serve") offered='--first --send --fill --hold --linger --unread --half-close --nonblocking --buffer --count -n --backlog --no-reuse-address --format -f --color --quiet -q --help -h' ;;
        "lab connect") offered='--last --send --fill --hold --linger --unread --half-close --nonblocking --buffer --count -n --interval --from --reuse-address --format -f --color --quiet -q --help -h' ;;
        "schema") offered='--output -o --help -h' ;;
        esac
        ;;
    *)
        case $command in
        "diff") offered='base kernel-default kubernetes-node long-lived nat-gateway outbound-heavy pod web-server' ;;
        "apply") offered='base kernel-default kubernetes-node long-lived nat-gateway outbound-heavy pod web-server' ;;
        "lint") offered='FILES' ;;
        "render") offered='base kernel-default kubernetes-node long-lived nat-gateway outbound-heavy pod web-server' ;;
        "profile show") offered='base kernel-default kubernetes-node long-lived nat-gateway outbound-heavy pod web-server' ;;
        "profile check") offered='base kernel-default kubernetes-node long-lived nat-gateway outbound-heavy pod web-server' ;;
        "explain") offered='file-max ip_autobind_reuse ip_local_port_range ip_local_reserved_ports ip_nonlocal_bind ip_unprivileged_port_start netdev_max_backlog nf_conntrack_buckets nf_conntrack_max nf_conntrack_tcp_be_liberal nf_conntrack_tcp_loose nf_conntrack_tcp_timeout_close nf_conntrack_tcp_timeout_close_wait nf_conntrack_tcp_timeout_established nf_conntrack_tcp_timeout_fin_wait nf_conntrack_tcp_timeout_last_ack nf_conntrack_tcp_timeout_syn_recv nf_conntrack_tcp_timeout_syn_sent nf_conntrack_tcp_timeout_time_wait nr_open optmem_max rmem_max somaxconn tcp_abort_on_overflow tcp_challenge_ack_limit tcp_child_ehash_entries tcp_ehash_entries tcp_fastopen tcp_fin_timeout tcp_invalid_ratelimit tcp_keepalive_intvl tcp_keepalive_probes tcp_keepalive_time tcp_max_orphans tcp_max_syn_backlog tcp_max_tw_buckets tcp_mem tcp_migrate_req tcp_no_metrics_save tcp_orphan_retries tcp_retries1 tcp_retries2 tcp_rfc1337 tcp_rmem tcp_rto_max_ms tcp_slow_start_after_idle tcp_stdurg tcp_syn_retries tcp_synack_retries tcp_syncookies tcp_timestamps tcp_tw_recycle tcp_tw_reuse tcp_tw_reuse_delay tcp_wmem wmem_max TT001 TT002 TT003 TT004 TT005 TT006 TT007 TT101 TT102 TT103 TT104 TT105 TT106 TT107 TT108 TT201 TT202 TT203 TT204 TT205 TT301 TT302 TT303 TT304 TT305 TT306 TT401 TT402 TT403 TT404 TT405 TT406 TT407 TT408 TT409 TT410 TT411 TT412 TT413 TT501 TT502 TT503 TT504 TT505 TT506 TT601 TT602 TT603 TT604 TT605 TT606 TT607 TT608 TT609 TT610 TT701 TT901' ;;
        "lab run") offered='all active-closer assassination backlog-overflow bind-address-no-port bind-before-connect bind-source-port bucket-overflow close-default conntrack-time-wait fin-lost fin-timeout last-ack-lost linger-nonblocking linger-on-listener linger-timeout linger-wait linger-zero linger2 more-destinations nat-clients old-duplicate orphan-retries port-exhaustion reserved-ports reuse reuse-delay reuse-loopback-only reuse-needs-timestamps reuse-server-side shutdown-half-close simultaneous-close so-reuseaddr-restart syn-in-time-wait three-way-close time-wait-length timestamps-off unread-data' ;;
        "schema") offered='audit lint params verify explain diff profile-list profile-show profile-check sockets capacity apply history lab lab-list lab-end profile' ;;
        esac
        ;;
    esac
    if [ "$offered" = FILES ]; then
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -- "$word"))
    else
        COMPREPLY=($(compgen -W "$offered" -- "$word"))
    fi
}
complete -F _tcptune tcptune
