import type { Policy } from './policy.ts'
import {
  aboutItself,
  countedMapping,
  descriptorFlags,
  narrowItself,
  newThread,
  openAtForReading,
  openForReading,
  ownMemoryAdvice,
  ownNameAndPrivileges,
  ownSignals,
  plainFutex,
  plainIoctl,
  seemingUnable,
} from './rules.ts'

/**
 * From before Node is started until the worker narrows itself: what Node, its libraries and onnxruntime need to come up, and
 * bubblewrap's own first process (wait4) with them. Files can be opened for reading only, whatever the file system says.
 *
 * All of what is refused is an error and no death here, so that the canary can try it and tell.
 */
export const startPolicy: Policy = {
  conditional: {
    futex: plainFutex,
    mmap: countedMapping,
    madvise: ownMemoryAdvice,
    clone: newThread,
    openat: openAtForReading,
    open: openForReading,
    fcntl: descriptorFlags,
    ioctl: plainIoctl,
    prctl: ownNameAndPrivileges,
    prlimit64: aboutItself,
    sched_getaffinity: aboutItself,
    sched_setaffinity: aboutItself,
    tgkill: ownSignals,
    seccomp: narrowItself,
  },
  allowed: [
    // memory; V8 writes code and runs it, so neither mmap nor mprotect asks about PROT_EXEC
    ...(['mprotect', 'munmap', 'mremap', 'brk', 'membarrier', 'pkey_alloc', 'pkey_free'] as const),
    'pkey_mprotect',
    // threads
    ...(['set_robust_list', 'set_tid_address', 'rseq', 'arch_prctl', 'sched_yield', 'getcpu'] as const),
    ...(['restart_syscall', 'exit', 'exit_group'] as const),
    // open descriptors; the socket calls act on those that were inherited: there is no socket(2) to make another
    ...(['read', 'write', 'readv', 'writev', 'pread64', 'pwrite64', 'lseek', 'close', 'dup', 'dup2', 'dup3'] as const),
    ...(['fstat', 'pipe', 'pipe2', 'eventfd2', 'shutdown', 'getsockopt', 'getsockname'] as const),
    // waiting and time
    ...(['epoll_create1', 'epoll_ctl', 'epoll_wait', 'epoll_pwait', 'poll', 'ppoll'] as const),
    ...(['clock_gettime', 'clock_getres', 'clock_nanosleep', 'nanosleep', 'gettimeofday', 'time'] as const),
    // signals
    ...(['rt_sigaction', 'rt_sigprocmask', 'rt_sigreturn', 'sigaltstack'] as const),
    // what a process may know of itself and its machine
    ...(['getpid', 'gettid', 'getppid', 'getuid', 'geteuid', 'getgid', 'getegid', 'getrusage'] as const),
    ...(['sysinfo', 'uname', 'getcwd', 'getrandom'] as const),
    // files by name
    ...(['stat', 'lstat', 'newfstatat', 'statx', 'access', 'faccessat', 'faccessat2'] as const),
    ...(['readlink', 'readlinkat', 'getdents64'] as const),
    // starting Node
    ...(['execve', 'wait4'] as const),
  ],
  refused: seemingUnable,
  killed: [],
}
