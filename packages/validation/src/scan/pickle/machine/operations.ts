import { type OpcodeName, opcodes } from '../opcodes.ts'
import { callOperations } from './call-operations.ts'
import { containerOperations } from './container-operations.ts'
import { literalOperations } from './literal-operations.ts'
import type { Machine } from './machine.ts'
import { stackOperations } from './stack-operations.ts'

/** What an opcode does; `at` is where it stands. */
export type Operation = (machine: Machine, at: number) => void

const operations: Readonly<Record<Exclude<OpcodeName, 'STOP'>, Operation>> = {
  ...literalOperations,
  ...containerOperations,
  ...stackOperations,
  ...callOperations,
}

/** The operations by the byte of their opcode; the machine itself ends at STOP. */
export const operationOf: readonly (Operation | undefined)[] = (() => {
  const byCode = new Array<Operation | undefined>(256).fill(undefined)
  for (const { name, code } of opcodes) if (name !== 'STOP') byCode[code] = operations[name]
  return byCode
})()
