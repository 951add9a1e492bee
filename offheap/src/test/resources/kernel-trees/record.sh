#!/bin/sh
# Prints what the topology is read from, on the machine and in the control group that it runs in: every line of every file
# behind the file's path, and of what is binary the hexadecimal digits. KernelTree builds the files again.
cd /

lines() { # PATTERN FILE...: those that match, of the files that there are
    pattern=$1
    shift
    for file; do
        [ ! -r "$file" ] || grep -HE "$pattern" "$file" 2>/dev/null
    done
}

lines '' sys/devices/system/cpu/online sys/devices/system/cpu/offline sys/devices/system/cpu/present
for cpu in sys/devices/system/cpu/cpu[0-9]*; do
    lines '' $cpu/online $cpu/cpu_capacity $cpu/topology/physical_package_id $cpu/topology/thread_siblings_list
    for index in $cpu/cache/index*; do
        lines '' $index/level $index/type $index/size $index/coherency_line_size $index/shared_cpu_list
    done
done
lines '' sys/devices/cpu_core/cpus sys/devices/cpu_atom/cpus
lines '' sys/devices/system/node/online
for node in sys/devices/system/node/node[0-9]*; do
    lines '' $node/cpulist $node/distance
    lines MemTotal $node/meminfo
done
lines '' sys/kernel/mm/hugepages/*/nr_hugepages
lines '' sys/kernel/mm/transparent_hugepage/enabled sys/kernel/mm/transparent_hugepage/hpage_pmd_size
lines '^cache_alignment' proc/cpuinfo | head -n 1
lines 'allowed_list' proc/self/status
lines '^[0-9]+:(|.*cpu.*):' proc/self/cgroup
lines ' - cgroup(2 | .*cpu)' proc/self/mountinfo
sed -nE 's/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ \/([^ ]+) .* - cgroup(2 | .*cpu).*/\1/p' proc/self/mountinfo | while read -r mount; do
    for group in $(cut -d: -f3 proc/self/cgroup | sort -u); do
        while :; do
            group=${group%/}
            for name in cpu.max cpuset.cpus.effective cpu.cfs_quota_us cpu.cfs_period_us cpuset.effective_cpus cpuset.cpus; do
                lines '' "$mount$group/$name"
            done
            [ -n "$group" ] || break
            group=${group%/*}
        done
    done
done | sort -u
od -An -v -tx1 proc/self/auxv | sed 's/^/proc\/self\/auxv:/'
