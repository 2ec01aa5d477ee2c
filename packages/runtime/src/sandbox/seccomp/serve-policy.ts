import type { Policy } from './policy.ts'
import {
  aboutItself,
  countedMapping,
  descriptorFlags,
  newThread,
  ownLimits,
  ownMemoryAdvice,
  ownNameAndPrivileges,
  ownSignals,
  plainFutex,
  plainIoctl,
  seemingUnable,
} from './rules.ts'

/**
 * While the worker answers: memory, threads, clocks and the descriptors it holds. No file by its name, no directory, no
 * program, no further filter.
 */
export const servePolicy: Policy = {
  conditional: {
    futex: plainFutex,
    mmap: countedMapping,
    madvise: ownMemoryAdvice,
    clone: newThread,
    fcntl: descriptorFlags,
    ioctl: plainIoctl,
    prctl: ownNameAndPrivileges,
    prlimit64: ownLimits,
    sched_getaffinity: aboutItself,
    tgkill: ownSignals,
  },
  allowed: [
    // memory; V8 writes code and runs it, so neither mmap nor mprotect asks about PROT_EXEC
    ...(['mprotect', 'munmap', 'mremap', 'brk', 'membarrier', 'pkey_mprotect'] as const),
    // threads
    ...(['set_robust_list', 'rseq', 'sched_yield', 'getcpu', 'restart_syscall', 'exit', 'exit_group'] as const),
    // the descriptors it holds
    ...(['read', 'write', 'readv', 'writev', 'pread64', 'pwrite64', 'lseek', 'close', 'fstat'] as const),
    // waiting and time
    ...(['epoll_ctl', 'epoll_wait', 'epoll_pwait', 'poll', 'ppoll'] as const),
    ...(['clock_gettime', 'clock_getres', 'clock_nanosleep', 'nanosleep', 'gettimeofday', 'time'] as const),
    // signals
    ...(['rt_sigaction', 'rt_sigprocmask', 'rt_sigreturn', 'sigaltstack'] as const),
    // what a process may know of itself
    ...(['getpid', 'gettid', 'getrusage', 'getrandom'] as const),
  ],
  refused: seemingUnable,
  killed: [
    // of other processes
    ...(['ptrace', 'process_vm_readv', 'process_vm_writev', 'process_madvise', 'process_mrelease', 'kcmp'] as const),
    ...(['pidfd_open', 'pidfd_getfd', 'pidfd_send_signal'] as const),
    // of the kernel itself
    ...(['bpf', 'init_module', 'finit_module', 'delete_module', 'kexec_load', 'kexec_file_load'] as const),
    ...(['perf_event_open', 'userfaultfd', 'iopl', 'ioperm', 'modify_ldt', 'reboot'] as const),
    ...(['swapon', 'swapoff', 'acct', 'syslog', 'quotactl'] as const),
    // of namespaces and mounts
    ...(['unshare', 'setns', 'mount', 'umount2', 'pivot_root', 'chroot', 'move_mount', 'open_tree'] as const),
    ...(['fsopen', 'fsconfig', 'fsmount', 'fspick', 'mount_setattr'] as const),
    ...(['open_by_handle_at', 'name_to_handle_at'] as const),
    // of keyrings
    ...(['keyctl', 'add_key', 'request_key'] as const),
    'execve',
  ],
}
