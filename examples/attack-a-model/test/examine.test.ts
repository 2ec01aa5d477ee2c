import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { examineDigits } from '../src/examine.ts'

test('a model is attacked, disturbed and questioned, and each page says what its report does', async () => {
  const output = await mkdtemp(join(tmpdir(), 'nootropic-attack-a-model-'))
  onTestFinished(() => rm(output, { recursive: true }))
  const printed: string[] = []
  const { attack, robustness, privacy } = await examineDigits(output, {
    perDigit: 2,
    print: (text) => printed.push(text),
  })
  expect(attack?.attacks?.worstCase[0]?.curve.at(-1)?.share).toBe(0)
  expect(attack?.certified?.[0]?.curve[0]?.share).toBeGreaterThan(0.5)
  expect(robustness?.corruptions?.rows).toHaveLength(19)
  expect(privacy?.scores.privacyScore?.value).toBe(1)
  expect(printed).toHaveLength(3)
  for (const [name, heading] of Object.entries({
    attack: 'Attacks',
    robustness: 'Common corruptions',
    privacy: 'Privacy',
  }))
    expect(await readFile(join(output, `${name}.html`), 'utf8')).toContain(`<h2>${heading}`)
}, 60_000)
