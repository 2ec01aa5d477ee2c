// Writes what stands of 1,000 held-out digits after attacks in PyTorch: what the attacks of validation are compared with.
//
//     tsx --conditions=@nootropic/source tools/attack-fixtures/main.ts [ATTACK...]
//
// Without names all attacks are run, which takes half an hour; with names only those, and the others stay as they are.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { digitsDataset, modelFile } from '../../packages/validation/test/attacks/digits.ts'

const attacks = [
  'clean 0',
  'fgsm 0.03 0.1 0.3',
  'pgd 0.03 0.1 0.2',
  'apgd-ce linf 0.05',
  'apgd-dlr linf 0.05',
  'apgd-ce l2 1',
  'square linf 0.07 0.1',
  'deepfool l2 0.75 1 1.5',
  'deepfool linf 0.04 0.06',
  'fab l2 0.75 1 1.5',
  'fab linf 0.04 0.06',
  'carlini-wagner l2 0.75 1 1.5',
]

const fixture = new URL('../../packages/validation/test/attacks/digits-in-pytorch.json', import.meta.url)
const script = fileURLToPath(new URL('main.py', import.meta.url))
const named = process.argv.slice(2)
const { inputs, labels } = digitsDataset(1000)
const directory = mkdtempSync(join(tmpdir(), 'attack-fixtures-'))
try {
  const [pictures, classes] = [join(directory, 'inputs.f32'), join(directory, 'labels.json')]
  writeFileSync(pictures, Buffer.from(inputs.data.buffer))
  writeFileSync(classes, JSON.stringify(labels))
  let standing = JSON.parse(readFileSync(fixture, 'utf8')) as Record<string, string>
  for (const attack of named.length === 0 ? attacks : named) {
    const given = [script, fileURLToPath(modelFile), pictures, classes, attack]
    const found = JSON.parse(execFileSync('python3', given, { encoding: 'utf8' })) as Record<string, string>
    standing = { ...standing, ...found }
    writeFileSync(fixture, `${JSON.stringify(standing, null, 2)}\n`)
  }
} finally {
  rmSync(directory, { recursive: true })
}
