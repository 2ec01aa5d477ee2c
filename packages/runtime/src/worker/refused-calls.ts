import type { Argument } from '../sandbox/native/kernel.ts'
import type { SystemCallName } from '../sandbox/native/system-call-numbers.ts'

/** Calls, and arguments for them. */
export type Calls = Partial<Record<SystemCallName, readonly Argument[]>>

const currentDirectory = -100

/**
 * Calls that the filter refuses, with arguments by which an open kernel does nothing and does not say EPERM: who hears EPERM
 * was stopped by the filter.
 */
export const refusedCalls: Calls = {
  // sockets
  socket: [-1, 0, 0],
  socketpair: [-1, 0, 0, null],
  connect: [-1, null, 0],
  bind: [-1, null, 0],
  listen: [-1, 0],
  // files by other ways than open
  linkat: [currentDirectory, '', currentDirectory, '', 0],
  symlinkat: ['', currentDirectory, ''],
  mkdirat: [currentDirectory, '', 0],
  mknodat: [currentDirectory, '', 0, 0],
  unlinkat: [currentDirectory, '', 0],
  renameat2: [currentDirectory, '', currentDirectory, '', 0],
  fchmodat: [currentDirectory, '', 0],
  fchownat: [currentDirectory, '', -1, -1, 0],
  utimensat: [currentDirectory, '', null, 0],
  truncate: ['', 0],
  ftruncate: [-1, 0],
  memfd_create: [null, 0],
  name_to_handle_at: [-1, null, null, null, 0],
  inotify_init1: [-1],
  // other processes
  kill: [process.pid, 0],
  tkill: [0, 0],
  setpriority: [-1, 0, 0],
  execveat: [-1, '', null, null, 0],
  ptrace: [-1, 0, null, null],
  process_vm_readv: [process.pid, null, 0, null, 0, 1],
  process_vm_writev: [process.pid, null, 0, null, 0, 1],
  pidfd_open: [0, 0],
  pidfd_send_signal: [-1, 0, null, 0],
  // memory shared under a name
  shmget: [0, 0, 0],
  msgget: [1, 0],
  semget: [0, -1, 0],
  mq_open: [null, 0, 0, null],
  // the kernel itself
  io_uring_setup: [0, null],
  perf_event_open: [null, 0, -1, -1, 0],
  keyctl: [-1, 0, 0, 0, 0],
  add_key: [null, null, null, 0, 0],
  request_key: [null, null, null, 0],
  personality: [0xffffffff],
  // namespaces and mounts
  unshare: [0],
  setns: [-1, 0],
  mount: [null, null, null, 0, null],
  umount2: ['', -1],
  chroot: [''],
  // other users
  setresuid: [-1, -1, -1],
  setresgid: [-1, -1, -1],
  capset: [null, null],
}

/** glibc must fall back to `clone`, which the filter can look into. */
export const absentCalls: Calls = { clone3: [null, 0] }
