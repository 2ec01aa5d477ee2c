import type { Value } from './cells.ts'

/** The opcodes that call something. */
export type CallOpcode = 'REDUCE' | 'NEWOBJ' | 'NEWOBJ_EX' | 'OBJ' | 'INST'

/** What no writer of pickles makes, or what the machine cannot follow. */
export type Oddity =
  | 'frame-straddle'
  | 'memo-index'
  | 'declared-length'
  | 'expansion-bomb'
  | 'out-of-band-buffer'
  | 'unresolved-global'
  | 'special-state'

/** What is told of a pickle's run: all that reaches beyond numbers, texts and containers. It gives the values. */
export interface Observer {
  /** A name is imported: GLOBAL, INST or STACK_GLOBAL. */
  imported(module: string, name: string, protocol: number, at: number): Value
  /** EXT1, EXT2 or EXT4: a name that only the loading process knows. */
  extension(code: number, at: number): Value
  called(opcode: CallOpcode, callee: Value, callArguments: Value, keywords: Value | undefined, at: number): Value
  /** BUILD: `target.__setstate__(state)`, or its attributes are set. */
  built(target: Value, state: Value, at: number): void
  /** Items or members are put into something that is no container of the pickle itself. */
  inserted(opcode: string, target: Value, at: number): void
  /** A name is put as a key beside something that is more than data. */
  keyed(target: Value, key: Value, value: Value, at: number): void
  persistent(id: Value | undefined, at: number): Value
  /** A text or bytes that open like something encoded. */
  payload(literal: Value): void
  odd(oddity: Oddity, at: number, detail: string): void
}
