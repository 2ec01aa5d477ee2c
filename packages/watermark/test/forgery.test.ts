import { createSecretKey } from 'node:crypto'
import { createSeededRandom } from '@nootropic/core'
import {
  createNode,
  createOnnxModel,
  createTensor,
  createValueInfo,
  readOnnx,
  writeOnnx,
} from '@nootropic/core/formats'
import { expect, test } from 'vitest'
import { createClaim, type EmbeddedClaim, extractWatermark, type Placement } from '../src/index.ts'
import { createKeystream, keystreamSalt } from '../src/keystream.ts'
import { createDithers } from '../src/modulation.ts'
import { encodePayload } from '../src/payload.ts'
import { createPattern, project } from '../src/projection.ts'
import { channelLayout, findHosts, type Host } from '../src/weights.ts'

const side = 64
const layers = 102
const groups = 512
const step = 5

const stranger = (): Uint8Array => {
  const random = createSeededRandom(5)
  const square = () => Float32Array.from({ length: side * side }, () => random.normal())
  const value = (place: number) => createValueInfo({ name: `v${place}`, type: 'float32', dims: [1, side] })
  const indices = Array.from({ length: layers }, (_, index) => index)
  return writeOnnx(
    createOnnxModel({
      operatorSets: { '': 17 },
      graph: {
        name: 'stranger',
        initializer: indices.map((index) =>
          createTensor({ name: `w${index}`, type: 'float32', dims: [side, side], data: square() }),
        ),
        node: indices.map((index) => createNode('MatMul', [`v${index}`, `w${index}`], [`v${index + 1}`])),
        input: [value(0)],
        output: [value(layers)],
      },
    }),
  )
}

test('who orders the tensors of an unmarked model until a claim agrees gains nothing', () => {
  const bytes = stranger()
  const key = createSecretKey(Buffer.alloc(32, 99))
  const claim = createClaim({ owner: 'Mallory', version: '1', timestamp: '2026-01-01', license: 'MIT' })
  const hosts = findHosts(readOnnx(bytes))
  const codeword = encodePayload(claim.digest, groups)
  const placementOf = (chosen: readonly Host[]): Placement => ({
    groups,
    step,
    tensors: chosen.map(({ placed }) => ({ ...placed })),
  })
  // The forger cannot know the keystreams of a placement before it is chosen; here is one that holds for any.
  const keystream = createKeystream(key, keystreamSalt(claim.digest, placementOf(hosts)))
  const dithers = createDithers(keystream, groups)
  const chosen = new Set<Host>()
  const sums = new Float64Array(groups)
  for (const slot of hosts.keys()) {
    const candidates = hosts
      .filter((host) => !chosen.has(host))
      .map((host) => {
        const pattern = createPattern(keystream, `t${slot}`, host.values.length, groups)
        const { projections } = project([{ values: host.values, layout: channelLayout(host.placed), pattern }], groups)
        const agreement = projections.reduce((sum, projection, group) => {
          const phase = (sums[group]! + projection) / Math.sqrt(hosts.length) / step - dithers[group]!
          return sum + (codeword[group] ? -1 : 1) * Math.cos(2 * Math.PI * phase)
        }, 0)
        return { host, projections, agreement }
      })
    const best = candidates.reduce((left, right) => (left.agreement >= right.agreement ? left : right))
    chosen.add(best.host)
    for (const [group, projection] of best.projections.entries()) sums[group]! += projection
  }
  const forged: EmbeddedClaim = { ...claim, placement: placementOf([...chosen]) }
  // What the search would have had, were the keystreams those that it worked with.
  const agreement = sums.reduce((sum, projection, group) => {
    const phase = projection / Math.sqrt(hosts.length) / step - dithers[group]!
    return sum + (codeword[group] ? -1 : 1) * Math.cos(2 * Math.PI * phase)
  }, 0)
  expect(-((agreement * agreement) / groups) * Math.LOG10E).toBeLessThan(-40)
  const extraction = extractWatermark(bytes, { key, claim: forged })
  expect(extraction.verdict).toBe('absent')
  expect(extraction).toHaveProperty('log10FalsePositive', expect.closeTo(0, -1))
})
