import { errors } from '../../src/sandbox/seccomp/policy.ts'

/** One system call as the kernel shows it to a filter. */
export interface SystemCallData {
  readonly number: number
  /** An AUDIT_ARCH of linux/audit.h. */
  readonly architecture: number
  readonly args: readonly bigint[]
}

const encode = ({ number, architecture, args }: SystemCallData): Buffer => {
  const data = Buffer.alloc(64)
  data.writeUInt32LE(number, 0)
  data.writeUInt32LE(architecture, 4)
  args.forEach((value, index) => {
    data.writeBigUInt64LE(BigInt.asUintN(64, value), 16 + 8 * index)
  })
  return data
}

/**
 * What a filter says of a call: the operations of net/core/filter.c that seccomp allows and our filters use.
 *
 * @throws Error for an instruction that is unknown, or a program that runs out
 */
export const interpret = (program: Buffer, call: SystemCallData): number => {
  const data = encode(call)
  let accumulator = 0
  for (let at = 0; at < program.length / 8; at++) {
    const code = program.readUInt16LE(at * 8)
    const [taken, not] = [program.readUInt8(at * 8 + 2), program.readUInt8(at * 8 + 3)]
    const value = program.readUInt32LE(at * 8 + 4)
    if (code === 0x06) return value
    if (code === 0x20) accumulator = data.readUInt32LE(value)
    else if (code === 0x54) accumulator = (accumulator & value) >>> 0
    else if (code === 0x05) at += value
    else if (code === 0x15) at += accumulator === value ? taken : not
    else if (code === 0x25) at += accumulator > value ? taken : not
    else if (code === 0x35) at += accumulator >= value ? taken : not
    else throw new Error(`unknown instruction ${code} at ${at}`)
  }
  throw new Error('the program ran out')
}

/** `allow`, `kill`, or the error's name. */
export const verdictOf = (action: number): string => {
  if (action === 0x7fff0000) return 'allow'
  if (action === 0x80000000) return 'kill'
  const name = Object.entries(errors).find(([, errno]) => action === 0x00050000 + errno)?.[0]
  if (name === undefined) throw new Error(`unknown action ${action.toString(16)}`)
  return name
}
