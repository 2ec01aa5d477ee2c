import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { digitsDataset, modelFile } from './digits.ts'
import { accuracyOf, agreement, standingDigits } from './parity.ts'

const python = process.env.PYTHON ?? '/usr/bin/python3'
const examples = 1000

/** A hundred steps on a thousand digits take a minute where nothing else runs. */
const patience = { timeout: 900_000 }

/** Half a point, as between two implementations of one attack. */
const tolerance = 0.005

// Made by tools/attack-fixtures/main.py on 1,000 held-out digits.
const committed = JSON.parse(readFileSync(new URL('digits-in-pytorch.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>

test('FGSM and PGD leave as many of 1,000 digits standing as the same attacks in PyTorch do', patience, async () => {
  const { inputs, labels } = digitsDataset(examples)
  const directory = mkdtempSync(join(tmpdir(), 'attack-parity-'))
  try {
    const [pictures, classes] = [join(directory, 'inputs.f32'), join(directory, 'labels.json')]
    writeFileSync(pictures, Buffer.from(inputs.data.buffer))
    writeFileSync(classes, JSON.stringify(labels))
    const script = fileURLToPath(new URL('../../../../tools/attack-fixtures/main.py', import.meta.url))
    const given = [
      script,
      fileURLToPath(modelFile),
      pictures,
      classes,
      'clean 0',
      'fgsm 0.03 0.1 0.3',
      'pgd 0.03 0.1 0.2',
    ]
    const expected = JSON.parse(execFileSync(python, given, { encoding: 'utf8' })) as Record<string, string>
    const standing = await standingDigits(examples, Object.keys(expected))
    for (const [name, theirs] of Object.entries(expected)) {
      const ours = standing[name] ?? ''
      expect(Math.abs(accuracyOf(ours) - accuracyOf(theirs)), name).toBeLessThanOrEqual(tolerance)
      expect(agreement(ours, theirs), name).toBeGreaterThanOrEqual(1 - 2 * tolerance)
      expect(theirs, `${name} as committed`).toBe(committed[name])
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
})

const namesOf = (attack: string): string[] => {
  const names = Object.keys(committed).filter((name) => name.startsWith(`${attack} `))
  expect(names.length).toBeGreaterThan(0)
  return names
}

for (const attack of ['deepfool l2', 'deepfool linf', 'fab l2', 'fab linf', 'carlini-wagner l2']) {
  test(`${attack} leaves as many of 1,000 digits standing as in PyTorch`, patience, async () => {
    for (const [name, ours] of Object.entries(await standingDigits(examples, namesOf(attack)))) {
      const apart = accuracyOf(ours) - accuracyOf(committed[name] ?? '')
      expect(Math.abs(apart), name).toBeLessThanOrEqual(tolerance)
    }
  })
}

for (const attack of ['apgd-ce linf', 'apgd-dlr linf', 'apgd-ce l2', 'square linf']) {
  test(
    `${attack} leaves as many of 1,000 digits standing as in PyTorch, as near as chance lets one tell`,
    patience,
    async () => {
      for (const [name, ours] of Object.entries(await standingDigits(examples, namesOf(attack)))) {
        const theirs = committed[name] ?? ''
        // Starts and searches are random: the examples on which two runs disagree fall to either side like so many coins.
        const deviation = Math.sqrt((1 - agreement(ours, theirs)) / examples)
        expect(Math.abs(accuracyOf(ours) - accuracyOf(theirs)), name).toBeLessThanOrEqual(tolerance + 2 * deviation)
      }
    },
  )
}
