// The worker of the attacks: it is started as the real one, by the same command, with the same files, filters and limits,
// and has one package more, of native code. What that code does, a hostile model could do.
import { createRequire } from 'node:module'
import { readFrame, writeFrame } from '../../src/worker/frames.ts'
import { narrow } from '../../src/worker/narrow.ts'
import { frameTypes } from '../../src/worker/protocol.ts'

/** What a host asks for: an attack, or one system call. */
export type Order =
  | { readonly attack: string; readonly bait: string }
  | { readonly call: number; readonly words: string }
  | { readonly names: true }

interface Native {
  attack(name: string, bait: string): string
  call(number: string, words: string): string
  names(): string
}

const native = createRequire(import.meta.url)('attacks') as Native

const obey = (order: Order): string => {
  if ('attack' in order) return native.attack(order.attack, order.bait)
  if ('call' in order) return native.call(String(order.call), order.words)
  return native.names()
}

for (;;) {
  const { type, request, head } = readFrame()
  // To load is to set the second filter, as the real worker does.
  const answer = type === frameTypes.load ? narrow().probe : obey(head as Order)
  writeFrame(frameTypes.done, request, { answer }, [])
}
