import { type Condition, type ConditionalRule, ownProcess, type Policy } from './policy.ts'

// Conditions on arguments that more than one policy has. Numbers are those of the kernel's headers for user space.

const int = (argument: Condition['argument'], among: Condition['among'], mask?: number): Condition => ({
  argument,
  width: 32,
  among,
  ...(mask === undefined ? {} : { mask }),
})
const long = (argument: Condition['argument'], among: Condition['among']): Condition => ({ argument, width: 64, among })

/** Exactly what glibc, and musl with CLONE_DETACHED besides, start a thread with: nothing that makes a process or a namespace. */
export const newThread: ConditionalRule = { anyOf: [[long(0, [0x3d0f00, 0x7d0f00])]], otherwise: 'EPERM' }

/**
 * Waits, wakes and requeues. The operations that inherit priorities had the kernel's worst futex holes (CVE-2014-3153,
 * CVE-2021-3347), and nothing in the worker uses them.
 */
export const plainFutex: ConditionalRule = {
  // FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME may be set.
  anyOf: [[int(1, [0, 1, 3, 4, 5, 9, 10], 0xfffffe7f)]],
  otherwise: 'ENOSYS',
}

/**
 * MADV_NORMAL to DONTNEED, FREE, DONTFORK, DOFORK, HUGEPAGE, NOHUGEPAGE, DONTDUMP, DODUMP, WIPEONFORK, KEEPONFORK and
 * POPULATE_*. Not MERGEABLE, COLD and PAGEOUT, by which memory of others is felt out (Suzaki et al. 2011), nor what makes
 * holes in shared files or poisons pages.
 */
export const ownMemoryAdvice: ConditionalRule = {
  anyOf: [[int(2, [4, 8, 0, 1, 2, 3, 10, 11, 14, 15, 16, 17, 18, 19, 22, 23])]],
  otherwise: 'EINVAL',
}

/**
 * Private memory, and files that are open. Not MAP_SHARED with MAP_ANONYMOUS, nor MAP_GROWSDOWN: RLIMIT_DATA counts neither
 * (mm/mmap.c, data_mapping), so that either takes all memory of the host.
 */
export const countedMapping: ConditionalRule = {
  // Of MAP_SHARED, MAP_ANONYMOUS and MAP_GROWSDOWN: none, the first or the second.
  anyOf: [[int(3, [0x20, 0, 0x01], 0x121)]],
  otherwise: 'EPERM',
}

/** Signals to threads of the own process: abort() does that. */
export const ownSignals: ConditionalRule = { anyOf: [[int(0, [ownProcess])]], otherwise: 'EPERM' }

/** For calls that take the process they are about as their first argument; 0 is the caller. */
export const aboutItself: ConditionalRule = { anyOf: [[int(0, [0, ownProcess])]], otherwise: 'EPERM' }

/** Reads a limit of its own and sets none. */
export const ownLimits: ConditionalRule = {
  anyOf: [[int(0, [0, ownProcess]), long(2, [0])]],
  otherwise: 'EPERM',
}

/** F_DUPFD, F_DUPFD_CLOEXEC and the flags. F_SETOWN with F_SETSIG would send any signal to any process of the same user. */
export const descriptorFlags: ConditionalRule = { anyOf: [[int(1, [0, 1, 2, 3, 4, 1030])]], otherwise: 'EPERM' }

/** FIONBIO, FIOCLEX, FIONCLEX, TCGETS, FIONREAD: no TIOCSTI (CVE-2017-5226), no owner of signals, no device. */
export const plainIoctl: ConditionalRule = {
  anyOf: [[int(1, [0x5421, 0x5451, 0x5450, 0x5401, 0x541b])]],
  otherwise: 'ENOTTY',
}

/** O_ACCMODE, O_CREAT, O_TRUNC and __O_TMPFILE, as x86-64 and arm64 have them: none may be set. */
const forReading = (flags: 1 | 2): ConditionalRule => ({ anyOf: [[int(flags, [0], 0x400243)]], otherwise: 'EPERM' })
export const openForReading = forReading(1)
export const openAtForReading = forReading(2)

/**
 * PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS and PR_SET_VMA (V8 names its memory);
 * PR_SET_DUMPABLE to nothing but "no".
 */
export const ownNameAndPrivileges: ConditionalRule = {
  anyOf: [[int(0, [15, 16, 3, 38, 39, 0x53564d41])], [int(0, [4]), long(1, [0])]],
  otherwise: 'EPERM',
}

/** SECCOMP_SET_MODE_FILTER with SECCOMP_FILTER_FLAG_TSYNC: a filter more, for all threads, and no listener for it. */
export const narrowItself: ConditionalRule = { anyOf: [[int(0, [1]), int(1, [1])]], otherwise: 'EPERM' }

/** Answers by which libraries do something better than after EPERM. */
export const seemingUnable: Policy['refused'] = {
  // glibc falls back to clone, whose flags a filter can see.
  clone3: 'ENOSYS',
  // koffi syncs its output when the process ends, and hangs over any error but the one that a pipe gives.
  fsync: 'EINVAL',
  // onnxruntime asks how its threads are scheduled, and complains every second when it may not. "As usual, priority 0", which
  // is true of them; of other processes it says nothing.
  sched_getscheduler: 'none',
  sched_getparam: 'none',
}
