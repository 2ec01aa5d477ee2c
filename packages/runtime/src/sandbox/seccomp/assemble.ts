// Classic BPF, the language of seccomp filters (McCanne and Jacobson 1993; linux/filter.h, linux/seccomp.h). A program
// sees one system call as `struct seccomp_data { int nr; u32 arch; u64 instruction_pointer; u64 args[6]; }`, has one
// 32-bit accumulator, and jumps forward only: it always ends.

/** Operation codes: class, size or operation, and mode in one number. */
const operations = {
  /** accumulator = 32 bits of seccomp_data at `value` */
  load: 0x20,
  /** accumulator &= value */
  and: 0x54,
  jumpIfEqual: 0x15,
  /** unsigned */
  jumpIfAtLeast: 0x35,
  return: 0x06,
} as const

/** One step of a program. A jump that has no label for a case goes on with the next step. */
export type Step =
  | { readonly do: 'load' | 'and' | 'return'; readonly value: number }
  | {
      readonly do: 'jumpIfEqual' | 'jumpIfAtLeast'
      readonly value: number
      readonly yes?: string
      readonly no?: string
    }
  | { readonly label: string }

/** Offsets into seccomp_data. Both architectures are little-endian: the low half of an argument stands first. */
export const dataOffsets = {
  systemCall: 0,
  architecture: 4,
  lowHalf: (argument: number): number => 16 + 8 * argument,
  highHalf: (argument: number): number => 20 + 8 * argument,
} as const

/** What the kernel does with a call (linux/seccomp.h). */
export const actions = {
  allow: 0x7fff0000,
  killProcess: 0x80000000,
  errno: (number: number): number => 0x00050000 + number,
} as const

/** BPF_MAXINSNS of linux/bpf_common.h. */
export const maximumInstructions = 4096

/** A jump's offset is one byte. */
const maximumJump = 255

const instructionLength = 8

/**
 * The program as packed `struct sock_filter { u16 code; u8 jt; u8 jf; u32 k; }`, little-endian.
 *
 * @throws RangeError for a label that is unknown, stands twice, behind its jump or too far ahead, and for a program that
 * the kernel would not take
 */
export const assemble = (steps: readonly Step[]): Buffer => {
  const places = new Map<string, number>()
  const instructions: Exclude<Step, { label: string }>[] = []
  for (const step of steps) {
    if (!('label' in step)) instructions.push(step)
    else if (places.has(step.label)) throw new RangeError(`expected the label ${step.label} once`)
    else places.set(step.label, instructions.length)
  }
  if (instructions.length === 0 || instructions.length > maximumInstructions) {
    throw new RangeError(`expected 1 to ${maximumInstructions} instructions, found ${instructions.length}`)
  }
  const distance = (from: number, label: string | undefined): number => {
    if (label === undefined) return 0
    const to = places.get(label)
    const jump = (to ?? -1) - from - 1
    if (to === undefined || to >= instructions.length || jump < 0 || jump > maximumJump) {
      throw new RangeError(`expected ${label} at most ${maximumJump} instructions after its jump, found ${jump}`)
    }
    return jump
  }
  const program = Buffer.alloc(instructions.length * instructionLength)
  instructions.forEach((instruction, index) => {
    const offset = index * instructionLength
    program.writeUInt16LE(operations[instruction.do], offset)
    if ('yes' in instruction) program.writeUInt8(distance(index, instruction.yes), offset + 2)
    if ('no' in instruction) program.writeUInt8(distance(index, instruction.no), offset + 3)
    program.writeUInt32LE(instruction.value, offset + 4)
  })
  return program
}
