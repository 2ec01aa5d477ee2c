import { inflateSync } from 'node:zlib'
import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { readUbjson, UbjsonFault } from '../src/scan/boosters/ubjson.ts'
import { scan } from '../src/scan/index.ts'

const inflated = (base64: string): Buffer => inflateSync(Buffer.from(base64, 'base64'))

// Written by xgboost 1.7.4 (`save_model` to .ubj and .deprecated): one round of depth 1 over two features of 40 random rows.
const ubjson = inflated(
  'eNqVVM1uEzEQTpq0UdIfQvsAIBGOIH7EBakUkLj1hjjlYHl3ZzeDvHZkO6naKOIFeABOnHkGDnDjBTjwKEiIP9vJ2t6wRWApkjPz7Xjmm/lmcdpanR4DKjnIRWUYUK0lJjMNytsOElCaoAZJNQr+vLK371S3oUNwLQEIwxJ1wNxdVtf9HKieSSCclqDGNyp76w+APp82AoaFpBkC1yQRQuko7e1SZMD838Micbk4K5lSSUvvu8pnpTMxZnwWFiVb3foWZH2qwTlUeGHqBJqTOaRayIgRX23fJYA8F6GQNvpStl3wyOXz20uoAnIGWEy0Go8yD+kcv7/9+uPnC3HyZXDs+5VSDYWQaIKNWANlwU+4YaMZdRShFBSlodgAT/8ezrLQjNrLIKczpg1HuR6PXoQS2gG0hVmgY98iSTpBlkngcY4dS86v9fEPMKGUgVNeQJ2jp91vbzfT6ZluryqKwr4y4TaBB9KSfmkaW5tpDNWUocELnqFVRj2VR9+//vzw49O1k/bOTV/n6gs0H6T1XnRa0fHdXcGtHmo0RpBdZSZ1Akoh5bXnn1xvtR6/Mb93UTw3lHU97NpRNzIBDVmDtJ17LczgvlcTihus4Lz/T0JZeql07ULwrp2Vdr33aL2iGsU8cGJRqYiS6z54dstr9dBtCpJLURI6NxusuFTuKaNK/T8DA7cqqCygcev1RfLS1I5zWDTXeyVBTuX5QyYKVBrTMIxQEDfn9ZKHKqXMNFGo9ZKIXw2k9kyxysxkWDEdbGMPu8vfqSdNVg==',
)
const binary = inflated(
  'eNpLysxLY2BgsGdigABGJJodSsPEaA34oXRSZl5iUaVVTn56ZnFJZjIbVDg9qaQoNZWeDiIHgNzGjMRnGgRu+g8EjAi3NPz7/scORP+HApCg/LG/+2BqYWKqbIz2836xODEwKDj26O2yRZg4wyG/6vJ+BH+Fgy3XdXsYD+Z/PliEphaXxGeWpBYllmTm58Fiz0AAWToPFLnxOZm5mSUwBYacUEZ+UlZqcklmWaoLVKBaKS8xN1XJSgktqSjpKBWlpsfn5BcXxxckFiXmKllVKxUnJ+akxhfkF8eXp2amZ5QAtRkq1dYCAKxqWNw=',
)

const lightgbm = `tree
version=v4
num_class=1
max_feature_idx=1
feature_names=a b
tree_sizes=130

Tree=0
num_leaves=3
num_cat=0
split_feature=0 1
threshold=0.5 0.7
decision_type=2 2
left_child=1 -1
right_child=-3 -2
leaf_value=0.1 0.2 0.3


end of trees
`

test('models that xgboost and LightGBM write pass', async () => {
  const cases = { 'xgboost-ubjson': ubjson, 'xgboost-binary': binary, lightgbm: Buffer.from(lightgbm) }
  for (const [format, bytes] of Object.entries(cases)) {
    const { verdict, subject, findings } = await scan(bytes)
    expect([verdict, subject.format, findings]).toEqual(['pass', format, []])
  }
})

test('UBJSON is read to its last byte, and sizes beyond it are refused', () => {
  const { value, end } = readUbjson(ubjson)
  expect(end).toBe(ubjson.length)
  expect(value).toMatchObject({ learner: { objective: { name: 'binary:logistic' } }, version: { length: 3 } })
  for (const hostile of [
    '[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff',
    '[$Z#L\0\0\x01\0\0\0\0\0',
    'SL\xff\xff\xff\xff\xff\xff\xff\xff',
    '{L',
  ]) {
    expect(() => readUbjson(Buffer.from(hostile, 'latin1'))).toThrow(UbjsonFault)
  }
  expect(() => readUbjson(Buffer.from('['.repeat(100_000)))).toThrow(UbjsonFault)
})

test('a model that is cut off is never passed', async () => {
  for (const bytes of [ubjson, binary, Buffer.from(lightgbm)]) {
    const { verdict } = await scan(bytes.subarray(0, bytes.length - 60))
    expect(verdict).not.toBe('pass')
  }
})

test('an attribute of a model is looked at as text', async () => {
  const document = JSON.stringify({ ...(readUbjson(ubjson).value as object) }, (_, value: unknown) =>
    ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value,
  )
  const hostile = document.replace('"attributes":{', `"attributes":{"note":"import os; os.system('true')",`)
  expect((await scan(Buffer.from(document))).verdict).toBe('pass')
  expect((await scan(Buffer.from(hostile))).findings.map(({ rule }) => rule)).toContain('text/program-code')
})

test('no mutation of a model throws', async () => {
  const random = createSeededRandom(3)
  for (const original of [ubjson, binary, Buffer.from(lightgbm)]) {
    for (let round = 0; round < 200; round += 1) {
      const bytes = Buffer.from(original)
      for (let change = 0; change <= random.integer(4); change += 1)
        bytes[random.integer(bytes.length)] = random.integer(256)
      expect((await scan(bytes)).stages[0]?.note ?? '').not.toContain('failed')
    }
  }
})
