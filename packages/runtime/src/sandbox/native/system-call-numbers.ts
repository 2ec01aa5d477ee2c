import { type Architecture, architectures, systemCallNumbers } from '../seccomp/system-calls.ts'

// What the launcher and the canary call and no filter names: [x86-64, arm64], as in ../seccomp/system-calls.ts.
const furtherNumbers = {
  // giving up what a process has
  setsid: [112, 157],
  setgroups: [116, 159],
  setresgid: [119, 149],
  setresuid: [117, 147],
  capset: [126, 91],
  landlock_create_ruleset: [444, 444],
  landlock_add_rule: [445, 445],
  landlock_restrict_self: [446, 446],
  // what no model needs
  socket: [41, 198],
  socketpair: [53, 199],
  connect: [42, 203],
  bind: [49, 200],
  listen: [50, 201],
  kill: [62, 129],
  tkill: [200, 130],
  setpriority: [141, 140],
  memfd_create: [319, 279],
  io_uring_setup: [425, 425],
  inotify_init1: [294, 26],
  fanotify_init: [300, 262],
  timerfd_create: [283, 85],
  signalfd4: [289, 74],
  shmget: [29, 194],
  msgget: [68, 186],
  semget: [64, 190],
  mq_open: [240, 180],
  personality: [135, 92],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  clock_settime: [227, 112],
  settimeofday: [164, 170],
  execveat: [322, 281],
  linkat: [265, 37],
  symlinkat: [266, 36],
  mkdirat: [258, 34],
  mknodat: [259, 33],
  unlinkat: [263, 35],
  renameat2: [316, 276],
  fchmodat: [268, 53],
  fchownat: [260, 54],
  utimensat: [280, 88],
  truncate: [76, 45],
  ftruncate: [77, 46],
} as const satisfies Record<string, readonly [number | null, number | null]>

const numbers = { ...systemCallNumbers, ...furtherNumbers }

/** A call of the kernel, by its name in the manual. */
export type SystemCallName = keyof typeof numbers

export const systemCallNames = Object.keys(numbers) as SystemCallName[]

/** The number of a call; undefined where the architecture has none of that name. */
export const numberOf = (name: SystemCallName, architecture: Architecture): number | undefined =>
  numbers[name][architectures.indexOf(architecture)] ?? undefined
