import type { IsolationClaims } from '../isolation.ts'

// Landlock (Salaün 2021; landlock(7), linux/landlock.h): a process gives up, for itself and all it becomes, every right
// to files that no rule gives back. Kernels know more kinds of rights with every version of the interface ("ABI").

/** What may be done with a file or below a directory (LANDLOCK_ACCESS_FS_*). */
const fileRights = { execute: 1n, readFile: 1n << 2n, readDirectory: 1n << 3n } as const
export type FileRight = keyof typeof fileRights

const rightsMask = (rights: readonly FileRight[]): bigint =>
  rights.reduce((mask, right) => mask | fileRights[right], 0n)

const lowBits = (count: number): bigint => (1n << BigInt(count)) - 1n

/** How many kinds of rights to files each ABI knows: REFER came with 2, TRUNCATE with 3, IOCTL_DEV with 5. */
const fileRightCounts = [13, 14, 15, 15, 16]

/** From these versions on, TCP is held back, and signals and abstract sockets to outside. Below, the filter alone does. */
export const networkVersion = 4
export const scopeVersion = 6

/** What a domain takes away, as `struct landlock_ruleset_attr` of the kernel's version. */
export const encodeRuleset = (version: number): Buffer => {
  const files = lowBits(fileRightCounts[version - 1] ?? 16)
  const network = version >= networkVersion ? [lowBits(2)] : []
  const scope = version >= scopeVersion ? [lowBits(2)] : []
  return Buffer.from(BigUint64Array.from([files, ...network, ...scope]).buffer)
}

/** A right that is given back, as `struct landlock_path_beneath_attr` (packed). */
export const encodeRule = (rights: readonly FileRight[], descriptor: number): Buffer => {
  const attribute = Buffer.alloc(12)
  attribute.writeBigUInt64LE(rightsMask(rights), 0)
  attribute.writeInt32LE(descriptor, 8)
  return attribute
}

/** What a worker in a domain of this version is kept from, and by what. */
export const landlockClaims = (version: number): IsolationClaims => {
  const byDomain = (since: number): string => (version >= since ? 'Landlock and seccomp' : 'seccomp alone')
  const held = [
    'files',
    ...(version >= networkVersion ? ['TCP'] : []),
    ...(version >= scopeVersion ? ['abstract sockets', 'signals'] : []),
  ]
  return {
    landlock: `a domain (ABI ${version}) over ${held.join(', ')}`,
    filesystem: 'Landlock: Node, its libraries and onnxruntime, to read',
    network: `${byDomain(networkVersion)}: no socket can be made`,
    signals: `${byDomain(scopeVersion)}: to the own process only`,
    environment: 'a cleared environment',
  }
}
