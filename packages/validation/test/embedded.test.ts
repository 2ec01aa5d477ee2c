import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPairSweep } from '../src/scan/embedded/byte-pairs.ts'
import { checkWeights } from '../src/scan/embedded/check-weights.ts'
import { markers } from '../src/scan/embedded/markers.ts'
import { recogniseProgram } from '../src/scan/embedded/program-header.ts'
import { scan } from '../src/scan/index.ts'
import type { Inspection } from '../src/scan/inspection.ts'
import type { Sighting } from '../src/scan/rule.ts'
import { bytesSource } from '../src/scan/source.ts'
import { elf, programs } from './support/programs.ts'

test('the sweep finds every pair that a plain loop finds, at any length and place', () => {
  const pairs = markers.map(({ pair }) => pair)
  const sweep = createPairSweep(pairs)
  const interesting = fc.constantFrom(...pairs.flat())
  const bytesOf = fc.array(fc.oneof(interesting, fc.nat(255)), { maxLength: 200 })
  fc.assert(
    fc.property(bytesOf, (content) => {
      sweep.bytes.set(content)
      const found = [...sweep.find(content.length)]
      const expected = content.flatMap((byte, index) =>
        pairs.some(([first, second]) => byte === first && content[index + 1] === second) ? [index] : [],
      )
      const exact = found.filter((at) =>
        pairs.some(([first, second]) => content[at] === first && content[at + 1] === second),
      )
      expect(exact).toEqual(expected)
      expect(found).toEqual([...found].sort((left, right) => left - right))
    }),
    { numRuns: 2000, seed: 1 },
  )
})

test('a full chunk of pairs is answered with every position', () => {
  const sweep = createPairSweep([[0x41, 0x41]])
  sweep.bytes.fill(0x41)
  expect(sweep.find(sweep.length)).toHaveLength(sweep.length - 1)
})

test('programs are told by more than their magic', () => {
  for (const [kind, build] of Object.entries(programs)) {
    expect(recogniseProgram(build())).toBe(kind)
    expect(recogniseProgram(build().subarray(0, 7))).toBeUndefined()
  }
  const wrong = elf()
  wrong[20] = 9
  expect(recogniseProgram(wrong)).toBeUndefined()
})

test('a program is found at every place around the edge of a chunk', async () => {
  for (const at of [2 ** 18 - 64, 2 ** 18 - 2, 2 ** 18 - 1, 2 ** 18, 2 ** 19 - 3]) {
    const bytes = new Uint8Array(2 ** 19 + 200)
    bytes.set(elf(), at)
    const { findings } = await scan(bytes)
    expect(findings.filter(({ rule }) => rule === 'embedded/program').map(({ location }) => location.offset)).toEqual([
      at,
    ])
  }
})

test('a pickle that would run code is found anywhere, and one that would not is left alone', async () => {
  const inWeights = (pickle: string): Uint8Array => {
    const bytes = new Uint8Array(2 ** 18 + 100).fill(0xfa)
    bytes.set(Buffer.from(pickle, 'latin1'), 2 ** 18 - 3)
    return bytes
  }
  const rulesOf = async (pickle: string) => (await scan(inWeights(pickle))).findings.map(({ rule }) => rule)
  const framed = '\x80\x04\x95\x1b\0\0\0\0\0\0\0\x8c\x02os\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.'
  expect(await rulesOf(framed)).toContain('pickle/dangerous-call')
  expect(await rulesOf("cposix\nsystem\n(S'id'\ntR.")).toContain('pickle/dangerous-call')
  expect(await rulesOf('\x80\x04\x95\x08\0\0\0\0\0\0\0]\x94(K\x01K\x02e.')).toEqual([])
  expect(await rulesOf('# On os\nsystem calls are made by posix\nand others')).toEqual([])
})

test('a payload in the lowest bits is found in whatever way it is spread', () => {
  const payload = elf()
  for (const stride of [2, 4, 8]) {
    for (const bits of [1, 2, 4, 8]) {
      for (const isLowFirst of [true, false]) {
        const weights = new Uint8Array(64 * 8 * 8).fill(0xa0)
        const perByte = 8 / bits
        for (const [index, byte] of payload.entries()) {
          for (let part = 0; part < perByte; part += 1) {
            const shift = isLowFirst ? part * bits : 8 - bits - part * bits
            const at = (index * perByte + part) * stride
            weights[at] = ((weights[at] ?? 0) & ~((1 << bits) - 1)) | ((byte >> shift) & ((1 << bits) - 1))
          }
        }
        const seen: Sighting[] = []
        checkWeights(bytesSource(weights), {
          report: (sighting: Sighting) => seen.push(sighting),
        } as unknown as Inspection)
        expect([stride, bits, isLowFirst, seen[0]?.rule.id]).toEqual([
          stride,
          bits,
          isLowFirst,
          'embedded/hidden-in-weights',
        ])
      }
    }
  }
})
