import { readFileSync } from 'node:fs'
import { createSeededRandom } from '@nootropic/core'
import { createNode, type OnnxModel, readOnnx, writeOnnx } from '@nootropic/core/formats'
import { createInProcessSessions } from '@nootropic/core/inference'
import { afterAll, expect, test } from 'vitest'
import { bestOther, fooledRows, objectiveOf } from '../../src/behaviour/attacks/objective.ts'
import { openTokenModel } from '../../src/behaviour/attacks/open-token-model.ts'
import { attackWithPgd } from '../../src/behaviour/attacks/pgd.ts'
import { anyToken, nearestTokens, synonyms } from '../../src/behaviour/attacks/token-candidates.ts'
import {
  attackTokensGreedily,
  attackWithHotFlip,
  type DifferentiableTokenModel,
  embedSequences,
} from '../../src/behaviour/attacks/tokens.ts'
import { relativeError } from '../support/gradient-check.ts'
import { modelOf } from '../support/models.ts'

// Made by tools/attack-fixtures/text_classifier.py: a classifier of sentences, 0 where a sentence has ended.
const folder = new URL('fixtures/', import.meta.url)
const main = readFileSync(new URL('text-classifier.onnx', folder))
const { vocabulary, tokens, labels, slopes } = JSON.parse(
  readFileSync(new URL('text-classifier.json', folder), 'utf8'),
) as { vocabulary: string[]; tokens: number[][]; labels: number[]; slopes: number[][][] }

const sessions = createInProcessSessions()
const open = await openTokenModel({ model: readOnnx(main), bytes: { main }, sessions, sequences: tokens.slice(0, 2) })
afterAll(open.close)
const model = open.tokens as DifferentiableTokenModel
/** Any word but padding; and padding stays. */
const candidates = anyToken(vocabulary.length, [0])
const leadOf = async (sequences: readonly (readonly number[])[], label: number): Promise<number[]> => {
  const scores = await model.scores(sequences)
  return sequences.map((_, row) => bestOther(scores, 2, row, label).lead)
}

test('an ONNX classifier of sentences is opened with its slopes, and answers as labelled', async () => {
  expect(open.note).toBeUndefined()
  const scores = await model.scores(tokens)
  expect(fooledRows(scores, 2, labels)).not.toContain(true)
})

test('the slope with regard to one-hot words is PyTorch’s in float64', async () => {
  for (const [row, expected] of slopes.entries()) {
    const slope = await model.slope(tokens[row] ?? [], labels[row] ?? -1)
    expect(relativeError(Array.from(slope), expected.flat())).toBeLessThan(1e-5)
  }
})

test('cut open behind its embedding, the model is the same function', async () => {
  const { embedded } = open
  if (embedded === undefined) throw new Error(open.note)
  const inputs = embedSequences(tokens, embedded.embedding, embedded.type)
  expect(Array.from(await embedded.model.scores(inputs))).toEqual(Array.from(await model.scores(tokens)))
})

/** Every sentence that differs in one word behind `from`, with the place of that word. */
const changes = (sequence: readonly number[], from = 0): { sentence: number[]; position: number }[] =>
  sequence.flatMap((token, position) =>
    position < from
      ? []
      : candidates(position, token)
          .filter((other) => other !== token)
          .map((other) => ({ sentence: sequence.with(position, other), position })),
  )

/** The best that changing one word, or two, can do: every sentence there is, tried. */
const bruteForce = async (sequence: readonly number[], label: number) => {
  const once = changes(sequence)
  const twice = once.flatMap(({ sentence, position }) => changes(sentence, position + 1))
  const best = async (all: typeof once): Promise<number> =>
    Math.max(
      ...(await leadOf(
        all.map(({ sentence }) => sentence),
        label,
      )),
    )
  return { one: await best(once), two: await best(twice) }
}

test('on short sentences greedy substitution and HotFlip find what trying every sentence finds', async () => {
  const short = tokens.flatMap((row, place) => (row[3] === 0 || row[4] !== 0 ? [] : [place])).slice(0, 6)
  expect(short.length).toBeGreaterThan(3)
  for (const place of short) {
    const [sequence, label] = [tokens[place] ?? [], labels[place] ?? -1]
    const best = await bruteForce(sequence, label)
    const target = { sequence, label, candidates, most: 1 }
    const greedy = await attackTokensGreedily(model, target)
    expect(greedy.isFooled).toBe(best.one > 0)
    const flipped = await attackWithHotFlip(model, { ...target, tries: 40 })
    expect(flipped.isFooled).toBe(best.one > 0)
    // Greedy finds the best of one change; no attack finds what is not there.
    if (best.one > 0) expect((await leadOf([greedy.sequence], label))[0]).toBeCloseTo(best.one, 6)
    const two = await attackTokensGreedily(model, { ...target, most: 2 })
    expect(two.isFooled && best.one <= 0 && best.two <= 0).toBe(false)
  }
})

test('HotFlip asks for a small part of the answers that greedy substitution asks for', async () => {
  const counted = (sequences: { count: number }): DifferentiableTokenModel => ({
    ...model,
    scores: (given) => {
      sequences.count += given.length
      return model.scores(given)
    },
  })
  const [asked, spared] = [{ count: 0 }, { count: 0 }]
  let [greedy, flipped] = [0, 0]
  for (const [row, sequence] of tokens.slice(0, 20).entries()) {
    const target = { sequence, label: labels[row] ?? -1, candidates, most: 3 }
    if ((await attackTokensGreedily(counted(asked), target)).isFooled) greedy += 1
    if ((await attackWithHotFlip(counted(spared), { ...target, tries: 20 })).isFooled) flipped += 1
  }
  expect(greedy).toBe(20)
  expect(flipped).toBe(20)
  expect(spared.count).toBeLessThan(asked.count / 5)
})

test('synonyms and near embeddings limit what may stand in place of a word', () => {
  const of = (word: string): number => vocabulary.indexOf(word)
  const listed = synonyms([
    [of('good'), of('great')],
    [of('good'), of('superb')],
  ])
  expect(listed(0, of('good'))).toEqual([of('great'), of('superb')])
  expect(listed(0, of('great'))).toEqual([of('good')])
  expect(listed(0, of('film'))).toEqual([])
  if (open.embedded === undefined) throw new Error(open.note)
  const near = nearestTokens(open.embedded.embedding, { count: 4, except: [0, of('not')] })
  const found = near(0, of('awful'))
  expect(found.length).toBeGreaterThan(0)
  expect(found.length).toBeLessThanOrEqual(4)
  expect(found.every((token) => token >= 12 && token < 22)).toBe(true) // words that blame
  expect(near(0, 0)).toEqual([])
})

test('in the space of embeddings PGD fools the model, from random starts too, and leaves the words themselves alone', async () => {
  const { embedded } = open
  if (embedded === undefined) throw new Error(open.note)
  const inputs = embedSequences(tokens.slice(0, 10), embedded.embedding, embedded.type)
  const found = await attackWithPgd({
    inputs,
    labels: labels.slice(0, 10),
    objective: objectiveOf(embedded.model, 'margin'),
    radius: 4,
    domain: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    norm: 'l2',
    steps: 20,
    random: createSeededRandom(1),
  })
  expect(fooledRows(await embedded.model.scores(found), 2, labels.slice(0, 10))).not.toContain(false)
})

const opened = (variant: OnnxModel) =>
  openTokenModel({ model: variant, bytes: { main: writeOnnx(variant) }, sessions, sequences: tokens.slice(0, 1) })

test('a model of tokens without an embedding has scores, and says why it has no slopes', async () => {
  const variant = modelOf({
    nodes: [
      createNode('Cast', ['x'], ['numbers'], { to: 1n }),
      createNode('ReduceSum', ['numbers'], ['sum'], { keepdims: 1n }),
      createNode('Concat', ['sum', 'sum'], ['y'], { axis: 1n }),
    ],
    input: [1, 8],
    output: [1, 2],
  })
  const input = readOnnx(main).graph.input.map((info) => ({ ...info, name: 'x' }))
  const black = await opened({ ...variant, graph: { ...variant.graph, input } })
  expect(black.tokens).not.toHaveProperty('slope')
  expect(black.embedded).toBeUndefined()
  expect(black.note).toBe('expected one Gather of "x" from a table of weights, found 0')
  await black.close()
})

test('sequences of several lengths and a model of real numbers are refused by name', async () => {
  const model = readOnnx(main)
  const given = { model, bytes: { main }, sessions }
  await expect(openTokenModel({ ...given, sequences: [[1], [1, 2]] })).rejects.toMatchObject({ code: 'USAGE' })
  const real = modelOf({ nodes: [createNode('Relu', ['x'], ['y'])], input: ['n', 8], output: ['n', 8] })
  await expect(opened(real)).rejects.toThrow('expected one input of token numbers, found x (float32)')
})
