import { expect, test } from 'vitest'
import { assemble, type Step } from '../../src/sandbox/seccomp/assemble.ts'
import { interpret } from './interpreter.ts'

const end: Step = { do: 'return', value: 0 }
const jumpOver = (count: number): Step[] => [
  { do: 'jumpIfEqual', value: 0, yes: 'far' },
  ...Array.from({ length: count }, () => end),
  { label: 'far' },
  end,
]

test('a program is packed as the kernel reads it', () => {
  const program = assemble([
    { do: 'load', value: 4 },
    { do: 'and', value: 0xff },
    { do: 'jumpIfEqual', value: 0x80000001, yes: 'equal', no: 'other' },
    { label: 'equal' },
    { do: 'return', value: 0x7fff0000 },
    { label: 'other' },
    { do: 'jumpIfAtLeast', value: 7, no: 'end' },
    end,
    { label: 'end' },
    { do: 'return', value: 0x80000000 },
  ])
  expect(program.toString('hex').match(/.{16}/g)).toEqual([
    '2000000004000000',
    '54000000ff000000',
    '1500000101000080',
    '060000000000ff7f',
    '3500000107000000',
    '0600000000000000',
    '0600000000000080',
  ])
})

test('a jump that one byte cannot hold is refused, and none is bent', () => {
  expect(interpret(assemble(jumpOver(255)), { number: 0, architecture: 0, args: [] })).toBe(0)
  expect(() => assemble(jumpOver(256))).toThrow('expected far at most 255 instructions after its jump, found 256')
})

test.each<[string, Step[], string]>([
  ['unknown', [{ do: 'jumpIfEqual', value: 0, yes: 'nowhere' }, end], 'expected nowhere at most'],
  ['behind its jump', [{ label: 'back' }, { do: 'jumpIfEqual', value: 0, yes: 'back' }, end], 'expected back at most'],
  ['at no instruction', [{ do: 'jumpIfEqual', value: 0, yes: 'end' }, { label: 'end' }], 'expected end at most'],
  ['there twice', [{ label: 'twice' }, { label: 'twice' }, end], 'expected the label twice once'],
])('a label that is %s is refused', (_, steps, message) => {
  expect(() => assemble(steps)).toThrow(message)
})

test('a program that the kernel would not take is refused', () => {
  expect(() => assemble([])).toThrow('expected 1 to 4096 instructions, found 0')
  expect(() => assemble(Array.from({ length: 4097 }, () => end))).toThrow('found 4097')
})
