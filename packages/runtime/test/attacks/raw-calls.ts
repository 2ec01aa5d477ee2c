import { architectures } from '../../src/sandbox/seccomp/system-calls.ts'
import { type AttemptArgument, attempts, testedNumber } from '../seccomp/attempts.ts'

/** A system call by its number, and how it must be refused while the worker starts and while it serves. */
export interface RawCall {
  readonly what: string
  readonly number: number
  readonly args: readonly AttemptArgument[]
  readonly start: Refusal
  readonly serve: Refusal
}

/** An error's name; `kill`: the call ends the process. */
export type Refusal = 'EPERM' | 'ENOSYS' | 'EINVAL' | 'ENOTTY' | 'kill'

const here = -100

type Further = readonly [
  what: string,
  x64: number | null,
  arm64: number | null,
  args: readonly AttemptArgument[],
  serve?: Refusal,
]

/** Beside those that the filter's own tests try: what of the kernel's table no model needs. EPERM where nothing else is said. */
const further: readonly Further[] = [
  ['accepting a connection', 43, 202, [0, 0, 0]],
  ['several messages at once', 307, 269, [0, 'memory', 1, 0]],
  ['taking several messages at once', 299, 243, [0, 'memory', 1, 0, 0]],
  ['options of a socket', 54, 208, [0, 1, 1, 'memory', 4]],
  ['the other end of a socket', 52, 205, [0, 'memory', 'memory']],
  ['copying to a socket', 40, 71, [0, 0, 0, 1]],
  ['copying between files', 326, 285, [0, 0, 0, 0, 1, 0]],
  ['doubling a pipe', 276, 77, [0, 1, 1, 0]],
  ['giving pages to a pipe (CVE-2022-0847 needs splice)', 278, 75, [1, 'memory', 0, 0]],
  ['a hard link', 86, null, ['/dev/null', '/dev/null']],
  ['a symbolic link', 88, null, ['/dev/null', '/dev/null']],
  ['a device', 133, null, ['/dev/null', 0, 0]],
  ['a device at a directory', 259, 33, [here, '/dev/null', 0, 0]],
  ['removing by a name', 87, null, ['/dev/null']],
  ['removing a directory by its name', 84, null, ['/dev/null']],
  ['renaming by a name', 82, null, ['/dev/null', '/dev/null']],
  ['modes by a name', 90, null, ['/dev/null', 0]],
  ['modes of what is open', 91, 52, [0, 0]],
  ['modes at a directory', 268, 53, [here, '/dev/null', 0]],
  ['the owner by a name', 92, null, ['/dev/null', -1, -1]],
  ['the owner of what is open', 93, 55, [0, -1, -1]],
  ['the owner at a directory', 260, 54, [here, '/dev/null', -1, -1, 0]],
  ['times by a name', 132, null, ['/dev/null', 0]],
  ['times at a directory', 280, 88, [here, '/dev/null', 0, 0]],
  ['setting an attribute', 188, 5, ['/dev/null', '/dev/null', 'memory', 0, 0]],
  ['an attribute of what is open', 190, 7, [0, '/dev/null', 'memory', 0, 0]],
  ['reading an attribute', 191, 8, ['/dev/null', '/dev/null', 'memory', 0]],
  ['removing an attribute', 197, 14, ['/dev/null', '/dev/null']],
  ['going to a directory', 80, 49, ['/dev/null']],
  ['going to an open directory', 81, 50, [0]],
  ['a mask for new files', 95, 166, [0o777]],
  ['a lease on a file', 72, 25, [0, 1024, 0]],
  ['a note of what happens in a directory', 72, 25, [0, 1026, 0]],
  ['a larger pipe', 72, 25, [1, 1031, 1048576]],
  ['sealing a file', 72, 25, [5, 1033, 8]],
  ['the signal of a descriptor', 72, 25, [0, 15, 'memory']],
  ['the space of a file system', 137, 43, ['/dev/null', 'memory']],
  ['writing everything back', 162, 81, []],
  ['loading a file into the cache', 187, 213, [0, 0, 0]],
  ['locking a file', 73, 32, [0, 8]],
  ['locking memory', 149, 228, ['memory', 4096]],
  ['locking all memory', 151, 230, [1]],
  ['moving pages of a process', 279, 239, [0, 0, 0, 0, 0, 0]],
  ['migrating a process', 256, 238, [0, 0, 0, 0]],
  ['binding memory to a node', 237, 235, ['memory', 4096, 0, 0, 0, 0]],
  ['taking a memory policy', 238, 237, [0, 0, 0]],
  ['mapping pages in another order', 216, 234, ['memory', 4096, 0, 0, 0]],
  ['a session', 112, 157, []],
  ['a process group', 109, 154, [0, 0]],
  ['the session of a process', 124, 156, [0]],
  ['waiting for any process', 247, 95, [0, 0, 'memory', 4, 0]],
  ['capabilities of a process', 125, 90, ['memory', 'memory']],
  ['becoming a group', 106, 144, [0]],
  ['users for files', 122, 151, [0]],
  ['all three users', 117, 147, [-1, -1, -1]],
  ['all three groups', 119, 149, [-1, -1, -1]],
  ['groups', 116, 159, [0, 'memory']],
  ['a limit, the old way', 160, 164, [4, 'memory']],
  ['an alarm', 37, null, [0]],
  ['an interval timer', 38, 103, [0, 'memory', 0]],
  ['waiting for signals', 128, 137, ['memory', 0, 'memory', 8]],
  ['which signals are pending', 127, 136, ['memory', 8]],
  ['the priority of reading and writing', 251, 30, [1, 0, 0x6007]],
  ['scheduling by attributes', 314, 274, [0, 'memory', 0]],
  ['setting the clock', 227, 112, [0, 'memory']],
  ['tuning the clock', 159, 171, ['memory']],
  ['tuning a clock', 305, 266, [0, 'memory']],
  ['setting the time of day', 164, 170, ['memory', 0]],
  ['the domain of the host', 171, 162, ['memory', -1]],
  ['hanging up', 153, 58, []],
  ['removing a message queue', 241, 181, ['/dev/null']],
  ['a message queue by a key', 68, 186, [0, 0]],
  ['a semaphore by a key', 64, 190, [0, 1, 0]],
  ['attaching shared memory', 30, 196, [0, 0, 0]],
  ['adding a watch', 254, 27, [0, '/dev/null', 1]],
  ['marking files', 301, 263, [0, 0, 0, 0, 0]],
  ['registering with a ring', 427, 427, [0, 0, 0, 0]],
  ['requests of the old asynchronous kind', 206, 0, [1, 'memory']],
  ['the keys of a keyring', 250, 219, [11, -3, 'memory', 0], 'kill'],
  ['turning swapping on', 167, 224, ['/dev/null', 0], 'kill'],
  ['turning swapping off', 168, 225, ['/dev/null'], 'kill'],
  ['accounts', 163, 89, ['/dev/null'], 'kill'],
  ['quotas', 179, 60, [0x80000700, '/dev/null', 0, 0], 'kill'],
  ['removing a module', 176, 106, ['/dev/null', 0], 'kill'],
  ['another kernel from a file', 320, 294, [0, 0, 0, 0, 0], 'kill'],
  ['moving a mount', 429, 429, [here, '/dev/null', here, '/dev/null', 0], 'kill'],
  ['setting up a file system', 431, 431, [0, 0, 0, 0, 0], 'kill'],
  ['mounting what is set up', 432, 432, [0, 0, 0], 'kill'],
  ['picking a file system', 433, 433, [here, '/dev/null', 0], 'kill'],
  ['changing a mount', 442, 442, [here, '/dev/null', 0, 'memory', 32], 'kill'],
  ['a process by its handle', 438, 438, [0, 0, 0], 'kill'],
  ['a signal by a handle', 424, 424, [0, 0, 0, 0], 'kill'],
  ['advice on the memory of a process', 440, 440, [0, 'memory', 0, 4, 0], 'kill'],
  ['the memory of a dying process', 448, 448, [0, 0], 'kill'],
  ['all ports', 172, null, [3], 'kill'],
  ['a handle of a file', 303, 264, [here, '/dev/null', 'memory', 'memory', 0], 'kill'],
  ['a rule of a domain', 445, 445, [0, 1, 'memory', 0]],
  ['entering a domain', 446, 446, [0, 0]],
  ['shared memory that nobody counts', 9, 222, [0, 4096, 3, 0x21, -1, 0]],
  ['a stack that nobody counts', 9, 222, [0, 4096, 3, 0x122, -1, 0]],
  ['a call of tomorrow', 600, 600, [], 'ENOSYS'],
]

const architecture = architectures.find((known) => known === process.arch) ?? 'x64'

const isRefusal = (verdict: string): verdict is Refusal => verdict !== 'allow' && verdict !== 'none'

const known = attempts.flatMap(([what, call, args, start, serve]): RawCall[] => {
  const number = testedNumber(call, architecture)
  return number !== undefined && isRefusal(start) && isRefusal(serve) ? [{ what, number, args, start, serve }] : []
})

const others = further.flatMap(([what, x64, arm64, args, serve = 'EPERM']): RawCall[] => {
  const number = architecture === 'x64' ? x64 : arm64
  if (number === null) return []
  return [{ what, number, args, start: serve === 'kill' ? 'EPERM' : serve, serve }]
})

export const rawCalls: readonly RawCall[] = [...known, ...others]

/** The arguments as the addon takes them; `other` is the process of the host. */
export const wordsOf = ({ args }: RawCall, host: number): string =>
  args
    .map((word) => (word === 'other' ? host : typeof word === 'number' ? BigInt.asUintN(64, BigInt(word)) : word))
    .join(' ')
